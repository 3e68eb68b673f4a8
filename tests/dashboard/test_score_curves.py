"""The charts of scores, held to scikit-learn and to the faces themselves."""

import gc

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from dashboard.widgets.group_scores import BINS, as_rule, drawn_scores, marks
from dashboard.widgets.ranking_curves import precision_recall_figure, roc_figure
from dashboard.widgets.reliability_curve import reliability_figure
from dashboard.widgets.score_histogram import histogram_figure
from dashboard.widgets.threshold_chart import CHARTED, threshold_figure
from softbio.fairness import METRICS, DecisionRule, common_rule, fit_calibration
from softbio.runs import Selection

GROUPS = ("women", "men")


def selection(n=4000, seed=0, labels=None):
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 2, n).astype(np.int8) if labels is None else labels
    group = rng.integers(0, 2, n)
    score = np.clip(rng.normal(0.35 + 0.3 * label, 0.2), 0, 1).astype(np.float32)
    return Selection(
        split="val_select", groups=GROUPS, label=label, score=score, group=group,
        filename=np.array([f"{i}.jpg" for i in range(n)], dtype=object), row=np.arange(n),
        column=group, column_groups=GROUPS, person=None, without_label=0, without_group=0,
    )  # fmt: skip


def line(figure, name):
    found = [one for one in figure.data if (one.name or "").startswith(name)]
    assert found, [one.name for one in figure.data]
    return found[0]


def test_the_roc_is_that_of_scikit_learn_and_the_legend_gives_its_area():
    faces = selection()
    figure = roc_figure(drawn_scores(faces), None)
    for index, name in enumerate(GROUPS):
        inside = faces.group == index
        drawn = line(figure, f"{name} ·")
        x, y, _ = roc_curve(faces.label[inside], faces.score[inside], drop_intermediate=False)
        nearest = np.hypot(x - np.array(drawn.x)[:, None], y - np.array(drawn.y)[:, None])
        assert nearest.min(axis=1).max() < 2e-4, "every point is one of the true curve"
        assert (drawn.x[0], drawn.y[0], drawn.x[-1], drawn.y[-1]) == (0, 0, 1, 1)
        area = roc_auc_score(faces.label[inside], faces.score[inside])
        assert drawn.name == f"{name} · AUC {area:.3f}"


def test_precision_and_recall_are_steps_whose_area_is_the_average_precision():
    faces = selection(n=300)
    figure = precision_recall_figure(drawn_scores(faces), None)
    for index, name in enumerate(GROUPS):
        inside = faces.group == index
        drawn = line(figure, f"{name} ·")
        area = average_precision_score(faces.label[inside], faces.score[inside])
        assert drawn.line.shape == "vh"
        assert np.sum(np.diff(drawn.x) * np.array(drawn.y[1:])) == pytest.approx(area, abs=2e-3)
        assert drawn.name == f"{name} · AP {area:.3f}"


@pytest.mark.parametrize("threshold", [0.4, {"women": 0.3, "men": 0.6}])
def test_the_mark_stands_where_the_threshold_leads(threshold):
    faces = selection()
    rule = as_rule(threshold)
    figure = roc_figure(drawn_scores(faces), marks(faces, rule))
    for index, name in enumerate(GROUPS):
        mine = threshold if isinstance(threshold, float) else threshold[name]
        predicted = faces.score > np.float32(mine)
        inside = faces.group == index
        mark = line(figure, f"{name}, threshold {mine:.3f}")
        assert mark.x[0] == pytest.approx(predicted[inside & (faces.label == 0)].mean())
        assert mark.y[0] == pytest.approx(predicted[inside & (faces.label == 1)].mean())


def test_the_histogram_holds_every_face_once():
    faces = selection()
    counts = drawn_scores(faces).histogram
    assert counts.sum() == len(faces)
    for index in range(2):
        for label in (0, 1):
            mine = faces.score[(faces.group == index) & (faces.label == label)]
            expected, _ = np.histogram(mine, bins=BINS, range=(0, 1))
            # A score on an edge may fall on either side of it in float32.
            assert np.abs(counts[index, label] - expected).sum() <= 2
    figure = histogram_figure(drawn_scores(faces), None)
    above = [one for one in figure.data if max(one.y) > 0]
    assert len(above) == 2
    for one in above:
        np.testing.assert_allclose(np.sum(np.square(one.y[:-1])), 1, atol=2e-3)


def test_a_calibration_moves_the_curves_to_the_scores_that_thresholds_are_compared_with():
    faces = selection()
    fitted = fit_calibration(faces.label, faces.score, faces.group, GROUPS, "platt")
    rule = DecisionRule(kind="common", threshold=0.5, calibration=fitted)
    drawn = drawn_scores(faces, rule.calibration)
    assert drawn.calibrated
    np.testing.assert_allclose(drawn.auc, drawn_scores(faces).auc)  # the order is the same
    plain = drawn_scores(faces).reliability.calibration_error
    assert (drawn.reliability.calibration_error < plain).all()
    figure = reliability_figure(drawn, marks(faces, rule))
    assert figure.layout.xaxis.title.text == "mean calibrated score"


def test_another_run_is_dashed_in_the_same_colours():
    faces, other = selection(), selection(seed=1)
    figure = roc_figure(drawn_scores(faces), None, drawn_scores(other))
    for name in GROUPS:
        mine, theirs = line(figure, f"{name} ·"), line(figure, f"{name}, baseline")
        assert (mine.line.dash, theirs.line.dash) == ("solid", "dash")
        assert mine.line.color == theirs.line.color


def test_a_group_with_one_label_only_has_no_curve_and_breaks_nothing():
    rng = np.random.default_rng(0)
    faces = selection(labels=np.zeros(4000, dtype=np.int8))
    faces.label.setflags(write=True)
    faces.label[(faces.group == 1) & (rng.random(4000) < 0.5)] = 1
    drawn, now = drawn_scores(faces), marks(faces, common_rule(0.5))
    assert line(roc_figure(drawn, now), "women ·").name == "women · AUC –"
    for draw in (roc_figure, precision_recall_figure, histogram_figure, reliability_figure):
        assert len(draw(drawn, now).to_json()) > 0


def test_no_chart_sends_more_than_a_thousand_points_a_group():
    drawn = drawn_scores(selection(n=50_000))
    for draw in (roc_figure, precision_recall_figure, histogram_figure, reliability_figure):
        assert max(len(one.x) for one in draw(drawn, None).data) <= 1000
    figure = threshold_figure(drawn, "fair_metric", common_rule(0.5))
    assert max(len(one.x) for one in figure.data) <= 1000


def test_what_is_drawn_is_computed_once_and_forgotten_with_its_faces():
    from dashboard.widgets.group_scores import _known

    faces = selection(n=100)
    assert drawn_scores(faces) is drawn_scores(faces)
    before = len(_known)
    del faces
    gc.collect()
    assert len(_known) < before


@pytest.mark.parametrize("name", ["accuracy", "fair_metric", "equalized_odds", "error_ratio"])
def test_the_chart_over_thresholds_shows_the_metric_itself(name):
    faces = selection(n=500)
    drawn = drawn_scores(faces)
    figure = threshold_figure(drawn, name, common_rule(0.5), common_rule(0.4))
    metric = METRICS[name]
    shown = line(figure, metric.title if metric.scope == "overall" else "all")
    place = drawn.sweep.index(0.5)
    expected = drawn.sweep.overall(name)[place]
    assert shown.y[place] == pytest.approx(expected, abs=1e-4)
    words = [one.text for one in figure.layout.annotations]
    assert words == ["0.500", "now 0.400"]


def test_every_metric_that_a_threshold_moves_can_be_drawn():
    drawn = drawn_scores(selection(n=200))
    assert "n" not in CHARTED
    assert "prevalence_ratio" not in CHARTED
    for name in CHARTED[::6]:  # a figure takes Plotly some milliseconds
        threshold_figure(drawn, name, common_rule(0.5))
