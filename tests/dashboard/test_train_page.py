"""The settings and the queue on the page, run without a browser or a network."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from softbio.config import RECIPES, recipe, settings
from softbio.jobs import queue as queue_module


@pytest.fixture
def idle_workers(monkeypatch):
    """Queue runs whose processes wait and never train."""
    monkeypatch.setattr(
        queue_module,
        "worker_command",
        lambda run, at_once: [sys.executable, "-c", "import time; time.sleep(60)"],
    )
    started = []
    start = queue_module.start_detached

    def remember(command, log):
        pid, created = start(command, log)
        started.append(pid)
        return pid, created

    monkeypatch.setattr(queue_module, "start_detached", remember)
    yield started
    for pid in started:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


KINDS = ("slider", "number_input", "selectbox", "toggle", "segmented_control")


def keys(app):
    found = set()
    for kind in KINDS:
        found |= {element.key for element in getattr(app, kind)}
    return found


def test_every_setting_has_a_widget(world):
    world.add_set(size=24)
    app = world.open("train")
    for setting in settings():
        if setting.kind in ("groups", "cells"):
            assert any(key.startswith(f"cfg_{setting.path}.men") for key in keys(app))
        else:
            assert f"cfg_{setting.path}" in keys(app), setting.path


@pytest.mark.parametrize("name", list(RECIPES))
def test_choosing_a_recipe_loads_its_values_and_training_takes_them(world, idle_workers, name):
    world.add_set(size=24)
    app = world.open("train")
    app.segmented_control(key="cfg_recipe").set_value(
        "report" if name != "report" else "fast"
    ).run()
    app.segmented_control(key="cfg_recipe").set_value(name).run()
    app.button(key="train").click().run()
    assert not app.exception and not app.error, [one.value for one in app.error]
    [run] = world.store.list()
    weights = {"women": 1.0, "men": 1.0} | recipe(name).weights
    assert run.config.train == recipe(name).model_copy(update={"weights": weights})
    assert run.state.status == "queued"


def test_the_run_has_what_the_widgets_say(world, idle_workers):
    world.add_set(size=24)
    app = world.open("train")
    app.selectbox(key="cfg_loss.name").set_value("focal").run()
    app.slider(key="cfg_loss.gamma").set_value(1.5)
    app.slider(key="cfg_weights.men").set_value(0.35)
    app.toggle(key="cfg_loss.class_balancing").set_value(True).run()
    app.slider(key="cfg_loss.alpha").set_value(0.7)
    app.number_input(key="cfg_epochs").set_value(3)
    app.number_input(key="cfg_early_stopping.patience").set_value(2)
    app.button(key="train").click().run()
    [run] = world.store.list()
    train = run.config.train
    assert (train.loss.name, train.loss.gamma, train.loss.alpha) == ("focal", 1.5, 0.7)
    assert train.loss.class_balancing
    assert train.weights == {"women": 1.0, "men": 0.35}
    assert (train.epochs, train.early_stopping.patience) == (3, 2)


def test_the_page_says_whether_alpha_counts(world, said):
    world.add_set(size=24)
    app = world.open("train")
    app.segmented_control(key="cfg_recipe").set_value("report").run()
    assert "α = 0.25 has no effect while class balancing is off" in said(app)
    app.toggle(key="cfg_loss.class_balancing").set_value(True).run()
    assert "label 1 has weight 0.25 and label 0 has 0.75" in said(app)


def test_the_page_warns_about_a_high_gamma_under_noisy_labels(world, said):
    world.add_set(size=24)
    app = world.open("train")
    app.segmented_control(key="cfg_recipe").set_value("report").run()
    assert any("γ = 5" in warning.value for warning in app.warning)
    app.slider(key="cfg_loss.gamma").set_value(1.0).run()
    assert not app.warning


def test_every_setting_stands_once_and_only_the_few_before_the_folded_parts(world):
    world.add_set(size=24)
    app = world.open("train")
    folded = [widget.key for part in app.expander for kind in KINDS for widget in part.get(kind)]
    assert len(folded) == len(set(folded))
    first = keys(app) - set(folded)
    common = {f"cfg_{one.path}" for one in settings() if one.common and one.kind != "groups"}
    assert first - {"cfg_recipe", "choice_set"} == common | {
        "cfg_loss.name",
        "cfg_weights.women",
        "cfg_weights.men",
    }


def test_what_is_not_the_recipes_any_more_is_said(world, said):
    world.add_set(size=24)
    app = world.open("train")
    assert "Changed since" not in said(app)
    app.slider(key="cfg_network.dropout").set_value(0.5)
    app.slider(key="cfg_cell_weights.men 1").set_value(1.5).run()
    assert "Changed since: Dropout, Cell weights." in said(app)
    app.segmented_control(key="cfg_recipe").set_value("fast").run()
    assert "Changed since" not in said(app)


def test_what_has_no_effect_now_says_so(world):
    world.add_set(size=24)
    app = world.open("train")
    variation = "cfg_balancing.variation"
    assert app.slider(key=variation).label == "Variation · no effect now"
    app.selectbox(key="cfg_balancing.method").set_value("augment_minority").run()
    assert app.slider(key=variation).label == "Variation"


def pictures(app):
    return [
        (one.caption, one.url, one.alt) for shown in app.get("image") for one in shown.proto.imgs
    ]


def test_the_preview_shows_every_cell_and_follows_the_settings(world, said):
    world.add_set(size=24)
    app = world.open("train")
    assert not pictures(app)  # nothing is drawn while it is folded
    app.session_state["augmentation_preview"] = True
    app.run()
    before = pictures(app)
    names = [f"{group}, label {label}" for group in ("women", "men") for label in (0, 1)]
    assert [caption for caption, _, _ in before] == names
    assert all(name in alt for name, (_, _, alt) in zip(names, before, strict=True))
    assert "Weighed by cell: each face counts" in said(app)
    app.slider(key="cfg_augmentation.noise").set_value(0.2).run()
    after = pictures(app)
    assert all(one[1] != other[1] for one, other in zip(before, after, strict=True))
    app.selectbox(key="cfg_balancing.method").set_value("augment_minority").run()
    assert "every picture but its first is a new variant" in said(app)


def test_what_the_preview_cannot_show_is_told_and_training_can_still_be_set_up(world):
    faces = world.add_set(size=24)
    table = faces.table.copy()
    table.loc[(table["gender"] == 1) & (table["label"] == 1), "split"] = "test"
    table.to_parquet(faces.path / "table.parquet")
    app = world.open("train")
    app.session_state["augmentation_preview"] = True
    app.run()
    assert "no men with label 1" in app.error[0].value
    assert [button for button in app.button if button.key == "train"]


def test_settings_that_do_not_go_together_are_told_and_nothing_is_queued(world, idle_workers):
    world.add_set(size=24)
    app = world.open("train")
    app.slider(key="cfg_weights.women").set_value(0.0)
    app.slider(key="cfg_weights.men").set_value(0.0).run()
    assert not app.exception
    assert "at least one group needs a weight above 0" in app.error[0].value
    assert not [button for button in app.button if button.key == "train"]
    assert not world.store.list()


def test_queued_runs_are_listed_in_their_order_and_cancelled_from_the_page(
    world, idle_workers, said
):
    world.add_set(size=24)
    app = world.open("train")
    for _ in range(2):
        app.button(key="train").click().run()
    newest, oldest = world.store.list()
    text = said(app)
    assert text.index(oldest.id) < text.index(newest.id)
    assert "2. in line" in text
    app.button(key=f"cancel_{newest.id}").click().run()
    assert newest.state.status == "cancelled"
    assert oldest.state.status == "queued"


def test_a_training_that_died_is_shown_as_interrupted_and_resumes(world, idle_workers, said):
    faces = world.add_set(size=24)
    run = world.add_run(faces, status="running")
    dead = subprocess.Popen([sys.executable, "-c", ""])
    created = psutil.Process(dead.pid).create_time()
    dead.wait()
    run.update_state(pid=dead.pid, pid_created=created, heartbeat=time.time() - 6)
    app = world.open("train")
    assert not app.exception
    assert run.state.status == "interrupted"
    assert run.id in said(app)
    app.button(key=f"resume_{run.id}").click().run()
    assert run.state.status == "queued"
    assert len(idle_workers) == 1


def test_a_running_training_shows_how_far_it_is(world, said):
    faces = world.add_set(size=24)
    run = world.add_run(faces, status="running")
    run.update_state(
        pid=os.getpid(),
        pid_created=psutil.Process().create_time(),
        heartbeat=time.time(),
        progress={"epoch": 2, "epochs": 4, "step": 5, "steps": 10, "seconds_left": 75, "loss": 0.5},
    )
    app = world.open("train")
    assert not app.exception
    [bar] = app.get("progress")
    assert bar.proto.value == 37
    assert bar.proto.text == "Epoch 2 of at most 4 · loss 0.5000 · 1 min 15 s left"
    app.button(key=f"cancel_{run.id}").click().run()
    assert run.cancel_requested
    assert app.get("progress")[0].proto.text.startswith("Stopping")
