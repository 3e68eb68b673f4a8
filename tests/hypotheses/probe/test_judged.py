"""Precision, recall and average precision of a probe, held against scikit-learn's."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, precision_score, recall_score

from softbio.fairness.intervals import wilson
from softbio.hypotheses.probe.judged import ProbeQuality, judge_checked, judge_tagged

GROUPS = ("women", "men")


def _drawn(n, seed):
    draws = np.random.default_rng(seed)
    label = draws.integers(0, 2, n)
    chance = np.clip(draws.normal(0.3 + 0.4 * label, 0.25), 0.01, 0.99).round(1)
    return label, chance, draws.integers(0, 2, n)


def _same(judged, label, chance, weights=None):
    found = chance > 0.5
    if label.any():
        expected = average_precision_score(label, chance, sample_weight=weights)
        assert judged.average_precision.value == pytest.approx(expected)
        expected = recall_score(label, found, sample_weight=weights)
        assert judged.recall.value == pytest.approx(expected)
    else:
        assert np.isnan(judged.average_precision.value)
        assert np.isnan(judged.recall.value)
    if found.any():
        expected = precision_score(label, found, sample_weight=weights)
        assert judged.precision.value == pytest.approx(expected)
    else:
        assert np.isnan(judged.precision.value)
    assert (judged.n, judged.positives) == (len(label), label.sum())


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.integers(4, 40))
def test_figures_are_those_of_scikit_learn(seed, n):
    label, chance, group = _drawn(n, seed)
    judged = judge_tagged(label, chance, group, GROUPS)
    _same(judged.overall, label, chance)
    for number, one in enumerate(judged.groups):
        assert one.name == GROUPS[number]
        _same(one, label[group == number], chance[group == number])


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.integers(8, 40))
def test_checked_faces_weigh_what_they_stand_for(seed, n):
    label, chance, group = _drawn(n, seed)
    group[:2] = 0, 1
    sizes = np.array([1000, 300, 0])
    judged = judge_checked(label, chance, group, GROUPS, sizes)
    weights = (sizes / np.maximum(np.bincount(group, minlength=3), 1))[group]
    _same(judged.overall, label, chance, weights)
    for number, one in enumerate(judged.groups):
        _same(one, label[group == number], chance[group == number])


def test_intervals_hold_the_value_and_are_wilsons_for_single_faces():
    label, chance, group = _drawn(80, 3)
    judged = judge_tagged(label, chance, group, GROUPS)
    women = group == 0
    found, yes = chance[women] > 0.5, label[women] == 1
    low, high = wilson((found & yes).sum(), yes.sum())
    recall = judged.groups[0].recall
    assert [recall.low, recall.high] == pytest.approx([float(low), float(high)])
    for one in (*judged.groups, judged.overall):
        for rate in (one.precision, one.recall, one.average_precision):
            assert 0 <= rate.low <= rate.value <= rate.high <= 1


def test_many_faces_of_few_people_tell_less():
    label, chance, group = _drawn(200, 4)
    sizes = np.array([(group == 0).sum(), (group == 1).sum(), 0])
    person = np.arange(200) // 10
    for judge in (judge_tagged, lambda *given, **who: judge_checked(*given, sizes, **who)):
        by_face = judge(label, chance, group, GROUPS).overall.recall
        by_person = judge(label, chance, group, GROUPS, person=person).overall.recall
        assert by_person.value == pytest.approx(by_face.value)
        assert by_person.high - by_person.low > by_face.high - by_face.low


def test_faces_of_no_known_group_count_overall_only():
    label, chance, group = _drawn(60, 5)
    group[::3] = -1
    judged = judge_tagged(label, chance, group, GROUPS)
    assert len(judged.groups) == 2
    assert sum(one.n for one in judged.groups) == 40
    assert judged.overall.n == 60


def test_what_is_undefined_is_nothing_in_json():
    judged = judge_tagged(np.zeros(6, int), np.full(6, 0.2), np.arange(6) % 2, GROUPS)
    told = ProbeQuality(judged, None).as_json()
    assert told["tagged"]["overall"]["recall"] == {"value": None, "low": None, "high": None}
    assert told["checked"] is None
    json.dumps(told, allow_nan=False)
