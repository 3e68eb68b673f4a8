"""Would another sample have told the same? Winning over resampled people, and held-out score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from softbio.errors import ConfigError, DataError
from softbio.fairness.intervals import draw_people, number_people
from softbio.formula import parse
from softbio.hypotheses.searching.figures import Figures, figures_of
from softbio.hypotheses.searching.findings import Findings
from softbio.hypotheses.searching.material import gather
from softbio.hypotheses.searching.pool import TIE
from softbio.hypotheses.searching.scoring import Scale, formula_bits
from softbio.hypotheses.searching.search import SearchPlan, search

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["HeldOut", "Stability", "held_out", "stability"]

_MOST_FORMULAS = 40


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

    Raises
    ------
    ConfigError
        If `top` or `replicates` is out of bounds.
    """
    if not 1 <= top <= _MOST_FORMULAS or replicates < 1:
        raise ConfigError(
            f"`top` must be 1 to {_MOST_FORMULAS} and `replicates` at least 1. "
            f"Received: {top} and {replicates}."
        )
    material = gather(columns, target, group, groups)
    faces = material.packed.faces
    strata = len(material.packed.sizes)
    stratum = np.repeat(np.arange(strata), material.packed.sizes)
    best = findings.hypotheses[:top]
    stated = [parse(line.formula).evaluate(_some(columns, line.attributes))[faces] for line in best]
    # Column 0 is 1 for every face: it counts the faces themselves.
    values = np.stack([np.ones(len(faces), np.int64), *stated])
    if person is None:
        counts, weights = _by_face(values, stratum, strata, replicates, seed)
    else:
        who, people = number_people(np.asarray(person)[faces])
        counts = _counts(values, stratum, strata, who, people)
        weights = draw_people(people, replicates, seed)
    drawn = weights.astype(np.float64) @ counts.reshape(len(counts), -1)
    drawn = drawn.reshape(replicates, len(values), strata)
    attributes = len(material.names)
    lengths = np.array([formula_bits(line.literals, attributes) for line in best])
    wins = np.zeros(len(best) + 1)
    for replicate in drawn:
        scale = Scale(replicate[0].reshape(-1, 2), attributes)
        bits = scale.data_bits(replicate[1:].T)[0] + lengths
        told = np.array([*bits, scale.constant_bits])
        first = told <= told.min() + TIE
        wins += first / first.sum()
    wins /= replicates
    return Stability(
        tuple(line.formula for line in best),
        tuple(float(share) for share in wins[:-1]),
        float(wins[-1]),
        replicates,
        "face" if person is None else "person",
    )


@dataclass(frozen=True)
class HeldOut:
    """A search on half of the people, judged on the other half.

    Attributes
    ----------
    formula : str
        The best on the half that was searched.
    n : int
        Faces of the other half.
    saved_bits_per_face : float
        How many bits of an unseen face's target the formula tells beyond the
        group, with rates from the searched half; negative: it misleads.
    overall : Figures
    groups : tuple of Figures
    by : str
        ``person`` or ``face``: what was divided.
    """

    formula: str
    n: int
    saved_bits_per_face: float
    overall: Figures
    groups: tuple[Figures, ...]
    by: str


def held_out(
    columns: Mapping[str, np.ndarray] | pd.DataFrame,
    target: np.ndarray,
    group: np.ndarray | None = None,
    groups: tuple[str, ...] = ("all",),
    *,
    person: np.ndarray | None = None,
    plan: SearchPlan | None = None,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
) -> HeldOut:
    """Search on half of the people (or faces, where they are not known), judge on the other.

    Raises
    ------
    DataError
        If a half has no faces to search or to judge.
    """
    target = np.asarray(target)
    who = np.arange(len(target)) if person is None else np.asarray(person)
    who, people = number_people(who)
    half = np.random.default_rng(seed).permutation(people) < people // 2
    searched = half[who]
    group = np.zeros(len(target), np.int64) if group is None else np.asarray(group)
    found = search(columns, np.where(searched, target, -1), group, groups, plan=plan, stop=stop)
    if not found.hypotheses:
        raise DataError("No formula says more of this half than the group does.")
    best = found.hypotheses[0]
    stated = parse(best.formula).evaluate(_some(columns, best.attributes))
    judged = ~searched & np.isin(target, (0, 1)) & (group >= 0) & (stated >= 0)
    if not judged.any():
        raise DataError("The other half has no face with a target, a group and these attributes.")
    cell = (4 * group + 2 * target + stated)[judged]
    tables = np.bincount(cell, minlength=4 * len(groups)).reshape(-1, 2, 2)
    saved = sum(
        _saved_bits(np.array(fitted.counts), table)
        for fitted, table in zip(best.groups, tables, strict=True)
    )
    return HeldOut(
        formula=best.formula,
        n=int(judged.sum()),
        saved_bits_per_face=saved / int(judged.sum()),
        overall=figures_of("all", tables.sum(axis=0)),
        groups=tuple(figures_of(name, table) for name, table in zip(groups, tables, strict=True)),
        by="face" if person is None else "person",
    )


def _saved_bits(fitted: np.ndarray, table: np.ndarray) -> float:
    """Bits of the labels of `table` [label, formula] that rates from `fitted` save."""
    # Krichevsky and Trofimov's half: no rate is 0, so no face costs infinitely much.
    given = (fitted + 0.5) / (fitted.sum(axis=0) + 1)
    alone = (fitted.sum(axis=1) + 0.5) / (fitted.sum() + 1)
    return float((table * np.log2(given / alone[:, None])).sum())


def _some(
    columns: Mapping[str, np.ndarray] | pd.DataFrame, names: tuple[str, ...]
) -> dict[str, np.ndarray] | pd.DataFrame:
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
