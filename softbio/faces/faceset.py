"""FaceSet: the folder that holds packed faces, and how it is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from softbio.errors import DataError

__all__ = ["FORMAT_VERSION", "SPLITS", "FaceSet", "in_split"]

FORMAT_VERSION = 1
#: Every split that can be asked for; ``val`` is ``val_select`` and ``val_fit`` together.
SPLITS = ("train", "val", "val_select", "val_fit", "test", "unlabelled")


@dataclass(frozen=True)
class FaceSet:
    """Packed faces: pixels on disk, one table row a face, and how they came about.

    Attributes
    ----------
    path : Path
        The folder, which holds ``images.npy``, ``table.parquet`` and ``meta.json``.
    images : np.memmap, shape (N, H, W, 3), uint8
        RGB pixels, read from disk as they are asked for; (N, 0, 0, 3) in a set without images.
    table : DataFrame
        One row a face, in the order of `images`: ``filename`` (unique str),
        ``label`` (Int8, 0, 1 or null), the group column (Int8 codes or null),
        ``identity`` (Int64 or null), ``split`` (str, one of `SPLITS`), and one
        Int8 column per attribute. A synthetic set also has ``true_label``.
    meta : dict
        See ``docs/file-formats.md``.
    """

    path: Path
    images: np.ndarray
    table: pd.DataFrame
    meta: dict[str, Any]

    @classmethod
    def open(cls, path: str | Path) -> FaceSet:
        """Open the face set in the folder `path`.

        Raises
        ------
        DataError
            If the folder is missing, is not a face set, or its parts disagree.
        """
        path = Path(path)
        if not path.exists():
            raise DataError(
                f"There is no face set at {path}. Pack one with `softbio pack SOURCE --out {path}`."
            )
        missing = [
            name
            for name in ("meta.json", "table.parquet", "images.npy")
            if not (path / name).is_file()
        ]
        if missing:
            raise DataError(
                f"{path} is not a face set: {', '.join(missing)} is missing. "
                f"Pack the photographs first: `softbio pack {path} --out data/NAME`."
            )
        try:
            meta = json.loads((path / "meta.json").read_text(encoding="utf-8"))
            table = pd.read_parquet(path / "table.parquet")
            images = np.load(path / "images.npy", mmap_mode="r", allow_pickle=False)
        except (OSError, EOFError, ValueError) as error:
            raise DataError(
                f"The face set {path} cannot be read: {error}. Pack it again."
            ) from None
        version = meta.get("format_version") if isinstance(meta, dict) else None
        if version != FORMAT_VERSION:
            raise DataError(
                f"The face set {path} has format {version}; this version of "
                f"softbio reads format {FORMAT_VERSION}. Pack it again."
            )
        if images.ndim != 4 or images.dtype != np.uint8 or len(images) != len(table):
            raise DataError(
                f"The face set {path} is damaged: images.npy holds {images.shape} {images.dtype} "
                f"for {len(table)} rows of the table. Pack it again."
            )
        needed = {"filename", "label", "identity", "split", meta.get("group_column")}
        if absent := needed.difference(table.columns):
            raise DataError(
                f"The face set {path} is damaged: its table has no column "
                f"{', '.join(sorted(map(str, absent)))}. Pack it again."
            )
        return cls(path, images, table, meta)

    def __len__(self) -> int:
        return len(self.table)

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.resolve().name

    @property
    def size(self) -> int:
        """Side of the square images, in pixels; 0 in a set without images."""
        return int(self.images.shape[1])

    @property
    def has_images(self) -> bool:
        """Whether there are photographs, not attributes alone."""
        return self.size > 0

    def needs_images(self, what: str) -> None:
        """Refuse what cannot be done on a set without images.

        Parameters
        ----------
        what : str
            Begins the sentence, such as ``Training``.

        Raises
        ------
        DataError
            If there are no images.
        """
        if not self.has_images:
            raise DataError(
                f"{what} needs photographs, and the face set {self.name} holds attributes only. "
                "Pack the photographs: `softbio pack SOURCE --out data/NAME` without "
                "--attributes-only."
            )

    @property
    def fingerprint(self) -> str:
        """Hexadecimal digest of pixels and table: two sets that share it are the same."""
        return str(self.meta["fingerprint"])

    @property
    def group_column(self) -> str:
        """The sensitive attribute's column, ``gender`` unless packed otherwise."""
        return str(self.meta["group_column"])

    @property
    def group_names(self) -> dict[int, str]:
        """Name of each group by its code, in the order in which they are shown."""
        return {int(code): name for code, name in self.meta["groups"].items()}

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names of the attribute columns."""
        return tuple(self.meta["attributes"])

    @property
    def has_identities(self) -> bool:
        """Whether it is known who is on any photograph."""
        return bool(self.table["identity"].notna().any())

    def group_index(self) -> np.ndarray:
        """Return each face's group as an index into `group_names`; −1 where unknown.

        Returns
        -------
        ndarray, shape (N,), int64
        """
        codes = self.table[self.group_column]
        found: np.ndarray = np.full(len(codes), -1, dtype=np.int64)
        for index, code in enumerate(self.group_names):
            found[(codes == code).to_numpy(dtype=bool, na_value=False)] = index
        return found

    def in_groups(self) -> FaceSet:
        """Return the set; one that knows nobody's group, with everybody in one, ``all``."""
        if not len(self) or (self.group_index() >= 0).any():
            return self
        everybody = pd.array(np.zeros(len(self), np.int8), dtype="Int8")
        return replace(
            self,
            table=self.table.assign(**{self.group_column: everybody}),
            meta={**self.meta, "groups": {"0": "all"}},
        )

    def rows(self, split: str) -> np.ndarray:
        """Return the row numbers of a split, ascending, shape (n,), int64."""
        return np.flatnonzero(in_split(self.table["split"], split))

    def labels(self) -> np.ndarray:
        """Return the labels, shape (N,), int8: 0, 1, or −1 where there is none."""
        return self.table["label"].fillna(-1).to_numpy(dtype=np.int8)

    def batches(self, rows: np.ndarray, size: int) -> Iterator[np.ndarray]:
        """Yield the pixels of `rows` in order, `size` faces at a time, uint8.

        Raises
        ------
        DataError
            At the first batch, if the set holds no images.
        """
        self.needs_images("Looking at faces")
        for start in range(0, len(rows), size):
            yield np.asarray(self.images[rows[start : start + size]])


def in_split(column: pd.Series, split: str) -> np.ndarray:
    """Return which faces stand in one of `SPLITS`.

    Parameters
    ----------
    column : Series of str
        ``train``, ``val_select``, ``val_fit``, ``test`` or ``unlabelled`` for each face. A set that
        was packed before validation was cut in two says ``val``: all of that is ``val_select``.
    split : str
        One of `SPLITS`.

    Returns
    -------
    ndarray, shape (N,), bool
    """
    names = {"val": ["val", "val_select", "val_fit"], "val_select": ["val", "val_select"]}
    return column.isin(names.get(split, [split])).to_numpy()
