"""The head without hair: neck, ears, face, nose, and what age does to it."""

from __future__ import annotations

import numpy as np

from softbio.faces.synthetic.canvas import Canvas, curve, ribbon, shifted
from softbio.faces.synthetic.palette import mix
from softbio.faces.synthetic.people import Person
from softbio.faces.synthetic.subject import Subject, both, mirrored

__all__ = ["draw_face", "draw_neck", "face_outline", "jaw_side"]


def jaw_side(person: Person) -> np.ndarray:
    """Return the right rim of the face from temple to chin, shape (7, 2)."""
    width, length = person.width, person.length
    return np.array(
        [
            (0.214 * width, -0.14),
            (0.228 * width, -0.03),
            (0.222 * width, 0.065 * length),
            (0.202 * width * person.jaw, 0.155 * length),
            (0.158 * width * person.jaw, 0.245 * length),
            (0.085 * person.chin, 0.318 * length),
            (0.0, 0.34 * length),
        ]
    )


def face_outline(person: Person) -> np.ndarray:
    """Return the closed outline of skull and face in face coordinates."""
    skull = np.array([(0.0, -0.315), (0.1, -0.297), (0.175 * person.width, -0.235)])
    right = np.concatenate([skull, jaw_side(person)])
    return curve(np.concatenate([right, mirrored(right[-2:0:-1], -1)]))


def draw_neck(canvas: Canvas, subject: Subject) -> None:
    """Paint the neck with the shadow of the chin, and the ears."""
    person, skin = subject.person, subject.person.skin
    half = 0.135 if person.male else 0.108
    neck = [(half, 0.1), (half * 0.98, 0.36), (half * 1.3, 0.46), (0.3, 0.6)]
    points = np.concatenate([neck, mirrored(neck[::-1], -1)])
    canvas.fill(points, skin * 0.86)
    shade = canvas.full_mask(points)
    canvas.glow((0, 0.33 * person.length), (0.15, 0.055), subject.shadow * 0.8, 0.75, shade)
    size = person.ears
    ear = np.array(
        [(0.212, -0.035), (0.245, -0.05 * size), (0.258, -0.01), (0.247, 0.045),
         (0.226, 0.078 * size), (0.208, 0.06)]
    )  # fmt: skip
    canvas.fill(both(curve(ear * (person.width, 1))), skin * np.array([0.95, 0.88, 0.86]))
    for side in (-1, 1):
        canvas.glow((side * half, 0.42), (0.035, 0.1), subject.shadow, 0.5, shade)
        canvas.glow((side * 0.237 * person.width, 0.01), (0.008, 0.03), subject.shadow, 0.6)


def draw_face(canvas: Canvas, subject: Subject) -> np.ndarray:
    """Paint the face, rounded by its shading, and the nose; return the face's mask."""
    person, skin = subject.person, subject.person.skin
    outline = face_outline(person)
    mask = canvas.full_mask(outline)
    canvas.fill(outline, mix(skin, subject.shadow, 0.42))
    canvas.fill(shifted(outline * 0.86, 0, -0.004), skin, soft=0.028, within=mask)
    rng = subject.rng("skin")
    shine = 0.22 + 0.3 * rng.random()
    gleam = subject.gleam
    canvas.glow((rng.uniform(-0.03, 0.03), -0.16), (0.08, 0.04), gleam, shine, mask)
    for side in (-1, 1):
        x = side * 0.128 * person.width
        canvas.glow((x, 0.075), (0.042, 0.026), gleam, shine * 0.9, mask)
        warm = skin * np.array([1.0, 0.84, 0.82])
        canvas.glow((x, 0.1), (0.05, 0.045), warm, 0.35 + 0.2 * rng.random(), mask)
        canvas.glow((side * 0.112 * person.eye_gap, -0.012), (0.058, 0.03), subject.shadow, 0.3)
        canvas.glow((side * 0.2 * person.width, 0.14), (0.03, 0.08), subject.shadow, 0.28, mask)
    canvas.glow((0, 0.292 * person.length), (0.032, 0.022), gleam, shine * 0.6, mask)
    if "Young" not in subject.shows:
        _age(canvas, subject, mask)
    elif person.freckles:
        for x, y in rng.normal((0, 0.075), (0.075, 0.03), (14, 2)):
            canvas.glow((x, y), (0.005, 0.005), subject.shadow, 0.45, mask)
    _nose(canvas, subject, mask, shine)
    return mask


def _nose(canvas: Canvas, subject: Subject, mask: np.ndarray, shine: float) -> None:
    person, shadow = subject.person, subject.shadow
    half = 0.037 * person.nose_width
    tip = 0.118 * person.nose_length
    lit = 1 if subject.rng("light").random() < 0.5 else -1
    flank = [(0.03, -0.035), (0.021, 0.03), (half * 0.95, tip - 0.008)]
    canvas.fill(both(ribbon(flank, [0.016, 0.014, 0.02])), shadow, 0.24, soft=0.009)
    canvas.glow((-lit * 0.024, 0.05), (0.01, 0.05), shadow, 0.24, mask)
    for side in (-1, 1):
        canvas.glow((side * half, tip + 0.004), (0.011, 0.013), shadow, 0.3)
        canvas.glow((side * half * 0.55, tip + 0.016), (0.0095, 0.0055), shadow * 0.42, 0.85)
    canvas.glow((0, tip + 0.027), (half * 1.1, 0.009), shadow, 0.5)
    canvas.glow((0, 0.035), (0.009, 0.05), subject.gleam, shine * 0.8, mask)
    canvas.glow((0.004 * lit, tip - 0.012), (0.014, 0.011), subject.gleam, shine, mask)


def _age(canvas: Canvas, subject: Subject, mask: np.ndarray) -> None:
    person, shadow = subject.person, subject.shadow
    depth, rng = person.age, subject.rng("skin")
    for level in range(2 + (depth > 0.7)):
        y = -0.125 - 0.026 * level + rng.normal(0, 0.003)
        sag = rng.uniform(-0.006, 0.01)
        line = [(-0.1, y + sag), (-0.03, y), (0.04, y + sag / 2), (0.105, y + sag)]
        canvas.fill(ribbon(line, [0.003, 0.008, 0.008, 0.003]), shadow, 0.6 * depth, 0.003, mask)
    fold = [(0.045, 0.125), (0.076, 0.16), (0.094, 0.2), (0.093, 0.235)]
    canvas.fill(both(ribbon(fold, [0.004, 0.011, 0.01, 0.003])), shadow, 0.75 * depth, 0.004)
    bag = [(0.075, 0.03), (0.11, 0.042), (0.15, 0.032)]
    canvas.fill(both(ribbon(bag, [0.003, 0.009, 0.003])), shadow, 0.65 * depth, 0.004)
    feet = [
        both(ribbon([(0.176, 0.002 + slope / 3), (0.205, 0.002 + slope)], [0.005, 0.002]))
        for slope in (-0.02, 0.004, 0.026)
    ]
    canvas.fill(np.concatenate(feet), shadow, 0.6 * depth, 0.002, mask)
    for side in (-1, 1):
        canvas.glow((side * 0.1, 0.262), (0.012, 0.03), shadow, 0.35 * depth, mask)
