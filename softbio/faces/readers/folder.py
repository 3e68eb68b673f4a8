"""Images alone: a folder of photographs of which nothing is known, for prediction."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from softbio.errors import DataError
from softbio.faces.readers.listing import image_files
from softbio.faces.source import GENDERS, Source, left_out

__all__ = ["read_folder"]


def read_folder(source: Path) -> Source:
    """Read every image under `source`, all of them unlabelled, in the order of their names.

    Raises
    ------
    DataError
        If the folder is not there, or holds no image.
    """
    if not source.is_dir():
        raise DataError(f"{source} is not a folder of images.")
    images, others = image_files(source)
    if not images:
        raise DataError(f"There is no image in {source}.")
    names = pd.Series(images, dtype="str")
    nothing = [pd.NA] * len(names)
    rows = pd.DataFrame(
        {
            "filename": names,
            "path": f"{source.resolve()}/" + names,
            "label": pd.array(nothing, dtype="Int8"),
            "gender": pd.array(nothing, dtype="Int8"),
            "identity": pd.array(nothing, dtype="Int64"),
            "partition": pd.Series([None] * len(names), dtype="str"),
        }
    )
    meta = {
        "reader": "folder",
        "source": str(source.resolve()),
        "label": {"column": None, "coding": None},
        "of": len(rows),
        "left_out": left_out(others, "not an image"),
    }
    return Source(rows, "gender", dict(GENDERS), (), meta)
