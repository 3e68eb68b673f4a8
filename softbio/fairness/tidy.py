"""An evaluation as lines of one figure each, for CSV files and data frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from softbio.fairness.metrics import METRICS

if TYPE_CHECKING:
    from softbio.fairness.evaluation import Evaluation

__all__ = ["TidyLine", "tidy"]


class TidyLine(NamedTuple):
    """One figure.

    Attributes
    ----------
    metric : str
        Its name in `METRICS`.
    group : str
        Empty for what concerns all faces or all groups together.
    n : int
        Faces of the group, or all.
    value, low, high : float
        NaN where undefined, or where no intervals were asked for.
    """

    metric: str
    group: str
    n: int
    value: float
    low: float
    high: float


def tidy(evaluation: Evaluation) -> list[TidyLine]:
    """Return every figure of an evaluation, in the order of `METRICS`.

    The counts come first, as ``count_<label>_<prediction>``.
    """
    nothing = (float("nan"), float("nan"))
    sizes = evaluation.counts.n.tolist()
    lines = [
        TidyLine(
            f"count_{label}_{prediction}", name, size, float(table[label][prediction]), *nothing
        )
        for name, size, table in zip(
            evaluation.groups, sizes, evaluation.counts.values.tolist(), strict=True
        )
        for label in (0, 1)
        for prediction in (0, 1)
    ]
    bounds = evaluation.intervals
    for name in METRICS:
        if name in evaluation.by_group:
            low_high = None if bounds is None else bounds.by_group.get(name)
            for index, group in enumerate(evaluation.groups):
                value = float(evaluation.by_group[name][index])
                ends = nothing
                if low_high is not None:
                    ends = (float(low_high[0][index]), float(low_high[1][index]))
                lines.append(TidyLine(name, group, sizes[index], value, *ends))
        if name in evaluation.overall:
            ends = nothing if bounds is None else bounds.overall.get(name, nothing)
            lines.append(TidyLine(name, "", evaluation.n, evaluation.overall[name], *ends))
    return lines
