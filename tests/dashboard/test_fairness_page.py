"""The page Fairness, run without a browser: what it shows, and what its address keeps."""

import hashlib
import json

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from softbio.config.head import HeadConfig
from softbio.faces.reviews import Reviews
from softbio.fairness import DecisionRule, IntervalPlan, common_rule
from softbio.runs.judging import faces_of, judge, judge_pair
from softbio.training.head import fit_head
from softbio.training.refit import head_data, last_inputs


def fine(app):
    assert not app.exception, app.exception
    assert not app.error, [error.value for error in app.error]
    return app


def part(app, name):
    """What was sent to a component, by the name of its kind; None where it is not shown."""
    for element in app.get("bidi_component"):
        if element.proto.component_name == f"softbio_{name}":
            return json.loads(element.proto.json)
    return None


def found(tree, tag):
    """All nodes of a kind in a tree."""
    if isinstance(tree, str):
        return []
    inside = [node for child in tree[2:] for node in found(child, tag)]
    return ([tree] if tree[0] == tag else []) + inside


def text(tree):
    return tree if isinstance(tree, str) else "".join(map(text, tree[2:]))


def matrices(app):
    """The large figures of the matrices, (groups, 2, 2)."""
    cells = found(["x", {}, *part(app, "matrices")["tree"]], "a")
    counts = [int(text(found(cell, "b")[0]).replace(",", "")) for cell in cells]
    return np.array(counts).reshape(-1, 2, 2)


def said_by(app, name):
    return " ".join(text(tree) for tree in part(app, name)["tree"])


def move(app, key, seq, settled=True, **values):
    """Move sliders as a hand does; `values` are all of them."""
    app.session_state[key] = {"moved": {"seq": seq, "settled": settled, "values": values}}
    return fine(app.run())


def sliders(app, label):
    for element in app.get("bidi_component"):
        if element.proto.component_name == "softbio_sliders":
            data = json.loads(element.proto.json)
            if data["label"] == label:
                return {slider["name"]: slider for slider in data["sliders"]}
    return {}


def with_last_layer(run, faces, width=6):
    """Give a run what a refit needs: inputs of a last layer, and weights to copy."""
    rng = np.random.default_rng(5)
    label = np.maximum(faces.labels(), 0)[:, None]
    values = rng.normal(size=(len(faces), width)) + label * np.linspace(0, 1.2, width)
    np.save(run.path / "embeddings.npy", values.astype(np.float16))
    (run.path / "embeddings.json").write_text(json.dumps({"features": [0, width]}))
    run.weights_path.write_bytes(b"weights")
    run.update_state(weights_sha256=hashlib.sha256(b"weights").hexdigest())
    return run


@pytest.fixture
def faces(world):
    return world.add_set(n=600, cut=True, people=200)


def expected(run, faces, split, threshold):
    frame = run.predictions().frame
    frame = frame[(frame["split"] == split) & frame["label"].notna()]
    tables = []
    for code in (-1, 1):
        mine = frame[frame["gender"] == code]
        tables.append(
            confusion_matrix(
                mine["label"].astype(int), mine["score"] > np.float32(threshold), labels=[0, 1]
            )
        )
    return np.array(tables)


@pytest.mark.parametrize("split", ["val_select", "test"])
def test_the_matrices_are_those_of_scikit_learn_and_follow_the_slider(world, faces, split):
    run = world.add_run(faces)
    app = fine(world.open("fairness", split=split))
    assert (matrices(app) == expected(run, faces, split, 0.5)).all()
    move(app, "thresholds", 1, everybody=0.13)
    assert (matrices(app) == expected(run, faces, split, 0.13)).all()


def test_a_dragged_slider_leaves_the_address_alone_until_it_is_let_go(world, faces):
    world.add_run(faces)
    app = fine(world.open("fairness"))
    before = matrices(app)
    move(app, "thresholds", 1, settled=False, everybody=0.3)
    assert app.query_params["threshold"] == "0.5"
    assert (matrices(app) != before).any()
    fine(app.run())
    assert sliders(app, "Thresholds")["everybody"]["value"] == 0.3, "another rerun keeps the hand"
    move(app, "thresholds", 2, everybody=0.2)
    assert app.query_params["threshold"] == "0.2"


def test_the_state_before_the_last_move_stays_as_a_ghost(world, faces):
    world.add_run(faces)
    app = fine(world.open("fairness"))
    old = matrices(app)
    assert "was" not in said_by(app, "matrices")
    move(app, "thresholds", 1, settled=False, everybody=0.31)
    move(app, "thresholds", 2, everybody=0.3)
    assert sliders(app, "Thresholds")["everybody"]["ghost"] == 0.5, "where the drag began"
    changed = old != matrices(app)
    for count in old[changed]:
        assert f"was {count}" in said_by(app, "matrices")
    app.button(key="forget_ghost").click().run()
    assert "was" not in said_by(fine(app), "matrices")


def test_a_link_with_a_threshold_for_each_group_shows_what_it_showed(world, faces, said):
    run = world.add_run(faces)
    link = {"rule": "per_group", "thresholds": "0.3,0.7", "split": "val_fit"}
    app = fine(world.open("fairness", **link))
    rule = DecisionRule(kind="per_group", thresholds={"women": 0.3, "men": 0.7})
    chosen = run.predictions().select("val_fit")
    right = rule.predict(chosen.score, chosen.group, chosen.groups)
    shown = matrices(app)
    for group in (0, 1):
        mine = chosen.group == group
        assert (
            shown[group] == confusion_matrix(chosen.label[mine], right[mine], labels=[0, 1])
        ).all()
    assert "needs gender at prediction time" in said(app)
    assert app.query_params["thresholds"] == "0.3,0.7"


@pytest.mark.parametrize("thresholds", ["0.3", "x,y", "0.3,7", "nan,0.5"])
def test_a_link_with_senseless_thresholds_falls_back(world, faces, thresholds):
    world.add_run(faces)
    app = fine(world.open("fairness", rule="per_group", thresholds=thresholds))
    assert [one["value"] for one in sliders(app, "Thresholds").values()] == [0.5, 0.5]


def test_a_stored_rule_decides_unless_the_reader_moves_away(world, faces, said):
    run = world.add_run(faces)
    run.write_rule(common_rule(0.27))
    app = fine(world.open("fairness"))
    assert (matrices(app) == expected(run, faces, "val_select", 0.27)).all()
    assert "0.27" in said(app)
    app.segmented_control(key="choice_rule").set_value("common").run()
    assert (matrices(fine(app)) == expected(run, faces, "val_select", 0.5)).all()


def test_the_figures_are_those_of_the_judge_with_intervals_by_person(world, faces):
    run = world.add_run(faces)
    app = fine(world.open("fairness", threshold="0.4", metrics="all"))
    now = judge(run, faces=faces_of(run), threshold=0.4, intervals=IntervalPlan())
    assert now.intervals.by == "person"
    html = said_by(app, "metrics")
    for name in ("accuracy", "true_positive_rate", "auc"):
        low, high = now.intervals.by_group[name]
        for group in (0, 1):
            value = now.by_group[name][group]
            shown = f"{100 * value:.1f} %{100 * low[group]:.1f} – {100 * high[group]:.1f}"
            assert shown in html
    low, high = now.intervals.overall["fair_metric"]
    assert f"{100 * now.overall['fair_metric']:.1f} %" in said_by(app, "headline")
    assert f"{100 * low:.1f} – {100 * high:.1f}".replace("-", "−") in said_by(app, "headline")


def test_the_balanced_mix_puts_its_fair_metric_first(world, faces):
    world.add_run(faces)
    natural = said_by(fine(world.open("fairness")), "headline")
    balanced = said_by(fine(world.open("fairness", mix="balanced")), "headline")
    assert natural.startswith("Fair Metric")
    assert balanced.startswith("Balanced Fair Metric")


def test_two_columns_cross_and_small_groups_are_greyed_never_dropped(world, faces):
    world.add_run(faces)
    app = fine(world.open("fairness", by="gender", cross="Eyeglasses", minimum="40"))
    assert matrices(app).shape[0] == 4
    assert matrices(app).sum() == len(faces.rows("val_select"))
    tables = found(["x", {}, *part(app, "matrices")["tree"]], "table")
    sizes = matrices(app).sum(axis=(1, 2))
    greyed = [table[1].get("class") == "small" for table in tables]
    assert greyed == [size < 40 for size in sizes]
    assert any(greyed)
    assert all(f"{size} face" in text(table) for size, table in zip(sizes, tables, strict=True))


def test_who_paid_is_told_as_the_library_tells_it(world, faces, said):
    good, bad = world.add_run(faces, noise=0.3), world.add_run(faces, noise=0.9, seed=1)
    app = fine(world.open("fairness", run=good.id))
    assert part(app, "who_paid") is None
    assert "Who paid for it?" in said(app)
    app.selectbox(key="choice_baseline").select(bad.id).run()
    pair = judge_pair(good, bad, faces=faces_of(good))
    told = said_by(fine(app), "who_paid")
    assert pair.verdict.sentence in told
    for test in (*pair.mcnemar, *pair.cell_mcnemar):
        assert f"{test.fixed} / {test.broken}" in told
    app.segmented_control(key="choice_matrix").set_value("difference").run()
    cells = found(["x", {}, *part(fine(app), "matrices")["tree"]], "a")
    moved = (pair.after.values - pair.before.values).ravel()
    for cell, change in zip(cells, moved, strict=True):
        sign = "±" if not change else "+" if change > 0 else "−"
        assert text(found(cell, "b")[0]) == f"{sign}{abs(change)}"


def test_test_faces_need_a_switch_and_each_session_is_counted_once(world, faces, said):
    run = world.add_run(faces)
    app = fine(world.open("fairness"))
    assert run.state.test_looks == 0
    assert "test" not in app.segmented_control(key="choice_split").options
    app.toggle(key="test_switch").set_value(True).run()
    assert (matrices(fine(app)) == expected(run, faces, "test", 0.5)).all()
    assert app.query_params["split"] == "test"
    assert "These are the test faces" in said(app)
    assert "Looked at 1 time." in said(app)
    fine(app.run())
    assert run.state.test_looks == 1
    other = fine(world.open("fairness", split="test"))
    assert "Looked at 2 times." in said(other)
    other.toggle(key="test_switch").set_value(False).run()
    assert other.query_params["split"] == "val_select"


def test_a_cell_names_its_faces_and_the_errors_page_shows_them(world, faces, said):
    run = world.add_run(faces)
    app = fine(world.open("fairness", threshold="0.4"))
    link = found(["x", {}, *part(app, "matrices")["tree"]], "a")[3]
    assert link[1]["data-go"] == "women|1|1"
    assert link[1]["href"].startswith(f"errors?run={run.id}&split=val_select&rule=common&")
    errors = fine(world.open("errors", run=run.id, threshold="0.4", cell="women|1|1"))
    assert "Women: label 1, predicted 1 (right)" in said(errors)
    assert f"{matrices(app)[0, 1, 1]} faces, the most confident first." in said(errors)
    errors.button(key="cell_close").click().run()
    assert "(right)" not in said(fine(errors))


@pytest.mark.parametrize("cell", ["women", "women|1|7", "nobody|1|1"])
def test_a_cell_that_is_none_is_told_as_a_sentence(world, faces, cell):
    world.add_run(faces)
    app = world.open("errors", cell=cell)
    assert not app.exception
    assert "page Fairness" in app.error[0].value


def test_a_refit_answers_its_sliders_and_says_what_it_is(world, faces, said):
    run = with_last_layer(world.add_run(faces), faces)
    link = json.dumps({"weights.women": 3.0, "cell_weights.men 1": 2.0})
    app = fine(world.open("fairness", refit=link, threshold="0.45"))
    settings = HeadConfig(weights={"women": 3.0}, cell_weights={"men 1": 2.0})
    data = head_data(run, faces)
    head = fit_head(data, settings)
    chosen = run.predictions().select("val_select")
    right = head.scores(last_inputs(run)[chosen.row]) > np.float32(0.45)
    for group in (0, 1):
        mine = chosen.group == group
        table = confusion_matrix(chosen.label[mine], right[mine], labels=[0, 1])
        assert (matrices(app)[group] == table).all()
    assert f"fitted on the refit half ({len(data)} faces)" in app.info[0].value
    assert f"judged on validation ({len(chosen)} faces)" in app.info[0].value
    before = matrices(app)
    values = {name: one["value"] for name, one in sliders(app, "Refit of the last layer").items()}
    move(app, "refit_sliders", 1, **values | {"cell_weights.men 1": 9.0})
    assert (matrices(app)[1] != before[1]).any()
    assert json.loads(app.query_params["refit"])["cell_weights.men 1"] == 9.0
    assert "the run as it stands" in json.dumps(part(app, "who_paid"))
    app.button(key="refit_reset").click().run()
    assert app.query_params["refit"] == "{}"


def test_a_refit_is_kept_as_a_run_and_shown(world, faces):
    run = with_last_layer(world.add_run(faces), faces)
    app = fine(world.open("fairness", refit='{"weights.women":3.0}'))
    shown = matrices(app)
    app.text_input(key="refit_name").set_value("women count").run()
    app.button(key="refit_keep_now").click().run()
    kept = next(one for one in world.store.list() if one.config.kind == "refit")
    assert (kept.config.parent, kept.name) == (run.id, "women count")
    assert kept.config.head.weights["women"] == 3.0
    assert app.query_params["run"] == kept.id
    assert app.query_params["baseline"] == run.id
    assert "refit" not in app.query_params
    assert (matrices(fine(app)) == shown).all()


def test_training_fully_queues_the_parents_settings_with_the_new_weights(world, monkeypatch):
    from softbio.jobs import JobQueue

    faces = world.add_set(n=600, cut=True, people=200, size=24)
    queued = []
    monkeypatch.setattr(JobQueue, "submit", lambda self, run: queued.append(run) or run)
    with_last_layer(world.add_run(faces), faces)
    app = fine(world.open("fairness", refit='{"weights.women":3.0,"gamma":2.0}'))
    app.button(key="refit_train_now").click().run()
    fine(app)
    (run,) = queued
    assert run.config.training.weights["women"] == 3.0
    assert (run.config.training.loss.name, run.config.training.loss.gamma) == ("focal", 2.0)


def test_what_cannot_be_refitted_says_why(world, faces, said):
    world.add_run(faces)
    app = fine(world.open("fairness", refit="{}"))
    assert app.toggle(key="refit_switch").disabled
    assert "no embeddings" in said(app)


def test_balancing_gives_every_cell_the_same_sum(world, faces):
    run = with_last_layer(world.add_run(faces), faces)
    app = fine(world.open("fairness", refit="{}"))
    app.button(key="refit_balance").click().run()
    told = json.loads(fine(app).query_params["refit"])
    data = head_data(run, faces)
    largest = np.bincount(data.group * 2 + data.label).max()
    for group, name in enumerate(data.groups):
        for label in (0, 1):
            size = int(((data.group == group) & (data.label == label)).sum())
            weight = told.get(f"cell_weights.{name} {label}", 1.0)
            assert weight * size == pytest.approx(largest, rel=1e-3)


def test_curves_are_drawn_when_asked_for(world, faces):
    world.add_run(faces)
    app = fine(world.open("fairness"))
    few = len(app.get("plotly_chart"))
    app.segmented_control(key="choice_curves").set_value("shown").run()
    assert len(fine(app).get("plotly_chart")) > few


def test_a_blind_sample_of_reviews_judges_both_runs(world, said):
    faces = world.add_set(n=400)
    runs = [world.add_run(faces, seed=seed) for seed in (0, 1)]
    test = faces.rows("test")
    test = test[faces.labels()[test] >= 0]
    address = {"run": runs[0].id, "baseline": runs[1].id}
    app = world.open("fairness", **address)
    assert not app.exception
    assert not any("Reviewed" in str(one.options) for one in app.get("button_group"))
    Reviews.open(faces).add(
        faces.table["filename"].iloc[test].tolist(),
        [int(1 - one) for one in faces.labels()[test]],
        who="Ann",
        blind=True,
        queue="sample",
    )
    looks = runs[0].state.test_looks
    app = world.open("fairness", split="reviewed", **address)
    assert not app.exception and not app.error
    assert "Test faces of a random sample" in said(app)
    assert runs[0].state.test_looks == looks + 1
