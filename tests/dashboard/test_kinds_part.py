"""Kinds of faces on the page: the sentence, a block for each kind, and where it leads."""

import numpy as np
import pytest

from softbio.faces.faceset import FaceSet


@pytest.fixture
def painted(world):
    """A set whose class 1 is either bright above (Blond_Hair) or dark in the middle (Eyeglasses)."""
    faces = world.add_set("painted", n=600, people=300)
    images = np.random.default_rng(0).integers(60, 130, (600, 8, 8, 3), dtype=np.uint8)
    images[faces.table["Blond_Hair"] == 1, :3] += 110
    images[faces.table["Eyeglasses"] == 1, 3:5] = 0
    np.save(faces.path / "images.npy", images)
    return FaceSet.open(faces.path)


def test_two_kinds_are_told_shown_and_lead_to_their_formula(world, painted, said):
    app = world.open("hypotheses", set="painted", lab="kinds")
    assert not app.exception and not app.error, [one.value for one in app.error]
    text = said(app)
    assert "This class has two kinds of members" in text
    headers = [one.value for one in app.header]
    assert {"Kind 1: Blond Hair", "Kind 1: Eyeglasses"} & set(headers) and len(headers) == 2
    app.button(key="kinds_examine").click().run()
    assert app.query_params["lab"] == "examination"
    assert set(app.query_params["formula"].split(" or ")) == {"Blond_Hair", "Eyeglasses"}


def test_the_other_class_can_be_looked_at_and_leads_to_tagging(world, painted):
    app = world.open("hypotheses", set="painted", lab="kinds", kinds_of="0")
    assert not app.exception and not app.error
    app.button(key="kinds_tag").click().run()
    assert app.query_params["lab"] == "tagging"


def test_too_few_faces_are_told_as_a_sentence(world):
    world.add_set("tiny", n=60)
    app = world.open("hypotheses", set="tiny", lab="kinds")
    assert not app.exception
    assert "kinds can be looked for from 40 faces on" in app.error[0].value
