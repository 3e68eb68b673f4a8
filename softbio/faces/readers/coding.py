"""How the values that stand in files become codes: labels, attributes, groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from softbio.errors import DataError, FormulaError
from softbio.faces.source import GENDERS
from softbio.formula import Name, parse

__all__ = ["as_text", "binary", "group_codes", "label_from"]

_BINARY = {"0": 0, "1": 1, "-1": 0}
_GENDERS = {
    "-1": -1, "f": -1, "female": -1, "woman": -1, "women": -1,
    "1": 1, "m": 1, "male": 1, "man": 1, "men": 1,
}  # fmt: skip
_MOST_GROUPS = 100


def as_text(column: pd.Series) -> pd.Series:
    """Return the values as text without blanks around; empty and missing ones as null.

    Whole numbers lose their decimals, so that the 1.0 of a column with gaps is "1".
    """
    text = column.astype("string").str.strip()
    text = text.str.replace(r"^(-?\d+)\.0+$", r"\1", regex=True)
    return text.mask(text == "")


def binary(
    column: pd.Series, what: str, where: str, first_row: int, words: Mapping[str, int] | None = None
) -> tuple[pd.Series, str]:
    """Map a column to 0, 1 or null.

    Parameters
    ----------
    column : Series
        As it stands in the file.
    what, where : str
        The column's name and the file, for the error.
    first_row : int
        Number of the first value's row in the file, counted from 1.
    words : mapping, optional
        Which value means 0 and which 1, where they are words.

    Returns
    -------
    values : Series of Int8
    coding : str
        ``"0/1"``, ``"-1/1"``, or the two words.

    Raises
    ------
    DataError
        If a value is another, or 0 and −1 stand side by side; row and value are named.
    """
    text = as_text(column)
    known = dict(words) if words else _BINARY
    codes = text.map(known)
    wrong = text.notna() & codes.isna()
    if wrong.any():
        hint = "It should be 0 or 1, or −1 or 1; name two words with --positive and --negative."
        if words:
            hint = f"It should be {' or '.join(repr(word) for word in known)}."
        raise DataError(_told(text, wrong, what, where, first_row, hint))
    if words:
        by_code = {code: word for word, code in known.items()}
        coding = f"{by_code[0]}/{by_code[1]}"
    else:
        zero, minus = (text == "0").fillna(False), (text == "-1").fillna(False)
        if zero.any() and minus.any():
            rarer = zero if zero.sum() <= minus.sum() else minus
            hint = "0 and −1 stand side by side: which of the codings is it?"
            raise DataError(_told(text, rarer, what, where, first_row, hint))
        coding = "-1/1" if minus.any() else "0/1"
    return codes.astype("Int8"), coding


def group_codes(
    column: pd.Series, what: str, where: str, first_row: int
) -> tuple[pd.Series, dict[int, str]]:
    """Map a group column to codes with names.

    −1 and 1, ``women``/``men``, ``female``/``male`` and ``F``/``M`` become −1
    (women) and 1 (men); so do 0 and 1 under the name ``gender`` never, for
    nobody can know which is which. Any other values are numbered from 0 in
    their sorted order.

    Raises
    ------
    DataError
        If there are more than 100 values, or values that are genders and others.
    """
    text = as_text(column)
    present = sorted(str(value) for value in text.dropna().unique())
    genders = text.str.casefold().map(_GENDERS)
    if present and not genders.isna()[text.notna()].any():
        return genders.astype("Int8"), dict(GENDERS)
    wrong = text.notna() & genders.isna()
    if what == "gender" or (0 < wrong.sum() < 0.05 * text.notna().sum()):
        hint = "It should be −1 (women) or 1 (men), or women, men, female, male, F, M."
        raise DataError(_told(text, wrong, what, where, first_row, hint))
    if len(present) > _MOST_GROUPS:
        raise DataError(
            f"{where}: the column {what!r} has {len(present)} values; a group column has at most "
            f"{_MOST_GROUPS}."
        )
    codes = {value: code for code, value in enumerate(present)}
    return text.map(codes).astype("Int8"), {code: value for value, code in codes.items()}


def label_from(text: str, attributes: pd.DataFrame) -> tuple[pd.Series, dict[str, Any]]:
    """Return the label that a formula over attributes gives, and how the set's meta tells it."""
    try:
        formula = parse(text).resolve([str(name) for name in attributes.columns])
    except FormulaError as error:
        raise FormulaError(f"The label {text!r} cannot be used. {error}") from None
    values = formula.evaluate(attributes)
    told = {"column": formula.tree.name} if isinstance(formula.tree, Name) else {}
    told = told or {"formula": str(formula)}
    label = pd.Series(pd.array(values, dtype="Int8"), index=attributes.index)
    return label.mask(np.asarray(values == -1)), {**told, "coding": "0/1"}


def _told(
    text: pd.Series, wrong: pd.Series, what: str, where: str, first_row: int, hint: str
) -> str:
    at = int(np.flatnonzero(wrong.to_numpy(dtype=bool))[0])
    more = int(wrong.sum()) - 1
    others = f" ({more:,} more like it)" if more else ""
    return f"{where}, row {at + first_row}: {what} is {str(text.iloc[at])!r}{others}. {hint}"
