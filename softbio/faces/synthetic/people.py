"""What stays the same on every photograph of a person: skin, build, features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from softbio.faces.synthetic.palette import IRISES, skin_colour

__all__ = ["Person", "draw_person"]


@dataclass(frozen=True)
class Person:
    """A person's looks; lengths relative to an average face.

    Attributes
    ----------
    tone : float
        Skin tone in [0, 1], from Monk 1 to Monk 10, uniform among people.
    skin, iris : ndarray, shape (3,)
        Colours, RGB in [0, 1].
    male : bool
    shade, which : float
        Where the hair lies within its category, in [0, 1].
    style : float
        In [0, 1): which hair style the person usually wears.
    age : float
        Depth of the lines when not young, in [0.4, 1].
    """

    tone: float
    skin: np.ndarray
    iris: np.ndarray
    male: bool
    width: float
    jaw: float
    chin: float
    length: float
    eye_gap: float
    eye_size: float
    eye_height: float
    eye_tilt: float
    brow_height: float
    brow_arch: float
    nose_width: float
    nose_length: float
    mouth_width: float
    lips: float
    ears: float
    shade: float
    which: float
    style: float
    volume: float
    age: float
    freckles: float


def draw_person(seed: int, identity: int, male: bool) -> Person:
    """Draw the looks of a person; nothing here depends on hair colour, glasses or label."""
    rng = np.random.default_rng([seed, 5, identity])
    tone = float(rng.random())
    # Light eyes go with light skin, brown ones with any.
    light_eyes = tone < 0.45 and rng.random() < 0.6
    iris = IRISES[rng.integers(3, len(IRISES)) if light_eyes else rng.integers(0, 3)]

    def around(mean: float, spread: float) -> float:
        return float(mean + spread * min(max(rng.normal(), -2.0), 2.0))

    man = float(male)
    return Person(
        tone=tone,
        skin=skin_colour(tone, float(rng.uniform(-1, 1))),
        iris=iris * float(rng.uniform(0.85, 1.15)),
        male=male,
        width=around(1.0 + 0.02 * man, 0.045),
        jaw=around(0.97 + 0.09 * man, 0.055),
        chin=around(0.95 + 0.2 * man, 0.12),
        length=around(1.0 + 0.02 * man, 0.035),
        eye_gap=around(1.0, 0.035),
        eye_size=around(1.04 - 0.08 * man, 0.06),
        eye_height=around(1.05 - 0.13 * man, 0.13),
        eye_tilt=around(0.06, 0.07),
        brow_height=around(1.02 - 0.1 * man, 0.08),
        brow_arch=around(0.9 - 0.35 * man, 0.3),
        nose_width=around(0.98 + 0.08 * man, 0.12),
        nose_length=around(1.0 + 0.03 * man, 0.06),
        mouth_width=around(1.0 + 0.03 * man, 0.07),
        lips=around(1.08 - 0.2 * man, 0.2),
        ears=around(1.0, 0.1),
        shade=float(rng.random()),
        which=float(rng.random()),
        style=float(rng.random()),
        volume=float(rng.beta(2, 2.5)),
        age=float(rng.uniform(0.4, 1)),
        freckles=float(rng.random() < 0.12 and tone < 0.5),
    )
