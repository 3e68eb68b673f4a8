"""Eyeglasses and sunglasses: many frames, from hair-thin wire to thick black plastic."""

from __future__ import annotations

import numpy as np

from softbio.faces.synthetic.canvas import Canvas, Patch, curve, ribbon, shifted
from softbio.faces.synthetic.palette import cloth_colour, mix
from softbio.faces.synthetic.subject import Subject, mirrored

__all__ = ["draw_glasses"]

SHAPES = ("round", "rectangle", "wayfarer", "aviator", "cat", "oval", "half")
#: Share of eyeglasses that are sunglasses.
SUNGLASSES = 0.28

METALS = np.array([(0.72, 0.6, 0.36), (0.62, 0.62, 0.64), (0.3, 0.3, 0.32), (0.55, 0.4, 0.34)])
PLASTICS = np.array(
    [(0.05, 0.05, 0.06), (0.16, 0.09, 0.06), (0.35, 0.2, 0.1), (0.3, 0.06, 0.09), (0.1, 0.13, 0.28)]
)


def draw_glasses(canvas: Canvas, subject: Subject) -> None:
    """Paint the glasses over eyes, brows and hair at the temples."""
    rng, person = subject.rng("glasses"), subject.person
    sun = rng.random() < SUNGLASSES
    shape = SHAPES[rng.integers(len(SHAPES))] if not sun else SHAPES[rng.integers(5)]
    wire = not sun and rng.random() < 0.3
    thick = rng.uniform(0.01, 0.014) if wire else rng.uniform(0.014, 0.027)
    if wire:
        colour = METALS[rng.integers(len(METALS))] * rng.uniform(0.7, 1.1)
    elif rng.random() < 0.75:
        colour = PLASTICS[rng.integers(len(PLASTICS))] * rng.uniform(0.6, 1.3)
    else:
        colour = cloth_colour(rng)
    centre = 0.114 * person.eye_gap
    drop = rng.uniform(0.0, 0.014)
    lens = _lens(shape, rng) * (1.08 if sun else 1.0)
    tint, opacity = _tint(sun, rng)
    inner, outer = centre - 0.075, centre + float(lens[:, 0].max())
    for side in (-1, 1):
        arm = [(outer - 0.004, drop - 0.024), (0.235 * person.width, -0.022)]
        canvas.fill(ribbon(mirrored(arm, side), [thick, thick * 0.8]), colour * 0.85, 0.95, 0.001)
    for side in (-1, 1):
        glass = mirrored(shifted(lens, centre, drop), side)
        whole = canvas.patch(glass)
        canvas.paint(canvas.patch(shifted(glass, 0, 0.012), 0.006), subject.shadow, 0.22)
        canvas.paint(whole, tint, opacity)
        middle = glass.mean(axis=0)
        if sun:
            bright = mix(tint, np.array([0.75, 0.8, 0.85]), 0.4)
            canvas.paint(_part(canvas, whole, middle, -0.02, 0.02), bright, rng.uniform(0.1, 0.6))
        glint = rng.uniform(0.1, 0.75)
        streak = ribbon(
            np.array([(-0.02, 0.03), (0.018, -0.035)]) + middle + (rng.uniform(-0.02, 0.02), 0),
            [0.012, 0.016],
        )
        canvas.fill(streak, np.ones(3), glint * 0.6, 0.003)
        rim = _ring(glass, thick) if shape != "half" else _top(glass, thick)
        canvas.fill(rim, colour, 0.97, 0.0008)
        if not wire:
            edge = _top(shifted(glass, 0, -thick * 0.25), thick * 0.3)
            canvas.fill(edge, mix(colour, np.ones(3), 0.45), 0.4, 0.001)
    bridge = [(-inner - 0.002, drop - 0.012), (0, drop - 0.024), (inner + 0.002, drop - 0.012)]
    canvas.fill(ribbon(bridge, [thick, thick * 0.9, thick]), colour, 0.97, 0.0008)
    if shape == "aviator":
        bar = [(-centre * 0.7, drop - 0.05), (0, drop - 0.054), (centre * 0.7, drop - 0.05)]
        canvas.fill(ribbon(bar, [thick, thick * 0.8, thick]), colour, 0.95, 0.0008)


def _lens(shape: str, rng: np.random.Generator) -> np.ndarray:
    """Return the outline of the right lens around its middle."""
    if shape == "aviator":
        points = [(-0.068, -0.036), (-0.02, -0.052), (0.05, -0.048), (0.077, -0.02),
                  (0.062, 0.035), (0.02, 0.062), (-0.04, 0.046), (-0.066, 0.006)]  # fmt: skip
        return curve(points) * rng.uniform(0.92, 1.08)
    if shape == "cat":
        points = [(-0.07, -0.026), (0.0, -0.042), (0.065, -0.055), (0.085, -0.046),
                  (0.068, 0.01), (0.03, 0.04), (-0.03, 0.042), (-0.066, 0.016)]  # fmt: skip
        return curve(points) * rng.uniform(0.94, 1.06)
    wide, high, power = {
        "round": (0.066, 0.06, 2.0),
        "oval": (0.072, 0.043, 2.2),
        "half": (0.072, 0.042, 3.2),
        "rectangle": (0.077, 0.041, 4.5),
        "wayfarer": (0.078, 0.052, 3.6),
    }[shape]
    angle = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    cosine, sine = np.cos(angle), np.sin(angle)
    x = np.sign(cosine) * np.abs(cosine) ** (2 / power) * wide
    y = np.sign(sine) * np.abs(sine) ** (2 / power) * high
    if shape == "wayfarer":
        x = x * (1 - 1.6 * y)
    return np.column_stack([x, y]) * rng.uniform(0.92, 1.08, 2)


def _tint(sun: bool, rng: np.random.Generator) -> tuple[np.ndarray, float]:
    if sun:
        tints = np.array(
            [(0.04, 0.04, 0.05), (0.15, 0.09, 0.05), (0.06, 0.12, 0.1), (0.12, 0.1, 0.2)]
        )
        return tints[rng.integers(len(tints))] * rng.uniform(0.6, 1.4), float(
            rng.uniform(0.72, 0.98)
        )
    return np.array([0.86, 0.92, 0.94]) * rng.uniform(0.6, 1), float(rng.uniform(0.05, 0.24))


def _ring(outline: np.ndarray, thick: float) -> np.ndarray:
    """Return a frame as one polygon: out along the rim, back along its inner edge."""
    middle = outline.mean(axis=0)
    radius = np.hypot(*(outline - middle).T)[:, None]
    outer = middle + (outline - middle) * (1 + 0.5 * thick / radius)
    inner = middle + (outline - middle) * (1 - 0.5 * thick / radius)
    return np.concatenate([outer, outer[:1], inner[:1], inner[::-1]])


def _top(outline: np.ndarray, thick: float) -> np.ndarray:
    """Return the upper half of a frame."""
    middle = outline.mean(axis=0)
    upper = outline[outline[:, 1] < middle[1] + 0.002]
    upper = upper[np.argsort(upper[:, 0])]
    return ribbon(upper, np.full(len(upper), thick), 2)


def _part(
    canvas: Canvas, whole: Patch | None, middle: np.ndarray, low: float, high: float
) -> Patch | None:
    """Return a lens whose mask fades in from y = `low` to `high` below its middle."""
    if whole is None:
        return None
    y = canvas.place(middle[None] + np.array([(0, low), (0, high)]))[:, 1]
    rows = np.arange(whole.rows.start, whole.rows.stop)
    fade = np.clip((rows - y[0]) / max(y[1] - y[0], 1e-6), 0, 1).astype(np.float32)
    return Patch(whole.rows, whole.columns, whole.mask * fade[:, None])
