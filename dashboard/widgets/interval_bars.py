"""Interval bars: values with what they may as well be, on one axis, as nodes of plain CSS."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard.widgets.nodes import Node, node

__all__ = ["BARS_STYLE", "Axis", "Mark", "axis_of", "bars"]

BARS_STYLE = """
.bars { position: relative; display: block; min-width: 7rem; padding: 1px 0; }
.bars .lane { position: relative; display: block; height: 10px; }
.bars .lane b, .bars .lane i, .bars .lane u, .bars .zero { position: absolute; display: block; }
.bars .lane b { height: 4px; top: 3px; border-radius: 2px; opacity: 0.45; min-width: 1px;
  background: var(--edge, var(--st-text-color)); }
.bars .lane i { width: 3px; height: 10px; margin-left: -1.5px; border-radius: 1.5px;
  background: var(--edge, var(--st-text-color)); }
.bars .lane u { width: 7px; height: 7px; margin-left: -4.5px; top: 0.5px; border-radius: 50%;
  border: 1px solid var(--st-gray-text-color); }
.bars .zero { width: 1px; top: 0; bottom: 0; background: var(--st-gray-text-color); opacity: 0.7; }
.bars .ends { display: flex; justify-content: space-between; font-size: 0.68rem; line-height: 1;
  color: var(--st-gray-text-color); border-top: 1px solid var(--st-border-color);
  padding-top: 2px; font-variant-numeric: tabular-nums; }
@media (prefers-reduced-motion: no-preference) {
  .bars .lane b, .bars .lane i { transition: left 90ms linear, width 90ms linear; }
}
"""

#: Axes begin and end at multiples of this, so that they do not twitch while a slider moves.
_STEP = 0.05


@dataclass(frozen=True)
class Mark:
    """A value on an axis.

    Attributes
    ----------
    value, low, high : float
        NaN where undefined.
    colour : str
        A CSS colour; empty: the text's.
    ghost : float
        What it was before; NaN: unknown.
    """

    value: float
    low: float = math.nan
    high: float = math.nan
    colour: str = ""
    ghost: float = math.nan


@dataclass(frozen=True)
class Axis:
    """Where an axis begins and ends, and how its ends are written."""

    start: float
    stop: float
    names: tuple[str, str]

    def place(self, value: float) -> float:
        """Return where `value` lies, in percent of the axis, in 0 … 100."""
        share = (value - self.start) / (self.stop - self.start)
        return round(100 * min(1.0, max(0.0, share)), 2)


def axis_of(marks: Iterable[Mark], unit: str, *, signed: bool = False) -> Axis:
    """Return an axis that holds all marks, their intervals and what they were.

    Parameters
    ----------
    unit : {"share", "number", "faces"}
    signed : bool
        Whether the values are differences: the axis then has 0 in its middle.
    """
    values = [
        value
        for mark in marks
        for value in (mark.value, mark.low, mark.high, mark.ghost)
        if math.isfinite(value)
    ]
    step = _STEP if unit == "share" else _nice(max(map(abs, values), default=1.0))
    if signed:
        reach = max(step, step * math.ceil(max(map(abs, values), default=0.0) / step - 1e-9))
        return Axis(-reach, reach, (_end(-reach, unit), _end(reach, unit)))
    start = step * math.floor(min(values, default=0.0) / step + 1e-9)
    stop = step * math.ceil(max(values, default=1.0) / step - 1e-9)
    if stop - start < 2 * step:
        stop = start + 2 * step
    if unit == "share" and stop > 1:
        start, stop = min(start, 1 - 2 * step), 1.0
    return Axis(start, stop, (_end(start, unit), _end(stop, unit)))


def bars(marks: Sequence[Mark], axis: Axis, *, ends: bool = True) -> Node:
    """Return a picture of the marks, a lane each; numbers beside it say the same in text."""
    lanes: list[Node] = []
    for mark in marks:
        style = f"--edge:{mark.colour}" if mark.colour else None
        inside: list[Node] = []
        if math.isfinite(mark.low) and math.isfinite(mark.high):
            left, right = axis.place(mark.low), axis.place(mark.high)
            inside.append(node("b", {"style": f"left:{left}%;width:{round(right - left, 2)}%"}))
        if math.isfinite(mark.ghost) and mark.ghost != mark.value:
            inside.append(node("u", {"style": f"left:{axis.place(mark.ghost)}%"}))
        if math.isfinite(mark.value):
            inside.append(node("i", {"style": f"left:{axis.place(mark.value)}%"}))
        lanes.append(node("span", {"class": "lane", "style": style}, *inside))
    if axis.start < 0 < axis.stop:
        lanes.append(node("span", {"class": "zero", "style": f"left:{axis.place(0.0)}%"}))
    if ends:
        names = [node("span", {}, name) for name in axis.names]
        lanes.append(node("span", {"class": "ends"}, *names))
    return node("span", {"class": "bars", "aria-hidden": "true"}, *lanes)


def _nice(largest: float) -> float:
    """Return a step of 1, 2 or 5 times a power of ten, about a fifth of `largest`."""
    rough = max(largest, 1e-9) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * each for each in (1, 2, 5, 10) if power * each >= rough * 0.999)


def _end(value: float, unit: str) -> str:
    shown = 100 * value if unit == "share" else value
    return f"{shown:.4g}".replace("-", "−")
