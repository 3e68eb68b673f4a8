import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.audit.looking import BANDS, band_areas, band_shares, bands
from softbio.faces.synthetic import draw_attributes, draw_faces


@given(st.integers(1, 130))
def test_each_place_belongs_to_exactly_one_band(size):
    found = bands(size)
    assert tuple(found) == BANDS
    np.testing.assert_array_equal(sum(band.astype(int) for band in found.values()), 1)
    assert band_areas(size).sum() == pytest.approx(1)


def test_bands_hold_what_their_names_say_in_celebas_frame():
    found = bands(80)
    at = lambda across, down: (round(down / 218 * 80), round(across / 178 * 80))  # noqa: E731
    # Where CelebA's aligned landmarks stand, in pixels of 178×218.
    for band, places in {
        "eyes": [(69, 111), (108, 111)],
        "lower face": [(73, 152), (105, 152), (89, 170)],
        "hair": [(89, 40), (50, 75), (128, 75)],
        "background": [(4, 4), (174, 4), (89, 210)],
    }.items():
        assert all(found[band][at(*place)] for place in places), band


def test_bands_are_the_same_left_and_right_and_at_every_size():
    for band in bands(80).values():
        np.testing.assert_array_equal(band, band[:, ::-1])
    np.testing.assert_allclose(band_areas(40), band_areas(160), atol=0.02)


def test_shares_are_what_the_masks_count():
    rng = np.random.default_rng(0)
    maps = rng.uniform(0, 1, (5, 24, 24)).astype(np.float32)
    maps[4] = 0
    found = band_shares(maps)
    for number in range(4):
        expected = [maps[number][band].sum() / maps[number].sum() for band in bands(24).values()]
        np.testing.assert_allclose(found[number], expected, rtol=1e-5)
    assert np.isnan(found[4]).all()


def test_a_uniform_map_gives_each_band_its_area():
    np.testing.assert_allclose(band_shares(np.ones((1, 80, 80)))[0], band_areas(80))


def test_synthetic_faces_are_drawn_in_this_frame():
    """The same faces with a trait and without it differ most in the trait's band."""
    table = draw_attributes(24, 1, 0.0)
    for band, trait in (("hair", "Blond_Hair"), ("eyes", "Eyeglasses")):
        with_it, without = (
            draw_faces(table.assign(**{trait: value}), 1, 40).astype(np.float64) for value in (1, 0)
        )
        apart = np.abs(with_it - without).mean(axis=(0, 3))
        density = {name: apart[inside].mean() for name, inside in bands(40).items()}
        assert max(density, key=density.get) == band
