import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import bootstrap
from sklearn.metrics import matthews_corrcoef

from softbio.fairness import METRICS, GroupCounts, compute
from softbio.fairness.intervals import (
    IntervalPlan,
    count_intervals,
    draw_people,
    person_counts,
    resample,
    resample_people,
    wilson,
)

GROUPS = ("women", "men")
COUNTED = [name for name, each in METRICS.items() if each.needs == "counts" and name != "n"]


def by_face(values, groups=GROUPS, **settings):
    counts = GroupCounts(np.asarray(values), groups)
    plan = IntervalPlan(**settings)
    return counts, count_intervals(counts, resample(counts, plan), plan.level, seed=plan.seed)


def rows_of(counts):
    """Return label, prediction and group of the faces behind counts."""
    cells = np.argwhere(np.ones(counts.values.shape, dtype=bool))
    return np.repeat(cells, counts.values.ravel(), axis=0)[:, [1, 2, 0]].T


LARGE = [[[270, 20], [14, 76]], [[205, 21], [17, 57]]]


def test_every_count_metric_has_an_interval_and_nothing_else():
    _, found = by_face(LARGE)
    group = {name for name in COUNTED if METRICS[name].scope == "group"}
    assert set(found) == set(COUNTED) | {f"all:{name}" for name in group}
    for name, (low, high) in found.items():
        shape = (2,) if name in group else ()
        assert np.shape(low) == np.shape(high) == shape, name


@given(hnp.arrays(np.int64, (3, 2, 2), elements=st.integers(0, 40)), st.booleans(), st.booleans())
@settings(max_examples=40, deadline=None)
def test_intervals_hold_what_was_observed_and_stay_in_range(values, two, stratify):
    values, groups = (values[:2], GROUPS) if two else (values, ("a", "b", "c"))
    counts, found = by_face(values, groups, replicates=200, stratify=stratify)
    apart, together = compute(counts), compute(counts.pooled())
    for name, (low, high) in found.items():
        metric = METRICS[name.removeprefix("all:")]
        value = together[metric.name][0] if name.startswith("all:") else apart[metric.name]
        told = ~np.isnan(low)
        np.testing.assert_array_equal(told, ~np.isnan(high))
        assert not (told & np.isnan(value)).any(), name
        inside = (low <= value + 1e-9) & (value - 1e-9 <= high)
        assert (inside | ~told).all(), (name, low, value, high)
        assert ((low >= metric.range[0]) & (high <= metric.range[1]) | ~told).all(), name


@pytest.mark.parametrize("name", ["mcc_difference", "accuracy_difference"])
def test_smooth_figures_have_scipys_percentile_intervals(name):
    counts, found = by_face(LARGE, replicates=4000)
    rows = rows_of(counts)

    def figure(label, prediction, group):
        first, second = (
            matthews_corrcoef(label[group == g], prediction[group == g])
            if name == "mcc_difference"
            else (label == prediction)[group == g].mean()
            for g in (0, 1)
        )
        return first - second

    theirs = bootstrap(
        rows, figure, paired=True, vectorized=False, method="percentile", n_resamples=400,
        rng=np.random.default_rng(0),
    ).confidence_interval  # fmt: skip
    width = theirs.high - theirs.low
    assert found[name][0] == pytest.approx(theirs.low, abs=0.12 * width)
    assert found[name][1] == pytest.approx(theirs.high, abs=0.12 * width)


def clustered(people=150, seed=0, each=8):
    random = np.random.default_rng(seed)
    faces = random.integers(1, 2 * each, people)
    person = np.repeat(np.arange(people), faces)
    group = (random.random(people) < 0.4).astype(int)[person]
    luck = random.normal(size=people)[person]
    label = (random.random(len(person)) < 0.3).astype(int)
    right = random.random(len(person)) < 1 / (1 + np.exp(-(1.5 + luck)))
    return label, np.where(right, label, 1 - label), group, person


def test_by_person_is_what_drawing_rows_of_people_gives():
    """Brute force with pandas: draw people, take all their rows, compute the difference."""
    label, prediction, group, person = clustered()
    table = person_counts(label, prediction, group, 2, person)
    counts = GroupCounts(table.sum(axis=0), GROUPS)
    drawn = resample_people(table, draw_people(len(table), 4000, 0), GROUPS)
    low, high = count_intervals(counts, drawn, 0.9, people=table)["accuracy_difference"]
    frame = pd.DataFrame({"g": group, "right": label == prediction, "who": person}).set_index("who")
    sums = frame.groupby([frame.index, "g"]).right.agg(["sum", "size"]).unstack(fill_value=0)
    random = np.random.default_rng(3)
    gaps = []
    for _ in range(600):
        again = sums.loc[random.integers(0, len(table), len(table))].sum()
        gaps.append(
            again["sum", 0] / again["size", 0] - again["sum", 1] / again["size", 1]
        )  # fmt: skip
    theirs = np.quantile(gaps, [0.05, 0.95])
    width = theirs[1] - theirs[0]
    # Ours is a little wider: the people are few.
    assert low == pytest.approx(theirs[0], abs=0.15 * width)
    assert high == pytest.approx(theirs[1], abs=0.15 * width)
    assert high - low > 0.97 * width


def test_faces_of_one_person_make_intervals_by_face_too_narrow():
    label, prediction, group, person = clustered()
    table = person_counts(label, prediction, group, 2, person)
    counts = GroupCounts(table.sum(axis=0), GROUPS)
    drawn = resample_people(table, draw_people(len(table), 1000, 0), GROUPS)
    people = count_intervals(counts, drawn, people=table)
    faces = count_intervals(counts, resample(counts, IntervalPlan(replicates=1000)))
    for name in ("accuracy_difference", "all:accuracy", "fair_metric", "f1_difference"):
        wide, narrow = (found[name][1] - found[name][0] for found in (people, faces))
        assert wide > 1.2 * narrow, name


def test_intervals_shrink_with_the_square_root_of_n():
    _, few = by_face(np.array(LARGE))
    _, many = by_face(np.array(LARGE) * 16)
    for name in ("accuracy_difference", "all:f1", "equalized_odds", "balanced_fair_metric"):
        widths = [found[name][1] - found[name][0] for found in (few, many)]
        assert widths[0] / widths[1] == pytest.approx(4, rel=0.35), name


def test_a_higher_level_is_wider_and_the_same_seed_is_the_same():
    _, narrow = by_face(LARGE, level=0.8)
    _, wide = by_face(LARGE, level=0.99)
    _, again = by_face(LARGE, level=0.99)
    for name in narrow:
        assert (np.asarray(wide[name][0]) <= narrow[name][0]).all(), name
        assert (np.asarray(wide[name][1]) >= narrow[name][1]).all(), name
        np.testing.assert_array_equal(wide[name], again[name])


def test_single_rates_have_wilsons_interval():
    _, found = by_face(LARGE)
    right, n = [346, 262], [380, 300]
    np.testing.assert_allclose(found["accuracy"], wilson(right, n), atol=1e-12)
    assert found["all:accuracy"] == tuple(float(end) for end in wilson(sum(right), sum(n)))
    np.testing.assert_allclose(
        found["false_positive_rate"], 1 - np.array(found["true_negative_rate"])[::-1]
    )


def test_a_clear_worst_cell_has_the_interval_of_its_rate():
    _, found = by_face([[[900, 9], [10, 800]], [[700, 6], [40, 60]]])
    expected = wilson(60, 100)
    assert found["worst_cell_accuracy"] == pytest.approx([float(end) for end in expected])


def test_a_range_of_equal_groups_begins_at_zero_and_a_ratio_ends_at_one():
    _, found = by_face([[[90, 10], [10, 40]], [[90, 10], [10, 40]]])
    assert found["accuracy_range"][0] == 0.0 and found["accuracy_range"][1] > 0.05
    assert found["accuracy_ratio"][1] == 1.0 and found["accuracy_ratio"][0] < 0.95
    assert found["equalized_odds"][0] == 0.0
    low, high = found["accuracy_difference"]
    assert low < 0 < high


def test_what_was_never_seen_can_still_happen():
    """Ten faces of label 1, all right: no replicate of the plain bootstrap holds a mistake."""
    _, found = by_face([[[100, 0], [0, 10]], [[100, 0], [0, 10]]])
    for name in ("true_positive_rate_difference", "balanced_accuracy_difference", "mcc_difference"):
        low, high = found[name]
        assert low < -0.05 and high > 0.05, name
    for name in ("fair_metric", "balanced_fair_metric", "worst_cell_accuracy", "all:f1"):
        low, high = found[name]
        assert low < 0.99 and high == 1.0, name


def test_an_empty_cell_leaves_undefined_what_needs_it_and_nothing_else():
    _, found = by_face([[[50, 5], [0, 0]], [[60, 6], [5, 40]]])
    low, high = found["true_positive_rate"]
    assert np.isnan([low[0], high[0]]).all() and not np.isnan([low[1], high[1]]).any()
    for name in ("worst_cell_accuracy", "balanced_fair_metric", "true_positive_rate_difference"):
        assert np.isnan(found[name]).all(), name
    assert not np.isnan(found["fair_metric"]).any()


@pytest.mark.parametrize(("faces", "told"), [(2, False), (8, True)])
def test_a_figure_that_resampling_often_loses_has_no_interval(faces, told):
    """Two faces of label 1 are both lost in 13 % of the replicates, eight hardly ever."""
    _, found = by_face([[[500, 50], [10, 90]], [[400, 40], [faces // 2, faces // 2]]])
    assert np.isnan(found["true_positive_rate_difference"]).any() != told
    assert np.isnan(found["balanced_accuracy"][0][1]) != told
    assert not np.isnan(found["true_positive_rate"]).any()  # Wilson's needs no replicates
    assert not np.isnan(found["fair_metric"]).any()


def test_more_groups_than_two_have_unsigned_gaps():
    values = np.array([[[90, 10], [10, 40]], [[85, 5], [15, 45]], [[60, 40], [30, 20]]])
    counts, found = by_face(values, ("a", "b", "c"))
    assert found["accuracy_difference"] == found["accuracy_range"]
    low, high = found["accuracy_difference"]
    rates = METRICS["accuracy"](counts)
    assert 0 < low < rates.max() - rates.min() < high < 1
    assert found["accuracy_worst"][1] < rates[:2].min()


def test_one_group_alone_has_intervals_of_its_own_only():
    _, found = by_face([[[90, 10], [10, 40]]], ("all",))
    assert np.isnan(found["accuracy_difference"]).all()
    np.testing.assert_allclose(found["fair_metric"], [0.815, 0.913], atol=0.02)
    low, high = found["accuracy"]
    assert (low[0], high[0]) == found["all:accuracy"]


def covered(truth_cells, size, seed, names, samples=200):
    """Return how often intervals hold the truth."""
    random = np.random.default_rng(seed)
    groups = tuple("abc"[: len(truth_cells)])
    truth = compute(GroupCounts(np.rint(truth_cells * 2**40).astype(np.int64), groups), names)
    held = dict.fromkeys(names, 0)
    for sample in range(samples):
        values = random.multinomial(size, truth_cells.ravel()).reshape(truth_cells.shape)
        _, found = by_face(values, groups, replicates=400, seed=sample)
        for name in names:
            low, high = found[name]
            held[name] += bool(low - 1e-12 <= truth[name] <= high + 1e-12)
    return {name: times / samples for name, times in held.items()}


def population(rates, prevalence=0.25):
    right = np.array(rates)
    label = np.array([1 - prevalence, prevalence]) / len(right)
    cells = np.empty((len(right), 2, 2))
    cells[:, [0, 1], [0, 1]] = label * right
    cells[:, [0, 1], [1, 0]] = label * (1 - right)
    return cells


@pytest.mark.parametrize("groups", [2, 3])
def test_minima_hold_the_truth_where_groups_are_equal(groups):
    """A plain percentile interval of the Fair Metric holds it in 80 % and less there."""
    names = ("fair_metric", "balanced_fair_metric", "worst_cell_accuracy", "equalized_odds")
    held = covered(population([(0.93, 0.8)] * groups), 1000, groups, names)
    # A coverage of 0.95 is seen below 0.91 in 1 % of 200 samples.
    assert min(held.values()) >= 0.91, held


def test_smooth_figures_hold_the_truth_in_small_cells():
    """About 12 faces of label 1 a group, nearly all right: plain percentiles hold 70 to 90 %."""
    names = ("true_positive_rate_difference", "accuracy_difference", "f1_difference")
    held = covered(population([(0.96, 0.93)] * 2), 100, 5, names)
    assert min(held.values()) >= 0.91, held
