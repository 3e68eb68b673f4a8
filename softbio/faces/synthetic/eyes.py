"""Eyes and brows, with the make-up around them."""

from __future__ import annotations

import numpy as np

from softbio.faces.synthetic.canvas import Canvas, curve, ribbon, shifted
from softbio.faces.synthetic.palette import mix
from softbio.faces.synthetic.subject import Subject, cover, mirrored

__all__ = ["draw_brows", "draw_eyes"]

#: Eye shadow: browns, plum, grey, blue, green, copper.
SHADOWS = np.array(
    [
        (0.38, 0.24, 0.18), (0.42, 0.22, 0.34), (0.28, 0.28, 0.32), (0.3, 0.38, 0.55),
        (0.32, 0.42, 0.33), (0.6, 0.36, 0.22),
    ]
)  # fmt: skip


def draw_eyes(canvas: Canvas, subject: Subject) -> None:
    """Paint both eyes: lids, white, iris, pupil, gleam, lashes."""
    person, rng = subject.person, subject.rng("eyes")
    made_up = "Heavy_Makeup" in subject.shows
    openness = person.eye_height * (1 - 0.24 * max(subject.smile, 0)) * rng.uniform(0.85, 1.1)
    half, high = 0.05 * person.eye_size, 0.0225 * person.eye_size * openness
    gaze = rng.normal(0, (0.006, 0.002))
    tilt = person.eye_tilt * half
    outlines = [
        mirrored(
            np.array([(0.116 * person.eye_gap, 0.0)])
            + curve(
                [
                    (-half, 0.006 + tilt / 2), (-half * 0.45, -high * 0.86),
                    (half * 0.25, -high * 1.12), (half, -tilt), (half * 0.5, high * 0.72),
                    (-half * 0.4, high * 0.82),
                ]
            ),
            side,
        )
        for side in (-1, 1)
    ]  # fmt: skip
    if made_up:
        _paint_lids(canvas, subject, half, high)
    within = cover(canvas, *outlines)
    line = mix(subject.shadow * 0.35, np.array([0.05, 0.04, 0.04]), 0.5)
    thick = 0.0125 if made_up else (0.008 if not person.male else 0.0065)
    for outline, side in zip(outlines, (-1, 1), strict=True):
        x = side * 0.116 * person.eye_gap
        crease = [(-half * 0.9, -high * 0.9), (0, -high * 1.85), (half * 1.02, -high * 0.95)]
        canvas.fill(
            ribbon(shifted(mirrored(crease, side), x, 0), [0.004, 0.008, 0.005]),
            subject.shadow, 0.6, 0.004,
        )  # fmt: skip
        white = mix(np.array([0.93, 0.91, 0.89]), person.skin, 0.16)
        canvas.fill(outline, white)
        canvas.glow((x, -high * 1.05), (half, high * 0.5), subject.shadow * 0.7, 0.6, within)
        ix, iy, radius = x + gaze[0], -high * 0.1 + gaze[1], 0.0232 * person.eye_size
        circle = np.linspace(0, 2 * np.pi, 18, endpoint=False)
        ring = np.column_stack([np.cos(circle), np.sin(circle)])
        canvas.fill(ring * radius + (ix, iy), person.iris * 0.55, within=within)
        canvas.fill(ring * radius * 0.8 + (ix, iy), person.iris * 1.15, within=within)
        canvas.fill(ring * radius * 0.43 + (ix, iy), np.full(3, 0.02), within=within)
        canvas.glow((ix + 0.007, iy - 0.008), (0.0048, 0.0048), np.ones(3), 0.9, within)
        lid = np.array(
            [(-half * 1.02, 0.004 + tilt / 2), (-half * 0.45, -high * 0.92),
             (half * 0.25, -high * 1.18), (half * (1.12 if made_up else 1.03), -tilt - 0.003)]
        )  # fmt: skip
        canvas.fill(
            ribbon(shifted(mirrored(lid, side), x, 0), [0.003, thick, thick * 1.15, thick * 0.7]),
            line, 0.95, 0.0015,
        )  # fmt: skip
        lower = [(-half * 0.6, high * 0.86), (half * 0.4, high * 0.84), (half, 0.0)]
        canvas.fill(
            ribbon(shifted(mirrored(lower, side), x, 0), [0.003, 0.005, 0.004]),
            line, 0.75 if made_up else 0.4, 0.002,
        )  # fmt: skip


def _paint_lids(canvas: Canvas, subject: Subject, half: float, high: float) -> None:
    rng = subject.rng("makeup")
    colour = SHADOWS[rng.integers(len(SHADOWS))] * rng.uniform(0.6, 1.1)
    colour = mix(colour, subject.person.skin, 0.25)
    for side in (-1, 1):
        x = side * (0.122 * subject.person.eye_gap)
        canvas.glow((x, -high * 1.5), (half * 0.85, 0.017), colour, rng.uniform(0.55, 0.9))


def draw_brows(canvas: Canvas, subject: Subject) -> None:
    """Paint the brows, a little darker than the hair and never as light as platinum."""
    person, rng = subject.person, subject.rng("eyes")
    bushy = "Bushy_Eyebrows" in subject.shows
    dark = np.array([0.13, 0.09, 0.07])
    colour = mix(subject.hair * 0.66, dark, 0.45 + 0.3 * rng.random())
    if "Gray_Hair" in subject.shows and rng.random() < 0.6:
        colour = mix(subject.hair * 0.75, dark, 0.25)
    height = -0.066 * person.brow_height - 0.006 * max(subject.smile, 0)
    thick = 0.019 if person.male else 0.0135
    thick *= rng.uniform(1.75, 2.1) if bushy else rng.uniform(0.85, 1.2)
    if "Heavy_Makeup" in subject.shows and not bushy:
        thick *= 0.92
    arch = 0.016 * person.brow_arch
    for side in (-1, 1):
        line = [
            (0.056, height + 0.006), (0.1, height - arch * 0.5),
            (0.138, height - arch), (0.176, height + 0.008),
        ]  # fmt: skip
        widths = np.array([0.75, 1.0, 0.85, 0.22]) * thick
        canvas.fill(ribbon(mirrored(line, side), widths), colour, 0.92 if bushy else 0.78, 0.0035)
