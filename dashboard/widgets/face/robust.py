"""Is it robust: what the network says of the face under changes that a person would not notice."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import streamlit as st

from dashboard.widgets.face.known import Known, Said
from dashboard.widgets.face.network import fault_of, network_of, waiting
from dashboard.widgets.face.opening import Look
from dashboard.widgets.nodes import Node, draw, node
from softbio.audit.explaining_face import Change, robustness, scores_of
from softbio.errors import DataError
from softbio.faces.sheet import to_jpeg
from softbio.runs import Run

__all__ = ["show"]

#: The same network gives scores that differ by less, whatever it computes on.
_SAME = 0.02

_STYLE = """
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 500; color: var(--st-gray-text-color); font-size: 0.85rem;
  padding: 0.2rem 0.6rem 0.35rem 0; }
td { padding: 0.2rem 0.6rem 0.2rem 0; border-top: 1px solid var(--st-border-color);
  vertical-align: middle; }
td img { width: 42px; height: 42px; border-radius: 4px; display: block; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.way { width: 40%; }
.bar { position: relative; height: 8px; border-radius: 4px; min-width: 5rem;
  background: var(--st-secondary-background-color); }
.bar i { position: absolute; top: -5px; bottom: -5px; width: 2px; margin-left: -1px;
  background: var(--st-text-color); }
.bar b { position: absolute; top: 50%; width: 11px; height: 11px; border-radius: 50%;
  transform: translate(-50%, -50%); background: var(--st-primary-color); }
.turned td { font-weight: 600; } .turned .bar b { background: var(--st-orange-text-color); }
@media (max-width: 480px) { .way { display: none; } }
"""


def show(look: Look, known: Known) -> None:
    """Show the scores of the changed faces, and say whether the prediction stays."""
    if fault := fault_of(look):
        st.info(fault, icon=":material/info:")
        return
    assert look.run is not None
    with waiting():
        changes = _changes(look)
    said = known.said
    predictions = [_predicted(look, known, change.score) for change in changes]
    st.markdown(_sentence(changes, predictions))
    if said is not None and said.scored and abs(said.score - changes[0].score) > _SAME:
        st.caption(
            f":material/info: The network gives this face {changes[0].score:.3f} now, the run's "
            f"predictions say {said.score:.3f}: they were not written by these weights."
        )
    draw("face_robust", [_table(changes, predictions, said)], style=_STYLE, key="face_robust")


def _changes(look: Look) -> list[Change]:
    assert look.run is not None
    state = look.run.state
    return _asked(
        look.run,
        np.asarray(look.faces.images[look.row]),
        (str(look.run.path), state.weights_sha256, state.head_sha256),
        (look.faces.fingerprint, look.row),
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def _asked(
    _run: Run, _pixels: np.ndarray, network: tuple[str | None, ...], face: tuple[str, int]
) -> list[Change]:
    del network, face  # the key

    def ask(model: Any) -> list[Change]:
        from softbio.networks.mirrored import as_scored

        scorer = as_scored(model, _run.config.training)
        return robustness(_run, _pixels, scores=scores_of(scorer))

    return network_of(_run).ask(ask)


def _predicted(look: Look, known: Known, score: float) -> int | None:
    assert look.rule is not None
    names = tuple(look.faces.group_names.values())
    place = names.index(known.group) if known.group in names else -1
    try:
        return int(look.rule.predict(np.array([score], np.float32), np.array([place]), names)[0])
    except DataError:  # the rule needs a group that is not known
        return None


def _sentence(changes: list[Change], predictions: list[int | None]) -> str:
    scores = [change.score for change in changes]
    span = f"The score goes from {min(scores):.2f} to {max(scores):.2f}."
    before = predictions[0]
    if before is None:
        return span
    turned = [
        change.told for change, now in zip(changes, predictions, strict=True) if now != before
    ]
    n = len(changes) - 1
    if not turned:
        return f"**Robust:** it stays {before} under all {n} changes. {span}"
    return (
        f"**Not robust:** {len(turned)} of {n} changes turn it from {before} to {1 - before}: "
        f"{', '.join(turned)}. {span}"
    )


def _table(changes: list[Change], predictions: list[int | None], said: Said | None) -> Node:
    threshold = None if said is None else said.threshold
    head = node(
        "tr",
        {},
        *(node("th", {"scope": "col"}, name) for name in ("", "The face")),
        node("th", {"scope": "col", "class": "number"}, "Score"),
        node("th", {"scope": "col", "class": "way"}, "0 … 1, threshold"),
        node("th", {"scope": "col"}, "Predicted"),
    )
    rows = [
        _row(change, now, predictions[0], threshold)
        for change, now in zip(changes, predictions, strict=True)
    ]
    return node("table", {}, node("thead", {}, head), node("tbody", {}, *rows))


def _row(change: Change, now: int | None, before: int | None, threshold: float | None) -> Node:
    turned = now != before
    line = [] if threshold is None else [node("i", {"style": f"left:{100 * threshold:.2f}%"})]
    picture = base64.b64encode(to_jpeg(change.pixels, quality=92)).decode()
    told = "–" if now is None else f"{now}{', turned' if turned else ''}"
    return node(
        "tr",
        {"class": "turned" if turned else None},
        node("td", {}, node("img", {"src": f"data:image/jpeg;base64,{picture}", "alt": ""})),
        node("td", {}, change.told[:1].upper() + change.told[1:]),
        node("td", {"class": "number"}, f"{change.score:.3f}"),
        node(
            "td",
            {"class": "way"},
            node(
                "div",
                {"class": "bar", "aria-hidden": "true"},
                *line,
                node("b", {"style": f"left:{100 * change.score:.2f}%"}),
            ),
        ),
        node("td", {}, told),
    )
