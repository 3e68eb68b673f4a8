"""From the painted canvas to a photograph: light, lens, sensor, JPEG."""

from __future__ import annotations

import cv2
import numpy as np

from softbio.faces.synthetic.canvas import Canvas
from softbio.faces.synthetic.subject import Subject
from softbio.faces.synthetic.textures import sensor_noise

__all__ = ["light", "photograph"]


def light(canvas: Canvas, subject: Subject) -> None:
    """Light the scene from one side, in a colour between candle and overcast sky."""
    rng, side = subject.rng("light"), canvas.side
    from_right = 1.0 if rng.random() < 0.5 else -1.0
    axis = np.linspace(-1, 1, side, dtype=np.float32)
    strength = abs(rng.normal(0, 0.25))
    level = np.float32(from_right * min(strength, 0.55)) * axis[None]
    level = level - np.float32(rng.normal(0.03, 0.11)) * axis[:, None]
    exposure = float(np.exp(np.clip(rng.normal(-0.03, 0.2), -0.5, 0.3)))
    warmth = float(np.clip(rng.normal(0.02, 0.07), -0.1, 0.22))
    tint = float(rng.normal(0, 0.02))
    # A camera meters the face: it opens up for dark skin and stops down for light skin.
    exposure *= (0.52 / float(subject.person.skin.mean())) ** 0.14
    gains = exposure * np.array([1 + warmth, 1 + tint, 1 - warmth])
    field = np.clip(1 + level, 0.25, 1.8)
    for plane, gain in zip(canvas.pixels, gains, strict=True):
        plane *= field * np.float32(gain)


def photograph(canvas: Canvas, subject: Subject, size: int) -> np.ndarray:
    """Return the picture as a camera and its JPEG would keep it, (size, size, 3) uint8."""
    rng = subject.rng("camera")
    planes = [
        cv2.resize(plane, (size, size), interpolation=cv2.INTER_AREA) for plane in canvas.pixels
    ]
    picture = cv2.merge(planes)
    # Film-like shoulder: bright skin keeps its modelling instead of clipping.
    knee = np.float32(0.78)
    over = np.maximum(picture - knee, 0)
    picture = np.minimum(picture, knee) + (1 - knee) * (1 - np.exp(-over / (1 - knee)))
    contrast, lift = rng.uniform(0.85, 1.25), rng.uniform(0, 0.07)
    picture = (picture - 0.45) * np.float32(contrast) + np.float32(0.45 + lift * (1 - contrast / 2))
    if rng.random() < 0.06:
        grey = picture.mean(axis=2, keepdims=True)
        picture = grey + (picture - grey) * np.float32(rng.uniform(0.25, 0.8))
    blur = abs(rng.normal(0, 0.42)) if rng.random() < 0.95 else rng.uniform(0.8, 1.25)
    if blur > 0.25:
        picture = cv2.GaussianBlur(picture, (0, 0), blur * size / 80)
    sigma = np.float32(0.003 + 0.02 * rng.random() ** 3)
    picture = picture + sigma * sensor_noise(size, rng)
    pixels = np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8)
    quality = int(rng.integers(45, 96))
    ok, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not ok:
        raise RuntimeError(f"OpenCV could not encode a face of {size} pixels")
    decoded = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
    return np.ascontiguousarray(decoded[..., ::-1])
