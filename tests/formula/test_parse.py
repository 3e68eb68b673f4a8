"""Texts: how they are read and printed, and how mistakes are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.errors import FormulaError
from softbio.formula import Formula, parse


@given(st.from_type(Formula))
def test_what_is_printed_is_read_back_as_the_same_tree(formula):
    assert parse(str(formula)).tree == formula.tree


@given(st.from_type(Formula))
def test_no_parenthesis_can_be_left_out(formula):
    text = str(formula)
    for at, sign in enumerate(text):
        if sign != "(":
            continue
        depth = 0
        for end in range(at, len(text)):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            if depth == 0:
                break
        without = text[:at] + text[at + 1 : end] + text[end + 1 :]
        assert parse(without).tree != formula.tree


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


@pytest.mark.parametrize(
    ("text", "column", "what"),
    [
        ("", 1, "the formula ends"),
        ("a and", 6, "the formula ends"),
        ("a b", 3, "is expected here; put"),
        ("a nad b", 3, "did you mean `and`"),
        ("(a xro b)", 4, "did you mean `xor`"),
        ("(a b)", 4, "is expected here; put"),
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
