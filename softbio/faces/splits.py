"""Who is trained on, who chooses, who is asked: train, the two halves of val, and test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from softbio.errors import DataError

__all__ = ["CUT", "SplitPlan", "assign_splits", "cut_validation"]

_NAMES = ("train", "val", "test")
_TEST = 2
#: The halves of validation.
CUT = ("val_select", "val_fit")


@dataclass(frozen=True)
class SplitPlan:
    """How labelled faces are divided.

    Attributes
    ----------
    ratios : tuple of three floats
        Shares of train, val and test; brought to sum 1. The report's 60/20/20 is the default.
    seed : int
        The same faces, plan and seed give the same splits.
    use_partition : bool
        Take the splits from the source instead.
    balanced_test : int
        Hold out exactly this many faces of each group × label for the test; 0 takes
        the natural mix. The other faces are divided by the first two ratios.
    """

    ratios: tuple[float, float, float] = (0.6, 0.2, 0.2)
    seed: int = 0
    use_partition: bool = False
    balanced_test: int = 0

    def __post_init__(self) -> None:
        total = sum(self.ratios)
        if len(self.ratios) != 3 or min(self.ratios) < 0 or not 0 < total < float("inf"):
            raise DataError(
                f"A split has three shares ≥ 0, such as 60/20/20. Received: {self.ratios}."
            )
        if self.ratios[0] == 0:
            raise DataError("The share of train is 0: there would be nothing to train on.")
        if self.seed < 0 or self.balanced_test < 0:
            raise DataError("The split's seed and the balanced test's size are numbers ≥ 0.")
        if self.use_partition and self.balanced_test:
            raise DataError(
                "The source's partition and a balanced test exclude each other: choose one."
            )
        # Frozen: the shares are normalised once, here.
        object.__setattr__(self, "ratios", tuple(ratio / total for ratio in self.ratios))


def assign_splits(
    rows: pd.DataFrame, group_column: str, plan: SplitPlan
) -> tuple[np.ndarray, dict[str, Any]]:
    """Assign each face to a split.

    Where it is known who is on the photographs, whole people are assigned, so
    that nobody stands in two of train, val and test; otherwise faces are. Both
    ways keep the shares of each cell (group × label) as near to the ratios as
    they can. Faces without a label are ``unlabelled``. So are the faces that a
    balanced test leaves over: their people are in the test, so nothing may be
    learned from them.

    Parameters
    ----------
    rows : DataFrame
        With ``label``, the group column, ``identity`` and ``partition``.
    group_column : str
        The sensitive attribute's column.
    plan : SplitPlan
        What is wanted.

    Returns
    -------
    splits : ndarray, shape (N,), object
        A split's name for each row.
    told : dict
        ``ratios``, ``seed``, ``by`` (``identity``, ``row`` or ``partition``),
        ``balanced_test``, and ``left_over``, the count of a balanced test's left-overs.

    Raises
    ------
    DataError
        If there is no partition to take, or a cell is too small for the balanced test.
    """
    labelled = rows["label"].notna().to_numpy()
    splits = np.full(len(rows), "unlabelled", dtype=object)
    faces = rows[labelled]
    by = "row"
    assigned = np.zeros(0, dtype=np.int64)
    if plan.use_partition:
        by = "partition"
        assigned = _from_partition(faces)
    elif len(faces):
        known = faces["identity"].notna().to_numpy()
        by = "identity" if known.any() else "row"
        cell, names = _cells(faces, group_column)
        rng = np.random.default_rng(plan.seed)
        assigned = _assign(cell, _persons(faces), names, plan, rng)
    splits[labelled] = np.array([*_NAMES, "unlabelled"], dtype=object)[assigned]
    told = {
        "ratios": [round(ratio, 6) for ratio in plan.ratios],
        "seed": plan.seed,
        "by": by,
        "balanced_test": plan.balanced_test,
        "left_over": int((assigned == len(_NAMES)).sum()),
    }
    return splits, told


def cut_validation(
    rows: pd.DataFrame, group_column: str, splits: np.ndarray, seed: int = 0
) -> np.ndarray:
    """Cut the split ``val`` in two halves: ``val_select`` and ``val_fit``.

    What is chosen (epochs, thresholds) is chosen on the first; what is fitted
    after training (the last layer anew, calibration) is fitted on the second, so
    that the first can still judge it. Nobody stands in both, and each half has
    half of each cell as nearly as people allow.

    Parameters
    ----------
    rows : DataFrame
        With ``label``, the group column and ``identity``.
    group_column : str
    splits : ndarray, shape (N,), object
        As `assign_splits` gives them.
    seed : int

    Returns
    -------
    ndarray, shape (N,), object
        `splits` with ``val`` replaced.
    """
    cut = splits.copy()
    inside = np.flatnonzero(splits == "val")
    if not len(inside):
        return cut
    faces = rows.iloc[inside]
    cell, names = _cells(faces, group_column)
    wanted = _quotas(np.bincount(cell, minlength=len(names)), np.array([0.5, 0.5]))
    half = _by_people(cell, _persons(faces), wanted, np.random.default_rng(seed))
    cut[inside] = np.array(CUT, dtype=object)[half]
    return cut


def _cells(faces: pd.DataFrame, group_column: str) -> tuple[np.ndarray, list[Any]]:
    """Number each face's cell (group × label), and name the cells."""
    cells = pd.MultiIndex.from_frame(faces[[group_column, "label"]])
    cell, names = pd.factorize(cells, sort=False, use_na_sentinel=False)
    return cell.astype(np.int64), list(names)


def _persons(faces: pd.DataFrame) -> np.ndarray:
    """Number the people; whoever is not known is taken for somebody seen once."""
    person, _ = pd.factorize(faces["identity"])
    unknown = person < 0
    person[unknown] = person.max(initial=-1) + 1 + np.arange(unknown.sum())
    return person.astype(np.int64)


def _from_partition(faces: pd.DataFrame) -> np.ndarray:
    missing = faces["partition"].isna().to_numpy()
    if missing.any():
        first = faces["filename"].iloc[int(np.flatnonzero(missing)[0])]
        raise DataError(
            f"The source does not say in which split {int(missing.sum()):,} of {len(faces):,} "
            f"labelled faces are, such as {first}. Divide them by shares instead."
        )
    return faces["partition"].map({name: code for code, name in enumerate(_NAMES)}).to_numpy()


def _assign(
    cell: np.ndarray,
    person: np.ndarray,
    names: list[Any],
    plan: SplitPlan,
    rng: np.random.Generator,
) -> np.ndarray:
    """Assign faces, given as cell and person numbers, to 0…2, or 3 for left over."""
    cells = len(names)
    counts = np.bincount(cell, minlength=cells)
    assigned = np.full(len(cell), -1, dtype=np.int64)
    ratios = np.array(plan.ratios)
    if plan.balanced_test:
        tested = _balanced(cell, person, counts, names, plan.balanced_test, rng)
        assigned[tested] = _TEST
        assigned[np.isin(person, person[tested]) & ~tested] = len(_NAMES)
        ratios = np.array([ratios[0], ratios[1], 0.0])
    rest = np.flatnonzero(assigned < 0)
    wanted = _quotas(np.bincount(cell[rest], minlength=cells), ratios / ratios.sum())
    assigned[rest] = _by_people(cell[rest], person[rest], wanted, rng)
    return assigned


def _quotas(counts: np.ndarray, ratios: np.ndarray) -> np.ndarray:
    """Divide each cell's count by `ratios` into whole numbers, shape (cells, splits).

    The largest remainders are rounded up, so that each cell adds up.
    """
    exact = counts[:, None] * ratios
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, axis=1, kind="stable")
    missing = counts - whole.sum(axis=1)
    np.put_along_axis(
        whole,
        order,
        np.take_along_axis(whole, order, 1) + (np.arange(len(ratios)) < missing[:, None]),
        axis=1,
    )
    return whole


def _by_people(
    cell: np.ndarray, person: np.ndarray, wanted: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Assign whole people so that each cell comes near its quotas `wanted` (cells, splits).

    People on many photographs come first, each to the split that misses their
    cells the most; people seen once come last and fill what is left exactly.
    """
    assigned = np.empty(len(cell), dtype=np.int64)
    need = wanted.astype(np.float64)
    scale = np.maximum(wanted, 1)
    order, starts = _people(person, rng)
    for at, faces in enumerate(np.split(order, starts[1:])):
        if len(faces) == 1:
            singles = order[starts[at] :]
            break
        held, times = np.unique(cell[faces], return_counts=True)
        # Of its quota, how much would each split still miss, weighed by the person's faces?
        split = int(np.argmax((times[:, None] * need[held] / scale[held]).sum(axis=0)))
        need[held, split] -= times
        assigned[faces] = split
    else:
        singles = order[:0]
    need = np.maximum(need, 0)
    for number in np.unique(cell[singles]):
        own = singles[cell[singles] == number]
        missing = need[number] if need[number].any() else wanted[number]
        shares = _quotas(np.array([len(own)]), missing / missing.sum())[0]
        assigned[own] = np.repeat(np.arange(wanted.shape[1]), shares)
    return assigned


def _balanced(
    cell: np.ndarray,
    person: np.ndarray,
    counts: np.ndarray,
    names: list[Any],
    size: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Choose `size` faces of each cell, of as few people as are needed; a boolean mask."""
    if counts.min() < size:
        group, label = names[int(counts.argmin())]
        raise DataError(
            f"A balanced test of {size} faces per cell is not possible: there are only "
            f"{counts.min()} faces of group {group} with label {label}."
        )
    missing = np.full(len(counts), size, dtype=np.int64)
    tested = np.zeros(len(cell), dtype=bool)
    order, starts = _people(person, rng)
    everybody = np.split(order, starts[1:])
    turns = rng.permutation(len(everybody))
    # First those of whom nothing is left over, then whoever fills the rest.
    for spare in (False, True):
        for faces in (everybody[at] for at in turns):
            if not missing.any():
                return tested
            own = faces[~tested[faces]]
            held, times = np.unique(cell[own], return_counts=True)
            fits = (times <= missing[held]).all() if not spare else missing[held].any()
            if not fits or tested[faces].any():
                continue
            for number, count in zip(held, times, strict=True):
                taken = min(int(count), int(missing[number]))
                tested[own[cell[own] == number][:taken]] = True
                missing[number] -= taken
    if missing.any():
        raise DataError(
            f"A balanced test of {size} faces per cell is not possible when nobody may stand on "
            "both sides: ask for fewer."
        )
    return tested


def _people(person: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Order face numbers by person, those with most faces first, else at random.

    Returns
    -------
    order : ndarray, shape (n,)
    starts : ndarray
        Where each person begins in `order`.
    """
    count = np.bincount(person)
    lot = rng.permutation(len(count))
    shuffled = rng.permutation(len(person))
    order = shuffled[np.lexsort((lot[person[shuffled]], -count[person[shuffled]]))]
    sorted_person = person[order]
    return order, np.flatnonzero(np.r_[True, sorted_person[1:] != sorted_person[:-1]])[: len(order)]
