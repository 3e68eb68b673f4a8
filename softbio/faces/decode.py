"""How a photograph becomes pixels: the one way, for packing and for prediction.

The whole frame is brought to a square; its aspect is not kept, as in the
report. Shrinking averages areas, so nothing aliases. A JPEG, the usual case,
is decoded at the smallest DCT scale that is not below the target; every other
format, and every JPEG that is rotated or not RGB, goes through Pillow.
"""

from __future__ import annotations

import contextlib
import io
import threading
import warnings
from pathlib import Path

import cv2
import numpy as np
import simplejpeg
from PIL import Image, ImageOps

from softbio.errors import DataError

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "RESIZE",
    "UnreadableImageError",
    "decode_face",
    "looks_like_image",
    "read_bytes",
    "read_face",
]

#: A file of more bytes, or an image of more pixels, is refused before it is decoded.
MAX_BYTES = 50 * 2**20
MAX_PIXELS = 50_000_000

#: How images are brought to size; written into every set, so that a change is seen.
RESIZE = "whole frame, aspect not kept; scaled JPEG decoding, then area average (1)"

# Formats with a decoder that we trust with a stranger's file.
_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"GIF8", b"II*\0", b"MM\0*")
_ORIENTATION = 0x0112
_UPRIGHT = (None, 0, 1)


class UnreadableImageError(DataError):
    """A file that is no image, or one that is damaged or too large.

    Attributes
    ----------
    name, reason : str
        Which file, and what is wrong with it.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}.")
        self.name = name
        self.reason = reason


class _Quiet:
    """Silences Pillow, which warns of what is refused or mended here anyway.

    The filters of `warnings` belong to the whole process, so threads that decode
    share one context: the first sets it up, the last puts everything back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._context = contextlib.ExitStack()

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._context.enter_context(warnings.catch_warnings())
                warnings.filterwarnings("ignore", module=r"PIL\.")
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._context.close()


_quiet = _Quiet()


def read_face(path: str | Path, size: int) -> np.ndarray:
    """Read a photograph.

    Returns
    -------
    ndarray, shape (size, size, 3), uint8, RGB

    Raises
    ------
    UnreadableImageError
        If the file is not there, is no image, is damaged or too large.
    """
    return decode_face(read_bytes(path), size, str(path))


def read_bytes(path: str | Path) -> bytes:
    """Read a file of at most `MAX_BYTES` bytes."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 — twice as fast as Path.open
            data = file.read(MAX_BYTES + 1) or b""
            # An unbuffered read may stop early at a signal or on a network file system.
            while len(data) <= MAX_BYTES and (more := file.read(MAX_BYTES + 1 - len(data))):
                data += more
    except FileNotFoundError:
        raise UnreadableImageError(str(path), "there is no such file") from None
    except OSError as error:
        reason = f"cannot be opened ({error.strerror or error})"
        raise UnreadableImageError(str(path), reason) from None
    return data


def decode_face(data: bytes, size: int, name: str) -> np.ndarray:
    """Decode an encoded image; `name` stands in the error.

    Returns
    -------
    ndarray, shape (size, size, 3), uint8, RGB

    Raises
    ------
    UnreadableImageError
        If the bytes are no image, or are damaged or too large.
    """
    if not data:
        raise UnreadableImageError(name, "the file is empty (0 bytes)")
    if len(data) > MAX_BYTES:
        raise UnreadableImageError(name, f"the file is larger than {MAX_BYTES >> 20} MiB")
    pixels = _plain_jpeg(data, size, name) if data.startswith(_MAGIC[0]) else None
    if pixels is None:
        pixels = _any_image(data, size, name)
    return _to_size(pixels, size)


def looks_like_image(head: bytes) -> bool:
    """Return whether a file that begins with `head` (12 bytes suffice) may be an image."""
    return head.startswith(_MAGIC) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def _plain_jpeg(data: bytes, size: int, name: str) -> np.ndarray | None:
    """Decode an upright RGB or grey JPEG; None where Pillow has to look at it."""
    try:
        height, width, space, _ = simplejpeg.decode_jpeg_header(data)
    except ValueError:
        return None
    _refuse_bomb(height, width, name)
    if space not in ("YCbCr", "RGB", "Gray") or _is_rotated(data):
        return None
    try:
        # Exact transform and upsampling: measured no slower than the rough ones.
        return simplejpeg.decode_jpeg(
            data, "RGB", fastdct=False, fastupsample=False, min_height=size, min_width=size
        )
    except ValueError:
        return None  # Pillow tells harmless oddities from a truncated file


def _is_rotated(data: bytes) -> bool:
    if b"Exif\0\0" not in data[:65_536]:
        return False
    try:
        with _quiet, Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
            return image.getexif().get(_ORIENTATION) not in _UPRIGHT
    except Exception:  # a damaged Exif block; the slow path says what is wrong, if anything
        return True


def _any_image(data: bytes, size: int, name: str) -> np.ndarray:
    try:
        with _quiet, Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            _refuse_bomb(image.height, image.width, name)
            image.draft(image.mode, (size, size))
            return _rgb(ImageOps.exif_transpose(image))
    except UnreadableImageError:
        raise
    except Image.DecompressionBombError:
        raise UnreadableImageError(name, _too_many()) from None
    except Image.UnidentifiedImageError:
        # With an image's first bytes it was one once, and is cut off in its header.
        cut = looks_like_image(data[:12])
        reason = (
            "the image is truncated or damaged" if cut else "is not an image that softbio reads"
        )
        raise UnreadableImageError(name, reason) from None
    # Pillow's parsers raise nearly anything on a hostile or damaged file.
    except Exception as error:
        reason = "is truncated" if "truncated" in str(error).lower() else "is damaged"
        raise UnreadableImageError(name, f"the image {reason} ({_first_line(error)})") from None


def _rgb(image: Image.Image) -> np.ndarray:
    """Return 8-bit RGB pixels: 16 bits scaled, alpha laid over white, other spaces converted."""
    if image.mode.startswith("I;16"):
        wide = np.asarray(image).astype(np.uint32)
        grey = ((wide * 255 + 32_767) // 65_535).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)
    if image.mode in ("I", "F"):
        # Pillow would clip to 0…255; these hold 16 bits where they exceed 8.
        values = np.asarray(image, dtype=np.float64)
        top = 255.0 if values.max() <= 255 else 65_535.0
        grey = np.clip(values * (255.0 / top) + 0.5, 0, 255).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return np.asarray(image.convert("RGB"))


def _to_size(pixels: np.ndarray, size: int) -> np.ndarray:
    height, width = pixels.shape[:2]
    if (height, width) == (size, size):
        return np.ascontiguousarray(pixels)
    # Averaging shrinks well but enlarges into blocks, so each axis gets its own way.
    if height > size or width > size:
        smaller = (min(width, size), min(height, size))
        pixels = cv2.resize(pixels, smaller, interpolation=cv2.INTER_AREA)
    if pixels.shape[:2] != (size, size):
        pixels = cv2.resize(pixels, (size, size), interpolation=cv2.INTER_LINEAR)
    return pixels


def _refuse_bomb(height: int, width: int, name: str) -> None:
    if height * width > MAX_PIXELS:
        raise UnreadableImageError(name, f"{_too_many()}: {width} × {height}")


def _too_many() -> str:
    return f"the image has more than {MAX_PIXELS // 1_000_000} million pixels"


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:120]
