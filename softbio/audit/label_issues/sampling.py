"""How confident counts would vary with other faces: thresholds and counts in drawn samples.

Whoever is on several photographs is drawn with all of them. Each sample has its own thresholds,
since they are learned from the same faces. To be quick, people (or faces) are put at random into
at most 2,048 blocks that are drawn in one piece, which leaves the expected variance as it is; and
counts at a sample's thresholds are interpolated between their values on a fine grid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from softbio.audit.label_issues.joint import ROUNDING
from softbio.audit.label_issues.thresholds import Thresholds
from softbio.fairness import IntervalPlan
from softbio.fairness.intervals.drawing import kept_people

__all__ = ["Sampled", "sampled"]

_REPLICATES = 300
_BLOCKS = 2048
_GRID = 17
_SEED = 0


@dataclass(frozen=True, eq=False)
class Sampled:
    """What samples of people, or of faces, give.

    Attributes
    ----------
    counts : ndarray, shape (R, G, 2, 2), float64
        Confident counts [group, given, confident].
    faces : ndarray, shape (R, G, 2), float64
        Faces of each given label.
    """

    counts: np.ndarray
    faces: np.ndarray


def sampled(
    label: np.ndarray,
    score: np.ndarray,
    group: np.ndarray,
    thresholds: Thresholds,
    person: np.ndarray | None,
) -> Sampled:
    """Draw people, or faces where nobody knows who is on them, 300 times.

    Parameters
    ----------
    label, group : ndarray, shape (n,), integers
    score : ndarray, shape (n,), float64
    thresholds : Thresholds
    person : ndarray, shape (n,), integers, or None
        Codes from 0.
    """
    block, blocks = _blocks(len(label), person)
    weights = kept_people(
        blocks, IntervalPlan(replicates=_REPLICATES, seed=_SEED), np.zeros(blocks)
    ).astype(np.float32)
    groups = len(thresholds.mean)
    cells = 2 * groups
    place = block * cells + group * 2 + label
    size = blocks * cells

    def drawn(values: np.ndarray) -> np.ndarray:
        table = values.reshape(blocks, -1).astype(np.float32)
        return (weights @ table).astype(np.float64)

    # Sums of what scores differ from the threshold keep their digits in float32.
    apart = score - np.nan_to_num(thresholds.mean)[group, label]
    faces = drawn(np.bincount(place, minlength=size)).reshape(-1, groups, 2)
    sums = drawn(np.bincount(place, apart, minlength=size)).reshape(-1, groups, 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = thresholds.mean + sums / faces
        whole = np.nansum(faces * mean, axis=1, keepdims=True) / faces.sum(axis=1, keepdims=True)
    mean = np.where(thresholds.borrowed[:, None], whole, mean)
    counts = np.full((len(weights), groups, 2, 2), np.nan)
    for index in np.flatnonzero(thresholds.tells):
        mine = np.flatnonzero(group == index)
        where = block[mine] * 2 + label[mine]
        for confident in (0, 1):
            counts[:, index, :, confident] = _beyond(
                where, score[mine], mean[:, index, confident], blocks, drawn, above=confident == 1
            )
    return Sampled(counts, faces)


def _blocks(n: int, person: np.ndarray | None) -> tuple[np.ndarray, int]:
    """Return the block of each face, and how many there are."""
    owner = np.arange(n) if person is None else person
    owners = n if person is None else int(person.max()) + 1
    if owners <= _BLOCKS:
        return owner, owners
    dealt = np.random.default_rng(_SEED).permutation(owners) % _BLOCKS
    return dealt[owner], _BLOCKS


def _beyond(
    where: np.ndarray,
    score: np.ndarray,
    threshold: np.ndarray,
    blocks: int,
    drawn: Callable[[np.ndarray], np.ndarray],
    above: bool,
) -> np.ndarray:
    """Count in each sample the faces of each given label whose score is beyond its threshold.

    Parameters
    ----------
    where : ndarray, shape (n,)
        ``2 * block + label`` of each face.
    threshold : ndarray, shape (R,)
    drawn : callable
        What each sample has of values (blocks * C,): (R, C).
    above : bool
        Count scores from the threshold up; otherwise down from it.

    Returns
    -------
    ndarray, shape (R, 2), float64
        NaN in samples without a threshold.
    """
    if np.isnan(threshold).all():
        return np.full((len(threshold), 2), np.nan)
    grid = np.linspace(np.nanmin(threshold), np.nanmax(threshold), _GRID)
    reach = score + ROUNDING if above else score - ROUNDING
    place = np.searchsorted(grid, reach, side="right" if above else "left")
    table = np.bincount(where * (_GRID + 1) + place, minlength=blocks * 2 * (_GRID + 1))
    each = drawn(table).reshape(len(threshold), 2, _GRID + 1)
    # Place k holds the scores between grid points k - 1 and k.
    counts = each[:, :, ::-1].cumsum(axis=2)[:, :, -2::-1] if above else each.cumsum(axis=2)
    step = grid[1] - grid[0]
    at = (threshold - grid[0]) / step if step > 0 else np.zeros(len(threshold))
    at = np.clip(at, 0, _GRID - 1)
    left = np.clip(np.nan_to_num(at).astype(np.int64), 0, _GRID - 2)
    rest = (at - left)[:, None]
    row = np.arange(len(threshold))
    return np.asarray(counts[row, :, left] * (1 - rest) + counts[row, :, left + 1] * rest)
