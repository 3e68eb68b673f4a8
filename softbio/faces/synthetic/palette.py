"""The colours: skin over the whole human range, hair, irises, and surroundings like both.

Colours are float64 RGB in [0, 1].
"""

from __future__ import annotations

import numpy as np

__all__ = ["IRISES", "any_colour", "cloth_colour", "hair_colour", "mix", "skin_colour"]


def _hex(*codes: str) -> np.ndarray:
    return np.array([[int(code[i : i + 2], 16) for i in (0, 2, 4)] for code in codes]) / 255


#: The ten tones of the Monk Skin Tone Scale (E. Monk, 2019).
MONK = _hex(
    "f6ede4", "f3e7db", "f7ead0", "eadaba", "d7bd96", "a07e56", "825c43", "604134", "3a312a", "292420"
)  # fmt: skip

#: From light to dark; the dark end of blond and the light end of brown overlap.
HAIR = {
    "Blond_Hair": _hex("efe3c4", "e3c98f", "d3ab68", "b98d52", "9c7648"),
    "Brown_Hair": _hex("94704a", "7a5535", "5f3f28", "4a3122", "3a2619"),
    "Black_Hair": _hex("2e2623", "221d1c", "171517", "131318"),
    "Gray_Hair": _hex("e8e7e4", "cfcfd0", "adadb0", "8d8c8e", "717073"),
}
#: Hair to which CelebA's annotators gave no colour: auburn, red, in between, dyed.
UNNAMED = _hex(
    "7d4a30",
    "b0602f",
    "5c4433",
    "463329",
    "c97b3c",
    "3b2a22",
    "553a2c",
    "6b2b35",
    "5a4a3c",
    "9c5a3c",
    "d9a3a6",
    "86594a",
    "96404f",
    "93839c",
)

IRISES = _hex("3a2414", "4c3019", "65421f", "7a6434", "5f7350", "5d7f96", "7590a8", "70787c")


def mix(first: np.ndarray, second: np.ndarray, share: float) -> np.ndarray:
    """Return the colour a `share` of the way from the first to the second."""
    return np.asarray(first) * (1 - share) + np.asarray(second) * share


def _ramp(colours: np.ndarray, position: float) -> np.ndarray:
    """Read a ramp of colours at a position in [0, 1]."""
    place = position * (len(colours) - 1)
    below = min(int(place), len(colours) - 2)
    return mix(colours[below], colours[below + 1], place - below)


def skin_colour(tone: float, warmth: float) -> np.ndarray:
    """Return skin of a tone in [0, 1], Monk 1 to Monk 10; `warmth` in [−1, 1] reddens it."""
    colour = _ramp(MONK, tone)
    # The scale's swatches are printed colours; living skin, photographed, is redder.
    living = colour * np.array([0.97, 0.875, 0.815]) + np.array([0.045, 0.018, 0.012])
    return np.clip(living + warmth * np.array([0.018, -0.006, -0.02]), 0.03, 0.97)


def hair_colour(category: str, shade: float, which: float) -> np.ndarray:
    """Return hair of a category (a key of `HAIR`, or "" where it has no name).

    `shade` in [0, 1] runs from light to dark; `which` in [0, 1) picks among the unnamed.
    """
    if category in HAIR:
        return _ramp(HAIR[category], shade)
    colour = UNNAMED[int(which * len(UNNAMED))]
    return np.clip(colour * (1.2 - 0.4 * shade), 0, 1)


def any_colour(rng: np.random.Generator) -> np.ndarray:
    """Return a colour for a background; often one that skin or blond hair might have."""
    kind = rng.random()
    if kind < 0.3:
        colour = _ramp(HAIR["Blond_Hair"], rng.random())
    elif kind < 0.5:
        colour = skin_colour(rng.random(), rng.uniform(-1, 1))
    elif kind < 0.65:
        colour = np.full(3, rng.uniform(0.03, 0.97)) + rng.normal(0, 0.03, 3)
    else:
        colour = cloth_colour(rng)
    return np.clip(colour * rng.uniform(0.75, 1.15), 0.01, 0.99)


def cloth_colour(rng: np.random.Generator) -> np.ndarray:
    """Return a colour of any hue, from pale to saturated, from dark to bright."""
    hue, depth, value = rng.uniform(0, 6), rng.beta(1.3, 1.8), rng.beta(1.5, 1.4)
    wheel = np.clip(np.abs((hue + np.array([0.0, 4.0, 2.0])) % 6 - 3) - 1, 0, 1)
    return (0.06 + 0.9 * value) * (1 - depth * (1 - wheel))
