import json
import os
import time

import psutil
import pytest
from typer.testing import CliRunner

from softbio.cli import app
from softbio.config import apply_settings
from softbio.runs import RunStore


@pytest.fixture
def cli(tmp_path, monkeypatch):
    monkeypatch.setenv("SOFTBIO_MODELS", str(tmp_path / "models"))

    def call(*arguments, answer=None):
        return CliRunner().invoke(app, ["runs", *arguments], input=answer)

    return call


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "models")


def test_the_list_shows_each_run_with_its_kept_epochs_figure(cli, scored_run):
    done = cli("list")
    assert done.exit_code == 0
    line = next(line for line in done.stdout.splitlines() if scored_run.id in line)
    assert line.split()[1:6] == ["done", "report", "none", "3/10", "0.2000"]
    assert done.stderr == ""


def test_the_list_as_json_is_newest_first(cli, scored_run, store, run_config):
    newer = store.create(run_config.model_copy(update={"name": "mine [bold]"}))
    told = json.loads(cli("list", "--json").stdout)
    assert [line["id"] for line in told] == [newer.id, scored_run.id]
    assert told[0]["name"] == "mine [bold]"
    assert (told[0]["status"], told[0]["val_balanced_fair_metric"]) == ("queued", None)
    assert (told[1]["best_epoch"], told[1]["val_balanced_fair_metric"]) == (2, 0.2)
    assert "mine [bold]" in cli("list").stdout


def test_an_empty_list_says_what_to_do_next(cli):
    done = cli("list")
    assert done.exit_code == 0
    assert "softbio train" in done.stderr
    assert json.loads(cli("list", "--json").stdout) == []


def test_damaged_runs_are_told_beside_the_others(cli, scored_run, store, run_config):
    damaged = store.create(run_config)
    (damaged.path / "state.json").write_text("{")
    done = cli("list")
    assert scored_run.id in done.stdout
    assert damaged.id in done.stderr
    told = {line["id"]: line["status"] for line in json.loads(cli("list", "--json").stdout)}
    assert told == {scored_run.id: "done", damaged.id: "damaged"}
    assert cli("rm", damaged.id, "--yes").exit_code == 0
    assert store.damaged() == {}


def test_show_tells_settings_that_differ_from_the_recipe(cli, store, run_config):
    train = apply_settings(run_config.train, ["loss.gamma=2", "weights.men=0.5"])
    run = store.create(run_config.model_copy(update={"train": train}))
    shown = cli("show", run.id).stdout
    assert "loss.gamma = 2.0 (recipe: 5.0)" in shown
    assert "'men': 0.5" in shown
    assert "epochs =" not in shown
    told = json.loads(cli("show", run.id, "--json").stdout)
    assert told["changed"] == {"loss.gamma": 2.0, "weights": {"women": 1.0, "men": 0.5}}
    assert told["history"] == []


def test_show_tells_the_last_epochs(cli, scored_run):
    done = cli("show", scored_run.id[:6])
    assert done.exit_code == 0
    assert "recipe report" in done.stdout
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["3", "0.3333", "0.3000"] in rows
    told = json.loads(cli("show", scored_run.id, "--json").stdout)
    assert [line["epoch"] for line in told["history"]] == [1, 2, 3]
    assert told["state"]["best_epoch"] == 2


def test_show_tells_why_a_run_failed(cli, scored_run):
    scored_run.update_state(status="failed", error="The disk is full [/tmp].")
    assert "The disk is full [/tmp]." in cli("show", scored_run.id).stdout


def test_removing_asks_first(cli, scored_run):
    done = cli("rm", scored_run.id, answer="n\n")
    assert done.exit_code == 1
    assert scored_run.path.is_dir()
    done = cli("rm", scored_run.id, answer="y\n")
    assert done.exit_code == 0
    assert not scored_run.path.exists()


def test_a_running_run_is_removed_only_by_force(cli, scored_run):
    me = psutil.Process()
    scored_run.update_state(
        status="running", pid=os.getpid(), pid_created=me.create_time(), heartbeat=time.time()
    )
    done = cli("rm", scored_run.id, "--yes")
    assert done.exit_code == 2
    assert "is running" in done.stderr
    assert cli("rm", scored_run.id, "--yes", "--force").exit_code == 0
    assert not scored_run.path.exists()


def test_a_run_whose_process_died_is_told_and_may_go(cli, scored_run):
    scored_run.update_state(
        status="running", pid=os.getpid(), pid_created=1.0, heartbeat=time.time() - 60
    )
    assert "its process is gone" in cli("list").stdout
    assert cli("rm", scored_run.id, "--yes").exit_code == 0
    assert not scored_run.path.exists()


@pytest.mark.parametrize("command", ["show", "rm"])
def test_an_id_that_means_no_run_is_told(cli, command):
    done = cli(command, "../models")
    assert done.exit_code == 2
    assert "not the id of a run" in done.stderr
