"""Values on arrays: Kleene's logic, and what follows from it."""

import itertools

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from softbio.formula import Constant, Formula, Name, Not, join, parse

ANY = st.from_type(Formula)
WORLDS = st.lists(
    st.lists(st.sampled_from([-1, 0, 1]), min_size=7, max_size=7), min_size=1, max_size=4
)


def kleene(node, world):
    """Slow and obvious: the value that all ways to fill the gaps agree on, node by node."""
    if isinstance(node, Name):
        return world[node.name]
    if isinstance(node, Constant):
        return int(node.value)
    if isinstance(node, Not):
        value = kleene(node.operand, world)
        return -1 if value < 0 else 1 - value
    values = [kleene(operand, world) for operand in node.operands]
    outcomes = set()
    for filled in itertools.product(*[[0, 1] if value < 0 else [value] for value in values]):
        combine = {"and": min, "or": max, "xor": lambda bits: sum(bits) % 2}[node.operator]
        outcomes.add(combine(filled))
    return outcomes.pop() if len(outcomes) == 1 else -1


@given(ANY, WORLDS)
def test_values_follow_kleenes_logic(names, formula, worlds):
    values = formula.evaluate(columns_of(names, worlds))
    assert values.dtype == np.int8
    expected = [kleene(formula.tree, dict(zip(names, world, strict=True))) for world in worlds]
    assert values.tolist() == expected


@given(ANY, WORLDS)
def test_what_becomes_known_changes_no_answer_that_was_given(names, formula, worlds):
    before = formula.evaluate(columns_of(names, worlds))
    filled = [[max(value, 0) for value in world] for world in worlds]
    after = formula.evaluate(columns_of(names, filled))
    assert (after >= 0).all()
    assert (after[before >= 0] == before[before >= 0]).all()


@given(ANY, ANY, ANY, WORLDS)
def test_laws_of_kleenes_logic_hold(names, one, two, three, worlds):
    columns = columns_of(names, worlds)
    a, b, c = one.tree, two.tree, three.tree

    def same(left, right):
        return (Formula(left).evaluate(columns) == Formula(right).evaluate(columns)).all()

    assert same(Not(Not(a)), a)
    for operator, other in (("and", "or"), ("or", "and")):
        assert same(Not(join(operator, [a, b])), join(other, [Not(a), Not(b)]))
        assert same(join(operator, [a, join(other, [a, b])]), a)
        assert same(
            join(operator, [a, join(other, [b, c])]),
            join(other, [join(operator, [a, b]), join(operator, [a, c])]),
        )
    for operator in ("and", "or", "xor"):
        assert same(join(operator, [a, b, c]), join(operator, [c, b, a]))
    either = join("or", [join("and", [a, Not(b)]), join("and", [Not(a), b])])
    assert same(join("xor", [a, b]), either)


def test_a_frame_with_nulls_is_a_table_with_unknowns():
    frame = pd.DataFrame(
        {"a": pd.array([1, 0, None], "Int8"), "b": pd.array([None, None, 1], "Int8")}
    )
    assert parse("a and b").evaluate(frame).tolist() == [-1, 0, -1]
    assert parse("1").evaluate(frame).tolist() == [1, 1, 1]


def columns_of(names, worlds):
    table = np.array(worlds, dtype=np.int8).reshape(-1, len(names))
    return {name: table[:, at] for at, name in enumerate(names)}
