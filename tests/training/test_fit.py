"""What a training leaves behind, and that nothing but its config and faces decides it."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from softbio.config import EarlyStopping, NetworkConfig
from softbio.errors import RunError
from softbio.networks.architectures import build
from softbio.networks.load import load_network, load_scorer
from softbio.networks.trainer import Trainer
from softbio.runs import RunStore, sha256_of
from softbio.training import new_run, train


class PulledPlugError(Exception):
    """The process dies here."""


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "models")


@pytest.fixture(scope="module")
def done(faces, quick, tmp_path_factory):
    """A run of the quick settings that nothing disturbed."""
    return train(new_run(RunStore(tmp_path_factory.mktemp("models")), faces, quick))


def kept_arrays(run):
    return load_network(run).get_weights()


def assert_same_run(one, other):
    for mine, theirs in zip(kept_arrays(one), kept_arrays(other), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_array_equal(one.embeddings().values, other.embeddings().values)
    np.testing.assert_array_equal(
        one.predictions().frame["score"], other.predictions().frame["score"]
    )
    columns = [name for name in one.history().columns if name != "seconds"]
    assert one.history()[columns].equals(other.history()[columns])
    assert one.state.best_epoch == other.state.best_epoch


def test_a_run_ends_with_weights_history_predictions_and_embeddings(done, faces):
    assert done.state.status == "done" and done.state.error is None
    assert list(done.history()["epoch"]) == [1, 2, 3]
    frame = done.predictions().frame
    assert list(frame["filename"]) == list(faces.table["filename"])
    np.testing.assert_array_equal(frame["out_of_sample"], faces.table["split"] != "train")
    assert frame["fold"].isna().all() and frame["score"].between(0, 1).all()
    values, ranges = done.embeddings()
    assert values.shape == (len(faces), 24) and ranges["features"] == (8, 24)
    assert (done.path / "environment.json").is_file()
    assert not done.checkpoints_path.exists()
    assert done.state.progress.epoch == 3 and done.state.seconds > 0


def test_the_network_loads_and_gives_the_scores_that_were_written(done, faces):
    logits = load_scorer(done).predict_on_batch(faces.images[:64])[:, 0]
    scores = done.predictions().frame["score"].to_numpy()[:64]
    np.testing.assert_allclose(1 / (1 + np.exp(-logits)), scores, atol=1e-6)


def test_weights_of_another_network_are_told_in_a_sentence(faces, store, quick):
    run = new_run(store, faces, quick)
    other = build(NetworkConfig(name="report_cnn", dropout=0.0), faces.size, "float32")
    other.save_weights(run.weights_path)
    run.update_state(weights_sha256=sha256_of(run.weights_path))
    with pytest.raises(RunError, match="another version trained the run"):
        load_network(run)


def test_the_history_holds_what_evaluating_the_kept_epoch_gives(done):
    row = done.history().set_index("epoch").loc[done.state.best_epoch]
    judged = done.predictions().evaluate("val")
    assert row["val_accuracy"] == pytest.approx(judged.overall["accuracy"])
    assert row["val_accuracy_men"] == pytest.approx(judged.by_group["accuracy"][1])
    assert row["val_balanced_fair_metric"] == pytest.approx(
        judged.overall["balanced_fair_metric"], nan_ok=True
    )
    chosen = done.predictions().select("val")
    losses = -np.log(np.where(chosen.label == 1, chosen.score, 1 - chosen.score))
    assert row["val_loss"] == pytest.approx(losses.mean(), abs=1e-5)


def test_the_same_seed_gives_the_same_run_and_another_seed_another(done, faces, store, quick):
    assert_same_run(done, train(new_run(store, faces, quick)))
    other = train(new_run(store, faces, quick.model_copy(update={"seed": 2})))
    assert not np.array_equal(kept_arrays(done)[0], kept_arrays(other)[0])


@pytest.mark.parametrize(("epoch", "step"), [(1, 2), (2, 1), (3, 3)])
def test_a_training_that_breaks_off_anywhere_goes_on_to_the_same_end(
    done, faces, store, quick, epoch, step
):
    run = new_run(store, faces, quick)

    def pull(progress):
        if (progress.epoch, progress.step) == (epoch, step):
            raise PulledPlugError

    with pytest.raises(PulledPlugError):
        train(run, pull)
    assert run.state.status == "failed" and "PulledPlug" in run.state.error
    assert len(run.history()) == epoch - 1
    assert_same_run(done, train(run))


def test_a_killed_process_goes_on_to_the_same_end(done, faces, store, quick):
    run = new_run(store, faces, quick)
    code = (
        "import sys, time; from softbio.runs import RunStore; from softbio.training import train\n"
        f"run = RunStore({str(store.path)!r}).get({run.id!r})\n"
        "train(run, on_epoch=lambda row: row['epoch'] == 2 and time.sleep(60))"
    )
    process = subprocess.Popen([sys.executable, "-c", code])
    try:
        deadline = time.monotonic() + 60
        while len(run.history()) < 2 or not (run.checkpoints_path / "last.npz").is_file():
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.05)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert run.state.status == "running"
    assert_same_run(done, train(run))


def test_the_last_epochs_weights_are_kept_where_the_config_says_so(faces, store, quick):
    watch = EarlyStopping(monitor="loss", patience=None, restore_best=False)
    run = train(new_run(store, faces, quick.model_copy(update={"early_stopping": watch})))
    assert run.state.best_epoch == 3


def test_a_loss_that_is_no_number_is_told_with_the_likely_setting(faces, store, quick, monkeypatch):
    losses = iter([0.7, 0.6, float("nan")])
    monkeypatch.setattr(Trainer, "step", lambda self, *batch: next(losses))
    run = new_run(store, faces, quick)
    with pytest.raises(RunError, match=r"step 3 of 3.*optimizer\.learning_rate=0\.0003"):
        train(run)
    assert run.state.status == "failed" and "learning_rate" in run.state.error


def test_a_set_without_validation_faces_trains_to_the_last_epoch(
    make_faces, tmp_path, store, quick
):
    faces = make_faces(tmp_path / "noval", n=64, split=["train"] * 64)
    run = train(new_run(store, faces, quick.model_copy(update={"epochs": 2})))
    assert run.state.best_epoch == 2
    assert run.history()["val_accuracy"].isna().all()
