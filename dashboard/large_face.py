"""One face as it is, pixel by pixel, behind a signed address like those of sprites.

A sprite is a JPEG, whose blocks would be seen where a face is shown at many times its size: this
is a PNG, so that what a person sees is what the network saw.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from dashboard.sprites import ROUTE as SPRITE_ROUTE
from dashboard.sprites import picture, pixels_behind, sprite_address

__all__ = ["ROUTE", "face_address", "serve_face"]

ROUTE = "/face/{token:str}.png"
_TOKEN = "{token:str}"


def face_address(path: Path, fingerprint: str, row: int) -> str:
    """Return the address of a face's pixels; arguments as of `dashboard.sprites.sprite_address`."""
    head, tail = SPRITE_ROUTE.split(_TOKEN)
    token = sprite_address(path, fingerprint, np.array([row])).address
    return ROUTE.replace(_TOKEN, token.removeprefix(head).removesuffix(tail))


def serve_face(request: Request) -> Response:
    """Answer a face's address with its PNG; 404 for an address that was not made here."""
    pixels = pixels_behind(request.path_params["token"])
    if pixels is None or len(pixels) != 1 or not pixels.size:
        return Response(status_code=404)
    done, encoded = cv2.imencode(".png", pixels[0][..., ::-1])
    if not done:
        return Response(status_code=404)
    return picture(encoded.tobytes(), "image/png")
