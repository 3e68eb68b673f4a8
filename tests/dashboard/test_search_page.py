"""The page Search over a search whose trainings are made up."""

import numpy as np
import pytest

from softbio.config import Choice, Range, Space, apply_settings, recipe
from softbio.errors import RunError
from softbio.fairness import GroupCounts
from softbio.jobs.search import Search
from softbio.jobs.search import trial as trial_module


def counts(gamma, faces=1000):
    """Best at γ = 2; men are always a little worse."""
    right = round(faces * (0.9 - abs(gamma - 2) / 10))
    women, men = [[right, faces - right]] * 2, [[right - 30, faces - right + 30]] * 2
    return GroupCounts(np.array([women, men]), ("women", "men"))


@pytest.fixture
def made_up(monkeypatch):
    """Trials that take no time and whose figures follow from γ; one in four fails."""

    def carry_out(run, faces, report, **rest):
        loss = run.config.train.loss
        if run.config.search.trial == 3:
            raise RunError("The loss is not a number any more.")
        report(0, counts(loss.gamma))
        return counts(loss.gamma), trial_module.Spent(6, 0.5)

    monkeypatch.setattr(trial_module, "carry_out", carry_out)


@pytest.fixture
def searched(world, made_up):
    space = Space(
        {
            "loss.gamma": Range(0, 5, step=0.5),
            "loss.label_smoothing": Range(0, 0.2, step=0.1),
            "loss.name": Choice(("focal", "cross_entropy")),
        }
    )
    faces = world.add_set(cut=True, size=24)
    search = Search.create(
        world.store, faces, space, base=recipe("fast"), trials=10, folds=2, name="how focal"
    )
    search.work()
    return search


def texts(app):
    return " ".join(
        str(element.value)
        for kind in ("markdown", "caption", "info")
        for element in getattr(app, kind)
    )


def test_without_a_search_it_says_what_to_do(world):
    world.add_set(cut=True)
    app = world.open("search")
    assert not app.exception
    assert "Nothing was searched yet" in texts(app)
    assert not app.button("search_start").disabled


def test_the_best_trial_what_mattered_and_all_trials_are_shown(world, searched):
    app = world.open("search")
    assert not app.exception
    results = searched.results()
    best = results.trials.set_index("number").loc[results.best]
    told = texts(app)
    assert f"Best: trial {results.best}" in told
    assert f"Focal γ {best['loss.gamma']:.3g}" in told
    table = app.dataframe[0].value
    assert table["trial"].iloc[0] == results.best and table["state"].iloc[0] == "best"
    assert len(table) == len(results.trials) == 11  # ten that count, and the one that failed
    failed = table[table["state"] == "failed"]
    assert failed["note"].str.contains("not a number").all() and len(failed) == 1
    values = table["Balanced Fair Metric"].dropna().to_numpy()
    assert (np.diff(values) <= 0).all()


def test_a_trial_is_trained_wholly_or_taken_to_the_form(world, searched, monkeypatch):
    from softbio.jobs import queue as queue_module

    monkeypatch.setattr(queue_module.JobQueue, "submit", lambda self, run: run)
    app = world.open("search")
    before = {run.id for run in world.store.list()}
    app.button("search_train").click().run()
    assert not app.exception
    (made,) = [run for run in world.store.list() if run.id not in before]
    assert made.config.search is None and made.config.train.folds == 0
    config, _ = searched.settings_of(searched.results().best)
    assert made.config.train.loss == config.loss
    app.button("search_take").click().run()
    assert app.session_state["cfg_loss.gamma"] == config.loss.gamma
    assert app.session_state["cfg_recipe"] == "fast"


def test_a_mark_on_a_trial_that_was_not_judged_offers_nothing(world, searched):
    app = world.open("search")
    table = app.dataframe[0]
    place = table.value.index[table.value["state"] == "failed"][0]
    app.session_state[table.key if hasattr(table, "key") else table.proto.id] = {
        "selection": {"rows": [int(place)], "columns": [], "cells": []}
    }
    app.run()
    assert "was not judged to its end" in texts(app)
    assert not [button for button in app.button if button.key == "search_train"]


def test_a_second_search_is_the_one_that_is_shown(world, searched, monkeypatch):
    monkeypatch.setattr(Search, "start", lambda self, workers=1: None)
    app = world.open("search")
    assert app.selectbox("choice_search").value == searched.id
    app.button("search_start").click().run()
    assert not app.exception
    assert app.selectbox("choice_search").value != searched.id
    assert app.query_params["search"] == app.selectbox("choice_search").value


def test_settings_beyond_the_steps_of_the_form_are_taken_over_as_they_are(
    world, searched, monkeypatch
):
    given = {
        "optimizer.learning_rate": 3e-5,
        "optimizer.clip_norm": 0.2,
        "loss.q": 0.02,
        "network.body_rate": 0.01,
    }
    config = apply_settings(recipe("fast"), [f"{path}={value}" for path, value in given.items()])
    monkeypatch.setattr(Search, "settings_of", lambda self, number: (config, None))
    app = world.open("search")
    app.button("search_take").click().run()
    assert not app.exception
    for path, value in given.items():
        assert app.session_state[f"cfg_{path}"] == value, path


def test_a_search_that_ended_by_itself_tells_why(world, searched, monkeypatch):
    monkeypatch.setattr(Search, "state", "stopped")
    place = searched.path / "workers"
    place.mkdir(exist_ok=True)
    (place / "1.log").write_text("No space is left on the device.\n")
    assert "No space is left on the device." in texts(world.open("search"))


def test_a_space_of_ones_own_is_checked_while_it_is_written(world):
    world.add_set(cut=True)
    app = world.open("search")
    app.segmented_control("search_preset").set_value("own").run()
    area = app.text_area("search_space")
    assert "cell_weights.men 1" in area.value  # begins with the preset that was shown
    area.set_value('["loss.gama"]\nlow = 0\nhigh = 5').run()
    assert "loss.gama" in app.error[0].value and app.button("search_start").disabled
    area.set_value('["loss.gamma"]\nlow = 0\nhigh = 5\nstep = 1').run()
    assert not app.error and not app.button("search_start").disabled
    assert "6 different trials" in texts(app)


def test_starting_makes_a_search_and_its_process(world, monkeypatch):
    started = []
    monkeypatch.setattr(Search, "start", lambda self, workers=1: started.append((self.id, workers)))
    world.add_set(cut=True, size=24)
    app = world.open("search")
    app.number_input("search_trials").set_value(5).run()
    app.text_input("search_name").set_value("a first look").run()
    app.button("search_start").click().run()
    assert not app.exception
    (search,) = Search.list(world.store)
    assert started == [(search.id, 1)]
    assert (search.about.trials, search.about.name) == (5, "a first look")
    assert search.about.base.recipe == "fast"
    assert "0 of 5 trials" in " ".join(str(one.proto) for one in app.get("progress"))


def test_more_trials_are_asked_for_when_all_are_done(world, searched, monkeypatch):
    started = []
    monkeypatch.setattr(Search, "start", lambda self: started.append(self.id))
    app = world.open("search")
    wanted = app.number_input(f"search_more_{searched.id}")
    assert (wanted.value, wanted.min) == (20, 11)
    wanted.set_value(15).run()
    app.button("search_more_now").click().run()
    assert not app.exception and started == [searched.id]
    assert Search.open(world.store, searched.id).about.trials == 15
    assert "10 of 15 trials" in " ".join(str(one.proto) for one in app.get("progress"))


def test_deleting_takes_its_trials_along(world, searched):
    app = world.open("search")
    app.button("search_delete_now").click().run()
    assert not app.exception and not Search.list(world.store)
    assert not world.store.list()
