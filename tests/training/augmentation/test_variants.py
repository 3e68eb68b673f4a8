"""Variants are other pictures of the same face in the same colours."""

import cv2
import numpy as np
import pytest

from softbio.training.augmentation import vary


@pytest.fixture(scope="module")
def pixels():
    smooth = np.random.default_rng(0).integers(40, 216, (40, 6, 6, 3), dtype=np.uint8)
    return np.stack([cv2.resize(face, (32, 32), interpolation=cv2.INTER_CUBIC) for face in smooth])


def changed(pixels, strength, seed=1):
    varied = vary(pixels, strength, np.random.default_rng(seed))
    return np.abs(varied.astype(int) - pixels).mean((1, 2, 3))


def test_every_variant_is_new_and_the_state_of_the_draws_decides(pixels):
    before = pixels.copy()
    one, same, other = (vary(pixels, 0.5, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(pixels, before)
    np.testing.assert_array_equal(one, same)
    assert one.dtype == np.uint8 and one.shape == pixels.shape
    assert (one != pixels).any((1, 2, 3)).all() and (one != other).any((1, 2, 3)).all()


def test_strength_0_changes_nothing_and_more_changes_more(pixels):
    np.testing.assert_array_equal(vary(pixels, 0.0, np.random.default_rng(1)), pixels)
    means = [changed(pixels, strength).mean() for strength in (0.1, 0.5, 1.0)]
    assert means[0] < means[1] < means[2]


@pytest.mark.parametrize("colour", [(220, 200, 120), (40, 30, 25), (128, 64, 200)])
def test_colours_stay(colour):
    plain = np.full((200, 24, 24, 3), colour, dtype=np.uint8)
    varied = vary(plain, 1.0, np.random.default_rng(0)).astype(float)
    np.testing.assert_allclose(varied.mean((0, 1, 2)), colour, atol=0.1)
    # No face as a whole is lighter, darker or of another hue: only noise, of mean 0.
    assert np.abs(varied.mean((1, 2)) - colour).max() < 2


def test_nothing_to_vary_is_nothing():
    assert vary(np.zeros((0, 8, 8, 3), np.uint8), 1.0, np.random.default_rng(0)).shape[0] == 0
