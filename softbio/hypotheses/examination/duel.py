"""Two formulas against each other: decided on the faces on which they differ, and there alone."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import numpy as np

from softbio.hypotheses.examination.concerned import Concerned, concerned
from softbio.hypotheses.examination.disputed import (
    Cells,
    Stances,
    cells_of,
    person_weights,
    stances,
)
from softbio.hypotheses.examination.evidence import (
    Noise,
    learn_noise,
    log_evidence,
    strength,
)
from softbio.hypotheses.examination.fit import Field, misfit_of
from softbio.hypotheses.examination.needed import Needed, needed
from softbio.hypotheses.examination.verdict import DisputedFaces, Duel

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet
    from softbio.formula import Formula
    from softbio.hypotheses.targets import Target
    from softbio.hypotheses.traits import Traits

__all__ = ["duel"]

_BARE = 0.5


def duel(
    traits: Traits,
    first: str | Formula,
    second: str | Formula,
    target: Target,
    faces: FaceSet,
    *,
    rows: np.ndarray | None = None,
) -> Duel:
    """Hold two formulas against each other, on the faces on which they differ.

    Each formula taken for the truth is seen through noise, at a rate of its own for each group and
    each of its two values. The rates are learned from the faces on which the two agree; the Bayes
    factor is that of the disputed faces' targets. In it a person's faces count together as one
    (`disputed.person_weights`), so that many photographs of one person decide nothing.

    Parameters
    ----------
    traits : Traits
        What the formulas can name. Probed attributes weigh by their chances.
    first, second : str or Formula
    target : Target
    faces : FaceSet
    rows : ndarray of int, optional
        The rows to look at; all by default.

    Raises
    ------
    FormulaError
        If a formula cannot be read, names what is not there, or the two name more than 12 probed
        attributes.
    """
    one, two = traits.resolve(first), traits.resolve(second)
    said = stances(traits, one, two)
    asked = concerned(target, faces, rows)
    known = said.known[asked.row]
    told = asked.only(known)
    weight = person_weights(told, _kinds(said, told.row) + 4 * told.group)
    parts = tuple(
        _group(name, told, said, weight, told.group == index)
        for index, name in enumerate(told.groups)
    )
    evidence = sum(part.log10_bayes_factor for part in parts)
    favours = "neither" if abs(evidence) < _BARE else "first" if evidence > 0 else "second"
    misfit = None
    if favours != "neither":
        misfit = misfit_of(_foreseen(favours == "first", parts, told, said, weight))
    probed = tuple(dict.fromkeys((*traits.probed(one), *traits.probed(two))))
    everywhere = _everywhere(said, faces, rows)
    waiting = everywhere[said.disputed[everywhere] & (target.values[everywhere] < 0)]
    dispute = said.disputed[told.row]
    return Duel(
        first=str(one),
        second=str(two),
        equal=one == two,
        n=len(told.row),
        people=None if told.person is None else len(np.unique(told.person[dispute])),
        disputed=parts,
        waiting=waiting,
        log10_bayes_factor=evidence,
        strength=strength(evidence),
        favours=favours,
        misfit=misfit,
        needed=_needed(parts, said, everywhere, faces.group_index(), evidence, len(waiting)),
        probed=probed,
        unsure=int(said.unsure[told.row].sum()) if probed else 0,
        without_target=asked.without_target,
        without_group=asked.without_group,
        without_attributes=int((~known).sum()),
    )


def _kinds(said: Stances, row: np.ndarray) -> np.ndarray:
    """Number what the two say of faces: both rather 0, both rather 1, and the two disputes."""
    agreed = (said.first[row] > 0.5).astype(np.int64)
    return np.where(said.disputed[row], 2 + said.first_higher[row], agreed)


def _group(
    name: str, told: Concerned, said: Stances, weight: np.ndarray, mine: np.ndarray
) -> DisputedFaces:
    """Learn a group's noise where the two agree, and weigh its disputed faces."""
    agreed, disputed = mine & said.agreed[told.row], mine & said.disputed[told.row]
    shared = _cells(told, said, weight, agreed)
    noise = learn_noise((shared.first + shared.second) / 2, shared.weight)
    cells = _cells(told, said, weight, disputed)
    gain = log_evidence(cells.first, cells.weight, noise)
    gain -= log_evidence(cells.second, cells.weight, noise)
    row, target = told.row[disputed], told.target[disputed]
    higher = said.first_higher[row]
    votes = np.bincount(np.where(higher, 0, 2) + target, minlength=4).reshape(2, 2)
    as_first = target == higher
    return DisputedFaces(
        name=name,
        n=int(mine.sum()),
        votes=votes.astype(np.int64),
        rows=(row[as_first], row[~as_first]),
        log10_bayes_factor=gain / log(10),
        noise=noise,
    )


def _cells(told: Concerned, said: Stances, weight: np.ndarray, kept: np.ndarray) -> Cells:
    row = told.row[kept]
    return cells_of(said.first[row], said.second[row], told.target[kept], weight[kept])


def _foreseen(
    first: bool,
    parts: tuple[DisputedFaces, ...],
    told: Concerned,
    said: Stances,
    weight: np.ndarray,
) -> list[Field]:
    """Return what the favoured formula foresees of each group and direction."""
    fields = []
    for index, part in enumerate(parts):
        for higher in (False, True):
            mine = (told.group == index) & said.disputed[told.row]
            mine &= said.first_higher[told.row] == higher
            if not mine.any():
                continue
            says = higher == first
            row, weights = told.row[mine], weight[mine]
            one = _share_of_ones((said.first if first else said.second)[row], part.noise)
            against = told.target[mine] != says
            fields.append(
                Field(
                    n=float(weights.sum()),
                    against=float(weights[against].sum()),
                    expected=float(np.average(1 - one if says else one, weights=weights)),
                    known=sum(part.noise.beta if says else part.noise.alpha),
                    faces=len(row),
                    faces_against=int(against.sum()),
                )
            )
    return fields


def _share_of_ones(chance: np.ndarray, noise: Noise) -> np.ndarray:
    alpha, beta = noise.means
    return chance * (1 - beta) + (1 - chance) * alpha


def _everywhere(said: Stances, faces: FaceSet, rows: np.ndarray | None) -> np.ndarray:
    """Return the rows on which both are known, with a target or without, of known groups."""
    row = np.arange(len(faces)) if rows is None else np.unique(np.asarray(rows, np.int64))
    return row[said.known[row] & (faces.group_index()[row] >= 0)]


def _needed(
    parts: tuple[DisputedFaces, ...],
    said: Stances,
    row: np.ndarray,
    group: np.ndarray,
    evidence: float,
    waiting: int,
) -> Needed:
    """Foretell from the disputed faces of the set, labelled or not, what more of them would give."""
    disputed = row[said.disputed[row]]
    share, ones = [], []
    for index, part in enumerate(parts):
        mine = disputed[group[disputed] == index]
        nothing = np.zeros(len(mine), np.int64)
        cells = cells_of(said.first[mine], said.second[mine], nothing, np.ones(len(mine)))
        share.append(cells.weight[:, 0])
        ones.append([_share_of_ones(each, part.noise) for each in (cells.first, cells.second)])
    if not len(disputed):
        return Needed(None, None, (0.0, 0.0), 0.0, 0)
    first, second = (np.concatenate([one[side] for one in ones]) for side in (0, 1))
    return needed(
        np.concatenate(share) / len(disputed),
        first,
        second,
        evidence,
        len(disputed) / len(row),
        waiting,
    )
