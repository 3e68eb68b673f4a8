"""From text to tree, with the column of every mistake."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import NoReturn

from softbio.errors import FormulaError
from softbio.formula.text import KEYWORDS, shortened
from softbio.formula.tree import OPERATORS, Constant, Name, Node, Not, join

__all__ = ["parse_tree"]

# Formulas come from people and from files: a bound keeps recursion harmless.
_MAX_LENGTH = 10_000
_MAX_DEPTH = 60

_TOKEN = re.compile(r"""\s*(?:(\w+)|("(?:[^"]|"")*"|'(?:[^']|'')*')|([()])|(\S))""")
_SYMBOLS = {"&": "and", "|": "or", "^": "xor", "!": "not", "~": "not", "+": "or", "*": "and"}


def parse_tree(text: str) -> Node:
    """Read a formula's text.

    Raises
    ------
    FormulaError
        If the text is no formula; the message gives the column, counted from 1.
    """
    if len(text) > _MAX_LENGTH:
        raise FormulaError(
            f"The formula has {len(text)} characters; at most {_MAX_LENGTH} are read."
        )
    parser = _Parser(text)
    tree = parser.joined(0, 0)
    parser.end()
    return tree


class _Parser:
    """Recursive descent over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.at = 0

    @property
    def token(self) -> str | None:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else None

    @property
    def column(self) -> int:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else len(self.text) + 1

    def joined(self, level: int, depth: int) -> Node:
        if level == len(OPERATORS):
            return self.operand(depth)
        operands = [self.joined(level + 1, depth)]
        while self.token == OPERATORS[level]:
            self.at += 1
            operands.append(self.joined(level + 1, depth))
        return join(OPERATORS[level], operands)

    def operand(self, depth: int) -> Node:
        if depth > _MAX_DEPTH:
            self.fail(f"the formula is nested more than {_MAX_DEPTH} deep")
        token, column = self.token, self.column
        if token == "not":
            self.at += 1
            return Not(self.operand(depth + 1))
        if token == "(":
            self.at += 1
            inside = self.joined(0, depth + 1)
            if self.token != ")":
                if self.token is not None:
                    self.end()
                self.fail(f"the parenthesis opened at column {column} is not closed")
            self.at += 1
            return inside
        if token is None or token == ")" or token in OPERATORS:
            found = "the formula ends" if token is None else f"{token!r} stands"
            self.fail(f"an attribute, `not` or `(` is expected where {found}")
        self.at += 1
        return Constant(token == "1") if token in ("0", "1") else Name(token[1:], column)

    def end(self) -> None:
        """Complain about whatever stands here, behind a whole formula."""
        if self.token is None:
            return
        if self.token == ")":
            self.fail("this parenthesis was never opened")
        word = self.token.strip()
        close = difflib.get_close_matches(word.casefold(), OPERATORS, n=1) if len(word) < 8 else []
        meant = f" (did you mean `{close[0]}`?)" if close else ""
        self.fail(f"`and`, `or` or `xor` is expected here{meant}; put names with blanks in quotes")

    def fail(self, what: str) -> NoReturn:
        raise FormulaError(f"Column {self.column} of the formula `{shortened(self.text)}`: {what}.")


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Yield each token with its column; names are marked by a leading blank."""
    for match in _TOKEN.finditer(text):
        word, quoted, parenthesis, other = match.groups()
        column = match.start(match.lastindex or 0) + 1
        if word:
            plain = word.casefold()
            yield (plain if plain in KEYWORDS or word in ("0", "1") else f" {word}"), column
        elif quoted:
            name = quoted[1:-1].replace(quoted[0] * 2, quoted[0])
            if not name.strip():
                raise FormulaError(f"Column {column} of the formula: the quotes hold no name.")
            yield f" {name}", column
        elif parenthesis:
            yield parenthesis, column
        else:
            instead = f"write `{_SYMBOLS[other]}`" if other in _SYMBOLS else "it has no meaning"
            if other in "\"'":
                instead = "the quote is not closed"
            raise FormulaError(
                f"Column {column} of the formula `{shortened(text)}`: {other!r}: {instead}."
            )
