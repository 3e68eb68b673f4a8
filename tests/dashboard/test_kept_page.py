"""What is kept stands on the page with figures of now, and what is done to it can be undone."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from softbio.hypotheses.kept import Kept, KeptHypotheses

XOR = "Blond_Hair xor Eyeglasses"


@pytest.fixture
def kept(world):
    """A set with two kept hypotheses."""
    store = KeptHypotheses(world.add_set())
    store.add(Kept(XOR, name="<i>mine</i>", note="why"))
    store.add(Kept("Blond_Hair or Eyeglasses"))
    return store


def table(app):
    return next(block.value for block in app.get("html") if "sb-kept" in block.value)


def fine(app):
    assert not app.exception, app.exception
    assert not app.error, app.error
    return app


def press(app, key):
    return fine(app.button(key=key).click().run())


def test_kept_hypotheses_stand_in_words_with_each_gender_s_agreement(world, kept):
    shown = table(fine(world.open("hypotheses", lab="kept")))
    assert "&lt;i&gt;mine&lt;/i&gt;" in shown, "what a person wrote is no markup"
    assert "blond hair or eyeglasses, but not both" in shown
    assert shown.count("100.0 %") == 3, "all, women, men: the formula is the label"
    assert "Women" in shown
    assert "Men" in shown
    assert "Changed since" not in shown


def test_data_that_changed_since_are_flagged(world, kept):
    meta = kept.faces.path / "meta.json"
    meta.write_text(json.dumps(json.loads(meta.read_text()) | {"fingerprint": "1" * 64}))
    assert table(fine(world.open("hypotheses", lab="kept"))).count("Changed since.") == 2


def test_what_is_removed_can_be_brought_back_and_renamed(world, kept):
    app = fine(world.open("hypotheses", lab="kept"))
    first, second = kept.list()
    press(app, "kept_remove")
    assert kept.list() == [second]
    assert any("Removed: \\<i\\>mine" in one.value for one in app.caption)
    press(app, "kept_restore")
    assert kept.list() == [first, second]
    assert "kept_restore" not in {button.key for button in app.button}
    app.text_input(key=f"kept_name_{first.id}").set_value("better")
    press(app, f"FormSubmitter:kept_edit_{first.id}-Save name and note")
    assert kept.get(first.id).name == "better"
    assert "better" in table(app)


def test_a_kept_hypothesis_opens_alone_and_against_another(world, kept, monkeypatch):
    import dashboard.widgets.lab.kept as page

    opened = []
    monkeypatch.setattr(page, "open_part", lambda part, **choices: opened.append((part, choices)))
    app = fine(world.open("hypotheses", lab="kept"))
    press(app, "kept_open")
    press(app, "kept_duel")
    other = "Blond_Hair or Eyeglasses"
    assert opened == [
        ("examination", {"formula": XOR, "target": "label"}),
        ("duel", {"first": XOR, "second": other, "target": "label"}),
    ]


def test_a_formula_is_kept_with_its_figures_from_the_form(world):
    faces = world.add_set()

    def page(path):
        from dashboard.widgets.lab.context import Lab
        from dashboard.widgets.lab.kept import keep_form
        from softbio.faces.faceset import FaceSet
        from softbio.faces.tags import Tags
        from softbio.hypotheses import target_of

        faces = FaceSet.open(path)
        lab = Lab(faces, None, Tags.open(faces), target_of("label", faces))
        keep_form(lab, "Blond_Hair")
        keep_form(lab, "Eyeglasses", {"bits": 1.5}, key="other")

    app = AppTest.from_function(page, args=(str(faces.path),), default_timeout=30).run()
    app.text_input(key="keep_name").set_value("hair")
    press(app, "FormSubmitter:keep_form-Keep it")
    (one,) = KeptHypotheses(faces).list()
    assert (one.formula, one.name, one.target, one.run) == ("Blond_Hair", "hair", "label", "")
    labelled = int((faces.labels() >= 0).sum())
    assert one.figures["overall"]["n"] == labelled
    press(app, "FormSubmitter:other_form-Keep it")
    assert KeptHypotheses(faces).list()[1].figures == {"bits": 1.5}


def test_a_set_with_nothing_kept_says_how_to_keep_something(world, said):
    world.add_set()
    assert "No hypothesis is kept" in said(fine(world.open("hypotheses", lab="kept")))
