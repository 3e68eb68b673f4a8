"""Calibration: lines through logits, against scikit-learn and SciPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit
from sklearn.calibration import _SigmoidCalibration
from sklearn.linear_model import LogisticRegression

from softbio.errors import DataError
from softbio.fairness import Calibration, fit_calibration

WOMEN_MEN = ("women", "men")


def faces(n=4000, seed=0, slopes=(2.0, 0.5), shifts=(0.3, -1.0)):
    """Scores whose logits are off by a line that differs between groups."""
    draws = np.random.default_rng(seed)
    group = draws.integers(0, 2, n)
    truth = draws.normal(-0.5, 1.5, n)
    label = (draws.random(n) < expit(truth)).astype(np.int8)
    score = expit((truth - np.take(shifts, group)) / np.take(slopes, group))
    return label, score, group, WOMEN_MEN


def test_platt_is_scikit_learns_sigmoid_calibration():
    label, score, group, groups = faces()
    ours = fit_calibration(label, score, group, groups, "platt")
    theirs = _SigmoidCalibration().fit(logit(score), label)
    np.testing.assert_allclose(ours.apply(score), theirs.predict(logit(score)), atol=1e-5)


def test_platt_is_unpenalised_logistic_regression_where_there_are_many_faces():
    label, score, group, groups = faces(20_000)
    ours = fit_calibration(label, score, group, groups, "platt")
    theirs = LogisticRegression(C=np.inf, tol=1e-10).fit(logit(score)[:, None], label)
    assert ours.slopes[0] == pytest.approx(theirs.coef_[0, 0], abs=1e-3)
    assert ours.intercepts[0] == pytest.approx(theirs.intercept_[0], abs=1e-3)


def test_temperature_is_the_likeliest_one():
    label, score, group, groups = faces()
    ours = fit_calibration(label, score, group, groups, "temperature")
    ones = label.sum()
    target = np.where(label == 1, (ones + 1) / (ones + 2), 1 / (len(label) - ones + 2))
    inputs = logit(score)
    best = minimize_scalar(
        lambda slope: (np.logaddexp(0, slope * inputs) - target * slope * inputs).sum(),
        bounds=(0.01, 10), method="bounded", options={"xatol": 1e-10},
    )  # fmt: skip
    assert ours.slopes[0] == pytest.approx(best.x, rel=1e-6)
    assert ours.intercepts == (0.0,)


def test_each_group_gets_the_line_that_was_bent():
    label, score, group, groups = faces(40_000)
    found = fit_calibration(label, score, group, groups, "platt", per_group=True)
    assert found.needs_group and found.groups == groups
    np.testing.assert_allclose(found.slopes, (2.0, 0.5), rtol=0.06)
    np.testing.assert_allclose(found.intercepts, (0.3, -1.0), atol=0.08)
    for index in range(2):
        alone = group == index
        common = fit_calibration(label[alone], score[alone], group[alone], groups, "platt")
        np.testing.assert_allclose(
            found.apply(score[alone], group[alone], groups), common.apply(score[alone])
        )


@pytest.mark.parametrize("method", ["temperature", "platt"])
@pytest.mark.parametrize("n", [2, 40])
def test_scores_that_separate_the_labels_have_a_finite_line(method, n):
    label = np.arange(n) % 2
    score = np.where(label == 1, 1.0, 0.0).astype(np.float32)
    found = fit_calibration(label, score, np.zeros(n, int), ("all",), method)
    calibrated = found.apply(score)
    assert (calibrated[label == 1] > 0.5).all() and (calibrated[label == 0] < 0.5).all()
    assert np.isfinite(found.slopes + found.intercepts).all()


def test_wildly_confident_scores_are_fitted_too():
    label, score, group, groups = faces()
    extreme = expit(60 * logit(score)).astype(np.float32)
    found = fit_calibration(label, extreme, group, groups, "platt")
    assert abs(found.apply(extreme).mean() - label.mean()) < 0.01


@given(
    st.lists(st.floats(0, 1, width=32), min_size=1, max_size=30),
    st.floats(0.05, 20),
    st.floats(-20, 20),
)
def test_a_calibration_keeps_order_precision_and_bounds(scores, slope, intercept):
    line = Calibration(method="platt", slopes=(slope,), intercepts=(intercept,))
    score = np.sort(np.float32(scores))
    found = line.apply(score)
    assert found.dtype == np.float32
    assert (np.diff(found) >= 0).all() and found.min() >= 0 and found.max() <= 1


def test_scores_that_are_whole_numbers_are_calibrated_as_floats():
    line = Calibration(method="temperature", slopes=(0.1,), intercepts=(0.0,))
    found = line.apply([0, 1])
    assert found.dtype == np.float64 and 0 < found[0] < 0.5 < found[1] < 1


def test_what_cannot_be_calibrated_is_told():
    label, score, group, groups = faces(200)
    with pytest.raises(DataError, match="both labels; there are 0 with label 1 and 200"):
        fit_calibration(np.zeros(200, int), score, group, groups)
    one = np.where(group == 1, 0, label)
    with pytest.raises(DataError, match=r"0 with label 1 and \d+ with label 0 among men"):
        fit_calibration(one, score, group, groups, per_group=True)
    with pytest.raises(DataError, match="do not rise with the label"):
        fit_calibration(label, 1 - score, group, groups)
    with pytest.raises(DataError, match="do not rise with the label"):
        fit_calibration(label, np.full(200, 0.3), group, groups)


def test_a_calibration_per_group_needs_known_groups():
    lines = Calibration(method="platt", groups=WOMEN_MEN, slopes=(1.0, 2.0), intercepts=(0.0, 0.0))
    score = np.array([0.3, 0.6])
    with pytest.raises(DataError, match="none is known"):
        lines.apply(score)
    with pytest.raises(DataError, match="unknown for 1 of 2"):
        lines.apply(score, np.array([0, -1]), WOMEN_MEN)
    with pytest.raises(DataError, match="women, men and not 'other'"):
        lines.apply(score, np.array([0, 1]), ("women", "other"))
    turned = lines.apply(score, np.array([1, 0]), ("men", "women"))
    np.testing.assert_array_equal(turned, lines.apply(score, np.array([0, 1]), WOMEN_MEN))


@pytest.mark.parametrize(
    "change",
    [
        {"slopes": (1.0, 2.0)},
        {"slopes": (0.0,)},
        {"slopes": (float("nan"),)},
        {"groups": ("women", "women"), "slopes": (1.0, 1.0), "intercepts": (0.0, 0.0)},
        {"method": "temperature", "intercepts": (0.5,)},
        {"method": "isotonic"},
        {"unknown": 1},
    ],
)
def test_a_calibration_that_makes_no_sense_is_refused(change):
    sound = {"method": "platt", "slopes": (1.0,), "intercepts": (0.0,)}
    Calibration.model_validate(sound)
    with pytest.raises(ValidationError):
        Calibration.model_validate(sound | change)
