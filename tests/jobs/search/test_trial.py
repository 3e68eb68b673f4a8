"""Trials with real networks, as small as they can be."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from softbio.config import Choice, HeadConfig, Range, Space
from softbio.fairness import GroupCounts
from softbio.jobs.search import Search, refit_as_searched
from softbio.jobs.search.fold_outputs import FoldOutputs, read_outputs, write_outputs
from softbio.training.folds import folds_path
from softbio.training.start import new_run, train

SPACE = Space({"optimizer.learning_rate": Range(1e-3, 1e-2, log=True)})


def out_of_sample(run):
    frame = run.predictions().frame
    return frame[frame["fold"].notna()]


@pytest.fixture(scope="module")
def searched(faces, tiny, tmp_path_factory):
    """A search of two real trials, and what was told of it."""
    from softbio.runs import RunStore

    store = RunStore(tmp_path_factory.mktemp("searched") / "models")
    search = Search.create(store, faces, SPACE, base=tiny, trials=2, folds=2)
    told = []
    search.work(told.append)
    return search, told


def test_a_trial_judges_faces_as_the_folds_of_a_training_do(searched, faces):
    """What `softbio train --folds` scores out of sample, by the same settings, bit for bit."""
    search, _ = searched
    row = search.results().trials.iloc[0]
    config = search.space.config(
        search.about.base, {"optimizer.learning_rate": row["optimizer.learning_rate"]}
    )
    run = train(new_run(search.store, faces, config))
    trial = search.store.get(row["run"])
    mine, theirs = out_of_sample(trial), out_of_sample(run)
    assert len(mine) and mine["filename"].equals(theirs["filename"])
    assert mine["score"].equals(theirs["score"]) and mine["fold"].equals(theirs["fold"])
    judged = GroupCounts.from_predictions(
        theirs["label"].to_numpy(dtype=int),
        theirs["score"].to_numpy() > 0.5,
        (theirs["gender"] == 1).to_numpy(dtype=int),
        ("women", "men"),
    )
    accuracy = (judged.values[:, 0, 0] + judged.values[:, 1, 1]) / judged.n
    assert row["accuracy_women"] == accuracy[0] and row["accuracy_men"] == accuracy[1]
    assert row["mean_accuracy"] == pytest.approx(accuracy.mean())
    assert row["worst_group_accuracy"] == accuracy.min()


def test_a_trial_scores_its_training_faces_and_no_others(searched, faces):
    search, _ = searched
    frame = search.store.get(search.results().trials["run"][0]).predictions().frame
    scored = frame["score"].notna()
    assert scored.equals(faces.table["split"].eq("train").rename("score"))
    assert frame["out_of_sample"].equals(scored.rename("out_of_sample"))


def test_a_trial_leaves_a_small_folder_and_tells_of_each_step(searched):
    search, told = searched
    for run_id in search.results().trials["run"]:
        run = search.store.get(run_id)
        assert not folds_path(run).exists() and not run.checkpoints_path.exists()
        assert sum(path.stat().st_size for path in run.path.iterdir()) < 100_000
    phases = {now.training.phase for now in told if now.training is not None}
    assert phases == {"fold 1 of 2", "fold 2 of 2"}
    assert search.results().trials["epochs_trained"].tolist() == [4.0, 4.0]


def test_a_worker_that_is_killed_in_a_fold_ends_with_the_same_scores(searched, faces, tiny, store):
    """A real process, a real network, SIGKILL; another process goes on from the checkpoint."""
    unbroken, _ = searched
    search = Search.create(store, faces, SPACE, base=tiny, trials=2, folds=2)
    process = subprocess.Popen(
        [sys.executable, "-m", "softbio.jobs.search.worker", search.id, "--models", store.path],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 90
        while not list(store.path.glob("*/folds/*/checkpoints/last.npz")):
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    assert search.state == "stopped"
    search.work()
    columns = ["number", "state", "value", "optimizer.learning_rate", "epochs_trained"]
    mine, theirs = search.results().trials, unbroken.results().trials
    assert mine[columns].equals(theirs[columns]) and len(store.list()) == 2
    for ours, other in zip(mine["run"], theirs["run"], strict=True):
        scores = [
            out_of_sample(one)["score"] for one in (store.get(ours), unbroken.store.get(other))
        ]
        assert scores[0].equals(scores[1])


def test_last_layers_are_searched_on_networks_that_all_trials_share(faces, tiny, store):
    space = Space(
        {"head.gamma": Range(0, 3, step=0.5), "head.fitted_on": Choice(("train", "val_fit"))}
    )
    search = Search.create(store, faces, space, base=tiny, trials=3, folds=2)
    search.work()
    trials = search.results().trials
    assert trials["state"].tolist() == ["complete"] * 3
    assert trials["epochs_trained"].tolist() == [4.0, 0.0, 0.0]
    assert {row["head.fitted_on"] for row in trials.to_dict("records")} == {"train", "val_fit"}
    for row in trials.to_dict("records"):
        run = store.get(row["run"])
        head = HeadConfig(gamma=row["head.gamma"], fitted_on=row["head.fitted_on"])
        assert run.config.head == head
        assert out_of_sample(run)["score"].tolist() == by_hand(search, faces, head)
    # The same refit on a network that was trained wholly.
    whole = train(new_run(store, faces, tiny))
    refit = refit_as_searched(search, 0, whole)
    assert refit.config.head == store.get(trials["run"][0]).config.head


def by_hand(search, faces, head):
    """Refit the shared networks' last layers, fold by fold."""
    from softbio.training.folds import part
    from softbio.training.head import HeadData, fit_head

    rows, fold = part(faces, search.about.base, None)
    label, group = faces.labels(), faces.group_index()
    score = np.empty(len(rows), dtype=np.float32)
    for number in (0, 1):
        with np.load(search.path / "folds" / str(number + 1) / "outputs.npz") as kept:
            features = dict(zip(kept["rows"].tolist(), kept["features"], strict=True))
        fitted = rows[fold != number] if head.fitted_on == "train" else faces.rows("val_fit")
        values = np.stack([features[row] for row in fitted]).astype(np.float32)
        fit = fit_head(HeadData(values, label[fitted], group[fitted], ("women", "men")), head)
        held_out = np.stack([features[row] for row in rows[fold == number]])
        score[fold == number] = fit.scores(held_out)
    return score.tolist()


def test_outputs_of_a_fold_are_read_for_the_same_faces_only(tmp_path):
    rows = np.array([2, 5, 7])
    logits, features = np.float32([1, 2, 3]), np.float16([[1], [2], [3]])
    write_outputs(tmp_path, FoldOutputs(rows, logits, features, 3, 1.5))
    known = read_outputs(tmp_path, rows)
    assert known.logits_of(np.array([7, 2])).tolist() == [3, 1]
    assert known.features_of(np.array([5])).tolist() == [[2]]
    assert (known.epochs, known.seconds) == (3, 1.5)
    assert read_outputs(tmp_path, np.array([2, 5])) is None
    (tmp_path / "outputs.npz").write_bytes(b"torn")
    assert read_outputs(tmp_path, rows) is None
