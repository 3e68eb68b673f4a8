"""Training with the whole set on the device, many steps a call; needs ``KERAS_BACKEND=jax``.

``KERAS_BACKEND=jax python bench/on_device.py [--images 8192] [--batch 256] [--json]``. The report's
network is trained by our Trainer's own loss and optimizer. Pixels stay on the device as uint8;
flips and shifts are drawn there, and an epoch is one compiled `lax.scan`, so that the host
neither sends pixels nor waits for a loss. It prints images/s and the share of the same device's
bfloat16 matrix product. What is drawn differs from what `softbio train` draws: it is a bench of
what an accelerator allows, and `softbio train` does not use it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import jax
import keras
import numpy as np
from keras import ops
from report_pipeline import SIZE, machine

from softbio.config import recipe
from softbio.networks.trainer import Trainer

_GROUPS = ("women", "men")
_MATRIX = 8192


def augmented(pixels: Any, key: Any, shift: int) -> Any:
    """Return the faces (b, H, W, C), each flipped or not and moved by up to `shift` pixels.

    Edges are repeated where a face has moved away.
    """
    flips, moves = jax.random.split(key)
    flipped = jax.random.bernoulli(flips, 0.5, (pixels.shape[0], 1, 1, 1))
    pixels = ops.where(flipped, ops.flip(pixels, axis=2), pixels)
    height, width = pixels.shape[1:3]
    by = jax.random.randint(moves, (2, pixels.shape[0], 1), -shift, shift + 1)
    rows = ops.clip(ops.arange(height)[None] + by[0], 0, height - 1)
    columns = ops.clip(ops.arange(width)[None] + by[1], 0, width - 1)
    faces = ops.arange(pixels.shape[0])[:, None, None]
    return pixels[faces, rows[:, :, None], columns[:, None, :]]


def epoch_function(learner: Any, batch: int, shift: int) -> Callable[..., Any]:
    """Return a compiled epoch: (state, images, targets, weights, key) -> (state, losses (steps,))."""

    def epoch(state: Any, images: Any, targets: Any, weights: Any, key: Any) -> Any:
        ordering, drawing = jax.random.split(key)
        steps = images.shape[0] // batch
        order = jax.random.permutation(ordering, images.shape[0])[: steps * batch]
        order = ops.reshape(order, (steps, batch))

        def step(state: Any, at: Any) -> Any:
            rows, own = at
            pixels = augmented(ops.take(images, rows, axis=0), own, shift)
            data = (pixels, ops.take(targets, rows, axis=0), ops.take(weights, rows))
            # The loss of this step alone: the metric averages over all since it was reset.
            fresh = (*state[:3], [ops.zeros_like(value) for value in state[3]])
            logs, state = learner.train_step(fresh, data)
            return state, logs["loss"]

        return jax.lax.scan(step, state, (order, jax.random.split(drawing, steps)))

    return jax.jit(epoch, donate_argnums=0)


class OnDevice:
    """The report's network in training, with its faces on the device."""

    def __init__(self, images: np.ndarray, batch: int, precision: str, shift: int = 4) -> None:
        count = len(images)
        config = recipe("report").model_copy(update={"batch_size": batch, "precision": precision})
        trainer = Trainer(config, images.shape[1], precision, count // batch, _GROUPS)
        learner = trainer._learner
        learner._symbolic_build(data_batch=(images[:batch], np.zeros((batch, 2)), np.ones(batch)))
        self.model, self.state = (
            trainer.model,
            tuple(
                [variable.value for variable in variables]
                for variables in (
                    learner.trainable_variables,
                    learner.non_trainable_variables,
                    learner.optimizer.variables,
                    learner.metrics_variables,
                )
            ),
        )
        draws = np.random.default_rng(0)
        targets = np.stack([images[:, 0, 0, 0] > 127, draws.integers(0, 2, count)], axis=1)
        self._data = [
            jax.device_put(array)
            for array in (images, targets.astype(np.float32), np.ones(count, dtype=np.float32))
        ]
        self._epoch, self._key = epoch_function(learner, batch, shift), jax.random.key(0)

    def train(self) -> np.ndarray:
        """Train one epoch; return its steps' losses."""
        self._key, own = jax.random.split(self._key)
        self.state, losses = self._epoch(self.state, *self._data, own)
        return np.asarray(losses)


def matmul_rate() -> float:
    """Return the device's bfloat16 matrix product in FLOP/s, the best of a few."""
    side = _MATRIX if jax.default_backend() != "cpu" else 1024
    matrix = jax.random.normal(jax.random.key(0), (side, side), "bfloat16")
    product = jax.jit(lambda a: a @ a)
    product(matrix).block_until_ready()
    best = 0.0
    for _ in range(8):
        began = time.perf_counter()
        product(matrix).block_until_ready()
        best = max(best, 2 * side**3 / (time.perf_counter() - began))
    return best


def measure(count: int, batch: int, rounds: int) -> dict[str, Any]:
    """Return the rate of training and its share of the limit."""
    from train import training_flop

    images = np.random.default_rng(0).integers(0, 256, (count, SIZE, SIZE, 3), dtype=np.uint8)
    side = OnDevice(images, batch, "mixed_bfloat16")
    side.train()  # compiles
    rates, limits = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        losses = side.train()
        rates.append(len(losses) * batch / (time.perf_counter() - began))
        limits.append(matmul_rate())
    flop = training_flop(side.model)
    return {
        "images_per_second": median(rates),
        "share_of_matmul_limit": median(r * flop / m for r, m in zip(rates, limits, strict=True)),
        "device": str(jax.devices()[0]),
        **machine(),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=8192)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if keras.backend.backend() != "jax":
        raise SystemExit("This bench needs KERAS_BACKEND=jax.")
    result = measure(options.images, options.batch, options.rounds)
    json.dump(result, sys.stdout, indent=2 if options.json else None)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
