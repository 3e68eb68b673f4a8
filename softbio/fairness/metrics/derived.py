"""What follows from a group metric: its difference, range and ratio, and the worst group."""

from __future__ import annotations

from dataclasses import replace

from softbio.fairness.metrics.metric import Metric
from softbio.fairness.metrics.spread import (
    difference,
    each_value,
    gap,
    gap_parts,
    highest,
    lowest,
    ratio,
    ratio_parts,
    signed_parts,
)

__all__ = ["derived_metrics"]

#: Titles that begin with a name or an abbreviation keep their capitals within a sentence.
_PROPER = ("AUC", "Brier", "F1", "MCC")


def derived_metrics(metric: Metric) -> list[Metric]:
    """Return what follows from a metric of scope ``group``.

    Returns
    -------
    list of Metric
        ``<name>_difference``, ``<name>_range``, ``<name>_ratio``, and
        ``<name>_worst`` where a value of the metric is best.
    """
    title = metric.title
    noun = title if title.startswith(_PROPER) else title[0].lower() + title[1:]
    low, high = metric.range
    # Groups whose labels differ are no fault of the predictions.
    wished = metric.name != "prevalence"
    common = replace(
        metric,
        scope="overall",
        empty=f"{metric.empty} in one of the groups",
        function=None,
        bases=(metric,),
    )
    found = [
        replace(
            common,
            name=f"{metric.name}_difference",
            title=f"{title}, difference",
            description=f"{title} of the first group minus that of the second; with more than two "
            "groups, the largest minus the smallest.",
            best=0.0 if wished else None,
            range=(low - high, high - low),
            combine=difference,
            parts=signed_parts,
            extreme="max",
        ),
        replace(
            common,
            name=f"{metric.name}_range",
            title=f"{title}, range",
            description=f"Largest minus smallest {noun} among the groups.",
            best=0.0 if wished else None,
            range=(0.0, high - low),
            combine=gap,
            parts=gap_parts,
            extreme="max",
        ),
        replace(
            common,
            name=f"{metric.name}_ratio",
            title=f"{title}, ratio",
            description=f"Smallest {noun} among the groups divided by the largest."
            + (" Undefined where one is negative." if low < 0 else ""),
            best=1.0 if wished else None,
            range=(0.0, 1.0),
            empty=f"{common.empty}, or no value above 0",
            unit="number",
            combine=ratio,
            parts=ratio_parts,
            extreme="min",
        ),
    ]
    if metric.best is not None:
        most_is_best = metric.best == high
        found.append(
            replace(
                common,
                name=f"{metric.name}_worst",
                title=f"{title}, worst group",
                description=f"{'Lowest' if most_is_best else 'Highest'} {noun} among the groups.",
                combine=lowest if most_is_best else highest,
                parts=each_value,
                extreme="min" if most_is_best else "max",
            )
        )
    return found
