"""A search's folder: what is checked before it is made, how it is made, and where it is found."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from softbio.config import Choice, Space, TrainConfig
from softbio.errors import DataError, RunError
from softbio.jobs.search.about import About, write_about
from softbio.jobs.search.study import create_study
from softbio.runs import RunStore

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet

__all__ = ["check", "folders", "new_folder", "remove_folder"]

_FOLDER = "searches"
_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")
_REMOVED = ".removed-"


def check(faces: FaceSet, base: TrainConfig, space: Space) -> None:
    """Refuse what would fail in the first trial, or in one that uses a value of the space."""
    from softbio.runs.published import check as check_published
    from softbio.training.corrections import corrections_of
    from softbio.training.folds import check_folds
    from softbio.training.head import HeadData, face_shares

    corrections = corrections_of(faces, base.labels)
    groups = tuple(faces.group_names.values())
    for values in _corners(space):
        config = space.config(base, values)
        config.network.check_size(faces.size)
        check_published(config.network)
        check_folds(faces, config, corrections)
        head = space.head(values)
        if head is not None:
            cells = np.arange(2 * len(groups))  # a face of each, so that every name is looked up
            face_shares(HeadData(np.zeros((len(cells), 1)), cells % 2, cells // 2, groups), head)
            if head.fitted_on == "val_fit" and not len(faces.rows("val_fit")):
                raise DataError(
                    f"The face set {faces.name} has no faces in val_fit to refit the last layer "
                    "on: pack it again, or search with head.fitted_on = train."
                )


def _corners(space: Space) -> Iterator[dict[str, Any]]:
    """Yield values with every end of a range and every member of a choice at least once."""
    ends = [
        {
            path: one.values[end] if isinstance(one, Choice) else (one.low, one.high)[end]
            for path, one in space.items()
        }
        for end in (0, -1)
    ]
    yield from ends
    for path, one in space.items():
        if isinstance(one, Choice):
            yield from (ends[0] | {path: value} for value in one.values[1:-1])


def new_folder(store: RunStore, about: About) -> Path:
    """Make the folder of a search; it appears at once with all that is in it.

    Raises
    ------
    RunError
        If it cannot be written.
    """
    place = store.path / _FOLDER
    draft = place / f".new-{secrets.token_hex(6)}"
    try:
        draft.mkdir(parents=True)
        write_about(draft, about)
        while True:
            stamp = datetime.fromtimestamp(about.created)
            path = place / f"{stamp:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
            if not path.exists():
                break
        create_study(draft / "study.sqlite3", path.name, about.direction)
        draft.rename(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            shutil.rmtree(draft)
        raise RunError(
            f"No search can be made in {place}: {error.strerror}. Choose another folder with "
            "--models or SOFTBIO_MODELS."
        ) from None
    return path


def folders(store: RunStore) -> list[Path]:
    """Return the folders that are named like searches, the newest first."""
    place = store.path / _FOLDER
    if not place.is_dir():
        return []
    names = [entry.name for entry in os.scandir(place) if entry.is_dir()]
    found = sorted((name for name in names if _ID.fullmatch(name)), reverse=True)
    return [place / name for name in found]


def remove_folder(path: Path) -> None:
    """Delete a search's folder; it leaves the list at once, however long deleting takes.

    Raises
    ------
    RunError
        If it cannot be removed.
    """
    try:
        path.rename(path.with_name(f"{_REMOVED}{secrets.token_hex(4)}-{path.name}"))
    except OSError as error:
        raise RunError(f"The search {path.name} cannot be removed: {error.strerror}.") from None
    for left in path.parent.glob(f"{_REMOVED}*"):  # also what a killed removal left behind
        shutil.rmtree(left, ignore_errors=True)
