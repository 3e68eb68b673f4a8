"""The parts of the page Fairness: figures in words, bars, trees of nodes, and what a ghost is."""

import json
import math
from html.parser import HTMLParser

import numpy as np
import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as some

from dashboard.widgets.confusion import Cell, matrix_nodes
from dashboard.widgets.figures import better, change_nodes, figure_nodes
from dashboard.widgets.ghost import State, ghost_of
from dashboard.widgets.headline import headline_nodes
from dashboard.widgets.interval_bars import Mark, axis_of
from dashboard.widgets.matrices import tables_html
from dashboard.widgets.metrics_table import between_nodes, group_nodes
from dashboard.widgets.nodes import node, to_html
from dashboard.widgets.train_fully import full_training
from dashboard.widgets.who_paid import who_paid_nodes
from softbio.config import recipe
from softbio.config.head import HeadConfig
from softbio.fairness import METRICS, GroupCounts, compare, evaluate_counts
from softbio.fairness.comparison import Change

GROUPS = ("women", "men")
EVIL = ("<img src=x onerror=alert(1)>", '" onload="alert(1)')
finite = some.floats(-50, 50)


def evil_parts(text):
    """What a browser would take for a picture or a handler."""
    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.extend([tag] if tag == "img" else [])
            found.extend(name for name, _ in attrs if name.startswith("on"))

    Reader().feed(text)
    return found


def evaluation(values, groups=GROUPS):
    return evaluate_counts(GroupCounts(np.array(values), groups))


def html(tree):
    return to_html(
        node("div", {}, *tree) if isinstance(tree, list) and tree[:1] != ["div"] else tree
    )


@given(some.lists(some.tuples(finite, finite, finite), min_size=1, max_size=4), some.booleans())
def test_an_axis_holds_everything_that_is_drawn_on_it(rows, signed):
    marks = [Mark(value, min(value, a), max(value, a), ghost=b) for value, a, b in rows]
    axis = axis_of(marks, "number", signed=signed)
    assert axis.start < axis.stop
    for mark in marks:
        for value in (mark.value, mark.low, mark.high, mark.ghost):
            assert axis.start - 1e-6 <= value <= axis.stop + 1e-6
    if signed:
        assert axis.place(0.0) == 50


@given(some.lists(some.floats(0, 1), min_size=1, max_size=4))
def test_an_axis_of_shares_moves_in_steps_and_never_passes_one(values):
    axis = axis_of([Mark(value) for value in values], "share")
    assert axis.stop <= 1 + 1e-9
    assert all(abs(end / 0.05 - round(end / 0.05)) < 1e-6 for end in (axis.start, axis.stop))


def test_what_is_undefined_is_a_dash_with_what_is_missing():
    now = evaluation([[[5, 2], [0, 0]], [[4, 1], [1, 3]]])
    names = ["true_positive_rate", "accuracy"]
    shown = to_html(group_nodes(now, None, None, names, now.small(0)))
    assert shown.count("no faces with label 1") == 2  # women's rate, and the difference
    between = to_html(between_nodes(now, None, None, ["worst_cell_accuracy"]))
    assert "–" in between
    assert f"no {METRICS['worst_cell_accuracy'].empty}" in between
    assert "no " in to_html(headline_nodes(now, None, None, "balanced"))


def test_every_metric_can_be_shown_and_tells_its_meaning():
    now = evaluation([[[5, 2], [1, 4]], [[4, 1], [1, 3]]])
    for scope, draw in (
        ("group", lambda names: group_nodes(now, None, None, names, now.small(0))),
        ("overall", lambda names: between_nodes(now, None, None, names)),
    ):
        names = [name for name, metric in METRICS.items() if metric.scope == scope]
        shown = to_html(draw(names))
        for name in names:
            assert to_html(METRICS[name].title) in shown
            assert to_html(node("i", {"data-tip": METRICS[name].description}))[3:-5] in shown


def test_whether_a_change_is_to_the_good_follows_the_metric():
    assert better(METRICS["accuracy"], 0.1) == 1
    assert better(METRICS["false_positive_rate"], 0.1) == -1
    assert better(METRICS["log_loss"], -0.1) == 1
    assert better(METRICS["selection_rate"], 0.1) == 0
    assert better(METRICS["accuracy_difference"], 0.1) == 0, (
        "towards zero is good, from either side"
    )
    assert better(METRICS["accuracy"], math.nan) == 0


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(0.01, 0.05, "better"), (-0.01, 0.05, ""), (math.nan, math.nan, "")],
)
def test_only_a_change_that_is_sure_is_called_better(low, high, word):
    (line,) = change_nodes(Change(0.8, 0.83, 0.03, low, high), METRICS["accuracy"])
    assert to_html(line).endswith(f"{word}</span>")
    assert ("better" in to_html(line)) == bool(word)


def test_a_ghost_stands_beside_a_value_that_differs_from_it():
    metric = METRICS["accuracy"]
    moved = to_html(node("p", {}, *figure_nodes(Mark(0.8, ghost=0.7), metric)))
    assert "70.0" in moved
    assert "80.0 %" in moved
    same = to_html(node("p", {}, *figure_nodes(Mark(0.8, ghost=0.8), metric)))
    assert same.count("80.0") == 1


def test_a_ghost_is_the_state_before_the_drag_not_within_it():
    one, two, three = (State(evaluation([[[k, 1], [1, 1]]] * 2), {"a": k}) for k in (1, 2, 3))
    st.session_state.clear()
    about = ("run",)
    assert ghost_of(about, one, True) is None
    assert ghost_of(about, two, False) is one
    assert ghost_of(about, three, False) is one
    assert ghost_of(about, three, True) is one
    assert ghost_of(about, three, True) is one, "a rerun is no move"
    assert ghost_of(about, one, True) is three
    assert ghost_of(("another run",), one, True) is None
    st.session_state.clear()


cells = some.lists(some.integers(0, 500), min_size=8, max_size=8)


@given(cells)
def test_matrices_show_counts_and_shares_of_rows_and_columns(values):
    counts = np.array(values).reshape(2, 2, 2)
    shown = {
        mode: to_html(matrix_nodes(counts, GROUPS, mode, "errors?run=x"))
        for mode in ("counts", "rows", "columns")
    }
    for value in counts.ravel():
        assert f"<b>{value}</b>" in shown["counts"]
    for mode, axis in (("rows", 2), ("columns", 1)):
        totals = counts.sum(axis=axis, keepdims=True)
        for value, total in zip(
            counts.ravel(), np.broadcast_to(totals, counts.shape).ravel(), strict=True
        ):
            told = f"{100 * value / total:.1f} %" if total else "–"
            assert f"<b>{told}</b>" in shown[mode]


@given(some.text(min_size=1), some.integers(0, 1), some.integers(0, 1))
def test_a_cell_goes_into_an_address_and_back(group, label, prediction):
    cell = Cell(group, label, prediction)
    assert Cell.parse(cell.written) == cell


def test_names_from_a_file_cannot_become_markup():
    counts = np.array([[[5, 2], [1, 4]], [[4, 1], [1, 3]]])
    now = evaluation(counts, EVIL)
    label = np.array([0, 1, 0, 1])
    pair = compare(label, label, 1 - label, np.array([0, 0, 1, 1]), EVIL)
    for shown in (
        to_html(matrix_nodes(counts, EVIL, "counts", "errors?run=x")),
        to_html(group_nodes(now, pair, now, ["accuracy"], now.small(30))),
        html(who_paid_nodes(pair, EVIL[0])),
        tables_html(counts, EVIL, rows="label", columns="predicted", shares=False),
    ):
        assert not evil_parts(shown)
        assert "&lt;img" in shown.lower()


def balanced():
    return {"women 0": 1.0, "women 1": 3.0, "men 0": 1.5, "men 1": 9.0}


def test_a_full_training_takes_weights_loss_and_smoothing_over():
    head = HeadConfig(weights={"men": 2.0}, gamma=1.5, label_smoothing=0.1)
    config, notes = full_training(recipe("fast"), head, GROUPS, balanced())
    assert config.weights == {"women": 1.0, "men": 2.0}
    assert (config.loss.name, config.loss.gamma, config.loss.label_smoothing) == ("focal", 1.5, 0.1)
    assert config.balancing.method == "none"
    assert not any("not carried over" in note for note in notes)


def test_cell_weights_are_taken_over_as_the_simplest_that_says_the_same():
    same = HeadConfig(cell_weights={"men 0": 2.0, "men 1": 2.0}, weights={"men": 1.5})
    config, _ = full_training(recipe("fast"), same, GROUPS, balanced())
    assert config.weights == {"women": 1.0, "men": 3.0}
    before = recipe("fast").model_copy(update={"cell_weights": {"women 1": 7.0}})
    config, _ = full_training(before, same, GROUPS, balanced())
    assert config.cell_weights == {}
    twice = HeadConfig(cell_weights={name: 2 * weight for name, weight in balanced().items()})
    config, _ = full_training(recipe("report"), twice, GROUPS, balanced())
    assert (config.balancing.method, config.balancing.by) == ("weights", "cell")
    odd = HeadConfig(cell_weights={"men 1": 2.0}, target_prevalence=0.3)
    config, notes = full_training(recipe("report"), odd, GROUPS, balanced())
    assert config.balancing.method == "none"
    assert config.cell_weights == {"men 1": 2.0}
    assert any("Cell weights, multiplied with the groups': men 1 2." in note for note in notes)
    assert sum("not carried over" in note for note in notes) == 1  # the target prevalence
    assert any("the parent balanced" in note for note in notes)


def test_a_full_training_is_a_valid_config_for_any_weights():
    head = HeadConfig(weights={"men": 100.0}, cell_weights={"men 0": 100.0, "men 1": 100.0})
    config, _ = full_training(recipe("recommended"), head, GROUPS, balanced())
    assert config.weights["men"] == 100.0
    assert config.weights["women"] == pytest.approx(0.01)
    json.loads(config.model_dump_json())
