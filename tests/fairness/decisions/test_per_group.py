"""One threshold per group, against trying all combinations and against Fairlearn."""

import itertools

import numpy as np
import pytest
from fairlearn.postprocessing import ThresholdOptimizer
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.base import BaseEstimator

from softbio.errors import ConfigError, DataError
from softbio.fairness import METRICS, Calibration, GroupCounts, choose_per_group, sweep

CONSTRAINED = {
    "demographic_parity": ("selection_rate",),
    "equal_opportunity": ("true_positive_rate",),
    "equalized_odds": ("true_positive_rate", "false_positive_rate"),
}
constraints = st.sampled_from(list(CONSTRAINED))
objectives = st.sampled_from(["accuracy", "balanced_accuracy"])
tolerances = st.sampled_from([0.0, 0.1, 0.3, 1.0])


@st.composite
def small_faces(draw, groups):
    """A few faces of each group, both labels among them, with ties."""
    parts = []
    for index in range(groups):
        n = draw(st.integers(2, 7))
        label = draw(hnp.arrays(np.int8, n, elements=st.integers(0, 1)))
        label[:2] = 0, 1
        values = st.sampled_from([0.1, 0.25, 0.4, 0.6, 0.9])
        parts.append((label, draw(hnp.arrays(np.float64, n, elements=values)), np.full(n, index)))
    label, score, group = (np.concatenate(each) for each in zip(*parts, strict=True))
    return label, score, group, tuple(f"g{index}" for index in range(groups))


def judged(rule, label, score, group, groups):
    prediction = rule.predict(score, group, groups)
    return GroupCounts.from_predictions(label, prediction, group, groups)


def gap_of(counts, constraint):
    return max(np.ptp(METRICS[name](counts)) for name in CONSTRAINED[constraint])


def best_of_all(label, score, group, groups, constraint, objective, tolerance):
    """Try every combination of cuts."""
    each = []
    for index in range(len(groups)):
        inside = group == index
        swept = sweep(label[inside], score[inside], np.zeros(inside.sum(), int), ("g",), most=None)
        each.append(list(swept.counts.values[:, 0]))
    best = -1.0
    for values in itertools.product(*each):
        counts = GroupCounts(np.stack(values), groups)
        if gap_of(counts, constraint) <= tolerance + 1e-9:
            best = max(best, float(METRICS[objective](counts.pooled())[0]))
    return best


@given(small_faces(2), constraints, objectives, tolerances)
def test_no_other_two_thresholds_do_better(drawn, constraint, objective, tolerance):
    rule = choose_per_group(*drawn, constraint, objective, tolerance=tolerance)
    counts = judged(rule, *drawn)
    assert gap_of(counts, constraint) <= tolerance + 1e-9
    assert rule.why["gap"] == pytest.approx(gap_of(counts, constraint))
    assert rule.why["value"] == pytest.approx(METRICS[objective](counts.pooled())[0])
    assert rule.why["value"] == pytest.approx(best_of_all(*drawn, constraint, objective, tolerance))


@given(
    small_faces(3), st.sampled_from(["demographic_parity", "equal_opportunity"]), objectives,
    tolerances,
)  # fmt: skip
def test_no_other_three_thresholds_do_better_by_one_rate(drawn, constraint, objective, tolerance):
    rule = choose_per_group(*drawn, constraint, objective, tolerance=tolerance)
    assert gap_of(judged(rule, *drawn), constraint) <= tolerance + 1e-9
    assert rule.why["value"] == pytest.approx(best_of_all(*drawn, constraint, objective, tolerance))


@given(small_faces(3), objectives, tolerances)
def test_three_groups_under_equalized_odds_reach_the_best_of_a_smaller_tolerance(
    drawn, objective, tolerance
):
    rule = choose_per_group(*drawn, "equalized_odds", objective, tolerance=tolerance)
    assert gap_of(judged(rule, *drawn), "equalized_odds") <= tolerance + 1e-9
    least = best_of_all(*drawn, "equalized_odds", objective, 0.75 * tolerance)
    most = best_of_all(*drawn, "equalized_odds", objective, tolerance)
    assert least - 1e-9 <= rule.why["value"] <= most + 1e-9


@given(small_faces(3), objectives)
def test_max_min_accuracy_gives_every_group_its_own_best(drawn, objective):
    label, score, group, groups = drawn
    rule = choose_per_group(*drawn, "accuracy", objective)
    reached = METRICS[objective](judged(rule, *drawn))
    for index, name in enumerate(groups):
        inside = group == index
        swept = sweep(label[inside], score[inside], np.zeros(inside.sum(), int), ("g",), most=None)
        # Deciding nothing can tie with the best or, where labels are uneven, beat it.
        busy = swept.overall("selection_rate")
        useful = (busy > 0) & (busy < 1)
        best = swept.overall(objective)[useful].max() if useful.any() else None
        if best is not None:
            assert reached[index] == pytest.approx(best), name
    assert rule.why["value"] == pytest.approx(reached.min())


class Scores(BaseEstimator):
    """A fitted estimator whose scores are its inputs."""

    def fit(self, inputs, label):
        return self

    def predict(self, inputs):
        return np.asarray(inputs)[:, 0]

    def __sklearn_is_fitted__(self):
        return True


def fairlearns_best(label, score, group, constraint, objective, grid_size):
    name = {"equal_opportunity": "true_positive_rate_parity"}.get(constraint, constraint)
    optimizer = ThresholdOptimizer(
        estimator=Scores(), constraints=name, objective=f"{objective}_score", prefit=True,
        predict_method="predict", grid_size=grid_size,
    )  # fmt: skip
    optimizer.fit(score[:, None], label, sensitive_features=group)
    chance = optimizer._pmf_predict(score[:, None], sensitive_features=group)[:, 1]
    hit, alarm = chance[label == 1].mean(), chance[label == 0].mean()
    if objective == "balanced_accuracy":
        return (hit + 1 - alarm) / 2
    return np.where(label == 1, chance, 1 - chance).mean()


def uneven_faces(n=200, seed=0):
    draws = np.random.default_rng(seed)
    group = np.repeat([0, 1], n)
    label = (draws.random(2 * n) < np.where(group == 0, 0.4, 0.25)).astype(int)
    score = 1 / (1 + np.exp(-draws.normal(-1 + 2 * label - 0.4 * group, 1.2)))
    return label, score, group, ("women", "men")


@pytest.mark.parametrize("constraint", CONSTRAINED)
@pytest.mark.parametrize("objective", ["accuracy", "balanced_accuracy"])
def test_fairlearns_randomised_optimum_bounds_ours(constraint, objective):
    label, score, group, groups = uneven_faces()
    bound = fairlearns_best(label, score, group, constraint, objective, grid_size=2000)
    exact = choose_per_group(label, score, group, groups, constraint, objective, tolerance=0)
    assert exact.why["value"] <= bound + 1e-3  # theirs is read off a grid
    loose = choose_per_group(label, score, group, groups, constraint, objective, tolerance=0.02)
    assert loose.why["value"] >= exact.why["value"]
    # A fiftieth of slack buys back what randomisation would.
    assert loose.why["value"] >= bound - 0.01


@pytest.mark.parametrize("objective", ["accuracy", "balanced_accuracy"])
def test_it_is_fairlearns_optimum_where_no_randomisation_is_needed(objective):
    # The groups are alike but for a shift of their scores: thresholds make them equal.
    label, score, _, _ = uneven_faces()
    label, score = label[:200], score[:200]
    both = np.concatenate([label, label])
    shifted = np.concatenate([score * 0.5, 0.5 + score * 0.5])
    group = np.repeat([0, 1], 200)
    ones = int(label.sum())
    # A grid that holds every rate at which a threshold can stand.
    steps = {"demographic_parity": 200, "equal_opportunity": ones, "equalized_odds": 200 - ones}
    for constraint in CONSTRAINED:
        ours = choose_per_group(
            both, shifted, group, ("a", "b"), constraint, objective, tolerance=0
        )
        theirs = fairlearns_best(
            both, shifted, group, constraint, objective, grid_size=steps[constraint]
        )
        assert ours.why["gap"] == 0
        assert ours.why["value"] == pytest.approx(theirs)


def test_a_calibration_is_part_of_the_rule():
    label, score, group, groups = uneven_faces()
    line = Calibration(method="platt", groups=groups, slopes=(2, 0.5), intercepts=(0, -1))
    plain = choose_per_group(label, score, group, groups, "demographic_parity")
    bent = choose_per_group(label, score, group, groups, "demographic_parity", calibration=line)
    np.testing.assert_array_equal(
        plain.predict(score, group, groups), bent.predict(score, group, groups)
    )
    assert bent.thresholds != plain.thresholds


@given(tolerances)
def test_more_tolerance_never_costs(tolerance):
    drawn = uneven_faces(60)
    for constraint in CONSTRAINED:
        tight = choose_per_group(*drawn, constraint, tolerance=tolerance / 2)
        loose = choose_per_group(*drawn, constraint, tolerance=tolerance)
        assert loose.why["value"] >= tight.why["value"] - 1e-12


def test_many_groups_are_searched_in_time():
    draws = np.random.default_rng(0)
    n, names = 6000, tuple("abcdefgh")
    group, label = draws.integers(0, 8, n), draws.integers(0, 2, n)
    score = np.clip(draws.normal(0.3 + 0.4 * label + 0.01 * group, 0.2), 0, 1)
    for constraint in CONSTRAINED:
        rule = choose_per_group(label, score, group, names, constraint, tolerance=0.02)
        assert gap_of(judged(rule, label, score, group, names), constraint) <= 0.02 + 1e-9
        assert rule.why["value"] > 0.75


def test_what_allows_no_choice_is_told():
    label, score, group, groups = uneven_faces(30)
    with pytest.raises(ConfigError, match=r"equalized_odds, demographic_parity.*'justice'"):
        choose_per_group(label, score, group, groups, "justice")
    with pytest.raises(ConfigError, match="objective must be"):
        choose_per_group(label, score, group, groups, "accuracy", "f1")
    with pytest.raises(ConfigError, match="tolerance"):
        choose_per_group(label, score, group, groups, "accuracy", tolerance=-1)
    with pytest.raises(DataError, match="no faces of men to choose"):
        choose_per_group(label, score, np.zeros(60, int), groups, "demographic_parity")
    with pytest.raises(DataError, match="no faces of men with label 1"):
        choose_per_group(np.where(group == 1, 0, label), score, group, groups, "equal_opportunity")
