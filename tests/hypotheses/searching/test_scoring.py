"""Description lengths, evidence and figures."""

from itertools import combinations, product
from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from softbio.hypotheses.searching.figures import figures_of
from softbio.hypotheses.searching.functions import functions_of
from softbio.hypotheses.searching.scoring import Scale, evidence_bits, formula_bits

tables = st.lists(st.integers(0, 60), min_size=4, max_size=4).map(
    lambda cells: np.array(cells).reshape(2, 2)
)


@pytest.mark.parametrize("attributes", [1, 3, 40])
def test_the_code_of_formulas_is_a_prefix_code(attributes):
    # Catalan many trees of so many leaves, three operators, two signs, so many names.
    catalan, total = 1.0, 2 * 2.0 ** -formula_bits(0, attributes)
    for literals in range(1, 400):
        formulas = log2(catalan) + literals * log2(2 * attributes) + (literals - 1) * log2(3)
        total += 2 ** (formulas - formula_bits(literals, attributes))
        catalan *= 2 * (2 * literals - 1) / (literals + 1)
    assert 0.95 < total <= 1


@given(st.integers(2, 12), st.integers(0, 12), st.integers(1, 11))
def test_the_evidence_of_a_formula_is_a_code_for_all_arrangements_of_labels(n, labelled, ones):
    labelled, ones = min(labelled, n), min(ones, n - 1)
    formula = np.arange(n) < ones
    total = 0.0
    arrangements = 0
    for chosen in combinations(range(n), labelled):
        label = np.isin(np.arange(n), chosen)
        counts = np.array([[[(~label & ~formula).sum(), (~label & formula).sum()],
                            [(label & ~formula).sum(), (label & formula).sum()]]])  # fmt: skip
        total += 2 ** (evidence_bits(counts, 1, 4) + formula_bits(1, 4))
        arrangements += 1
    # Each arrangement has probability 1 / arrangements without the formula.
    assert total / arrangements <= 1 + 1e-9


@given(st.lists(tables, min_size=1, max_size=3), st.integers(2, 3), st.integers(0, 10**6))
def test_no_function_of_a_tuple_is_below_its_bound(totals, inputs, seed):
    rng = np.random.default_rng(seed)
    cells = rng.integers(0, 20, (1, 2 * len(totals), 1 << inputs)).astype(float)
    cells[:, :, rng.random(1 << inputs) < 0.2] = 0
    scale = Scale(cells[0].sum(axis=1).reshape(-1, 2), 5)
    told = scale.data_bits(cells @ functions_of(inputs).cells.T)
    assert min(bits.min() for bits in told) >= scale.bound(cells)[0] - 1e-9


def test_a_rule_that_fails_in_a_group_tells_nothing_there():
    scale = Scale(np.array([[50.0, 50.0], [50.0, 50.0]]), 4)
    right = np.array([[5.0], [45.0], [5.0], [45.0]])
    wrong = np.array([[5.0], [45.0], [45.0], [5.0]])
    half = np.array([[5.0], [45.0], [25.0], [25.0]])
    bits = [scale.data_bits(inside)[0][0] for inside in (right, half, wrong)]
    assert bits[0] < bits[1] < bits[2]
    opposite = scale.data_bits(np.array([[50.0], [50.0], [50.0], [50.0]]) - right)[1][0]
    assert opposite == pytest.approx(bits[0])


def test_formulas_that_say_no_more_than_the_group_have_no_description():
    scale = Scale(np.array([[50.0, 50.0], [50.0, 50.0]]), 4)
    assert np.isinf(scale.data_bits(np.array([[50.0], [50.0], [0.0], [0.0]]))[0]).all()


@given(tables.filter(lambda table: table.sum(axis=0).all() and table.sum(axis=1).all()))
def test_figures_are_those_of_scikit_learn(table):
    label, formula = (
        np.repeat([cell[side] for cell in product((0, 1), repeat=2)], table.ravel())
        for side in (0, 1)
    )
    found = figures_of("all", table)
    assert found.n == len(label)
    assert found.agreement == pytest.approx(metrics.accuracy_score(label, formula))
    assert found.balanced_agreement == pytest.approx(
        metrics.balanced_accuracy_score(label, formula)
    )
    assert found.precision == pytest.approx(metrics.precision_score(label, formula))
    assert found.recall == pytest.approx(metrics.recall_score(label, formula))
    assert found.mutual_information * np.log(2) == pytest.approx(
        metrics.mutual_info_score(label, formula), abs=1e-9
    )
    assert found.label_0_given_1 == pytest.approx(1 - found.precision)


def test_figures_without_a_denominator_are_nan():
    found = figures_of("men", np.array([[3, 0], [0, 0]]))
    assert np.isnan([found.precision, found.recall, found.balanced_agreement]).all()
    assert found.agreement == 1
