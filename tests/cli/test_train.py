"""``softbio train``: what goes where, and how it ends."""

import os
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from softbio.cli import app
from softbio.runs import RunStore

QUICK = ["--set", "batch_size=32", "--set", "precision=float32"]


@pytest.fixture(scope="module")
def data(make_faces, tmp_path_factory):
    return make_faces(tmp_path_factory.mktemp("sets") / "small")


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "models")


def softbio(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_id_is_all_that_stands_on_standard_output(data, store):
    done = softbio(
        "train", data.path, "--recipe", "report", "--set", "epochs=2", "--set", "weights.men=0.5",
        "--name", "first", "--models", store.path,
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    (run,) = store.list()
    assert done.stdout == f"{run.id}\n"
    assert run.state.status == "done" and run.config.name == "first"
    assert run.config.train.weights == {"women": 1.0, "men": 0.5}
    for told in ("Under-sampled by group", "α = 0.25 has no effect", "Fair Metric", "women 0."):
        assert told in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["train", "nowhere"], "no face set at nowhere"),
        (["train"], "packed set to train on"),
        (["train", "DATA", "--recipe", "best"], "no recipe called 'best'"),
        (["train", "DATA", "--set", "loss.gama=2"], "`loss.gama` is not a setting"),
        (["train", "DATA", "--set", "weights.ladies=2"], "no group 'ladies'"),
        (["train", "--resume", "2020"], "no run '2020'"),
        (["train", "DATA", "--resume", "2020"], "leave out DATA"),
        (
            ["train", "--resume", "2020", "--recipe", "fast", "--set", "seed=1"],
            "--recipe and --set",
        ),
    ],
)
def test_a_mistake_is_one_sentence_and_makes_no_run(data, store, arguments, told):
    named = [str(data.path) if argument == "DATA" else argument for argument in arguments]
    done = softbio(*named, "--models", store.path)
    assert done.exit_code == 2 and done.stdout == ""
    assert told in " ".join(done.stderr.split()) and "Traceback" not in done.stderr
    assert store.list() == []


def test_control_c_leaves_a_cancelled_run_that_resumes(data, store):
    command = [
        sys.executable, "-m", "softbio", "train", str(data.path), "--models", str(store.path),
        "--set", "epochs=1000", *QUICK,
    ]  # fmt: skip
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        deadline = time.monotonic() + 90
        while not (runs := store.list()) or len(runs[0].history()) < 2:
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGINT)
        output, told = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    (run,) = store.list()
    assert process.returncode == 130 and output == f"{run.id}\n"
    assert f"softbio train --resume {run.id}" in told and "Traceback" not in told
    assert "oneDNN" not in told and "cuda" not in told.lower()
    assert run.state.status == "cancelled" and len(run.predictions()) == len(data)


def test_resume_goes_on_with_a_run_that_was_cancelled(data, store):
    from softbio.config import recipe
    from softbio.training import new_run, train

    config = recipe("fast").model_copy(update={"epochs": 3, "precision": "float32"})
    run = new_run(store, data, config)
    train(run, on_epoch=lambda row: row["epoch"] == 1 and run.request_cancel())
    assert run.state.status in ("cancelled", "done")
    if run.state.status == "cancelled":
        done = softbio("train", "--resume", run.id[:17], "--models", store.path)
        assert done.exit_code == 0 and done.stdout == f"{run.id}\n"
    assert run.state.status == "done" and len(run.history()) == 3
    again = softbio("train", "--resume", run.id, "--models", store.path)
    assert again.exit_code == 2 and "is done" in again.stderr
