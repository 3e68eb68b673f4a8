"""What a run is doing: the small file that every process reads and the trainer writes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from softbio.errors import RunError
from softbio.runs.files import write_atomically

__all__ = ["STATUSES", "Progress", "RunState", "Status", "read_state", "write_state"]

Status = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
STATUSES: tuple[str, ...] = get_args(Status)


class Progress(BaseModel):
    """How far a training has come.

    Attributes
    ----------
    epoch, epochs : int
        Epochs begun (from 1; 0 before the first) and epochs at most.
    step, steps : int
        Batches of this epoch done, and batches in an epoch.
    seconds_left : float or None
        Estimated; None while nothing is known.
    loss : float or None
        Mean training loss of this epoch so far.
    phase : str
        Which of several networks is trained, such as ``fold 2 of 4``; empty for the run's own.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    seconds_left: float | None = None
    loss: float | None = None
    phase: str = ""


class RunState(BaseModel):
    """The state of a run; frozen. Times are seconds since the epoch, as `time.time` gives them.

    Keys that a later version wrote are passed over in silence.

    Attributes
    ----------
    status : {"queued", "running", "done", "failed", "cancelled", "interrupted"}
    created, started, finished : float or None
    pid : int or None
    pid_created : float or None
        The process that trains and when it was created, which tells it from a
        later process with the same number.
    heartbeat : float or None
        When that process last gave a sign of life.
    progress : Progress or None
    error : str or None
        The sentence to show when the run failed or was interrupted.
    weights_sha256 : str or None
        Of ``model.weights.h5``, in hexadecimal; None until there are weights.
    best_epoch : int or None
        The epoch whose weights were kept.
    seconds : float or None
        Time spent on training, in all sittings.
    head_sha256 : str or None
        Of a refit's ``head.npz``.
    name : str or None
        What a person calls the run now; None: as in its config.
    note : str
        What a person wrote down about it.
    test_looks : int
        How often its figures on the test faces were looked at.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    status: Status = "queued"
    created: float | None = None
    started: float | None = None
    finished: float | None = None
    pid: int | None = None
    pid_created: float | None = None
    heartbeat: float | None = None
    progress: Progress | None = None
    error: str | None = None
    weights_sha256: str | None = None
    best_epoch: int | None = None
    seconds: float | None = None
    head_sha256: str | None = None
    name: Annotated[str | None, Field(max_length=200)] = None
    note: Annotated[str, Field(max_length=10_000)] = ""
    test_looks: int = 0


def read_state(path: Path) -> RunState:
    """Read a ``state.json``.

    Raises
    ------
    RunError
        If it is missing or damaged.
    """
    try:
        return RunState.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise RunError(
            f"There is no {path}: the run was removed, or its folder is not one of softbio's."
        ) from None
    except (OSError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise RunError(
            f"{path} is damaged ({reason}). Remove the run with `softbio runs rm`."
        ) from None


def write_state(path: Path, state: RunState) -> None:
    """Write `state` to `path`; a reader sees the old state or the new one."""
    write_atomically(path, state.model_dump_json(indent=2).encode() + b"\n")
