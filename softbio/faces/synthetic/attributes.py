"""The people and their attributes: who is on each synthetic photograph, drawn jointly."""

from __future__ import annotations

import numpy as np
import pandas as pd

from softbio.faces.synthetic.frequencies import (
    ATTRIBUTES,
    BLOCKS,
    HAT_SHOWS_HAIR,
    MALE,
    YOUNG,
    Block,
)
from softbio.faces.synthetic.spec import LabelNoise

__all__ = ["draw_attributes"]

#: A person has 1 + Geometric photographs, three on average.
PHOTOS_PER_PERSON = 3.0


def draw_attributes(n: int, seed: int, noise: LabelNoise | None = None) -> pd.DataFrame:
    """Draw the table of `n` synthetic photographs.

    Gender and age belong to a person; hair, beard, glasses and the like mostly do; a
    smile belongs to the photograph. The frequencies are those of
    :mod:`softbio.faces.synthetic.frequencies`. Hair colours and baldness exclude each
    other, and what a hat hides is 0.

    Parameters
    ----------
    n : int
        Number of photographs, at least 1.
    seed : int
        The same `n`, `seed` and `noise` give the same table.
    noise : LabelNoise, optional
        How often the label is annotated wrongly. Default: ``LabelNoise()``.

    Returns
    -------
    DataFrame, n rows
        ``filename`` (str, in ascending order), ``gender`` (Int8, −1 women, 1 men),
        ``identity`` (Int64), ``label`` (Int8, 0/1: ``Blond_Hair xor Eyeglasses`` as
        annotated), ``true_label`` (Int8, before noise), and one Int8 0/1 column for
        each of `ATTRIBUTES`.
    """
    noise = noise or LabelNoise()
    identity = _photographs(n, seed)
    people = int(identity.max()) + 1
    person = np.random.default_rng([seed, 1])
    male = person.random(people) < MALE
    young = person.random(people) < np.where(male, YOUNG[1], YOUNG[0])
    columns: dict[str, np.ndarray] = {"Male": male[identity], "Young": young[identity]}
    stratum = 2 * male + ~young
    for number, block in enumerate(BLOCKS.values()):
        rng = np.random.default_rng([seed, 2, number])
        columns |= _draw_block(block, stratum, identity, rng)
    _hide_hair(columns, np.random.default_rng([seed, 3]))

    true_label = columns["Blond_Hair"] ^ columns["Eyeglasses"]
    label = true_label ^ _flips(true_label, columns["Male"], noise, seed)
    digits = max(6, len(str(n - 1)))
    table = {
        "filename": pd.array([f"{row:0{digits}d}.jpg" for row in range(n)], dtype="str"),
        "gender": pd.array(np.where(columns["Male"], 1, -1), dtype="Int8"),
        "identity": pd.array(identity, dtype="Int64"),
        "label": pd.array(label.astype(np.int8), dtype="Int8"),
        "true_label": pd.array(true_label.astype(np.int8), dtype="Int8"),
    }
    for name in ATTRIBUTES:
        table[name] = pd.array(columns[name].astype(np.int8), dtype="Int8")
    return pd.DataFrame(table)


def _photographs(n: int, seed: int) -> np.ndarray:
    """Say who is on each photograph: shape (n,), int64, numbered in order of appearance."""
    rng = np.random.default_rng([seed, 0])
    photos = rng.geometric(1 / PHOTOS_PER_PERSON, size=n)
    identity = rng.permutation(np.repeat(np.arange(n), photos)[:n])
    return pd.factorize(identity)[0].astype(np.int64)


def _draw_block(
    block: Block, stratum: np.ndarray, identity: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    cumulative = block.cumulative()

    def choose(strata: np.ndarray) -> np.ndarray:
        draws = rng.random(len(strata))
        chosen = (draws[:, None] >= cumulative[strata]).sum(axis=1)
        return np.minimum(chosen, len(block.options) - 1)

    usual = choose(stratum)[identity]
    today = choose(stratum[identity])
    # Nobody is bald on one photograph only; leaving both sides out keeps the shares.
    bald = [number for number, option in enumerate(block.options) if "Bald" in option]
    keep = (rng.random(len(identity)) < block.persistence) | np.isin(usual, bald)
    keep |= np.isin(today, bald)
    chosen = np.where(keep, usual, today)
    return {
        name: np.array([name in option for option in block.options])[chosen]
        for name in block.attributes
    }


def _hide_hair(columns: dict[str, np.ndarray], rng: np.random.Generator) -> None:
    """Unset, in place, what cannot be seen: hair under most hats, curls on the bald."""
    share = np.where(columns["Male"], HAT_SHOWS_HAIR[1], HAT_SHOWS_HAIR[0])
    hidden = columns["Wearing_Hat"] & (rng.random(len(share)) >= share)
    for block in ("colour", "texture", "hairline"):
        for name in BLOCKS[block].attributes:
            columns[name] &= ~hidden
            if block != "colour":
                columns[name] &= ~columns["Bald"]


def _flips(true_label: np.ndarray, male: np.ndarray, noise: LabelNoise, seed: int) -> np.ndarray:
    women = np.where(true_label, noise.women_1to0, noise.women_0to1)
    men = np.where(true_label, noise.men_1to0, noise.men_0to1)
    draws = np.random.default_rng([seed, 4]).random(len(true_label))
    return draws < np.where(male, men, women)
