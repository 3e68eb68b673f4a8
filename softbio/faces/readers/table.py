"""Photographs described by a CSV or Parquet table with named columns."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from softbio.errors import DataError
from softbio.faces.readers.coding import as_text, binary, group_codes, label_from
from softbio.faces.readers.listing import image_files
from softbio.faces.source import GENDERS, Source, left_out

__all__ = ["TABLE_SUFFIXES", "TableOptions", "read_table"]

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".parquet")

_SPLITS = {
    "train": "train", "training": "train",
    "val": "val", "valid": "val", "validation": "val", "dev": "val",
    "test": "test", "testing": "test",
}  # fmt: skip
# Names that the set itself gives to columns.
_RESERVED = frozenset(("filename", "path", "label", "identity", "partition", "split", "true_label"))


@dataclass(frozen=True)
class TableOptions:
    """Where the table is, what its columns mean, and which words are the two labels.

    `table` and `root` are found beside the source when they are None; a column
    that is None is looked for under its usual name.
    """

    table: Path | None = None
    root: Path | None = None
    filename_column: str = "filename"
    label_column: str | None = None
    group_column: str | None = None
    identity_column: str | None = None
    split_column: str | None = None
    positive: str | None = None
    negative: str | None = None


def read_table(
    source: Path,
    options: TableOptions,
    *,
    label: str | None = None,
    attributes_only: bool = False,
) -> Source:
    """Read the faces that a table lists.

    Parameters
    ----------
    source : Path
        The folder of images, or the table itself with the images beside it.
    options : TableOptions
        What the columns mean.
    label : str, optional
        A formula over the table's 0/1 or −1/1 columns, instead of a label column.
    attributes_only : bool
        Take the table for all there is, and look for no image.

    Raises
    ------
    DataError
        If the table cannot be read, lacks a column, holds a value that has no
        meaning, or a name that leads out of the folder of images.
    """
    path, root = _places(source, options)
    frame = _read_frame(path)
    first_row = 1 if path.suffix.lower() == ".parquet" else 2
    where = str(path)
    names = _filenames(frame, options.filename_column, root, where, first_row)
    if not attributes_only:
        _refuse_links(names, root.resolve(), where, first_row)
    paths = "" if attributes_only else f"{root.resolve()}/" + names
    rows = pd.DataFrame({"filename": names, "path": paths})

    used = {options.filename_column}
    label_column = _optional(frame, options.label_column, "label", where)
    group_column = _optional(frame, options.group_column, "gender", where)
    identity_column = _optional(frame, options.identity_column, "identity", where)
    split_column = _optional(frame, options.split_column, "split", where)
    used.update(filter(None, (label_column, group_column, identity_column, split_column)))
    attributes = _attributes(frame.drop(columns=list(used)), where, first_row)

    if label:
        candidates = attributes
        rows["label"], told = label_from(label, candidates)
    elif label_column:
        words = _words(options)
        rows["label"], coding = binary(frame[label_column], label_column, where, first_row, words)
        told = {"column": label_column, "coding": coding}
    else:
        rows["label"], told = (
            pd.array([pd.NA] * len(rows), dtype="Int8"),
            {"column": None, "coding": None},
        )

    name, groups = "gender", dict(GENDERS)
    codes = pd.Series(pd.array([pd.NA] * len(rows), dtype="Int8"))
    if group_column:
        codes, groups = group_codes(frame[group_column], group_column, where, first_row)
        name = "gender" if groups == GENDERS else group_column
        if name in _RESERVED:
            raise DataError(f"{where}: a group column cannot be called {name!r}; rename it.")
    rows[name] = codes
    rows["identity"] = _identities(frame, identity_column)
    rows["partition"] = _partition(frame, split_column, where, first_row)
    attributes = attributes.drop(columns=[name], errors="ignore")
    rows = pd.concat([rows, attributes], axis=1)

    listed = set(names)
    present = [] if attributes_only else image_files(root)[0]
    unlisted = [file for file in present if file not in listed]
    meta = {
        "reader": "table",
        "source": str(path.resolve()),
        "label": told,
        "of": len(rows),
        "left_out": left_out(unlisted, f"no row in {path.name}"),
    }
    columns = tuple(attributes.columns)
    return Source(rows, name, groups, columns, meta, has_images=not attributes_only)


def _places(source: Path, options: TableOptions) -> tuple[Path, Path]:
    table = options.table
    if table is None and source.is_file():
        table = source
    elif table is None:
        found = sorted(
            file for file in source.iterdir() if file.suffix.lower() in (".csv", ".tsv", ".parquet")
        )
        if len(found) != 1:
            names = ", ".join(file.name for file in found[:5]) or "none"
            raise DataError(
                f"{source} should hold one CSV or Parquet table; found: {names}. Name the table "
                "with --table."
            )
        table = found[0]
    elif not table.is_file() and (source / table).is_file():
        table = source / table
    if not table.is_file():
        raise DataError(f"There is no table {table}.")
    root = options.root or (source if source.is_dir() else table.parent)
    if not root.is_dir():
        raise DataError(f"The folder of images {root} is not there.")
    return table, root


def _read_frame(path: Path) -> pd.DataFrame:
    try:
        if path.suffix.lower() == ".parquet":
            frame = pd.read_parquet(path)
        else:
            with path.open(encoding="utf-8-sig") as file:
                header = file.readline()
            separator = max(",;\t", key=header.count)
            frame = pd.read_csv(
                path, sep=separator, dtype="str", keep_default_na=False, encoding="utf-8-sig"
            )
    except (OSError, ValueError, pd.errors.ParserError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise DataError(f"The table {path} cannot be read: {reason}.") from None
    if frame.empty:
        raise DataError(f"The table {path} has no rows.")
    frame.columns = frame.columns.astype(str).str.strip()
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise DataError(f"The table {path} has two columns {twice[0]!r}.")
    return frame.reset_index(drop=True)


def _filenames(
    frame: pd.DataFrame, column: str, root: Path, where: str, first_row: int
) -> pd.Series:
    if column not in frame:
        raise DataError(
            f"{where} has no column {column!r} (--filename-column); its columns are "
            f"{', '.join(map(str, frame.columns[:20]))}."
        )
    names = frame[column].astype("string").str.strip()
    for row, name in enumerate(names, start=first_row):
        if name is pd.NA or not name:
            raise DataError(f"{where}, row {row}: the file name is empty.")
        parts = name.split("/")
        if name.startswith("/") or ".." in parts or "\\" in name or ":" in parts[0] or "\0" in name:
            raise DataError(
                f"{where}, row {row}: {name!r} leads out of {root}. File names are relative to "
                "the folder of images."
            )
    return names.astype("str").rename(None)


def _refuse_links(names: pd.Series, root: Path, where: str, first_row: int) -> None:
    """Refuse names that a symbolic link leads out of `root`."""
    folders: dict[str, bool] = {"": True}
    for row, name in enumerate(names, start=first_row):
        parent, _, _ = name.rpartition("/")
        if parent not in folders:
            folders[parent] = (root / parent).resolve().is_relative_to(root)
        linked = os.path.islink(f"{root}/{name}")  # noqa: PTH114 — asked of every face
        if not folders[parent] or (linked and not (root / name).resolve().is_relative_to(root)):
            raise DataError(
                f"{where}, row {row}: {name!r} is a link that leads out of {root}. Put the image "
                "itself there."
            )


def _optional(frame: pd.DataFrame, given: str | None, usual: str, where: str) -> str | None:
    if given is None:
        return usual if usual in frame else None
    if given not in frame:
        raise DataError(
            f"{where} has no column {given!r} (--{usual.replace('gender', 'group')}-column); its "
            f"columns are {', '.join(map(str, frame.columns[:20]))}."
        )
    return given


def _words(options: TableOptions) -> dict[str, int] | None:
    if options.positive is None and options.negative is None:
        return None
    if not options.positive or not options.negative or options.positive == options.negative:
        raise DataError("Give both --positive and --negative, and make them differ.")
    return {options.negative: 0, options.positive: 1}


def _attributes(frame: pd.DataFrame, where: str, first_row: int) -> pd.DataFrame:
    """Keep the columns that hold 0/1 or −1/1 and nothing else; the others are not attributes."""
    kept: dict[str, pd.Series] = {}
    for name in frame.columns:
        if name in _RESERVED:
            continue
        # What a value means is worked out once for each that occurs, not for each face.
        codes, present = pd.factorize(frame[name])
        values = pd.Series(present)
        if not set(as_text(values).dropna().unique()) <= {"0", "1", "-1"}:
            continue
        try:
            meant, _ = binary(values, name, where, first_row)
        except DataError:
            continue  # −1, 0 and 1 together: a scale of three, not an attribute
        kept[name] = meant.reindex(codes).set_axis(frame.index)
    return pd.DataFrame(kept, index=frame.index)


def _identities(frame: pd.DataFrame, column: str | None) -> pd.Series:
    if column is None:
        return pd.Series(pd.array([pd.NA] * len(frame), dtype="Int64"))
    text = as_text(frame[column])
    if text.dropna().str.fullmatch(r"-?\d{1,18}").all():
        return text.astype("Int64")
    numbers, _ = pd.factorize(text, sort=True)
    return pd.Series(numbers).astype("Int64").mask(np.asarray(numbers < 0))


def _partition(frame: pd.DataFrame, column: str | None, where: str, first_row: int) -> pd.Series:
    if column is None:
        return pd.Series([None] * len(frame), dtype="str")
    text = as_text(frame[column]).str.casefold()
    splits = text.map(_SPLITS)
    wrong = np.flatnonzero(text.notna() & splits.isna())
    if len(wrong):
        raise DataError(
            f"{where}, row {wrong[0] + first_row}: {column} is {str(text.iloc[wrong[0]])!r}; it "
            "should be train, val or test."
        )
    return splits.astype("str")
