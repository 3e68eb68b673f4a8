"""Formulas over probed attributes, compared by the likelihood of the labels given the chances.

The search itself counts, and so needs values: it runs on draws of the probed attributes. What
it ranks by is then too pessimistic about them, for a draw knows less of a face than its
chance does. So more is kept than will be shown, longer formulas too that draws make no better
than a part of them; all of it is compared anew by `latent.label_bits`, and so is what lies next
to the best. Where probes are so weak that two of them are needed at once to gain anything, a
formula can still be passed over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from softbio.formula import Formula
from softbio.formula.conjunctions import Conjunctions
from softbio.hypotheses.searching.latent import chance_of, label_bits
from softbio.hypotheses.searching.lines import Line, extended, fold, siblings
from softbio.hypotheses.searching.material import Material
from softbio.hypotheses.searching.scoring import formula_bits

__all__ = ["SHORTLIST_MARGIN", "compare", "shortlist_size"]

#: Bits by which a formula may be longer, among draws, than a part of it, and be compared.
SHORTLIST_MARGIN = 20.0

_LINES_THAT_CHOOSE = 40
_EXTENDED = 10
_EXTENSIONS = 12
_SIBLINGS = 12
# Chances that differ by less are the same: they come from different orders of multiplication.
_DECIMALS = 6


def shortlist_size(top: int) -> int:
    """Return how many formulas are kept for a comparison of which `top` will be shown."""
    return 10 * top + 200


def compare(
    material: Material,
    conjunctions: Conjunctions,
    lines: list[Line],
    top: int,
    most: int,
    threads: int,
    stop: Callable[[], None],
) -> tuple[list[Line], int]:
    """Return lines with description lengths given the chances, and those next to the best.

    Each version of the chances is tried on the first lines, and the one that leads to the
    shortest description is taken for all; which one comes second.

    Parameters
    ----------
    material : Material
        With probed attributes.
    conjunctions : Conjunctions
        Of the drawn values.
    lines : list of Line
        The shortlist, the most promising first.
    top : int
        How many will be shown.
    most : int
        Attributes that were searched together.
    threads : int
    stop : callable
        Called often; raises to end the work.
    """
    version = 0
    if len(material.versions) > 1:
        with ThreadPoolExecutor(threads) as workers:

            def shortest(version: int) -> float:
                stop()
                some = lines[:_LINES_THAT_CHOOSE]
                weighed = workers.map(lambda line: _weighed(material, version, line), some)
                return min((line.bits for line in weighed), default=np.inf)

            version = min(range(len(material.versions)), key=shortest)
    return _compared(material, version, conjunctions, lines, top, most, threads, stop), version


def _compared(
    material: Material,
    version: int,
    conjunctions: Conjunctions,
    lines: list[Line],
    top: int,
    most: int,
    threads: int,
    stop: Callable[[], None],
) -> list[Line]:
    compared: dict[str, Line] = {}

    def weigh(line: Line) -> Line:
        stop()
        return _weighed(material, version, line)

    def add(some: Iterable[Line]) -> None:
        # What was the same at all draws need not be the same by the chances.
        alone = (
            replace(line, tree=tree, same=()) for line in some for tree in (line.tree, *line.same)
        )
        fresh = {str(Formula(line.tree)): line for line in alone}
        fresh = {text: line for text, line in fresh.items() if text not in compared}
        compared.update(zip(fresh, workers.map(weigh, fresh.values()), strict=True))

    with ThreadPoolExecutor(threads) as workers:
        add(lines)
        done: set[frozenset[int]] = set()
        while True:
            best = fold(list(compared.values()))[: min(top, _EXTENDED)]
            fresh = [line for line in best if line.attributes not in done]
            if not fresh:
                break
            done |= {line.attributes for line in fresh}
            for line in fresh:
                stop()
                add(siblings(material, conjunctions, line, most, _SIBLINGS))
                add(extended(material, conjunctions, line, most, _EXTENSIONS, -np.inf))
    return [line for line in compared.values() if np.isfinite(line.bits)]


def _weighed(material: Material, version: int, line: Line) -> Line:
    chance = chance_of(Formula(line.tree), material.versions[version])
    fit = label_bits(material.scale, chance, material.sizes, material.faces_as_one)
    rounded = np.round(chance, _DECIMALS).astype(np.float32) + np.float32(0)
    return replace(
        line,
        bits=fit.bits + float(formula_bits(line.literals, len(material.names))),
        fit=fit,
        mark=hashlib.blake2b(rounded.tobytes(), digest_size=16).digest(),
    )
