"""Kept hypotheses side by side, with figures of the data as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from softbio.errors import SoftbioError
from softbio.hypotheses.kept.record import Kept

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet
    from softbio.faces.tags import Tags
    from softbio.hypotheses.examination import Examination, GroupAgreement
    from softbio.hypotheses.targets import Target
    from softbio.hypotheses.traits import Traits
    from softbio.runs.run import Run

__all__ = ["RATES", "Compared", "compare", "figures_of"]

#: The shares that are told of a group, each with its interval.
RATES = ("agreement", "balanced_agreement", "label_1_given_0", "label_0_given_1")


@dataclass(frozen=True, eq=False)
class Compared:
    """A kept hypothesis and what it comes to now.

    Attributes
    ----------
    kept : Kept
    figures : dict
        As by `figures_of`, of the data as they are now; empty where they cannot be had.
    missing : str
        Why there are none, in a sentence; else empty.
    changes : tuple of str
        What is otherwise than when it was kept, a sentence each.
    """

    kept: Kept
    figures: dict[str, Any]
    missing: str
    changes: tuple[str, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups, of now or else of then."""
        return tuple(_groups(self.figures) or _groups(self.kept.figures))

    def rate(self, name: str, group: str | None = None, *, kept: bool = False) -> _Rate:
        """Return one of `RATES` with its interval, of a group or of all faces.

        Parameters
        ----------
        kept : bool
            As it was kept, instead of as it is now.
        """
        figures = self.kept.figures if kept else self.figures
        of = figures.get("overall") if group is None else _groups(figures).get(group)
        rate = of.get(name) if isinstance(of, Mapping) else None
        if isinstance(rate, Mapping):
            return tuple(_number(rate.get(key)) for key in ("value", "low", "high"))  # type: ignore[return-value]
        return _number(rate), None, None

    def n(self, group: str | None = None) -> int | None:
        """Return how many faces were examined, of a group or of all."""
        of = self.figures.get("overall") if group is None else _groups(self.figures).get(group)
        return of.get("n") if isinstance(of, Mapping) else None


_Rate = tuple[float | None, float | None, float | None]


def figures_of(examination: Examination) -> dict[str, Any]:
    """Return the figures of an examination as plain data, to be kept as evidence.

    Returns
    -------
    dict
        ``level`` and ``by`` of the intervals, ``left_out``: faces that were not examined;
        ``overall`` and ``groups`` (by name), each with ``n``, ``table`` (counts
        ``[formula][target]``), and ``agreement``, ``balanced_agreement``, ``label_1_given_0``,
        ``label_0_given_1``, each with ``value``, ``low``, ``high``.
    """
    return {
        "level": examination.level,
        "by": examination.by,
        "left_out": examination.left_out,
        "overall": _part(examination.overall),
        "groups": {part.name: _part(part) for part in examination.groups},
    }


def compare(
    kept: Iterable[Kept],
    traits: Traits,
    faces: FaceSet,
    *,
    run: Run | None = None,
    tags: Tags | None = None,
) -> list[Compared]:
    """Examine kept hypotheses on the data as they are now.

    Parameters
    ----------
    traits : Traits
        What is known of the faces now.
    run : Run, optional
        For targets that are about a run's predictions.
    tags : Tags, optional
        For targets that are tags.

    Returns
    -------
    list of Compared
        In the order of `kept`. One that cannot be examined, since an attribute is gone, say, is
        there too and says why.
    """
    from softbio.hypotheses.examination import examine
    from softbio.hypotheses.targets import target_of

    targets: dict[tuple[str, str], Target] = {}
    found = []
    for one in kept:
        figures, missing, probed = {}, "", one.probed
        try:
            asked = one.target, one.split or "val_select"
            if asked not in targets:
                targets[asked] = target_of(asked[0], faces, run=run, split=asked[1], tags=tags)
            examination = examine(traits, one.formula, targets[asked], faces)
            figures, probed = figures_of(examination), examination.probed
        except SoftbioError as error:
            missing = str(error)
        found.append(Compared(one, figures, missing, _changes(one, faces, run, probed)))
    return found


def _changes(
    kept: Kept, faces: FaceSet, run: Run | None, probed: tuple[str, ...]
) -> tuple[str, ...]:
    sentences = []
    if kept.fingerprint != faces.fingerprint:
        had = f": it had {kept.faces:,} faces and has {len(faces):,}"
        sentences.append(
            "The face set is another than when this was kept"
            f"{had if kept.faces != len(faces) else ''}."
        )
    if kept.run and (run is None or run.id != kept.run):
        now = "no run is chosen" if run is None else f"these figures are of {run.id}"
        sentences.append(f"It was kept of the run {kept.run}; now {now}.")
    for first, second, what in (
        (kept.probed, probed, "rested on a probe when this was kept and does not now"),
        (probed, kept.probed, "rests on a probe now and did not when this was kept"),
    ):
        sentences += [f"{name} {what}." for name in first if name not in second]
    return tuple(sentences)


def _part(part: GroupAgreement) -> dict[str, Any]:
    rates = {name: _rate(getattr(part, name)) for name in RATES}
    return {"n": int(part.n), "table": part.table.tolist(), **rates}


def _rate(rate: Any) -> dict[str, float]:
    return {"value": float(rate.value), "low": float(rate.low), "high": float(rate.high)}


def _groups(figures: Mapping[str, Any]) -> Mapping[str, Any]:
    groups = figures.get("groups")
    return groups if isinstance(groups, Mapping) else {}


def _number(value: Any) -> float | None:
    if isinstance(value, (int, float)) and value == value:
        return float(value)
    return None
