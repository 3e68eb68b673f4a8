"""Words that people may tag faces with: each is an attribute that a formula can name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from softbio.errors import DataError
from softbio.formula.text import KEYWORDS

__all__ = ["JUDGEMENTS", "LONGEST", "checked_word", "is_judgement"]

#: Characters of a word.
LONGEST = 40
_BESIDE_LETTERS = "_- "
#: What a photograph itself can be, whoever is on it. Tags like others, but no traits: no formula
#: explains a label by them, and nothing learns to see them.
JUDGEMENTS = ("wrong label", "unusable")


def is_judgement(word: str) -> bool:
    """Return whether a word judges the photograph and tells no trait of a face.

    Examples
    --------
    >>> is_judgement("Wrong  label"), is_judgement("glasses")
    (True, False)
    """
    return " ".join(word.split()).casefold() in JUDGEMENTS


def checked_word(word: str, annotated: Iterable[str] = ()) -> str:
    """Return a word as it is kept: without blanks at its ends and with single ones inside.

    Parameters
    ----------
    word : str
    annotated : iterable of str
        The set's annotated attributes, whose names are taken.

    Raises
    ------
    DataError
        If it is empty or longer than 40 characters; has anything but letters, digits, blanks,
        ``_`` and ``-``, or begins with ``-``; is a number that formulas know, or has one of their
        operators among its parts; or is the name of an annotated attribute.

    Examples
    --------
    >>> checked_word("  dark   glasses ")
    'dark glasses'
    """
    # One and the same letter can be written in two ways, which nobody can tell apart.
    word = " ".join(unicodedata.normalize("NFC", word).split())
    shown = repr(word if len(word) <= LONGEST else f"{word[:LONGEST]}…")
    if not word:
        raise DataError("Name what is tagged in a word, such as glasses. The word is empty.")
    if len(word) > LONGEST:
        raise DataError(
            f"The word {shown} has {len(word)} characters; a word has at most {LONGEST}."
        )
    for letter in word:
        if not (letter.isalnum() or letter in _BESIDE_LETTERS or unicodedata.combining(letter)):
            raise DataError(
                f"The word {shown} has {letter!r}; a word has letters, digits, blanks, _ and -."
            )
    if word.startswith("-"):
        raise DataError(f"The word {shown} begins with -; begin it with a letter or a digit.")
    if word in ("0", "1"):
        raise DataError(
            f"{word} means {('never', 'always')[int(word)]} in formulas and is no word."
        )
    for part in word.split():
        if part.casefold() in KEYWORDS:
            raise DataError(
                f"The word {shown} has {part!r}, which joins words in a formula. Tag each word by "
                "itself; what does not hold is tagged with no."
            )
    for name in annotated:
        if name.casefold() == word.casefold():
            raise DataError(
                f"The set has the annotated attribute {name} already, so {shown} cannot be tagged. "
                "Choose another word."
            )
    return word
