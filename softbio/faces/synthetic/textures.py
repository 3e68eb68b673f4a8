"""Textures of hair and of noise, made once per size and cropped at random for each face."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

__all__ = ["curls", "grain", "sensor_noise", "strands"]


@cache
def _noise(number: int, side: int, across: float, along: float, minus: float) -> np.ndarray:
    """Return blurred noise, zero mean and unit spread, float32 (2 side, 2 side)."""
    rng = np.random.default_rng([20151213, number])
    raw = rng.normal(size=(2 * side, 2 * side)).astype(np.float32)
    unit = side / 160
    blurred = cv2.GaussianBlur(raw, (0, 0), sigmaX=across * unit, sigmaY=along * unit)
    if minus:
        blurred = blurred - cv2.GaussianBlur(raw, (0, 0), minus * unit)
    return np.asarray((blurred - blurred.mean()) / blurred.std(), dtype=np.float32)


@cache
def _waves(side: int) -> np.ndarray:
    """Return hanging strands that swing from side to side, float32 (2 side, 2 side)."""
    y, x = np.mgrid[: 2 * side, : 2 * side].astype(np.float32)
    unit = side / 160
    swing = _noise(5, side, 16, 9, 0) * 2.2 + 3.2 * np.sin(y / (4.2 * unit) + x / (30 * unit))
    return np.asarray(
        cv2.remap(
            _noise(1, side, 0.9, 14, 0), x + swing * unit, y, cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT,
        ),
        dtype=np.float32,
    )  # fmt: skip


@cache
def _rays(side: int) -> np.ndarray:
    """Return strands that fan out from the middle, float32 (2 side, 2 side)."""
    rng = np.random.default_rng([20151213, 9])
    y, x = np.mgrid[-side:side, -side:side].astype(np.float32)
    angle = (np.arctan2(y, x) / (2 * np.pi) + 0.5) * 719
    radius = np.hypot(x, y) / side * 40
    raw = rng.normal(size=(64, 720)).astype(np.float32)
    polar = cv2.GaussianBlur(raw, (0, 0), sigmaX=1.1, sigmaY=8)
    field = cv2.remap(polar, angle, radius, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray((field - field.mean()) / field.std(), dtype=np.float32)


def _crop(field: np.ndarray, side: int, rng: np.random.Generator) -> np.ndarray:
    top, left = rng.integers(0, side, 2)
    return field[top : top + side, left : left + side]


def strands(
    side: int, crown: tuple[float, float], strength: float, wavy: bool, rng: np.random.Generator
) -> np.ndarray:
    """Return combed hair as a factor around 1, float32 (side, side).

    Strands fan out from the `crown` (in pixels) and hang down below it, straight or wavy.
    """
    x, y = (int(np.clip(value, 0, side - 1)) for value in crown)
    fan = _rays(side)[side - y : 2 * side - y, side - x : 2 * side - x]
    hang = _crop(_waves(side) if wavy else _noise(1, side, 0.9, 14, 0), side, rng)
    down = np.clip(
        (np.arange(side, dtype=np.float32) - y) / ((0.2 if wavy else 0.45) * side), 0, 1
    )[:, None]
    return _factor(fan * ((1 - down) * (0.6 if wavy else 1)) + hang * down, strength)


def curls(side: int, size: float, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Return curly hair of a curl size in pixels at side 160, as a factor around 1."""
    number, width = (2, 1.5) if size < 2 else (3, 2.6)
    return _factor(_crop(_noise(number, side, width, width, 2.2 * width), side, rng), strength)


def grain(side: int, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Return bristles, as a factor around 1."""
    return _factor(_crop(_noise(4, side, 0.7, 1.0, 0), side, rng), strength)


@cache
def _sensor(size: int) -> np.ndarray:
    rng = np.random.default_rng([20151213, 10])
    noise = rng.standard_normal((2 * size, 2 * size, 4), dtype=np.float32)
    return np.asarray(noise[..., :1] + np.float32(0.5) * noise[..., 1:], dtype=np.float32)


def sensor_noise(size: int, rng: np.random.Generator) -> np.ndarray:
    """Return a camera's noise, more of it in light than in colour, float32 (size, size, 3)."""
    return _crop(_sensor(size), size, rng)


def _factor(field: np.ndarray, strength: float) -> np.ndarray:
    return np.asarray(np.clip(1 + strength * field, 0.35, 1.8), dtype=np.float32)
