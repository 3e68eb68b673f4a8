"""The pages on a set that holds attributes and no images."""

import pytest

from dashboard.widgets import face_grid as grid
from dashboard.widgets.face_grid import Tile
from softbio.faces import attribute_set, read_source
from softbio.faces.pack import pack


@pytest.fixture
def bare(world):
    source = read_source("synthetic:120,seed=2", attributes_only=True)
    return pack(source, world.data / "bare")


def test_the_data_page_shows_the_shares_of_attributes_in_place_of_pictures(world, bare, said):
    app = world.open("data")
    assert not app.exception and not app.error
    text = said(app)
    assert "no images" in text and "Samples" not in text
    glasses = (bare.table["Eyeglasses"] == 1).mean()
    assert (
        f"<td>{100 * glasses:.1f} %</td></tr>" in text.split("Eyeglasses</th>")[1].split("<tr>")[0]
    )


def test_the_data_page_of_a_set_without_labels_draws_no_empty_chart(world, said, tmp_path):
    table = tmp_path / "faces.csv"
    table.write_text("filename,gender,Hat\n" + "".join(f"{n}.jpg,F,{n % 2}\n" for n in range(9)))
    pack(read_source(table, attributes_only=True), world.data / "bare")
    app = world.open("data")
    assert not app.exception and not app.error
    assert not app.get("plotly_chart") and "nothing can be trained" in said(app)


def test_training_and_prediction_say_what_they_need(world, bare):
    app = world.open("train", set="bare")
    assert not app.exception
    assert any("Training needs photographs" in one.value for one in app.error)
    assert not app.button or all(one.key != "train" for one in app.button)
    world.add_run(world.add_set())
    app = world.open("predict", set="bare", source="set")
    assert not app.exception
    assert any("Prediction needs photographs" in one.value for one in app.error)


def test_the_grid_lists_names_in_place_of_pictures(bare, monkeypatch):
    sent = {}
    monkeypatch.setattr(grid.grid, "_grid", lambda **given: sent.update(given["data"]) or {})
    grid.face_grid(bare, [Tile(3, "a face"), Tile(7, "another")], label="faces", key="grid")
    assert sent["sprite"] == ""
    assert [face["name"] for face in sent["faces"]] == bare.table["filename"].iloc[[3, 7]].tolist()


def test_kinds_of_faces_say_that_there_is_nothing_to_look_at(world, bare, said):
    app = world.open("hypotheses", set="bare", lab="kinds")
    assert not app.exception and not app.error
    assert "this set holds attributes only" in said(app)


def test_predictions_from_elsewhere_can_be_imported_and_judged(world, bare):
    from softbio.runs.imported import import_predictions

    path = world.data / "predictions.csv"
    lines = [f"{name},{row % 2}" for row, name in enumerate(bare.table["filename"])]
    path.write_text("filename,label\n" + "\n".join(lines) + "\n")
    import_predictions(world.store, path, bare, "elsewhere")
    for page in ("fairness", "errors"):
        app = world.open(page)
        assert not app.exception and not app.error, [one.value for one in app.error]


def test_an_annotation_file_opened_in_memory_has_no_tags(world):
    from softbio.faces.tags import Tags

    assert Tags.open(attribute_set("synthetic:60")).words() == {}
