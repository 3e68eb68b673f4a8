import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard.widgets.matrices import tables_html
from dashboard.widgets.metrics_table import better, metrics_html
from dashboard.widgets.who_paid import changes, verdict
from softbio.fairness import METRICS, GroupCounts, evaluate_counts

GROUPS = ("women", "men")
cells = st.lists(st.integers(1, 500), min_size=8, max_size=8)


def judge(women, men):
    """An evaluation in which so many of 1000 faces of each group are right."""
    values = [[[900 - (1000 - right), 1000 - right], [0, 100]] for right in (women, men)]
    return evaluate_counts(GroupCounts(np.array(values), GROUPS))


def test_taking_from_the_better_group_is_called_levelling_down():
    before, after = judge(950, 900), judge(920, 900)
    assert after.overall["fair_metric"] > before.overall["fair_metric"]
    kind, sentence = verdict(before, after)
    assert kind == "warning"
    assert sentence.startswith(
        "Levelling down: the Fair Metric rose by 1.5 points although women got"
    )


def test_a_gain_for_all_is_a_success_and_no_change_is_none():
    assert verdict(judge(900, 900), judge(950, 930)) == (
        "success",
        "Women and men gained in accuracy, and no group lost.",
    )
    assert verdict(judge(900, 900), judge(950, 900)) == (
        "success",
        "Women gained in accuracy, and no group lost.",
    )
    assert verdict(judge(900, 900), judge(900, 900))[0] == "info"


def test_a_gain_bought_with_the_rarer_label_is_no_success():
    before = evaluate_counts(GroupCounts(np.array([[[700, 200], [10, 90]]] * 2), GROUPS))
    after = evaluate_counts(GroupCounts(np.array([[[890, 10], [95, 5]]] * 2), GROUPS))
    assert (after.by_group["accuracy"] > before.by_group["accuracy"]).all()
    kind, sentence = verdict(before, after)
    assert kind == "warning"
    assert "label 1 (women −85.0 and men −85.0 points)" in sentence


@given(cells, cells)
def test_nobody_who_lost_is_passed_over(first, second):
    before, after = (
        evaluate_counts(GroupCounts(np.array(one).reshape(2, 2, 2), GROUPS))
        for one in (first, second)
    )
    kind, sentence = verdict(before, after)
    for change in changes(before, after):
        if change.sign < 0:
            assert kind == "warning"
            assert change.group in sentence.lower()
        for label, (old, new) in enumerate((change.label_0, change.label_1)):
            if new - old <= -0.01:
                assert kind == "warning"
                assert f"label {label}" in sentence


@given(cells)
def test_swapping_the_runs_swaps_gain_and_loss(values):
    one = evaluate_counts(GroupCounts(np.array(values).reshape(2, 2, 2), GROUPS))
    other = judge(950, 900)
    there, back = changes(one, other), changes(other, one)
    assert [change.sign for change in there] == [-change.sign for change in back]


def test_an_undefined_accuracy_is_no_change():
    empty = evaluate_counts(GroupCounts(np.zeros((2, 2, 2), dtype=int), GROUPS))
    assert verdict(empty, judge(900, 900))[0] == "info"
    assert "–" in metrics_html(empty)


def test_whether_a_change_is_to_the_good_follows_the_metric():
    assert better(METRICS["accuracy"], 0.1) == 1
    assert better(METRICS["false_positive_rate"], 0.1) == -1
    assert better(METRICS["selection_rate"], 0.1) == 0
    assert better(METRICS["accuracy"], float("nan")) == 0


def test_the_table_has_a_line_for_each_group_metric_with_its_meaning():
    html = metrics_html(judge(950, 900))
    for metric in METRICS.values():
        if metric.scope == "group":
            assert metric.title in html


def test_names_from_a_file_cannot_become_markup():
    evil = ("<img src=x onerror=alert(1)>", "men")
    counts = GroupCounts(np.ones((2, 2, 2), dtype=int), evil)
    for html in (
        metrics_html(evaluate_counts(counts)),
        tables_html(counts.values, evil, rows="label", columns="predicted", shares=False),
    ):
        assert "<img" not in html
        assert "&lt;img" in html.lower()
