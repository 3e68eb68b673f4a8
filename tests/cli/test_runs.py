import csv
import json
import os
import time

import numpy as np
import pandas as pd
import psutil
import pytest
from typer.testing import CliRunner

from softbio.cli import app
from softbio.config import apply_settings
from softbio.config.head import HeadConfig
from softbio.runs import ImportedFrom, RunStore


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


def test_trials_of_searches_are_listed_only_when_asked_for(cli, scored_run, store, run_config):
    of = {"search": {"id": "20261123-064449-64c1", "trial": 3}}
    trial = store.create(type(run_config).model_validate(run_config.model_dump() | of))
    told = cli("list")
    assert trial.id not in told.stdout and "1 trial of searches left out" in told.stderr
    assert [line["id"] for line in json.loads(cli("list", "--json").stdout)] == [scored_run.id]
    assert trial.id in cli("list", "--trials").stdout


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


@pytest.mark.parametrize("command", [["show"], ["rm"], ["rename", "x"], ["note", "x"]])
def test_an_id_that_means_no_run_is_told(cli, command):
    done = cli(command[0], "../models", *command[1:])
    assert done.exit_code == 2
    assert "not the id of a run" in done.stderr


def test_renaming_and_noting_are_shown_and_taken_back(cli, scored_run):
    assert cli("rename", scored_run.id, "  mine\n[bold]  two ").exit_code == 0
    assert cli("note", scored_run.id, "weights look odd").exit_code == 0
    shown = cli("show", scored_run.id).stdout
    assert "mine [bold] two" in shown
    assert "weights look odd" in shown
    assert "mine [bold] two" in cli("list").stdout
    cli("rename", scored_run.id, "")
    cli("note", scored_run.id, "")
    assert (scored_run.name, scored_run.state.note) == ("", "")


def test_a_name_that_is_too_long_is_refused(cli, scored_run):
    done = cli("rename", scored_run.id, "x" * 201)
    assert done.exit_code == 2
    assert "at most 200 characters" in done.stderr


def test_the_list_as_csv_holds_every_run_and_no_formula(cli, scored_run, tmp_path):
    scored_run.update_state(name="=HYPERLINK(1)", note="-1, or so")
    scored_run.note_test_look()
    path = tmp_path / "runs.csv"
    assert cli("list", "--csv", str(path)).exit_code == 0
    (row,) = csv.DictReader(path.open(newline=""))
    assert row["id"] == scored_run.id
    assert (row["name"], row["note"]) == ("'=HYPERLINK(1)", "'-1, or so")
    assert (row["kind"], row["test_looks"], row["parent"]) == ("trained", "1", "")
    assert float(row["val_balanced_fair_metric"]) == 0.2


def test_refits_and_imports_are_listed_shown_and_removed(cli, store, run_config):
    refit = store.create(
        run_config.model_copy(
            update={"kind": "refit", "parent": "the-parent", "head": HeadConfig()}
        )
    )
    source = ImportedFrom(file="vendor.csv", sha256="0" * 64, scores=False, faces=7)
    imported = store.create(
        run_config.model_copy(update={"kind": "imported", "train": None, "imported": source})
    )
    told = {line["id"]: line for line in json.loads(cli("list", "--json").stdout)}
    assert (told[refit.id]["kind"], told[refit.id]["parent"]) == ("refit", "the-parent")
    assert (told[imported.id]["recipe"], told[imported.id]["epochs"]) == ("imported", None)
    assert "the-parent" in cli("list").stdout
    assert "the-parent" in cli("show", refit.id).stdout
    assert "vendor.csv" in cli("show", imported.id).stdout
    for run in (refit, imported):
        assert json.loads(cli("show", run.id, "--json").stdout)["kind"] == run.config.kind
        assert cli("rm", run.id, "--yes").exit_code == 0
    assert store.list() == []


def test_pooled_seeds_have_a_mean_and_a_spread_and_a_lone_run_has_none(cli, store, run_config):
    accuracies = []
    for seed, epochs in ((0, 2), (1, 2), (0, 3)):
        train = apply_settings(run_config.train, [f"seed={seed}", f"epochs={epochs}"])
        run = store.create(run_config.model_copy(update={"train": train}))
        draws = np.random.default_rng(10 * epochs + seed)
        frame = pd.DataFrame(
            {
                "filename": [f"{i}.jpg" for i in range(80)],
                "split": "val_select",
                "label": pd.array(draws.integers(0, 2, 80), dtype="Int8"),
                "gender": pd.array(draws.choice([-1, 1], 80), dtype="Int8"),
                "score": draws.uniform(size=80).astype(np.float32),
            }
        )
        run.write_predictions(frame)
        run.update_state(status="done")
        accuracies.append(float(((frame["score"] > 0.5) == frame["label"]).mean()))
    lone, pooled = sorted(
        json.loads(cli("list", "--pooled", "--json").stdout), key=lambda x: x["seeds"]
    )
    assert (lone["seeds"], pooled["seeds"]) == (1, 2)
    assert pooled["accuracy"]["mean"] == pytest.approx(np.mean(accuracies[:2]))
    assert pooled["accuracy"]["sd"] == pytest.approx(np.std(accuracies[:2], ddof=1))
    assert lone["accuracy"] == {"mean": pytest.approx(accuracies[2]), "sd": None}
    assert "±" in cli("list", "--pooled").stdout


def test_a_pooled_list_is_not_written_as_csv(cli, tmp_path):
    done = cli("list", "--pooled", "--csv", str(tmp_path / "x.csv"))
    assert done.exit_code == 2


def test_a_damaged_history_is_told_and_hides_no_other_run(cli, scored_run, store, run_config):
    other = store.create(run_config)
    (scored_run.path / "history.csv").write_text("no,table\n1\n")
    told = {line["id"]: line for line in json.loads(cli("list", "--json").stdout)}
    assert set(told) == {scored_run.id, other.id}
    assert "is damaged" in told[scored_run.id]["error"]
    assert told[scored_run.id]["val_balanced_fair_metric"] is None
