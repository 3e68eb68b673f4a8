"""Formulas: how they are read, printed, resolved and evaluated."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.errors import FormulaError
from softbio.formula import Constant, Formula, Join, Name, Not, parse

NAMES = ["Blond_Hair", "Eyeglasses", "5_o_Clock_Shadow", "a name", 'quo"te', "not", "1"]

nodes = st.recursive(
    st.sampled_from(NAMES).map(Name) | st.booleans().map(Constant),
    lambda inner: (
        inner.map(Not)
        | st.tuples(st.sampled_from(["and", "xor", "or"]), st.lists(inner, min_size=2, max_size=3))
    ).map(lambda made: made if isinstance(made, Not) else joined(*made)),
    max_leaves=12,
)


def joined(operator, operands):
    flat = []
    for operand in operands:
        same = isinstance(operand, Join) and operand.operator == operator
        flat += operand.operands if same else [operand]
    return Join(operator, tuple(flat))


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


@given(nodes)
def test_what_is_printed_is_read_back_as_the_same_formula(node):
    formula = Formula(node)
    assert parse(str(formula)).tree == formula.tree


@given(nodes, st.lists(st.lists(st.sampled_from([-1, 0, 1]), min_size=7, max_size=7), max_size=4))
def test_values_follow_kleenes_logic(node, worlds):
    table = np.array(worlds, dtype=np.int8).reshape(-1, 7)
    columns = {name: table[:, at] for at, name in enumerate(NAMES)}
    expected = [kleene(node, dict(zip(NAMES, world, strict=True))) for world in table.tolist()]
    values = Formula(node).evaluate(columns)
    assert values.dtype == np.int8
    assert values.tolist() == expected


@given(nodes)
def test_no_parenthesis_can_be_left_out(node):
    text = str(Formula(node))
    for at, sign in enumerate(text):
        if sign != "(":
            continue
        depth = 0
        for end in range(at, len(text)):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            if depth == 0:
                break
        without = text[:at] + text[at + 1 : end] + text[end + 1 :]
        assert parse(without).tree != node


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("not a and b", "(not a) and b"),
        ("a and b xor c", "(a and b) xor c"),
        ("a xor b or c", "(a xor b) or c"),
        ("a or b and c", "a or (b and c)"),
        ("NOT a AND b Or c", "not a and b or c"),
        ("'a' and \"b\"", "a and b"),
        ("(((a)))", "a"),
    ],
)
def test_operators_bind_as_documented(text, meaning):
    assert parse(text).tree == parse(meaning).tree


def test_names_come_in_the_order_of_their_first_appearance():
    assert parse("c and (a or not c) xor b").names == ("c", "a", "b")


def test_a_frame_with_nulls_is_a_table_with_unknowns():
    frame = pd.DataFrame(
        {"a": pd.array([1, 0, None], "Int8"), "b": pd.array([None, None, 1], "Int8")}
    )
    assert parse("a and b").evaluate(frame).tolist() == [-1, 0, -1]
    assert parse("1").evaluate(frame).tolist() == [1, 1, 1]


def test_names_are_found_in_any_case_unless_two_fit():
    assert str(parse("blond_hair").resolve(["Blond_Hair"])) == "Blond_Hair"
    assert str(parse("male").resolve(["male", "Male"])) == "male"
    with pytest.raises(FormulaError, match="may be Male or MALE"):
        parse("male").resolve(["Male", "MALE"])


def test_an_unknown_name_is_told_with_its_column_and_the_nearest_one():
    with pytest.raises(FormulaError, match=r"Column 12 .*'eyeglases'.*Did you mean 'Eyeglasses'"):
        parse("Blond xor  eyeglases".replace("Blond", "Male ", 1)).resolve(["Male", "Eyeglasses"])


@pytest.mark.parametrize(
    ("text", "column", "what"),
    [
        ("", 1, "the formula ends"),
        ("a and", 6, "the formula ends"),
        ("a b", 3, "is expected here"),
        ("(a", 3, "opened at column 1"),
        ("a)", 2, "never opened"),
        ("a & b", 3, "write `and`"),
        ("a and or b", 7, "'or' stands"),
        ("a and 'b", 7, "quote is not closed"),
        ('a or ""', 6, "no name"),
    ],
)
def test_a_mistake_is_told_with_its_column(text, column, what):
    with pytest.raises(FormulaError, match=what) as told:
        parse(text)
    assert f"Column {column} " in str(told.value)


@pytest.mark.parametrize("text", ["(" * 100_000, "not " * 2_000 + "a", "(" * 61 + "a" + ")" * 61])
def test_hostile_depth_is_refused_and_not_a_crash(text):
    with pytest.raises(FormulaError):
        parse(text)


@given(st.text(max_size=60))
def test_any_text_is_a_formula_or_a_formula_error(text):
    try:
        formula = parse(text)
    except FormulaError:
        return
    assert parse(str(formula)).tree == formula.tree
