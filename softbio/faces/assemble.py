"""From packed pixels to a face set: the table, the meta data, the header of the pixels."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import softbio
from softbio.errors import DataError
from softbio.faces.chunks import DIGEST_BYTES, Packed
from softbio.faces.decode import RESIZE
from softbio.faces.faceset import FORMAT_VERSION
from softbio.faces.source import Source
from softbio.faces.splits import SplitPlan, assign_splits, cut_validation

__all__ = [
    "PIXELS_START",
    "TooManySkippedError",
    "assemble",
    "described",
    "skipped_faces",
    "write_described",
]

#: Bytes of the header of ``images.npy``; NumPy leaves room in it for any number of faces.
PIXELS_START = 128


class TooManySkippedError(DataError):
    """More images could not be read than is accepted.

    Attributes
    ----------
    skipped : list of dict
        ``filename`` and ``reason`` of each.
    """

    def __init__(self, message: str, skipped: list[dict[str, str]]) -> None:
        super().__init__(message)
        self.skipped = skipped


def skipped_faces(source: Source, done: Sequence[Packed]) -> list[dict[str, str]]:
    """Return ``filename`` and ``reason`` of each face that could not be read."""
    names = source.rows["filename"]
    return [
        {"filename": str(names.iloc[number]), "reason": reason}
        for packed in done
        for number, reason in packed.skipped
    ]


def assemble(
    folder: Path, source: Source, done: Sequence[Packed], size: int, plan: SplitPlan, request: str
) -> None:
    """Write ``table.parquet`` and ``meta.json`` beside the pixels, and the pixels' header.

    The same source, options and versions give the same bytes; nothing written
    here depends on the time or on how often the packing was interrupted.
    """
    table, meta = described(source, done, size, plan, request)
    _write_header(folder / "images.npy", (len(table), size, size, 3))
    write_described(folder, table, meta)


def described(
    source: Source, done: Sequence[Packed], size: int, plan: SplitPlan, request: str
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return a set's table and meta data; without images, nothing is `done` and `size` is 0."""
    skipped = [number for packed in done for number, _ in packed.skipped]
    faces = source.rows.drop(index=skipped).reset_index(drop=True)
    digests = _digests(done)
    splits, told = assign_splits(faces, source.group_column, plan)
    splits = cut_validation(faces, source.group_column, splits, plan.seed)
    columns = ["filename", "label", source.group_column, "identity"]
    table = faces[columns].assign(split=pd.array(splits, dtype="str"))
    further = [*source.attributes, *source.extra]
    table = pd.concat([table, faces[further].astype("Int8")], axis=1)
    resize = "drawn at this size" if source.draw else RESIZE
    return table, {
        "format_version": FORMAT_VERSION,
        "fingerprint": _fingerprint(table, size, done),
        "softbio_version": softbio.__version__,
        "source": source.meta["source"],
        "reader": source.meta["reader"],
        "size": size,
        "resize": resize if source.has_images else "no images",
        "group_column": source.group_column,
        "groups": {str(code): name for code, name in source.groups.items()},
        "attributes": list(source.attributes),
        "label": source.meta["label"],
        "counts": {"faces": len(faces), "of": source.meta["of"], "skipped": len(skipped)},
        "skipped": skipped_faces(source, done),
        "left_out": source.meta["left_out"],
        "identical": int(digests.duplicated(keep=False).sum()),
        "conflicts": _conflicts(digests, faces["filename"], faces["label"]) if done else [],
        "split": told,
        "request": request,
    }


def write_described(folder: Path, table: pd.DataFrame, meta: dict[str, Any]) -> None:
    """Write table and meta data beside the pixels, and see all three safely on the disk."""
    table.to_parquet(folder / "table.parquet", index=False)
    text = json.dumps(meta, indent=2, ensure_ascii=False) + "\n"
    (folder / "meta.json").write_text(text, encoding="utf-8")
    for name in ("table.parquet", "meta.json", "images.npy"):
        with (folder / name).open("rb") as file:
            os.fsync(file.fileno())


def _digests(done: Sequence[Packed]) -> pd.Series:
    joined = b"".join(packed.digests for packed in done)
    halves = np.frombuffer(joined, np.dtype(f"V{DIGEST_BYTES}"))
    # Compared as text: pandas hashes strings fast and raw bytes not at all.
    return pd.Series([half.tobytes().hex() for half in halves], dtype="str")


def _conflicts(
    digests: pd.Series, names: pd.Series, labels: pd.Series
) -> list[dict[str, list[Any]]]:
    """Return the byte-identical images whose labels differ, each group with its names and labels."""
    known = labels.notna()
    frame = pd.DataFrame({"digest": digests[known], "name": names[known], "label": labels[known]})
    frame = frame[frame.duplicated("digest", keep=False)]
    return [
        {"filenames": list(group["name"]), "labels": [int(value) for value in group["label"]]}
        for _, group in frame.groupby("digest", sort=False)
        if group["label"].nunique() > 1
    ]


def _fingerprint(table: pd.DataFrame, size: int, done: Sequence[Packed]) -> str:
    digest = hashlib.sha256(f"{size} {list(table.columns)}".encode())
    # One after the other, so that it does not matter how the faces were cut into chunks.
    for packed in done:
        digest.update(packed.digests)
    for packed in done:
        digest.update(packed.checksums)
    digest.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
    return digest.hexdigest()


def _write_header(path: Path, shape: tuple[int, ...]) -> None:
    with path.open("r+b") as file:
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        if file.tell() != PIXELS_START:
            raise AssertionError(f"the header of {path} takes {file.tell()} bytes")
