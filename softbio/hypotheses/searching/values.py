"""The values of an attribute: known, not known, or known by their chances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from softbio.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["known_values"]


def known_values(
    column: np.ndarray | pd.Series, name: str, n: int
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return an attribute and where it is known (None: everywhere).

    Parameters
    ----------
    column : ndarray or Series, shape (n,)
        0 and 1, and −1 or null for what is not known; or floating chances of 1, and NaN.
    name : str
    n : int

    Returns
    -------
    ndarray, shape (n,)
        uint8, 1 where it holds; or float64, chances, if any is neither 0 nor 1.
    ndarray of bool, shape (n,), or None

    Raises
    ------
    DataError
        If there are not n values, or one is none of these.
    """
    if isinstance(column, np.ndarray):
        values = column
    elif column.dtype.kind == "f":
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        values = column.to_numpy(dtype=np.int8, na_value=-1)
    if values.shape != (n,):
        raise DataError(f"The attribute {name!r} has {len(values):,} values for {n:,} faces.")
    if values.dtype == np.bool_:
        return values.astype(np.uint8), None
    if values.dtype.kind == "f":
        return _known_chances(values, name)
    low, high = (values.min(), values.max()) if n else (0, 0)
    if low < -1 or high > 1:
        raise _unexpected(name, low if low < -1 else high)
    if low < 0:
        return (values == 1).astype(np.uint8), values >= 0
    return values.astype(np.uint8), None


def _known_chances(values: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray | None]:
    chances = values.astype(np.float64)
    defined = ~np.isnan(chances) & (chances != -1)
    told = chances[defined]
    if len(told) and (told.min() < 0 or told.max() > 1):
        raise _unexpected(name, told.min() if told.min() < 0 else told.max())
    everywhere = None if len(told) == len(values) else defined
    if np.isin(told, (0, 1)).all():
        return (defined & (chances == 1)).astype(np.uint8), everywhere
    return chances, everywhere


def _unexpected(name: str, value: float) -> DataError:
    return DataError(
        f"The attribute {name!r} holds {value:g}; expected are 0, 1, a chance between them, and "
        "−1 or null for what is not known."
    )
