"""What one half of the people shows, held against the other half."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from softbio.errors import DataError
from softbio.fairness.intervals import number_people
from softbio.formula import parse
from softbio.hypotheses.searching.figures import Figures, figures_of
from softbio.hypotheses.searching.findings import Findings
from softbio.hypotheses.searching.latent import bits_of_faces, chance_of, label_bits
from softbio.hypotheses.searching.material import Material, gather
from softbio.hypotheses.searching.rates import Rates
from softbio.hypotheses.searching.search import SearchPlan, search
from softbio.hypotheses.searching.stability import some

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["HeldOut", "held_out"]


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
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> HeldOut:
    """Search on half of the people (or faces, where they are not known), judge on the other.

    Parameters
    ----------
    columns, target, group, groups, person, plan, progress, stop
        As in `search`.
    seed : int
        Which half is searched.

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
    found = search(
        columns, np.where(searched, target, -1), group, groups,
        plan=plan, progress=progress, stop=stop,
    )  # fmt: skip
    if not found.hypotheses:
        raise DataError("No formula says more of this half than the group does.")
    best = found.hypotheses[0]
    by = "face" if person is None else "person"
    if best.probed:
        rest = np.where(searched, -1, target)
        return _judged_by_chances(found, gather(columns, rest, group, groups), by)
    stated = parse(best.formula).evaluate(some(columns, best.attributes))
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
        by=by,
    )


def _judged_by_chances(found: Findings, other: Material, by: str) -> HeldOut:
    best = found.hypotheses[0]
    if missing := [name for name in best.attributes if name not in other.names]:
        raise DataError(f"In the other half all faces have the same value of {missing[0]!r}.")
    columns = other.sharpened(found.sharpened)
    chance = chance_of(parse(best.formula), columns)
    judged = label_bits(other.scale, chance, other.sizes, other.faces_as_one)
    given = [_rates(np.array(figures.counts)) for figures in best.groups]
    alone = tuple(Rates(share, share) for _, share in given)
    told = tuple(rates for rates, _ in given)
    saved = bits_of_faces(other.scale, chance, other.sizes, alone) - bits_of_faces(
        other.scale, chance, other.sizes, told
    )
    return HeldOut(
        formula=best.formula,
        n=other.n,
        saved_bits_per_face=float(saved.mean()),
        overall=figures_of("all", judged.counts.sum(axis=0)),
        groups=tuple(map(figures_of, other.groups, judged.counts)),
        by=by,
    )


def _rates(fitted: np.ndarray) -> tuple[Rates, float]:
    """Return shares of label 1 given the formula, and without it, from fitted counts."""
    # Krichevsky and Trofimov's half: no rate is 0, so no face costs infinitely much.
    given = (fitted + 0.5) / (fitted.sum(axis=0) + 1)
    return Rates(*map(float, given[1])), float((fitted[1].sum() + 0.5) / (fitted.sum() + 1))


def _saved_bits(fitted: np.ndarray, table: np.ndarray) -> float:
    """Bits of the labels of `table` [label, formula] that rates from `fitted` save."""
    given, alone = _rates(fitted)
    label_1 = np.array([given.zero, given.one])
    told = np.log2([(1 - label_1) / (1 - alone), label_1 / alone])
    return float((table * told).sum())
