"""Hair: style, outline, fringe and strands, behind and in front of the face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from softbio.faces.synthetic.canvas import Canvas, curve, ribbon, shifted
from softbio.faces.synthetic.palette import mix
from softbio.faces.synthetic.subject import Subject, mirrored
from softbio.faces.synthetic.textures import curls, grain, strands

__all__ = ["Haircut", "draw_back_hair", "draw_front_hair", "haircut"]

#: Styles and the share of women and of men who usually wear them.
STYLES = {
    "long": (0.46, 0.07),
    "bob": (0.20, 0.03),
    "curly": (0.11, 0.08),
    "bun": (0.12, 0.0),
    "short": (0.11, 0.52),
    "crop": (0.0, 0.30),
}


@dataclass(frozen=True)
class Haircut:
    """The shape of today's hair, in face coordinates.

    Attributes
    ----------
    style : str
        A key of `STYLES`, or "none" where hair is bald or hidden.
    volume : float
        How far the hair stands off the skull.
    end : float
        The y at which it ends at the sides.
    line : float
        The y of the hairline above the nose.
    parting : float
        The x of the parting.
    texture : ndarray or None
        Factor around 1, float32 (side, side).
    """

    style: str
    volume: float
    end: float
    line: float
    parting: float
    cover: float
    wave: float
    texture: np.ndarray | None


def haircut(canvas: Canvas, subject: Subject) -> Haircut:
    """Choose the haircut from what the person usually wears and what shows today."""
    person, shows, rng = subject.person, subject.shows, subject.rng("hair")
    hat = "Wearing_Hat" in shows
    usual = person.style if rng.random() < 0.8 else rng.random()
    shares = np.array([share[int(person.male)] for share in STYLES.values()])
    chosen = int((usual * shares.sum() >= np.cumsum(shares)).sum())
    style = list(STYLES)[min(chosen, len(STYLES) - 1)]
    if style == "crop" and "Wavy_Hair" in shows:
        style = "short"
    if style == "curly" and "Straight_Hair" in shows:
        style = "bob" if not person.male else "short"
    if hat and style in ("bun", "curly", "crop"):
        style = "long" if not person.male else "short"
    if "Bald" in shows or (hat and not _named(shows)):
        style = "none"
    volume, end = {
        "long": (0.03 + 0.05 * person.volume, 0.62),
        "bob": (0.035 + 0.05 * person.volume, rng.uniform(0.17, 0.31)),
        "curly": (0.06 + 0.075 * person.volume, rng.uniform(0.06, 0.22)),
        "bun": (0.018 + 0.015 * person.volume, rng.uniform(0.0, 0.04)),
        "short": (0.025 + 0.04 * person.volume, rng.uniform(-0.01, 0.05)),
        "crop": (0.01 + 0.012 * person.volume, rng.uniform(-0.03, 0.03)),
        "none": (0.0, 0.0),
    }[style]
    straight = "Straight_Hair" in shows
    if straight:
        volume *= 0.75
    if hat:
        volume = min(volume, 0.035)
    line = -0.205 + rng.uniform(-0.02, 0.018)
    wavy = "Wavy_Hair" in shows
    crown = canvas.place(np.array([(rng.normal(0, 0.04), -0.3)]))[0]
    if style == "curly":
        texture = curls(canvas.side, 1.5 if person.which < 0.5 else 3, 0.17, rng)
    elif style == "crop":
        texture = grain(canvas.side, 0.14, rng)
    elif style != "none":
        texture = strands(
            canvas.side, tuple(crown), rng.uniform(0.08, 0.2) * (1.3 if straight else 1), wavy, rng
        )
    else:
        texture = None
    return Haircut(
        style=style,
        volume=volume,
        end=end,
        line=line - (0.055 if "Receding_Hairline" in shows else 0.0),
        parting=rng.uniform(-0.12, 0.12),
        cover=rng.uniform(-0.005, 0.042) if style in ("long", "bob") else 0.0,
        wave=rng.uniform(0.008, 0.016) if wavy else (0.0 if straight or style == "crop" else 0.005),
        texture=texture,
    )


def _named(shows: frozenset[str]) -> bool:
    return not shows.isdisjoint(("Blond_Hair", "Black_Hair", "Brown_Hair", "Gray_Hair"))


def _contour(subject: Subject, cut: Haircut, rng: np.random.Generator) -> np.ndarray:
    """Return the outer contour from the right end over the crown to the left end."""
    wide, v = 0.228 * subject.person.width, cut.volume
    lower: list[tuple[float, float]]
    if cut.style in ("long", "bob"):
        flare = rng.uniform(-0.02, 0.05)
        lower = [
            (wide + v + flare * 0.6, cut.end),
            (wide + v + flare, cut.end * 0.72),
            (wide + v * 1.1 + flare * 0.5, cut.end * 0.4),
            (wide + v * 1.05, 0.02),
        ]
    elif cut.style == "curly":
        lower = [(wide + v * 0.5, cut.end + 0.02), (wide + v * 1.15, cut.end * 0.5)]
    else:
        lower = [(wide + v * 0.25, cut.end), (wide + v * 0.6, cut.end - 0.05)]
    top = [
        (wide + v * 0.95, -0.12),
        (0.195 + v * 0.85, -0.225),
        (0.115 + v * 0.55, -0.305 - v * 0.75),
    ]
    tilt = 0.25 * v * np.sign(cut.parting)
    right = np.array([*lower, *top]) + rng.normal(0, 0.005, (len(lower) + 3, 2))
    left = mirrored(np.array([*lower, *top]), -1) + rng.normal(0, 0.005, (len(lower) + 3, 2))
    crown = np.array([(0.02, -0.33 - v + tilt)])
    line = curve(np.concatenate([right, crown, left[::-1]]), closed=False, steps=7)
    if cut.wave and cut.style != "crop":
        bumps = 26 if cut.style == "curly" else 9
        size = 0.011 if cut.style == "curly" else cut.wave
        phase = np.linspace(0, bumps * np.pi, len(line)) + rng.uniform(0, 6)
        out = line - (0, -0.05)
        out /= np.hypot(out[:, :1], out[:, 1:]) + 1e-9
        line = line + out * (size * np.sin(phase) * rng.uniform(0.4, 1, len(line)))[:, None]
    return line


def draw_back_hair(canvas: Canvas, subject: Subject, cut: Haircut) -> None:
    """Paint the hair that lies behind the neck and the ears."""
    if cut.style == "none":
        return
    rng = subject.rng("hair")
    rng.random(40)
    dark = subject.hair * 0.62
    if cut.style == "bun":
        ring = np.linspace(0, 2 * np.pi, 14, endpoint=False)
        radius, x = rng.uniform(0.06, 0.095), rng.normal(0, 0.03)
        bun = np.column_stack([np.cos(ring), np.sin(ring) * 0.8]) * radius
        canvas.paint(
            canvas.patch(curve(shifted(bun, x, -0.355 - cut.volume)), 0.003),
            subject.hair * 0.85, texture=cut.texture,
        )  # fmt: skip
    canvas.paint(canvas.patch(_contour(subject, cut, rng), 0.004), dark, texture=cut.texture)


def draw_front_hair(canvas: Canvas, subject: Subject, cut: Haircut, face: np.ndarray) -> None:
    """Paint the hair over the face: cap, locks at the sides, fringe, parting, sheen."""
    if cut.style == "none":
        if "Bald" in subject.shows and "Wearing_Hat" not in subject.shows:
            _bald(canvas, subject, face)
        return
    rng = subject.rng("hair")
    rng.random(40)
    if cut.style == "bun":
        rng.uniform(), rng.normal()
    outer = _contour(subject, cut, rng)
    inner = _hairline(subject, cut, rng)
    cap = np.concatenate([outer, inner])
    shade = canvas.patch(shifted(cap, 0, 0.013), 0.011)
    canvas.paint(shade, subject.shadow, 0.5, within=face)
    soft = 0.006 if cut.style == "crop" else 0.0028
    canvas.paint(
        canvas.patch(cap, soft), subject.hair, 0.93 if cut.style == "crop" else 1.0, cut.texture
    )
    _sheen(canvas, subject, cut, rng)
    if "Bangs" in subject.shows:
        _fringe(canvas, subject, cut, face, rng)


def _hairline(subject: Subject, cut: Haircut, rng: np.random.Generator) -> np.ndarray:
    """Return the inner edge from the left end up over the forehead to the right end."""
    wide = 0.228 * subject.person.width
    receding = "Receding_Hairline" in subject.shows
    if receding:
        forehead = [(0.0, cut.line + 0.012), (0.075, cut.line - 0.015), (0.135, cut.line + 0.005)]
        temple = [(0.178, -0.19), (0.2, -0.115)]
    else:
        forehead = [(0.0, cut.line), (0.07, cut.line + 0.006), (0.13, cut.line + 0.03)]
        temple = [(0.172, -0.135), (0.2, -0.075)]
    if cut.style in ("long", "bob"):
        edge = wide - cut.cover
        side = [
            (edge, 0.0),
            (edge + 0.006, 0.12),
            (edge - 0.02 * (cut.end > 0.4), 0.27),
            (edge - 0.05, cut.end),
        ]
        side = [point for point in side if point[1] < cut.end - 0.03 or point[1] == cut.end]
    elif cut.style == "curly":
        side = [(wide - 0.012, -0.01), (wide + 0.004, cut.end)]
    elif cut.style == "bun":
        side = [(wide - 0.016, -0.03), (wide - 0.004, cut.end)]
    else:
        side = [(wide - 0.02, -0.03), (wide - 0.016, cut.end)]
    right = np.array([*forehead, *temple, *side])
    left = mirrored(right[1:], -1)
    line = np.concatenate([left[::-1], right]) + rng.normal(0, 0.003, (2 * len(right) - 1, 2))
    if not receding and cut.style not in ("bun", "crop"):
        # Combed from the parting: the forehead shows more on its side.
        pull = np.exp(-0.5 * ((line[:, 0] - cut.parting) / 0.05) ** 2) * (line[:, 1] < -0.15)
        line[:, 1] -= 0.035 * pull
    return curve(line, closed=False, steps=5)


def _sheen(canvas: Canvas, subject: Subject, cut: Haircut, rng: np.random.Generator) -> None:
    hair = subject.hair
    light = np.clip(hair + (1 - hair) * 0.22 * (0.5 + hair), 0, 1)
    v = cut.volume
    if cut.style not in ("crop", "curly"):
        arc = [(-0.19, -0.18), (-0.11, -0.262 - v * 0.4), (0, -0.29 - v * 0.5),
               (0.11, -0.262 - v * 0.4), (0.19, -0.18)]  # fmt: skip
        band = canvas.patch(ribbon(arc, [0.008, 0.024, 0.032, 0.024, 0.008]), 0.012)
        above = 0.6 if "Receding_Hairline" not in subject.shows else 0.25
        canvas.paint(band, light, above * rng.uniform(0.3, 1), cut.texture)
        if "Receding_Hairline" not in subject.shows and cut.style != "bun" and rng.random() < 0.6:
            x = cut.parting
            line = [(x, cut.line - 0.03), (x * 0.85, -0.29), (x * 0.7, -0.325 - v * 0.7)]
            canvas.fill(ribbon(line, [0.009, 0.006, 0.003]), hair * 0.5, 0.75, 0.002)
    roots = hair * 0.72
    for side in (-1, 1):
        canvas.glow((side * 0.238, 0.1), (0.02, 0.12), roots, 0.35 if cut.end > 0.15 else 0.0)


def _fringe(
    canvas: Canvas, subject: Subject, cut: Haircut, face: np.ndarray, rng: np.random.Generator
) -> None:
    wide = 0.2 * subject.person.width
    low = rng.uniform(-0.1, -0.066)
    sweep = rng.uniform(-0.05, 0.05)
    x = np.linspace(wide, -wide, 15)
    edge = low + sweep * x / wide - 0.035 * (np.abs(x) / wide) ** 3 * rng.uniform(-0.3, 1)
    edge += 0.011 * np.where(np.arange(15) % 2, 1, -1) * rng.uniform(0.2, 1, 15)
    top = [(-wide - 0.008, -0.15), (-0.14, -0.245), (0, cut.line - 0.06), (0.14, -0.245),
           (wide + 0.008, -0.15)]  # fmt: skip
    outline = np.concatenate([np.column_stack([x, edge]), np.array(top)])
    canvas.paint(canvas.patch(shifted(outline, 0, 0.012), 0.009), subject.shadow, 0.5, within=face)
    canvas.paint(canvas.patch(outline, 0.0025), subject.hair * 0.95, texture=cut.texture)
    tips = np.column_stack([x, edge - 0.016])
    canvas.fill(ribbon(tips, np.full(15, 0.014), 2), subject.hair * 0.78, 0.35, 0.006)


def _bald(canvas: Canvas, subject: Subject, face: np.ndarray) -> None:
    """Paint a bald head: perhaps a rim of short hair at the sides, and a shine on top."""
    rng = subject.rng("hair")
    colour = mix(subject.hair, subject.shadow, 0.35)
    canvas.glow((rng.normal(0, 0.05), -0.245), (0.07, 0.03), subject.gleam, 0.55, face)
    if rng.random() < 0.65:
        wide = 0.232 * subject.person.width
        rim = [(wide - 0.02, 0.0), (wide + 0.01, -0.03), (wide + 0.004, -0.13),
               (wide - 0.035, -0.18), (wide - 0.026, -0.08)]  # fmt: skip
        bristles = grain(canvas.side, 0.2, rng)
        for side in (-1, 1):
            canvas.paint(canvas.patch(curve(mirrored(rim, side)), 0.007), colour, 0.7, bristles)
