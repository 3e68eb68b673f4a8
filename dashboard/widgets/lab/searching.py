"""Which formula explains the target: the search, its ranking, and how far to trust it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.widgets.background import Job, job_of, known_job
from dashboard.widgets.choice import own, recall, remember
from dashboard.widgets.lab.context import open_part
from dashboard.widgets.lab.formula_input import nothing_to_examine, plain
from dashboard.widgets.lab.keep_form import keep_form
from dashboard.widgets.lab.ranking import ranking
from dashboard.widgets.lab.totals_panel import countable, totals_input
from dashboard.widgets.numbers import count
from softbio.errors import SoftbioError
from softbio.hypotheses import Explanation, SearchPlan, Target, Traits, explain
from softbio.hypotheses.examination import TotalCheck, check_totals
from softbio.hypotheses.telling import limits, search_csv, trust, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboard.widgets.lab.context import Lab
    from softbio.hypotheses import Hypothesis

__all__ = ["show"]

_MOST = ("1", "2", "3", "4")
_SHUFFLED = 39
#: Lines that are shown of what chance offers.
_CHANCE_FINDS = 3
#: Seconds for which a search that was just begun is waited for, before a bar is shown.
_AT_ONCE = 0.8
_TICK = 0.5
_PHASES = {
    "search": "Searching",
    "stability": "Drawing people anew",
    "held-out": "Searching one half",
    "shuffled labels": "Searching shuffled labels",
}


def show(lab: Lab) -> None:
    """Let the reader search, watch, and read what was found."""
    if nothing_to_examine(lab):
        return
    target = lab.target
    assert target is not None
    traits = _of_others(lab.traits, target)
    if not traits.names:
        st.info(
            "The only word of this set is the target itself. Tag another one on *Tag to learn*.",
            icon=":material/info:",
        )
        return
    most, shuffled, left = _settings(traits)
    traits = traits.without(left)
    key = (*_asked(lab, traits, target), str(most), str(shuffled))
    job = known_job(key)
    slot = st.container(horizontal=True, vertical_alignment="center", key="search_actions")
    fresh = job is None or bool(job.fault)
    # Another part may ask for the search itself, not only for where it is begun.
    wanted = st.query_params.pop("begin", None) is not None and fresh
    wanted |= slot.button(
        "Search",
        icon=":material/search:",
        key="search",
        type="primary",
        disabled=not traits.names or (not fresh and job is not None and not job.ended),
        help="All functions of so many attributes are compared; nothing is drawn at random.",
    )
    if wanted and traits.names:
        job = _begin(key, lab, traits, target, most, shuffled)
    if not traits.names:
        st.info("Every attribute is left out, so there is nothing to search.")
    if job is None:
        return
    if not job.ended:
        _watch(job)
    elif job.fault:
        st.error(job.fault, icon=":material/error:")
    elif job.found is not None:
        _result(lab, job.found, most)


def _of_others(traits: Traits, target: Target) -> Traits:
    """Return the traits without the target's own word: a tag explains itself, and says nothing."""
    kind, _, word = target.spec.partition(":")
    return traits.without([word]) if kind == "tag" and word in traits.values else traits


def _settings(traits: Traits) -> tuple[int, int, list[str]]:
    with st.container(horizontal=True, vertical_alignment="bottom", key="search_settings"):
        own("choice_most", "most", recall("most", "3"))
        most = st.segmented_control(
            "Attributes at most",
            _MOST,
            key="choice_most",
            required=True,
            width="content",
            help="Every function of up to so many attributes is searched, and the best are then "
            "lengthened. Up to three takes about a second on 200,000 faces with 40 attributes, "
            "four takes several.",
        )
        most = most if most in _MOST else "3"
        remember("most", most)
        shuffled = st.toggle(
            "Also shuffled labels",
            key="search_shuffled",
            help=f"Search {_SHUFFLED} shuffled copies of the target too. It finds weaker rules in "
            f"few faces, and takes {_SHUFFLED} times as long.",
        )
    named = [name for name in _recalled() if name in traits.values]
    own("search_without", "without", named)
    left = st.multiselect(
        "Leave out",
        traits.names,
        key="search_without",
        placeholder="No attribute",
        help="Attributes that no formula may name.",
    )
    remember("without", json.dumps(left) if left else "")
    return int(most), _SHUFFLED if shuffled else 0, left


def _recalled() -> list[str]:
    try:
        names = json.loads(recall("without", "[]"))
    except ValueError:
        return []
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _asked(lab: Lab, traits: Traits, target: Target) -> tuple[str, ...]:
    """Return all that a search depends on but for its settings."""
    values = hashlib.sha256(target.values.tobytes()).hexdigest()
    probed = [name for name in traits.names if traits.kinds[name] == "probed"]
    run = lab.run.id if lab.run is not None and probed else ""
    tags = str(lab.tags.version) if set(traits.kinds.values()) - {"annotated"} else ""
    return ("search", lab.faces.fingerprint, values, target.title, run, tags, *traits.names)


def _begin(
    key: tuple[str, ...], lab: Lab, traits: Traits, target: Target, most: int, shuffled: int
) -> Job:
    faces, plan = lab.faces, SearchPlan(max_attributes=most)
    job = job_of(
        key,
        lambda progress, stop: explain(
            traits, target, faces,
            plan=plan, permutations=shuffled, progress=progress, stop=stop,
        ),
    )  # fmt: skip
    job.wait(_AT_ONCE)
    return job


@st.fragment(run_every=_TICK)
def _watch(job: Job) -> None:
    phase, share = job.look()
    if job.ended or job.cancelled:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key="search_progress"):
        st.progress(share, text=f"{_PHASES.get(phase) or _PHASES['search']} …")
        if st.button("Cancel", icon=":material/cancel:", key="cancel_search"):
            job.cancel()
            st.rerun()


def _result(lab: Lab, found: Explanation, most: int) -> None:
    findings = found.findings
    lines = list(findings.hypotheses)
    st.header("What explains it", anchor=False)
    if not found.explained:
        st.info(plain(verdict(found)), icon=":material/search_off:")
        lines = lines[:_CHANCE_FINDS]
    else:
        st.success(plain(verdict(found)), icon=":material/lightbulb:")
    st.caption(
        plain(
            f"{found.target.one[:1].upper()}{found.target.one[1:]} on {count(findings.target_1)} of "
            f"{count(findings.n)} faces. Searched {count(findings.functions)} functions of up to "
            f"{min(most, len(findings.searched))} of {count(len(findings.searched))} attributes."
        )
    )
    for sentence in trust(found):
        st.markdown(plain(sentence))
    if found.explained:
        with st.container(horizontal=True, key="best_actions"):
            best = lines[0].formula
            if st.button("Examine it", icon=":material/search_insights:", key="examine_best"):
                open_part("examination", formula=best)
            keep_form(lab, best, key="keep_found")
            if len(lines) > 1 and st.button(
                "Hold it against the next", icon=":material/compare_arrows:", key="best_duel"
            ):
                open_part("duel", first=best, second=lines[1].formula)
        lines, beyond = _beyond_chance(lines)
    else:
        beyond = 0
        if lines:
            st.markdown("What chance offers, for the curious:")
    if lines:
        checks = _checks(lab, lines)
        asked = ranking(found, lines, checks, key="ranking")
        if asked is not None:
            _open(asked, lines[0].formula)
    if beyond:
        st.caption(
            f"{count(beyond)} more {'line has' if beyond == 1 else 'lines have'} no more evidence "
            "than chance offers too."
        )
    _downloads(lab, found)
    for sentence in limits(found):
        st.caption(plain(sentence))


def _beyond_chance(lines: list[Hypothesis]) -> tuple[list[Hypothesis], int]:
    told = [line for line in lines if line.explains]
    return told, len(lines) - len(told)


def _open(asked: tuple[str, str], best: str) -> None:
    part, formula = asked
    if part == "duel":
        open_part("duel", first=best, second=formula)
    open_part("examination", formula=formula)


def _checks(lab: Lab, lines: Sequence[Hypothesis]) -> list[list[TotalCheck]]:
    """Let the reader tell known totals, and hold each line against them."""
    target = lab.target
    assert target is not None
    if not countable(lab):
        return [[] for _ in lines]
    with st.expander("Totals known from elsewhere", icon=":material/functions:", key="known"):
        totals = totals_input(lab)
        try:
            return [
                [*check_totals(lab.traits, line.formula, totals, target, lab.faces)]
                if totals
                else []
                for line in lines
            ]
        except SoftbioError as error:
            st.error(str(error), icon=":material/error:")
    return [[] for _ in lines]


def _downloads(lab: Lab, found: Explanation) -> None:
    name = f"{lab.faces.name}-{found.target.spec.replace(':', '-')}-hypotheses"
    with st.container(horizontal=True, key="search_downloads"):
        st.download_button(
            "CSV", lambda: search_csv(found), f"{name}.csv", "text/csv",
            icon=":material/download:", key="search_csv",
        )  # fmt: skip
        st.download_button(
            "JSON", lambda: json.dumps(found.as_json(), indent=2, allow_nan=False),
            f"{name}.json", "application/json", icon=":material/download:", key="search_json",
        )  # fmt: skip
