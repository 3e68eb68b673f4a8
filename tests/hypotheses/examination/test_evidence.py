import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta, betabinom

from softbio.hypotheses.examination.evidence import (
    PRIOR,
    Noise,
    learn_noise,
    log_evidence,
    odds,
    strength,
)

HARD = np.array([0.0, 1.0])
counts = st.integers(0, 60)


def test_the_rates_are_the_posteriors_of_what_was_flipped():
    noise = learn_noise(HARD, np.array([[95.0, 5.0], [3.0, 17.0]]))
    assert noise.alpha == pytest.approx((PRIOR[0] + 5, PRIOR[1] + 95))
    assert noise.beta == pytest.approx((PRIOR[0] + 3, PRIOR[1] + 17))


@given(agreed=st.tuples(*[counts] * 4), zeros=counts, ones=counts)
def test_a_bayes_factor_is_scipys_ratio_of_beta_binomials(agreed, zeros, ones):
    noise = learn_noise(HARD, np.reshape(agreed, (2, 2)).astype(float))
    weight = np.array([[zeros, ones]], float)
    as_1 = log_evidence(np.array([1.0]), weight, noise)
    as_0 = log_evidence(np.array([0.0]), weight, noise)
    n = zeros + ones
    expected = betabinom.logpmf(zeros, n, *noise.beta) - betabinom.logpmf(ones, n, *noise.alpha)
    assert as_1 - as_0 == pytest.approx(expected, abs=1e-6)


def test_the_evidence_of_known_values_is_that_of_chances_next_to_them():
    noise = learn_noise(HARD, np.array([[180.0, 20.0], [6.0, 94.0]]))
    weight = np.array([[30.0, 2.0], [3.0, 11.0]])
    nearly = np.array([1e-9, 1 - 1e-9])
    assert log_evidence(nearly, weight, noise) == pytest.approx(
        log_evidence(HARD, weight, noise), abs=0.02
    )


def test_the_evidence_of_chances_is_the_integral_over_the_rates():
    noise = Noise((4.0, 40.0), (0.5, 1e9))  # the second rate is as good as none
    chance, weight = np.array([0.3, 0.8]), np.array([[7.0, 3.0], [2.0, 9.0]])

    def likelihood(rate):
        one = chance + (1 - chance) * rate
        return np.prod(one ** weight[:, 1] * (1 - one) ** weight[:, 0])

    whole, _ = quad(lambda rate: likelihood(rate) * beta.pdf(rate, *noise.alpha), 0, 1)
    assert log_evidence(chance, weight, noise) == pytest.approx(np.log(whole), abs=1e-3)


def test_the_noise_of_a_hidden_value_is_told_from_the_doubt_about_it():
    rng = np.random.default_rng(0)
    chance = rng.beta(0.5, 1.5, 40_000)
    hidden = rng.random(len(chance)) < chance
    seen = np.where(hidden, rng.random(len(chance)) > 0.12, rng.random(len(chance)) < 0.04)
    cells = np.stack([~seen, seen], axis=1).astype(float)
    alpha, beta_ = learn_noise(chance, cells).means
    assert alpha == pytest.approx(0.04, abs=0.01)
    assert beta_ == pytest.approx(0.12, abs=0.015)


def test_a_wrong_formula_is_seldom_favoured_strongly():
    """A Bayes factor of k against the truth comes in at most one case in k, whatever people do."""
    rng, cases = np.random.default_rng(1), 1_200
    against = np.empty(cases)
    for case in range(cases):
        alpha, rate_1 = rng.beta(*PRIOR), rng.beta(*PRIOR)
        n_0, n_1, n = rng.integers(0, 40, 3)
        flipped = rng.binomial(n_0, alpha), rng.binomial(n_1, rate_1)
        noise = learn_noise(
            HARD, np.array([[n_0 - flipped[0], flipped[0]], [flipped[1], n_1 - flipped[1]]], float)
        )
        # Each person's vote is copied to some of its faces, which share one weight.
        votes, copies = rng.random(n) < alpha, rng.integers(1, 6, n)
        ones = np.where(rng.random(n) < 0.5, votes, rng.binomial(copies, alpha) / copies).sum()
        weight = np.array([[n - ones, ones]])
        wrong = log_evidence(np.array([1.0]), weight, noise)
        against[case] = wrong - log_evidence(np.array([0.0]), weight, noise)
    for k in (3, 10, 30, 100):
        found = (against > np.log(k)).mean()
        assert found <= 1 / k + 3 * np.sqrt(1 / k / cases), k
    assert (against < 0).mean() > 0.6


@pytest.mark.parametrize(
    ("size", "name"),
    [(0.4, "not worth more than a bare mention"), (0.7, "substantial"), (1.5, "strong"),
     (2.0, "decisive"), (300.0, "decisive")],
)  # fmt: skip
def test_evidence_is_named_as_kass_and_raftery_do(size, name):
    assert strength(size) == strength(-size) == name


def test_odds_are_written_as_people_say_them():
    assert [odds(size) for size in (0, -1, 3.3, -250)] == [
        "1.0 to 1", "10 to 1", "1,995 to 1", "10^250 to 1",
    ]  # fmt: skip
