"""Augmentation: what each change does, and that the same state gives the same changes."""

import numpy as np
import pytest

from softbio.config import Augmentation
from softbio.training.augmentation import augment
from softbio.training.augmentation.moves import flip, shift


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (5, 12, 12, 3), dtype=np.uint8)


def shifted(face, down, right):
    """Return one face moved, pixel by pixel, its edge repeated."""
    size = len(face)
    moved = np.empty_like(face)
    for row in range(size):
        for column in range(size):
            source = np.clip([row - down, column - right], 0, size - 1)
            moved[row, column] = face[source[0], source[1]]
    return moved


def test_a_shift_moves_each_face_by_its_own_amount(pixels):
    by = np.array([[0, 0], [3, -2], [-3, 3], [1, 0], [0, -3]])
    expected = [shifted(face, *amount) for face, amount in zip(pixels, by, strict=True)]
    np.testing.assert_array_equal(shift(pixels, by, 3), expected)


def test_a_flip_mirrors_the_chosen_faces_left_to_right(pixels):
    chosen = np.array([True, False, True, False, False])
    flipped = flip(pixels, chosen)
    np.testing.assert_array_equal(flipped[0], pixels[0, :, ::-1])
    np.testing.assert_array_equal(flipped[~chosen], pixels[~chosen])
    np.testing.assert_array_equal(flip(flipped, chosen), pixels)


def test_the_same_state_gives_the_same_changes_and_the_batch_is_left_alone(pixels):
    before = pixels.copy()
    config = Augmentation(flip=True, shift=0.2)
    first, second, other = (
        augment(pixels, config, np.random.default_rng(seed)) for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)
    np.testing.assert_array_equal(pixels, before)


def test_without_augmentation_nothing_changes(pixels):
    config = Augmentation(flip=False, shift=0.0)
    assert augment(pixels, config, np.random.default_rng(0)) is pixels


def test_every_shift_in_reach_is_drawn_and_none_beyond():
    face = np.zeros((1, 21, 21, 3), dtype=np.uint8)
    face[0, 10, 10] = 255
    many = augment(
        np.repeat(face, 600, 0), Augmentation(flip=False, shift=0.1), np.random.default_rng(0)
    )
    places = np.argwhere(many[..., 0] == 255)
    assert len(places) == 600
    assert set(places[:, 1]) == set(places[:, 2]) == {8, 9, 10, 11, 12}
