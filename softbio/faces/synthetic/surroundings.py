"""What is around the head: background and clothes."""

from __future__ import annotations

import cv2
import numpy as np

from softbio.faces.synthetic.canvas import Canvas, curve, ribbon
from softbio.faces.synthetic.palette import any_colour, cloth_colour
from softbio.faces.synthetic.subject import Subject, mirrored

__all__ = ["draw_background", "draw_clothes"]


def draw_background(canvas: Canvas, subject: Subject) -> None:
    """Cover the canvas: a wall, a gradient, a blurred scene, lights, or stripes."""
    rng, side = subject.rng("background"), canvas.side
    kind = rng.choice(
        ("wall", "gradient", "scene", "lights", "stripes"), p=(0.14, 0.24, 0.3, 0.16, 0.16)
    )
    first, second = any_colour(rng), any_colour(rng)
    across = np.linspace(-0.5, 0.5, side, dtype=np.float32)
    angle = rng.uniform(0, np.pi)
    slope = across[None] * np.float32(np.cos(angle)) + across[:, None] * np.float32(np.sin(angle))
    if kind == "scene":
        cells = int(rng.integers(3, 9))
        things = np.stack([any_colour(rng) for _ in range(5)])
        small = things[rng.integers(5, size=(cells, cells))] * rng.uniform(
            0.6, 1.2, (cells, cells, 1)
        )
        big = cv2.resize(small.astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
        canvas.pixels[:] = np.clip(big, 0, 1).transpose(2, 0, 1)
        return
    if kind == "stripes":
        share = 0.5 + 0.5 * np.sin(slope * np.float32(rng.uniform(12, 60)) + rng.uniform(0, 6))
        if rng.random() < 0.6:
            share = np.clip((share - 0.5) * rng.uniform(1.5, 8) + 0.5, 0, 1)
    elif kind == "wall":
        share = np.full((side, side), 0.0, np.float32) + np.float32(0.15) * slope
    else:
        share = np.clip(slope * np.float32(rng.uniform(0.7, 2.5)) + np.float32(0.5), 0, 1)
    for plane, one, two in zip(canvas.pixels, first, second, strict=True):
        np.multiply(share, np.float32(two - one), out=plane)
        plane += np.float32(one)
    if kind == "lights":
        circle = np.linspace(0, 2 * np.pi, 20, endpoint=False)
        ring = np.column_stack([np.cos(circle), np.sin(circle)]) * side
        for _ in range(int(rng.integers(5, 14))):
            spot = ring * rng.uniform(0.02, 0.09) + rng.uniform(0, side, 2)
            colour = np.clip(any_colour(rng) * 1.25, 0, 1)
            canvas.paint(
                canvas.patch_pixels(spot, side * rng.uniform(0.004, 0.03)),
                colour,
                rng.uniform(0.3, 0.9),
            )
    np.clip(canvas.pixels, 0, 1, out=canvas.pixels)


def draw_clothes(canvas: Canvas, subject: Subject) -> None:
    """Paint the shoulders: a round neck, a V, a collar, or bare skin with straps."""
    rng, person = subject.rng("clothes"), subject.person
    colour = cloth_colour(rng) if rng.random() < 0.8 else any_colour(rng)
    half = 0.15 if person.male else 0.135
    kind = rng.choice(("round", "v", "collar", "bare"))
    if person.male and kind == "bare":
        kind = "collar"
    low = {"round": 0.45, "v": 0.52, "collar": 0.5, "bare": 0.62}[kind] + rng.uniform(-0.01, 0.02)
    shoulder = [(half, 0.4), (half + 0.14, 0.435), (0.45, 0.5), (0.6, 0.7)]
    body = np.concatenate([mirrored(shoulder[::-1], -1), shoulder])
    if kind == "bare":
        canvas.fill(body, person.skin * 0.88)
        return
    inset = [(half * 0.5, (0.4 + low) / 2 + 0.02), (0, low)]
    if kind == "v":
        inset = [(0.0, low)]
    left = mirrored(inset[:-1], -1) if len(inset) > 1 else np.empty((0, 2))
    neckline = np.concatenate([inset, left[::-1]])
    outline = np.concatenate([shoulder[::-1], neckline, mirrored(shoulder, -1)])
    canvas.fill(outline, colour, soft=0.002)
    if kind == "collar":
        other = np.clip(colour * 1.15 + 0.04, 0, 1) if rng.random() < 0.6 else np.full(3, 0.92)
        for side in (-1, 1):
            lapel = [(half * 0.95, 0.375), (half + 0.035, 0.42), (0.06, 0.53), (0.015, 0.5)]
            canvas.fill(mirrored(lapel, side), other, soft=0.002)
    elif kind == "round":
        hem = curve([*shoulder[:1], *inset, *mirrored(shoulder[:1], -1)], closed=False)
        canvas.fill(ribbon(hem[::3], np.full(len(hem[::3]), 0.01), 2), colour * 0.7, 0.6, 0.002)
