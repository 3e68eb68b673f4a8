"""Change: a figure before and after, and how sure its change is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Change"]


@dataclass(frozen=True, eq=False)
class Change:
    """Figures of the baseline and of the new run on the same faces.

    Attributes
    ----------
    before, after : ndarray or float
        NaN where undefined.
    change : ndarray or float
        ``after - before``.
    low, high : ndarray or float
        The interval of the change; NaN where there is none.
    """

    before: Any
    after: Any
    change: Any
    low: Any
    high: Any

    @classmethod
    def of(cls, before: Any, after: Any, low: Any, high: Any) -> Change:
        """Return a Change whose interval holds the change that was observed."""
        change = np.asarray(after - before, dtype=np.float64)
        # Infinite before and after (a ratio over 0) leave no difference.
        change = np.where(np.isfinite(change), change, np.nan)
        ends = np.minimum(low, change), np.maximum(high, change)
        parts = [np.asarray(part, dtype=np.float64) for part in (before, after, change, *ends)]
        return cls(*(part if part.ndim else float(part) for part in parts))

    def __getitem__(self, index: Any) -> Change:
        """Return one of several figures."""
        parts = (self.before, self.after, self.change, self.low, self.high)
        chosen = [np.asarray(part)[index] for part in parts]
        return Change(*(part if part.ndim else float(part) for part in chosen))

    def scaled(self, factor: float) -> Change:
        """Return the change of `factor` times the figure; a negative one swaps the ends."""
        low, high = self.low * factor, self.high * factor
        if factor < 0:
            low, high = high, low
        return Change(self.before * factor, self.after * factor, self.change * factor, low, high)

    def shifted(self, by: float) -> Change:
        """Return the change of the figure plus `by`: the same."""
        return Change(self.before + by, self.after + by, self.change, self.low, self.high)

    def entry(self) -> dict[str, float | None]:
        """Return a single figure as plain data; what is undefined or infinite is None."""
        parts = {
            "before": self.before,
            "after": self.after,
            "change": self.change,
            "low": self.low,
            "high": self.high,
        }
        return {
            name: float(value) if math.isfinite(value) else None for name, value in parts.items()
        }
