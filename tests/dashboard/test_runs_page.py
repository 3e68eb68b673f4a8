"""The page Runs: the plot's points, the table's filters, naming, deleting, importing."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.widgets.judged_runs import judge_runs, points_of, pooled_points
from dashboard.widgets.pareto import pareto_figure
from dashboard.widgets.run_lines import all_lines, matching
from softbio.fairness import METRICS
from softbio.runs.judging import judge

PAIR = ("accuracy", "worst_cell_accuracy")


def titles(app):
    return [header.value for header in app.header]


def table(app):
    return app.dataframe[0].value


def charted(figure, kind):
    return next(trace for trace in figure.data if trace.name == kind)


def test_without_runs_it_says_what_to_do(world, said):
    app = world.open("runs")
    assert not app.exception
    assert "No run yet" in titles(app)
    assert "softbio train" in said(app)


def test_a_run_that_has_not_scored_is_in_the_table_only(world, said):
    run = world.add_run(world.add_set(), status="failed")
    app = world.open("runs")
    assert not app.exception
    assert "No run has scored its faces yet." in said(app)
    assert list(table(app)["Run"]) == [run.id]


def test_the_plot_shows_what_the_judge_says(world):
    faces = world.add_set(n=400)
    runs = [world.add_run(faces, noise=noise) for noise in (0.3, 0.9)]
    judged, passed_over = judge_runs(runs, "val_select")
    assert passed_over == {}
    points = points_of(judged, ("accuracy", "worst_cell_accuracy"))
    for run, point in zip(runs, points, strict=True):
        expected = judge(run, "val_select", faces=faces).overall
        assert point.values == (expected["accuracy"], expected["worst_cell_accuracy"])
        assert point.low[0] < point.values[0] < point.high[0]
    trace = charted(pareto_figure(points, "accuracy", "worst_cell_accuracy"), "trained")
    assert tuple(trace.x) == tuple(point.values[0] for point in points)
    assert [row[0] for row in trace.customdata] == [run.id for run in runs]
    assert list(trace.marker.symbol) == ["circle", "circle-open"]


def test_names_in_the_plot_are_text_and_no_markup(world):
    run = world.add_run(world.add_set())
    run.update_state(name="<img src=x>")
    figure = pareto_figure(
        points_of(judge_runs([run], "val_select")[0], ("accuracy", "fair_metric")),
        "accuracy",
        "fair_metric",
    )
    trace = charted(figure, "trained")
    assert "<img" not in trace.text[0] and "<img" not in trace.customdata[0][1]


def test_seeds_are_pooled_to_their_mean_and_spread(world):
    faces = world.add_set(n=400)
    runs = []
    for seed in (0, 1, 2):
        run = world.add_run(faces, seed=seed)
        config = run.config.model_copy(
            update={"train": run.config.training.model_copy(update={"seed": seed})}
        )
        (run.path / "config.json").write_text(config.model_dump_json())
        runs.append(type(run)(run.path))
    lone = world.add_run(faces, name="report")
    judged, _ = judge_runs([*runs, lone], "val_select")
    pooled, alone = pooled_points(judged, ("accuracy", "fair_metric"))
    values = pd.Series([one.evaluation.overall["accuracy"] for one in judged[:3]])
    assert pooled.seeds == 3
    assert pooled.values[0] == pytest.approx(values.mean())
    assert pooled.high[0] - pooled.values[0] == pytest.approx(values.std(ddof=1))
    assert alone == points_of(judged[3:], ("accuracy", "fair_metric"))[0]


def test_a_run_without_faces_in_the_split_is_passed_over_with_a_reason(world):
    run = world.add_run(world.add_set())
    judged, passed_over = judge_runs([run], "val_fit")
    assert judged == []
    assert "nothing to judge" in passed_over[run.id]


def test_a_look_at_test_is_counted_once_for_each_run_shown(world):
    faces = world.add_set()
    runs = [world.add_run(faces), world.add_run(faces, seed=1)]
    app = world.open("runs")
    assert [run.state.test_looks for run in runs] == [0, 0]
    app.toggle(key="test_switch").set_value(True).run()
    app.run()
    assert not app.exception
    assert [run.state.test_looks for run in runs] == [1, 1]


def test_filters_narrow_the_table(world):
    faces = world.add_set()
    kept = world.add_run(faces)
    kept.update_state(name="Keep this", note="for the report")
    world.add_run(faces, status="failed", name="report")
    lines = [line for _, line in all_lines().values()]
    assert [line.id for line in matching(lines, "KEEP report", "all", "all")] == [kept.id]
    assert matching(lines, "", "imported", "all") == []
    assert len(matching(lines, "", "trained", "small")) == 2
    app = world.open("runs")
    app.text_input(key="runs_filter").set_value("keep").run()
    assert list(table(app)["Run"]) == [kept.id]
    app.text_input(key="runs_filter").set_value("nowhere").run()
    assert "No run matches." in [info.value for info in app.info]


def test_the_csv_holds_no_formula(world):
    from softbio.runs.listing import spreadsheet

    run = world.add_run(world.add_set())
    run.update_state(name="=1+1", note="@x")
    row = next(csv.DictReader(io.StringIO(spreadsheet([all_lines()[run.id][1]]).decode())))
    assert (row["id"], row["name"], row["note"]) == (run.id, "'=1+1", "'@x")


def test_the_table_and_the_csv_tell_what_each_run_gets_on_the_faces_of_the_plot(world):
    from softbio.runs.listing import spreadsheet

    faces = world.add_set()
    run, failed = world.add_run(faces), world.add_run(faces, status="failed")
    expected = judge(run, "val_select").overall["balanced_fair_metric"]
    app = world.open("runs")
    frame = table(app).set_index("Run")
    assert frame.loc[run.id, "Balanced Fair Metric"] == pytest.approx(expected)
    assert np.isnan(frame.loc[failed.id, "Balanced Fair Metric"])
    assert frame.loc[run.id, "Kind"] == "trained"
    app.selectbox(key="choice_runs_status").set_value("failed").run()
    assert list(table(app)["Run"]) == [failed.id]

    lines = [line for _, line in all_lines().values()]
    told = spreadsheet(lines, "val_select", {run.id: {"accuracy": 0.5, "fair_metric": np.nan}})
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(told.decode()))}
    assert rows[run.id]["val_select_accuracy"] == "0.5"
    assert rows[run.id]["val_select_fair_metric"] == rows[failed.id]["val_select_accuracy"] == ""


def test_an_upload_becomes_a_run_and_a_fault_has_the_uploads_name(world):
    faces = world.add_set()
    world.add_run(faces)
    frame = pd.DataFrame({"filename": faces.table["filename"], "score": 0.25})
    app = world.open("runs")
    app.file_uploader(key="import_file").upload("vendor.csv", frame.to_csv(index=False).encode())
    app.text_input(key="import_name").set_value("vendor")
    next(button for button in app.button if button.label == "Import").click().run()
    assert not app.exception
    assert "200 predictions imported" in app.success[0].value
    made = world.store.list()[0]
    assert (made.name, made.config.kind, made.config.imported.file) == (
        "vendor",
        "imported",
        "vendor.csv",
    )
    frame.loc[3, "score"] = 2.0
    app.file_uploader(key="import_file").upload("vendor.csv", frame.to_csv(index=False).encode())
    next(button for button in app.button if button.label == "Import").click().run()
    assert app.error[0].value.startswith("vendor.csv, line 5, column score:")
    assert len(world.store.list()) == 2


def test_error_bars_reach_to_the_ends_of_the_intervals(world):
    points = points_of(judge_runs([world.add_run(world.add_set(n=400))], "val_select")[0], PAIR)
    trace = charted(pareto_figure(points, *PAIR), "trained")
    assert trace.x[0] - trace.error_x.arrayminus[0] == pytest.approx(points[0].low[0])
    assert trace.y[0] + trace.error_y.array[0] == pytest.approx(points[0].high[1])


@pytest.mark.parametrize("pair", [("accuracy", "fair_metric"), ("equalized_odds", "fair_metric")])
def test_the_drawn_front_keeps_every_point_on_its_worse_side(world, pair):
    faces = world.add_set(n=400)
    runs = [world.add_run(faces, noise=0.3 + seed / 20, seed=seed) for seed in range(8)]
    points = points_of(judge_runs(runs, "val_select")[0], pair)
    line = charted(pareto_figure(points, *pair), "front")
    x, y = np.array(line.x), np.array(line.y)
    first_up = METRICS[pair[0]].best == 1.0
    for point in points:
        # At the point's place the border is the best second figure that anything as good has.
        as_good = x >= point.values[0] if first_up else x <= point.values[0]
        assert point.values[1] <= y[as_good].max()
    assert line.line.shape == ("vh" if first_up else "hv")


def actions(*ids):
    """Run what is offered for runs in a page of its own, as a table's ticks have no gesture here."""

    def page(ids):
        import streamlit as st

        from dashboard.widgets.run_actions import run_actions, table_key
        from dashboard.widgets.run_lines import all_lines
        from dashboard.widgets.told import telling_errors

        lines = all_lines()
        st.caption(table_key())
        with telling_errors():
            run_actions([lines[one] for one in ids if one in lines])

    return AppTest.from_function(page, args=(ids,)).run()


def test_a_name_and_a_note_are_kept(world):
    run = world.add_run(world.add_set())
    app = actions(run.id)
    app.text_input(key=f"name_{run.id}").set_value("  the  good one ")
    app.text_area(key=f"note_{run.id}").set_value("weights 1 / 2")
    next(one for one in app.button if one.label == "Save name and note").click().run()
    assert not app.exception
    assert (run.name, run.state.note) == ("the good one", "weights 1 / 2")


def test_deleting_spares_what_is_busy_and_forgets_the_ticks(world):
    faces = world.add_set()
    gone, busy = world.add_run(faces), world.add_run(faces, status="running")
    app = actions(gone.id, busy.id)
    before = app.caption[0].value
    app.button(key="delete_runs").click().run()
    assert not app.exception
    assert [run.id for run in world.store.list()] == [busy.id]
    assert any("is running" in toast.value for toast in app.toast)
    assert app.caption[0].value != before
