"""Sweeps: every cut that makes a difference, every metric of it, and the curves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import accuracy_score, precision_recall_curve, roc_curve

from softbio.errors import ConfigError, DataError
from softbio.fairness import METRICS, GroupCounts, predict_at, sweep

WOMEN_MEN = ("women", "men")


@st.composite
def scores(draw, dtype=None):
    dtype = dtype or draw(st.sampled_from([np.float32, np.float64]))
    coarse = st.sampled_from([0.0, 0.1, 0.5, 0.75, 1.0])
    fine = st.floats(0, 1, width=32)
    return draw(
        hnp.arrays(dtype, st.integers(1, 30), elements=draw(st.sampled_from([coarse, fine])))
    )


def faces(n=3000, seed=0, digits=None):
    draws = np.random.default_rng(seed)
    group = draws.integers(0, 2, n)
    label = (draws.random(n) < np.where(group == 0, 0.3, 0.15)).astype(np.int8)
    score = 1 / (1 + np.exp(-draws.normal(-1.5 + 2.5 * label, 1.2)))
    score = score if digits is None else score.round(digits)
    return label, score.astype(np.float32), group, WOMEN_MEN


@given(scores())
def test_every_set_of_faces_that_a_threshold_can_choose_is_there_once(score):
    swept = sweep(np.zeros(len(score), int), score, np.zeros(len(score), int), ("all",), most=None)
    found = {tuple(predict_at(score, threshold)) for threshold in swept.thresholds}
    possible = {tuple(score > value) for value in [*score, 0.0, 1.0]}
    if score.min() > 0:
        possible.add((True,) * len(score))
    assert found == possible
    assert len(swept) == len(possible)
    assert (np.diff(swept.thresholds) > 0).all()
    assert swept.thresholds.dtype == score.dtype
    assert swept.thresholds[0] >= 0 and swept.thresholds[-1] <= 1


@given(scores())
def test_a_cut_lies_midway_between_its_scores(score):
    cuts = sweep(np.zeros(len(score), int), score, np.zeros(len(score), int), ("all",), most=None)
    known = np.unique(np.concatenate([score.astype(np.float64), [0.0, 1.0]]))
    for cut in cuts.thresholds.astype(np.float64):
        low, high = known[known <= cut].max(), known[known >= cut].min()
        if low < cut < high:
            assert cut == pytest.approx((low + high) / 2, rel=1e-6)


@given(scores(np.float32), st.integers(2, 12))
def test_a_thinned_sweep_keeps_its_ends_and_never_more_than_asked(score, most):
    label = group = np.zeros(len(score), int)
    whole = sweep(label, score, group, ("all",), most=None)
    thin = sweep(label, score, group, ("all",), most=most)
    assert len(thin) <= max(most, 1)
    assert np.isin(thin.thresholds, whole.thresholds).all()
    for end in (0, -1):
        np.testing.assert_array_equal(thin.counts.values[end], whole.counts.values[end])


def test_a_thinned_sweep_has_about_equally_many_faces_between_its_cuts():
    label, score, group, groups = faces(20_000)
    thin = sweep(label, score, group, groups)
    assert len(thin) == 1000
    between = -np.diff(thin.counts.values[..., 1].sum(axis=(1, 2)))
    assert between.sum() == len(score)
    assert between.min() >= 18 and between.max() <= 22


def test_metrics_are_those_of_each_threshold():
    label, score, group, groups = faces(400, digits=2)
    swept = sweep(label, score, group, groups)
    assert swept.metric("accuracy").shape == (len(swept), 2)
    assert swept.metric("fair_metric").shape == (len(swept),)
    for place in range(0, len(swept), 7):
        prediction = score > swept.thresholds[place]
        assert swept.overall("accuracy")[place] == pytest.approx(accuracy_score(label, prediction))
        counts = GroupCounts.from_predictions(label, prediction, group, groups)
        for name in ("true_positive_rate", "precision", "balanced_fair_metric", "f1"):
            np.testing.assert_array_equal(swept.metric(name)[place], METRICS[name](counts))


def test_what_no_threshold_changes_is_refused():
    swept = sweep(*faces(50))
    with pytest.raises(ConfigError, match=r"AUC \(auc\).*no threshold changes it"):
        swept.metric("auc")
    with pytest.raises(ConfigError, match="no metric 'nonsense'"):
        swept.overall("nonsense")


def test_named_thresholds_are_swept_in_order_and_once():
    label, score, group, groups = faces(100)
    swept = sweep(label, score, group, groups, thresholds=[0.7, 0.2, 0.7])
    assert swept.thresholds.tolist() == np.float32([0.2, 0.7]).tolist()
    assert swept.index(0.69) == 1
    with pytest.raises(ConfigError, match=r"in 0 … 1.*1\.5"):
        sweep(label, score, group, groups, thresholds=[0.5, 1.5])


@pytest.mark.parametrize("bad", [-0.1, 1.1, np.nan])
def test_scores_must_be_shares(bad):
    label, score, group, groups = faces(20)
    score[3] = bad
    with pytest.raises(DataError, match="from 0 to 1"):
        sweep(label, score, group, groups)


def test_a_sweep_of_no_faces_is_undefined_and_no_error():
    nobody = np.zeros(0, dtype=np.int64)
    swept = sweep(nobody, np.zeros(0, np.float32), nobody, WOMEN_MEN)
    assert np.isnan(swept.metric("accuracy")).all()


@pytest.mark.parametrize("group_index", [0, 1, None])
@pytest.mark.parametrize("digits", [1, 3, None])
def test_curves_are_scikit_learns(group_index, digits):
    label, score, group, groups = faces(600, seed=3, digits=digits)
    score = np.maximum(score, np.float32(1e-3))  # a score of 0 is above no threshold
    curves = sweep(label, score, group, groups, most=None).curves(group_index)
    inside = np.ones(len(label), bool) if group_index is None else group == group_index
    fpr, tpr, _ = roc_curve(label[inside], score[inside], drop_intermediate=False)
    np.testing.assert_allclose(curves.false_positive_rate, fpr, atol=1e-12)
    np.testing.assert_allclose(curves.true_positive_rate, tpr, atol=1e-12)
    precision, recall, _ = precision_recall_curve(label[inside], score[inside])
    # Ours starts where nobody is predicted 1, with a precision that is undefined and not 1.
    assert np.isnan(curves.precision[0]) and precision[-1] == 1
    np.testing.assert_allclose(curves.precision[1:][::-1], precision[:-1], atol=1e-12)
    np.testing.assert_allclose(curves.true_positive_rate[::-1], recall, atol=1e-12)
