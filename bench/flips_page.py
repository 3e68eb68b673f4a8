"""The section of docs/evidence.md on planted flips, from the figures of bench/flips.py."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from softbio.config import TrainConfig
from softbio.faces import FaceSet
from softbio.fairness import wilson

__all__ = ["section"]

_RANKINGS = (
    "ranked by suspicion",
    "ranked by suspicion without groups",
    "ranked by loss",
)
_FLAGS = ("flagged", "flagged without groups (Cleanlab)")


def section(results: dict[str, Any], faces: FaceSet, config: TrainConfig) -> str:
    """Return the section as Markdown, without its heading.

    Parameters
    ----------
    results : dict
        What ``judged`` of bench/flips.py says of each kind of noise.
    """
    label = faces.meta["label"].get("formula") or faces.meta["label"].get("column")
    parts = [
        "<!-- Written by bench/flips.py. -->\n",
        f"Labels of `{faces.name}` (label `{label}`) were flipped at random, in all splits; networks "
        f"of recipe `{config.recipe}` ({config.epochs} epochs) learned from the flipped labels in "
        f"{config.folds} folds that keep people together; and the labels were audited with the "
        "scores of networks that had not seen the face. The labels of CelebA are wrong in places by "
        "themselves, and what is found of these counts as a mistake here: every precision is a "
        "lower bound, and the first table shows what is estimated where nothing was planted.\n",
        *(_noise(kind, result) for kind, result in results.items()),
        *(_found(kind, result) for kind, result in results.items() if result["planted"]),
    ]
    return "\n".join(parts)


def _noise(kind: str, result: dict[str, Any]) -> str:
    """Return the estimated noise rates beside what was planted."""
    heads = (
        "labels",
        "wrong, estimated",
        "wrong, planted",
        "flipped, estimated",
        "flipped, planted",
    )
    lines = [
        (
            each["cell"],
            _with_ends(each["wrong"]),
            _percent(each["wrong_true"]),
            _with_ends(each["flipped"]),
            _percent(each["flipped_true"]),
        )
        for each in result["noise"]
    ]
    areas = ", ".join(f"{name} {area:.3f}" for name, area in result["auc"].items())
    return (
        f"**Noise rates, {kind}** ({result['planted']:,} of {result['audited']:,} labels; area under "
        f"the ROC curve against the labels as they are then: {areas}). *Wrong*: of the faces with "
        "this label; *flipped*: of the faces that truly have the other one.\n\n"
        + _table(heads, lines)
    )


def _found(kind: str, result: dict[str, Any]) -> str:
    """Return how many of the planted labels stand first, and how many are flagged."""
    cells = [name for name in result["flagged"] if name != "all"]
    heads = ("", "all", *cells)
    lines = [
        ("planted", *(f"{result['flagged'][name]['planted']:,}" for name in ("all", *cells))),
        *(
            (f"{way}: precision / recall", *_pairs(result[way], ("all", *cells)))
            for way in (*_RANKINGS, *_FLAGS)
        ),
        (
            "in random order: precision",
            *(
                _percent(
                    _share(result["flagged"][name]["planted"], result["flagged"][name]["faces"])
                )
                for name in ("all", *cells)
            ),
        ),
        *(
            (
                f"{way}: clean ones flagged",
                *(_clean(result[way][name]) for name in ("all", *cells)),
            )
            for way in _FLAGS
        ),
    ]
    low, high = wilson(result[_RANKINGS[0]]["all"]["hits"], result["planted"])
    return (
        f"**What is found, {kind}.** Of each ranking the first {result['planted']:,} faces, as many "
        "as were planted (k), so that over all labels precision and recall at k are the same "
        f"(by suspicion {_percent(low)} – {_percent(high)} at 95 %); by group and direction they say "
        "how the ranking deals with each.\n\n" + _table(heads, lines)
    )


def _pairs(counts: dict[str, dict[str, int]], names: Iterable[str]) -> list[str]:
    found = []
    for name in names:
        one = counts[name]
        precision, recall = _share(one["hits"], one["chosen"]), _share(one["hits"], one["planted"])
        found.append(f"{_percent(precision)} / {_percent(recall)}")
    return found


def _clean(one: dict[str, int]) -> str:
    return _percent(_share(one["chosen"] - one["hits"], one["faces"] - one["planted"]))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{100 * value:.1f} %"


def _with_ends(rate: list[float]) -> str:
    value, low, high = rate
    if math.isnan(value):
        return "–"
    return f"{_percent(value)} ({100 * low:.1f} – {100 * high:.1f})"


def _table(heads: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    rows = [list(heads), *map(list, lines)]
    rule = "|---|" + "---|" * (len(rows[0]) - 1)
    written = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([written[0], rule, *written[1:]]) + "\n"
