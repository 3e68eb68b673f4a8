"""The Boolean language over attributes: ``Blond_Hair xor Eyeglasses``.

``not`` binds before ``and``, ``and`` before ``xor``, ``xor`` before ``or``.
Names are written as in the attribute table, in any case, and within quotes
where they hold blanks; ``0`` and ``1`` are the constants. An attribute that is
not known for a face makes the formula unknown only where its value matters
(Kleene's three-valued logic: ``0 and unknown`` is 0).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn, TypeAlias

import numpy as np

from softbio.errors import FormulaError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OPERATORS", "Constant", "Formula", "Join", "Name", "Node", "Not", "parse"]

#: The joining operators, the loosest first.
OPERATORS = ("or", "xor", "and")

# Formulas come from people and from files: a bound keeps recursion harmless.
_MAX_LENGTH = 10_000
_MAX_DEPTH = 60

_KEYWORDS = frozenset((*OPERATORS, "not"))
_TOKEN = re.compile(r"""\s*(?:(\w+)|("(?:[^"]|"")*"|'(?:[^']|'')*')|([()])|(\S))""")
_SYMBOLS = {"&": "and", "|": "or", "^": "xor", "!": "not", "~": "not", "+": "or", "*": "and"}


@dataclass(frozen=True)
class Name:
    """An attribute; `column` is where it stands in the text, from 1."""

    name: str
    column: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Constant:
    """Always true, or always false."""

    value: bool


@dataclass(frozen=True)
class Not:
    """The opposite of its operand."""

    operand: Node


@dataclass(frozen=True)
class Join:
    """Two or more operands under one of `OPERATORS`, none of them under the same one."""

    operator: str
    operands: tuple[Node, ...]


Node: TypeAlias = Name | Constant | Not | Join


@dataclass(frozen=True)
class Formula:
    """A parsed formula. ``parse(str(formula)) == formula``.

    Examples
    --------
    >>> formula = parse("Blond_Hair xor (Eyeglasses and not Male)")
    >>> formula.names
    ('Blond_Hair', 'Eyeglasses', 'Male')
    >>> str(formula)
    'Blond_Hair xor Eyeglasses and not Male'
    >>> parse("a and b").evaluate({"a": np.array([1, 0, 1]), "b": np.array([1, -1, -1])})
    array([ 1,  0, -1], dtype=int8)
    """

    tree: Node

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes that it speaks of, in the order in which they first appear."""
        return tuple(dict.fromkeys(leaf.name for leaf in _names(self.tree)))

    def resolve(self, names: Iterable[str]) -> Formula:
        """Return the formula with each name spelled as in `names`.

        Raises
        ------
        FormulaError
            If a name is not among `names`, or only in cases that differ.
        """
        available = tuple(names)
        return Formula(_spelled(self.tree, available))

    def evaluate(self, columns: Mapping[str, np.ndarray] | pd.DataFrame) -> np.ndarray:
        """Return 0 or 1 for each face, −1 where an attribute that matters is not known.

        Parameters
        ----------
        columns : mapping of name to array of shape (N,), or DataFrame
            Integers or booleans: 0, 1, and −1 or null for "not known".

        Returns
        -------
        ndarray, shape (N,), int8

        Raises
        ------
        FormulaError
            If a name is not among the columns.
        """
        spelled = self.resolve(str(name) for name in columns)
        true, false = _truth(spelled.tree, columns)
        length = _length(columns)
        value: np.ndarray = np.full(length, -1, np.int8)
        value[np.broadcast_to(true, length)] = 1
        value[np.broadcast_to(false, length)] = 0
        return value

    def __str__(self) -> str:
        return _text(self.tree, 0)


def parse(text: str) -> Formula:
    """Read a formula.

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
    return Formula(tree)


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
        return _join(OPERATORS[level], operands)

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
                self.fail(f"the parenthesis opened at column {column} is not closed")
            self.at += 1
            return inside
        if token is None or token == ")" or token in OPERATORS:
            found = "the formula ends" if token is None else f"{token!r} stands"
            self.fail(f"an attribute, `not` or `(` is expected where {found}")
        self.at += 1
        return Constant(token == "1") if token in ("0", "1") else Name(token[1:], column)

    def end(self) -> None:
        if self.token == ")":
            self.fail("this parenthesis was never opened")
        if self.token is not None:
            self.fail("`and`, `or` or `xor` is expected here; put names with blanks in quotes")

    def fail(self, what: str) -> NoReturn:
        raise FormulaError(f"Column {self.column} of the formula `{_short(self.text)}`: {what}.")


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Yield each token with its column; names are marked by a leading blank."""
    for match in _TOKEN.finditer(text):
        word, quoted, parenthesis, other = match.groups()
        column = match.start(match.lastindex or 0) + 1
        if word:
            plain = word.casefold()
            yield (plain if plain in _KEYWORDS or word in ("0", "1") else f" {word}"), column
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
                f"Column {column} of the formula `{_short(text)}`: {other!r}: {instead}."
            )


def _join(operator: str, operands: list[Node]) -> Node:
    flat: list[Node] = []
    for operand in operands:
        # All three operators are associative, so `a or (b or c)` is `a or b or c`.
        same = isinstance(operand, Join) and operand.operator == operator
        flat.extend(operand.operands if same and isinstance(operand, Join) else [operand])
    return flat[0] if len(flat) == 1 else Join(operator, tuple(flat))


def _names(node: Node) -> Iterator[Name]:
    match node:
        case Name():
            yield node
        case Not(operand):
            yield from _names(operand)
        case Join(_, operands):
            for operand in operands:
                yield from _names(operand)


def _spelled(node: Node, names: tuple[str, ...]) -> Node:
    match node:
        case Name(name, column):
            return Name(_spelling(name, column, names), column)
        case Not(operand):
            return Not(_spelled(operand, names))
        case Join(operator, operands):
            return Join(operator, tuple(_spelled(operand, names) for operand in operands))
    return node


def _spelling(name: str, column: int, names: tuple[str, ...]) -> str:
    if name in names:
        return name
    alike = [other for other in names if other.casefold() == name.casefold()]
    if len(alike) == 1:
        return alike[0]
    where = f"Column {column} of the formula: "
    if alike:
        raise FormulaError(f"{where}{name!r} may be {' or '.join(alike)}; write it in its case.")
    folded = {other.casefold(): other for other in names}
    close = difflib.get_close_matches(name.casefold(), folded, n=1)
    hint = (
        f"Did you mean {folded[close[0]]!r}?"
        if close
        else f"There are: {', '.join(sorted(names)[:50])}."
        if names
        else "There are no attributes here."
    )
    raise FormulaError(f"{where}there is no attribute {name!r}. {hint}")


def _truth(
    node: Node, columns: Mapping[str, np.ndarray] | pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Where the node is surely true, and where it is surely false."""
    match node:
        case Constant(value):
            return np.bool_(value), np.bool_(not value)  # type: ignore[return-value]
        case Name(name):
            values = _values(columns[name])
            return values == 1, values == 0
        case Not(operand):
            true, false = _truth(operand, columns)
            return false, true
        case Join(operator, operands):
            true, false = _truth(operands[0], columns)
            for operand in operands[1:]:
                also, never = _truth(operand, columns)
                if operator == "and":
                    true, false = true & also, false | never
                elif operator == "or":
                    true, false = true | also, false & never
                else:
                    true, false = true & never | false & also, true & also | false & never
            return true, false
    raise AssertionError(node)


def _values(column: np.ndarray | pd.Series) -> np.ndarray:
    if isinstance(column, np.ndarray):
        return column
    return column.to_numpy(dtype=np.int8, na_value=-1)


def _length(columns: Mapping[str, np.ndarray] | pd.DataFrame) -> int:
    index = getattr(columns, "index", None)
    if index is not None:
        return len(index)
    return max((len(columns[str(name)]) for name in columns), default=0)


def _text(node: Node, level: int) -> str:
    """Print a node as an operand of the operator at `level`, with parentheses where needed."""
    match node:
        case Name(name):
            bare = re.fullmatch(r"\w+", name) and name not in ("0", "1")
            if bare and name.casefold() not in _KEYWORDS:
                return name
            return '"' + name.replace('"', '""') + '"'
        case Constant(value):
            return "1" if value else "0"
        case Not(operand):
            return f"not {_text(operand, len(OPERATORS))}"
        case Join(operator, operands):
            own = OPERATORS.index(operator)
            inner = f" {operator} ".join(_text(operand, own + 1) for operand in operands)
            return inner if own >= level else f"({inner})"
    raise AssertionError(node)


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}…"
