"""Formulas of hidden value: their chances, the rates behind them, and what they cost."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from softbio.formula import Formula, parse
from softbio.hypotheses.searching.latent import chance_of, label_bits
from softbio.hypotheses.searching.rates import Rates, fit_rates
from softbio.hypotheses.searching.scoring import Scale

NAMES = ("p", "q", "r")


@given(st.integers(0, 255), st.integers(0, 10**6))
def test_the_chance_of_a_formula_adds_up_over_all_values_of_its_attributes(table, seed):
    rng = np.random.default_rng(seed)
    columns = {name: rng.random(7) for name in NAMES}
    columns["p"] = rng.integers(0, 2, 7)  # one of them known
    formula = Formula.of_table(NAMES, table)
    expected = np.zeros(7)
    for entry, values in enumerate(product((0, 1), repeat=3)):
        values = values[::-1]
        weight = np.prod(
            [columns[n] if v else 1 - columns[n] for n, v in zip(NAMES, values, strict=True)],
            axis=0,
        )
        expected += weight * (table >> entry & 1)
    np.testing.assert_allclose(chance_of(formula, columns), expected, atol=1e-12)


def test_what_is_not_known_is_not_told():
    columns = {"p": np.array([0.5, np.nan]), "q": np.array([1.0, 0.0])}
    assert np.isnan(chance_of(parse("p xor q"), columns)).tolist() == [False, True]


def negative_log_likelihood(rates, zeros, ones):
    label_1 = [rates[0] + (rates[1] - rates[0]) * chance for chance in (zeros, ones)]
    return -(np.log2(1 - label_1[0]).sum() + np.log2(label_1[1]).sum())


@settings(max_examples=25)
@given(
    st.integers(0, 10**6), st.floats(0, 0.45), st.floats(0.3, 1), st.floats(0.3, 3), st.booleans()
)
def test_rates_are_those_of_maximum_likelihood(seed, zero, one, sharp, bits):
    rng = np.random.default_rng(seed)
    chance = 1 / (1 + np.exp(-rng.normal(-0.5, 2 * sharp, 400)))
    if bits:  # some faces were tagged
        chance[:100] = rng.integers(0, 2, 100)
    truth = rng.random(400) < chance
    label = rng.random(400) < np.where(truth, one, zero)
    zeros, ones = chance[~label], chance[label]
    found = fit_rates(zeros, ones)
    best = min(
        minimize(
            negative_log_likelihood, start, (zeros, ones), method="L-BFGS-B",
            bounds=[(1e-9, 1 - 1e-9)] * 2,
        ).fun
        for start in ((0.1, 0.8), (0.4, 0.6))
    )  # fmt: skip
    told = found.likelihood_bits(zeros, ones)
    assert told == pytest.approx(negative_log_likelihood((found.zero, found.one), zeros, ones))
    assert told <= best + 0.01


def test_the_probe_s_own_mistakes_are_not_taken_for_noise():
    rng = np.random.default_rng(1)
    truth = rng.random(20_000) < 0.2
    score = 2 * truth + rng.normal(size=20_000)
    chance = 1 / (1 + np.exp(-(2 * score - 2 + np.log(0.2 / 0.8))))
    label = rng.random(20_000) < np.where(truth, 0.85, 0.03)
    found = fit_rates(chance[~label], chance[label])
    assert found.zero == pytest.approx(0.03, abs=0.01)
    assert found.one == pytest.approx(0.85, abs=0.02)
    cut = chance > 0.5
    assert label[~cut].mean() > 0.07 and label[cut].mean() < 0.75


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 30), min_size=4, max_size=4),
    st.lists(st.integers(0, 30), min_size=4, max_size=4),
)
def test_with_chances_of_0_and_1_the_label_costs_what_counts_say(women, men):
    counts = np.array([women, men]).reshape(2, 2, 2)  # [group, label, formula]
    if not counts.sum(axis=(1, 2)).all():
        return
    sizes = counts.sum(axis=2).ravel()
    chance = np.concatenate([np.repeat([0.0, 1.0], cell) for cell in counts.reshape(4, 2)])
    scale = Scale(sizes.reshape(2, 2).astype(float), 5)
    fit = label_bits(scale, chance, sizes, np.ones(2))
    inside = counts[:, :, 1].reshape(4, 1).astype(float)
    assert fit.bits == pytest.approx(scale.data_bits(inside)[0][0], rel=1e-9)
    assert fit.certain
    np.testing.assert_allclose(fit.counts, counts, atol=1e-9)


def test_expected_counts_hold_the_fitted_rates():
    rng = np.random.default_rng(3)
    chance = rng.beta(0.5, 1.5, 3000)
    label = rng.random(3000) < 0.1 + 0.7 * chance
    zeros, ones = chance[~label], chance[label]
    found = fit_rates(zeros, ones)
    counts = found.expected_counts(zeros, ones)
    np.testing.assert_allclose(counts.sum(axis=1), [len(zeros), len(ones)])
    np.testing.assert_allclose(counts[1] / counts.sum(axis=0), [found.zero, found.one], atol=1e-3)


def test_chances_that_are_all_alike_tell_no_rates_apart():
    found = fit_rates(np.full(70, 0.3), np.full(30, 0.3))
    assert (found.zero, found.one) == pytest.approx((0.3, 0.3))
    assert found.likelihood_bits(np.full(70, 0.3), np.full(30, 0.3)) == pytest.approx(
        Rates(0.3, 0.3).likelihood_bits(np.full(70, 0.0), np.full(30, 0.0))
    )


def test_the_evidence_of_chances_is_a_code_for_all_arrangements_of_labels():
    # The mean over all arrangements of 2^evidence is what chance can be expected to reach.
    chance = np.array([0.1, 0.9, 0.6, 0.3, 0.8, 0.05, 0.5, 0.7, 0.95, 0.2])
    scale = Scale(np.array([[6.0, 4.0]]), 3)
    reached = []
    for code in range(1 << len(chance)):
        label = (code >> np.arange(len(chance)) & 1).astype(bool)
        if label.sum() == 4:
            ordered = np.concatenate([chance[~label], chance[label]])
            reached.append(2 ** label_bits(scale, ordered, np.array([6, 4]), np.ones(1)).evidence)
    assert len(reached) == 210 and np.mean(reached) <= 1
