"""Trainer: a network with its loss and optimizer, stepped batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from softbio.config import TrainConfig
from softbio.networks.architectures import build
from softbio.networks.losses import ConfiguredLoss
from softbio.networks.optimizers import learning_rate_at, make_optimizer

__all__ = ["Trainer", "forward"]


class Trainer:
    """A network in training.

    Every draw that it makes follows from the config's seed: the first weights
    from the seed alone, dropout from the seed and the epoch.

    Parameters
    ----------
    config : TrainConfig
    size : int
        Side of the images in pixels.
    precision : {"float32", "mixed_bfloat16"}
    steps : int
        Steps in an epoch.
    """

    def __init__(self, config: TrainConfig, size: int, precision: str, steps: int) -> None:
        keras.utils.set_random_seed(config.seed)
        self._config = config
        self._steps = steps
        self.model = build(config.network, size, precision)
        self.model.compile(
            optimizer=make_optimizer(config.optimizer, config.epochs, steps),
            loss=ConfiguredLoss(config.loss),
            jit_compile=keras.backend.backend() == "jax",
        )
        self.model.optimizer.build(self.model.trainable_variables)

    def begin_epoch(self, epoch: int) -> None:
        """Set the random state of `epoch` (from 1)."""
        draws = np.random.default_rng((self._config.seed, epoch, 1))
        for generator in _seed_generators(self.model):
            state = draws.integers(0, 2**31, size=generator.state.shape)
            generator.state.assign(state.astype(generator.state.dtype))

    def step(self, pixels: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> float:
        """Train on one batch and return its loss before the step.

        Parameters
        ----------
        pixels : ndarray, shape (b, H, W, 3), uint8
        labels, weights : ndarray, shape (b,), float32
        """
        return float(
            self.model.train_on_batch(pixels, labels[:, None], sample_weight=weights[:, None])
        )

    def learning_rate(self, epoch: int) -> float:
        """Return the learning rate of the last step of `epoch` (from 1)."""
        config = self._config
        return learning_rate_at(
            config.optimizer, config.epochs, self._steps, epoch * self._steps - 1
        )

    def losses(self, labels: np.ndarray, logits: np.ndarray) -> np.ndarray:
        """Return the unweighted loss of each face, shape (n,), of labels and logits (n,)."""
        if not len(labels):
            return np.zeros(0, dtype=np.float32)
        loss = self.model.loss.call(labels.astype(np.float32), logits.astype(np.float32))
        return np.asarray(keras.ops.convert_to_numpy(loss))

    def weights(self) -> list[np.ndarray]:
        """Return the network's weights, batch-norm statistics included."""
        return [np.asarray(array) for array in self.model.get_weights()]

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """Put weights in that `weights` returned."""
        self.model.set_weights(weights)

    def optimizer_state(self) -> list[np.ndarray]:
        """Return the optimizer's variables, the count of its steps included."""
        return [np.asarray(variable.numpy()) for variable in self.model.optimizer.variables]

    def set_optimizer_state(self, state: list[np.ndarray]) -> None:
        """Put variables in that `optimizer_state` returned."""
        for variable, value in zip(self.model.optimizer.variables, state, strict=True):
            variable.assign(value)


def forward(model: keras.Model, batches: Iterator[np.ndarray], size: int) -> Iterator[Any]:
    """Yield the model's outputs for each batch of pixels.

    Parameters
    ----------
    model : keras.Model
    batches : iterator of ndarray, shape (b, H, W, 3), uint8
        With ``b ≤ size``.
    size : int
        Every batch is filled up to it with black faces, whose outputs are left
        out: one shape means that the network is compiled once.
    """
    for pixels in batches:
        count = len(pixels)
        if count < size:
            padding = np.zeros((size - count, *pixels.shape[1:]), dtype=np.uint8)
            pixels = np.concatenate([pixels, padding])
        outputs = model.predict_on_batch(pixels)
        if isinstance(outputs, list | tuple):
            yield [output[:count] for output in outputs]
        else:
            yield outputs[:count]


def _seed_generators(model: keras.Model) -> list[Any]:
    found = (getattr(layer, "seed_generator", None) for layer in model.layers)
    return [generator for generator in found if generator is not None]
