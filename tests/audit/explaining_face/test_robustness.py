import io

import numpy as np
import pytest
import simplejpeg
from PIL import Image
from scipy.ndimage import gaussian_filter

from softbio.audit.explaining_face import robustness, variants
from softbio.errors import RunError


@pytest.fixture(scope="module")
def face():
    """A drawn face, which has edges and smooth parts as photographs have."""
    from softbio.faces.synthetic import draw_attributes, draw_faces

    return draw_faces(draw_attributes(3, seed=1, noise=0.0), seed=1, size=80)[2]


def of(changes, name):
    return [change for change in changes if change.name == name]


def test_the_first_is_the_face_itself_and_the_flip_is_exact(face):
    same, flipped = variants(face)[:2]
    assert np.array_equal(same.pixels, face)
    assert np.array_equal(flipped.pixels, np.asarray(Image.fromarray(face).transpose(0)))


def test_brightness_multiplies_and_stays_in_range(face):
    for change in of(variants(face), "brightness"):
        exact = np.minimum(face * change.strength, 255)
        assert np.abs(change.pixels - exact).max() <= 0.5 + 1e-3


def test_blur_is_scipys_gaussian(face):
    changes = of(variants(face), "blur")
    assert [change.strength for change in changes] == [0.5, 1.0, 2.0]
    for change in changes:
        sigma = (change.strength, change.strength, 0)
        exact = gaussian_filter(face.astype(float), sigma, mode="reflect", truncate=3)
        assert np.abs(change.pixels - exact).mean() < 0.5
        assert np.abs(change.pixels - exact).max() < 3


def test_jpeg_is_what_other_libraries_write_at_that_quality(face):
    for change in of(variants(face), "JPEG"):
        quality = int(change.strength)
        coded = simplejpeg.encode_jpeg(
            np.ascontiguousarray(face), quality=quality, colorsubsampling="420", fastdct=False
        )
        by_turbo = simplejpeg.decode_jpeg(coded, fastdct=False, fastupsample=False)
        buffer = io.BytesIO()
        Image.fromarray(face).save(buffer, "JPEG", quality=quality, subsampling="4:2:0")
        by_pillow = np.asarray(Image.open(buffer)).astype(int)
        for other in (by_turbo.astype(int), by_pillow):
            assert np.abs(change.pixels.astype(int) - other).mean() < 1
        assert np.abs(change.pixels.astype(int) - face).mean() > 0.3


def test_stronger_changes_change_more(face):
    def moved(name):
        found = of(variants(face), name)
        return [np.abs(change.pixels.astype(int) - face).mean() for change in found]

    assert moved("blur") == sorted(moved("blur"))
    assert moved("JPEG") == sorted(moved("JPEG"))


def test_every_changed_face_is_scored_once_and_in_order(face, scored_run):
    asked = []

    def mean_red(pixels):
        asked.append(len(pixels))
        return pixels[..., 0].mean(axis=(1, 2)) / 255

    changes = robustness(scored_run, face, scores=mean_red)
    assert asked == [len(changes)]
    for change in changes:
        assert change.score == pytest.approx(change.pixels[..., 0].mean() / 255)
    bright = [change.score for change in of(changes, "brightness")]
    assert bright == sorted(bright)


def test_a_run_without_weights_is_refused(face, scored_run):
    with pytest.raises(RunError):
        robustness(scored_run, face)


def test_a_change_says_what_it_is(face):
    told = [change.told for change in variants(face)]
    assert len(set(told)) == len(told)
    assert "blurred by 1 pixel" in told
