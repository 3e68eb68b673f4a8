"""Optimizers of Keras with which some variables learn at a share of the rate.

Keras has one rate for all. A factor on gradients would do nothing with Adam, which divides by their
size: the rate itself has to be another.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

__all__ = ["slower_kind"]


@cache
def slower_kind(kind: Any) -> Any:
    """Return a kind of optimizer that is `kind` and can slow variables down.

    Its method ``slow(variables, share)`` is called once it is built: steps and weight decay of
    these variables then take the rate times `share`.
    """

    class Slower(kind):
        weight_decay: Any

        def slow(self, variables: Sequence[Any], share: float) -> None:
            self._slowed = frozenset(self._var_key(variable) for variable in variables)
            self._slow_share = share

        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            if self._var_key(variable) in self._slowed:
                learning_rate = learning_rate * self._slow_share
            super().update_step(gradient, variable, learning_rate)

        def _apply_weight_decay(self, variables: Sequence[Any]) -> None:
            slowed = [each for each in variables if self._var_key(each) in self._slowed]
            others = [each for each in variables if self._var_key(each) not in self._slowed]
            super()._apply_weight_decay(others)
            decay = self.weight_decay
            if decay is None:
                return
            self.weight_decay = decay * self._slow_share
            try:
                super()._apply_weight_decay(slowed)
            finally:
                self.weight_decay = decay

    Slower.__name__ = Slower.__qualname__ = f"Slower{kind.__name__}"
    return Slower
