"""``predictions.parquet``: the scores of a run, with the groups' names in the file."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionDtype

from softbio.errors import RunError
from softbio.runs.predictions import Predictions

__all__ = ["pack_predictions", "read_predictions"]

_METADATA = b"softbio"


def pack_predictions(
    frame: pd.DataFrame, group_column: str, groups: dict[int, str], *, partial: bool = False
) -> bytes:
    """Return the bytes of a ``predictions.parquet``.

    Parameters
    ----------
    frame : DataFrame
        ``filename``, ``split``, ``label``, the group column and ``score`` are
        needed; ``label_version`` defaults to 0, ``fold`` to null and
        ``out_of_sample`` to whether the split is not ``train``. A score may be
        null where `partial`.
    partial : bool
        Whether faces may be without a score, as imported predictions are.

    Raises
    ------
    RunError
        If a score is not a number in 0 … 1.
    ValueError
        If a column is missing or a file name stands there twice.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    needed = ["filename", "split", "label", group_column, "score"]
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise ValueError(f"predictions need the columns {missing}")
    if frame["filename"].duplicated().any():
        raise ValueError("predictions need unique file names")
    score = frame["score"].to_numpy(dtype=np.float32, na_value=np.nan)
    wrong = ~((score >= 0) & (score <= 1))
    if partial:
        wrong &= ~np.isnan(score)
    if wrong.any():
        first = int(np.argmax(wrong))
        raise RunError(
            f"{int(wrong.sum())} scores are not numbers from 0 to 1, the first for "
            f"{frame['filename'].iloc[first]} ({score[first]}). The training diverged: "
            "lower the learning rate."
        )
    split = frame["split"].astype("str")
    tidy = pd.DataFrame(
        {
            "filename": frame["filename"].astype("str").to_numpy(),
            "split": split.to_numpy(),
            "label": frame["label"].astype("Int8").array,
            "label_version": _or_default(frame, "label_version", 0, pd.Int32Dtype()),
            group_column: frame[group_column].astype("Int8").array,
            "score": score,
            "fold": _or_default(frame, "fold", pd.NA, pd.Int16Dtype()),
            "out_of_sample": frame["out_of_sample"].to_numpy(dtype=bool)
            if "out_of_sample" in frame
            else (split != "train").to_numpy(dtype=bool),
        }
    )
    table = pa.Table.from_pandas(tidy, preserve_index=False)
    about = json.dumps({"group_column": group_column, "groups": groups}).encode()
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), _METADATA: about})
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def read_predictions(path: Path) -> Predictions:
    """Read a ``predictions.parquet``.

    Raises
    ------
    RunError
        If it is missing or damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # Through memory of our own: a mapped file would change when it is replaced.
        table = pq.read_table(pa.BufferReader(path.read_bytes()))
        about = json.loads(table.schema.metadata[_METADATA])
        groups = {int(code): str(name) for code, name in about["groups"].items()}
        frame = table.to_pandas()
        column = str(about["group_column"])
        if missing := {"filename", "split", "label", "score", column} - set(frame.columns):
            raise ValueError(f"without {', '.join(sorted(missing))}")
    except FileNotFoundError:
        raise RunError(f"There are no predictions at {path}.") from None
    except (OSError, KeyError, TypeError, ValueError, pa.ArrowException) as error:
        raise RunError(
            f"{path} is damaged ({str(error).splitlines()[0]}). Resume the run to write it again, "
            "or train anew."
        ) from None
    return Predictions(frame, column, groups)


def _or_default(frame: pd.DataFrame, name: str, default: object, dtype: ExtensionDtype) -> Any:
    column = frame[name] if name in frame else pd.Series(default, index=frame.index)
    return column.astype(dtype).array
