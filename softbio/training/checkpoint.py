"""Checkpoints: what a stopped training goes on from, whole at every moment."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from softbio.errors import RunError
from softbio.runs import Run, replacing
from softbio.training.stopping import Stopping

__all__ = [
    "Checkpoint",
    "read_best",
    "read_checkpoint",
    "remove_checkpoints",
    "write_best",
    "write_checkpoint",
]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A training at the end of an epoch.

    Together with the config this is all that the next epoch depends on: every
    random draw follows from the seed, the epoch and the step.

    Attributes
    ----------
    epoch : int
        The last epoch that was trained, from 1.
    stopping : Stopping
    finished : bool
        Whether no epoch follows.
    seconds : float
        Spent on training so far, in all sittings.
    state : dict of str to list of ndarray
        What the trainer goes on from, as `Trainer.state` gives it.
    """

    epoch: int
    stopping: Stopping
    finished: bool
    seconds: float
    state: dict[str, list[np.ndarray]]


def write_checkpoint(run: Run, checkpoint: Checkpoint) -> None:
    """Put `checkpoint` in the place of the last one."""
    about = {
        "epoch": checkpoint.epoch,
        "stopping": asdict(checkpoint.stopping),
        "finished": checkpoint.finished,
        "seconds": checkpoint.seconds,
        "state": list(checkpoint.state),  # a list may be empty
    }
    arrays = {
        f"{name}.{number}": array
        for name, kept in checkpoint.state.items()
        for number, array in enumerate(kept)
    }
    _write(run.checkpoints_path / "last.npz", about, arrays)


def read_checkpoint(run: Run) -> Checkpoint | None:
    """Return the last checkpoint, or None before the first.

    Raises
    ------
    RunError
        If it is damaged.
    """
    path = run.checkpoints_path / "last.npz"
    if not path.is_file():
        return None
    about, arrays = _read(path)
    try:
        return Checkpoint(
            epoch=int(about["epoch"]),
            stopping=Stopping(**about["stopping"]),
            finished=bool(about["finished"]),
            seconds=float(about["seconds"]),
            state={name: _numbered(arrays, name) for name in about["state"]},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable(path, error) from None


def write_best(run: Run, epoch: int, weights: list[np.ndarray]) -> None:
    """Put the weights of the best epoch in the place of the last best ones.

    They are written before the checkpoint that speaks of them. A training that
    dies in between comes to the same epoch again and writes the same weights.
    """
    arrays = {f"weights.{number}": array for number, array in enumerate(weights)}
    _write(run.checkpoints_path / "best.npz", {"epoch": epoch}, arrays)


def read_best(run: Run) -> list[np.ndarray]:
    """Return the weights of the best epoch.

    Raises
    ------
    RunError
        If they are missing or damaged.
    """
    _, arrays = _read(run.checkpoints_path / "best.npz")
    return _numbered(arrays, "weights")


def remove_checkpoints(run: Run) -> None:
    """Remove all checkpoints of a run that needs them no more."""
    shutil.rmtree(run.checkpoints_path, ignore_errors=True)


def _write(path: Path, about: dict[str, object], arrays: dict[str, np.ndarray]) -> None:
    path.parent.mkdir(exist_ok=True)
    text = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
    with replacing(path) as sibling, sibling.open("wb") as file:
        np.savez(file, about=text, **arrays)  # type: ignore[arg-type]


def _read(path: Path) -> tuple[dict, dict[str, np.ndarray]]:
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return json.loads(arrays.pop("about").tobytes()), arrays
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> RunError:
    return RunError(
        f"The checkpoint {path} cannot be read ({error}), so this run cannot go on. Train anew."
    )


def _numbered(arrays: dict[str, np.ndarray], kind: str) -> list[np.ndarray]:
    count = sum(name.startswith(f"{kind}.") for name in arrays)
    return [arrays[f"{kind}.{number}"] for number in range(count)]
