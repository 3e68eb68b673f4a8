"""The batches of an epoch: shuffled, read from disk, augmented, ready before they are needed."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from typing import NamedTuple

import numpy as np

from softbio.config import TrainConfig
from softbio.training.augmentation import augment, mix, vary
from softbio.training.balanced_batches import balanced_places, balances_batches
from softbio.training.balancing import parts
from softbio.training.plan import TrainingPlan

__all__ = ["Batch", "epoch_batches", "prefetch", "steps_per_epoch"]

#: Batches that may wait; more would only hold memory.
_AHEAD = 4


class Batch(NamedTuple):
    """What one step trains on.

    Attributes
    ----------
    pixels : ndarray, shape (b, H, W, 3), uint8
    labels, weights : ndarray, shape (b,), float32
        Labels of mixed faces lie between 0 and 1.
    group : ndarray, shape (b,), int64
        Index into the plan's groups.
    """

    pixels: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    group: np.ndarray


def steps_per_epoch(plan: TrainingPlan, config: TrainConfig) -> int:
    """Return how many batches an epoch has."""
    return -(-len(plan.rows) // config.batch_size)


def epoch_batches(
    images: np.ndarray, plan: TrainingPlan, config: TrainConfig, epoch: int
) -> Iterator[Batch]:
    """Yield the batches of an epoch; they follow from the seed, the epoch and the step alone.

    All batches have the same size, so that the network is compiled once. The
    last is filled up with faces of the epoch's beginning at weight 0, and its
    own weights are scaled so that the mean over the batch is the mean over the
    faces that count, as it would be in a smaller batch.

    Parameters
    ----------
    images : ndarray, shape (N, H, W, 3), uint8
    plan : TrainingPlan
    config : TrainConfig
    epoch : int
        From 1.
    """
    size = min(config.batch_size, len(plan.rows))
    order = _order(plan, config, size, epoch)
    for step, start in enumerate(range(0, len(order), size)):
        places = order[start : start + size]
        missing = size - len(places)
        weights = plan.weights[places]
        if missing:
            weights = weights * np.float32(size / len(places))
            weights = np.concatenate([weights, np.zeros(missing, dtype=np.float32)])
            places = np.concatenate([places, order[:missing]])
        pixels = images[plan.rows[places]]
        if (repeated := plan.variants[places]).any():
            varying = np.random.default_rng((config.seed, epoch, 4, step))
            pixels[repeated] = vary(pixels[repeated], config.balancing.variation, varying)
        draws = np.random.default_rng((config.seed, epoch, 3, step))
        batch = Batch(
            pixels=augment(pixels, config.augmentation, draws),
            labels=plan.labels[places],
            weights=weights,
            group=plan.group[places],
        )
        if config.augmentation.mixup:
            mixed = mix(*batch, config.augmentation.mixup, draws)
            batch = Batch(*mixed, group=batch.group)
        yield batch


def _order(plan: TrainingPlan, config: TrainConfig, size: int, epoch: int) -> np.ndarray:
    """Return the places of an epoch's faces, batch after batch; of balanced batches, all full."""
    if not balances_batches(config):
        return np.random.default_rng((config.seed, epoch, 0)).permutation(len(plan.rows))
    part = parts(plan.labels, plan.group, config.balancing.by)
    mixture, steps = config.balancing.mixture, steps_per_epoch(plan, config)
    return balanced_places(part, mixture, size, steps, config.seed, epoch).ravel()


def prefetch(batches: Iterator[Batch], ahead: int = _AHEAD) -> Generator[Batch, None, None]:
    """Yield the same batches, made by a thread while the consumer works on earlier ones.

    The thread ends with the iterator: when it is exhausted, closed or dropped.
    An exception in `batches` is raised here.
    """
    waiting: queue.Queue[Batch | BaseException | None] = queue.Queue(ahead)
    stopped = threading.Event()

    def put(item: Batch | BaseException | None) -> bool:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def work() -> None:
        try:
            for batch in batches:
                if not put(batch):
                    return
            put(None)
        except BaseException as error:  # handed over, whatever it is
            put(error)

    thread = threading.Thread(target=work, name="batches", daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
        thread.join()
