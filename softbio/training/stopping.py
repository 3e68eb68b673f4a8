"""Which epoch is best, and when training ends before its time."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from softbio.config import EarlyStopping

__all__ = ["Stopping"]


@dataclass(frozen=True)
class Stopping:
    """What has been seen of the watched validation figure.

    Attributes
    ----------
    best_value : float or None
        Best figure so far; None before the first that is defined.
    best_epoch : int
        Its epoch, from 1; 0 before.
    waited : int
        Epochs since.
    """

    best_value: float | None = None
    best_epoch: int = 0
    waited: int = 0

    def after(self, epoch: int, value: float, config: EarlyStopping) -> Stopping:
        """Return the state after an epoch whose watched figure is `value`.

        An undefined figure (NaN) is no better than any; an equal one is not better. While it was
        never defined there is nothing to wait for.

        Examples
        --------
        >>> watch = EarlyStopping(monitor="loss", patience=1)
        >>> Stopping().after(1, 0.5, watch).after(2, 0.6, watch)
        Stopping(best_value=0.5, best_epoch=1, waited=1)
        """
        if math.isnan(value) and self.best_value is None:
            return self
        if math.isnan(value) or (self.best_value is not None and not self._better(value, config)):
            return replace(self, waited=self.waited + 1)
        return Stopping(value, epoch, 0)

    def ends(self, config: EarlyStopping) -> bool:
        """Return whether training ends here."""
        return config.patience is not None and self.waited >= config.patience

    def kept_epoch(self, epoch: int, config: EarlyStopping) -> int:
        """Return the epoch whose weights are kept when `epoch` is the last that was trained."""
        return self.best_epoch if config.restore_best and self.best_epoch else epoch

    def _better(self, value: float, config: EarlyStopping) -> bool:
        assert self.best_value is not None
        return value < self.best_value if config.monitor == "loss" else value > self.best_value
