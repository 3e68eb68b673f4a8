"""``softbio search``: what goes where, and how it ends. Trainings are made up."""

import csv
import io
import json
import os
import signal
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from softbio.cli import app, search_watching
from softbio.errors import CancelledError
from softbio.fairness import GroupCounts
from softbio.jobs.search import Search
from softbio.jobs.search import trial as trial_module
from softbio.jobs.search import workers as workers_module
from softbio.runs import Progress, RunStore

SPACE = '["loss.gamma"]\nlow = 0\nhigh = 5\n'


@pytest.fixture(scope="module")
def data(make_faces, tmp_path_factory):
    return make_faces(tmp_path_factory.mktemp("sets") / "small")


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "models")


@pytest.fixture
def space(tmp_path):
    path = tmp_path / "space.toml"
    path.write_text(SPACE)
    return path


@pytest.fixture(autouse=True)
def trainings(monkeypatch):
    """Put made-up trainings in the place of real ones; in `stop_at` somebody presses Ctrl-C."""

    class Trainings:
        stop_at = None

    def carry_out(run, faces, report, *, progress, stop, **options):
        if run.config.search.trial == Trainings.stop_at:
            os.kill(os.getpid(), signal.SIGINT)
        if stop():
            raise CancelledError("stopped")
        progress(Progress(epoch=1, epochs=2, step=3, steps=9, phase="fold 1 of 2", seconds_left=61))
        right = round(90 - 10 * abs(run.config.train.loss.gamma - 2))
        cell = [[right, 100 - right], [100 - right, right]]
        judged = GroupCounts(np.array([cell, cell]), ("women", "men"))
        report(0, judged)
        return judged, trial_module.Spent(4, 1.0)

    monkeypatch.setattr(trial_module, "carry_out", carry_out)
    return Trainings


def softbio(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def made(store):
    (search,) = Search.list(store)
    return search


def test_the_id_is_all_that_stands_on_standard_output(data, store, space):
    done = softbio(
        "search", data.path, "--space", space, "--trials", 3, "--folds", 2, "--name", "first",
        "--set", "epochs=2", "--seed", 4, "--models", store.path,
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    search = made(store)
    assert done.stdout == f"{search.id}\n"
    assert (search.about.name, search.about.seed, search.about.base.epochs) == ("first", 4, 2)
    assert search.about.base.recipe == "fast" and search.state == "done"
    for told in ("trial   0", "3 complete, of 3", "higher is better", "--train-best", "●"):
        assert told in done.stderr, told


def test_json_and_csv_are_all_that_stands_there(data, store, space):
    arguments = ["--trials", 2, "--folds", 2, "--models", store.path]
    done = softbio("search", data.path, "--space", space, *arguments, "--json")
    told = json.loads(done.stdout)
    assert told["id"] == made(store).id and told["state"] == "done"
    assert [trial["number"] for trial in told["trials"]] == [0, 1]
    shown = softbio("search", "--show", told["id"][:12], "--csv", "--models", store.path)
    head, *rows = csv.reader(io.StringIO(shown.stdout))
    assert "loss.gamma" in head and len(rows) == 2 and shown.stderr == ""
    table = softbio("search", "--show", told["id"], "--models", store.path)
    assert "loss.gamma" in table.stdout and told["id"] in table.stdout


def test_control_c_keeps_everything_and_resume_goes_on(data, store, space, trainings):
    trainings.stop_at = 1
    arguments = ["--trials", 3, "--folds", 2, "--models", store.path]
    stopped = softbio("search", data.path, "--space", space, *arguments)
    search = made(store)
    assert stopped.exit_code == 130 and stopped.stdout == f"{search.id}\n"
    assert f"softbio search --resume {search.id}" in stopped.stderr
    assert search.state == "stopped" and search.tally().complete == 1
    trainings.stop_at = None
    done = softbio("search", "--resume", search.id[:17], "--models", store.path)
    assert done.exit_code == 0 and done.stdout == f"{search.id}\n"
    assert search.state == "done" and len(store.list()) == 3
    again = softbio("search", "--resume", search.id, "--models", store.path)
    assert again.exit_code == 0 and len(store.list()) == 3, "there was nothing left to do"
    more = softbio("search", "--resume", search.id, "--trials", 5, "--models", store.path)
    assert more.exit_code == 0 and len(store.list()) == 5 and "of 5" in more.stderr
    fewer = softbio("search", "--resume", search.id, "--trials", 4, "--models", store.path)
    assert fewer.exit_code == 2 and "asked for 5 trials already" in " ".join(fewer.stderr.split())


def test_detached_workers_are_watched_and_their_last_words_told(data, store, space, monkeypatch):
    told = "raise SystemExit('nobody can work here')"
    monkeypatch.setattr(Search, "_command", lambda self, workers: [sys.executable, "-c", told])
    monkeypatch.setattr(search_watching, "_LOOK", 0.05)
    monkeypatch.setattr(workers_module, "cores", lambda: 2)
    arguments = ["--trials", 2, "--folds", 2, "--workers", 2, "--models", store.path]
    done = softbio("search", data.path, "--space", space, *arguments)
    assert done.exit_code == 2 and done.stdout == f"{made(store).id}\n"
    assert "nobody can work here" in " ".join(done.stderr.split())


def test_searches_are_listed_and_removed(data, store, space):
    arguments = ["--trials", 1, "--folds", 2, "--models", store.path]
    softbio("search", data.path, "--space", space, *arguments, "--name", "[bold]mine")
    search = made(store)
    listed = softbio("search", "--list", "--models", store.path)
    assert search.id in listed.stdout and "[bold]mine" in listed.stdout and "1/1" in listed.stdout
    (line,) = json.loads(softbio("search", "--list", "--json", "--models", store.path).stdout)
    assert line["state"] == "done" and line["best"] is not None
    (search.path / "study.sqlite3").write_bytes(b"no database" * 200)
    damaged = softbio("search", "--list", "--models", store.path)
    assert "Damaged" in damaged.stderr and damaged.exit_code == 0
    kept = CliRunner().invoke(
        app, ["search", "--remove", search.id, "--models", str(store.path)], input="n\n"
    )
    assert kept.exit_code == 1 and search.path.exists()
    gone = softbio("search", "--remove", search.id, "--with-runs", "-y", "--models", store.path)
    assert gone.exit_code == 0 and not search.path.exists() and store.list() == []
    empty = softbio("search", "--list", "--models", store.path)
    assert "no searches to list" in empty.stderr


def test_the_best_is_trained_wholly(data, store, space, monkeypatch):
    from softbio import training

    def train(run, progress, *, on_epoch):
        run.update_state(status="done")
        return run

    monkeypatch.setattr(training, "train", train)
    done = softbio(
        "search", data.path, "--space", space, "--trials", 2, "--folds", 2, "--train-best",
        "--models", store.path,
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    search_id, run_id = done.stdout.split()
    search, run = Search.open(store, search_id), store.get(run_id)
    best = search.results().trials.set_index("number").loc[search.results().best]
    assert run.config.train.loss.gamma == best["loss.gamma"] and run.config.train.folds == 0
    again = softbio("search", "--resume", search_id, "--train-best", "--models", store.path)
    assert again.stdout.split() == [search_id, run_id], "asked for again, it is there"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Say one thing"),
        (["DATA"], "Say what to vary"),
        (["DATA", "--list"], "Received: DATA, --list"),
        (["DATA", "--preset", "weights", "--space", "x.toml"], "Say what to vary"),
        (["DATA", "--preset", "wights"], "no preset called 'wights'"),
        (["DATA", "--space", "x.toml"], "x.toml cannot be read"),
        (["DATA", "--preset", "head"], "no faces in val_fit"),
        (["DATA", "--preset", "weights", "--objective", "auc"], "cannot go by auc"),
        (["DATA", "--preset", "weights", "--workers", "9999"], "workers on this machine"),
        (["DATA", "--preset", "weights", "--set", "loss.gama=2"], "`loss.gama` is not a setting"),
        (["DATA", "--preset", "weights", "--folds", "20", "--json", "--csv"], "not both"),
        (["nowhere", "--preset", "weights"], "no face set at nowhere"),
        (["--resume", "2020"], "no search '2020'"),
        (
            ["--resume", "2020", "--preset", "weights", "--seed", "0"],
            "leave out --preset and --seed",
        ),
        (["--show", "2020", "--trials", "3"], "only shows what was found: leave out --trials"),
        (["DATA", "--preset", "weights", "--yes"], "leave out --yes"),
        (["--show", "2020"], "no search '2020'"),
    ],
)
def test_a_mistake_is_one_sentence_and_makes_nothing(data, store, arguments, told):
    named = [str(data.path) if argument == "DATA" else argument for argument in arguments]
    done = softbio("search", *named, "--models", store.path)
    assert done.exit_code == 2 and done.stdout == ""
    assert told in " ".join(done.stderr.split()) and "Traceback" not in done.stderr
    assert Search.list(store) == [] and store.list() == []


def test_a_mistake_in_the_file_names_the_file(data, store, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[loss.gama]\nlow = 0\nhigh = 1\n")
    done = softbio("search", data.path, "--space", path, "--models", store.path)
    assert done.exit_code == 2
    assert "mine.toml: `loss.gama` is not a setting" in " ".join(done.stderr.split())
