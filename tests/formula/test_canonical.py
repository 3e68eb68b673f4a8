"""Meaning: equal exactly where the values are, whatever was written."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.errors import FormulaError
from softbio.formula import Canonical, Formula, parse

ANY = st.from_type(Formula)


def every_world(names):
    worlds = np.array(list(itertools.product([0, 1], repeat=len(names))), np.int8)
    return {name: worlds[:, at] for at, name in enumerate(names)}


@given(ANY, ANY)
def test_formulas_are_equal_exactly_where_their_truth_tables_are(names, one, two):
    worlds = every_world(names)
    same = bool((one.evaluate(worlds) == two.evaluate(worlds)).all())
    assert (one == two) is same
    assert (one.canonical == two.canonical) is same
    assert not same or hash(one) == hash(two)


@given(ANY)
def test_rewriting_by_the_laws_of_logic_changes_no_meaning(formula):
    text = str(formula)
    for other in (f"not (not ({text}))", f"({text}) and ({text})", f"({text}) xor 0", text):
        assert parse(other) == formula
        assert len({parse(other), formula}) == 1
    assert parse(f"not ({text})") != formula


@given(ANY)
def test_a_name_is_kept_exactly_if_it_can_make_a_difference(names, formula):
    worlds = every_world(names)
    matters = []
    for name in names:
        zero = formula.evaluate({**worlds, name: np.zeros(128, np.int8)})
        one = formula.evaluate({**worlds, name: np.ones(128, np.int8)})
        if (zero != one).any():
            matters.append(name)
    assert formula.canonical.names == tuple(sorted(matters))


@given(ANY)
def test_the_table_is_read_as_documented(formula):
    names, table = formula.canonical.names, formula.canonical.table
    for entry in range(1 << len(names)):
        world = {name: np.array([entry >> at & 1]) for at, name in enumerate(names)}
        world |= {name: np.array([0]) for name in formula.names if name not in names}
        if world:
            assert formula.evaluate(world)[0] == table >> entry & 1


def test_the_order_of_the_names_of_a_table_is_free():
    assert Canonical.of_table(["b", "a"], 0b0100) == parse("a and not b").canonical
    assert Canonical.of_table(["c", "a", "b"], 0b1100_1100) == parse("a").canonical
    assert Canonical.of_table([], 1) == parse("a or not a").canonical


def test_up_to_sixteen_names_are_compared_by_meaning_and_more_as_written():
    names = [f"x{at}" for at in range(17)]
    assert parse(" or ".join(names[:16])) == parse(" or ".join(names[:16][::-1]))
    many, turned = parse(" or ".join(names)), parse(" or ".join(names[::-1]))
    assert many == parse(str(many)) and hash(many) == hash(parse(str(many)))
    assert many != turned and many != parse("x0")
    with pytest.raises(FormulaError, match="17 attributes; a truth table is made for at most 16"):
        _ = many.canonical


def test_a_formula_is_not_its_text():
    assert parse("a") != "a"


@pytest.mark.parametrize(
    ("names", "table", "what"),
    [(["a", "a"], 1, "distinct names"), (["a"], 16, "2 bits"), (["a"], -1, "2 bits")],
)
def test_a_table_that_does_not_fit_its_names_is_refused(names, table, what):
    with pytest.raises(FormulaError, match=what):
        Canonical.of_table(names, table)
