"""Longer formulas, literal by literal, from the best that an exact search found.

Any part of a formula may be joined with one more literal. Where it stands, the
formula is ``part ? high : low``, so what a new literal changes is read from two
columns (faces where the part alone decides, now true and now false): every
attribute, sign and operator takes one AND and one count, however long the formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial, reduce
from itertools import chain, combinations
from operator import and_, or_, xor

import numpy as np

from softbio.formula import OPERATORS, Join, Name, Node, Not, join
from softbio.formula.tidy import tidied
from softbio.hypotheses.searching.lines import Line, values_of
from softbio.hypotheses.searching.material import Material
from softbio.hypotheses.searching.scoring import formula_bits

__all__ = ["lengthen"]

_WIDTH = 8
_CHILDREN = 6


@dataclass(frozen=True, eq=False)
class _Place:
    """A part of a formula: the trees around it are put back by `rebuild`."""

    part: Node
    rebuild: Callable[[Node], Node]
    high: np.ndarray  # the formula's values were the part true
    low: np.ndarray


def lengthen(
    material: Material,
    lines: list[Line],
    most: int,
    literals: int,
    threads: int,
    stop: Callable[[], None],
) -> list[Line]:
    """Return the best formulas found by adding literals to the best lines.

    Parameters
    ----------
    material : Material
    lines : list of Line
        Sorted, the best first.
    most : int
        Formulas over up to so many attributes have all been searched.
    literals : int
        The longest formula.
    threads : int
    stop : callable
        Called often; raises to end the work.
    """
    found: list[Line] = []
    beam = [line for line in lines if line.literals < literals][:_WIDTH]
    everything = material.packed.everything()
    attributes = len(material.names)
    with ThreadPoolExecutor(threads) as workers:
        for length in range(2, literals + 1):
            # No formula of this length can be better than one that makes no error at all.
            least = float(formula_bits(length, attributes)) + float(material.scale.rate_bits.sum())
            if not lines or least > lines[0].bits:
                break
            waiting = [line for line in beam if line.literals >= length]

            def grow(line: Line) -> list[Line]:
                stop()
                return _children(material, line, everything)

            grown = workers.map(grow, [line for line in beam if line.literals == length - 1])
            longer: dict[bytes, Line] = {}
            for child in chain.from_iterable(grown):
                known = longer.setdefault(child.values.tobytes(), child)
                if child.bits < known.bits:
                    longer[child.values.tobytes()] = child
            best = sorted(longer.values(), key=lambda line: line.bits)[:_WIDTH]
            found.extend(
                replace(line, tree=tidied(line.tree))
                for line in best
                if len(line.attributes) > most
            )
            beam = waiting + best
    return found


def _children(material: Material, line: Line, everything: np.ndarray) -> list[Line]:
    """Return the best formulas of one literal more, a few for each part of the formula."""
    packed, scale = material.packed, material.scale
    cost = float(formula_bits(line.literals + 1, len(material.names)))
    fresh = np.array([i for i in range(packed.attributes) if i not in line.attributes])
    if not len(fresh):
        return []
    children = []
    joins = [(operator, denied) for operator in OPERATORS for denied in (False, True)]
    for place in _places(line.tree, material, everything):
        part = values_of(place.part, material, everything)
        decides = place.high ^ place.low
        true, false = decides & part, decides & (part ^ everything)
        inside = []
        for operator, denied in joins:
            columns = packed.bits[fresh] ^ everything if denied else packed.bits[fresh]
            moved = _moved(operator, columns, true, false, everything)
            inside.append(packed.count(line.values ^ moved))
        told = scale.data_bits(np.concatenate(inside).T / packed.copies)[0]
        for at in np.argsort(told, kind="stable")[:_CHILDREN]:
            (operator, denied), new = joins[at // len(fresh)], int(fresh[at % len(fresh)])
            column = packed.bits[new] ^ everything if denied else packed.bits[new]
            moved = _moved(operator, column, true, false, everything)
            if moved.any():
                name = Name(material.names[new])
                longer = join(operator, (place.part, Not(name) if denied else name))
                children.append(
                    Line(
                        bits=float(told[at]) + cost,
                        tree=place.rebuild(longer),
                        literals=line.literals + 1,
                        attributes=line.attributes | {new},
                        values=line.values ^ moved,
                    )
                )
    return children


def _moved(
    operator: str, column: np.ndarray, true: np.ndarray, false: np.ndarray, everything: np.ndarray
) -> np.ndarray:
    """Where joining the part with a new literal turns the formula's value."""
    if operator == "and":
        return (column ^ everything) & true
    return column & (false if operator == "or" else true | false)


def _places(
    tree: Node, material: Material, everything: np.ndarray, around: _Place | None = None
) -> Iterator[_Place]:
    """Yield every part of a formula, the whole first.

    What is denied is no part of its own: joined with a literal it is its denial, joined with
    the opposite.
    """
    whole = around or _Place(tree, lambda part: part, everything, np.zeros_like(everything))
    yield whole
    rebuild, high, low = whole.rebuild, whole.high, whole.low
    if isinstance(tree, Not):
        tree, rebuild, high, low = tree.operand, partial(_denied, rebuild), low, high
    if not isinstance(tree, Join):
        return
    values = [values_of(operand, material, everything) for operand in tree.operands]
    for size in range(1, len(values)):
        for chosen in combinations(range(len(values)), size):
            others = [index for index in range(len(values)) if index not in chosen]
            if_1, if_0 = _decided(tree.operator, [values[index] for index in others], everything)
            kept = tuple(tree.operands[index] for index in others)
            part = join(tree.operator, [tree.operands[index] for index in chosen])
            place = _Place(
                part,
                partial(_rebuilt, rebuild, tree.operator, kept),
                _chosen(if_1, high, low, everything),
                _chosen(if_0, high, low, everything),
            )
            if size == 1:
                yield from _places(part, material, everything, place)
            else:
                yield place


def _rebuilt(
    around: Callable[[Node], Node], operator: str, others: tuple[Node, ...], part: Node
) -> Node:
    return around(join(operator, (*others, part)))


def _denied(around: Callable[[Node], Node], part: Node) -> Node:
    return around(Not(part))


def _decided(
    operator: str, others: list[np.ndarray], everything: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the values of a join were one operand true, and were it false."""
    if operator == "and":
        return reduce(and_, others), np.zeros_like(everything)
    if operator == "or":
        return everything, reduce(or_, others)
    rest = reduce(xor, others)
    return rest ^ everything, rest


def _chosen(
    value: np.ndarray, high: np.ndarray, low: np.ndarray, everything: np.ndarray
) -> np.ndarray:
    return value & high | (value ^ everything) & low
