import numpy as np
import pytest
from scipy.stats import bootstrap
from sklearn.metrics import roc_auc_score

from softbio.errors import ConfigError
from softbio.fairness import METRICS, score_figures
from softbio.fairness.intervals import IntervalPlan, score_intervals, scores

GROUPS = ("women", "men")
SCORED = [name for name, each in METRICS.items() if each.needs == "scores"]


def faces(n=600, seed=0, gain=1.0, shift=2.0, groups=2):
    random = np.random.default_rng(seed)
    label = (random.random(n) < 0.3).astype(np.int8)
    place = random.normal(size=n) + shift * label
    logit = gain * (shift * place - shift**2 / 2 + np.log(0.3 / 0.7))
    return label, 1 / (1 + np.exp(-logit)), random.integers(0, groups, n)


def intervals(*drawn, groups=GROUPS, person=None, **settings):
    return score_intervals(*drawn, groups, IntervalPlan(**{"replicates": 300, **settings}), person)


def test_every_score_metric_has_an_interval_that_holds_it():
    for groups in (GROUPS, ("a", "b", "c")):
        drawn = faces(groups=len(groups))
        found, figures = intervals(*drawn, groups=groups), score_figures(*drawn, groups)
        group = {name for name in SCORED if METRICS[name].scope == "group"}
        assert set(found) == set(SCORED) | {f"all:{name}" for name in group}
        for name, (low, high) in found.items():
            metric = METRICS[name.removeprefix("all:")]
            value = (figures.by_group if name in group else figures.overall)[metric.name]
            assert np.shape(low) == np.shape(value), name
            assert (np.asarray(low) <= value).all() and (value <= np.asarray(high)).all(), name
            assert metric.range[0] <= np.min(low) and np.max(high) <= metric.range[1], name


def test_auc_has_scipys_percentile_interval():
    label, score, group = faces(1500)
    theirs = bootstrap(
        (label, score), roc_auc_score, paired=True, vectorized=False, method="percentile",
        n_resamples=400, rng=np.random.default_rng(0),
    ).confidence_interval  # fmt: skip
    low, high = intervals(label, score, group, replicates=2000)["all:auc"]
    width = theirs.high - theirs.low
    assert low == pytest.approx(theirs.low, abs=0.15 * width)
    assert high == pytest.approx(theirs.high, abs=0.15 * width)


def test_everybody_twice_by_person_is_everybody_once():
    label, score, group = faces(400)
    person = np.arange(400)
    once = intervals(label, score, group, person=person)
    twice = intervals(*(np.tile(each, 2) for each in (label, score, group)),
                      person=np.tile(person, 2))  # fmt: skip
    for name in ("all:auc", "all:brier", "all:expected_calibration_error"):
        np.testing.assert_allclose(once[name], twice[name], atol=0.004)
    by_face = intervals(*(np.tile(each, 2) for each in (label, score, group)))
    assert np.ptp(twice["all:auc"]) > 1.25 * np.ptp(by_face["all:auc"])


def test_the_plan_decides_what_is_drawn():
    drawn = faces(200)
    with pytest.raises(ConfigError, match="who is on"):
        intervals(*drawn, by="person")
    person = np.repeat(np.arange(50), 4)
    by_face = intervals(*drawn, person=person, by="face")
    np.testing.assert_equal(by_face, intervals(*drawn))


@pytest.mark.parametrize("person", [None, np.arange(900) // 3])
def test_stratified_or_in_small_blocks_it_is_about_the_same(person, monkeypatch):
    drawn = faces(900)
    expected = intervals(*drawn, person=person, replicates=1000)
    for stratify in (False, True):
        monkeypatch.setattr(scores, "_AT_A_TIME", 900 * 37)
        found = intervals(*drawn, person=person, replicates=1000, stratify=stratify)
        for name in ("all:auc", "brier_difference", "all:log_loss"):
            width = np.ptp(expected[name])
            np.testing.assert_allclose(found[name], expected[name], atol=0.2 * width)


def test_separated_faces_are_not_certain():
    """All of 30 faces ranked right: each replicate of the plain bootstrap has an AUC of 1."""
    label = np.repeat([0, 1], 15)
    found = intervals(label, np.linspace(0.1, 0.9, 30), np.zeros(30, int), groups=("all",))
    assert found["all:auc"][1] == 1.0
    assert 0.6 < found["all:auc"][0] < 0.98


def test_one_label_alone_has_no_auc_and_no_interval_of_it():
    label, score, group = faces(300)
    label[group == 1] = 0
    found = intervals(label, score, group)
    assert np.isnan(found["auc"][0][1]) and not np.isnan(found["auc"][0][0])
    assert np.isnan(found["auc_difference"]).all()
    assert not np.isnan(found["brier"]).any()


def test_an_empty_group_and_no_faces_at_all_have_no_intervals():
    label, score, _ = faces(100)
    found = intervals(label, score, np.zeros(100, int))
    assert np.isnan(found["brier"][0][1]) and np.isnan(found["expected_calibration_error"][0][1])
    nothing = np.zeros(0)
    found = intervals(nothing.astype(int), nothing, nothing.astype(int))
    assert set(found) >= set(SCORED)
    assert all(np.isnan(ends).all() for ends in found.values())


def test_a_calibrated_network_may_have_no_calibration_error():
    """Its observed error is noise; a percentile interval never reaches down to 0."""
    held = {0: 0, 1: 0}
    for seed in range(60):
        drawn = faces(300, seed)
        found = intervals(*drawn, replicates=200, seed=seed)
        held[0] += found["all:expected_calibration_error"][0] <= 0.002
        held[1] += np.prod(np.sign(found["expected_calibration_error_difference"])) <= 0
    assert held[0] >= 54 and held[1] >= 54


def test_a_network_that_is_too_sure_has_a_calibration_error():
    drawn = faces(4000, gain=2.5)
    low, high = intervals(*drawn)["all:expected_calibration_error"]
    assert 0.02 < low < high < 0.15


def test_calibration_errors_of_groups_are_told_apart():
    label, score, group = faces(8000)
    score = np.where(group == 0, score, np.clip(score + 0.3, 0, 1))
    found = intervals(label, score, group)
    low, high = found["expected_calibration_error_difference"]
    assert -0.4 < low < high < -0.2
    assert found["expected_calibration_error_range"][0] > 0.2
    assert found["expected_calibration_error_ratio"][1] < 0.2
    low, high = found["expected_calibration_error_worst"]
    assert 0.2 < low < high < 0.35
