"""Browse, the part of the page Faces: what is asked for stands in the address and in the grid."""

import csv
import io

import numpy as np
import pytest
import streamlit as st

from dashboard.widgets.audit.context import Audit
from dashboard.widgets.browsing import saying
from dashboard.widgets.browsing.found import browser_of
from dashboard.widgets.browsing.letters import letters_of
from dashboard.widgets.browsing.tiles import tiles_of
from softbio.audit.browsing import Query, as_csv
from softbio.faces.reviews import Reviews
from softbio.faces.tags import Tags
from softbio.fairness import common_rule


@pytest.fixture
def faces(world):
    return world.add_set()


@pytest.fixture
def run(world, faces):
    return world.add_run(faces)


@pytest.fixture
def audit(faces, run):
    return Audit(faces, run, "val_select", common_rule(0.5), Tags.open(faces))


def _address(app):
    # AppTest gives lists, a browser texts.
    return {name: value[0] if isinstance(value, list) else value
            for name, value in app.query_params.items()}  # fmt: skip


def _truth(faces, run):
    frame = run.predictions().frame
    return frame.assign(
        predicted=(frame["score"] > 0.5).astype(int), Blond=faces.table["Blond_Hair"]
    )


def test_a_link_says_which_faces_are_shown(world, faces, run, said):
    frame = _truth(faces, run)
    wrong = ((frame["label"] == 1) & (frame["predicted"] == 0)).fillna(False).sum()
    app = world.open("faces", faces="browse", label="1", error="wrong")
    assert not app.exception
    assert f"**{wrong} of 200 faces**: label 1, predicted wrongly" in said(app)
    assert app.selectbox(key="browse_error").value == "wrong"
    assert _address(app)["filters"] == "2"


def test_widgets_write_the_address_and_a_new_filter_begins_at_the_first_page(
    world, faces, run, said
):
    app = world.open("faces", faces="browse", per="50")
    app.query_params["page"] = "2"
    app.run()
    assert _address(app)["page"] == "2"
    app.text_input(key="browse_formula").set_value("blond_hair and not eyeglasses").run()
    assert not app.exception
    table = faces.table
    n = ((table["Blond_Hair"] == 1) & (table["Eyeglasses"] == 0)).sum()
    assert f"**{n} of 200 faces**" in said(app)
    address = _address(app)
    assert (address["page"], address["filters"]) == ("1", "1")
    assert address["formula"] == "blond_hair and not eyeglasses"
    app.selectbox(key="browse_order").set_value("loss 1").run()
    assert _address(app)["order"] == "loss"
    app.button(key="browse_clear").click().run()
    assert "**All 200 faces**" in said(app)
    assert "formula" not in _address(app)
    assert app.text_input(key="browse_formula").value == ""


def test_back_brings_the_widgets_back(world, faces, run, said):
    app = world.open("faces", faces="browse", group="men")
    app.query_params.pop("group")
    app.query_params["filters"] = "0"
    app.run()
    assert app.selectbox(key="browse_group").value == ""
    assert "**All 200 faces**" in said(app)


def test_mistakes_are_sentences_and_do_not_cost_the_other_filters(world, faces, run):
    app = world.open("faces", faces="browse", label="7", group="men", formula="Blond_Hare")
    assert not app.exception
    assert "label is 0 or 1" in app.warning[0].value
    assert "Did you mean 'Blond_Hair'?" in app.error[0].value
    app.button(key="browse_clear").click().run()
    assert not app.error and not app.warning


def test_without_a_run_what_needs_one_is_passed_over(world, faces, said):
    app = world.open("faces", faces="browse", error="wrong", order="loss", group="women")
    assert not app.exception
    warnings = " ".join(one.value for one in app.warning)
    assert "sorted by loss" in warnings and "no scores" in warnings
    assert "faces**: women" in said(app)


def test_tiles_tell_label_score_group_and_what_people_said(audit, faces):
    names = faces.table["filename"]
    audit.tags.add("hat", names[0], "yes")
    audit.reviews.add(names[0], 1)
    browser = browser_of(audit)
    score, label = browser.known.score[0], browser.known.label[0]
    (tile,) = tiles_of(browser, np.array([0]), audit.tags, audit.reviews)
    assert (
        names[0] in tile.caption
        and f"{score:.2f}".removeprefix("0").replace("1.00", "1.0") in tile.caption
    )
    assert "should be 1, hat" in tile.caption
    assert (tile.mark == "✕") == (label >= 0 and (score > 0.5) != label)
    assert "predicted" in tile.alt


def test_keys_tag_many_take_back_and_are_undone_in_turn(audit, monkeypatch):
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(saying, "recall", lambda name: "Ann")
    rows = np.array([3, 1, 4])
    saying.hear(audit, "w", rows)
    assert np.flatnonzero(audit.tags.values("wrong label") == 1).tolist() == [1, 3, 4]
    saying.hear(audit, "0", rows)
    reviews = Reviews.open(audit.faces)
    assert (reviews.said_by("Ann")[rows] == 0).all()
    assert set(reviews.history()["queue"]) == {"grid"}
    saying.hear(audit, "z", rows)
    assert (reviews.said_by("Ann")[rows] == -1).all()
    assert (audit.tags.values("wrong label")[rows] == 1).all()
    saying.hear(audit, "w", rows[:1])  # said already of all of these: taken back
    assert audit.tags.values("wrong label")[rows].tolist() == [-1, 1, 1]
    saying.hear(audit, "z", rows)
    saying.hear(audit, "z", rows)
    assert (audit.tags.values("wrong label") == -1).all()
    saying.hear(audit, "z", rows)
    assert "nothing to undo of Ann" in st.session_state["_browse_said"]


def test_a_new_word_gets_a_key(world, faces, run, said):
    app = world.open("faces", faces="browse")
    app.text_input(key="browse_word").set_value("woolly hat")
    next(one for one in app.button if one.label == "Give it a key").click().run()
    assert not app.exception
    assert "The word woolly hat has a key now" in said(app)
    app.text_input(key="browse_word").set_value("Blond_Hair")
    next(one for one in app.button if one.label == "Give it a key").click().run()
    assert "annotated attribute" in app.error[0].value


def test_letters_never_change_when_a_word_is_added():
    words = ["wool", "hat", "hut", "mouse", "zoo", "xx", "9", "a", "b", "c", "d"]
    given = letters_of(words)
    assert list(given.items())[:3] == list(letters_of(words[:3]).items())
    assert len(given) == 10 and not set(given) & set("wxmz01")


def test_faces_stay_while_they_are_tagged_until_the_reader_looks_again(world, faces, run, said):
    Tags.open(faces).add("hat", faces.table["filename"][:9].tolist(), "yes")
    app = world.open("faces", faces="browse", tag="hat")
    assert "**9 of 200 faces**: tagged hat" in said(app)
    Tags.open(faces).add("hat", faces.table["filename"][0], "no")
    app.run()
    assert "**9 of 200 faces**" in said(app)
    app.button(key="browse_again").click().run()
    assert "**8 of 200 faces**" in said(app)


def test_the_list_holds_the_faces_in_their_order(audit):
    browser = browser_of(audit)
    rows = browser.select(Query(order="score", label=1))
    lines = list(csv.reader(io.StringIO(as_csv(browser, rows).decode())))
    assert [line[0] for line in lines[1:]] == browser.known.filename.iloc[rows].tolist()
    scores = [float(line[5]) for line in lines[1:]]
    assert scores == sorted(scores, reverse=True)


def test_the_lab_offers_no_judgement_as_a_word_to_learn(world, faces):
    tags = Tags.open(faces)
    tags.add("hat", faces.table["filename"][0], "yes")
    tags.add("unusable", faces.table["filename"][1], "yes")
    app = world.open("hypotheses", lab="tagging")
    assert not app.exception
    assert app.selectbox(key="tag_word").options == ["hat"]
    app = world.open("hypotheses", lab="tagging", word="Wrong label")
    assert "tells no trait of a face" in app.error[0].value
