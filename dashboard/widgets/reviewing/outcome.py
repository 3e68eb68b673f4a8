"""What reviews come to: labels that would change, how well reviewers agree, training on them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from dashboard.widgets.audit.context import Audit
from dashboard.widgets.numbers import count
from dashboard.widgets.plain_table import plain_table
from softbio.faces.reviews import Agreement, ReviewCounts, Reviews, summary_of
from softbio.faces.strict_csv import spreadsheet

__all__ = ["ENOUGH", "Outcome", "corrections_csv", "outcome", "outcome_of"]

#: Faces that two reviewers must share before their agreement is shown.
ENOUGH = 10

_CORRECTIONS = {
    "flip": "train on the reviewers' label",
    "drop": "leave them out",
    "down_weight": "let them count less",
}


@dataclass(frozen=True)
class Outcome:
    """What the reviews come to at one moment.

    Attributes
    ----------
    groups : dict of str to ReviewCounts
    training : int
        Training faces whose label would change, or that would get one.
    agreements : dict of str to Agreement
        With each other reviewer who shares enough faces.
    short : dict of str to int
        Faces of which both are sure, with each who shares some and too few.
    """

    groups: dict[str, ReviewCounts]
    training: int
    agreements: dict[str, Agreement]
    short: dict[str, int]


def outcome_of(reviews: Reviews, audit: Audit, who: str) -> Outcome:
    """Work it out, for one reviewer."""
    faces, agreed = audit.faces, reviews.labels()
    reviewed: np.ndarray = np.zeros(len(faces), dtype=bool)
    mine = reviews.said_by(who)
    agreements, short = {}, {}
    for other in reviews.reviewers():
        theirs = reviews.said_by(other)
        reviewed |= theirs != -1
        shared = 0 if other == who else int(((mine >= 0) & (theirs >= 0)).sum())
        if shared >= ENOUGH:
            agreements[other] = reviews.agreement(who, other)
        elif shared:
            short[other] = shared
    rows = faces.rows("train")
    changed = (agreed[rows] >= 0) & (agreed[rows] != faces.labels()[rows])
    return Outcome(summary_of(faces, agreed, reviewed), int(changed.sum()), agreements, short)


def outcome(audit: Audit, told: Outcome) -> None:
    """Show it."""
    if any(counts.reviewed for counts in told.groups.values()):
        st.header("What the reviews come to", anchor=False)
        _corrections(audit, told)
        _training(audit, told)
    if told.agreements:
        st.header("Agreement", anchor=False)
        _agreements(told)
    for other, shared in told.short.items():
        st.caption(
            f"Agreement with {other or 'the reviewer without a name'} is shown from {ENOUGH} faces "
            f"of which both are sure; so far: {shared}."
        )


def _corrections(audit: Audit, told: Outcome) -> None:
    names = list(told.groups)
    total = ReviewCounts(*(sum(column) for column in zip(*told.groups.values(), strict=True)))
    by = [*told.groups.values(), total] if len(names) > 1 else list(told.groups.values())
    heads = ["Faces", *(name.capitalize() for name in names), *(["All"] if len(names) > 1 else [])]
    lines = [
        ("Reviewed", "reviewed"),
        ("Kept", "kept"),
        ("Flipped 1 to 0", "to_zero"),
        ("Flipped 0 to 1", "to_one"),
        ("New label", "new"),
        ("Unsure", "unsure"),
        ("Disagreed", "disagreed"),
    ]
    rows = [
        [title, *(count(getattr(counts, field)) for counts in by)]
        for title, field in lines
        if field != "new" or total.new
    ]
    plain_table(heads, rows, label="What reviewers agree on, by group", key="review_summary")
    if total.flipped + total.new:
        st.download_button(
            "Download the corrections",
            lambda: corrections_csv(audit),
            f"corrections-{audit.faces.name}.csv",
            "text/csv",
            key="review_corrections",
            icon=":material/download:",
            on_click="ignore",
            help="The faces whose label would change, with the given label and the reviewers'.",
        )
    st.caption(
        "A label is flipped when all reviewers who are sure say the other one. Where two of them "
        "differ it stays as given, until one says otherwise. The given labels are never "
        "overwritten."
    )


def _training(audit: Audit, told: Outcome) -> None:
    if not told.training:
        st.caption("No training face has a reviewed label other than the given one.")
        return
    faces = "training face has" if told.training == 1 else "training faces have"
    st.markdown(
        f"**{count(told.training)} {faces} another label now.** A training can use what reviewers "
        "say, and who-paid compares the two runs."
    )
    way = st.segmented_control(
        "What becomes of these faces",
        list(_CORRECTIONS),
        default="flip",
        format_func=lambda one: _CORRECTIONS[one].capitalize(),
        key="review_correction",
        required=True,
    )
    place = shlex.quote(_shown(audit))
    more = "" if way in (None, "flip") else f" --set labels.correction={way}"
    st.code(f"softbio train {place} --set labels.use=corrected{more}", language="bash")
    if st.button("Train on the page", icon=":material/model_training:", key="review_train"):
        st.switch_page("views/train.py", query_params={"set": audit.faces.name})


def corrections_csv(audit: Audit) -> bytes:
    """Return the faces whose label would change, in all splits, as a CSV file."""
    faces, agreed = audit.faces, audit.reviews.labels()
    given, group = faces.labels(), faces.group_index()
    names = [*faces.group_names.values(), ""]
    rows = np.flatnonzero((agreed >= 0) & (agreed != given))
    table = faces.table.iloc[rows]
    return spreadsheet(
        ["filename", "split", faces.group_column, "given", "label"],
        [
            (name, split, names[group[row]], given[row] if given[row] >= 0 else None, agreed[row])
            for row, name, split in zip(rows, table["filename"], table["split"], strict=True)
        ],
    )


def _shown(audit: Audit) -> str:
    """Return the set's folder as a person in the server's folder would type it."""
    try:
        return str(audit.faces.path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(audit.faces.path)


def _agreements(told: Outcome) -> None:
    rows = []
    for other, agreement in told.agreements.items():
        name = other or "without a name"
        rows.append(_line(f"With {name}", agreement))
        rows += [_line(f"– {group}", part) for group, part in agreement.groups.items() if part.n]
    plain_table(
        ["On the same faces", "Faces", "Same", "Cohen's κ", "95 %"],
        rows,
        label="Agreement with other reviewers",
        key="review_agreement",
    )
    st.caption(
        "κ is 1 where two always say the same and 0 where they agree as often as by chance. Faces "
        "of which one of them is unsure are left out."
    )


def _line(name: str, agreement: Agreement) -> list[str]:
    value, low, high = agreement.kappa
    if np.isnan(value):
        return [name, count(agreement.n), _share(agreement.same), "–", "–"]
    return [
        name,
        count(agreement.n),
        _share(agreement.same),
        f"{value:.2f}",
        f"{low:.2f} to {high:.2f}",
    ]


def _share(value: float) -> str:
    return "–" if np.isnan(value) else f"{100 * value:.1f} %"
