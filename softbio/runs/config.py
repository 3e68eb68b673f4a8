"""What a run is made from: written once, when the run is created."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from softbio.config import TrainConfig
from softbio.errors import RunError

__all__ = ["RunConfig", "read_config"]


class RunConfig(BaseModel):
    """The data and every setting of a run; frozen, unknown keys are refused.

    Attributes
    ----------
    kind : {"trained"}
    data : str
        Path of the face set.
    data_fingerprint : str
        The set's fingerprint when the run was created.
    name : str
        What a person called the run; may be empty.
    size : int
        Side of the images in pixels.
    group_column : str
    groups : dict of int to str
        Name of each group by its code, in the order in which they are shown.
    train : TrainConfig
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["trained"] = "trained"
    data: str
    data_fingerprint: str
    name: str = Field("", max_length=200)
    size: int = Field(ge=1)
    group_column: str
    groups: dict[int, str]
    train: TrainConfig


def read_config(path: Path) -> RunConfig:
    """Read a ``config.json``.

    Raises
    ------
    RunError
        If it is missing or damaged, or was written by a later version of softbio.
    """
    try:
        return RunConfig.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise RunError(
            f"There is no {path}: the run was removed, or its folder is not one of softbio's."
        ) from None
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise RunError(
            f"{path} cannot be used ({place}: {first['msg'].lower()}). It is damaged, or a later "
            "version of softbio wrote it."
        ) from None
