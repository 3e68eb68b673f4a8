"""Draw faces: the parts in the order in which they cover each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from softbio.errors import DataError
from softbio.faces.synthetic.adornments import draw_earrings, draw_hat
from softbio.faces.synthetic.beard import draw_beard
from softbio.faces.synthetic.canvas import Canvas, draw_pose
from softbio.faces.synthetic.eyes import draw_brows, draw_eyes
from softbio.faces.synthetic.finish import light, photograph
from softbio.faces.synthetic.frequencies import ATTRIBUTES
from softbio.faces.synthetic.glasses import draw_glasses
from softbio.faces.synthetic.hair import draw_back_hair, draw_front_hair, haircut
from softbio.faces.synthetic.head import draw_face, draw_neck
from softbio.faces.synthetic.mouth import draw_cheeks, draw_mouth
from softbio.faces.synthetic.palette import HAIR, hair_colour
from softbio.faces.synthetic.people import draw_person
from softbio.faces.synthetic.subject import Subject
from softbio.faces.synthetic.surroundings import draw_background, draw_clothes

__all__ = ["draw_faces"]


def draw_faces(table: pd.DataFrame, seed: int, size: int = 80, start: int = 0) -> np.ndarray:
    """Draw the photographs of rows of the table that `draw_attributes` gave.

    A face depends on `seed`, its row number, its identity and its attributes only, so
    workers that draw chunks make the same bytes as one pass over the whole table.

    Parameters
    ----------
    table : DataFrame, n rows
        ``identity`` and the columns of `ATTRIBUTES`; the label columns are never read.
    seed : int
        The seed of `draw_attributes`.
    size : int
        Side of the pictures in pixels, at least 16.
    start : int
        Row number of the table's first row in the whole table.

    Returns
    -------
    ndarray, shape (n, size, size, 3), uint8, RGB

    Raises
    ------
    DataError
        If a column is missing.
    """
    missing = [name for name in ("identity", *ATTRIBUTES) if name not in table]
    if missing:
        raise DataError(f"The table of synthetic faces lacks the column `{missing[0]}`.")
    ticked = table[list(ATTRIBUTES)].to_numpy(dtype=bool)
    names = np.array(ATTRIBUTES)
    faces = np.empty((len(table), size, size, 3), dtype=np.uint8)
    for row, identity in enumerate(table["identity"]):
        shows = frozenset(names[ticked[row]].tolist())
        faces[row] = _draw_face(seed, start + row, int(identity), shows, size)
    return faces


def _draw_face(seed: int, row: int, identity: int, shows: frozenset[str], size: int) -> np.ndarray:
    person = draw_person(seed, identity, "Male" in shows)
    key = int(np.random.SeedSequence([seed, 6, row]).generate_state(1, np.uint64)[0])
    subject = Subject(person, shows, np.zeros(3), key)
    subject = replace(subject, hair=_hair_today(subject))
    canvas = Canvas(2 * size, draw_pose(subject.rng("pose")))
    cut = haircut(canvas, subject)
    draw_background(canvas, subject)
    draw_back_hair(canvas, subject, cut)
    draw_neck(canvas, subject)
    draw_clothes(canvas, subject)
    face = draw_face(canvas, subject)
    draw_cheeks(canvas, subject, face)
    draw_beard(canvas, subject, face)
    draw_mouth(canvas, subject, face)
    draw_eyes(canvas, subject)
    draw_brows(canvas, subject)
    draw_front_hair(canvas, subject, cut, face)
    if "Wearing_Hat" in shows:
        draw_hat(canvas, subject, face)
    if "Eyeglasses" in shows:
        draw_glasses(canvas, subject)
    if "Wearing_Earrings" in shows:
        draw_earrings(canvas, subject)
    light(canvas, subject)
    return photograph(canvas, subject, size)


def _hair_today(subject: Subject) -> np.ndarray:
    """Return the hair's colour: the person's shade, a little different on each photograph."""
    person, shows, rng = subject.person, subject.shows, subject.rng("colour")
    category = next((name for name in HAIR if name in shows), "")
    if "Bald" in shows:
        category = "Gray_Hair" if "Young" not in shows else "Brown_Hair"
    today = float(np.clip(person.shade + rng.normal(0, 0.12), 0, 1))
    colour = hair_colour(category, today, person.which) + rng.normal(0, 0.012, 3)
    return np.clip(colour, 0.02, 0.97)
