"""Eyes and brows, with the make-up around them."""

from __future__ import annotations

import numpy as np

from softbio.faces.synthetic.canvas import Canvas, curve, ribbon, shifted
from softbio.faces.synthetic.palette import mix
from softbio.faces.synthetic.subject import Subject, both

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
    tilt = person.eye_tilt * half
    x = 0.116 * person.eye_gap
    outline = both(
        shifted(
            curve(
                [
                    (-half, 0.006 + tilt / 2), (-half * 0.45, -high * 0.86),
                    (half * 0.25, -high * 1.12), (half, -tilt), (half * 0.5, high * 0.72),
                    (-half * 0.4, high * 0.82),
                ]
            ),
            x, 0,
        )
    )  # fmt: skip
    if made_up:
        _paint_lids(canvas, subject, half, high)
    within = canvas.full_mask(outline)
    line = mix(subject.shadow * 0.35, np.array([0.05, 0.04, 0.04]), 0.5)
    thick = 0.0125 if made_up else (0.008 if not person.male else 0.0065)
    crease = [(-half * 0.9, -high * 0.9), (0, -high * 1.85), (half * 1.02, -high * 0.95)]
    crease_line = both(shifted(ribbon(crease, [0.004, 0.008, 0.005]), x, 0))
    canvas.fill(crease_line, subject.shadow, 0.6, 0.004)
    canvas.fill(outline, mix(np.array([0.93, 0.91, 0.89]), person.skin, 0.16))
    for side in (-1, 1):
        lid = (side * x, -high * 1.05)
        canvas.glow(lid, (half, high * 0.5), subject.shadow * 0.7, 0.6, within)
    _iris(canvas, subject, (x, -high * 0.1), rng.normal(0, (0.006, 0.002)), within)
    lashes = [(-half * 1.02, 0.004 + tilt / 2), (-half * 0.45, -high * 0.92),
              (half * 0.25, -high * 1.18), (half * (1.12 if made_up else 1.03), -tilt - 0.003)]  # fmt: skip
    upper = ribbon(lashes, [0.003, thick, thick * 1.15, thick * 0.7])
    canvas.fill(both(shifted(upper, x, 0)), line, 0.95, 0.0015)
    lower = [(-half * 0.6, high * 0.86), (half * 0.4, high * 0.84), (half, 0.0)]
    lower_line = both(shifted(ribbon(lower, [0.003, 0.005, 0.004]), x, 0))
    canvas.fill(lower_line, line, 0.75 if made_up else 0.4, 0.002)


def _iris(
    canvas: Canvas, subject: Subject, place: tuple[float, float], gaze: np.ndarray,
    within: np.ndarray,
) -> None:  # fmt: skip
    colour, radius = subject.person.iris, 0.0232 * subject.person.eye_size
    circle = np.linspace(0, 2 * np.pi, 18, endpoint=False)
    ring = np.column_stack([np.cos(circle), np.sin(circle)])
    middles = np.array([[(-place[0], place[1])], [place]]) + gaze
    canvas.fill(middles + ring * radius, colour * 0.55, within=within)
    canvas.fill(middles + ring * (radius * 0.8), colour * 1.15, within=within)
    canvas.fill(middles + ring * (radius * 0.43), np.full(3, 0.02), within=within)
    canvas.fill(middles + (0.007, -0.008) + ring * 0.006, np.ones(3), 0.9, 0.002, within)


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
    line = [
        (0.056, height + 0.006), (0.1, height - arch * 0.5),
        (0.138, height - arch), (0.176, height + 0.008),
    ]  # fmt: skip
    brow = ribbon(line, np.array([0.75, 1.0, 0.85, 0.22]) * thick)
    canvas.fill(both(brow), colour, 0.92 if bushy else 0.78, 0.0035)
