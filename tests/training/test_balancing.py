"""Balancing gives exact counts, from the faces that are there, the same each time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softbio.errors import DataError
from softbio.training.balancing import over_sample, part_sizes, parts, under_sample

GROUPS = ("women", "men")

faces = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), max_size=60).map(
    # Every cell has a face.
    lambda drawn: np.array([(0, 0), (0, 1), (1, 0), (1, 1), *drawn]).T
)


@pytest.mark.parametrize("by", ["group", "cell"])
@settings(max_examples=60, deadline=None)
@given(drawn=faces, seed=st.integers(0, 5))
def test_under_sampling_leaves_as_many_of_each_part_as_the_smallest_has(by, drawn, seed):
    labels, group = drawn
    sizes = np.bincount(parts(labels, group, by))
    chosen = under_sample(labels, group, GROUPS, by, seed)
    kept = np.bincount(parts(labels[chosen], group[chosen], by))
    assert set(kept) == {sizes.min()} and len(kept) == len(sizes)
    assert len(set(chosen)) == len(chosen)


@pytest.mark.parametrize("by", ["group", "cell"])
@settings(max_examples=60, deadline=None)
@given(drawn=faces, seed=st.integers(0, 5))
def test_over_sampling_repeats_evenly_up_to_the_largest_part(by, drawn, seed):
    labels, group = drawn
    part = parts(labels, group, by)
    chosen = over_sample(labels, group, GROUPS, by, seed)
    assert set(np.bincount(part[chosen])) == {np.bincount(part).max()}
    repeats = np.bincount(chosen, minlength=len(labels))
    assert repeats.min() >= 1
    for number in np.unique(part):
        assert np.ptp(repeats[part == number]) <= 1


@pytest.mark.parametrize("sample", [under_sample, over_sample])
def test_the_seed_decides_and_nothing_else(sample):
    draws = np.random.default_rng(0)
    labels, group = draws.integers(0, 2, (2, 300))
    first = sample(labels, group, GROUPS, "cell", 7)
    np.testing.assert_array_equal(first, sample(labels, group, GROUPS, "cell", 7))
    assert not np.array_equal(first, sample(labels, group, GROUPS, "cell", 8))


@pytest.mark.parametrize("sample", [under_sample, over_sample])
def test_an_empty_cell_is_named(sample):
    labels, group = np.array([0, 0, 1]), np.array([0, 1, 0])
    with pytest.raises(DataError, match="no men with label 1"):
        sample(labels, group, GROUPS, "cell", 0)
    with pytest.raises(DataError, match="no men\\."):
        sample(labels[group == 0], group[group == 0], GROUPS, "group", 0)


def test_cells_are_counted_in_the_order_group_then_label():
    labels, group = np.array([0, 1, 1, 0, 0, 0]), np.array([0, 0, 0, 1, 1, 1])
    with pytest.raises(DataError):
        part_sizes(labels, group, GROUPS, "cell")
    np.testing.assert_array_equal(
        part_sizes([*labels, 1], [*group, 1], GROUPS, "cell"), [1, 2, 3, 1]
    )
