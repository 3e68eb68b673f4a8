"""Every batch holds what it should of each part, and scarce parts are repeated evenly."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softbio.training.balanced_batches import balanced_places, batch_counts
from softbio.training.balancing import target_shares

sizes = st.lists(st.integers(1, 30), min_size=1, max_size=5)
mixtures = st.sampled_from([0.1, 0.25, 0.5, 0.8, 1.0])


@settings(max_examples=100, deadline=None)
@given(sizes=sizes, far=mixtures, size=st.integers(1, 40), steps=st.integers(1, 25))
def test_every_batch_is_full_and_holds_its_share_of_each_part_up_to_rounding(
    sizes, far, size, steps
):
    shares = target_shares(np.array(sizes), far)
    counts = batch_counts(shares, size, steps)
    assert counts.shape == (steps, len(sizes))
    assert (counts.sum(1) == size).all()
    for part, share in enumerate(shares):
        assert set(counts[:, part].tolist()) <= {int(size * share), -int(-size * share // 1)}
        # Rounding does not add up: after any batch, each part is within one face of its due.
        due = [share * size * (step + 1) for step in range(steps)]
        shown = np.cumsum(counts[:, part]).tolist()
        assert max(abs(one - other) for one, other in zip(shown, due, strict=True)) <= 1


@settings(max_examples=50, deadline=None)
@given(parts=st.integers(1, 6), size=st.integers(1, 40), steps=st.integers(1, 25))
def test_wholly_balanced_batches_and_epochs_differ_by_one_face_at_most(parts, size, steps):
    counts = batch_counts([Fraction(1, parts)] * parts, size, steps)
    assert np.ptp(counts, axis=1).max() <= 1
    assert np.ptp(counts.sum(0)) <= 1


@settings(max_examples=50, deadline=None)
@given(
    sizes=sizes, far=mixtures, size=st.integers(1, 20), steps=st.integers(1, 8), seed=st.integers(0)
)
def test_no_face_is_shown_again_before_all_others_of_its_part_were(sizes, far, size, steps, seed):
    part = np.random.default_rng(0).permutation(np.repeat(np.arange(len(sizes)), sizes))
    epochs = [
        balanced_places(part, far, size, steps, seed % 1000, epoch).ravel() for epoch in (1, 2, 3)
    ]
    counts = batch_counts(target_shares(np.bincount(part), far), size, steps)
    for places in epochs:
        batches = part[places].reshape(steps, size)
        for step, batch in enumerate(batches):
            np.testing.assert_array_equal(np.bincount(batch, minlength=len(sizes)), counts[step])
    shown = np.concatenate(epochs)
    for number, members in enumerate(sizes):
        stream = shown[part[shown] == number]
        for start in range(0, len(stream), members):  # each turn shows every face once
            turn = stream[start : start + members]
            assert len(set(turn.tolist())) == len(turn)


def test_an_epoch_follows_from_seed_and_number_alone():
    part = np.repeat([0, 1, 2, 3], [50, 20, 7, 3])
    third = balanced_places(part, 1.0, 16, 5, 4, 3)
    np.testing.assert_array_equal(third, balanced_places(part, 1.0, 16, 5, 4, 3))
    for seed, epoch in ((4, 2), (5, 3)):
        assert not np.array_equal(third, balanced_places(part, 1.0, 16, 5, seed, epoch))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_batches_with_fewer_faces_than_parts_take_turns(size):
    counts = batch_counts([Fraction(1, 4)] * 4, size, 4)
    assert (counts.sum(0) == size).all()
