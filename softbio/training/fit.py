"""fit: a training from its first batch to predictions and embeddings of all faces."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from softbio.errors import CancelledError
from softbio.faces.faceset import FaceSet
from softbio.runs import Progress, Run, replacing, sha256_of
from softbio.training.corrections import Corrections, read_corrections
from softbio.training.folds import folds_path, steps_of_folds, train_folds
from softbio.training.plan import plan_training
from softbio.training.reporter import Reporter
from softbio.training.results import write_results
from softbio.training.session import FORWARD, Session

__all__ = ["fit"]


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
    corrections = read_corrections(run, faces)
    plan = plan_training(faces, run.config.training, corrections)
    with Reporter(run, progress, stop) as reporter:
        session = Session(
            run,
            faces,
            plan,
            reporter,
            on_epoch,
            steps_after=steps_of_folds(run, faces, corrections),
        )
        if not (session.finished and folds_path(run).is_dir()):  # else its results stand already
            try:
                session.train()
            except CancelledError:
                _finish(session, corrections)
                raise
            _finish(session, corrections)
        if run.config.training.folds > 1:
            folds_path(run).mkdir(exist_ok=True)
            seconds = train_folds(run, faces, corrections, reporter)
            run.update_state(seconds=session.seconds + seconds)


def _finish(session: Session, corrections: Corrections | None) -> None:
    """Keep the weights that the finished epochs gave, and what they say of all faces."""
    from softbio.networks.embeddings import with_embeddings
    from softbio.networks.mirrored import as_scored
    from softbio.networks.trainer import forward

    run, faces = session.run, session.faces
    if not session.epoch:
        return
    kept = session.keep()
    with replacing(run.weights_path) as sibling:
        session.trainer.model.save_weights(sibling)
    run.update_state(
        weights_sha256=sha256_of(run.weights_path), best_epoch=kept, seconds=session.seconds
    )
    model, ranges = with_embeddings(session.trainer.model)
    everyone = faces.batches(np.arange(len(faces)), FORWARD)
    outputs = forward(as_scored(model, run.config.training), everyone, FORWARD)
    write_results(run, faces, session.plan, outputs, ranges, corrections)
    run.update_state(seconds=session.seconds)
