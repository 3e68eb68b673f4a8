"""Would another sample have told the same? Winning over resampled people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from softbio.errors import CancelledError, ConfigError
from softbio.fairness.intervals import draw_people, number_people
from softbio.formula import parse
from softbio.hypotheses.searching.findings import Findings, Hypothesis
from softbio.hypotheses.searching.latent import bits_of_faces, chance_of, label_bits
from softbio.hypotheses.searching.material import Material, gather
from softbio.hypotheses.searching.pool import TIE
from softbio.hypotheses.searching.scoring import Scale, formula_bits

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Stability", "some", "stability"]

_MOST_FORMULAS = 40
_REPLICATES_AT_ONCE = 20


@dataclass(frozen=True)
class Stability:
    """How often each of the best formulas would have been the best.

    Attributes
    ----------
    formulas : tuple of str
        As ranked.
    wins : tuple of float
        Share of resampled sets of faces in which each has the shortest
        description among them; ties share.
    constant_wins : float
        Share in which the constant beats them all. All shares add up to 1.
    replicates : int
    by : str
        ``person`` or ``face``: what was drawn anew.
    """

    formulas: tuple[str, ...]
    wins: tuple[float, ...]
    constant_wins: float
    replicates: int
    by: str


def stability(
    findings: Findings,
    columns: Mapping[str, np.ndarray] | pd.DataFrame,
    target: np.ndarray,
    group: np.ndarray | None = None,
    groups: tuple[str, ...] = ("all",),
    *,
    person: np.ndarray | None = None,
    top: int = 10,
    replicates: int = 500,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Stability:
    """Resample the faces and see which of the best formulas wins.

    Only the best formulas compete; they are compared from counts for each
    person, and nothing is searched anew. A formula that won by a few faces shares
    its wins with its rivals; whether chance alone would offer something else
    is what `held_out` and `evidence_bits` tell.

    Parameters
    ----------
    findings : Findings
    columns, target, group, groups
        What was searched.
    person : ndarray, shape (N,), integers, optional
        Who is on each face; negative: not known. Then people are drawn
        with all their faces; without it, faces.
    top : int
        How many of the best compete, 1 to 40.
    replicates, seed : int
    progress : callable, optional
        Called with how many replicates are done, and of how many.
    stop : callable, optional
        Called often; true ends the work.

    Raises
    ------
    ConfigError
        If `top` or `replicates` is out of bounds.
    CancelledError
        If `stop` said so.

    Notes
    -----
    Rates are fitted anew to each replicate; with probed attributes they stay as they were
    fitted to all faces, which changes a description by a bit or two.
    """
    if not 1 <= top <= _MOST_FORMULAS or replicates < 1:
        raise ConfigError(
            f"`top` must be 1 to {_MOST_FORMULAS} and `replicates` at least 1. "
            f"Received: {top} and {replicates}."
        )
    material = gather(columns, target, group, groups)
    best = findings.hypotheses[:top]
    whose = None if person is None else number_people(np.asarray(person)[material.faces])
    if material.probed:
        replicated = _by_chances(material, findings.sharpened, best, whose, replicates, seed)
    else:
        replicated = _by_counts(material, best, columns, whose, replicates, seed)
    wins = np.zeros(len(best) + 1)
    done = 0
    for bits in replicated:
        if stop is not None and stop():
            raise CancelledError("The resampling was stopped.")
        first = bits <= bits.min(axis=1, keepdims=True) + TIE
        wins += (first / first.sum(axis=1, keepdims=True)).sum(axis=0)
        done += len(bits)
        if progress:
            progress(done, replicates)
    wins /= replicates
    return Stability(
        tuple(line.formula for line in best),
        tuple(float(share) for share in wins[:-1]),
        float(wins[-1]),
        replicates,
        "face" if person is None else "person",
    )


def _by_counts(
    material: Material,
    best: tuple[Hypothesis, ...],
    columns: Mapping[str, np.ndarray] | pd.DataFrame,
    whose: tuple[np.ndarray, int] | None,
    replicates: int,
    seed: int,
) -> Iterator[np.ndarray]:
    """Yield the descriptions by each formula, and by the constant, in replicates (r, F + 1)."""
    faces, sizes = material.faces, material.sizes
    strata = len(sizes)
    stratum = np.repeat(np.arange(strata), sizes)
    stated = [parse(line.formula).evaluate(some(columns, line.attributes))[faces] for line in best]
    # Column 0 is 1 for every face: it counts the faces themselves.
    values = np.stack([np.ones(len(faces), np.int64), *stated])
    if whose is None:
        counts, weights = _by_face(values, stratum, strata, replicates, seed)
    else:
        counts = _counts(values, stratum, strata, *whose)
        weights = draw_people(whose[1], replicates, seed)
    drawn = weights.astype(np.float64) @ counts.reshape(len(counts), -1)
    drawn = drawn.reshape(replicates, len(values), strata)
    attributes = len(material.names)
    lengths = np.array([formula_bits(line.literals, attributes) for line in best])
    for replicate in drawn:
        scale = Scale(replicate[0].reshape(-1, 2), attributes)
        bits = scale.data_bits(replicate[1:].T)[0] + lengths
        yield np.array([[*bits, scale.constant_bits]])


def _by_chances(
    material: Material,
    sharpened: float,
    best: tuple[Hypothesis, ...],
    whose: tuple[np.ndarray, int] | None,
    replicates: int,
    seed: int,
) -> Iterator[np.ndarray]:
    """Yield the same with probed attributes, from the bits of each face."""
    scale, sizes = material.scale, material.sizes
    columns = material.sharpened(sharpened)
    faces, fixed = [], []
    for line in best:
        chance = chance_of(parse(line.formula), columns)
        fit = label_bits(scale, chance, sizes, material.faces_as_one)
        faces.append(bits_of_faces(scale, chance, sizes, fit.rates))
        own = float(formula_bits(line.literals, scale.attributes))
        fixed.append(fit.bits - faces[-1].sum() + own)
    nothing = bits_of_faces(scale, np.zeros(material.n), sizes, (None,) * len(scale.totals))
    faces.append(nothing)
    fixed.append(scale.constant_bits - nothing.sum())
    who, people = (np.arange(material.n), material.n) if whose is None else whose
    told = np.stack([np.bincount(who, weights=bits, minlength=people) for bits in faces], axis=1)
    weights = draw_people(people, replicates, seed)
    for start in range(0, replicates, _REPLICATES_AT_ONCE):
        yield weights[start : start + _REPLICATES_AT_ONCE].astype(np.float64) @ told + fixed


def some(
    columns: Mapping[str, np.ndarray] | pd.DataFrame, names: tuple[str, ...]
) -> dict[str, np.ndarray] | pd.DataFrame:
    """Return some of the columns."""
    if isinstance(columns, Mapping):
        return {name: columns[name] for name in names}
    return columns[list(names)]


def _counts(
    values: np.ndarray, stratum: np.ndarray, strata: int, unit: np.ndarray, units: int
) -> np.ndarray:
    """Count, for each unit, the faces of each stratum at which each column is 1 (U, F, S)."""
    place = unit * strata + stratum
    counts = np.empty((units, len(values), strata))
    for index, column in enumerate(values):
        seen = np.bincount(place[column == 1], minlength=units * strata)
        counts[:, index] = seen.reshape(units, strata)
    return counts


def _by_face(
    values: np.ndarray, stratum: np.ndarray, strata: int, replicates: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Counts of the kinds of faces, and how often each kind is drawn (R, kinds)."""
    # Faces at which all formulas say the same are one kind: drawing faces is one
    # multinomial draw over kinds.
    code = stratum.copy()
    for column in values[1:]:
        code = 2 * code + column
    kinds, first, count = np.unique(code, return_index=True, return_counts=True)
    share = count / count.sum()
    weights = np.random.default_rng(seed).multinomial(count.sum(), share, size=replicates)
    some = np.arange(len(kinds))
    return _counts(values[:, first], stratum[first], strata, some, len(kinds)), weights
