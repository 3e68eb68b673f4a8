"""From candidates to the lines of a ranking: equal formulas joined, refinements folded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log2
from typing import TYPE_CHECKING

import numpy as np

from softbio.formula import OPERATORS, Formula, Join, Node, Not
from softbio.formula.conjunctions import Conjunctions, PackedFaces
from softbio.formula.logic import two_valued
from softbio.hypotheses.searching.exhaustive import score_functions
from softbio.hypotheses.searching.figures import figures_of
from softbio.hypotheses.searching.findings import Hypothesis, Refinement
from softbio.hypotheses.searching.functions import functions_of, literal_counts, widened
from softbio.hypotheses.searching.material import Material
from softbio.hypotheses.searching.pool import TIE, Candidates
from softbio.hypotheses.searching.scoring import evidence_bits, formula_bits

if TYPE_CHECKING:
    from softbio.hypotheses.searching.latent import Fit

__all__ = ["Line", "as_hypotheses", "extended", "fold", "lines_of", "siblings", "values_of"]

_REFINEMENTS_SHOWN = 3
_FORMS_LOOKED_AT = 16


@dataclass(frozen=True, eq=False)
class Line:
    """A formula with its values.

    Attributes
    ----------
    bits : float
        Description length.
    tree : Node
        In its shortest form.
    literals : int
    attributes : frozenset of int
    values : ndarray, shape (W,), uint64
        Packed as in `PackedFaces`.
    same : tuple of Node
        Other formulas with these values that are as short.
    fit : Fit, optional
        Where attributes are only known by chances: the formula fitted to them.
    mark : bytes
        What formulas of the same values, or of the same chances, have in common.
    """

    bits: float
    tree: Node
    literals: int
    attributes: frozenset[int]
    values: np.ndarray
    same: tuple[Node, ...] = ()
    fit: Fit | None = None
    mark: bytes = b""

    @property
    def key(self) -> bytes:
        """What formulas have in common that say the same of every face."""
        return self.mark or self.values.tobytes()


def lines_of(material: Material, candidates: Candidates) -> list[Line]:
    """Write candidates out as formulas."""
    everything = material.packed.everything()
    lines = []
    for bits, truth, inputs in zip(
        candidates.bits, candidates.truth, candidates.attributes, strict=True
    ):
        attributes = [int(index) for index in inputs if index >= 0]
        filled = _filled_cells(material.packed, attributes, everything)
        names = tuple(material.names[index] for index in attributes)
        trees = _forms(int(truth), names, filled)
        lines.append(
            Line(
                bits=float(bits),
                tree=trees[0],
                literals=int(literal_counts()[truth]),
                attributes=frozenset(attributes),
                values=values_of(trees[0], material, everything),
                same=trees[1:],
            )
        )
    return lines


def _filled_cells(packed: PackedFaces, attributes: list[int], everything: np.ndarray) -> int:
    """Return the cells of some attributes that hold faces, as bits."""
    cells = [everything]
    for index in attributes:
        column = packed.bits[index]
        cells = [cell & (column ^ everything) for cell in cells] + [cell & column for cell in cells]
    return sum(1 << place for place, cell in enumerate(cells) if cell.any())


def _forms(truth: int, names: tuple[str, ...], filled: int) -> tuple[Node, ...]:
    """The formulas that are the same in the filled cells and as short, best to read first."""
    inputs = len(names)
    every = (1 << (1 << inputs)) - 1
    own = truth & every
    if filled == every:
        return (Formula.of_table(names, own).tree,)
    table = functions_of(inputs).truth
    table = np.concatenate([table, ~table & every])
    table = table[table & filled == own & filled]
    lengths = literal_counts()[widened(table, inputs)]
    alike = table[lengths == literal_counts()[truth]][:_FORMS_LOOKED_AT]
    trees = (Formula.of_table(names, int(other)).tree for other in alike)
    return tuple(sorted(trees, key=_reading))


def _reading(tree: Node) -> tuple[int, int, int, str]:
    """How hard a formula is to read: its `not`s, its parts, how tight its operators are."""
    # The text only makes the choice the same every time.
    return *_effort(tree), str(Formula(tree))


def _effort(node: Node) -> tuple[int, int, int]:
    match node:
        case Not(operand):
            denials, parts, tightness = _effort(operand)
            return denials + 1, parts, tightness
        case Join(operator, operands):
            efforts = [_effort(operand) for operand in operands]
            denials, parts, tightness = (sum(column) for column in zip(*efforts, strict=True))
            return denials, parts + 1, tightness + OPERATORS.index(operator)
    return 0, 0, 0


def fold(lines: list[Line]) -> list[Line]:
    """Join formulas of the same values, and drop what refines a formula that is no worse.

    A formula refines another if it speaks of all its attributes and of more, or
    of the same in more literals. The result is sorted, the shortest description
    first.
    """
    joined: dict[bytes, Line] = {}
    for line in sorted(lines, key=lambda line: (round(line.bits, 6), line.literals)):
        key = line.key
        first = joined.setdefault(key, line)
        if first is not line and line.literals == first.literals:
            joined[key] = replace(first, same=(*first.same, line.tree, *line.same))
    kept: list[Line] = []
    for line in joined.values():
        if not any(_refines(line, other) for other in kept):
            kept.append(line)
    return kept


def _refines(line: Line, other: Line) -> bool:
    """Whether `line` only adds to `other`, of which the description is no longer."""
    return other.attributes < line.attributes or (
        other.attributes == line.attributes and other.literals < line.literals
    )


def as_hypotheses(
    material: Material,
    conjunctions: Conjunctions,
    lines: list[Line],
    top: int,
    most: int,
    compared: Sequence[Line] = (),
) -> tuple[Hypothesis, ...]:
    """Turn the best lines into results.

    `most` attributes were searched. Of lines that were compared by chances, refinements are
    taken from all that were `compared` so; else they are sought here.
    """
    if not lines:
        return ()
    last = lines[min(top, len(lines)) - 1].bits + TIE
    shown = [line for line in lines if line.bits <= last]
    hypotheses: list[Hypothesis] = []
    for place, line in enumerate(shown):
        tied = place and line.bits <= shown[place - 1].bits + TIE
        counts = line.fit.counts if line.fit else _counts(material, line.values)
        attributes = len(material.names)
        if line.fit and not line.fit.certain:
            # It is told, too, which version of the chances is meant.
            told = float(formula_bits(line.literals, attributes)) + log2(len(material.versions))
            evidence = line.fit.evidence - told
        else:
            evidence = evidence_bits(counts, line.literals, attributes, material.faces_as_one)
        if line.fit:
            refined = _refining(material, line, compared)
        else:
            refined = _refinements(material, conjunctions, line, most)
        names = tuple(material.names[index] for index in sorted(line.attributes))
        hypotheses.append(
            Hypothesis(
                rank=hypotheses[-1].rank if tied else place + 1,
                formula=str(Formula(line.tree)),
                attributes=names,
                literals=line.literals,
                bits=float(line.bits),
                formula_bits=float(formula_bits(line.literals, attributes)),
                saved_bits=float(material.scale.constant_bits - line.bits),
                evidence_bits=float(evidence),
                overall=figures_of("all", counts.sum(axis=0)),
                groups=tuple(
                    figures_of(name, table)
                    for name, table in zip(material.groups, counts, strict=True)
                ),
                same=tuple(dict.fromkeys(str(Formula(tree)) for tree in line.same)),
                refinements=refined,
                probed=tuple(name for name in names if name in material.probed),
            )
        )
    return tuple(hypotheses)


def _counts(material: Material, values: np.ndarray) -> np.ndarray:
    """Faces ``[group, label, formula]`` (G, 2, 2)."""
    inside = material.packed.count(values)
    counts = np.stack([material.packed.sizes - inside, inside], axis=-1)
    return counts.reshape(len(material.groups), 2, 2)


def _refinements(
    material: Material, conjunctions: Conjunctions, line: Line, most: int
) -> tuple[Refinement, ...]:
    """Return the best formulas of the line's attributes and one more that are no better."""
    return tuple(
        Refinement(str(Formula(other.tree)), other.bits - line.bits)
        for other in extended(material, conjunctions, line, most, 4 * _REFINEMENTS_SHOWN, line.bits)
        if other.key != line.key
    )[:_REFINEMENTS_SHOWN]


def _refining(material: Material, line: Line, compared: Sequence[Line]) -> tuple[Refinement, ...]:
    """Return the same of what has been compared already."""
    found = sorted(
        (
            other
            for other in compared
            if len(other.attributes) == len(line.attributes) + 1
            and other.attributes > line.attributes
            and other.bits >= line.bits
            and other.key != line.key
        ),
        key=lambda other: other.bits,
    )
    return tuple(
        Refinement(str(Formula(other.tree)), other.bits - line.bits)
        for other in found[:_REFINEMENTS_SHOWN]
    )


def extended(
    material: Material, conjunctions: Conjunctions, line: Line, most: int, count: int, least: float
) -> list[Line]:
    """Return the best formulas of a line's attributes and one more of `least` bits or more."""
    others = sorted(set(range(len(material.names))) - line.attributes)
    tuples = [sorted((*line.attributes, other)) for other in others]
    return _best_of(material, conjunctions, tuples, most, count, least)


def siblings(
    material: Material, conjunctions: Conjunctions, line: Line, most: int, count: int
) -> list[Line]:
    """Return the best formulas of a line's own attributes."""
    return _best_of(material, conjunctions, [sorted(line.attributes)], most, count, -np.inf)


def _best_of(
    material: Material,
    conjunctions: Conjunctions,
    tuples: list[list[int]],
    most: int,
    count: int,
    least: float,
) -> list[Line]:
    """Return the best formulas over some tuples of one size."""
    size = len(tuples[0]) if tuples else 0
    if not 0 < size <= min(most, 3):
        return []
    rows = np.array(tuples)
    limits: np.ndarray = np.full(len(rows), np.inf)
    _, found = score_functions(
        material.scale, rows, conjunctions.tables(size, rows), limits, keep_longer=True
    )
    found = found.take(np.flatnonzero((found.bits >= least) & np.isfinite(found.bits)))
    best = found.take(np.argsort(found.bits, kind="stable")[:count]).sorted()
    return lines_of(material, best)


def values_of(tree: Node, material: Material, everything: np.ndarray) -> np.ndarray:
    """Return the values of a formula, packed (W,)."""
    return two_valued(tree, material.bits_of, everything)
