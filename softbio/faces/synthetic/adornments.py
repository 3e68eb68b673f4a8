"""Hats and earrings."""

from __future__ import annotations

import numpy as np

from softbio.faces.synthetic.canvas import Canvas, curve, ribbon, shifted
from softbio.faces.synthetic.palette import cloth_colour, mix
from softbio.faces.synthetic.subject import Subject, mirrored
from softbio.faces.synthetic.textures import grain

__all__ = ["draw_earrings", "draw_hat"]


def draw_hat(canvas: Canvas, subject: Subject, face: np.ndarray) -> None:
    """Paint a cap, a beanie or a brimmed hat over the crown, and its shadow on the face."""
    rng, person = subject.rng("hat"), subject.person
    colour = np.clip(cloth_colour(rng), 0.03, 0.95)
    weave = grain(canvas.side, 0.05, rng)
    kind = rng.choice(("cap", "beanie", "brim"), p=(0.42, 0.28, 0.30))
    wide, edge = 0.25 * person.width, rng.uniform(-0.175, -0.145)
    tall = {"cap": 0.365, "beanie": 0.385, "brim": 0.4}[kind] + rng.uniform(-0.01, 0.02)
    dome = [(wide, edge + 0.03), (wide + 0.006, edge - 0.06), (wide * 0.82, -tall + 0.055),
            (wide * 0.4, -tall + 0.005), (0, -tall)]  # fmt: skip
    if kind == "brim":
        dome[2:] = [(wide * 0.85, -tall + 0.03), (wide * 0.45, -tall), (0, -tall + 0.016)]
    crown = curve(np.concatenate([dome, mirrored(dome[-2::-1], -1)]), closed=False)
    crown = np.concatenate([crown, [(-wide * 0.5, edge + 0.012), (wide * 0.5, edge + 0.012)]])
    reach = {"cap": 0.06, "beanie": 0.025, "brim": 0.075}[kind]
    shade = curve([(-wide, edge - 0.03), (wide, edge - 0.03), (wide, edge + reach),
                   (0, edge + reach + 0.03), (-wide, edge + reach)])  # fmt: skip
    canvas.fill(shade, subject.shadow * 0.7, 0.62, 0.018, face)
    canvas.paint(canvas.patch(crown, 0.002), colour, texture=weave)
    for side in (-1, 1):
        canvas.glow((side * wide * 0.95, -0.27), (0.05, 0.09), colour * 0.45, 0.4)
    canvas.glow((rng.uniform(-0.08, 0.08), -0.31), (0.08, 0.05), mix(colour, np.ones(3), 0.4), 0.35)
    if kind == "beanie":
        _beanie(canvas, colour, weave, wide, edge, rng)
    elif kind == "cap":
        _visor(canvas, colour, weave, wide, edge, tall, rng)
    else:
        _brim(canvas, colour, weave, wide, edge, rng)


def _beanie(
    canvas: Canvas, colour: np.ndarray, weave: np.ndarray, wide: float, edge: float,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    band = [(-wide - 0.004, edge + 0.012), (-wide * 0.5, edge - 0.014), (0, edge - 0.02),
            (wide * 0.5, edge - 0.014), (wide + 0.004, edge + 0.012)]  # fmt: skip
    tone = colour * 0.88 if rng.random() < 0.6 else cloth_colour(rng)
    canvas.fill(ribbon(np.add(band, (0, -0.028)), np.full(5, 0.03)), colour * 0.4, 0.4, 0.006)
    canvas.paint(canvas.patch(ribbon(band, np.full(5, 0.066))), tone, texture=weave)
    for x in np.linspace(-wide * 0.92, wide * 0.92, 15):
        y = edge - 0.02 + 0.032 * (x / wide) ** 2
        canvas.fill(
            ribbon([(x, y - 0.028), (x, y + 0.028)], [0.004, 0.004]), tone * 0.6, 0.5, 0.002
        )


def _visor(
    canvas: Canvas, colour: np.ndarray, weave: np.ndarray, wide: float, edge: float, tall: float,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    for x in (-0.5, 0.0, 0.5):
        seam = [(x * wide * 1.1, edge - 0.01), (x * wide, -0.28), (x * wide * 0.4, -tall + 0.01)]
        canvas.fill(ribbon(seam, [0.004, 0.004, 0.003]), colour * 0.5, 0.5, 0.002)
    if rng.random() < 0.6:
        badge = curve([(-0.04, -0.25), (0, -0.285), (0.04, -0.25), (0, -0.22)])
        canvas.fill(badge, cloth_colour(rng), 0.9, 0.003)
    shift, drop = rng.normal(0, 0.015), rng.uniform(0.075, 0.1)
    visor = [(-wide * 0.92, edge + 0.006), (-wide * 0.5, edge - 0.028), (0, edge - 0.036),
             (wide * 0.5, edge - 0.028), (wide * 0.92, edge + 0.006),
             (wide * 0.8 + shift, edge + drop * 0.7), (shift, edge + drop * 0.86),
             (-wide * 0.8 + shift, edge + drop * 0.7)]  # fmt: skip
    tone = colour if rng.random() < 0.7 else cloth_colour(rng)
    outline = curve(visor)
    canvas.paint(canvas.patch(outline), tone * 0.9, texture=weave)
    canvas.glow((0, edge), (wide * 0.5, 0.018), mix(tone, np.ones(3), 0.3), 0.4)
    canvas.fill(ribbon(visor[5:], [0.006, 0.011, 0.006]), tone * 0.4, 0.7, 0.002)


def _brim(
    canvas: Canvas, colour: np.ndarray, weave: np.ndarray, wide: float, edge: float,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    sweep, sag = rng.uniform(0.09, 0.17), rng.uniform(0.0, 0.035)
    reach = wide + sweep
    brim = curve(
        [(-reach, edge + sag), (-wide * 0.8, edge - 0.03), (0, edge - 0.038),
         (wide * 0.8, edge - 0.03), (reach, edge + sag), (wide * 0.8, edge + 0.036),
         (0, edge + 0.042), (-wide * 0.8, edge + 0.036)]
    )  # fmt: skip
    band = [(-wide, edge - 0.03), (0, edge - 0.048), (wide, edge - 0.03)]
    canvas.fill(ribbon(band, [0.045, 0.05, 0.045]), cloth_colour(rng) * 0.6, 1.0, 0.001)
    canvas.paint(canvas.patch(brim, 0.001), colour * 0.92, texture=weave)
    under = [(-reach * 0.93, edge + sag + 0.004), (-wide * 0.7, edge + 0.033), (0, edge + 0.037),
             (wide * 0.7, edge + 0.033), (reach * 0.93, edge + sag + 0.004)]  # fmt: skip
    canvas.fill(ribbon(under, [0.004, 0.012, 0.014, 0.012, 0.004]), colour * 0.35, 0.75, 0.003)


def draw_earrings(canvas: Canvas, subject: Subject) -> None:
    """Paint studs, hoops or drops at the lobes, over the hair so that they can be seen."""
    rng, person = subject.rng("earrings"), subject.person
    metal = np.array([(0.92, 0.78, 0.42), (0.86, 0.87, 0.9), (0.88, 0.85, 0.8)])[rng.integers(3)]
    kind = rng.choice(("stud", "hoop", "drop"), p=(0.25, 0.35, 0.4))
    size = rng.uniform(0.8, 1.25)
    stone = cloth_colour(rng)
    for side in (-1, 1):
        x, y = side * 0.236 * person.width, 0.085
        if kind == "stud":
            canvas.glow((x, y), (0.012 * size, 0.012 * size), metal * 0.8, 1.0)
            canvas.glow((x - 0.003, y - 0.003), (0.005, 0.005), np.ones(3), 0.95)
        elif kind == "hoop":
            angle = np.linspace(0, 2 * np.pi, 17)
            ring = np.column_stack([np.cos(angle) * 0.026, np.sin(angle) * 0.034]) * size
            canvas.fill(
                ribbon(shifted(ring, x, y + 0.034 * size), np.full(17, 0.009), 2), metal * 0.9
            )
        else:
            long = 0.055 * size
            canvas.fill(ribbon([(x, y), (x, y + long)], [0.005, 0.005]), metal)
            drop = [(0, -0.014), (0.012, 0.008), (0, 0.02), (-0.012, 0.008)]
            canvas.fill(curve(np.array(drop) * size + (x, y + long)), mix(metal, stone, 0.5))
            canvas.glow((x - 0.003, y + long), (0.004, 0.005), np.ones(3), 0.9)
