"""The moving average of a network's weights over the steps of its training."""

from __future__ import annotations

import keras
import numpy as np

__all__ = ["EVERY", "Average"]

#: Most steps between two looks at the weights: in so few they hardly move, and each look copies
#: them.
EVERY = 4


class Average:
    """The exponential moving average of all weights, statistics of batch norms included.

    Averaged weights lie where the steps wander around, and are flatter and steadier than those
    of any single step. Early on it forgets faster than its decay says, so that the first,
    untrained weights do not linger: after step n it is at most (1 + n) / (10 + n).

    Parameters
    ----------
    network : keras.Model
        Whose weights are averaged; the average begins with those that it has now.
    decay : float
        Of one step, above 0 and below 1.

    References
    ----------
    Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", SIAM J. Control
    and Optimization 30(4), 1992. The start is that of TensorFlow's ``ExponentialMovingAverage``.

    Attributes
    ----------
    weights : list of ndarray, float32
        In the order of ``network.weights``.
    """

    def __init__(self, network: keras.Model, decay: float) -> None:
        self._network = network
        self._decay = decay
        self._steps = self._seen = 0
        self.weights = _copies(network)

    def begin(self, steps: int) -> None:
        """Say how many steps are done; after a resume the average cannot know."""
        self._steps = self._seen = steps

    def step(self) -> None:
        """Hear of a step of the training; every few, take the weights in."""
        self._steps += 1
        if self._steps - self._seen >= EVERY:
            self.look()

    def look(self) -> None:
        """Take the weights in, for all steps since the last look."""
        since, self._seen = self._steps - self._seen, self._steps
        decay = min(self._decay, (1 + self._steps) / (10 + self._steps)) ** since
        for mean, weight in zip(self.weights, self._network.weights, strict=True):
            mean += np.float32(1 - decay) * (np.asarray(weight.numpy(), np.float32) - mean)


def _copies(network: keras.Model) -> list[np.ndarray]:
    return [np.array(weight.numpy(), dtype=np.float32) for weight in network.weights]
