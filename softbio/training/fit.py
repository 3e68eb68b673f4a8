"""fit: the epochs of a training, with checkpoints, from the first batch to the embeddings."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np

from softbio.errors import CancelledError, RunError
from softbio.faces.faceset import FaceSet
from softbio.runs import Progress, Run, replacing, sha256_of
from softbio.training.batches import epoch_batches, prefetch, steps_per_epoch
from softbio.training.checkpoint import (
    Checkpoint,
    read_best,
    read_checkpoint,
    write_best,
    write_checkpoint,
)
from softbio.training.environment import write_environment
from softbio.training.plan import TrainingPlan, plan_training
from softbio.training.reporter import Reporter
from softbio.training.results import write_results
from softbio.training.stopping import Stopping
from softbio.training.validation import validation_figures

__all__ = ["fit"]

#: Faces per batch where nothing is learnt; the network is fastest there.
_FORWARD = 256


def fit(
    run: Run,
    faces: FaceSet,
    progress: Callable[[Progress], None] | None = None,
    *,
    on_epoch: Callable[[dict[str, float]], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> None:
    """Train a run from its last checkpoint, or from the beginning, to its end.

    A run that was killed ends with the same weights as an unbroken one. When it
    is asked to stop, it keeps what its finished epochs gave.

    Parameters
    ----------
    run : Run
    faces : FaceSet
        The set that the run was made for.
    progress : callable, optional
        Called after each step.
    on_epoch : callable, optional
        Called with each new line of the history.
    stop : callable, optional
        Asked after each step whether to stop, as if the run had been cancelled.

    Raises
    ------
    CancelledError
        If it was asked to stop. Weights and predictions are written first when at
        least one epoch is done.
    RunError
        If the loss is not a number any more, or a checkpoint is damaged.
    DataError, ConfigError
        If the set and the config do not go together.
    """
    plan = plan_training(faces, run.config.training)
    with Reporter(run, progress, stop) as reporter:
        session = _Session(run, faces, plan, reporter, on_epoch or (lambda row: None))
        try:
            session.train()
        except CancelledError:
            session.finish()
            raise
        session.finish()


@dataclass
class _Session:
    """One sitting of a training."""

    run: Run
    faces: FaceSet
    plan: TrainingPlan
    reporter: Reporter
    on_epoch: Callable[[dict[str, float]], None]
    epoch: int = 0
    stopping: Stopping = field(default_factory=Stopping)
    finished: bool = False
    seconds_before: float = 0.0

    def __post_init__(self) -> None:
        self.began = time.monotonic()  # loading the network's libraries counts
        from softbio.networks.precision import backend_name, device_names, resolve_precision
        from softbio.networks.trainer import Trainer

        self.config = self.run.config.training
        self.steps = steps_per_epoch(self.plan, self.config)
        precision = resolve_precision(self.config.precision)
        self.trainer = Trainer(self.config, self.faces.size, precision, self.steps)
        write_environment(self.run, backend_name(), precision, device_names())
        self._resume()
        self._pace: tuple[float, int] | None = None

    def train(self) -> None:
        """Go through the epochs that are left."""
        while not self.finished:
            epoch = self.epoch + 1
            began = time.monotonic()
            loss = self._train_epoch(epoch)
            figures = self._validate()
            self._end_epoch(epoch, loss, figures, began)

    def finish(self) -> None:
        """Keep the weights that the finished epochs gave, and what they say of all faces."""
        from softbio.networks.embeddings import with_embeddings
        from softbio.networks.trainer import forward

        if not self.epoch:
            return
        kept = self.stopping.kept_epoch(self.epoch, self.config.early_stopping)
        if kept != self.epoch:
            self.trainer.set_weights(read_best(self.run))
        with replacing(self.run.weights_path) as sibling:
            self.trainer.model.save_weights(sibling)
        self.run.update_state(
            weights_sha256=sha256_of(self.run.weights_path),
            best_epoch=kept,
            seconds=self._seconds(),
        )
        model, ranges = with_embeddings(self.trainer.model)
        everyone = self.faces.batches(np.arange(len(self.faces)), _FORWARD)
        write_results(self.run, self.faces, self.plan, forward(model, everyone, _FORWARD), ranges)
        self.run.update_state(seconds=self._seconds())

    def _resume(self) -> None:
        checkpoint = read_checkpoint(self.run)
        if checkpoint is not None:
            self.epoch, self.stopping = checkpoint.epoch, checkpoint.stopping
            self.finished, self.seconds_before = checkpoint.finished, checkpoint.seconds
            self.trainer.set_weights(checkpoint.weights)
            self.trainer.set_optimizer_state(checkpoint.optimizer)
        self.run.rewind_history(self.epoch + 1)

    def _train_epoch(self, epoch: int) -> float:
        self.trainer.begin_epoch(epoch)
        total = 0.0
        self._tell(epoch, 0, None)
        batches = prefetch(epoch_batches(self.faces.images, self.plan, self.config, epoch))
        with closing(batches):
            for step, batch in enumerate(batches, 1):
                total += self.trainer.step(*batch)
                if not math.isfinite(total):
                    raise RunError(self._diverged(epoch, step))
                self._tell(epoch, step, total / step)
                if self.reporter.stop_requested:
                    raise CancelledError(f"{self.run.id} was stopped in epoch {epoch}.")
        return total / self.steps

    def _validate(self) -> dict[str, float]:
        from softbio.networks.trainer import forward

        pixels = self.faces.batches(self.plan.val_rows, _FORWARD)
        parts = [output[:, 0] for output in forward(self.trainer.model, pixels, _FORWARD)]
        logits = np.concatenate([np.zeros(0, dtype=np.float32), *parts])
        if not np.isfinite(logits).all():
            raise RunError(self._diverged(self.epoch + 1, self.steps))
        losses = self.trainer.losses(self.plan.val_labels, logits)
        return validation_figures(self.plan, logits, losses)

    def _end_epoch(self, epoch: int, loss: float, figures: dict[str, float], began: float) -> None:
        watch = self.config.early_stopping
        self.stopping = self.stopping.after(epoch, figures[f"val_{watch.monitor}"], watch)
        self.epoch = epoch
        self.finished = epoch >= self.config.epochs or self.stopping.ends(watch)
        weights = self.trainer.weights()
        if watch.restore_best and self.stopping.best_epoch == epoch:
            write_best(self.run, epoch, weights)
        row = {
            "epoch": epoch,
            "loss": loss,
            **figures,
            "learning_rate": self.trainer.learning_rate(epoch),
            "seconds": time.monotonic() - began,
        }
        # The history stands before the checkpoint: if only one is written, the epoch is
        # trained again, and its line with it.
        self.run.append_history(row)
        write_checkpoint(
            self.run,
            Checkpoint(
                epoch=epoch,
                stopping=self.stopping,
                finished=self.finished,
                seconds=self._seconds(),
                weights=weights,
                optimizer=self.trainer.optimizer_state(),
            ),
        )
        self.on_epoch(row)

    def _tell(self, epoch: int, step: int, loss: float | None) -> None:
        done = (epoch - 1) * self.steps + step
        now = time.monotonic()
        if self._pace is None and step:
            self._pace = (now, done)  # from the first step on: it holds the compilation
        left = None
        if self._pace is not None and done > self._pace[1]:
            rate = (now - self._pace[0]) / (done - self._pace[1])
            left = rate * (self.config.epochs * self.steps - done)
        self.reporter.tell(
            Progress(
                epoch=epoch,
                epochs=self.config.epochs,
                step=step,
                steps=self.steps,
                seconds_left=left,
                loss=loss,
            )
        )

    def _seconds(self) -> float:
        return self.seconds_before + time.monotonic() - self.began

    def _diverged(self, epoch: int, step: int) -> str:
        rate = self.config.optimizer.learning_rate
        return (
            f"The loss is not a number any more (epoch {epoch}, step {step} of {self.steps}): the "
            f"training diverged. The likely setting is optimizer.learning_rate = {rate:g}; "
            f"train anew with optimizer.learning_rate={rate / 10:g}."
        )
