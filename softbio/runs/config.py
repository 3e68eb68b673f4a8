"""What a run is made from: written once, when the run is created."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from softbio.config import TrainConfig
from softbio.config.head import HeadConfig
from softbio.errors import RunError

__all__ = ["ImportedFrom", "RunConfig", "TrialOf", "read_config"]


class ImportedFrom(BaseModel):
    """The prediction file that a run was imported from.

    Attributes
    ----------
    file : str
        Its name, without the folder.
    sha256 : str
    scores : bool
        Whether it held scores; otherwise predictions alone, stored as scores 0 and 1, and what
        needs scores (AUC, calibration, another threshold) is undefined.
    faces : int
        Faces of the set that it has a prediction for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    sha256: str
    scores: bool
    faces: int = Field(ge=0)


class TrialOf(BaseModel):
    """The search that a run is a trial of.

    Attributes
    ----------
    id : str
        Of the search.
    trial : int
        Its number, from 0.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    trial: int = Field(ge=0)


class RunConfig(BaseModel):
    """The data and every setting of a run; frozen, unknown keys are refused.

    Attributes
    ----------
    kind : {"trained", "refit", "imported"}
        Trained by softbio; the last layer of another run fitted anew; or predictions that
        were made elsewhere.
    data : str
        Path of the face set.
    data_fingerprint : str
        The set's fingerprint when the run was created.
    name : str
        What a person called the run; may be empty.
    size : int
        Side of the images in pixels; 0 for predictions imported to a set without images.
    group_column : str
    groups : dict of int to str
        Name of each group by its code, in the order in which they are shown.
    train : TrainConfig or None
        None for imported predictions; a refit has its parent's.
    parent : str or None
        Id of the run whose last layer was fitted anew.
    head : HeadConfig or None
        The settings of a refit, or those with which a trial was refitted before it was judged.
    imported : ImportedFrom or None
    search : TrialOf or None
        Of a trial: its folds alone are trained, so that it has scores of the training faces by
        networks that have not seen them, and no network of its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["trained", "refit", "imported"] = "trained"
    data: str
    data_fingerprint: str
    name: str = Field("", max_length=200)
    size: int = Field(ge=0)
    group_column: str
    groups: dict[int, str]
    train: TrainConfig | None = None
    parent: str | None = None
    head: HeadConfig | None = None
    imported: ImportedFrom | None = None
    search: TrialOf | None = None

    @model_validator(mode="after")
    def _complete(self) -> RunConfig:
        needed = {
            "trained": ["train"],
            "refit": ["train", "parent", "head"],
            "imported": ["imported"],
        }
        if missing := [name for name in needed[self.kind] if getattr(self, name) is None]:
            raise ValueError(f"a run of kind {self.kind} needs {', '.join(missing)}")
        return self

    @property
    def training(self) -> TrainConfig:
        """The settings of the training; `RunError` where there was none."""
        if self.train is None:
            raise RunError("These predictions were imported: there is no network behind them.")
        return self.train

    @property
    def recipe(self) -> str:
        """What the run is called after: its recipe, ``refit`` or ``imported``."""
        return self.training.recipe if self.kind == "trained" else self.kind


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
