"""What the grid shows of each face: its name, label, score and group, and what people said."""

from __future__ import annotations

import numpy as np

from dashboard.widgets.face_grid import Tile
from softbio.audit.browsing import Browser
from softbio.faces.reviews import Reviews
from softbio.faces.tags import Tags

__all__ = ["RIGHT", "WRONG", "tiles_of"]

#: Told apart by people with any colour vision, 3:1 against both backgrounds; a wrong one has a ✕ too.
RIGHT, WRONG = "#159b77", "#d1381a"


def tiles_of(browser: Browser, rows: np.ndarray, tags: Tags, reviews: Reviews) -> list[Tile]:
    """Return a tile for each of `rows`."""
    known = browser.known
    names = known.filename.iloc[rows].tolist()
    said = _tagged(tags, rows)
    agreed = reviews.labels()[rows]
    score, prediction = known.score, known.prediction
    tiles = []
    for place, row in enumerate(rows):
        label, group = int(known.label[row]), int(known.group[row])
        who = known.groups[group] if group >= 0 else "group unknown"
        given = f"label {label}" if label >= 0 else "no label"
        short = [f"{who} {label}" if label >= 0 else who]
        long = [who, given]
        edge = mark = ""
        if score is not None and prediction is not None and not np.isnan(score[row]):
            short.append(_short(float(score[row])))
            long.append(f"score {score[row]:.3f}, predicted {prediction[row]}")
            if label >= 0 and prediction[row] >= 0:
                right = label == prediction[row]
                edge, mark = (RIGHT, "") if right else (WRONG, "✕")
                long.append("right" if right else "wrong")
        about = said[place]
        if agreed[place] >= 0:
            about = [f"should be {agreed[place]}", *about]
        elif agreed[place] == -2:
            about = ["reviewers disagree", *about]
        caption = "\n".join(
            [names[place], "\u2009·\u2009".join(short), *([", ".join(about)] if about else [])]
        )
        alt = f"{names[place]}: {', '.join([*long, *about])}"
        tiles.append(Tile(int(row), alt, caption, edge, mark))
    return tiles


def _short(score: float) -> str:
    """Write a score in three characters, since tiles are narrow."""
    return "1.0" if score >= 0.995 else f"{score:.2f}".removeprefix("0")


def _tagged(tags: Tags, rows: np.ndarray) -> list[list[str]]:
    """Return the words that people say hold of each face; of a no, the word with not."""
    said: list[list[str]] = [[] for _ in rows]
    for word in tags.words():
        values = tags.values(word)[rows]
        for place in np.flatnonzero(values >= 0):
            said[place].append(word if values[place] else f"not {word}")
    return said
