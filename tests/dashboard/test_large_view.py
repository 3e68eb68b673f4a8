import numpy as np
import pandas as pd
import pytest
import streamlit as st
from starlette.requests import Request
from streamlit.testing.v1 import AppTest

from dashboard.large_face import face_address, serve_face
from dashboard.widgets.face.known import known_of
from softbio.faces.faceset import FaceSet
from softbio.faces.reviews import Reviews
from softbio.faces.tags import Tags
from softbio.fairness import DecisionRule, common_rule
from softbio.runs.imported import import_predictions

RULE = common_rule(0.5)


def page(path, models, run_id, row, part):
    """A page with one button, which opens a face large."""
    from pathlib import Path

    import streamlit as st

    from dashboard.widgets.face import open_face
    from dashboard.widgets.loading import load_faces
    from softbio.runs import RunStore

    st.session_state.setdefault("face_part", part)
    run = RunStore(Path(models)).get(run_id) if run_id else None
    if st.button("Open", key="open"):
        open_face(load_faces(Path(path)), row, run=run, among=[row, 3, 7])


def opened(world, faces, run=None, row=11, part="about"):
    arguments = (
        str(faces.path),
        str(world.store.path),
        run.id if run else "",
        row,
        part,
    )
    app = AppTest.from_function(page, args=arguments, default_timeout=60).run()
    app.button(key="open").click().run()
    assert not app.exception
    return app


def told(app):
    parts = [
        one.value for kind in ("markdown", "caption", "info", "error") for one in app.get(kind)
    ]
    return "\n".join(map(str, parts))


@pytest.fixture
def faces(world):
    return world.add_set(people=40)


@pytest.fixture
def run(world, faces):
    return world.add_run(faces)


def test_the_pixels_are_served_as_they_are(faces):
    import cv2

    address = face_address(faces.path, faces.fingerprint, 5)
    token = address.removeprefix("/face/").removesuffix(".png")
    answer = serve_face(Request({"type": "http", "path_params": {"token": token}}))
    assert answer.headers["content-type"] == "image/png"
    assert "immutable" in answer.headers["cache-control"]
    image = cv2.imdecode(np.frombuffer(answer.body, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    assert np.array_equal(image, faces.images[5])


@pytest.mark.parametrize("token", ["", "abc", "A" * 60])
def test_an_address_that_was_not_made_here_shows_nothing(token):
    request = Request({"type": "http", "path_params": {"token": token}})
    assert serve_face(request).status_code == 404


def test_what_is_known_is_what_the_set_and_the_run_say(faces, run):
    frame = run.predictions().frame
    for row in range(len(faces)):
        known = known_of(faces, row, run, RULE)
        line = faces.table.iloc[row]
        assert known.filename == line["filename"]
        assert known.group == {-1: "women", 1: "men"}[line["gender"]]
        same = np.flatnonzero(faces.table["identity"] == line["identity"])
        assert known.photographs.tolist() == [one for one in same if one != row]
        assert set(known.holding) | set(known.lacking) == set(faces.attributes)
        assert all(line[name] == 1 for name in known.holding)
        score = frame["score"].iloc[row]
        assert known.said.prediction == int(score > 0.5)
        if pd.isna(line["label"]):
            assert known.right is None
            assert known.said.loss is None
        else:
            assert known.right == (known.said.prediction == line["label"])
            chance = score if line["label"] else 1 - score
            assert known.said.loss == pytest.approx(-np.log(max(chance, 1e-7)), abs=1e-5)


def test_a_rule_that_needs_a_group_predicts_nothing_where_it_is_not_known(faces, run):
    faces.table.loc[4, "gender"] = pd.NA
    rule = DecisionRule(kind="per_group", thresholds={"women": 0.6, "men": 0.3})
    known = known_of(faces, 4, run, rule)
    assert known.said.prediction is None
    assert known.right is None
    assert "not known" in known.verdict
    assert known_of(faces, 5, run, rule).said.threshold in (0.6, 0.3)


def test_a_face_is_tagged_and_its_label_mended_from_there(world, faces, run):
    app = opened(world, faces, run)
    name = str(faces.table["filename"].iloc[11])

    def again():  # the tester runs the whole page, which closes the dialog, so it is opened again
        app.button(key="open").click().run()
        assert not app.exception

    app.selectbox(key="face_word").set_value("unusable")
    app.text_input(key="face_who").set_value("Ada")
    again()
    app.button(key="face_tag_yes").click()
    app.button(key="face_label_0").click()
    again()
    history = Tags.open(faces).history()
    assert history[["filename", "word", "value", "who"]].to_numpy().tolist() == [
        [name, "unusable", "yes", "Ada"]
    ]
    assert Reviews.open(faces).said_by("Ada")[11] == 0
    app.button(key="face_tag_taken_back").click()
    again()
    assert Tags.open(faces).values("unusable")[11] == -1
    assert faces.labels()[11] == FaceSet.open(faces.path).labels()[11]


def test_without_a_run_there_is_what_is_known_of_the_face_alone(world, faces):
    opened(world, faces)
    assert "choose a run" in told(opened(world, faces, part="alike"))
    assert "choose one on the page" in told(opened(world, faces, part="looked"))


@pytest.mark.parametrize("part", ["looked", "robust"])
def test_a_run_without_weights_says_so_in_a_sentence(world, faces, run, part):
    assert "has no weights" in told(opened(world, faces, run, part=part))


def test_a_run_without_embeddings_says_so_and_attributes_are_compared(world, faces, run):
    assert "embeddings" in told(opened(world, faces, run, part="alike"))
    text = told(opened(world, faces, run, part="what_if"))
    assert "compared attributes" in text
    assert "the run predicts 1 for" in text


def test_imported_predictions_have_no_network(world, faces, tmp_path):
    table = faces.table.assign(score=np.linspace(0, 1, len(faces)).round(4))
    path = tmp_path / "scores.csv"
    table[["filename", "score"]].to_csv(path, index=False)
    run = import_predictions(world.store, path, faces, "theirs").run
    for part in ("looked", "robust", "alike"):
        assert "was imported" in told(opened(world, faces, run, part=part))


def test_with_embeddings_the_nearest_of_each_label_are_shown(world, faces, run):
    values = np.random.default_rng(0).normal(size=(len(faces), 12)).astype(np.float16)
    np.save(run.path / "embeddings.npy", values)
    (run.path / "embeddings.json").write_text('{"features": [0, 12]}')
    app = opened(world, faces, run, part="alike")
    heads = [head.value for head in app.subheader]
    assert heads == ["Nearest with label 1", "Nearest with label 0"]
    assert "nearest faces of other people" in told(app)


def test_a_set_without_images_shows_what_it_has(world, faces, run):
    none = world.data / "none.npy"
    np.save(none, np.zeros((len(faces), 0, 0, 3), np.uint8))
    none.replace(faces.path / "images.npy")  # the open set keeps its own
    bare = FaceSet.open(faces.path)
    assert not bare.has_images
    run.weights_path.touch()
    st.cache_resource.clear()
    opened(world, bare, run)
    assert "no images" in told(opened(world, bare, run, part="looked"))
