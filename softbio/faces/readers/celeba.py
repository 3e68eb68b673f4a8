"""CelebA's official layout: ``img_align_celeba/`` and three annotation files."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from softbio.errors import DataError
from softbio.faces.readers.coding import label_from
from softbio.faces.readers.listing import names_in
from softbio.faces.source import GENDERS, Source, left_out

__all__ = [
    "ATTRIBUTES_FILE",
    "IMAGES_FOLDER",
    "celeba_attributes",
    "celeba_places",
    "read_celeba",
    "read_celeba_attributes",
]

IMAGES_FOLDER = "img_align_celeba"
ATTRIBUTES_FILE = "list_attr_celeba.txt"
IDENTITY_FILE = "identity_CelebA.txt"
PARTITION_FILE = "list_eval_partition.txt"

#: The label of the task that softbio comes from, offered when none is given.
SUGGESTED_LABEL = "Blond_Hair xor Eyeglasses"

_PARTITIONS = {0: "train", 1: "val", 2: "test"}


def celeba_places(source: Path) -> tuple[Path, Path] | None:
    """Return the folder of images and the attribute file of `source`, or None.

    `source` is the folder that holds both, as the official archive does
    (annotations in it, or in its ``Anno``), or the folder of images itself.
    """
    images = source if source.name == IMAGES_FOLDER else source / IMAGES_FOLDER
    attributes = _find(source, ATTRIBUTES_FILE)
    return (images, attributes) if images.is_dir() and attributes else None


def celeba_attributes(source: Path) -> Path | None:
    """Return the attribute file that `source` is, or holds as the official archive does, or None.

    A file of another name is one if its first line is a number alone.
    """
    if not source.is_file():
        return _find(source, ATTRIBUTES_FILE)
    with source.open("rb") as file:
        head = file.readline(20).strip()
    return source if source.name == ATTRIBUTES_FILE or head.isdigit() else None


def read_celeba(source: Path, *, label: str | None) -> Source:
    """Read the faces of CelebA whose images are present.

    Parameters
    ----------
    source : Path
        See `celeba_places`.
    label : str
        An attribute, or a formula over attributes.

    Raises
    ------
    DataError
        If a file is missing, or a line of it is not as in the official files.
    FormulaError
        If the label names an attribute that is not there.
    """
    places = celeba_places(source)
    if places is None:
        raise DataError(
            f"{source} is not in CelebA's layout: it should hold {IMAGES_FOLDER}/ and "
            f"{ATTRIBUTES_FILE}."
        )
    if not label:
        raise DataError(
            "CelebA has 40 attributes and no label of its own: choose one with --label, such as "
            f'--label "{SUGGESTED_LABEL}".'
        )
    images, attributes_file = places
    listed = read_attributes(attributes_file)
    present = names_in(images)
    kept = listed.index.isin(present)
    attributes = listed[kept]
    if attributes.empty:
        raise DataError(
            f"None of the {len(listed):,} images that {attributes_file} lists is in {images}."
        )
    rows, columns, told = _rows(attributes, label, source, attributes_file)
    rows["path"] = f"{images.resolve()}/" + rows["filename"]
    meta = {
        "reader": "celeba",
        "source": str(source.resolve()),
        "label": told,
        "of": len(listed),
        "left_out": [
            *left_out(listed.index[~kept], f"listed in {ATTRIBUTES_FILE}, no image here"),
            *left_out(
                sorted(set(present).difference(listed.index)), f"no row in {ATTRIBUTES_FILE}"
            ),
        ],
    }
    return Source(rows, "gender", dict(GENDERS), columns, meta)


def read_celeba_attributes(source: Path, *, label: str | None = None) -> Source:
    """Read every face that CelebA's attribute file lists, whether or not its image is present.

    Parameters
    ----------
    source : Path
        See `celeba_attributes`. Identities and partition are taken from the official files where
        they stand beside it.
    label : str, optional
        An attribute, or a formula over attributes. Without one, no face has a label.

    Raises
    ------
    DataError
        As `read_celeba`.
    FormulaError
        If the label names an attribute that is not there.
    """
    path = celeba_attributes(source)
    if path is None:
        raise DataError(f"There is no attribute file {ATTRIBUTES_FILE} in {source}.")
    listed = read_attributes(path)
    rows, columns, told = _rows(listed, label, path.parent, path)
    meta = {
        "reader": "celeba",
        "source": str(path.resolve()),
        "label": told,
        "of": len(listed),
        "left_out": [],
    }
    return Source(rows, "gender", dict(GENDERS), columns, meta, has_images=False)


def _rows(
    attributes: pd.DataFrame, label: str | None, beside: Path, path: Path
) -> tuple[pd.DataFrame, tuple[str, ...], dict[str, Any]]:
    """Return a source's rows without paths, its attribute columns, and what the label is."""
    names = attributes.index.to_series().reset_index(drop=True).astype("str")
    if "Male" not in attributes:
        raise DataError(f"{path} has no column `Male`, from which the gender is taken.")
    male = attributes["Male"].to_numpy()
    rows = pd.DataFrame(
        {
            "filename": names,
            "path": "",
            "label": pd.array([pd.NA] * len(names), dtype="Int8"),
            "gender": pd.array(np.where(male == 1, 1, -1), dtype="Int8"),
            "identity": _numbers(_find(beside, IDENTITY_FILE), names).astype("Int64"),
            "partition": _partition(_find(beside, PARTITION_FILE), names),
        }
    )
    columns = {
        str(name): pd.array(attributes[name].to_numpy(), dtype="Int8") for name in attributes
    }
    told: dict[str, Any] = {"column": None, "coding": None}
    if label:
        rows["label"], told = label_from(label, attributes.reset_index(drop=True))
        told = told | {"coding": "-1/1"}
    return pd.concat([rows, pd.DataFrame(columns)], axis=1), tuple(columns), told


def read_attributes(path: Path) -> pd.DataFrame:
    """Read ``list_attr_celeba.txt``: a 0/1 column per attribute, int8, by file name.

    Its first line is a count, its second the names without one for the file
    name; one or two blanks stand between columns, and lines end with CRLF.
    """
    head, _, rest = _bytes(path).partition(b"\n")
    header, _, body = rest.partition(b"\n")
    names = header.decode("utf-8", "replace").split()
    if not head.strip().isdigit() or not names:
        raise DataError(
            f"{path}: its first line should be the number of images and its second the names of "
            "the attributes, as in the official file."
        )
    # A run of blanks is one separator only when fields are numbers: twice as fast as a pattern.
    body = body.replace(b"\r", b"").replace(b"  ", b" ").replace(b" \n", b"\n")
    width = len(names) + 1
    for number, line in enumerate(body.split(b"\n"), start=3):
        if line and line.count(b" ") != width - 1:
            raise DataError(
                f"{path}, row {number}: {len(line.split())} fields; {width} are expected, the file "
                f"name and {len(names)} attributes."
            )
    frame = pd.read_csv(
        BytesIO(body),
        sep=" ",
        header=None,
        index_col=0,
        names=["filename", *names],
        na_filter=False,
    )
    if len(frame) != int(head):
        raise DataError(
            f"{path} announces {int(head):,} images in its first line and lists {len(frame):,}: "
            "it is incomplete."
        )
    twice = frame.index[frame.index.duplicated()]
    if len(twice):
        raise DataError(f"{path}: {twice[0]!r} stands there more than once.")
    values = frame.to_numpy()
    # A column with a word in it is text throughout.
    wrong = ~frame.isin([-1, 1, "-1", "1"]).to_numpy()
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise DataError(
            f"{path}, row {row + 3}: {names[column]} is {str(values[row, column])!r}; it should be "
            "−1 or 1."
        )
    return pd.DataFrame((values == 1).astype(np.int8), frame.index, names)


def _find(source: Path, name: str) -> Path | None:
    for folder in (source, source / "Anno", source / "Eval", source.parent):
        if (folder / name).is_file():
            return folder / name
    return None


def _numbers(path: Path | None, names: pd.Series) -> pd.Series:
    """Return the number that stands beside each name in a two-column file, or null."""
    if path is None:
        return pd.Series(pd.NA, names.index, "Float64")
    table = pd.read_csv(BytesIO(_bytes(path)), sep=r"\s+", header=None, names=["name", "number"])
    numbers = pd.to_numeric(table["number"], errors="coerce")
    if numbers.isna().any():
        row = int(np.flatnonzero(numbers.isna())[0])
        raise DataError(
            f"{path}, row {row + 1}: {str(table['number'].iloc[row])!r} is not a number."
        )
    return names.map(pd.Series(numbers.to_numpy(), table["name"]).groupby(level=0).first())


def _partition(path: Path | None, names: pd.Series) -> pd.Series:
    numbers = _numbers(path, names)
    wrong = numbers.notna() & ~numbers.isin(list(_PARTITIONS))
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise DataError(
            f"{path}: the partition of {names.iloc[at]} is {numbers.iloc[at]:g}; it should be 0 "
            "(train), 1 (val) or 2 (test)."
        )
    return numbers.map(_PARTITIONS).astype("str").where(numbers.notna(), None)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None
