"""Balancing gives exact counts, from the faces that are there, the same each time."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softbio.errors import DataError
from softbio.training.balancing import (
    over_sample,
    part_sizes,
    parts,
    target_shares,
    under_sample,
)

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


mixtures = st.sampled_from([0.0, 0.05, 0.1, 0.25, 0.3, 0.5, 0.75, 0.9, 1.0])


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.integers(1, 10_000), min_size=1, max_size=6), far=mixtures)
def test_target_shares_are_exact_mixtures_with_the_sum_1(sizes, far):
    shares = target_shares(np.array(sizes), far)
    assert sum(shares) == 1
    if far in (0.0, 1.0):
        assert shares == [
            Fraction(1, len(sizes)) if far else Fraction(size, sum(sizes)) for size in sizes
        ]
    natural = np.array(sizes) / sum(sizes)
    np.testing.assert_allclose(
        np.array(shares, dtype=float), (1 - far) * natural + far / len(sizes), rtol=1e-12
    )


@pytest.mark.parametrize("by", ["group", "cell"])
@settings(max_examples=60, deadline=None)
@given(drawn=faces, seed=st.integers(0, 5), far=mixtures)
def test_a_mixture_has_the_wanted_shares_of_as_many_faces_as_there_can_be(by, drawn, seed, far):
    labels, group = drawn
    part = parts(labels, group, by)
    sizes = np.bincount(part)
    shares = target_shares(sizes, far)
    under = under_sample(labels, group, GROUPS, by, seed, far)
    over = over_sample(labels, group, GROUPS, by, seed, far)
    # Brute force: the largest total that no part falls short of, the smallest that shows all.
    most = min(size / share for size, share in zip(sizes.tolist(), shares, strict=True))
    least = max(size / share for size, share in zip(sizes.tolist(), shares, strict=True))
    for chosen, total in ((under, most), (over, least)):
        counts = np.bincount(part[chosen])
        wanted = np.array([float(total * share) for share in shares])
        assert (np.abs(counts - wanted) <= 0.5).all()
    assert len(set(under)) == len(under)
    repeats = np.bincount(over, minlength=len(labels))
    assert repeats.min() >= 1
    for number in np.unique(part):
        assert np.ptp(repeats[part == number]) <= 1


@pytest.mark.parametrize("by", ["group", "cell"])
@settings(max_examples=30, deadline=None)
@given(drawn=faces, seed=st.integers(0, 5))
def test_a_mixture_of_0_is_every_face_once(by, drawn, seed):
    labels, group = drawn
    for sample in (under_sample, over_sample):
        chosen = sample(labels, group, GROUPS, by, seed, 0.0)
        np.testing.assert_array_equal(chosen, np.arange(len(labels)))


@pytest.mark.parametrize("by", ["group", "cell"])
def test_wholly_balanced_draws_are_those_of_the_first_release(by):
    labels, group = np.random.default_rng(3).integers(0, 2, (2, 200))
    part = parts(labels, group, by)
    sizes = np.bincount(part)
    draws = np.random.default_rng((11, 2))
    under = [
        draws.choice(np.flatnonzero(part == one), sizes.min(), replace=False)
        for one in range(len(sizes))
    ]
    draws = np.random.default_rng((11, 2))
    over = []
    for one in range(len(sizes)):
        whole, rest = divmod(int(sizes.max()), int(sizes[one]))
        members = np.flatnonzero(part == one)
        over += [np.tile(members, whole), draws.choice(members, rest, replace=False)]
    for sample, expected in ((under_sample, under), (over_sample, over)):
        np.testing.assert_array_equal(
            sample(labels, group, GROUPS, by, 11, 1.0), np.sort(np.concatenate(expected))
        )
