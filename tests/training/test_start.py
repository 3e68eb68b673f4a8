"""The state of a run stays true, however its training ends."""

import threading
import time

import numpy as np
import pytest
from filelock import FileLock

from softbio.errors import ConfigError, DataError, RunError
from softbio.networks.load import load_network
from softbio.runs import RunStore
from softbio.training import find_or_train, new_run, train
from softbio.training.checkpoint import read_checkpoint
from softbio.training.reporter import Reporter


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "models")


def test_a_new_run_is_queued_and_knows_its_data(store, faces, quick):
    run = new_run(store, faces, quick, "mine")
    assert run.state.status == "queued"
    assert run.config.data_fingerprint == faces.fingerprint and run.config.name == "mine"
    assert run.config.train == quick and run.config.size == 24


def test_a_config_that_the_set_cannot_carry_makes_no_run(store, faces, quick):
    with pytest.raises(ConfigError, match="no group 'ladies'"):
        new_run(store, faces, quick.model_copy(update={"weights": {"ladies": 1.0}}))
    assert store.list() == []


def test_a_cancelled_run_keeps_what_its_finished_epochs_gave_and_can_go_on(store, faces, quick):
    run = new_run(store, faces, quick.model_copy(update={"epochs": 400}))

    def cancel(row):
        if row["epoch"] == 2:
            run.request_cancel()

    began = time.monotonic()
    train(run, on_epoch=cancel)
    assert time.monotonic() - began < 30
    assert run.state.status == "cancelled" and run.state.finished
    assert 2 <= len(run.history()) < 400
    assert len(run.predictions()) == len(faces) and run.verify_weights()


def test_a_run_cancelled_before_its_first_epoch_ends_has_no_weights(store, faces, quick):
    run = new_run(store, faces, quick)
    run.request_cancel()
    assert train(run).state.status == "cancelled"
    assert run.state.weights_sha256 is None
    run.clear_cancel()
    assert train(run).state.status == "done"


def test_control_c_cancels_cleanly(store, faces, quick):
    import signal

    run = new_run(store, faces, quick)
    before = signal.getsignal(signal.SIGINT)

    def interrupt(row):
        if row["epoch"] == 1:
            signal.raise_signal(signal.SIGINT)

    assert train(run, on_epoch=interrupt).state.status == "cancelled"
    assert run.state.best_epoch == 1 and len(run.history()) == 1
    assert signal.getsignal(signal.SIGINT) is before
    # Nothing of the epoch that was begun is in the weights.
    for kept, ended in zip(
        load_network(run).get_weights(), read_checkpoint(run).state["average"], strict=True
    ):
        np.testing.assert_array_equal(kept, ended)


def test_a_done_run_is_not_trained_again(store, faces, quick):
    run = train(new_run(store, faces, quick.model_copy(update={"epochs": 1})))
    with pytest.raises(RunError, match="is done"):
        train(run)


def test_two_processes_do_not_train_one_run(store, faces, quick):
    run = new_run(store, faces, quick)
    with FileLock(run.path / ".training.lock"), pytest.raises(RunError, match="another process"):
        train(run)
    assert run.state.status == "queued"


def test_a_set_that_was_packed_anew_is_refused(store, make_faces, tmp_path, quick):
    run = new_run(store, make_faces(tmp_path / "set", n=80), quick)
    meta = tmp_path / "set" / "meta.json"
    meta.write_text(meta.read_text().replace("set-80", "other-80"))
    with pytest.raises(RunError, match="packed anew"):
        train(run)
    assert run.state.status == "failed" and "packed anew" in run.state.error


def test_a_set_that_is_gone_is_told(store, make_faces, tmp_path, quick):
    run = new_run(store, make_faces(tmp_path / "set", n=80), quick)
    (tmp_path / "set").rename(tmp_path / "elsewhere")
    with pytest.raises(DataError, match="no face set at"):
        train(run)
    assert run.state.status == "failed"


def test_find_or_train_trains_once(store, faces, quick):
    config = quick.model_copy(update={"epochs": 1})
    first = find_or_train(store, faces, config)
    assert find_or_train(store, faces, config) == first
    assert find_or_train(store, faces, config.model_copy(update={"seed": 9})) != first


def test_find_or_train_goes_on_with_a_run_whose_process_died(store, faces, quick):
    run = new_run(store, faces, quick.model_copy(update={"epochs": 1}))
    run.update_state(status="running", pid=1, pid_created=0.0)
    assert find_or_train(store, faces, run.config.train) == run
    assert run.state.status == "done"


def test_signs_of_life_come_while_the_trainer_is_busy(store, faces, quick):
    run = new_run(store, faces, quick)
    with Reporter(run):
        time.sleep(0.7)
        first = run.state.heartbeat
        time.sleep(1.2)
        assert first is not None and run.state.heartbeat > first
    assert not any(thread.name == "reporter" for thread in threading.enumerate())


def test_a_request_to_cancel_is_seen_within_a_second(store, faces, quick):
    run = new_run(store, faces, quick)
    with Reporter(run) as reporter:
        assert not reporter.stop_requested
        run.request_cancel()
        time.sleep(0.9)
        assert reporter.stop_requested
