"""Slices and duplicates on their pages: what they say, and where they lead."""

import numpy as np
import pytest

from softbio.faces.faceset import FaceSet
from softbio.faces.tags import Tags


@pytest.fixture
def failing(world):
    """A run that errs at most faces with glasses, and nowhere else."""
    faces = world.add_set("small", n=1500, cut=True)
    run = world.add_run(faces, noise=0.05)
    frame = run.predictions().frame
    glasses = faces.table["Eyeglasses"].to_numpy(dtype=int) == 1
    turned = glasses & (np.arange(len(frame)) % 10 < 7)
    score = frame["score"].to_numpy()
    run.write_predictions(frame.assign(score=np.where(turned, 1 - score, score)))
    return run, faces


def slices(world, **query):
    app = world.open("errors", errors="slices", smallest="20", **query)
    assert not app.exception and not app.error, [one.value for one in app.error]
    return app


def test_the_slice_that_fails_is_told_first_with_its_faces(world, failing, said):
    text = said(slices(world))
    assert "The clearest: eyeglasses" in text and "than chance explains" in text
    assert "they stand first" in text


def test_where_nothing_fails_more_it_says_so(world, said):
    world.add_run(world.add_set("small", n=1500, cut=True), noise=0.4)
    assert "Nothing stands out beyond chance" in slices(world).info[0].value


def test_a_slice_leads_to_all_its_faces(world, failing):
    app = slices(world, slices_of="men")
    app.button(key="slice_browse").click().run()
    assert app.query_params["faces"] == "browse" or app.query_params["faces"] == ["browse"]
    assert "Eyeglasses" in str(app.query_params["formula"])
    assert "men" in str(app.query_params["group"])


def test_clusters_need_embeddings_and_say_so(world, failing):
    app = slices(world, slice_by="clusters")
    assert any("embedding" in one.value for one in app.info)


def duplicates(world, **query):
    app = world.open("faces", set="small", faces="duplicates", **query)
    app.button(key="duplicates").click().run()
    assert not app.exception and not app.error, [one.value for one in app.error]
    return app


@pytest.fixture
def twice(world):
    """A set in which one photograph stands twice, with opposite labels."""
    faces = world.add_set("small", n=120, people=60)
    images = np.load(faces.path / "images.npy")
    labels = faces.labels()
    first, second = np.flatnonzero(labels == 1)[0], np.flatnonzero(labels == 0)[0]
    images[second] = images[first]
    np.save(faces.path / "images.npy", images)
    return FaceSet.open(faces.path), {first, second}


def test_a_planted_pair_with_opposite_labels_is_shown_first(world, twice, said):
    text = said(duplicates(world))
    assert "1 photograph stands more than once among 120 faces" in text
    assert "**1.** identical, labels differ" in text


def test_copies_are_sent_to_review(world, twice):
    faces, rows = twice
    app = duplicates(world)
    app.button(key="review_copies_all_0").click().run()
    assert not app.exception and not app.error
    assert set(np.flatnonzero(Tags.open(faces).values("wrong label") == 1)) == rows


def test_without_a_run_alike_faces_are_not_asked_for(world, twice):
    app = world.open("faces", set="small", faces="duplicates", twice="alike", run="none")
    assert "Choose a run" in app.info[0].value
