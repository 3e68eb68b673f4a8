import json

import numpy as np
import pytest

from softbio.errors import ConfigError, DataError
from softbio.fairness import (
    METRICS,
    GroupCounts,
    IntervalPlan,
    evaluate,
    evaluate_counts,
    intervals_of,
    score_figures,
)
from softbio.fairness.intervals import drawing

GROUPS = ("women", "men")
PLAN = IntervalPlan(replicates=300)


@pytest.fixture(scope="module")
def faces():
    random = np.random.default_rng(1)
    person = random.integers(0, 60, 500)
    label = random.integers(0, 2, 500).astype(np.int8)
    score = np.clip(random.normal(0.3 + 0.4 * label, 0.25), 0, 1).astype(np.float32)
    return label, score, person % 2, person


def test_every_figure_of_an_evaluation_has_an_interval(faces):
    label, score, group, person = faces
    told = evaluate(label, score, group, GROUPS, person=person, intervals=PLAN)
    known = told.intervals
    assert (known.by, known.people, known.level, known.replicates) == ("person", 60, 0.95, 300)
    assert set(known.by_group) == set(told.by_group) - {"n"}
    assert set(known.overall) == set(told.overall)
    for name, (low, high) in known.by_group.items():
        assert ((low <= told.by_group[name]) & (told.by_group[name] <= high)).all(), name
    for name, (low, high) in known.overall.items():
        assert low <= told.overall[name] <= high, name


def test_json_tells_both_ends_and_how_they_were_made(faces):
    label, score, group, person = faces
    evaluation = evaluate(label, score, group, GROUPS, person=person, intervals=PLAN)
    told = evaluation.as_json()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["intervals"] == {"level": 0.95, "replicates": 300, "by": "person"}
    entries = [*told["metrics"].values()] + [
        entry
        for each in told["groups"].values()
        for name, entry in each.items()
        if name not in ("n", "counts")
    ]
    assert all(list(entry) == ["value", "low", "high"] for entry in entries)
    low, high = evaluation.intervals.by_group["accuracy"]
    men = told["groups"]["men"]["accuracy"]
    assert (men["low"], men["high"]) == (low[1], high[1])
    fair = told["metrics"]["fair_metric"]
    assert (fair["low"], fair["high"]) == evaluation.intervals.overall["fair_metric"]


def test_without_a_plan_there_are_no_intervals(faces):
    label, score, group, person = faces
    evaluation = evaluate(label, score, group, GROUPS, person=person)
    assert evaluation.intervals is None
    assert "intervals" not in evaluation.as_json()
    assert list(evaluation.as_json()["metrics"]["fair_metric"]) == ["value"]


def test_undefined_figures_have_null_ends():
    label, score = np.zeros(40, dtype=int), np.linspace(0.1, 0.9, 40)
    told = evaluate(label, score, np.arange(40) % 2, GROUPS, intervals=PLAN).as_json()
    assert told["metrics"]["equal_opportunity"] == {"value": None, "low": None, "high": None}
    assert told["metrics"]["accuracy"]["low"] is not None


def test_predictions_without_scores_have_intervals_of_what_needs_none(faces):
    label, score, group, _ = faces
    prediction = score > 0.5
    counts = GroupCounts.from_predictions(label, prediction, group, GROUPS)
    known = intervals_of(label, prediction, group, GROUPS, PLAN)
    told = evaluate_counts(counts, intervals=known).as_json()
    assert told["metrics"]["auc"] == {"value": None, "low": None, "high": None}
    assert told["metrics"]["fair_metric"]["low"] is not None
    assert known.by == "face" and "500 faces" in known.sentence


def test_intervals_of_scores_are_made_once_for_all_thresholds(faces):
    label, score, group, person = faces
    figures = score_figures(label, score, group, GROUPS, person, PLAN)
    for threshold in (0.3, 0.6):
        given = {"person": person, "intervals": PLAN}
        fresh = evaluate(label, score, group, GROUPS, threshold, **given)
        known = evaluate(label, score, group, GROUPS, threshold, score_figures=figures, **given)
        assert known.as_json() == fresh.as_json()


def test_people_are_drawn_once_for_all_thresholds(faces, monkeypatch):
    label, score, group, person = faces
    drawing._kept.cache_clear()
    drawn = []
    monkeypatch.setattr(
        drawing, "draw_people", lambda *given: drawn.append(given) or np.ones((300, 60), "u1")
    )
    for threshold in (0.3, 0.5, 0.7):
        intervals_of(label, score > threshold, group, GROUPS, PLAN, person)
    drawing._kept.cache_clear()
    assert len(drawn) == 1


def test_stratified_people_keep_their_number_in_each_group(faces):
    label, score, group, person = faces
    plan = IntervalPlan(replicates=300, stratify=True)
    known = intervals_of(label, score > 0.5, group, GROUPS, plan, person)
    plain = intervals_of(label, score > 0.5, group, GROUPS, PLAN, person)
    for name in ("accuracy_difference", "f1_difference"):
        assert np.ptp(known.overall[name]) == pytest.approx(np.ptp(plain.overall[name]), rel=0.35)


def test_a_plan_by_person_needs_people(faces):
    label, score, group, person = faces
    with pytest.raises(ConfigError, match="by person"):
        intervals_of(label, score > 0.5, group, GROUPS, IntervalPlan(by="person"))
    with pytest.raises(DataError, match="one person for each face"):
        intervals_of(label, score > 0.5, group, GROUPS, PLAN, person[:10])


def test_no_faces_have_no_intervals():
    nothing = np.zeros(0, dtype=int)
    known = intervals_of(nothing, nothing, nothing, GROUPS, PLAN, nothing)
    assert all(np.isnan(ends).all() for ends in known.overall.values())
    assert set(known.by_group) < set(METRICS)
