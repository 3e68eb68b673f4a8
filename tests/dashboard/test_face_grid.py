"""What the grid sends to the browser, and what it believes of what comes back."""

import json

import numpy as np
import pytest

from dashboard.sprites import MAX_FACES
from dashboard.widgets import face as large_view
from dashboard.widgets.face_grid import Tile, face_grid, grid

KEY = "here"


class Browser:
    """Stands for the component: keeps what was sent, says what the test tells it to say."""

    def __init__(self):
        self.sent = None
        self.events = None
        self.state = {}
        self.result = {}

    def __call__(self, *, key, data, **events):
        assert key == KEY
        self.sent = json.loads(json.dumps(data))
        self.events = events
        return self.result

    def say(self, what, **told):
        self.state.setdefault(KEY, {})[what] = {"faces": self.sent["id"], **told}


@pytest.fixture
def browser(monkeypatch):
    made = Browser()
    monkeypatch.setattr(grid, "_grid", made)
    monkeypatch.setattr(grid.st, "session_state", made.state)
    return made


@pytest.fixture
def faces(world):
    return world.add_set()


def shown(faces, rows, **options):
    tiles = [Tile(row, f"face {row}") for row in rows]
    return face_grid(faces, tiles, label="Some faces", key=KEY, **options).tolist()


def test_no_tiles_draw_nothing(browser, faces):
    assert shown(faces, []) == []
    assert browser.sent is None


def test_all_faces_go_in_one_message_with_one_picture(browser, faces):
    shown(faces, range(100))
    assert [tile["row"] for tile in browser.sent["faces"]] == list(range(100))
    assert browser.sent["sprite"].startswith("/faces/")
    assert browser.sent["columns"] * browser.sent["rows"] >= 100


def test_no_more_faces_than_a_sprite_holds(browser, world):
    shown(world.add_set(n=MAX_FACES + 10), range(MAX_FACES + 10))
    assert len(browser.sent["faces"]) == MAX_FACES


def test_a_set_without_pictures_shows_file_names(browser, faces):
    np.save(faces.path / "images.npy", np.zeros((len(faces), 0, 0, 3), np.uint8))
    shown(type(faces).open(faces.path), [3, 1])
    assert browser.sent["sprite"] == ""
    assert [tile["name"] for tile in browser.sent["faces"]] == ["000003.jpg", "000001.jpg"]


def test_a_selection_is_told_in_the_order_of_the_tiles_and_lasts_while_they_do(browser, faces):
    assert shown(faces, [9, 4, 7], selectable=True) == []
    browser.say("selection", rows=[7, 9])
    assert shown(faces, [9, 4, 7], selectable=True) == [9, 7]
    assert shown(faces, [9, 4, 8], selectable=True) == []
    assert shown(faces, [4, 9, 7], selectable=True) == []


def test_the_same_rows_of_another_set_are_other_faces(browser, faces, world):
    shown(faces, [1, 2], selectable=True)
    browser.say("selection", rows=[1])
    assert shown(world.add_set("other", seed=1), [1, 2], selectable=True) == []


@pytest.mark.parametrize("rows", [[150], ["4"], [None, 4.0], "49", None, {"4": 1}, [[4]]])
def test_rows_that_are_not_shown_are_not_believed(browser, faces, rows):
    shown(faces, [9, 4, 7], selectable=True)
    browser.say("selection", rows=rows)
    assert shown(faces, [9, 4, 7], selectable=True) == []


def test_a_letter_is_told_with_the_rows_it_is_for(browser, faces):
    heard = []

    def on_key(letter, rows):
        heard.append((letter, np.asarray(rows).tolist()))

    options = {"keys": {"b": "blond"}, "on_key": on_key}
    shown(faces, [9, 4, 7], **options)
    assert browser.sent["keys"] == [["b", "blond"]]
    browser.say("pressed", letter="b", rows=[7, 9, 150])
    browser.events["on_pressed_change"]()
    assert heard == [("b", [9, 7])]
    browser.say("pressed", letter="x", rows=[7])
    browser.events["on_pressed_change"]()
    assert len(heard) == 1  # no letter that was not offered
    shown(faces, [1, 2], **options)
    browser.events["on_pressed_change"]()
    assert len(heard) == 1  # nor one that was pressed on other faces


def test_a_face_is_opened_once_it_is_among_those_shown(browser, faces, monkeypatch):
    opened = []

    def open_face(faces, row, *, run, rule, among):
        opened.append((row, run, among.tolist()))

    monkeypatch.setattr(large_view, "open_face", open_face)
    shown(faces, [9, 4, 7])
    for row, about in ((4, "others"), (150, browser.sent["id"]), (4, browser.sent["id"])):
        browser.result = {"opened": {"row": row, "faces": about}}
        shown(faces, [9, 4, 7])
    assert opened == [(4, None, [9, 4, 7])]
