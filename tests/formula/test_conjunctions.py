"""Counts of conjunctions and contingency tables, against counting faces."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softbio.formula.conjunctions import (
    Conjunctions,
    cell_tables,
    pack_faces,
    ranks_of,
    tuples_of,
)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_tuples_stand_in_the_order_of_their_ranks(size):
    tuples = tuples_of(9, size)
    assert (ranks_of(tuples) == np.arange(len(tuples))).all()
    assert (np.diff(tuples, axis=1) > 0).all()


@settings(max_examples=25)
@given(
    st.integers(0, 300), st.integers(4, 7), st.integers(1, 3), st.integers(1, 8), st.integers(0, 99)
)
def test_tables_count_the_faces_of_each_cell_and_stratum(n, attributes, groups, block, seed):
    rng = np.random.default_rng(seed)
    values = rng.random((attributes, n)) < rng.random((attributes, 1))
    target, group = rng.integers(-1, 2, n), rng.integers(-1, groups, n)
    packed = pack_faces(values.astype(np.uint8), target, group, groups)
    conjunctions = Conjunctions(packed, 4, threads=2)
    tables = [
        (tuples_of(attributes, size), conjunctions.tables(size, tuples_of(attributes, size)))
        for size in (1, 2, 3)
    ]
    fours = list(conjunctions.quadruples(lambda: None, block))
    tables.append(tuple(np.concatenate(part) for part in zip(*fours, strict=True)))
    for tuples, counted in tables:
        assert len(tuples) == len(counted) == len(tuples_of(attributes, tuples.shape[1]))
        for row in rng.choice(len(tuples), min(5, len(tuples)), replace=False):
            cell = sum(values[index].astype(int) << at for at, index in enumerate(tuples[row]))
            for stratum in range(2 * groups):
                mine = (group == stratum // 2) & (target == stratum % 2)
                expected = np.bincount(cell[mine], minlength=1 << tuples.shape[1])
                assert (counted[row, stratum] == expected).all()


def test_packing_gives_back_each_face_its_bit():
    rng = np.random.default_rng(0)
    values = rng.integers(0, 2, (3, 200)).astype(np.uint8)
    packed = pack_faces(values, rng.integers(0, 2, 200), rng.integers(0, 2, 200), 2)
    bits = np.unpackbits(packed.bits.view(np.uint8), axis=1, bitorder="little")
    assert (bits[:, packed.places] == values[:, packed.faces]).all()
    assert bits.sum() == values.sum()


@given(st.lists(st.integers(0, 50), min_size=8, max_size=8))
def test_inversion_undoes_the_sum_over_supersets(cells):
    masks = range(8)
    at_least = [sum(cells[m] for m in masks if m & mask == mask) for mask in masks]
    assert cell_tables(np.array(at_least, dtype=float)).tolist() == cells
