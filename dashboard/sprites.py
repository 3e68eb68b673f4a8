"""Sprites: all the faces of a grid in one picture, behind a signed address that never changes.

A grid of 120 faces is one request and one picture. What the picture shows
stands in its own address: the set, its fingerprint, the rows, in order. So the
server keeps nothing between the page and the picture, the browser may keep the
picture for good, and since a route has no Streamlit session, the address is
signed with a key that only this process knows.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import hmac
import json
import secrets
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from softbio.faces.sheet import contact_sheet, to_jpeg

__all__ = [
    "MAX_FACES",
    "ROUTE",
    "Sprite",
    "behind",
    "face_pixels",
    "picture",
    "pixels_behind",
    "serve_sprite",
    "sprite_address",
    "token_of",
]

ROUTE = "/faces/{token:str}.jpg"
MAX_FACES = 240

_KEY = secrets.token_bytes(32)
_COLUMNS = 16


@dataclass(frozen=True)
class Sprite:
    """A picture of faces in rows of `columns` tiles, `rows` of them, at `address`."""

    address: str
    columns: int
    rows: int


def sprite_address(path: Path, fingerprint: str, rows: np.ndarray) -> Sprite:
    """Return the sprite of the faces in `rows` of the set at `path`.

    Parameters
    ----------
    path : Path
        Folder of a FaceSet.
    fingerprint : str
        The set's, so that a set that is packed anew has new addresses.
    rows : ndarray, shape (n,), int, 0 < n ≤ MAX_FACES
    """
    if not 0 < len(rows) <= MAX_FACES:
        raise ValueError(f"a sprite holds 1 to {MAX_FACES} faces. Received: {len(rows)}")
    token = token_of(path, fingerprint, rows)
    columns = min(_COLUMNS, len(rows))
    return Sprite(ROUTE.replace("{token:str}", token), columns, -(-len(rows) // columns))


def token_of(path: Path, fingerprint: str, rows: np.ndarray) -> str:
    """Return what stands in an address for the faces `rows` of a set, signed."""
    rows = np.asarray(rows, dtype=np.uint32)
    head = json.dumps([str(path.resolve()), fingerprint[:16]]).encode()
    payload = zlib.compress(len(head).to_bytes(2, "big") + head + rows.tobytes(), 9)
    return base64.urlsafe_b64encode(_sign(payload) + payload).decode().rstrip("=")


def _sign(payload: bytes) -> bytes:
    return hmac.digest(_KEY, payload, hashlib.sha256)[:16]


def serve_sprite(request: Request) -> Response:
    """Answer a sprite's address with its JPEG; 404 for an address that was not made here."""
    pixels = pixels_behind(request.path_params["token"])
    if pixels is None:
        return Response(status_code=404)
    sheet = contact_sheet(pixels, columns=min(_COLUMNS, len(pixels)), gap=0)
    return picture(to_jpeg(sheet, quality=88), "image/jpeg")


def behind(token: str) -> tuple[str, str, np.ndarray] | None:
    """Return path, fingerprint and rows that a token stands for; None for one not made here."""
    try:
        signed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    signature, payload = signed[:16], signed[16:]
    if not hmac.compare_digest(signature, _sign(payload)):
        return None
    plain = zlib.decompress(payload)
    end = 2 + int.from_bytes(plain[:2], "big")
    path, fingerprint = json.loads(plain[2:end])
    return path, fingerprint, np.frombuffer(plain[end:], dtype=np.uint32).astype(np.int64)


def pixels_behind(token: str) -> np.ndarray | None:
    """Return the faces that an address shows, uint8 (n, H, W, 3); None for one not made here."""
    known = behind(token)
    if known is None:
        return None
    path, fingerprint, rows = known
    try:
        return np.asarray(face_pixels(path, fingerprint)[rows])
    except (OSError, ValueError, IndexError):
        return None


def picture(content: bytes, kind: str) -> Response:
    """Answer with a picture that the browser may keep for good."""
    return Response(
        content,
        media_type=kind,
        headers={
            "Cache-Control": "private, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
        },
    )


@functools.lru_cache(maxsize=16)
def face_pixels(path: str, fingerprint: str) -> np.ndarray:
    """Return the memory-mapped pixels of the set at `path`, (N, H, W, 3) uint8."""
    del fingerprint  # part of the key: a set that is packed anew is mapped anew
    pixels: np.ndarray = np.load(Path(path) / "images.npy", mmap_mode="r", allow_pickle=False)
    return pixels
