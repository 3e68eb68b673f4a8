"""Tidying: the same meaning and the same leaves, with no more `not`s."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.formula import Formula, Join, Not, parse
from softbio.formula.tidy import tidied
from softbio.formula.tree import leaves


def nots(node):
    operands = node.operands if isinstance(node, Join) else ()
    if isinstance(node, Not):
        return 1 + nots(node.operand)
    return sum(map(nots, operands))


@given(st.from_type(Formula))
def test_meaning_and_leaves_stay(formula):
    tidy = tidied(formula.tree)
    assert Formula(tidy) == formula
    assert Counter(leaves(tidy)) == Counter(leaves(formula.tree))
    assert nots(tidy) <= nots(formula.tree)


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("not (not a and not b)", "a or b"),
        ("not a or not b", "not (a and b)"),
        ("not a xor not b xor not c", "not (a xor b xor c)"),
        ("a and b xor c and not b", "a and b or c and not b"),
        ("a and b xor a and c", "a and b xor a and c"),
        ("(d and c or b) and not a and c", "c and not a and (b or c and d)"),
        ("not a and (c xor b)", "(b xor c) and not a"),
    ],
)
def test_it_reads_more_easily(text, tidy):
    assert str(Formula(tidied(parse(text).tree))) == tidy
