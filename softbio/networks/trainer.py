"""Trainer: a network with its loss and optimizer, stepped batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import keras
import numpy as np

from softbio.config import TrainConfig
from softbio.networks.architectures import build
from softbio.networks.averaging import Average
from softbio.networks.learner import Learner
from softbio.networks.mirrored import as_scored
from softbio.networks.optimizers import learning_rate_at, make_optimizer
from softbio.networks.stages import Stages

__all__ = ["State", "Trainer", "TrainingBatch", "forward"]

#: All that the next step depends on, by name.
State = dict[str, list[np.ndarray]]


class TrainingBatch(Protocol):
    """What a step trains on, as `softbio.training.batches.Batch` is."""

    @property
    def pixels(self) -> np.ndarray:
        """Shape (b, H, W, 3), uint8."""

    @property
    def labels(self) -> np.ndarray:
        """Shape (b,), float32, 0 to 1."""

    @property
    def weights(self) -> np.ndarray:
        """Shape (b,), float32."""

    @property
    def group(self) -> np.ndarray:
        """Shape (b,), int: index into the groups."""


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
    groups : sequence of str
        Names of the groups that batches index.

    Attributes
    ----------
    model : keras.Model
        The network as it is trained.
    scorer : keras.Model
        The same network as it scores: with the mirror image where the config asks for it.

    Raises
    ------
    ConfigError
        If the loss names a group that is not among `groups`.
    """

    def __init__(
        self,
        config: TrainConfig,
        size: int,
        precision: str,
        steps: int,
        groups: Sequence[str],
    ) -> None:
        keras.utils.set_random_seed(config.seed)
        self._config = config
        self._steps = steps
        self.model = build(config.network, size, precision)
        self._learner = Learner(self.model, config, groups)
        self._stages = Stages(self.model, config.network)
        self._enter(1)
        self.model.jit_compile = _compiled()
        self.scorer = as_scored(self.model, config)
        self.scorer.jit_compile = _compiled()
        decay = config.optimizer.ema
        self._average = Average(self.model, decay) if decay else None

    def begin_epoch(self, epoch: int) -> None:
        """Set the random state of `epoch` (from 1), and what learns in it."""
        self._enter(epoch)
        draws = np.random.default_rng((self._config.seed, epoch, 1))
        for generator in _seed_generators(self.model):
            state = draws.integers(0, 2**31, size=generator.state.shape)
            generator.state.assign(state.astype(generator.state.dtype))
        if self._average is not None:
            self._average.begin((epoch - 1) * self._steps)

    def _enter(self, epoch: int) -> None:
        self._epoch = epoch
        if not self._stages.enter(epoch):
            return
        config, begins = self._config, self._stages.begins_at(epoch)
        self._learner.compile(
            optimizer=make_optimizer(
                config.optimizer,
                config.epochs,
                self._steps,
                begins_at=(begins - 1) * self._steps,
                variables=self._learner.trainable_variables,
                slower=self._stages.slower,
                share=config.network.body_rate,
            ),
            loss=self._learner.face_loss,
            jit_compile=_compiled(),
        )

    def step(self, batch: TrainingBatch) -> float:
        """Train on one batch and return its loss before the step."""
        loss = float(
            self._learner.train_on_batch(
                batch.pixels, _targets(batch.labels, batch.group), sample_weight=batch.weights
            )
        )
        if self._average is not None:
            self._average.step()
        return loss

    @contextmanager
    def judged(self) -> Iterator[None]:
        """Give the network the weights that are validated and kept, while the block lasts.

        They are those of the last step, or their moving average where the config has one.
        """
        if self._average is None:
            yield
            return
        self._average.look()
        own = self.weights()
        self.set_weights(self._average.weights)
        try:
            yield
        finally:
            self.set_weights(own)

    def learning_rate(self, epoch: int) -> float:
        """Return the learning rate of the last step of `epoch` (from 1)."""
        config = self._config
        return learning_rate_at(
            config.optimizer, config.epochs, self._steps, epoch * self._steps - 1
        )

    def losses(self, labels: np.ndarray, logits: np.ndarray, group: np.ndarray) -> np.ndarray:
        """Return the unweighted loss of each face, shape (n,), of labels, logits and groups (n,).

        Objectives take no part in it.
        """
        if not len(labels):
            return np.zeros(0, dtype=np.float32)
        loss = self._learner.face_loss.call(
            _targets(labels, group), logits.astype(np.float32)[:, None]
        )
        return np.asarray(keras.ops.convert_to_numpy(loss))

    def weights(self) -> list[np.ndarray]:
        """Return the network's weights, batch-norm statistics included."""
        return [np.asarray(array) for array in self.model.get_weights()]

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """Put weights in that `weights` returned."""
        self.model.set_weights(weights)

    def state(self) -> State:
        """Return all that the next step depends on: by name, lists of arrays."""
        optimizer = self._learner.optimizer.variables
        return {
            "epoch": [np.array(self._epoch)],
            "weights": self.weights(),
            "optimizer": [np.array(variable.numpy()) for variable in optimizer],
            "objectives": self._learner.own_state(),
            "average": [] if self._average is None else self._average.weights,
        }

    def set_state(self, state: State) -> None:
        """Put in what `state` returned at the end of an epoch."""
        self._enter(int(state["epoch"][0]))  # the optimizer has variables for what learns in it
        self.set_weights(state["weights"])
        for variable, value in zip(
            self._learner.optimizer.variables, state["optimizer"], strict=True
        ):
            variable.assign(value)
        self._learner.set_own_state(state["objectives"])
        if self._average is not None:
            self._average.weights = state["average"]
            self._average.begin(self._epoch * self._steps)


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


def _compiled() -> bool:
    return bool(keras.backend.backend() == "jax")


def _seed_generators(model: keras.Model) -> list[Any]:
    found = []
    for layer in model.layers:
        if isinstance(layer, keras.Model):  # a network within the network
            found += _seed_generators(layer)
        elif getattr(layer, "seed_generator", None) is not None:
            found.append(layer.seed_generator)
    return found


def _targets(labels: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return labels and groups as a Learner takes them, shape (b, 2), float32."""
    return np.stack([labels, group], axis=1).astype(np.float32)
