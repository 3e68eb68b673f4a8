"""Suspect labels on the page: what it says, what it shows, and where it leads."""

import numpy as np
import pandas as pd
import pytest

from softbio.audit.label_issues import audit_labels
from softbio.faces.tags import Tags


@pytest.fixture
def audited(world):
    """A set and a run whose scores are sure, and wrong of some labels."""
    faces = world.add_set("small", n=900, people=300)
    run = world.add_run(faces, noise=0.6)
    return run, faces


def open_part(world, **query):
    app = world.open("faces", set="small", faces="suspects", **query)
    assert not app.exception and not app.error, [one.value for one in app.error]
    return app


def test_it_says_how_many_labels_are_wrong_and_that_training_faces_are_left_out(
    world, audited, said
):
    found = audit_labels(*audited)
    text = said(open_part(world))
    assert f"{found.issues.flagged.sum():,} are flagged" in text
    assert found.sentence in text and "softbio train --folds" in text


def test_with_folds_nothing_asks_for_folds(world, audited, said):
    run, _ = audited
    frame = run.predictions().frame
    fold = pd.array(np.ones(len(frame)), dtype="Int16")
    run.write_predictions(frame.assign(out_of_sample=True, fold=fold))
    assert "softbio train" not in said(open_part(world))


def test_filters_say_how_many_faces_they_leave(world, audited, said):
    found = audit_labels(*audited)
    flagged = found.issues.flagged
    assert f"**{flagged.sum():,} faces**" in said(open_part(world))
    men = flagged & (found.group == 1) & (found.label == 0)
    text = said(open_part(world, suspects_of="men", way="0"))
    assert f"**{men.sum():,} face" in text
    assert f"**{len(found):,} faces**" in said(open_part(world, which="every"))


def test_the_faces_of_the_page_are_tagged_at_once(world, audited):
    run, faces = audited
    app = open_part(world, which="every")
    app.button(key="suspects_tag").click().run()
    assert not app.exception and not app.error
    tagged = np.flatnonzero(Tags.open(faces).values("wrong label") == 1)
    assert set(tagged) == set(audit_labels(run, faces).ranked[:100])


def test_it_leads_to_the_review_of_suspects(world, audited):
    app = open_part(world)
    app.button(key="suspects_review").click().run()
    assert app.query_params["faces"] == "review" and app.query_params["queue"] == "suspects"


def test_without_a_run_it_says_what_is_needed(world, audited):
    app = open_part(world, run="none")
    assert app.header[0].value == "Choose a run"


def test_a_run_that_cannot_be_audited_is_told_as_a_sentence(world, audited):
    run, _ = audited
    run.write_predictions(run.predictions().frame.assign(out_of_sample=False))
    assert "softbio train --folds 5" in open_part(world).info[0].value
