"""The minimal disjunctive form: prime implicants, and the cheapest of them that suffice.

References
----------
W. V. Quine, The problem of simplifying truth functions (1952);
E. J. McCluskey, Minimization of Boolean functions (1956).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from softbio.errors import FormulaError
from softbio.formula.canonical import Canonical
from softbio.formula.tree import Constant, Name, Node, Not, join

__all__ = ["MAX_MINIMAL_NAMES", "Term", "disjunctive_tree", "minimal_terms", "require_few"]

#: Up to here the exact cover is found at once; the number of implicants grows as 3**n.
MAX_MINIMAL_NAMES = 8

#: A conjunction over n names: which of them it does not mention, and the values of the others.
Term = tuple[int, int]


def disjunctive_tree(canonical: Canonical) -> Node:
    """The minimal disjunctive form as a tree: terms by length, then by names.

    Raises
    ------
    FormulaError
        If more than `MAX_MINIMAL_NAMES` attributes matter.
    """
    names = canonical.names
    if not names:
        return Constant(bool(canonical.table))
    terms = [
        [(at, value >> at & 1) for at in range(len(names)) if not free >> at & 1]
        for free, value in minimal_terms(canonical)
    ]
    terms.sort(key=lambda term: (len(term), [(at, not value) for at, value in term]))
    literals = [
        [Name(names[at]) if value else Not(Name(names[at])) for at, value in term] for term in terms
    ]
    return join("or", [join("and", term) for term in literals])


def minimal_terms(canonical: Canonical) -> tuple[Term, ...]:
    """Fewest terms whose disjunction is the function, and among those the fewest literals.

    Raises
    ------
    FormulaError
        If more than `MAX_MINIMAL_NAMES` attributes matter.
    """
    require_few(canonical)
    return _minimal(len(canonical), canonical.table)


def require_few(canonical: Canonical) -> None:
    """Refuse a function of more names than can be minimised.

    Raises
    ------
    FormulaError
        If more than `MAX_MINIMAL_NAMES` attributes matter.
    """
    if len(canonical) > MAX_MINIMAL_NAMES:
        raise FormulaError(
            f"The formula depends on {len(canonical)} attributes; its minimal form is worked out "
            f"for at most {MAX_MINIMAL_NAMES}. Use fewer attributes."
        )


@lru_cache(maxsize=4096)
def _minimal(n: int, table: int) -> tuple[Term, ...]:
    covers = {prime: _cover(prime, n) for prime in _primes(n, table)}
    cost = {(free, value): _TERM + n - free.bit_count() for free, value in covers}
    chosen: list[Term] = []
    left = table
    while left:
        covers, rows = _reduced({term: covers[term] & left for term in covers}, left, cost)
        needed = {_only(row, covers) for row in rows} - {None}
        if not needed:
            chosen += _cheapest(covers, rows, cost)
            break
        for term in needed:
            assert term is not None
            chosen.append(term)
            left &= ~covers[term]
    return tuple(sorted(chosen))


# More than all literals of a form together, so that one term less always wins.
_TERM = MAX_MINIMAL_NAMES * 2**MAX_MINIMAL_NAMES


def _primes(n: int, table: int) -> list[Term]:
    """The implicants that no other one contains, in order of their numbers."""
    current = {(0, entry) for entry in range(1 << n) if table >> entry & 1}
    primes: list[Term] = []
    while current:
        wider, merged = set(), set()
        for free, value in current:
            for at in range(n):
                bit = 1 << at
                if not (free | value) & bit and (free, value | bit) in current:
                    wider.add((free | bit, value))
                    merged |= {(free, value), (free, value | bit)}
        primes += current - merged
        current = wider
    return sorted(primes)


def _cover(term: Term, n: int) -> int:
    """The truth table of a term: every way to fill what it leaves free."""
    free, table = term[0], 1 << term[1]
    for at in range(n):
        if free >> at & 1:
            table |= table << (1 << at)
    return table


def _reduced(
    covers: dict[Term, int], left: int, cost: dict[Term, int]
) -> tuple[dict[Term, int], list[int]]:
    """Drop terms that another covers at no more cost, and entries covered along with another."""
    kept: dict[Term, int] = {}
    # The cheapest and widest first: what is dropped is dropped for one already kept.
    for term in sorted(covers, key=lambda one: (cost[one], -covers[one].bit_count(), one)):
        if covers[term] and not any(covers[term] & ~other == 0 for other in kept.values()):
            kept[term] = covers[term]
    by_entry: dict[int, set[Term]] = {}
    for entry in range(left.bit_length()):
        if left >> entry & 1:
            by_entry[entry] = {term for term in kept if kept[term] >> entry & 1}
    rows: list[int] = []
    for entry in sorted(by_entry, key=lambda one: (len(by_entry[one]), one)):
        if not any(by_entry[other] <= by_entry[entry] for other in rows):
            rows.append(entry)
    return kept, rows


def _only(entry: int, covers: dict[Term, int]) -> Term | None:
    having = [term for term in covers if covers[term] >> entry & 1]
    return having[0] if len(having) == 1 else None


def _cheapest(covers: dict[Term, int], rows: list[int], cost: dict[Term, int]) -> list[Term]:
    """Solve the cyclic core, where every entry has a choice, as an integer programme."""
    # Loading SciPy's optimisers takes far longer than the rest of this package.
    from scipy.optimize import Bounds, LinearConstraint, milp

    terms = sorted(covers)
    table = np.array([[covers[term] >> entry & 1 for term in terms] for entry in rows])
    found = milp(
        np.array([cost[term] for term in terms]) / _TERM,
        integrality=np.ones(len(terms)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(table, lb=1),
        options={"mip_rel_gap": 0.0},
    )
    assert found.success, found.message
    return [term for term, take in zip(terms, found.x > 0.5, strict=True) if take]
