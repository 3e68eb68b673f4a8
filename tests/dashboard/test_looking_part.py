"""The part Where it looks: what it says before, while and after it looks."""

import time

import numpy as np
import pytest

from dashboard.widgets.audit import looking
from softbio.audit.looking import Looks, SampledLooks, band_shares
from softbio.errors import CancelledError, RunError
from softbio.fairness import common_rule


def sampled_of(run, faces, n=48):
    """What a look would find, made by hand: evidence all over, most of it for label 1."""
    chosen = run.predictions().select("val", faces=faces)
    index = np.arange(len(chosen))[:n]
    maps = np.random.default_rng(0).normal(0.3, 1, (len(index), 8, 8)).astype(np.float32)
    looks = Looks(chosen.row[index], maps, band_shares(np.maximum(maps, 0)))
    prediction = chosen.score > 0.5
    of = {
        (group, label, right): int(
            (
                (chosen.group == code)
                & (chosen.label == label)
                & ((prediction == chosen.label) == right)
            ).sum()
        )
        for code, group in enumerate(chosen.groups)
        for label in (0, 1)
        for right in (False, True)
    }
    return SampledLooks(
        looks, chosen.label[index], prediction[index], chosen.group[index], chosen.score[index],
        chosen.filename[index], chosen.groups, None, "val", common_rule(0.5), 50, 0, of,
    )  # fmt: skip


@pytest.fixture
def page(world, monkeypatch):
    faces = world.add_set(n=400)
    run = world.add_run(faces)
    # The set's faces of 8 pixels stand for those of 80; its network is never asked.
    monkeypatch.setattr(looking, "can_look", lambda run, faces: "")

    def open_it(work, **query):
        monkeypatch.setattr(looking, "look_at_split", work)
        return world.open("errors", run=run.id, errors="looking", split="val", **query)

    return open_it, run, faces


def settled(app, wanted, seconds=10):
    deadline = time.monotonic() + seconds
    while not wanted(app) and time.monotonic() < deadline:
        time.sleep(0.1)
        app.run()
    return app


def test_a_look_is_begun_by_a_button_and_its_outcome_is_kept(page, said):
    open_it, run, faces = page
    calls = []

    def work(*given, **options):
        calls.append(options["most"])
        return sampled_of(run, faces)

    app = open_it(work)
    assert not app.exception and not calls and "At most 400 faces" in said(app)
    app.button(key="look").click().run()
    settled(app, lambda app: "What it goes by" in said(app))
    text = said(app)
    assert not app.exception and calls == [50]
    assert "rightly predicted" in text and "drawn at random with seed 0" in text
    assert "Hair includes the forehead" in text
    assert app.run().button(key="look").disabled
    again = open_it(work)
    assert "What it goes by" in said(again) and calls == [50]
    other = open_it(work, of_each="25")
    assert "What it goes by" not in said(other)


def test_it_can_be_cancelled_and_a_fault_is_told(page, said):
    open_it, _, _ = page

    def endless(*given, progress, stop, **options):
        progress(1, 4)
        while not stop():
            time.sleep(0.01)
        raise CancelledError("Stopped.")

    app = open_it(endless)
    app.button(key="look").click().run()
    assert "cancel_look" in [button.key for button in app.button]
    app.button(key="cancel_look").click().run()
    settled(app, lambda app: "cancel_look" not in [button.key for button in app.button])
    assert not app.exception and not app.button(key="look").disabled

    def refused(*given, **options):
        raise RunError("The weights are gone.")

    app = open_it(refused)
    app.button(key="look").click().run()
    settled(app, lambda app: "The weights are gone." in said(app))
    assert "The weights are gone." in said(app) and not app.button(key="look").disabled


def test_a_run_whose_network_cannot_look_says_why(world, said):
    run = world.add_run(world.add_set(n=200))
    app = world.open("errors", run=run.id, errors="looking")
    assert not app.exception and "has no weights" in said(app)
    assert "look" not in [button.key for button in app.button]
