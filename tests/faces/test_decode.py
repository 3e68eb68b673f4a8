"""Photographs of every kind become the same pixels, and bad ones are refused in a sentence."""

import io
import struct
import threading
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from softbio.errors import DataError
from softbio.faces import decode
from softbio.faces.decode import UnreadableImageError, decode_face, read_face

SIZE = 32


def encoded(image, format, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def area(array, size=SIZE):
    """An independent antialiased resize of a picture whose sides are multiples of `size`."""
    height, width = array.shape[0] // size, array.shape[1] // size
    blocks = array.reshape(size, height, size, width, -1).astype(float)
    return blocks.mean(axis=(1, 3))


def close(got, expected, within=3.0):
    assert got.shape == (SIZE, SIZE, 3)
    assert got.dtype == np.uint8
    assert np.abs(got.astype(float) - expected).mean() < within


@pytest.fixture(scope="module")
def picture(pixels):
    return Image.fromarray(pixels(1, height=96, width=64))


@pytest.mark.parametrize(
    ("format", "options"),
    [
        ("PNG", {}),
        ("JPEG", {"quality": 95}),
        ("JPEG", {"quality": 95, "progressive": True}),
        ("WEBP", {"lossless": True}),
        ("BMP", {}),
        ("TIFF", {}),
    ],
)
def test_every_format_gives_the_same_face(picture, format, options):
    close(decode_face(encoded(picture, format, **options), SIZE, "x"), area(np.asarray(picture)))


def test_shrinking_averages_areas_and_does_not_alias():
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[:, ::2] = 255
    face = decode_face(encoded(Image.fromarray(stripes), "PNG"), SIZE, "x")
    assert np.abs(face.astype(int) - 127).max() <= 1


def test_a_large_jpeg_is_decoded_at_a_scale_and_looks_the_same(pixels):
    big = Image.fromarray(pixels(5, height=640, width=512))
    close(decode_face(encoded(big, "JPEG", quality=95), SIZE, "x"), area(np.asarray(big)))


def test_enlarging_interpolates(pixels):
    small = Image.fromarray(pixels(3, height=8, width=16))
    face = decode_face(encoded(small, "PNG"), SIZE, "x")
    assert np.array_equal(face[0, 0], np.asarray(small)[0, 0])
    steps = np.abs(np.diff(face.astype(int), axis=0)).max()
    assert steps < np.abs(np.diff(np.asarray(small).astype(int), axis=0)).max()


def test_pixels_of_the_right_size_are_kept_exactly(pixels):
    exact = pixels(2, height=SIZE, width=SIZE)
    assert np.array_equal(decode_face(encoded(Image.fromarray(exact), "PNG"), SIZE, "x"), exact)


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "CMYK", "YCbCr"])
def test_colour_spaces_are_converted(picture, mode):
    converted = picture.convert(mode)
    format = "TIFF" if mode in ("CMYK", "YCbCr") else "PNG"
    expected = area(np.asarray(converted.convert("RGB")))
    close(decode_face(encoded(converted, format), SIZE, "x"), expected)


def test_cmyk_and_grey_jpegs(picture):
    for mode in ("CMYK", "L"):
        converted = picture.convert(mode)
        expected = area(np.asarray(converted.convert("RGB")))
        close(decode_face(encoded(converted, "JPEG", quality=95), SIZE, "x"), expected, 6)


def test_transparency_is_laid_over_white(picture):
    clear = picture.copy()
    clear.putalpha(0)
    assert (decode_face(encoded(clear, "PNG"), SIZE, "x") == 255).all()
    half = picture.copy()
    half.putalpha(128)
    expected = area(np.asarray(picture)) * (128 / 255) + 255 * (127 / 255)
    close(decode_face(encoded(half, "PNG"), SIZE, "x"), expected)


def test_sixteen_bits_are_scaled_and_not_clipped():
    ramp = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    face = decode_face(encoded(Image.fromarray(ramp), "PNG"), SIZE, "x")
    close(face, np.repeat(area(ramp[:, :, None] / 257), 3, axis=2), 1)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "WEBP"])
def test_exif_orientation_is_applied(picture, orientation, format):
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
    }  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = picture if orientation == 1 else picture.transpose(turns[orientation])
    close(
        decode_face(encoded(picture, format, quality=95, exif=exif), SIZE, "x"),
        area(np.asarray(upright)),
        4,
    )


def test_the_first_frame_of_an_animation_counts(pixels):
    frames = [Image.fromarray(pixels(seed, height=64, width=64)) for seed in (1, 2)]
    data = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    close(decode_face(data, SIZE, "x"), area(np.asarray(frames[0])))


def test_the_content_decides_and_not_the_suffix(tmp_path, picture):
    path = tmp_path / "photo.png"
    path.write_bytes(encoded(picture, "JPEG"))
    assert read_face(path, SIZE).shape == (SIZE, SIZE, 3)
    path.write_bytes(b"filename,label\n")
    with pytest.raises(UnreadableImageError, match=r"photo\.png: is not an image"):
        read_face(path, SIZE)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_file_is_refused(picture, format):
    data = encoded(picture, format)
    with pytest.raises(UnreadableImageError, match="x: "):
        decode_face(data[: len(data) * 2 // 3], SIZE, "x")


def test_what_is_not_there_or_empty_is_told(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        read_face(tmp_path / "none.jpg", SIZE)
    with pytest.raises(DataError, match="cannot be opened"):
        read_face(tmp_path, SIZE)
    with pytest.raises(DataError, match="0 bytes"):
        decode_face(b"", SIZE, "x")


def bomb(width, height):
    """A PNG of a few bytes that claims to be huge."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", b"x")]
    parts = [
        struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("side", [8_000, 10_000, 60_000])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(side):
    with pytest.raises(UnreadableImageError, match="50 million pixels"):
        decode_face(bomb(side, side), SIZE, "x")


def test_a_jpeg_of_too_many_pixels_is_refused(picture, monkeypatch):
    monkeypatch.setattr(decode, "MAX_PIXELS", 96 * 64 - 1)
    with pytest.raises(UnreadableImageError, match="64 × 96"):
        decode_face(encoded(picture, "JPEG"), SIZE, "x")


def test_a_file_of_too_many_bytes_is_refused(tmp_path, monkeypatch, picture):
    path = tmp_path / "x.jpg"
    path.write_bytes(encoded(picture, "JPEG"))
    monkeypatch.setattr(decode, "MAX_BYTES", 100)
    with pytest.raises(UnreadableImageError, match="larger than"):
        read_face(path, SIZE)


def test_pillow_and_the_warning_filters_stay_as_they_were(picture):
    limit, filters = Image.MAX_IMAGE_PIXELS, list(warnings.filters)
    data = encoded(picture.convert("P"), "PNG", transparency=bytes(range(256)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        inside = list(warnings.filters)
        threads = [
            threading.Thread(target=lambda: [decode_face(data, SIZE, "x") for _ in range(20)])
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with pytest.raises(UnreadableImageError):
            decode_face(bomb(10_000, 10_000), SIZE, "x")
        assert warnings.filters == inside
    assert list(warnings.filters) == filters
    assert limit == Image.MAX_IMAGE_PIXELS


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"GIF89a"]),
)
def test_any_bytes_are_a_face_or_a_sentence(data, magic):
    try:
        face = decode_face(magic + data, SIZE, "x")
    except UnreadableImageError as error:
        assert str(error).startswith("x: ") and "\n" not in str(error)
    else:
        assert face.shape == (SIZE, SIZE, 3)


@given(st.integers(2, 1500), st.integers(0, 255))
def test_a_damaged_jpeg_is_a_face_or_a_sentence(at, value):
    rng = np.random.default_rng(0)
    picture = Image.fromarray(rng.integers(0, 256, (40, 40, 3), dtype=np.uint8))
    data = bytearray(encoded(picture, "JPEG"))
    data[at % len(data)] = value
    try:
        face = decode_face(bytes(data), SIZE, "x")
    except UnreadableImageError:
        return
    assert face.shape == (SIZE, SIZE, 3)
