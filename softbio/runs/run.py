"""Run: the folder of one trained model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from filelock import FileLock, Timeout

from softbio.errors import RunError
from softbio.fairness import DecisionRule
from softbio.runs.config import RunConfig, read_config
from softbio.runs.decision import read_decision, write_decision
from softbio.runs.files import sha256_of, write_atomically
from softbio.runs.history import append_epoch, history_columns, read_history, rewind
from softbio.runs.predictions import Predictions
from softbio.runs.predictions_file import pack_predictions, read_predictions
from softbio.runs.state import RunState, read_state, write_state

__all__ = ["Embeddings", "Run"]

#: Seconds that a writer of the state waits for another; a write takes milliseconds.
_LOCK_PATIENCE = 10.0


class Embeddings(NamedTuple):
    """A run's embeddings.

    Attributes
    ----------
    values : np.memmap, shape (N, D), float16
        In the set's order, read from disk as they are asked for.
    ranges : dict of str to (int, int)
        First column and the one behind the last, per block, in the network's
        order; the last block is the inputs of the last layer.
    """

    values: np.ndarray
    ranges: dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Run:
    """One run, looked at through its folder; two objects with the same path are equal.

    Nothing but the config is remembered: what another process writes is seen
    at the next look.

    Attributes
    ----------
    path : Path
    """

    path: Path

    @property
    def id(self) -> str:
        """The folder's name, ``YYYYMMDD-HHMMSS-<recipe>-<4 hex>``."""
        return self.path.name

    @cached_property
    def config(self) -> RunConfig:
        """What the run is made from. `RunError` if the file is missing or damaged."""
        return read_config(self.path / "config.json")

    # state

    @property
    def state(self) -> RunState:
        """The state, read afresh. `RunError` if the file is missing or damaged."""
        return read_state(self.path / "state.json")

    @property
    def name(self) -> str:
        """What a person calls the run; may be empty."""
        name = self.state.name
        return self.config.name if name is None else name

    def note_test_look(self) -> int:
        """Count a look at the run's figures on the test faces; return how many there were.

        Whoever looks at test often and chooses by what is seen has no test any more.
        """
        with self._telling_disk_faults(), self._lock():
            state = self.state
            looks = state.test_looks + 1
            write_state(self.path / "state.json", state.model_copy(update={"test_looks": looks}))
        return looks

    def update_state(self, **changes: Any) -> RunState:
        """Change some keys of the state and leave the others; safe between processes.

        Returns
        -------
        RunState
            The state as written.

        Raises
        ------
        RunError
            If the run is gone or damaged, another process holds on to its state, or the disk
            is full or may not be written.
        ValueError
            If a key is unknown or its value is not allowed.
        """
        if unknown := set(changes) - set(RunState.model_fields):
            raise ValueError(f"a state has no {', '.join(sorted(unknown))}")
        with self._telling_disk_faults(), self._lock():
            state = RunState.model_validate(self.state.model_dump() | changes)
            write_state(self.path / "state.json", state)
        return state

    @contextmanager
    def _lock(self) -> Iterator[None]:
        if not self.path.is_dir():
            raise RunError(f"The run {self.id} is not in {self.path.parent} any more.")
        try:
            with FileLock(self.path / ".state.lock", timeout=_LOCK_PATIENCE, poll_interval=0.005):
                yield
        except Timeout:
            raise RunError(
                f"Another process holds on to the state of {self.id} ({self.path / '.state.lock'})."
            ) from None

    @contextmanager
    def _telling_disk_faults(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise RunError(f"The run {self.id} is not in {self.path.parent} any more.") from None
        except OSError as error:
            raise RunError(
                f"The run {self.id} cannot be written to {self.path}: {error.strerror}. What was "
                "there before is whole; free some space, or see who may write there."
            ) from None

    # cancellation

    @property
    def cancel_requested(self) -> bool:
        """Whether somebody asked the run to stop."""
        return (self.path / "cancel").exists()

    def request_cancel(self) -> None:
        """Ask the run to stop; whoever trains it looks after each batch."""
        with self._telling_disk_faults():
            (self.path / "cancel").touch()

    def clear_cancel(self) -> None:
        """Take the request back, before a run is resumed."""
        (self.path / "cancel").unlink(missing_ok=True)

    # decision

    def rule(self) -> DecisionRule | None:
        """Return how the run's scores become predictions; None: nobody has chosen yet."""
        return read_decision(self.path / "decision.json")

    def write_rule(self, rule: DecisionRule | None) -> None:
        """Store the rule, or take the stored one away (None); whole or not at all."""
        with self._telling_disk_faults():
            write_decision(self.path / "decision.json", rule)

    # history

    def append_history(self, row: Mapping[str, Any]) -> None:
        """Add an epoch's figures to ``history.csv``, dropping that epoch and later ones first."""
        with self._telling_disk_faults():
            append_epoch(self.path / "history.csv", row)

    def rewind_history(self, epoch: int) -> None:
        """Drop `epoch` and later ones, which will be trained again."""
        with self._telling_disk_faults():
            rewind(self.path / "history.csv", epoch)

    def history(self) -> pd.DataFrame:
        """Return a row an epoch: ``epoch`` int64, figures float64; empty before the first."""
        columns = history_columns(self.config.groups.values())
        return read_history(self.path / "history.csv", columns)

    # weights

    @property
    def checkpoints_path(self) -> Path:
        """Folder of what a stopped training goes on from."""
        return self.path / "checkpoints"

    @property
    def weights_path(self) -> Path:
        """Where the kept weights are; see `verify_weights`."""
        return self.path / "model.weights.h5"

    def verify_weights(self) -> Path:
        """Return the path of the weights after comparing their SHA-256 with the state's.

        Raises
        ------
        RunError
            If there are no weights yet, or they are not the ones that training wrote.
        """
        expected = self.state.weights_sha256
        if expected is None or not self.weights_path.is_file():
            raise RunError(self._not_there("weights"))
        if sha256_of(self.weights_path) != expected:
            raise RunError(
                f"The weights of {self.id} are not the ones that its training wrote: the SHA-256 "
                f"of {self.weights_path} differs from state.json. They are not loaded; copy the "
                "run again or train anew."
            )
        return self.weights_path

    # predictions and embeddings

    def write_predictions(self, frame: pd.DataFrame) -> None:
        """Write ``predictions.parquet``; for the columns see `pack_predictions`."""
        data = pack_predictions(
            frame,
            self.config.group_column,
            self.config.groups,
            partial=self.config.kind == "imported" or self.config.search is not None,
        )
        with self._telling_disk_faults():
            write_atomically(self.path / "predictions.parquet", data)

    def predictions(self) -> Predictions:
        """Return the score of every face.

        Raises
        ------
        RunError
            If there are none yet, or the file is damaged.
        """
        path = self.path / "predictions.parquet"
        if not path.is_file():
            raise RunError(self._not_there("predictions"))
        return read_predictions(path)

    def embeddings(self) -> Embeddings:
        """Return the embeddings of every face.

        Raises
        ------
        RunError
            If there are none yet, or the files are damaged.
        """
        path = self.path / "embeddings.npy"
        if not path.is_file() or not path.with_suffix(".json").is_file():
            raise RunError(self._not_there("embeddings"))
        try:
            values = np.load(path, mmap_mode="r", allow_pickle=False)
            ranges = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            blocks = {str(name): (int(start), int(stop)) for name, (start, stop) in ranges.items()}
            if values.ndim != 2 or any(stop > values.shape[1] for _, stop in blocks.values()):
                raise ValueError(f"shape {values.shape} for the columns {blocks}")
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise RunError(f"{path} is damaged: {error}. Train anew.") from None
        return Embeddings(values, blocks)

    def _not_there(self, what: str) -> str:
        status = self.state.status
        if self.config.search is not None and (what != "predictions" or status == "cancelled"):
            return (
                f"The run {self.id} is trial {self.config.search.trial} of the search "
                f"{self.config.search.id}: it has no {what}, as only its folds are trained, and a "
                "hopeless trial is given up. `softbio search --show "
                f"{self.config.search.id}` tells how to train its settings wholly."
            )
        if status in ("queued", "running"):
            return (
                f"The run {self.id} has no {what} yet, it is {status}: wait for it, or look at "
                f"`softbio runs show {self.id}`."
            )
        if status == "done":
            return f"The {what} of {self.id} are missing in {self.path}. Train anew."
        return (
            f"The run {self.id} has no {what}, it is {status}: go on with "
            f"`softbio train --resume {self.id}`."
        )
