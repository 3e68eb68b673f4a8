"""The page Decide, run without a browser, and the page Predict obeying what it stored."""

import numpy as np
import pytest

from dashboard.widgets import scored as scored_module
from softbio.fairness import METRICS, DecisionRule, GroupCounts, common_rule
from softbio.predict import PredictedFaces
from softbio.runs import RunConfig
from softbio.runs.deciding import Wish, choose_rule


def fine(app):
    assert not app.exception, app.exception
    assert not app.error, [error.value for error in app.error]
    return app


def cut_in_two(run):
    """Let every second validation face be of val_fit, as a set packed today has them."""
    frame = run.predictions().frame.copy()
    val = np.flatnonzero(frame["split"].isin(["val", "val_select"]))
    split = frame["split"].to_numpy(dtype=object)
    split[val] = "val_select"
    split[val[::2]] = "val_fit"
    run.write_predictions(frame.assign(split=split))
    return run


@pytest.fixture
def run(world):
    return cut_in_two(world.add_run(world.add_set(n=600)))


def test_the_proposed_rule_is_the_one_the_command_chooses(world, run, said):
    rule = choose_rule(run, Wish(maximise="worst_cell_accuracy"))
    app = fine(world.open("decide", aim="worst_cell_accuracy"))
    assert f"**Proposed:** {rule.sentence}" in said(app)
    assert run.rule() is None, "looking stores nothing"


def test_a_rule_is_stored_seen_again_and_taken_away(world, run, said):
    app = fine(world.open("decide"))
    app.button(key="store_rule").click().run()
    stored = run.rule()
    assert stored == choose_rule(run, Wish(maximise="balanced_fair_metric"))
    assert f"**In force:** {stored.sentence}" in said(fine(app))
    assert app.button(key="store_rule").disabled
    again = fine(world.open("decide"))
    assert f"**In force:** {stored.sentence}" in said(again)
    again.button(key="remove_rule").click().run()
    assert run.rule() is None
    assert "no rule is stored" in said(fine(again))


@pytest.mark.parametrize(
    ("query", "wish"),
    [
        ({"wish": "hand", "cut": "0.3"}, Wish(threshold=0.3)),
        ({"wish": "share", "share": "0.25"}, Wish(target=0.25, calibrate="platt")),
        (
            {"wish": "share", "prior": "unlabelled"},
            Wish(target="estimate", unlabelled="unlabelled", calibrate="platt"),
        ),
        (
            {"wish": "groups", "constraint": "demographic_parity", "tolerance": "0.05"},
            Wish(per_group="demographic_parity", tolerance=0.05),
        ),
        (
            {"aim": "accuracy", "calibrate": "temperature_groups"},
            Wish(maximise="accuracy", calibrate="temperature", per_group_calibration=True),
        ),
    ],
)
def test_the_address_tells_what_the_rule_is_wanted_for(world, run, said, query, wish):
    app = fine(world.open("decide", **query))
    rule = choose_rule(run, wish)
    assert f"**Proposed:** {rule.sentence}" in said(app)
    warned = any("Needs gender at prediction time" in one.value for one in app.warning)
    assert warned == rule.needs_group
    for name, value in query.items():
        assert app.query_params[name] == value


def test_a_share_for_each_group_calibrates_each_group(world, run, said):
    app = fine(world.open("decide", wish="share", prior="given_each", share_men="0.2"))
    wish = Wish(target={"women": 0.5, "men": 0.2}, calibrate="platt", per_group_calibration=True)
    assert choose_rule(run, wish).sentence in said(app)
    assert "val_fit" in said(app)


def test_a_calibration_without_val_fit_is_called_what_it_is(world, said):
    world.add_run(world.add_set(n=400))  # packed before validation was cut in two
    app = fine(world.open("decide"))
    assert "have no val_fit" in said(app)
    app.selectbox(key="choice_calibrate").select("platt").run()
    assert any("the very faces that it is shown on" in one.value for one in fine(app).warning)


def test_test_faces_are_shown_behind_a_switch_that_counts_once_a_session(world, run, said):
    app = fine(world.open("decide"))
    assert "On test" not in [one.value for one in app.header]
    assert run.state.test_looks == 0
    app.toggle(key="decide_test").set_value(True).run()
    assert "On test" in [one.value for one in fine(app).header]
    app.selectbox(key="choice_aim").select("accuracy").run()
    assert run.state.test_looks == 1
    assert "Looked at 1 time." in said(fine(app))
    other = fine(world.open("decide"))
    other.toggle(key="decide_test").set_value(True).run()
    assert run.state.test_looks == 2


def test_a_wish_that_cannot_be_met_is_told_and_the_curves_stay(world, run):
    app = world.open("decide", aim="selection_rate")
    assert not app.exception
    assert "no best value" in app.error[0].value
    assert len(app.get("plotly_chart")) == 5


def test_imported_labels_have_nothing_to_decide(world, said):
    faces = world.add_set()
    for scores in (True, False):
        run = world.store.create(
            RunConfig(
                kind="imported", data=str(faces.path.resolve()), size=faces.size,
                data_fingerprint=faces.fingerprint, group_column=faces.group_column,
                groups=faces.group_names,
                imported={"file": "vendor.csv", "sha256": "0" * 64, "scores": scores, "faces": 200},
            )
        )  # fmt: skip
        frame = faces.table[["filename", "split", "label", "gender"]].copy()
        score = np.random.default_rng(0).random(len(frame), dtype=np.float32)
        run.write_predictions(frame.assign(score=score if scores else np.round(score)))
        run.update_state(status="done")
        app = fine(world.open("decide", run=run.id))
        assert ("vendor.csv held labels and no scores" in said(app)) == (not scores)
        assert ("**Proposed:**" in said(app)) == scores


def test_the_table_shows_both_rules_and_the_change():
    from dashboard.widgets.nodes import to_html
    from dashboard.widgets.rule_effect import rule_effect_nodes
    from softbio.fairness import evaluate_counts

    old = evaluate_counts(GroupCounts(np.array([[[80, 20], [30, 70]]] * 2), ("women", "<men>")))
    new = evaluate_counts(GroupCounts(np.array([[[90, 10], [30, 70]]] * 2), ("women", "<men>")))
    html = to_html(rule_effect_nodes(new, old, None, first=("f1", "accuracy")))
    assert html.index("F1") < html.index("Accuracy") < html.index("Fair Metric")
    assert html.count(METRICS["accuracy"].title) >= 1
    assert "80.0 %" in html
    assert "75.0" in html
    assert "<men>" not in html


def score_with(monkeypatch, faces, group):
    rows = faces.rows("unlabelled")
    names = faces.table["filename"].to_numpy(dtype=object)[rows]
    scores = np.linspace(0, 1, len(rows), dtype=np.float32)
    known = faces.group_index()[rows] if group else None
    groups = tuple(faces.group_names.values()) if group else ()
    monkeypatch.setattr(
        scored_module,
        "predict",
        lambda *_, **__: PredictedFaces(names, scores, (), known, groups),
    )
    return scores, faces.group_index()[rows]


RULE = DecisionRule(kind="per_group", thresholds={"women": 0.8, "men": 0.2})


def test_predict_obeys_the_stored_rule_and_lets_it_be_set_aside(world, run, monkeypatch, said):
    from softbio.faces.faceset import FaceSet

    faces = FaceSet.open(run.config.data)
    scores, group = score_with(monkeypatch, faces, group=True)
    run.write_rule(RULE)
    app = fine(world.open("predict", source="set"))
    app.button(key="predict").click().run()
    assert f"**Decided by the run's rule:** {RULE.sentence}" in said(fine(app))
    expected = scores > np.where(group == 0, np.float32(0.8), np.float32(0.2))
    assert app.dataframe[0].value["label"].eq("1").tolist() == expected[:50].tolist()
    app.selectbox(key="order").select("close").run()
    fine(app)
    app.segmented_control(key="choice_decided_by").set_value("here").run()
    app.selectbox(key="order").select("source").run()
    assert app.dataframe[0].value["label"].eq("1").tolist() == (scores > 0.5)[:50].tolist()


def test_predict_refuses_a_rule_per_group_where_nobody_knows_the_group(
    world, run, monkeypatch, said
):
    from softbio.faces.faceset import FaceSet

    scores, _ = score_with(monkeypatch, FaceSet.open(run.config.data), group=False)
    run.write_rule(RULE)
    app = fine(world.open("predict", source="set"))
    app.button(key="predict").click().run()
    assert "cannot decide about these faces" in app.warning[0].value
    assert "needs the group of every face" in app.warning[0].value
    app.slider(key="predict_threshold").set_value(0.9).run()
    ones = app.dataframe[0].value["label"].eq("1").tolist()
    assert ones == common_rule(0.9).predict(scores)[:50].tolist()
