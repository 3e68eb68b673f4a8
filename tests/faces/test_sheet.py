import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from softbio.faces.sheet import contact_sheet, to_jpeg


@given(
    count=st.integers(1, 13),
    columns=st.integers(1, 6),
    gap=st.integers(0, 3),
    height=st.integers(1, 5),
    width=st.integers(1, 5),
)
def test_every_image_stands_in_its_place_and_the_rest_is_background(
    count, columns, gap, height, width
):
    rng = np.random.default_rng(count)
    images = rng.integers(0, 255, (count, height, width, 3), dtype=np.uint8)
    sheet = contact_sheet(images, columns, gap)
    used = min(columns, count)
    rows = -(-count // used)
    expected = np.full(
        (rows * height + (rows - 1) * gap, used * width + (used - 1) * gap, 3), 255, np.uint8
    )
    for number, image in enumerate(images):
        top, left = number // used * (height + gap), number % used * (width + gap)
        expected[top : top + height, left : left + width] = image
    np.testing.assert_array_equal(sheet, expected)


@pytest.mark.parametrize(
    ("images", "columns"),
    [
        (np.zeros((0, 4, 4, 3), np.uint8), 2),
        (np.zeros((2, 4, 4), np.uint8), 2),
        (np.zeros((2, 4, 4, 3), np.float32), 2),
        (np.zeros((2, 4, 4, 3), np.uint8), 0),
    ],
)
def test_a_sheet_of_nothing_or_of_something_else_is_refused(images, columns):
    with pytest.raises(ValueError, match="Received"):
        contact_sheet(images, columns)


def test_a_jpeg_keeps_size_and_the_order_of_the_colours():
    image = np.zeros((48, 64, 3), np.uint8)
    image[:] = (220, 90, 20)
    decoded = np.asarray(Image.open(io.BytesIO(to_jpeg(image, 95))).convert("RGB"), dtype=int)
    assert decoded.shape == image.shape
    assert np.abs(decoded - image).max() <= 6


def test_a_jpeg_of_lower_quality_is_smaller():
    image = np.random.default_rng(0).integers(0, 256, (80, 80, 3), dtype=np.uint8)
    assert len(to_jpeg(image, 40)) < len(to_jpeg(image, 90))


@pytest.mark.parametrize(
    ("array", "quality"),
    [
        (np.zeros((4, 4), np.uint8), 85),
        (np.zeros((4, 4, 3), np.float64), 85),
        (np.zeros((0, 4, 3), np.uint8), 85),
        (np.zeros((4, 4, 3), np.uint8), 0),
    ],
)
def test_what_is_no_image_is_not_encoded(array, quality):
    with pytest.raises(ValueError, match="Received"):
        to_jpeg(array, quality)
