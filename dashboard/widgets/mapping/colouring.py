"""What the points of a map are coloured by: a few classes, or a number from low to high."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dashboard.theme import GROUP_COLOURS
from dashboard.widgets.audit.context import Audit
from softbio.faces.faceset import FaceSet

__all__ = ["Colouring", "colourings"]

_GREY = "#8b929c"
_YES, _NO = GROUP_COLOURS[0], GROUP_COLOURS[1]
_SPLITS = ("train", "val", "val_select", "val_fit", "test", "unlabelled")
_STEPS = 255

#: Viridis (van der Walt and Smith 2015): even steps to the eye, for any colour vision; without its
#: darkest part, which cannot be seen on a dark page.
_VIRIDIS = (
    "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Colouring:
    """A colour for every face of a set.

    Attributes
    ----------
    title : str
    code : ndarray, shape (N,), uint8
        Index into `palette`.
    palette : tuple of str
        Colours as ``#rrggbb``.
    names : tuple of str
        Of the classes; empty for a number.
    ramp : (str, str) or None
        What stands at the ends of a number's colours.
    """

    title: str
    code: np.ndarray
    palette: tuple[str, ...]
    names: tuple[str, ...] = ()
    ramp: tuple[str, str] | None = None


def colourings(audit: Audit) -> dict[str, Callable[[], Colouring]]:
    """Return everything that the faces of a page can be coloured by, by name; made when called."""
    faces = audit.faces
    found: dict[str, Callable[[], Colouring]] = {
        "label": lambda: _truth("Label", faces.labels()),
        faces.group_column: lambda: _groups(faces),
        "split": lambda: _split(faces),
    }
    if audit.run is not None and audit.predictions is not None:
        found["error"] = lambda: _error(audit)
        found["prediction"] = lambda: _truth("Predicted", _prediction(audit))
        found["score"] = lambda: _number("Score", _scores(audit), 0.0, 1.0)
        found["suspicion"] = lambda: _suspicion(audit)
    for name in audit.traits.names:
        if name not in found:
            found[name] = lambda name=name: _truth(name, _trait(audit, name))  # type: ignore[misc]
    return found


def _classes(
    title: str, code: np.ndarray, names: tuple[str, ...], palette: tuple[str, ...]
) -> Colouring:
    """Leave out the classes that nobody is in."""
    there = np.bincount(code, minlength=len(names)) > 0
    place = np.cumsum(there) - 1
    return Colouring(
        title,
        place[code].astype(np.uint8),
        tuple(colour for colour, one in zip(palette, there, strict=True) if one),
        tuple(name for name, one in zip(names, there, strict=True) if one),
    )


def _truth(title: str, values: np.ndarray) -> Colouring:
    code = np.where(values < 0, 2, values).astype(np.int64)
    return _classes(title, code, ("0", "1", "not known"), (_NO, _YES, _GREY))


def _groups(faces: FaceSet) -> Colouring:
    names = (*faces.group_names.values(), "not known")
    code = faces.group_index()
    palette = tuple(GROUP_COLOURS[at % len(GROUP_COLOURS)] for at in range(len(names) - 1))
    return _classes(
        faces.group_column.capitalize(),
        np.where(code < 0, len(names) - 1, code),
        names,
        (*palette, _GREY),
    )


def _split(faces: FaceSet) -> Colouring:
    order = {name: at for at, name in enumerate(_SPLITS)}
    code = faces.table["split"].map(order).to_numpy(dtype=np.int64)
    names = ("training", "validation", "validation", "refit half", "test", "unlabelled")
    palette = (_GREY, *(GROUP_COLOURS[at] for at in (1, 1, 2, 0, 3)))
    return _classes("Split", code, names, palette)


def _scores(audit: Audit) -> np.ndarray:
    assert audit.predictions is not None
    return audit.predictions.frame["score"].to_numpy(dtype=np.float64, na_value=np.nan)


def _prediction(audit: Audit) -> np.ndarray:
    """Return what the rule predicts: 0, 1, −1 where it cannot tell."""
    assert audit.rule is not None
    score = _scores(audit).astype(np.float32)
    group, names = audit.faces.group_index(), tuple(audit.faces.group_names.values())
    told = ~np.isnan(score) & ((group >= 0) | (not audit.rule.needs_group))
    found = np.full(len(score), -1, dtype=np.int8)
    if told.any():
        found[told] = audit.rule.predict(score[told], group[told], names)
    return found


def _error(audit: Audit) -> Colouring:
    label, prediction = audit.faces.labels(), _prediction(audit)
    code = np.full(len(label), 3, dtype=np.int64)
    known = (label >= 0) & (prediction >= 0)
    code[known] = np.where(label == prediction, 0, np.where(prediction == 1, 1, 2))[known]
    names = ("right", "false positive", "false negative", "not known")
    return _classes("Error", code, names, ("#a9b0ba", _YES, _NO, "#5b626c"))


def _trait(audit: Audit, name: str) -> np.ndarray:
    return np.asarray(audit.traits.values[name])


def _suspicion(audit: Audit) -> Colouring:
    suspicion = np.full(len(audit.faces), np.nan)
    if (audited := audit.audited) is not None:
        suspicion[audited.rows] = audited.issues.suspicion
    return _number("Label suspect", suspicion, 0.0, 1.0)


def _number(title: str, values: np.ndarray, low: float, high: float) -> Colouring:
    steps = np.linspace(0, len(_VIRIDIS) - 1, _STEPS)
    channels = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in _VIRIDIS])
    mixed = np.stack(
        [np.interp(steps, np.arange(len(_VIRIDIS)), channels[:, at]) for at in range(3)], axis=1
    )
    palette = tuple("#" + "".join(f"{round(one):02x}" for one in colour) for colour in mixed)
    unit = np.clip((values - low) / (high - low), 0, 1)
    code = np.where(np.isnan(unit), _STEPS, np.rint(unit * (_STEPS - 1)))
    return Colouring(
        title, code.astype(np.uint8), (*palette, _GREY), ramp=(f"{low:g}", f"{high:g}")
    )
