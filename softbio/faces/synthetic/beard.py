"""Facial hair: stubble, moustache, goatee, full beard."""

from __future__ import annotations

import numpy as np

from softbio.faces.synthetic.canvas import Canvas, curve, ribbon, shifted
from softbio.faces.synthetic.head import jaw_side
from softbio.faces.synthetic.palette import mix
from softbio.faces.synthetic.subject import Subject, mirrored
from softbio.faces.synthetic.textures import curls, grain

__all__ = ["draw_beard"]


def draw_beard(canvas: Canvas, subject: Subject, face: np.ndarray) -> None:
    """Paint what the beard attributes say, before the mouth, within the face's mask."""
    shows, rng = subject.shows, subject.rng("beard")
    colour = mix(subject.hair * 0.8, np.array([0.1, 0.07, 0.06]), 0.25 + 0.35 * rng.random())
    bristles = grain(canvas.side, 0.3, rng)
    if "5_o_Clock_Shadow" in shows:
        strength = 0.34 if "No_Beard" in shows else 0.5
        cool = mix(subject.shadow * 0.55, colour * 0.8, 0.4)
        region = canvas.patch(_beard_region(subject, 0.0), soft=0.012)
        canvas.paint(region, cool, strength, bristles, face)
    if "No_Beard" in shows:
        return
    coat = curls(canvas.side, 1.5, 0.22, rng)
    y = 0.207 * subject.person.length
    moustache, goatee = "Mustache" in shows, "Goatee" in shows
    full = not (moustache or goatee or "5_o_Clock_Shadow" in shows)
    if full:
        region = canvas.patch(_beard_region(subject, 0.006), soft=0.006)
        canvas.paint(region, colour, rng.uniform(0.8, 0.97), coat)
    if moustache or full:
        droop = rng.uniform(0.0, 0.03) if moustache else 0.03
        line = [(-0.092, y - 0.004 + droop), (-0.05, y - 0.024), (0, y - 0.027), (0.05, y - 0.024),
                (0.092, y - 0.004 + droop)]  # fmt: skip
        thick = rng.uniform(0.02, 0.034)
        outline = ribbon(line, [0.01, thick, thick * 0.75, thick, 0.01])
        canvas.paint(canvas.patch(outline, 0.004), colour, 0.92, coat)
    if goatee:
        wide, top = rng.uniform(0.04, 0.07), y + rng.uniform(0.035, 0.05)
        chin = 0.345 * subject.person.length
        tuft = curve([(-wide, top + 0.03), (0, top), (wide, top + 0.03), (wide * 0.8, chin - 0.01),
                      (0, chin + rng.uniform(0, 0.02)), (-wide * 0.8, chin - 0.01)])  # fmt: skip
        canvas.paint(canvas.patch(tuft, 0.006), colour, 0.92, coat)
        if moustache and rng.random() < 0.7:
            for side in (-1, 1):
                link = [(0.09, y - 0.002), (0.096, y + 0.04), (wide, y + 0.085)]
                canvas.paint(
                    canvas.patch(ribbon(mirrored(link, side), [0.018, 0.02, 0.024]), 0.004),
                    colour, 0.9, coat,
                )  # fmt: skip


def _beard_region(subject: Subject, beyond: float) -> np.ndarray:
    """Return the bearded part of the face; `beyond` is how far it stands off the jaw."""
    person = subject.person
    jaw = shifted(jaw_side(person)[1:], beyond, 0)
    jaw[-1] = (0, jaw[-1][1] + 2.5 * beyond)
    inner = np.array(
        [(0.2 * person.width, 0.0), (0.185 * person.width, 0.09), (0.13, 0.155), (0.098, 0.165),
         (0.04, 0.168 * person.length), (0.0, 0.172 * person.length)]
    )  # fmt: skip
    right = np.concatenate([jaw[::-1], inner])
    return np.concatenate(
        [curve(right, closed=False), curve(mirrored(right, -1), closed=False)[::-1]]
    )
