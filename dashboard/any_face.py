"""Any face of a set by its row, behind one signed address for the whole set.

A map shows a face under the pointer, and there are too many points to sign an address for each.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from dashboard.sprites import behind, face_pixels, picture, token_of
from softbio.faces.sheet import to_jpeg

__all__ = ["ROUTE", "any_face_address", "serve_any_face"]

ROUTE = "/any-face/{token:str}/{row:int}.jpg"


def any_face_address(path: Path, fingerprint: str) -> str:
    """Return the address of the faces of a set, with ``ROW`` where the row's number goes."""
    token = token_of(path, fingerprint, np.zeros(0, np.uint32))
    return ROUTE.replace("{token:str}", token).replace("{row:int}", "ROW")


def serve_any_face(request: Request) -> Response:
    """Answer with the JPEG of a face; 404 for an address that was not made here."""
    known = behind(request.path_params["token"])
    # A token with rows is of a sprite, and is for those alone.
    if known is None or len(known[2]):
        return Response(status_code=404)
    path, fingerprint, _ = known
    try:
        pixels = np.asarray(face_pixels(path, fingerprint)[request.path_params["row"]])
    except (OSError, ValueError, IndexError):
        return Response(status_code=404)
    if not pixels.size:
        return Response(status_code=404)
    return picture(to_jpeg(pixels, quality=88), "image/jpeg")
