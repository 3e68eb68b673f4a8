"""The mouth: lips, teeth, smile, lipstick and rosy cheeks."""

from __future__ import annotations

import numpy as np

from softbio.faces.synthetic.canvas import Canvas, curve, ribbon
from softbio.faces.synthetic.palette import mix
from softbio.faces.synthetic.subject import Subject, both

__all__ = ["draw_cheeks", "draw_mouth"]

#: Lipstick: reds, pinks, nude, coral, plum, berry.
LIPSTICKS = np.array(
    [
        (0.72, 0.08, 0.12), (0.85, 0.2, 0.26), (0.86, 0.36, 0.46), (0.72, 0.38, 0.34),
        (0.9, 0.36, 0.27), (0.5, 0.1, 0.24), (0.62, 0.14, 0.3),
    ]
)  # fmt: skip


def draw_mouth(canvas: Canvas, subject: Subject, face: np.ndarray) -> None:
    """Paint the lips, closed or open, smiling or not; `face` is the face's mask."""
    person, rng, smile = subject.person, subject.rng("mouth"), subject.smile
    rng.random()
    opened = "Mouth_Slightly_Open" in subject.shows
    gap = rng.uniform(0.016, 0.036) if opened else 0.0
    half = 0.076 * person.mouth_width * (1 + 0.2 * max(smile, 0))
    y = 0.207 * person.length - 0.006 * max(smile, 0)
    rise = 0.02 * smile
    full = person.lips * (1 - 0.25 * max(smile, 0))
    top, bottom = 0.0165 * full, 0.026 * full
    dark = np.array([0.2, 0.06, 0.06]) * (0.4 + 0.5 * person.skin.mean())

    if smile > 0.3:
        fold = [(0.05, y - 0.078), (0.082, y - 0.05), (half + 0.018, y - 0.008)]
        crease = both(ribbon(fold, [0.003, 0.009, 0.004]))
        canvas.fill(crease, subject.shadow, 0.55 * smile, 0.004, face)
        for side in (-1, 1):
            canvas.glow((side * 0.118, y - 0.105), (0.036, 0.02), subject.gleam, 0.2 * smile, face)
    upper = curve(
        [(-half, y - rise), (-half * 0.28, y - top), (0, y - top * 0.72), (half * 0.28, y - top),
         (half, y - rise), (half * 0.4, y + 0.003), (0, y + 0.004), (-half * 0.4, y + 0.003)]
    )  # fmt: skip
    lower = curve(
        [(-half, y - rise), (-half * 0.45, y + gap), (0, y + gap + 0.002), (half * 0.45, y + gap),
         (half, y - rise), (half * 0.5, y + gap + bottom * 0.8), (0, y + gap + bottom),
         (-half * 0.5, y + gap + bottom * 0.8)]
    )  # fmt: skip
    inside = curve(
        [(-half * 0.94, y - rise), (0, y - 0.003), (half * 0.94, y - rise),
         (half * 0.5, y + gap + 0.004), (0, y + gap + 0.006), (-half * 0.5, y + gap + 0.004)]
    )  # fmt: skip
    colour = _lips(subject)
    canvas.fill(np.array([(-half * 0.7, y + gap + bottom), (half * 0.7, y + gap + bottom),
                          (0, y + gap + bottom + 0.02)]), subject.shadow, 0.45, 0.008, face)  # fmt: skip
    if opened:
        canvas.fill(inside, dark)
        if smile > 0.2 or rng.random() < 0.5:
            low = y + gap * (0.85 if smile > 0.2 else 0.45)
            teeth = curve(
                [(-half * 0.76, y - rise * 0.75), (0, y - 0.002), (half * 0.76, y - rise * 0.75),
                 (half * 0.5, low - rise * 0.1), (0, low + 0.002), (-half * 0.5, low - rise * 0.1)]
            )  # fmt: skip
            canvas.fill(teeth, np.array([0.93, 0.91, 0.86]) * rng.uniform(0.86, 1), 0.95, 0.0015)
    canvas.fill(lower, colour * 1.04, 0.92, 0.0025)
    canvas.fill(upper, colour * 0.84, 0.92, 0.0025)
    gloss = 0.45 if "Wearing_Lipstick" in subject.shows else 0.22
    canvas.glow((0.008, y + gap + bottom * 0.5), (half * 0.3, 0.006), np.ones(3), gloss * 0.7)
    if not opened:
        slit = [(-half, y - rise), (-half * 0.4, y + 0.003), (0, y + 0.003), (half * 0.4, y + 0.003),
                (half, y - rise)]  # fmt: skip
        canvas.fill(ribbon(slit, [0.004, 0.006, 0.0055, 0.006, 0.004]), dark, 0.85, 0.0015)
    for side in (-1, 1):
        canvas.glow((side * (half + 0.003), y - rise), (0.007, 0.007), subject.shadow * 0.8, 0.5)


def _lips(subject: Subject) -> np.ndarray:
    skin = subject.person.skin
    bare = mix(skin * np.array([0.9, 0.64, 0.62]), np.array([0.62, 0.3, 0.3]), 0.3)
    if "Wearing_Lipstick" not in subject.shows:
        return bare
    rng = subject.rng("makeup")
    rng.random(4)
    stick = LIPSTICKS[rng.integers(len(LIPSTICKS))] * rng.uniform(0.75, 1.1)
    return mix(bare, np.clip(stick, 0, 1), rng.uniform(0.6, 0.95))


def draw_cheeks(canvas: Canvas, subject: Subject, face: np.ndarray) -> None:
    """Paint rosy cheeks, or the little blush of heavy make-up."""
    rosy = "Rosy_Cheeks" in subject.shows
    if not rosy and "Heavy_Makeup" not in subject.shows:
        return
    colour = mix(subject.person.skin, np.array([0.88, 0.3, 0.36]), 0.75)
    for side in (-1, 1):
        x = side * 0.138 * subject.person.width
        canvas.glow((x, 0.1), (0.042, 0.03), colour, 0.52 if rosy else 0.16, face)
