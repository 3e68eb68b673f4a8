"""How a face is asked about: keep, flip or unsure; or, blind, 1, 0 or unsure."""

from __future__ import annotations

from collections import Counter

import numpy as np

from dashboard.widgets.audit.context import Audit
from dashboard.widgets.reviewing.queues import Queue
from dashboard.widgets.reviewing.rounds import ReviewRound
from dashboard.widgets.tagger.component import Answer, Asking, Texts
from softbio.faces.reviews import UNSURE

__all__ = ["asking_of"]

_KEPT, _FLIPPED, _UNSURE = "kept", "flipped", "unsure"
_ONE, _ZERO = "label 1", "label 0"
_KINDS = {1: _ONE, 0: _ZERO, UNSURE: _UNSURE}


def asking_of(audit: Audit, asked: ReviewRound, queue: Queue, means: str) -> Asking:
    """Return how the faces of a round are asked about.

    Parameters
    ----------
    means : str
        What label 1 stands for, in words; may be empty.
    """
    before = ~np.isin(queue.rows, asked.rows) & queue.done
    given = audit.faces.labels()[queue.rows[before]]
    told = queue.told[before]
    if asked.blind:
        answers, which = [_by_label()], [0] * len(asked.rows)
        kinds: tuple[str, ...] = (_ONE, _ZERO, _UNSURE)
        counted = Counter(_KINDS[says] for says in told.tolist())
        facts = [[("File", name)] for name in asked.names]
    else:
        answers = [_about(0), _about(1), _by_label()]
        which = [label if label >= 0 else 2 for label in asked.given]
        kinds = (_FLIPPED, _KEPT, _UNSURE, *((_ONE, _ZERO) if -1 in asked.given else ()))
        counted = Counter(
            _kind(says, label) for says, label in zip(told.tolist(), given.tolist(), strict=True)
        )
        facts = _facts(audit, asked)
    return Asking(
        answers,
        kinds,
        _texts(asked, means),
        which,
        facts,
        first=int(before.sum()),
        total=len(queue.rows),
        counted=counted,
    )


def _about(given: int) -> tuple[Answer, Answer, Answer]:
    """Return the answers to a face with a given label."""
    other = 1 - given
    return (
        Answer(
            str(given), f"Keep {given}", ("k", str(given)), "yes", "✓", f"keep {given}", _KEPT
        ),
        Answer(
            str(other), f"Flip to {other}", ("f", str(other)), "no", "⇄", f"flip to {other}",
            _FLIPPED,
        ),
        _unsure(),
    )  # fmt: skip


def _by_label() -> tuple[Answer, Answer, Answer]:
    """Return the answers to a face whose label is hidden, or that has none."""
    return (
        Answer("1", "Label 1", ("1",), "plain", "1", "label 1", _ONE),
        Answer("0", "Label 0", ("0",), "plain", "0", "label 0", _ZERO),
        _unsure(),
    )


def _unsure() -> Answer:
    return Answer("unsure", "Unsure", ("u",), "unsure", "?", "unsure", _UNSURE)


def _kind(says: int, given: int) -> str:
    if says == UNSURE or given < 0:
        return _KINDS[says]
    return _KEPT if says == given else _FLIPPED


def _texts(asked: ReviewRound, means: str) -> Texts:
    meaning = f"Label 1: {means}" if means else "Label 1 or 0?"
    look = "z back, arrow keys to look at other faces"
    if asked.blind:
        question = f"{meaning}?" if means else meaning
        keys = f"1, 0, u unsure, {look}"
    else:
        question = f"{meaning}. Keep the given label?" if means else "Keep the given label?"
        keys = f"k keep, f flip, u unsure, {look}"
    return Texts(
        question,
        f"Reviewing labels: {keys}",
        "Click the face or go there with Tab, then a key for each face. Arrow keys look at others.",
        "Next faces …",
        "Next faces.",
    )


def _facts(audit: Audit, asked: ReviewRound) -> list[list[tuple[str, str]]]:
    """Return what is known of each face beside its picture."""
    faces, rows = audit.faces, asked.rows
    names = [*faces.group_names.values(), "unknown"]
    scores = _scores(audit, rows)
    attributes = faces.table[list(faces.attributes)].iloc[rows]
    group = faces.group_index()[rows]
    told = []
    for place, name in enumerate(asked.names):
        label = asked.given[place]
        facts = [
            ("Given", str(label) if label >= 0 else "none"),
            (faces.group_column.capitalize(), names[group[place]]),
        ]
        if not np.isnan(scores[place]):
            facts.insert(1, ("Score", f"{scores[place]:.3f}"))
        facts.append(("File", name))
        row = attributes.iloc[place]
        if held := [word.replace("_", " ") for word in row.index[row.eq(1).fillna(False)]]:
            facts.append(("Attributes", ", ".join(held)))
        told.append(facts)
    return told


def _scores(audit: Audit, rows: np.ndarray) -> np.ndarray:
    """Return the run's score of each face, NaN where it has none, shape (n,)."""
    if audit.predictions is None:
        return np.full(len(rows), np.nan)
    frame = audit.predictions.frame.set_index("filename")["score"]
    names = audit.faces.table["filename"].iloc[rows]
    return frame.reindex(names).to_numpy(dtype=np.float64, na_value=np.nan)
