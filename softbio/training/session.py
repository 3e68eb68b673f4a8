"""Session: the epochs of one network, with checkpoints, from the first batch to the kept weights."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import closing

import numpy as np

from softbio.errors import CancelledError, RunError
from softbio.faces.faceset import FaceSet
from softbio.runs import Progress, Run
from softbio.training.batches import epoch_batches, prefetch, steps_per_epoch
from softbio.training.checkpoint import (
    Checkpoint,
    read_best,
    read_checkpoint,
    write_best,
    write_checkpoint,
)
from softbio.training.diverging import diverged
from softbio.training.environment import write_environment
from softbio.training.plan import TrainingPlan
from softbio.training.reporter import Reporter
from softbio.training.stopping import Stopping
from softbio.training.validation import validation_figures

__all__ = ["FORWARD", "Session"]

#: Faces per batch where nothing is learnt; the network is fastest there.
FORWARD = 256


class Session:
    """One sitting of the training of one network.

    Parameters
    ----------
    run : Run
        Whose folder holds checkpoints and history.
    faces : FaceSet
    plan : TrainingPlan
    reporter : Reporter
        Hears of the progress, and knows whether to stop.
    on_epoch : callable, optional
        Called with each new line of the history.
    phase : str
        What the progress says it is; empty for the run's own network.
    steps_after : int
        Steps of the networks that are trained after this one, for the time that is left.

    Attributes
    ----------
    epoch : int
        The last epoch that was trained; 0 before the first.
    finished : bool
    """

    def __init__(
        self,
        run: Run,
        faces: FaceSet,
        plan: TrainingPlan,
        reporter: Reporter,
        on_epoch: Callable[[dict[str, float]], None] | None = None,
        *,
        phase: str = "",
        steps_after: int = 0,
    ) -> None:
        self._began = time.monotonic()  # loading the network's libraries counts
        from softbio.networks.precision import backend_name, device_names, resolve_precision
        from softbio.networks.trainer import Trainer

        self.run, self.faces, self.plan = run, faces, plan
        self._reporter, self._on_epoch = reporter, on_epoch or (lambda row: None)
        self._phase, self._steps_after = phase, steps_after
        self._config = run.config.training
        self._steps = steps_per_epoch(plan, self._config)
        precision = resolve_precision(self._config.precision)
        self.trainer = Trainer(self._config, faces.size, precision, self._steps, plan.groups)
        write_environment(run, backend_name(), precision, device_names())
        self.epoch, self.finished = 0, False
        self._stopping, self._seconds_before = Stopping(), 0.0
        self._resume()
        self._pace: tuple[float, int] | None = None

    @property
    def seconds(self) -> float:
        """Spent on this network so far, in all sittings."""
        return self._seconds_before + time.monotonic() - self._began

    def train(self) -> None:
        """Go through the epochs that are left.

        Raises
        ------
        CancelledError
            If it was asked to stop; the network is again as the last finished epoch left it.
        RunError
            If the loss is not a number any more.
        """
        while not self.finished:
            epoch = self.epoch + 1
            began = time.monotonic()
            try:
                loss = self._train_epoch(epoch)
            except CancelledError:
                self._go_back()
                raise
            figures = self._validate()
            self._end_epoch(epoch, loss, figures, began)

    def keep(self) -> int:
        """Put the weights that are kept into the network; return their epoch."""
        kept = self._stopping.kept_epoch(self.epoch, self._config.early_stopping)
        if kept != self.epoch:
            self.trainer.set_weights(read_best(self.run))
        else:
            with self.trainer.judged():
                weights = self.trainer.weights()
            self.trainer.set_weights(weights)
        return kept

    def _resume(self) -> None:
        checkpoint = self._go_back()
        if checkpoint is not None:
            self.epoch, self._stopping = checkpoint.epoch, checkpoint.stopping
            self.finished, self._seconds_before = checkpoint.finished, checkpoint.seconds
        self.run.rewind_history(self.epoch + 1)

    def _go_back(self) -> Checkpoint | None:
        """Give the network what the last finished epoch left; return its checkpoint."""
        checkpoint = read_checkpoint(self.run)
        if checkpoint is not None:
            try:
                self.trainer.set_state(checkpoint.state)
            except (ValueError, KeyError, IndexError, TypeError) as error:
                told = str(error).splitlines()[0].rstrip(".")
                raise RunError(
                    f"The checkpoint in {self.run.checkpoints_path} does not fit the network of "
                    f"{self.run.id} ({told}), so this run cannot go on. Train anew."
                ) from None
        return checkpoint

    def _train_epoch(self, epoch: int) -> float:
        self.trainer.begin_epoch(epoch)
        total = 0.0
        self._tell(epoch, 0, None)
        batches = prefetch(epoch_batches(self.faces.images, self.plan, self._config, epoch))
        with closing(batches):
            for step, batch in enumerate(batches, 1):
                total += self.trainer.step(batch)
                if not math.isfinite(total):
                    raise RunError(diverged(self._config, epoch, step, self._steps))
                self._tell(epoch, step, total / step)
                if self._reporter.stop_requested:
                    raise CancelledError(f"{self.run.id} was stopped in epoch {epoch}.")
        return total / self._steps

    def _validate(self) -> dict[str, float]:
        from softbio.networks.trainer import forward

        pixels = self.faces.batches(self.plan.val_rows, FORWARD)
        with self.trainer.judged():
            parts = [output[:, 0] for output in forward(self.trainer.scorer, pixels, FORWARD)]
        logits = np.concatenate([np.zeros(0, dtype=np.float32), *parts])
        if not np.isfinite(logits).all():
            raise RunError(diverged(self._config, self.epoch + 1, self._steps, self._steps))
        losses = self.trainer.losses(self.plan.val_labels, logits, self.plan.val_group)
        return validation_figures(self.plan, logits, losses)

    def _end_epoch(self, epoch: int, loss: float, figures: dict[str, float], began: float) -> None:
        watch = self._config.early_stopping
        self._stopping = self._stopping.after(epoch, figures[f"val_{watch.monitor}"], watch)
        self.epoch = epoch
        self.finished = epoch >= self._config.epochs or self._stopping.ends(watch)
        if watch.restore_best and self._stopping.best_epoch == epoch:
            with self.trainer.judged():
                write_best(self.run, epoch, self.trainer.weights())
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
                stopping=self._stopping,
                finished=self.finished,
                seconds=self.seconds,
                state=self.trainer.state(),
            ),
        )
        self._on_epoch(row)

    def _tell(self, epoch: int, step: int, loss: float | None) -> None:
        done = (epoch - 1) * self._steps + step
        now = time.monotonic()
        if self._pace is None and step:
            self._pace = (now, done)  # from the first step on: it holds the compilation
        left = None
        if self._pace is not None and done > self._pace[1]:
            rate = (now - self._pace[0]) / (done - self._pace[1])
            left = rate * (self._config.epochs * self._steps - done + self._steps_after)
        self._reporter.tell(
            Progress(
                epoch=epoch,
                epochs=self._config.epochs,
                step=step,
                steps=self._steps,
                seconds_left=left,
                loss=loss,
                phase=self._phase,
            )
        )
