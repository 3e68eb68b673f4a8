import errno
import json
import math
import os

import numpy as np
import pytest

from softbio.errors import RunError
from softbio.runs import Run, RunStore, sha256_of


@pytest.fixture
def run(tmp_path, run_config):
    return RunStore(tmp_path / "models").create(run_config)


def line(epoch, **figures):
    return {"epoch": epoch, "loss": 0.5, "val_loss": 0.25} | figures


def test_a_run_sees_what_another_process_writes(run):
    other = Run(run.path)
    assert other == run
    other.update_state(status="running")
    assert run.state.status == "running"


def test_a_config_cannot_lose_or_gain_keys_unnoticed(run):
    data = json.loads((run.path / "config.json").read_text())
    del data["train"]["loss"]["gamma"]
    data["train"]["loss"]["gama"] = 2
    (run.path / "config.json").write_text(json.dumps(data))
    with pytest.raises(RunError, match=r"config\.json cannot be used \(train\.loss\.gama"):
        _ = Run(run.path).config


def test_cancelling_is_a_flag_that_anybody_may_raise_twice(run):
    assert not run.cancel_requested
    run.request_cancel()
    run.request_cancel()
    assert Run(run.path).cancel_requested
    run.clear_cancel()
    run.clear_cancel()
    assert not run.cancel_requested


def test_history_is_empty_with_its_columns_before_the_first_epoch(run):
    history = run.history()
    assert len(history) == 0
    assert history["epoch"].dtype == np.int64
    assert {"val_accuracy_women", "val_accuracy_men", "val_balanced_fair_metric"} <= set(history)
    assert (history.dtypes.drop("epoch") == np.float64).all()


def test_history_keeps_figures_exactly_and_undefined_ones_as_nan(run):
    run.append_history(line(1, loss=1 / 3, val_loss=math.nan))
    run.append_history(line(2, loss=np.float64(1e-17), val_loss=None))
    history = run.history()
    assert history["epoch"].tolist() == [1, 2]
    assert history["epoch"].dtype == np.int64
    assert history["loss"].tolist() == [1 / 3, 1e-17]
    assert history["val_loss"].isna().all()


def test_an_epoch_that_is_trained_again_replaces_its_line_and_the_later_ones(run):
    for epoch in (1, 2, 3):
        run.append_history(line(epoch))
    run.append_history(line(2, loss=0.125))
    assert run.history()["epoch"].tolist() == [1, 2]
    assert run.history()["loss"].tolist() == [0.5, 0.125]


def test_rewinding_drops_epochs_that_will_be_trained_again(run):
    run.rewind_history(1)
    for epoch in (1, 2, 3):
        run.append_history(line(epoch))
    run.rewind_history(2)
    assert run.history()["epoch"].tolist() == [1]
    run.rewind_history(1)
    assert run.history()["epoch"].tolist() == []


def test_a_line_with_other_columns_is_refused(run):
    run.append_history(line(1))
    with pytest.raises(ValueError, match="columns"):
        run.append_history({"epoch": 2, "loss": 0.5})
    with pytest.raises(ValueError, match="epoch"):
        run.append_history({"loss": 0.5})
    assert run.history()["epoch"].tolist() == [1]


def test_a_damaged_history_is_told(run):
    (run.path / "history.csv").write_text("epoch,loss\n1,0.5,7\n")
    with pytest.raises(RunError, match=r"history\.csv is damaged"):
        run.history()


def test_weights_are_given_only_if_they_are_those_that_training_wrote(run):
    run.weights_path.write_bytes(b"weights")
    run.update_state(status="done", weights_sha256=sha256_of(run.weights_path))
    assert run.verify_weights() == run.path / "model.weights.h5"
    run.weights_path.write_bytes(b"weightz")
    with pytest.raises(RunError, match="SHA-256"):
        run.verify_weights()
    run.weights_path.unlink()
    with pytest.raises(RunError, match="missing"):
        run.verify_weights()


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        ("queued", "runs show"),
        ("running", "wait for it"),
        ("cancelled", "--resume"),
        ("done", "missing"),
    ],
)
def test_what_is_not_there_yet_is_told_with_what_to_do(run, status, advice):
    run.update_state(status=status)
    for look in (run.predictions, run.embeddings, run.verify_weights):
        with pytest.raises(RunError, match=advice) as told:
            look()
        assert run.id in str(told.value)


def test_embeddings_are_read_as_they_are_needed(run):
    values = np.arange(12, dtype=np.float16).reshape(3, 4)
    np.save(run.path / "embeddings.npy", values)
    (run.path / "embeddings.json").write_text(json.dumps({"block1": [0, 1], "last": [1, 4]}))
    embeddings = run.embeddings()
    assert isinstance(embeddings.values, np.memmap)
    np.testing.assert_array_equal(embeddings.values, values)
    assert embeddings.ranges == {"block1": (0, 1), "last": (1, 4)}


@pytest.mark.parametrize("ranges", ["{", "[]", '{"last": [0, 9]}', '{"last": 3}'])
def test_damaged_embeddings_are_told(run, ranges):
    np.save(run.path / "embeddings.npy", np.zeros((3, 4), dtype=np.float16))
    (run.path / "embeddings.json").write_text(ranges)
    with pytest.raises(RunError, match="damaged"):
        run.embeddings()


def test_a_full_disk_is_told_and_leaves_what_was_there(run, monkeypatch, prediction_frame):
    run.append_history(line(1))
    before = {path: path.read_bytes() for path in run.path.iterdir()}

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    for write in (
        lambda: run.update_state(status="done"),
        lambda: run.append_history(line(2)),
        lambda: run.rewind_history(1),
        lambda: run.write_predictions(prediction_frame()),
    ):
        with pytest.raises(RunError, match=r"No space left on device.*free some space"):
            write()
    after = {path: path.read_bytes() for path in run.path.iterdir() if path.name != ".state.lock"}
    assert after == before


def test_writing_to_a_run_that_was_removed_is_told(run, prediction_frame):
    RunStore(run.path.parent).remove(run)
    for write in (run.request_cancel, lambda: run.append_history(line(1))):
        with pytest.raises(RunError, match="any more"):
            write()
