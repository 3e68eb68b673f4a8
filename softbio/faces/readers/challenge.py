"""The data challenge's layout: ``train.txt``, ``train/``, ``test/``."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from softbio.errors import DataError
from softbio.faces.readers.coding import binary, group_codes
from softbio.faces.readers.listing import names_in
from softbio.faces.source import GENDERS, Source, left_out

__all__ = ["TRAIN_FILE", "is_challenge", "read_challenge"]

TRAIN_FILE = "train.txt"


def is_challenge(source: Path) -> bool:
    """Return whether the folder holds ``train.txt`` and ``train/``."""
    return (source / TRAIN_FILE).is_file() and (source / "train").is_dir()


def read_challenge(source: Path) -> Source:
    """Read the labelled faces of ``train/`` and the unlabelled ones of ``test/``.

    ``train.txt`` has no header and three columns separated by tabs: image,
    label (−1 or 1) and gender (−1 women, 1 men). A name in it without an image
    stays in the source, and is told when it cannot be read.

    Raises
    ------
    DataError
        If a part is missing, a value is another, or a name stands in ``train/``
        and in ``test/``.
    """
    table_file = source / TRAIN_FILE
    if not is_challenge(source):
        raise DataError(
            f"{source} is not in the challenge's layout: it should hold {TRAIN_FILE} and train/."
        )
    table = _read_table(table_file)
    folder = source.resolve()
    present = names_in(source / "train")
    unlisted = sorted(set(present).difference(table["filename"]))
    labels, coding = binary(table["label"], "label", str(table_file), 1)
    genders, _ = group_codes(table["gender"], "gender", str(table_file), 1)
    train = pd.DataFrame(
        {
            "filename": table["filename"],
            "path": f"{folder}/train/" + table["filename"],
            "label": labels,
            "gender": genders,
        }
    )
    test_names = pd.Series(
        names_in(source / "test") if (source / "test").is_dir() else [], dtype="str"
    )
    both = sorted(set(test_names) & set(train["filename"]))
    if both:
        raise DataError(
            f"{source}: {len(both)} file names stand in train/ and in test/, such as {both[0]!r}. "
            "A face's name is unique in its set: rename one of them."
        )
    test = pd.DataFrame({"filename": test_names, "path": f"{folder}/test/" + test_names})
    rows = pd.concat([train, test], ignore_index=True)
    rows = rows.astype({"label": "Int8", "gender": "Int8"})
    rows["identity"] = pd.array([pd.NA] * len(rows), dtype="Int64")
    rows["partition"] = pd.Series([None] * len(rows), dtype="str")
    meta = {
        "reader": "challenge",
        "source": str(folder),
        "label": {"column": "label", "coding": coding},
        "of": len(rows),
        "left_out": left_out(unlisted, f"in train/, no row in {TRAIN_FILE}"),
    }
    return Source(rows, "gender", dict(GENDERS), (), meta)


def _read_table(path: Path) -> pd.DataFrame:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}.") from None
    while lines and not lines[-1].strip():
        lines.pop()
    fields = [line.split("\t") for line in lines]
    for row, parts in enumerate(fields, start=1):
        if len(parts) != 3 or not all(part.strip() for part in parts):
            raise DataError(
                f"{path}, row {row}: {lines[row - 1][:80]!r}; a row is image, label and gender, "
                "separated by tabs."
            )
        # Names are looked up in train/: nothing may lead out of it.
        if parts[0] in (".", "..") or "/" in parts[0] or "\\" in parts[0]:
            raise DataError(f"{path}, row {row}: {parts[0]!r} is no plain file name.")
    return pd.DataFrame(fields, columns=["filename", "label", "gender"], dtype="str")
