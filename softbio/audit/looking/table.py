"""Where a network looks, as a table and as JSON."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from softbio.audit.looking.bands import BANDS
from softbio.audit.looking.sampling import SampledLooks
from softbio.audit.looking.summary import LooksBy
from softbio.audit.looking.telling import limits, telling
from softbio.faces.strict_csv import spreadsheet

__all__ = ["looks_csv", "looks_json"]

_HEAD = (
    "kind", "group", "label", "prediction", "faces", "of", "people", "strength", "band",
    "area", "share", "low", "high",
)  # fmt: skip


def looks_csv(sampled: SampledLooks, found: LooksBy) -> bytes:
    """Return a line for each cell and band, then for each gap and band, in UTF-8.

    ``kind`` is ``cell`` or ``gap``; of a gap, ``group`` names first − second and ``share`` is how
    much larger the first one's is. What is not defined is empty.
    """
    lines: list[list[Any]] = []
    figures: tuple[float, ...]
    for cell in found.cells:
        of = sampled.of[cell.group, cell.label, cell.right]
        strength = _number(cell.strength)
        for band, name in enumerate(BANDS):
            figures = (found.areas[band], cell.share[band], cell.low[band], cell.high[band])
            lines.append([
                "cell", cell.group, cell.label, cell.prediction, cell.n, of, cell.people,
                strength, name, *map(_number, figures),
            ])  # fmt: skip
    for gap in found.gaps:
        groups = f"{gap.first} − {gap.second}"
        for band, name in enumerate(BANDS):
            figures = (gap.gap[band], gap.low[band], gap.high[band])
            lines.append([
                "gap", groups, gap.label, gap.prediction, None, None, None, None, name, None,
                *map(_number, figures),
            ])  # fmt: skip
    return spreadsheet(_HEAD, lines)


def looks_json(run: str, sampled: SampledLooks, found: LooksBy) -> dict[str, Any]:
    """Return all figures, as `softbio audit looks --json` prints them; undefined ones are None."""
    return {
        "run": run,
        "split": sampled.split,
        "method": sampled.looks.method,
        "unit": sampled.looks.unit,
        "evidence": found.evidence,
        "rule": sampled.rule.sentence,
        "most": sampled.most,
        "seed": sampled.seed,
        "bands": dict(zip(BANDS, found.areas.round(6).tolist(), strict=True)),
        "cells": [
            {
                "group": cell.group,
                "label": cell.label,
                "prediction": cell.prediction,
                "faces": cell.n,
                "of": sampled.of[cell.group, cell.label, cell.right],
                "people": cell.people,
                "strength": _number(cell.strength),
                "share": _by_band(cell.share, cell.low, cell.high),
            }
            for cell in found.cells
        ],
        "gaps": [
            {
                "label": gap.label,
                "prediction": gap.prediction,
                "first": gap.first,
                "second": gap.second,
                "gap": _by_band(gap.gap, gap.low, gap.high),
            }
            for gap in found.gaps
        ],
        "intervals": {"level": found.level, "by": found.by},
        "telling": telling(found),
        "limits": limits(found, sampled.looks),
    }


def _by_band(value: np.ndarray, low: np.ndarray, high: np.ndarray) -> dict[str, Any]:
    return {
        name: {
            "value": _number(value[band]), "low": _number(low[band]), "high": _number(high[band])
        }
        for band, name in enumerate(BANDS)
    }  # fmt: skip


def _number(value: float) -> float | None:
    return round(float(value), 6) if math.isfinite(value) else None
