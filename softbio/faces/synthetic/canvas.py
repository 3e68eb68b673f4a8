"""The canvas: soft, anti-aliased shapes in face coordinates, seen at the head's pose.

Face coordinates have their origin between the eyes, x to the right, y downwards, and
the side of the picture as unit: the chin lies near y = 0.34, an ear near x = ±0.23.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np

__all__ = ["Canvas", "Pose", "curve", "draw_pose", "ribbon", "shifted"]

#: Where the origin of the face coordinates lies in the picture.
CENTRE = (0.5, 0.475)
#: One over the squared half axes of the part of the head that bulges.
BULGE_X, BULGE_Y = 1 / 0.31**2, 1 / 0.5**2
#: Sub-pixel bits of OpenCV's fixed-point coordinates.
SHIFT = 4

RGB = np.ndarray


@dataclass(frozen=True)
class Pose:
    """How the head is held: angles in radians, shift and scale relative to the picture."""

    roll: float
    yaw: float
    pitch: float
    dx: float
    dy: float
    scale: float


def draw_pose(rng: np.random.Generator) -> Pose:
    """Draw the small deviations that aligned photographs still have."""
    return Pose(
        roll=float(np.clip(rng.normal(0, 0.07), -0.17, 0.17)),
        yaw=float(np.clip(rng.normal(0, 0.28), -0.65, 0.65)),
        pitch=float(np.clip(rng.normal(0, 0.2), -0.4, 0.4)),
        dx=float(np.clip(rng.normal(0, 0.02), -0.045, 0.045)),
        dy=float(np.clip(rng.normal(0.004, 0.017), -0.036, 0.04)),
        scale=float(rng.uniform(1.06, 1.27)),
    )


class Patch(NamedTuple):
    """A soft mask in [0, 1], float32 (h, w), and where on the canvas it lies."""

    rows: slice
    columns: slice
    mask: np.ndarray


class Canvas:
    """A picture under construction.

    Attributes
    ----------
    side : int
        Width and height in pixels.
    pixels : ndarray, shape (3, side, side), float32
        Red, green, blue planes in [0, 1], linear neither in light nor in sRGB: as painted.
    """

    def __init__(self, side: int, pose: Pose) -> None:
        self.side = side
        self.pose = pose
        self.pixels = np.zeros((3, side, side), dtype=np.float32)
        cosine = float(np.cos(pose.roll)) * pose.scale * side
        sine = float(np.sin(pose.roll)) * pose.scale * side
        self._turn = np.array([[cosine, sine], [-sine, cosine]])
        # How far the middle of the face moves against its rim, and how far all of it.
        self._bulge = np.array([0.125 * pose.yaw, 0.09 * pose.pitch])
        self._offset = np.array([(CENTRE[0] + pose.dx) * side, (CENTRE[1] + pose.dy) * side])
        self._offset -= np.array([0.05 * pose.yaw, 0.06 * pose.pitch]) @ self._turn
        self._numbers = (cosine, sine, *self._offset.tolist(), *self._bulge.tolist())

    def place(self, points: np.ndarray) -> np.ndarray:
        """Turn face coordinates, shape (n, 2), into pixels: yaw and pitch, then roll and shift.

        The face bulges towards the viewer, so a turned head moves its middle more than
        its rim, and a feature on the far side gets narrower.
        """
        x, y = points.T
        y = y - 0.05
        bulge = np.maximum(1 - x * x * BULGE_X, 0) * np.maximum(1 - y * y * BULGE_Y, 0)
        return (points + bulge[:, None] * self._bulge) @ self._turn + self._offset

    def _place_point(self, x: float, y: float) -> tuple[float, float]:
        """Do what `place` does to one point, without the cost of small arrays."""
        bulge = max(1 - x * x * BULGE_X, 0.0) * max(1 - (y - 0.05) ** 2 * BULGE_Y, 0.0)
        x, y = x + bulge * self._numbers[4], y + bulge * self._numbers[5]
        cosine, sine, left, top = self._numbers[:4]
        return x * cosine - y * sine + left, x * sine + y * cosine + top

    def patch(self, points: np.ndarray, soft: float = 0.0) -> Patch | None:
        """Rasterise a polygon in face coordinates; `soft` is the blur of its rim.

        Several polygons of n points, shape (k, n, 2), make one patch.
        """
        pixels = self.place(points.reshape(-1, 2)).reshape(points.shape)
        return self.patch_pixels(pixels, soft * self.pose.scale * self.side)

    def patch_pixels(self, pixels: np.ndarray, sigma: float = 0.0) -> Patch | None:
        """Rasterise polygons given in pixels; None where nothing is left in the picture."""
        pixels = pixels.reshape(-1, *pixels.shape[-2:])
        pad = int(2.5 * sigma) + 3
        left, top = (max(int(low) - pad, 0) for low in pixels.min(axis=(0, 1)).tolist())
        right, bottom = (
            min(int(high) + pad, self.side) for high in pixels.max(axis=(0, 1)).tolist()
        )
        if right <= left or bottom <= top:
            return None
        mask = np.zeros((bottom - top, right - left), dtype=np.uint8)
        corners = ((pixels - (left, top)) * (1 << SHIFT)).astype(np.int32)
        cv2.fillPoly(mask, list(corners), 255, cv2.LINE_AA, SHIFT)
        soft_mask = np.multiply(mask, np.float32(1 / 255), dtype=np.float32)
        if sigma > 0.45:
            soft_mask = cv2.GaussianBlur(soft_mask, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
        return Patch(slice(top, bottom), slice(left, right), soft_mask)

    def paint(
        self,
        patch: Patch | None,
        colour: RGB,
        alpha: float = 1.0,
        texture: np.ndarray | None = None,
        within: np.ndarray | None = None,
    ) -> None:
        """Blend a colour, float (3,), into a patch.

        `texture`, float32 (side, side), brightens and darkens it; `within`, float32
        (side, side) in [0, 1], keeps it inside another shape.
        """
        if patch is None or alpha <= 0:
            return
        where = (patch.rows, patch.columns)
        mask = patch.mask if alpha == 1 else patch.mask * np.float32(alpha)
        if within is not None:
            mask = mask * within[where]
        target = self.pixels[:, where[0], where[1]]
        flat = np.asarray(colour, dtype=np.float32)[:, None, None]
        change = flat - target if texture is None else flat * texture[where] - target
        change *= mask
        target += change

    def fill(
        self,
        points: np.ndarray,
        colour: RGB,
        alpha: float = 1.0,
        soft: float = 0.0,
        within: np.ndarray | None = None,
    ) -> None:
        """Paint a polygon, or several, given in face coordinates."""
        self.paint(self.patch(points, soft), colour, alpha, within=within)

    def glow(
        self,
        centre: tuple[float, float],
        radii: tuple[float, float],
        colour: RGB,
        alpha: float,
        within: np.ndarray | None = None,
    ) -> None:
        """Blend a colour into a Gaussian spot: blush, the shadow beside a nose, a gleam."""
        x, y = self._place_point(*centre)
        unit = self.pose.scale * self.side
        rx, ry = radii[0] * unit, radii[1] * unit
        rows = slice(max(int(y - 2.5 * ry), 0), min(int(y + 2.5 * ry) + 2, self.side))
        columns = slice(max(int(x - 2.5 * rx), 0), min(int(x + 2.5 * rx) + 2, self.side))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return
        down = np.arange(rows.start, rows.stop, dtype=np.float32) - np.float32(y)
        across = np.arange(columns.start, columns.stop, dtype=np.float32) - np.float32(x)
        down = np.exp(down * down * np.float32(-0.5 / ry**2)) * np.float32(alpha)
        mask = np.exp(across * across * np.float32(-0.5 / rx**2)) * down[:, None]
        self.paint(Patch(rows, columns, mask), colour, within=within)

    def full_mask(self, points: np.ndarray, soft: float = 0.0) -> np.ndarray:
        """Return a polygon's mask over the whole canvas, float32 (side, side)."""
        mask = np.zeros((self.side, self.side), dtype=np.float32)
        patch = self.patch(points, soft)
        if patch is not None:
            mask[patch.rows, patch.columns] = patch.mask
        return mask


@cache
def _spline(count: int, steps: int, closed: bool) -> np.ndarray:
    """Matrix of the Catmull-Rom spline through `count` points, `steps` pieces a span."""
    spans = count if closed else count - 1
    matrix = np.zeros((spans * steps + (not closed), count))
    for row in range(len(matrix)):
        span, t = min(row // steps, spans - 1), 0.0
        t = row / steps - span
        weights = (
            -0.5 * t + t**2 - 0.5 * t**3,
            1 - 2.5 * t**2 + 1.5 * t**3,
            0.5 * t + 2 * t**2 - 1.5 * t**3,
            -0.5 * t**2 + 0.5 * t**3,
        )
        for offset, weight in zip((-1, 0, 1, 2), weights, strict=True):
            index = span + offset
            index = index % count if closed else min(max(index, 0), count - 1)
            matrix[row, index] += weight
    return matrix


def curve(points: np.ndarray | list, *, closed: bool = True, steps: int = 6) -> np.ndarray:
    """Return a smooth curve through the points, shape (n, 2) → (m, 2)."""
    points = np.asarray(points, dtype=np.float64)
    return _spline(len(points), steps, closed) @ points


def ribbon(points: np.ndarray | list, widths: np.ndarray | list, steps: int = 5) -> np.ndarray:
    """Return the outline of a smooth stroke through the points, with a width at each."""
    points = np.asarray(points, dtype=np.float64)
    spline = _spline(len(points), steps, False)
    line = spline @ points
    along = _slope(len(points), steps) @ points
    normal = np.empty_like(along)
    normal[:, 0], normal[:, 1] = -along[:, 1], along[:, 0]
    length = np.hypot(along[:, 0], along[:, 1]) + 1e-9
    normal *= (0.5 * (spline @ np.asarray(widths, dtype=np.float64)) / length)[:, None]
    return np.concatenate([line + normal, (line - normal)[::-1]])


@cache
def _slope(count: int, steps: int) -> np.ndarray:
    """Matrix of the differences along the open spline of `_spline`."""
    return np.gradient(_spline(count, steps, False), axis=0)


def shifted(points: np.ndarray, x: float, y: float) -> np.ndarray:
    """Return points moved by (x, y)."""
    return points + np.array([x, y])
