"""The shortest form: no shorter one exists up to four names, and it always means the same."""

import random
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.formula import Canonical, Formula, Name, Not, join, parse

ANY = st.from_type(Formula)
PLACES = (0xAAAA, 0xCCCC, 0xF0F0, 0xFF00)


@cache
def fewest_literals():
    """How many literals each table of four names takes: grown from literals, length by length."""
    lengths = np.full(1 << 16, 99)
    lengths[[0, 0xFFFF]] = 0
    levels = {1: np.array([table ^ flip for table in PLACES for flip in (0, 0xFFFF)])}
    lengths[levels[1]] = 1
    while (lengths == 99).any():
        length = max(levels) + 1
        found = np.zeros(1 << 16, bool)
        for first in range(1, length // 2 + 1):
            for one in levels[first]:
                for made in (one & levels[length - first], one ^ levels[length - first]):
                    found[made] = found[0xFFFF ^ made] = True
        levels[length] = np.flatnonzero(found & (lengths == 99))
        lengths[levels[length]] = length
    return lengths


def literals(formula):
    return sum(str(formula).split().count(word) for word in ("and", "or", "xor")) + 1


def test_no_form_of_three_names_is_shorter():
    for table in range(1, 255):
        form = Formula.of_table("abc", table)
        assert form.canonical == Canonical.of_table("abc", table)
        assert literals(form) == fewest_literals()[table | table << 8]


def test_no_form_of_four_names_is_shorter():
    draw = random.Random(4)
    for table in (draw.randrange(1, 0xFFFF) for _ in range(300)):
        form = Formula.of_table("abcd", table)
        assert form.canonical == Canonical.of_table("abcd", table)
        assert literals(form) == fewest_literals()[table]


@given(ANY)
def test_the_shortest_form_means_the_same_and_is_no_longer(formula):
    short = formula.shortest()
    assert short == formula
    assert short.shortest().tree == short.tree
    assert literals(short) <= literals(formula.disjunctive())


@st.composite
def read_once(draw):
    """A formula of up to eight names that tells each of them once."""
    parts = [Name(name) for name in "abcdefgh"[: draw(st.integers(1, 8))]]
    while len(parts) > 1:
        at = draw(st.integers(0, len(parts) - 2))
        pair = [Not(part) if draw(st.booleans()) else part for part in parts[at : at + 2]]
        parts[at : at + 2] = [join(draw(st.sampled_from(["and", "or", "xor"])), pair)]
    return Formula(parts[0])


@given(read_once())
def test_where_each_name_need_be_told_only_once_it_is(formula):
    short = formula.shortest()
    assert short == formula
    assert literals(short) == len(formula.canonical)


@pytest.mark.parametrize("n", [5, 6, 7, 8])
def test_without_structure_it_still_means_the_same(n):
    names = "abcdefgh"[:n]
    table = random.Random(n).getrandbits(1 << n)
    short = Formula.of_table(names, table)
    assert short.canonical == Canonical.of_table(names, table)
    assert literals(short) <= literals(short.disjunctive())


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("b and not a or a and not b", "a xor b"),
        ("a and b or not a and not b", "not (a xor b)"),
        ("c and (a or b) or c and not c", "c and (a or b)"),
        ("(a xor b) or a and b", "a or b"),
        ("not a and not b", "not (a or b)"),
        ("a and b or a and c", "a and (b or c)"),
        ("a and c or b and c or a and d or b and d", "(a or b) and (c or d)"),
        ("a and not a", "0"),
        ("a or not a or b", "1"),
        ("a xor b xor a xor not 'c d'", 'not (b xor "c d")'),
    ],
)
def test_what_a_reader_would_have_written(text, short):
    assert str(parse(text).shortest()) == short
