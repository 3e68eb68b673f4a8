import os
import signal
import time

import pandas as pd
import psutil
import pytest

from softbio.cores import cores
from softbio.errors import RunError
from softbio.jobs import JobQueue
from softbio.jobs import queue as queue_module
from softbio.jobs.record import read_record
from softbio.runs import RunStore


def kill(run):
    """End a run's process as the system does when memory runs out."""
    record = read_record(run.path)
    os.kill(record.pid, signal.SIGKILL)


def no_patience(monkeypatch):
    monkeypatch.setattr(queue_module, "HEARTBEAT_LIMIT", 0.0)
    monkeypatch.setattr(queue_module, "CANCEL_PATIENCE", 0.0)


def test_a_submitted_run_is_trained_by_a_process_of_its_own(workshop):
    run = workshop.queue.submit(workshop.new_run())
    workshop.wait(lambda: run.state.status == "done")
    assert run.state.pid != os.getpid()
    assert "training" in (run.path / "log.txt").read_text()


def test_queued_runs_train_one_after_the_other_in_their_order(workshop):
    workshop.switch("hold")
    runs = [workshop.queue.submit(workshop.new_run()) for _ in range(3)]
    workshop.wait(lambda: runs[0].state.status == "running")
    time.sleep(0.5)
    assert [run.state.status for run in runs] == ["running", "queued", "queued"]
    workshop.switch("hold", on=False)
    workshop.wait(lambda: all(run.state.status == "done" for run in runs))
    expected = [f"{word} {run.id}" for run in runs for word in ("begin", "end")]
    assert [line.removesuffix(" False") for line in workshop.journal()] == expected


def test_a_queue_may_train_some_at_once_with_their_share_of_the_cores(workshop):
    workshop.switch("hold")
    queue = JobQueue(workshop.store, command=workshop.command, at_once=2)
    runs = [queue.submit(workshop.new_run()) for _ in range(3)]
    workshop.wait(lambda: [run.state.status for run in runs[:2]] == ["running", "running"])
    time.sleep(0.5)
    assert runs[2].state.status == "queued"
    workshop.switch("hold", on=False)
    workshop.wait(lambda: all(run.state.status == "done" for run in runs))
    assert [line.split()[1] for line in workshop.journal() if "begin" in line][2] == runs[2].id
    assert f"on {max(1, cores() // 2)} cores" in (runs[0].path / "log.txt").read_text()


def test_a_process_that_waits_has_not_loaded_tensorflow(workshop):
    run = workshop.queue.submit(workshop.new_run())
    workshop.wait(lambda: run.state.status == "done")
    assert workshop.journal()[0] == f"begin {run.id} False"


def test_the_process_survives_the_one_that_submitted_it(workshop):
    workshop.switch("hold")
    run = workshop.queue.submit(workshop.new_run())
    workshop.wait(lambda: run.state.status == "running")
    assert os.getsid(run.state.pid) != os.getsid(0)


def test_a_waiting_run_that_is_cancelled_is_cancelled_at_once(workshop):
    workshop.switch("hold")
    first, second = (workshop.queue.submit(workshop.new_run()) for _ in range(2))
    workshop.wait(lambda: first.state.status == "running")
    workshop.queue.cancel(second.id)
    assert second.state.status == "cancelled"
    assert not read_record(second.path).alive
    assert first.state.status == "running"


def test_a_training_obeys_a_cancellation(workshop):
    workshop.switch("hold")
    run = workshop.queue.submit(workshop.new_run())
    workshop.wait(lambda: run.state.status == "running")
    workshop.queue.cancel(run.id)
    workshop.wait(lambda: run.state.status == "cancelled")


def test_a_training_that_does_not_obey_is_ended(workshop, monkeypatch):
    workshop.switch("hold")
    workshop.switch("deaf")
    run = workshop.queue.submit(workshop.new_run())
    workshop.wait(lambda: run.state.status == "running")
    workshop.queue.cancel(run.id)
    workshop.queue.reconcile()
    assert run.state.status == "running", "it has its time to obey"
    no_patience(monkeypatch)
    time.sleep(0.02)
    workshop.queue.reconcile()
    assert run.state.status == "cancelled"
    assert not read_record(run.path).alive


def test_a_large_set_gets_the_time_to_score_its_faces(workshop, monkeypatch):
    workshop.switch("hold")
    workshop.switch("deaf")
    run = workshop.queue.submit(workshop.new_run())
    workshop.wait(lambda: run.state.status == "running")
    run.update_state(progress={"epoch": 2, "epochs": 5, "step": 1, "steps": 2000})
    workshop.queue.cancel(run.id)
    no_patience(monkeypatch)
    time.sleep(0.02)
    workshop.queue.reconcile()
    assert run.state.status == "running"


def test_cancelling_a_run_that_ended_changes_nothing(workshop):
    run = workshop.queue.submit(workshop.new_run())
    workshop.wait(lambda: run.state.status == "done")
    workshop.queue.cancel(run.id)
    assert run.state.status == "done"
    assert not run.cancel_requested


def test_a_training_whose_process_dies_is_interrupted_within_ten_seconds(workshop):
    workshop.switch("hold")
    run = workshop.queue.submit(workshop.new_run())
    workshop.wait(lambda: run.state.status == "running")
    kill(run)
    workshop.wait(lambda: workshop.queue.reconcile() == [run.id], seconds=10)
    assert run.state.status == "interrupted"
    assert "ended" in run.state.error


def test_a_dead_process_with_a_fresh_heartbeat_may_be_alive_in_another_container(workshop):
    run = workshop.new_run()
    run.update_state(status="running", pid=2**22 - 1, pid_created=1.0, heartbeat=time.time())
    assert workshop.queue.reconcile() == []
    run.update_state(heartbeat=time.time() - 11)
    assert workshop.queue.reconcile() == [run.id]
    assert run.state.status == "interrupted"


def test_another_process_with_the_same_number_is_not_taken_for_the_trainer(workshop):
    run = workshop.new_run()
    created = psutil.Process().create_time()
    run.update_state(
        status="running", pid=os.getpid(), pid_created=created - 50, heartbeat=time.time() - 11
    )
    workshop.queue.reconcile()
    assert run.state.status == "interrupted"


def test_a_training_in_the_shell_that_is_paused_is_left_alone(workshop):
    run = workshop.new_run()
    created = psutil.Process().create_time()
    run.update_state(status="running", pid=os.getpid(), pid_created=created, heartbeat=1.0)
    run.request_cancel()
    assert workshop.queue.reconcile() == []
    assert run.state.status == "running"


def test_a_worker_that_hangs_is_ended(workshop, monkeypatch):
    workshop.switch("hold")
    run = workshop.queue.submit(workshop.new_run())
    workshop.wait(lambda: run.state.status == "running")
    os.kill(run.state.pid, signal.SIGSTOP)
    monkeypatch.setattr(queue_module, "HANG_LIMIT", 0.3)
    time.sleep(0.4)
    workshop.queue.reconcile()
    assert run.state.status == "interrupted"
    assert not read_record(run.path).alive


def test_a_queued_run_that_lost_its_process_gets_another(workshop):
    workshop.switch("hold")
    first, second = (workshop.queue.submit(workshop.new_run()) for _ in range(2))
    workshop.wait(lambda: first.state.status == "running")
    kill(second)
    workshop.wait(lambda: not read_record(second.path).alive)
    assert workshop.queue.reconcile() == [second.id]
    assert read_record(second.path).attempts == 2
    workshop.switch("hold", on=False)
    workshop.wait(lambda: second.state.status == "done")


def test_a_queued_run_whose_processes_keep_dying_is_given_up(workshop):
    run = workshop.new_run()
    workshop.queue = JobQueue(workshop.store, command=lambda run, at_once: ["false"])
    workshop.queue.submit(run)

    def given_up():
        workshop.queue.reconcile()
        return run.state.status == "interrupted"

    workshop.wait(given_up)
    assert read_record(run.path).attempts == queue_module.MAX_ATTEMPTS
    assert "log.txt" in run.state.error


def test_a_dead_run_does_not_hold_up_the_next(workshop):
    workshop.switch("hold")
    first, second = (workshop.queue.submit(workshop.new_run()) for _ in range(2))
    workshop.wait(lambda: first.state.status == "running")
    kill(first)
    workshop.switch("hold", on=False)
    workshop.wait(lambda: second.state.status == "done")


def test_an_interrupted_run_resumes(workshop):
    workshop.switch("hold")
    run = workshop.queue.submit(workshop.new_run())
    workshop.wait(lambda: run.state.status == "running")
    workshop.queue.cancel(run.id)
    workshop.wait(lambda: run.state.status == "cancelled")
    workshop.switch("hold", on=False)
    workshop.queue.resume(run)
    workshop.wait(lambda: run.state.status == "done")
    assert not run.cancel_requested
    assert run.state.error is None


@pytest.mark.parametrize("status", ["queued", "running", "done"])
def test_only_a_run_that_stopped_early_is_resumed(workshop, status):
    run = workshop.new_run()
    run.update_state(status=status)
    with pytest.raises(RunError, match=f"is {status}; there is nothing to resume"):
        workshop.queue.resume(run)


def test_only_a_new_run_is_submitted(workshop):
    run = workshop.new_run()
    run.update_state(status="done")
    with pytest.raises(RunError, match="is done; only a new one is queued"):
        workshop.queue.submit(run)


def test_a_defect_in_training_is_a_failed_run_with_its_traceback_in_the_log(workshop):
    workshop.switch("crash")
    run = workshop.queue.submit(workshop.new_run())
    workshop.wait(lambda: run.state.status == "failed")
    assert "log.txt" in run.state.error
    assert "ZeroDivisionError: a defect" in (run.path / "log.txt").read_text()


def test_events_are_what_is_new_since_the_last_look(workshop):
    run = workshop.new_run()
    assert workshop.queue.events(run.id).last == 0
    line = dict.fromkeys(run.history().columns, 0.5)
    for epoch in (1, 2):
        run.append_history({**line, "epoch": epoch})
    assert list(workshop.queue.events(run.id).epochs["epoch"]) == [1, 2]
    run.append_history({**line, "epoch": 3})
    later = workshop.queue.events(run.id, since=2)
    assert list(later.epochs["epoch"]) == [3]
    assert later.last == 3
    assert isinstance(later.epochs, pd.DataFrame)
    run.rewind_history(2)
    assert workshop.queue.events(run.id, since=3).last == 1


def test_a_new_queue_over_the_same_store_knows_the_same_jobs(workshop):
    workshop.switch("hold")
    run = workshop.queue.submit(workshop.new_run())
    workshop.wait(lambda: run.state.status == "running")
    other = JobQueue(RunStore(workshop.store.path), command=workshop.command)
    assert other.reconcile() == []
    assert [one.id for one in other.list()] == [run.id]
    other.cancel(run.id)
    workshop.wait(lambda: run.state.status == "cancelled")


def test_a_run_made_in_the_shell_is_not_given_a_second_process(workshop):
    run = workshop.new_run()
    assert workshop.queue.reconcile() == []
    assert read_record(run.path) is None


def test_a_damaged_note_counts_as_none(workshop):
    run = workshop.new_run()
    (run.path / "job.json").write_text('{"queued": 1}')
    assert read_record(run.path) is None
