"""Work beside the page: shared, stopped, and ended when nobody looks."""

import threading
import time

import pytest

from dashboard.widgets import background
from dashboard.widgets.background import Jobs
from softbio.errors import CancelledError, DataError

KEY = ("search", "set", "target")


@pytest.fixture
def jobs():
    return Jobs()


def ended(job, seconds=5.0):
    job.wait(seconds)
    return job.ended


def until_stopped(progress, stop):
    progress("search", 1, 4)
    while not stop():
        time.sleep(0.005)
    raise CancelledError("The search was stopped.")


def test_those_who_ask_the_same_share_one_search(jobs):
    calls, gate = [], threading.Event()

    def work(progress, stop):
        calls.append(1)
        gate.wait(5)
        return "found"

    first = jobs.begun(KEY, work)
    assert jobs.begun(KEY, work) is first and jobs.known(KEY) is first
    assert jobs.known(("search", "set", "other")) is None
    gate.set()
    assert ended(first) and first.found == "found" and calls == [1]
    assert jobs.begun(KEY, work) is first


def test_a_search_can_be_cancelled_and_begun_again(jobs):
    job = jobs.begun(KEY, until_stopped)
    deadline = time.monotonic() + 5
    while job.look() != ("search", 0.25) and time.monotonic() < deadline:
        time.sleep(0.005)
    assert job.look() == ("search", 0.25)
    job.cancel()
    assert ended(job) and job.found is None and not job.fault
    assert jobs.known(KEY) is None
    assert jobs.begun(KEY, lambda progress, stop: "found") is not job


def test_a_search_that_nobody_looks_at_ends(jobs, monkeypatch):
    monkeypatch.setattr(background, "_PATIENCE", 0.05)
    job = jobs.begun(KEY, until_stopped)
    assert ended(job) and job.cancelled


def test_faults_are_told_in_a_sentence_and_can_be_tried_again(jobs, capsys):
    def refuse(progress, stop):
        raise DataError("Nothing can be searched.")

    def break_down(progress, stop):
        raise ZeroDivisionError("ours")

    job = jobs.begun(KEY, refuse)
    assert ended(job) and job.fault == "Nothing can be searched."
    again = jobs.begun(KEY, break_down)
    assert again is not job and ended(again)
    assert "server's log" in again.fault and "ZeroDivisionError" in capsys.readouterr().err


def test_only_the_latest_of_a_kind_are_kept(jobs):
    for number in range(40):
        assert ended(jobs.begun(("search", str(number)), lambda progress, stop: "found"))
    assert jobs.known(("search", "0")) is None and jobs.known(("search", "39")) is not None
    for number in range(3):
        assert ended(jobs.begun(("look", str(number)), lambda progress, stop: "found", kept=2))
    assert jobs.known(("look", "0")) is None and jobs.known(("look", "2")) is not None
    assert jobs.known(("search", "39")) is not None
