"""Colours and edges: what pixels tell."""

import cv2
import numpy as np
import pytest

from softbio.hypotheses.probe import colour
from softbio.hypotheses.probe.colour import BLOCKS, describe


@pytest.fixture
def noise():
    return np.random.default_rng(0).integers(0, 256, (5, 80, 80, 3), dtype=np.uint8)


def test_a_plain_face_has_its_colour_in_every_band_and_no_edge():
    plain = np.full((1, 80, 80, 3), (200, 150, 40), np.uint8)
    lab = cv2.cvtColor(plain[0, :1, :1], cv2.COLOR_RGB2LAB).reshape(3).astype(float)
    told = describe(plain)[0]
    bands = told[slice(*BLOCKS["colours"])].reshape(-1, 5, 3)
    np.testing.assert_allclose(bands[:, [0, 2, 3, 4]], np.broadcast_to(lab, (13, 4, 3)))
    assert (bands[:, 1] == 0).all()
    assert (told[slice(BLOCKS["edges"][0], BLOCKS["eyes"][1])] == 0).all()
    np.testing.assert_allclose(told[slice(*BLOCKS["light"])], lab[0])


def test_a_mirrored_face_tells_the_same(noise):
    start, stop = BLOCKS["colours"]
    told, mirrored = describe(noise), describe(noise[:, :, ::-1])
    np.testing.assert_allclose(told[:, start:stop], mirrored[:, start:stop], atol=2e-3)
    np.testing.assert_allclose(told[:, stop:], mirrored[:, stop:], rtol=1e-3)


def test_faces_are_told_one_by_one(noise):
    np.testing.assert_array_equal(describe(noise)[3:4], describe(noise[3:4]))


def test_bands_hold_mean_spread_and_percentiles(noise):
    lab = cv2.cvtColor(noise[0], cv2.COLOR_RGB2LAB).astype(float)
    forehead = lab[round(0.32 * 80) : round(0.42 * 80), round(0.34 * 80) : round(0.66 * 80)]
    pixels = forehead.reshape(-1, 3)
    place = list(colour._BANDS).index("forehead") * 15
    told = describe(noise[:1])[0, place : place + 15].reshape(5, 3)
    np.testing.assert_allclose(told[0], pixels.mean(axis=0), rtol=1e-4)
    np.testing.assert_allclose(told[1], pixels.std(axis=0), rtol=1e-3)
    np.testing.assert_allclose(told[2:], np.quantile(pixels, [0.1, 0.5, 0.9], axis=0), atol=2)


def test_a_horizontal_bar_over_the_eyes_is_an_edge_of_its_direction_there():
    face = np.full((1, 80, 80, 3), 180, np.uint8)
    face[:, 38:42, 20:60] = 20
    told = describe(face)[0]
    edges = told[slice(*BLOCKS["edges"])].reshape(10, 4, 4)
    assert edges[3:6].sum() > 0.99 * edges.sum()
    for around in (edges, told[slice(*BLOCKS["eyes"])].reshape(6, 6, 4)):
        assert around[..., 2].sum() > 5 * around[..., 0].sum()  # slopes down, not across
    light = told[slice(*BLOCKS["light"])].reshape(22, 12)
    np.testing.assert_array_equal(np.flatnonzero(light[:, 6] < light.max() / 2), [9, 10])


@pytest.mark.parametrize("side", [40, 160])
def test_other_sizes_tell_about_the_same(side):
    smooth = cv2.GaussianBlur(
        np.random.default_rng(1).integers(0, 256, (160, 160, 3), dtype=np.uint8), (0, 0), 9
    )
    there, here = (
        cv2.resize(smooth, (size, size), interpolation=cv2.INTER_AREA)[None] for size in (side, 80)
    )
    start, stop = BLOCKS["colours"]
    apart = np.abs(describe(there) - describe(here))[:, start:stop].reshape(-1, 5, 3)
    assert apart[:, 0].max() < 1.5
