"""What the pages show, run without a browser."""

import re

import numpy as np
import pytest

from dashboard.widgets import scored as scored_module
from softbio.predict import PredictedFaces

PAGES = ["data", "train", "runs", "fairness", "decide", "errors", "hypotheses", "predict"]


def fine(app):
    assert not app.exception, app.exception
    assert not app.error, [error.value for error in app.error]
    return app


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_world_says_what_to_do_next(world, said, page):
    app = fine(world.open(page))
    text = said(app)
    assert "softbio pack" in text or "softbio train" in text


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_on_a_set_and_a_run(world, page):
    world.add_run(world.add_set())
    fine(world.open(page))


def test_data_counts_are_those_of_the_table(world, said):
    faces = world.add_set()
    html = said(fine(world.open("data")))
    label, group = faces.labels(), faces.group_index()
    for index, name in enumerate(["Women", "Men"]):
        row = re.search(rf'<th scope="row">{name}</th>(.*?)</tr>', html).group(1)
        cells = re.findall(r"<td>([\d,]+)</td>", row)
        assert [int(cell) for cell in cells[:2]] == [
            int(((group == index) & (label == value)).sum()) for value in (0, 1)
        ]


def test_the_chosen_set_stands_in_the_address_and_a_link_opens_it(world):
    world.add_set("a", seed=1)
    world.add_set("b", seed=2)
    app = fine(world.open("data"))
    assert app.query_params["set"] == "a"
    app.selectbox(key="choice_set").select("b").run()
    assert app.query_params["set"] == "b"
    other = fine(world.open("data", set="b"))
    assert other.selectbox(key="choice_set").value == "b"


def test_a_link_to_a_set_that_is_gone_shows_another(world):
    world.add_set("a")
    app = fine(world.open("data", set="gone"))
    assert app.selectbox(key="choice_set").value == "a"


def test_a_damaged_set_is_told_as_a_sentence(world):
    faces = world.add_set()
    (faces.path / "table.parquet").unlink()
    app = world.open("data")
    assert not app.exception
    assert "table.parquet is missing" in app.error[0].value


def test_a_link_keeps_showing_its_run_when_a_newer_one_arrives(world):
    faces = world.add_set()
    old = world.add_run(faces)
    app = fine(world.open("fairness"))
    assert app.query_params["run"] == old.id
    new = world.add_run(faces)
    linked = fine(world.open("fairness", run=old.id))
    assert linked.selectbox(key="choice_run").value == old.id
    assert fine(world.open("fairness")).selectbox(key="choice_run").value in (old.id, new.id)


@pytest.mark.parametrize("threshold", [0.5, 0.8])
def test_the_counts_of_errors_are_those_of_the_predictions(world, said, threshold):
    run = world.add_run(world.add_set(n=400))
    text = said(fine(world.open("errors", threshold=str(threshold))))
    counts = run.predictions().evaluate("val", threshold).counts.values
    for index, group in enumerate(("Women", "Men")):
        for label, kind in ((1, "false negatives"), (0, "false positives")):
            assert f"{group}: {kind}" in text
            assert (
                f"{counts[index, label, 1 - label]} of {counts[index, label].sum()} faces with "
                f"label {label}" in text
            )


def test_errors_of_a_run_whose_faces_are_gone_are_still_listed(world, said):
    faces = world.add_set()
    world.add_run(faces)
    faces.path.rename(faces.path.with_name("moved"))
    app = world.open("errors")
    assert not app.exception
    assert "are not at" in said(app)
    assert len(app.dataframe) > 0


def test_a_set_is_scored_and_told_face_by_face(world, monkeypatch, said):
    faces = world.add_set()
    world.add_run(faces)
    rows = faces.rows("unlabelled")
    names = faces.table["filename"].to_numpy(dtype=object)[rows]
    scores = np.linspace(0, 1, len(rows), dtype=np.float32)

    def predict(run, source, *, split, progress):
        assert (source.path, split) == (faces.path, "unlabelled")
        progress(len(rows), len(rows))
        return PredictedFaces(names, scores)

    monkeypatch.setattr(scored_module, "predict", predict)
    app = fine(world.open("predict", source="set"))
    app.button(key="predict").click().run()
    assert f"Scored {len(rows)} faces" in said(fine(app))
    shown = app.dataframe[0].value
    assert list(shown["filename"]) == list(names)
    assert list(shown["label"]) == ["1" if score > 0.5 else "−1" for score in scores]
    assert shown["face"].str.startswith("data:image/jpeg").all()
    app.slider(key="predict_threshold").set_value(0.9).run()
    assert (app.dataframe[0].value["label"] == "1").sum() == (scores > np.float32(0.9)).sum()


def test_scores_of_another_choice_are_not_shown(world, monkeypatch, said):
    faces = world.add_set()
    world.add_run(faces)
    monkeypatch.setattr(
        scored_module,
        "predict",
        lambda run, source, **_: PredictedFaces(
            source.table["filename"].to_numpy(dtype=object)[source.rows("unlabelled")],
            np.zeros(len(source.rows("unlabelled")), np.float32),
        ),
    )
    app = fine(world.open("predict", source="set"))
    app.button(key="predict").click().run()
    app.segmented_control(key="predict_split").set_value("val").run()
    assert "press *Predict*" in said(fine(app))
    assert not app.dataframe


@pytest.mark.parametrize("page", ["fairness", "decide", "errors"])
def test_damaged_predictions_are_told_as_a_sentence(world, page):
    run = world.add_run(world.add_set())
    (run.path / "predictions.parquet").write_bytes(b"PAR1 cut off")
    app = world.open(page)
    assert not app.exception
    assert "predictions.parquet" in app.error[0].value


@pytest.mark.parametrize("page", PAGES)
def test_a_damaged_run_does_not_take_the_page_down(world, page):
    faces = world.add_set()
    world.add_run(faces)
    (world.add_run(faces).path / "state.json").write_text("{")
    fine(world.open(page))


def test_a_run_that_was_cancelled_with_its_faces_scored_can_be_looked_at(world, said):
    run = world.add_run(world.add_set())
    run.update_state(status="cancelled")
    assert "cancelled on the way" in said(fine(world.open("fairness")))


def test_faces_without_labels_have_nothing_to_judge(world):
    faces = world.add_set()
    run = world.add_run(faces)
    frame = run.predictions().frame
    run.write_predictions(frame.assign(label=np.nan))
    app = world.open("fairness")
    assert not app.exception
    assert "nothing to judge" in app.error[0].value
