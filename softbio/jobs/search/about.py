"""What is searched: ``search.json``, of which the number of trials alone may change later."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from softbio.config import Space, TrainConfig
from softbio.errors import ConfigError, RunError
from softbio.runs import write_atomically

__all__ = ["About", "read_about", "write_about"]

_NAME = "search.json"


class About(BaseModel):
    """The data and all choices of a search; frozen, unknown keys are refused.

    Attributes
    ----------
    name : str
        What a person calls it; may be empty.
    created : float
        Seconds since the epoch.
    data, data_fingerprint : str
        The face set, as in a run's config.
    group_column : str
    groups : dict of int to str
    base : TrainConfig
        What the trials have in common; its ``folds`` are those of the search.
    space : dict
        As `Space.as_dict` gives it.
    objective : str
        Name of a metric, see `softbio.jobs.search.objectives`.
    direction : {"maximise", "minimise"}
    trials : int
        Trials that are wanted, completed and pruned ones together; may grow.
    folds : int
    seed : int
        Start of the proposals; all trainings have the base's seed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field("", max_length=200)
    created: float
    data: str
    data_fingerprint: str
    group_column: str
    groups: dict[int, str]
    base: TrainConfig
    space: dict[str, dict[str, Any]]
    objective: str
    direction: Literal["maximise", "minimise"]
    trials: int = Field(ge=1, le=10_000)
    folds: int = Field(ge=2, le=20)
    seed: int = Field(ge=0, le=2**31 - 1)

    @property
    def group_names(self) -> tuple[str, ...]:
        """Names of the groups, in the order in which they are shown."""
        return tuple(self.groups.values())


def read_about(folder: Path) -> tuple[About, Space]:
    """Read what is searched.

    Raises
    ------
    RunError
        If the file is missing or damaged, or was written by a later version of softbio.
    """
    path = folder / _NAME
    try:
        about = About.model_validate_json(path.read_bytes())
        return about, Space.of(about.space)
    except FileNotFoundError:
        raise RunError(
            f"There is no {path}: the search was removed, or its folder is not one of softbio's."
        ) from None
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValidationError, ConfigError) as error:
        told = str(error).splitlines()[0].rstrip(".")
        raise RunError(
            f"{path} cannot be used ({told}). It is damaged, or a later version of softbio wrote "
            "it."
        ) from None


def write_about(folder: Path, about: About) -> None:
    """Write ``search.json``."""
    write_atomically(folder / _NAME, about.model_dump_json(indent=2).encode() + b"\n")
