"""Which key says what: judgements and labels have keys of their own, words get the next letter free."""

from __future__ import annotations

import string
from collections.abc import Iterable

__all__ = ["JUDGEMENT_KEYS", "LABEL_KEYS", "MORE", "MOST_WORDS", "UNDO", "letters_of"]

JUDGEMENT_KEYS = {"w": "wrong label", "x": "unusable"}
LABEL_KEYS = {"0": 0, "1": 1}
MORE, UNDO = "m", "z"
#: More keys than these nobody keeps in mind; the other words have none.
MOST_WORDS = 10


def letters_of(words: Iterable[str]) -> dict[str, str]:
    """Return a key for each of the first words, by the key.

    It is the first of the word's own letters that is free, else any; a word that comes later
    takes no letter from one before it.

    Examples
    --------
    >>> letters_of(["blond", "bald", "wig", "mix"])
    {'b': 'blond', 'a': 'bald', 'i': 'wig', 'c': 'mix'}
    """
    taken = {*JUDGEMENT_KEYS, *LABEL_KEYS, MORE, UNDO}
    letters: dict[str, str] = {}
    for word in list(words)[:MOST_WORDS]:
        own = [one for one in word.casefold() if one in string.ascii_lowercase]
        free = (one for one in (*own, *string.ascii_lowercase) if one not in taken)
        letter = next(free)
        taken.add(letter)
        letters[letter] = word
    return letters
