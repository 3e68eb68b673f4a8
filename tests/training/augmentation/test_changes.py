"""Each change does what it says, to the extent it says, and off is off."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.config import Augmentation
from softbio.training.augmentation import augment, mix
from softbio.training.augmentation.light import relight
from softbio.training.augmentation.moves import turn
from softbio.training.augmentation.wear import blur, compress, hide, noise

STILL = {"flip": False, "shift": 0.0}
EACH = {
    "rotation": 10.0,
    "zoom": 0.1,
    "brightness": 0.3,
    "contrast": 0.3,
    "cutout": 0.3,
    "noise": 0.1,
    "blur": 1.5,
    "jpeg": 0.8,
}


@pytest.fixture(scope="module")
def pixels():
    smooth = np.random.default_rng(0).integers(0, 256, (12, 5, 5, 3), dtype=np.uint8)
    return np.stack([cv2.resize(face, (20, 20), interpolation=cv2.INTER_CUBIC) for face in smooth])


@pytest.mark.parametrize("name", EACH)
def test_each_change_changes_some_faces_and_leaves_the_batch_alone(pixels, name):
    before = pixels.copy()
    config = Augmentation(**STILL, **{name: EACH[name]})
    one, same = (augment(pixels, config, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(pixels, before)
    np.testing.assert_array_equal(one, same)
    assert one.dtype == np.uint8 and one.shape == pixels.shape
    assert (one != pixels).any(axis=(1, 2, 3)).sum() >= 3


def test_what_is_off_draws_nothing(pixels):
    plain = augment(pixels, Augmentation(), np.random.default_rng(1))
    zero = Augmentation(**dict.fromkeys(EACH, 0.0))
    np.testing.assert_array_equal(augment(pixels, zero, np.random.default_rng(1)), plain)


def test_a_quarter_turn_is_numpys():
    square = np.random.default_rng(1).integers(0, 256, (2, 9, 9, 3), dtype=np.uint8)
    turned = turn(square, np.array([90.0, 0.0]), np.ones(2))
    np.testing.assert_array_equal(turned[0], np.rot90(square[0]))
    np.testing.assert_array_equal(turned[1], square[1])


def test_zooming_in_by_two_spreads_the_middle():
    face = np.zeros((1, 21, 21, 3), dtype=np.uint8)
    face[0, 8:13, 8:13] = 255
    near = turn(face, np.zeros(1), np.array([2.0]))
    assert 80 <= (near[0, ..., 0] > 127).sum() <= 121


@given(st.floats(0.5, 1.5), st.floats(0.5, 1.5))
def test_light_is_a_gain_about_the_mean(brightness, contrast):
    face = np.random.default_rng(0).integers(0, 256, (1, 6, 6, 3), dtype=np.uint8)
    lit = relight(face, np.array([brightness]), np.array([contrast]))
    mean = face.mean()
    expected = np.clip(((face - mean) * contrast + mean) * brightness, 0, 255)
    np.testing.assert_allclose(lit, expected, atol=0.51)


def test_noise_has_the_spread_that_was_asked_for():
    grey = np.full((2, 60, 60, 3), 128, dtype=np.uint8)
    noisy = noise(grey, np.array([12.0, 0.0]), np.random.default_rng(0))
    assert np.std(noisy[0].astype(float) - 128) == pytest.approx(12, rel=0.05)
    np.testing.assert_array_equal(noisy[1], grey[1])


def test_a_blur_keeps_the_mean_and_takes_contrast(pixels):
    soft = blur(pixels, np.where(np.arange(len(pixels)) % 2, 2.0, 0.0))
    np.testing.assert_array_equal(soft[::2], pixels[::2])
    assert (soft[1::2].std((1, 2)).sum() < pixels[1::2].std((1, 2)).sum()).all()


def test_a_lower_quality_is_farther_from_the_face(pixels):
    def distance(quality):
        back = compress(pixels, np.full(len(pixels), quality)).astype(float)
        return np.abs(back - pixels).mean()

    assert distance(0) == 0 < distance(100) < distance(50) < distance(10)


def test_a_hidden_square_has_the_faces_mean_colour_and_the_rest_stays(pixels):
    centre = np.tile([10, 4], (len(pixels), 1))
    chosen = np.arange(len(pixels)) < 3
    hidden = hide(pixels, centre, 6, chosen)
    np.testing.assert_array_equal(hidden[3:], pixels[3:])
    where = np.zeros((20, 20), dtype=bool)
    where[7:13, 1:7] = True
    for one, face in zip(hidden[:3], pixels[:3], strict=True):
        assert (one[where] == np.rint(face.mean((0, 1))).astype(np.uint8)).all()
        np.testing.assert_array_equal(one[~where], face[~where])


@given(st.integers(0, 10_000), st.floats(0.05, 2.0))
def test_a_mixed_face_has_the_mixture_of_both_weighted_losses(seed, alpha):
    draws = np.random.default_rng(seed)
    n = 9
    faces = draws.integers(0, 256, (n, 3, 3, 3), dtype=np.uint8)
    labels = draws.integers(0, 2, n).astype(np.float32)
    weights = np.where(draws.random(n) < 0.2, 0, draws.uniform(0.1, 3, n)).astype(np.float32)
    group = draws.integers(0, 2, n)
    mixed, label, weight = mix(faces, labels, weights, group, alpha, np.random.default_rng(seed))
    # The same draws tell who was mixed with whom.
    again = np.random.default_rng(seed)
    some = np.flatnonzero(weights > 0)
    other, share = np.arange(n), np.ones(n)
    for each in np.unique(group[some]):
        members = some[group[some] == each]
        other[members] = again.permutation(members)
    np.testing.assert_array_equal(group[other], group)
    share[some] = again.beta(alpha, alpha, len(some))
    for logit in (-2.0, 0.3):

        def loss(y, logit=logit):
            return np.logaddexp(0, logit) - y * logit

        expected = share * weights * loss(labels) + (1 - share) * weights[other] * loss(
            labels[other]
        )
        np.testing.assert_allclose(weight * loss(label), expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(weight[weights == 0], 0)
    np.testing.assert_array_equal(mixed[weights == 0], faces[weights == 0])
    between = np.minimum(faces, faces[other]), np.maximum(faces, faces[other])
    assert ((mixed >= between[0]) & (mixed <= between[1])).all()
