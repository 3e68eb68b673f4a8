"""Prior shift: thresholds for another prevalence, and its estimate from scores alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from softbio.errors import ConfigError, DataError
from softbio.fairness import (
    GroupCounts,
    choose_common,
    choose_prior_shift,
    estimate_prevalence,
    shifted_threshold,
)

WOMEN_MEN = ("women", "men")
inner = st.floats(0.001, 0.999)


def calibrated_faces(prevalence, n=40_000, seed=0, source=None):
    """Faces of two normal clouds; scores are the true probabilities at `source`."""
    draws = np.random.default_rng(seed)
    label = (draws.random(n) < prevalence).astype(np.int8)
    evidence = draws.normal(np.where(label == 1, 1.0, -1.0), 1.0)
    return label, expit(2 * evidence + logit(prevalence if source is None else source))


@given(inner, inner, inner, inner)
def test_moving_the_threshold_is_moving_every_logit(source, target, threshold, score):
    moved = shifted_threshold(source, target, threshold)
    assert logit(moved) == pytest.approx(logit(threshold) + logit(source) - logit(target), abs=1e-6)
    new_score = expit(logit(score) + logit(target) - logit(source))
    if abs(new_score - threshold) > 1e-9:
        assert (score > moved) == (new_score > threshold)


@given(inner, inner)
def test_no_shift_moves_nothing(source, threshold):
    assert shifted_threshold(source, source, threshold) == pytest.approx(threshold)


@pytest.mark.parametrize("target", [0.1, 0.5, 0.8])
def test_the_shifted_threshold_is_the_best_one_for_faces_of_that_prevalence(target):
    label, score = calibrated_faces(0.2)
    nobody = np.zeros(len(label), int)
    rule = choose_prior_shift(label, score, nobody, ("all",), target)
    assert rule.why["source_prevalence"] == pytest.approx(label.mean())
    new_label, new_score = calibrated_faces(target, seed=1, source=0.2)
    accuracy = (rule.predict(new_score) == new_label).mean()
    best = choose_common(new_label, new_score, nobody, ("all",), "accuracy").why["value"]
    assert accuracy == pytest.approx(best, abs=0.003)
    assert rule.why["value"] == pytest.approx(accuracy, abs=0.01)


def test_each_group_is_shifted_from_its_own_prevalence():
    parts = [calibrated_faces(p, seed=seed) for seed, p in enumerate((0.3, 0.1))]
    label, score = (np.concatenate(each) for each in zip(*parts, strict=True))
    group = np.repeat([0, 1], 40_000)
    rule = choose_prior_shift(label, score, group, WOMEN_MEN, {"women": 0.5, "men": 0.5})
    assert rule.needs_group
    assert rule.thresholds["women"] == pytest.approx(label[group == 0].mean())
    assert rule.thresholds["men"] == pytest.approx(label[group == 1].mean())
    counts = GroupCounts.from_predictions(
        label, rule.predict(score, group, WOMEN_MEN), group, WOMEN_MEN
    )
    rates = counts.values[:, [0, 1], [0, 1]] / counts.cell_sizes
    assert rates.max() - rates.min() < 0.02  # the clouds are mirror images
    assert rule.why["value"] == pytest.approx(rates.mean())


@pytest.mark.parametrize("target", [0.05, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("method", ["likelihood", "confusion"])
def test_a_shifted_prevalence_is_found_from_scores_alone(target, method):
    label, score = calibrated_faces(0.2)
    truth, new_score = calibrated_faces(target, seed=1, source=0.2)
    found = estimate_prevalence(new_score, label, score, method=method)
    assert found.value == pytest.approx(truth.mean(), abs=0.015)
    assert 0 < found.standard_error < 0.01


def test_the_standard_error_of_the_likelihood_is_the_spread_of_its_estimates():
    label, score = calibrated_faces(0.2)
    found = [
        estimate_prevalence(calibrated_faces(0.4, 500, seed, 0.2)[1], label, score)
        for seed in range(2, 202)
    ]
    spread = np.std([one.value for one in found])
    # It takes the scores for certain, so the sampling of labels is all that is left.
    assert np.mean([one.standard_error for one in found]) == pytest.approx(spread, rel=0.15)


def test_the_likelihoods_estimate_is_where_em_arrives():
    label, score = calibrated_faces(0.2, 3000)
    new_score = calibrated_faces(0.6, 1000, 1, 0.2)[1]
    source, share = label.mean(), 0.5
    for _ in range(3000):
        one = share * new_score / source
        share = (one / (one + (1 - share) * (1 - new_score) / (1 - source))).mean()
    assert estimate_prevalence(new_score, label, score).value == pytest.approx(share, abs=1e-9)


def test_an_estimate_on_the_bound_has_no_standard_error():
    label, score = calibrated_faces(0.2, 3000)
    for method in ("likelihood", "confusion"):
        none = estimate_prevalence(np.full(50, 1e-4), label, score, method=method)
        assert none.value == 0 and np.isnan(none.standard_error)
        every = estimate_prevalence(np.full(50, 1 - 1e-4), label, score, method=method)
        assert every.value == 1 and np.isnan(every.standard_error)


def test_scores_of_0_and_1_can_be_estimated_from():
    label, score = calibrated_faces(0.2, 3000)
    found = estimate_prevalence(np.repeat([0.0, 1.0], [30, 10]), label, score)
    assert found.value == pytest.approx(0.25)


def test_what_is_no_prior_shift_is_told():
    label, score = calibrated_faces(0.2, 200)
    group = np.arange(200) % 2
    for target in (0.0, 1.0, 1.5):
        with pytest.raises(ConfigError, match="target of a prior shift must lie between"):
            choose_prior_shift(label, score, group, WOMEN_MEN, target)
    with pytest.raises(ConfigError, match=r"each of women, men.*Received: women"):
        choose_prior_shift(label, score, group, WOMEN_MEN, {"women": 0.5})
    with pytest.raises(DataError, match="among men"):
        choose_prior_shift(
            np.where(group == 1, 0, label), score, group, WOMEN_MEN, {"women": 0.5, "men": 0.5}
        )
    with pytest.raises(DataError, match="0 with label 1"):
        choose_prior_shift(np.zeros(200, int), score, group, WOMEN_MEN, 0.5)
    with pytest.raises(DataError, match="no faces without labels"):
        estimate_prevalence(score[:0], label, score)
    with pytest.raises(DataError, match="tell nothing of a prevalence"):
        estimate_prevalence(score, label, 1 - score, method="confusion")
    with pytest.raises(ConfigError, match="likelihood or confusion"):
        estimate_prevalence(score, label, score, method="guess")
