"""Tiny searches; most have a made-up training in place of the networks', so that they take no time."""

import sys

import numpy as np
import pytest

from softbio.config import NetworkConfig, Range, Space, TrainConfig
from softbio.errors import CancelledError
from softbio.fairness import GroupCounts
from softbio.jobs.search import Search
from softbio.jobs.search import trial as trial_module
from softbio.runs import RunStore

#: The same in processes: counts that follow from the settings, with the steps of a real trial.
STAND_IN = """
import math, os, time
from pathlib import Path
import numpy as np
from softbio.errors import CancelledError
from softbio.fairness import GroupCounts
from softbio.jobs.search import trial

def counts(gamma, faces=1000):
    right = round(faces * (0.9 - abs(gamma - 2) / 10))
    cell = [[right, faces - right], [faces - right, right]]
    return GroupCounts(np.array([cell, cell]), ("women", "men"))

def carry_out(run, faces, report, *, shared=None, fitted_on=(), progress=None, stop=None):
    with open(run.path.parent / "journal.txt", "a") as journal:
        journal.write(f"{run.config.search.trial} {run.id} {os.getpid()}\\n")
    for step in range(4):
        time.sleep(float(os.environ.get("PACE", "0")))
        if stop and stop():
            raise CancelledError("stopped")
        report(step, counts(run.config.train.loss.gamma))
    return counts(run.config.train.loss.gamma), trial.Spent(6, 0.5)

trial.carry_out = carry_out
"""

WORKER = (
    STAND_IN
    + """
import sys
from softbio.jobs.search.worker import main
sys.exit(main(sys.argv[1:]))
"""
)


@pytest.fixture(scope="session")
def faces(make_faces, tmp_path_factory):
    """160 faces of 24×24, with val_fit."""
    split = np.random.default_rng(1).choice(
        ["train", "val_select", "val_fit", "test"], 160, p=[0.5, 0.2, 0.2, 0.1]
    )
    return make_faces(tmp_path_factory.mktemp("sets") / "small", split=split)


@pytest.fixture(scope="session")
def tiny():
    """Settings of a network that trains in no time."""
    return TrainConfig(
        recipe="tiny",
        network=NetworkConfig(name="report_cnn", depth=1, filters=4, dense=8, dropout=0.0),
        epochs=2,
        batch_size=32,
        precision="float32",
    )


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "models")


@pytest.fixture
def make_search(store, faces, tiny):
    """A function that makes a search over the focal loss's strength."""

    def make(trials=6, space=None, **options):
        space = space or Space({"loss.gamma": Range(0.0, 5.0)})
        options = {"base": tiny, "folds": 3} | options
        return Search.create(store, faces, space, trials=trials, **options)

    return make


def counts_of(gamma, faces=1000):
    """Count predictions that are best with γ = 2."""
    right = round(faces * (0.9 - abs(gamma - 2) / 10))
    cell = [[right, faces - right], [faces - right, right]]
    return GroupCounts(np.array([cell, cell]), ("women", "men"))


class Trainings:
    """What was trained, and switches that trainings look at."""

    def __init__(self):
        self.trained = []
        self.fail = lambda number: None
        self.counts = lambda config: counts_of(config.train.loss.gamma)

    def carry_out(self, run, faces, report, **options):
        number = run.config.search.trial
        self.trained.append(number)
        if (error := self.fail(number)) is not None:
            raise error
        judged = self.counts(run.config)
        for step in range(4):
            if options["stop"]():
                raise CancelledError("stopped")
            report(step, judged)
        return judged, trial_module.Spent(epochs=6, seconds=0.5)


@pytest.fixture
def trainings(monkeypatch):
    """Put made-up trainings in the place of real ones."""
    made = Trainings()
    monkeypatch.setattr(trial_module, "carry_out", made.carry_out)
    return made


@pytest.fixture
def detached(monkeypatch, tmp_path):
    """Let detached workers train by the made-up training."""
    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    monkeypatch.setattr(
        Search,
        "_command",
        lambda self, workers: [
            sys.executable, str(script), self.id, "--models", str(self.store.path.resolve()),
        ],
    )  # fmt: skip
