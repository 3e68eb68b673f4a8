"""All Boolean functions of up to four inputs and their shortest formulas."""

import re
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.errors import ConfigError
from softbio.formula import Formula
from softbio.hypotheses.searching.functions import depends_on, functions_of, literal_counts, widened

NAMES = ["p", "q", "r", "s"]


def formula_lengths(inputs):
    """Literals of the shortest formula of each function, by joining all pairs of functions."""
    every = (1 << (1 << inputs)) - 1
    length = {0: 0, every: 0}
    for index in range(inputs):
        table = sum(1 << cell for cell in range(1 << inputs) if cell >> index & 1)
        length[table] = length[every ^ table] = 1
    literals = 1
    while len(length) <= every:
        literals += 1
        found = set()
        for one, few in length.items():
            for other, many in length.items():
                if few and many and few + many == literals:
                    found |= {one & other, one | other, one ^ other}
        for table in found:
            length.setdefault(table, literals)
    return length


def test_lengths_are_those_of_a_search_over_all_pairs_of_functions():
    for table, literals in formula_lengths(3).items():
        assert literal_counts()[widened(table, 3)] == literals


def test_the_counts_of_functions_are_known_numbers():
    # Functions that depend on all inputs (OEIS A000371), half of which are 0 where all are 0.
    assert [2 * len(functions_of(inputs)) for inputs in (1, 2, 3, 4)] == [2, 10, 218, 64594]


@given(st.integers(1, 65534), st.integers(0, 3), st.permutations(range(4)))
def test_length_ignores_negation_and_the_order_of_inputs(truth, negated, order):
    cells = np.arange(16)
    moved = sum((cells >> place & 1) << order[place] for place in range(4)) ^ (1 << negated)
    other = sum(int(truth >> int(moved[cell]) & 1) << cell for cell in range(16))
    assert literal_counts()[other] == literal_counts()[truth] == literal_counts()[truth ^ 0xFFFF]


@given(st.integers(1, 65534))
def test_the_formula_of_a_function_takes_so_many_literals(truth):
    text = str(Formula.of_table(NAMES, truth))
    assert len(re.findall(r"\b[pqrs]\b", text)) == literal_counts()[truth]


@given(st.integers(0, 255))
def test_what_a_function_depends_on_is_what_changes_it(truth):
    expected = sum(
        1 << index
        for index in range(3)
        if any((truth >> cell ^ truth >> (cell ^ 1 << index)) & 1 for cell in range(8))
    )
    assert depends_on(np.array([truth]), 3)[0] == expected


def test_all_lengths_are_there_in_a_moment():
    start = time.process_time()
    literal_counts.__wrapped__()
    assert time.process_time() - start < 0.2


def test_more_than_four_attributes_are_refused():
    with pytest.raises(ConfigError, match="1 to 4"):
        functions_of(5)
