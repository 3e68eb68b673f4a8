"""Sets without images: what an annotation file alone tells about faces."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from softbio.faces.assemble import described, write_described
from softbio.faces.faceset import FaceSet
from softbio.faces.readers import TableOptions, read_source
from softbio.faces.source import Source
from softbio.faces.splits import SplitPlan

__all__ = ["attribute_set", "write_attributes"]


def attribute_set(
    source: str | Path,
    label: str | None = None,
    *,
    format: str = "auto",
    limit: int | None = None,
    table: TableOptions | None = None,
    split: SplitPlan | None = None,
) -> FaceSet:
    """Open an annotation file as a face set in memory; nothing is written.

    Parameters
    ----------
    source : str or Path
        CelebA's ``list_attr_celeba.txt`` or a folder that holds it, with or without its
        photographs; or a table with columns of 0/1 or −1/1. ``identity_CelebA.txt`` and
        ``list_eval_partition.txt`` are read where they stand beside it.
    label : str, optional
        An attribute, or a formula over attributes. Without one, CelebA's faces have no label;
        a table's have that of its column ``label``, if it is there.
    format, limit, table
        As `softbio.faces.read_source` takes them.
    split : SplitPlan, optional
        How faces with a label are divided. Default: 60/20/20, seed 0.

    Returns
    -------
    FaceSet
        Its ``images`` have shape (N, 0, 0, 3) and its ``has_images`` is False. Its ``path`` is the
        source's, so that it has a name; there is no face set at that place.

    Raises
    ------
    DataError
        If the source cannot be read or has no attribute.
    FormulaError
        If the label is no formula over the attributes.
    """
    found = read_source(
        source, format=format, label=label, limit=limit, table=table, attributes_only=True
    )
    known, meta = described(found, (), 0, split or SplitPlan(), request="")
    return FaceSet(Path(source), _no_pixels(len(known)), known, meta)


def write_attributes(folder: Path, source: Source, plan: SplitPlan, request: str) -> None:
    """Write the set of a source without images to `folder`, which exists."""
    known, meta = described(source, (), 0, plan, request)
    np.save(folder / "images.npy", _no_pixels(len(known)))
    write_described(folder, known, meta)


def _no_pixels(n: int) -> np.ndarray:
    return np.zeros((n, 0, 0, 3), np.uint8)
