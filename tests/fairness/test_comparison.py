import dataclasses
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from softbio.errors import ConfigError, DataError
from softbio.fairness import METRICS, GroupCounts
from softbio.fairness.comparison import compare
from softbio.fairness.intervals import IntervalPlan

GROUPS = ("women", "men")
QUICK = IntervalPlan(replicates=100)


def draw(n=1000, seed=0, groups=2, people=None):
    """Labels, groups, and scores of two runs that agree on most faces."""
    rng = np.random.default_rng(seed)
    label, group = rng.integers(0, 2, n), rng.integers(0, groups, n)
    person = None if people is None else rng.integers(0, people, n)
    old = np.clip(rng.normal(0.35 + 0.3 * label, 0.25), 0, 1)
    new = np.clip(old + rng.normal(0.05 * (2 * label - 1), 0.1), 0, 1)
    return label, group, old, new, person


def faces():
    """Small pairs of runs: for each face (group, label, before, after)."""
    bit = st.integers(0, 1)
    return st.lists(st.tuples(st.integers(0, 2), bit, bit, bit), min_size=1, max_size=60)


def of(rows, plan=QUICK, order=(0, 1, 2), **options):
    group, label, before, after = np.array(rows).T
    names = tuple("abc"[k] for k in order)
    return compare(label, after, before, np.argsort(order)[group], names, plan=plan, **options)


def test_every_change_is_the_difference_of_the_two_runs_metrics():
    label, group, old, new, _ = draw()
    found = compare(label, new > 0.5, old > 0.5, group, GROUPS, plan=QUICK)
    before, after = (
        GroupCounts.from_predictions(label, score > 0.5, group, GROUPS) for score in (old, new)
    )
    for name, metric in METRICS.items():
        if metric.needs == "counts":
            change = found.metrics[name]
            np.testing.assert_array_equal(change.before, metric(before))
            np.testing.assert_array_equal(change.after, metric(after))
            np.testing.assert_allclose(change.change, metric(after) - metric(before), atol=1e-12)
            assert np.all(change.low <= change.change)
            assert np.all(change.change <= change.high)
            if metric.scope == "group":
                together = metric(after.pooled()) - metric(before.pooled())
                assert found.metrics[f"all:{name}"].change == pytest.approx(together[0])
    assert found.n == 1000
    np.testing.assert_array_equal(found.before.values, before.values)
    np.testing.assert_array_equal(found.after.values, after.values)


def test_metrics_of_scores_are_compared_where_both_runs_have_scores():
    label, group, old, new, _ = draw()
    scores = {"score": new, "baseline_score": old}
    found = compare(label, new > 0.5, old > 0.5, group, GROUPS, plan=QUICK, **scores)
    for k in range(2):
        inside = group == k
        expected = roc_auc_score(label[inside], new[inside]) - roc_auc_score(
            label[inside], old[inside]
        )
        assert found.metrics["auc"].change[k] == pytest.approx(expected)
        assert found.metrics["auc"].low[k] < expected < found.metrics["auc"].high[k]
    assert "auc" not in compare(label, new > 0.5, old > 0.5, group, GROUPS, plan=QUICK).metrics


def test_the_interval_of_the_auc_is_as_wide_as_that_of_delong():
    label, group, old, new, _ = draw(1500, seed=3)
    group[:] = 0
    scores = {"score": new, "baseline_score": old}
    found = compare(label, new > 0.5, old > 0.5, group, ("all",), **scores).metrics["auc"]
    # DeLong, DeLong & Clarke-Pearson 1988: placements of both runs, their covariance.
    high, low = label == 1, label == 0
    places = [
        ((s[high][:, None] > s[low]) + 0.5 * (s[high][:, None] == s[low])).astype(float)
        for s in (old, new)
    ]
    shift = places[1] - places[0]
    variance = shift.mean(axis=1).var(ddof=1) / high.sum() + shift.mean(axis=0).var(ddof=1) / (
        low.sum()
    )
    assert found.high[0] - found.low[0] == pytest.approx(2 * 1.96 * math.sqrt(variance), rel=0.15)


def test_the_paired_interval_is_that_of_faces_drawn_anew():
    label, group, old, new, _ = draw(600)
    before, after = old > 0.5, new > 0.5
    found = compare(label, after, before, group, GROUPS, plan=IntervalPlan(replicates=4000))
    rng = np.random.default_rng(1)
    changes = []
    for _ in range(1000):
        rows = rng.integers(0, 600, 600)
        one, two = (
            GroupCounts.from_predictions(label[rows], p[rows], group[rows], GROUPS)
            for p in (before, after)
        )
        metric = METRICS["f1"]
        changes.append(metric(two) - metric(one))
    spread = 2 * 1.96 * np.std(changes, axis=0)
    change = found.metrics["f1"]
    np.testing.assert_allclose(change.high - change.low, spread, rtol=0.1)


def test_photographs_of_the_same_people_widen_every_interval():
    label, group, old, new, _ = draw(500)
    again = [np.tile(each, 8) for each in (label, new > 0.5, old > 0.5, group)]
    person = np.tile(np.arange(500), 8)
    single = compare(label, new > 0.5, old > 0.5, group, GROUPS)
    by_face = compare(*again, GROUPS)
    by_person = compare(*again, GROUPS, person=person)
    assert (by_face.by, by_person.by) == ("face", "person")
    for name in ("accuracy", "f1", "balanced_accuracy", "accuracy_difference"):
        width = [
            np.ravel(each.metrics[name].high - each.metrics[name].low)[0]
            for each in (single, by_face, by_person)
        ]
        assert width[2] == pytest.approx(width[0], rel=0.1)
        assert width[1] == pytest.approx(width[0] / math.sqrt(8), rel=0.15)
    assert [one.gained for one in by_person.mcnemar] == [one.fixed for one in single.mcnemar]
    assert [one.p for one in by_person.mcnemar] == [one.p for one in single.mcnemar]
    assert compare(*again, GROUPS, person=person, plan=IntervalPlan(by="face")).by == "face"


@settings(max_examples=20)
@given(faces())
def test_a_run_against_itself_changes_nothing(rows):
    same = [(g, y, b, b) for g, y, b, _ in rows]
    found = of(same)
    for change in (*found.metrics.values(), found.accuracy, found.cells, found.wrong_per_thousand):
        for part in (change.change, change.low, change.high):
            assert np.all(np.nan_to_num(part) == 0)
    assert found.verdict.kind == "no evidence"
    assert found.verdict.level == "info"
    assert {one.p for one in (*found.mcnemar, *found.cell_mcnemar)} == {1.0}


@settings(max_examples=20)
@given(faces())
def test_swapping_the_runs_negates_the_changes(rows):
    there, back = of(rows), of([(g, y, a, b) for g, y, b, a in rows])
    for name, change in there.metrics.items():
        np.testing.assert_allclose(
            back.metrics[name].change, -np.asarray(change.change), atol=1e-12
        )
    for one, other in ((there.accuracy, back.accuracy), (there.cells, back.cells)):
        np.testing.assert_allclose(other.low, -one.high, atol=1e-12)
        np.testing.assert_allclose(other.high, -one.low, atol=1e-12)
    assert there.verdict.gained == back.verdict.lost
    assert [one.p_holm for one in there.mcnemar] == [one.p_holm for one in back.mcnemar]


@settings(max_examples=20)
@given(faces(), st.permutations(range(3)))
def test_the_order_of_the_groups_does_not_matter(rows, order):
    found, other = of(rows), of(rows, order=tuple(order))
    np.testing.assert_allclose(other.accuracy.low, found.accuracy.low[order], atol=1e-12)
    np.testing.assert_allclose(other.cells.high, found.cells.high[order], atol=1e-12)
    assert [other.mcnemar[k].group for k in range(3)] == ["abc"[k] for k in order]
    assert {one.group: one for one in other.mcnemar} == {one.group: one for one in found.mcnemar}
    assert set(other.verdict.gained) == set(found.verdict.gained)
    for name in ("fair_metric", "worst_cell_accuracy", "accuracy_range"):
        np.testing.assert_allclose(
            other.metrics[name].change, found.metrics[name].change, atol=1e-12
        )


def test_wrong_faces_in_a_thousand_are_the_other_side_of_accuracy():
    found = of(
        [(0, 1, 0, 1)] * 30 + [(0, 1, 1, 1)] * 70 + [(1, 0, 0, 1)] * 10 + [(1, 0, 0, 0)] * 40
    )
    wrong = found.wrong_per_thousand
    np.testing.assert_allclose(wrong.before[:2], [300, 0], atol=1e-9)
    np.testing.assert_allclose(wrong.after[:2], [0, 200], atol=1e-9)
    np.testing.assert_allclose(wrong.low, -1000 * found.accuracy.high, atol=1e-12)
    assert (found.mcnemar[0].fixed, found.mcnemar[0].broken) == (30, 0)
    assert (found.mcnemar[1].fixed, found.mcnemar[1].broken) == (0, 10)


def test_intervals_over_all_groups_are_wider_than_those_of_one():
    label, group, old, new, _ = draw()
    found = compare(label, new > 0.5, old > 0.5, group, GROUPS, plan=QUICK)
    alone = found.metrics["accuracy"]
    assert np.all(found.accuracy.low < alone.low)
    assert np.all(found.accuracy.high > alone.high)
    assert np.all(found.cells.low[:, 1] < found.metrics["true_positive_rate"].low)


def test_the_same_seed_gives_the_same_intervals_and_a_higher_level_wider_ones():
    label, group, old, new, person = draw(people=200)
    arguments = (label, new > 0.5, old > 0.5, group, GROUPS)
    for known in (None, person):
        one, again, wider = (
            compare(*arguments, person=known, plan=plan).metrics["balanced_fair_metric"]
            for plan in (QUICK, QUICK, dataclasses.replace(QUICK, level=0.99))
        )
        assert (one.low, one.high) == (again.low, again.high)
        assert wider.low < one.low
        assert wider.high > one.high


def test_stratified_draws_keep_every_groups_n():
    from softbio.fairness.comparison.pairs import PairedFaces

    label, group, old, new, _ = draw(400)
    plan = IntervalPlan(replicates=100, stratify=True)
    arrays = [np.asarray(each).astype(np.int64) for each in (label, old > 0.5, new > 0.5, group)]
    drawn = PairedFaces(*arrays, GROUPS).redraw(plan).values.sum(axis=(2, 3, 4))
    assert (drawn == np.bincount(group)).all()
    owned = PairedFaces(*arrays, GROUPS, np.arange(400)).redraw(plan).values.sum(axis=(2, 3, 4))
    assert (owned == np.bincount(group)).all()
    free = PairedFaces(*arrays, GROUPS).redraw(QUICK).values
    assert (free.sum(axis=(1, 2, 3, 4)) == 400).all()
    assert len(np.unique(free.sum(axis=(2, 3, 4))[:, 0])) > 10


def test_undefined_is_null_and_an_empty_group_is_named():
    found = of([(0, 0, 0, 1)] * 5 + [(1, 0, 1, 0)] * 5)
    told = json.loads(json.dumps(found.as_json("new", "old", "test"), allow_nan=False))
    assert (told["run"], told["baseline"], told["split"], told["n"]) == ("new", "old", "test", 10)
    assert told["groups"]["c"]["accuracy"]["change"] is None
    assert told["groups"]["a"]["true_positive_rate"]["before"] is None
    assert told["groups"]["a"]["who_paid"]["wrong_per_thousand"]["change"] == 1000.0
    assert told["groups"]["b"]["who_paid"]["labels"]["0"]["mcnemar"]["fixed"] == 5
    assert told["metrics"]["fair_metric"]["change"] is None
    assert told["metrics"]["accuracy"]["change"] == 0.0
    assert "There are no faces of c." in found.verdict.sentence


def test_rows_are_tidy_and_leave_out_what_no_prediction_changes():
    label, group, old, new, _ = draw()
    found = compare(label, new > 0.5, old > 0.5, group, GROUPS, plan=QUICK)
    rows = found.rows()
    assert len({(row.metric, row.group) for row in rows}) == len(rows)
    by_name = {(row.metric, row.group): row for row in rows}
    assert by_name["accuracy", "men"].change == found.metrics["accuracy"].change[1]
    assert by_name["accuracy", "all"].low == found.metrics["all:accuracy"].low
    assert by_name["fair_metric", ""].high == found.metrics["fair_metric"].high
    assert not any("prevalence" in row.metric or row.metric == "n" for row in rows)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"tolerance": 1.5}, ConfigError, "tolerance must lie in 0 … 1"),
        ({"score": np.zeros(4)}, ConfigError, "both runs have them"),
        ({"plan": IntervalPlan(by="person")}, ConfigError, "by person"),
        ({"person": np.zeros(3, dtype=int)}, DataError, "one person for each face"),
        ({"prediction": np.array([0, 1, 2, 0])}, DataError, "prediction must be 0 or 1"),
        ({"baseline": np.array([0, 1])}, DataError, "equally many"),
        ({"group": np.array([0, 1, 2, 0])}, DataError, "group must be an index"),
    ],
)
def test_a_mistake_is_told(change, error, message):
    given_ = {
        "label": np.array([0, 1, 1, 0]),
        "prediction": np.array([0, 1, 1, 0]),
        "baseline": np.array([0, 1, 0, 0]),
        "group": np.array([0, 0, 1, 1]),
        "groups": GROUPS,
    } | change
    with pytest.raises(error, match=message):
        compare(**given_)


def test_no_faces_at_all_are_refused():
    nothing = np.zeros(0, dtype=int)
    with pytest.raises(DataError, match="no faces to compare"):
        compare(nothing, nothing, nothing, nothing, GROUPS)
