"""The map: what is sent to the browser, what comes back, and what is said where there is no map."""

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from dashboard.any_face import any_face_address, serve_any_face
from dashboard.sprites import sprite_address
from dashboard.widgets.mapping import component
from dashboard.widgets.mapping.colouring import _classes, _number
from dashboard.widgets.mapping.component import Placed


@given(st.integers(0, 500), st.floats(0.01, 100), st.floats(-1e3, 1e3))
def test_places_keep_who_is_near_whom_and_fill_the_map(seed, spread, middle):
    draws = np.random.default_rng(seed)
    places = (draws.normal(size=(300, 2)) * spread + middle).astype(np.float32)
    rows = np.sort(draws.choice(300, 200, replace=False))
    placed = Placed.of(places, rows)
    np.testing.assert_array_equal(np.sort(placed.rows), rows)
    assert not np.array_equal(placed.rows, rows)  # shuffled
    unit = placed.places / 65_535
    longest = np.ptp(unit, axis=0).max()
    assert 0.85 < longest <= 1
    # One scale for both axes: distances are those of the map, but for the outliers at its edge.
    far = np.abs(unit - 0.5).max(1) < 0.49
    given_, sent = places[placed.rows][far], unit[far]
    first, second = (np.hypot(*(one[1:] - one[:-1]).T) for one in (given_, sent))
    ratio = first / np.maximum(second, 1e-9)
    large = second > 0.05
    assert ratio[large].max() / ratio[large].min() < 1.1


def test_nobody_and_everybody_in_one_place_are_no_fault():
    assert len(Placed.of(np.zeros((5, 2)), np.zeros(0, np.int64)).places) == 0
    assert (Placed.of(np.ones((5, 2)), np.arange(5)).places == 32_768).all()


def test_classes_that_nobody_is_in_are_left_out():
    found = _classes("x", np.array([0, 2, 2]), ("a", "b", "c"), ("#000001", "#000002", "#000003"))
    assert found.names == ("a", "c") and found.palette == ("#000001", "#000003")
    np.testing.assert_array_equal(found.code, [0, 1, 1])


def test_a_number_goes_from_the_first_colour_to_the_last_and_unknown_ones_are_grey():
    found = _number("score", np.array([0.0, 1.0, 0.5, np.nan, 2.0]), 0.0, 1.0)
    assert found.palette[found.code[0]] == "#3e4989"
    assert found.palette[found.code[1]] == found.palette[found.code[4]] == "#fde725"
    assert found.palette[found.code[3]] == "#8b929c" and len(found.palette) == 256


@pytest.mark.parametrize("text", ["", "!!", base64.b64encode(b"abc").decode(), None, 7])
def test_what_a_browser_makes_up_selects_nobody(text):
    assert len(component._rows(text, np.arange(5))) == 0


def test_rows_that_are_not_on_the_map_are_passed_over():
    text = base64.b64encode(np.array([3, 900, 1], "<u4").tobytes()).decode()
    np.testing.assert_array_equal(component._rows(text, np.arange(5)), [1, 3])


def test_without_a_run_the_page_says_what_a_map_needs(world, said):
    faces = world.add_set()
    app = world.open("faces", set=faces.name, faces="map")
    assert not app.exception
    assert any("The map places faces by what a run saw" in one.value for one in app.info)


def test_a_run_without_embeddings_has_no_map(world):
    faces = world.add_set()
    run = world.add_run(faces)
    app = world.open("faces", set=faces.name, run=run.id, faces="map")
    assert not app.exception
    assert any("embeddings" in one.value for one in app.error)


def test_the_map_comes_with_every_colour_there_is(world):
    faces = world.add_set()
    run = world.add_run(faces)
    values = np.random.default_rng(0).normal(size=(len(faces), 4)).astype(np.float16)
    np.save(run.path / "embeddings.npy", values)
    (run.path / "embeddings.json").write_text('{"features": [0, 4]}')
    app = world.open("faces", set=faces.name, run=run.id, faces="map")
    assert not app.exception and not app.error
    box = next(one for one in app.selectbox if one.key == "choice_colour")
    assert {"Label", "Right and wrong", "Score"} <= set(box.options)
    for value in ("error", "score", "suspicion", "split"):
        app = world.open("faces", set=faces.name, run=run.id, faces="map", colour=value)
        assert not app.exception and not app.error


def ask(address):
    _, _, token, last = address.split("/")
    parameters = {"token": token, "row": int(last.removesuffix(".jpg"))}
    return serve_any_face(Request({"type": "http", "path_params": parameters}))


def test_a_face_of_the_set_is_served_and_nothing_else(world):
    faces = world.add_set()
    address = any_face_address(faces.path, faces.fingerprint)
    answer = ask(address.replace("ROW", "3"))
    assert answer.status_code == 200 and answer.media_type == "image/jpeg"
    assert ask(address.replace("ROW", "100000")).status_code == 404
    forged = address.replace("/any-face/", "/any-face/A").replace("ROW", "3")
    assert ask(forged).status_code == 404
    # The address of one sprite is not one of the whole set.
    sprite = sprite_address(faces.path, faces.fingerprint, np.array([1])).address
    token = sprite.removeprefix("/faces/").removesuffix(".jpg")
    assert ask(f"/any-face/{token}/1.jpg").status_code == 404
