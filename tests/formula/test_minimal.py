"""The minimal disjunctive form, against brute force and an integer programme without shortcuts."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from softbio.errors import FormulaError
from softbio.formula import Canonical, Constant, Formula, Join, Name, Not, parse


def cubes(n):
    """Every conjunction of literals over n names: its truth table and its length."""
    for signs in itertools.product([None, 0, 1], repeat=n):
        held = [
            all(sign is None or entry >> at & 1 == sign for at, sign in enumerate(signs))
            for entry in range(1 << n)
        ]
        table = sum(1 << entry for entry, true in enumerate(held) if true)
        yield table, sum(sign is not None for sign in signs)


def size(formula):
    """Terms and literals, read off the text."""
    text = str(formula)
    if text in ("0", "1"):
        return int(text), 0
    return text.count(" or ") + 1, text.count(" or ") + text.count(" and ") + 1


def test_no_disjunctive_form_of_three_names_is_smaller():
    best = {0: (0, 0)}
    terms = list(cubes(3))
    for count in range(1, 5):
        for chosen in itertools.combinations(terms, count):
            table = 0
            for covered, _ in chosen:
                table |= covered
            cost = count, sum(length for _, length in chosen)
            best[table] = min(best.get(table, cost), cost)
    assert len(best) == 256
    for table in range(256):
        form = Formula.of_table("abc", table).disjunctive()
        assert form.canonical == Canonical.of_table("abc", table)
        assert size(form) == best[table]


@pytest.mark.parametrize("n", [4, 5, 6])
def test_larger_forms_are_as_small_as_an_integer_programme_finds(n):
    draw = random.Random(n)
    names = "abcdef"[:n]
    for _ in range(5):
        table = draw.getrandbits(1 << n)
        implicants = [(covered, length) for covered, length in cubes(n) if covered & ~table == 0]
        entries = [entry for entry in range(1 << n) if table >> entry & 1]
        covers = np.array(
            [[covered >> entry & 1 for covered, _ in implicants] for entry in entries]
        )
        found = milp(
            np.array([1000 + length for _, length in implicants]),
            integrality=np.ones(len(implicants)),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(covers, lb=1),
            options={"mip_rel_gap": 0},
        )
        form = Formula.of_table(names, table).disjunctive()
        assert form.canonical == Canonical.of_table(names, table)
        terms, literals = size(form)
        assert 1000 * terms + literals == round(found.fun)


@given(st.from_type(Formula))
def test_the_disjunctive_form_means_the_same_and_is_one(formula):
    form = formula.disjunctive()
    assert form == formula
    assert form.disjunctive().tree == form.tree
    terms = form.tree.operands if getattr(form.tree, "operator", "") == "or" else (form.tree,)
    for term in terms:
        literals = term.operands if isinstance(term, Join) else (term,)
        leaves = [one.operand if isinstance(one, Not) else one for one in literals]
        assert all(isinstance(leaf, Name | Constant) for leaf in leaves)


def test_terms_stand_from_the_shortest_and_in_the_order_of_their_names():
    assert str(parse("c and b or a").disjunctive()) == "a or b and c"
    assert str(parse("b xor a").disjunctive()) == "a and not b or not a and b"
    assert str(parse("a and not a").disjunctive()) == "0"


def test_eight_names_are_minimised_and_nine_refused_with_a_reason():
    draw = random.Random(8)
    formula = Formula.of_table("abcdefgh", draw.getrandbits(256))
    assert formula.disjunctive() == formula
    nine = parse(" xor ".join("abcdefghi"))
    for work in (nine.disjunctive, nine.shortest):
        with pytest.raises(FormulaError, match=r"depends on 9 attributes.*at most 8"):
            work()
    assert str(parse("a and (b or c or d or e or f or g or h or i or a)").disjunctive()) == "a"
