"""Files of events: whole lines, whoever writes and whoever is killed."""

import json
import os
import signal
import subprocess
import sys
import threading

import pytest

from softbio.errors import DataError
from softbio.faces import event_log
from softbio.faces.event_log import EventLog

_WRITER = """
import sys
from pathlib import Path
from softbio.faces.event_log import EventLog

log, who, times = EventLog(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
for number in range(times):
    log.append([{"who": who, "number": number, "part": part, "text": "é" * 400} for part in range(5)])
    print(number, flush=True)
"""


@pytest.fixture
def log(tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "meta.json").write_text("{}")
    return EventLog(folder / "tags.jsonl")


@pytest.fixture
def writer(log):
    """A function that starts a process which appends five events at a time."""
    started = []

    def start(who, times):
        process = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(log.path), who, str(times)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def go(process):
    process.stdin.write("\n")
    process.stdin.flush()


def test_what_was_appended_is_read_in_its_order(log):
    assert log.read() == []
    log.append([{"a": 1}, {"a": "ä\n"}])
    log.append([{"a": None}])
    assert log.read() == [{"a": 1}, {"a": "ä\n"}, {"a": None}]
    assert log.path.read_text(encoding="utf-8").count("\n") == 3


def test_only_what_is_new_is_read_again(log):
    other = EventLog(log.path)
    log.append([{"a": 1}])
    assert other.new() == ([{"a": 1}], False)
    assert other.new() == ([], False)
    log.append([{"a": 2}])
    assert other.new() == ([{"a": 2}], False)


def test_a_file_that_was_replaced_is_read_from_the_start(log):
    log.append([{"a": 1}, {"a": 2}])
    log.new()
    log.path.write_text('{"b": 1}\n')
    assert log.new() == ([{"b": 1}], True)
    log.path.unlink()
    assert log.new() == ([], True)


def test_the_version_changes_with_the_file(log):
    versions = [log.version]
    for number in range(3):
        log.append([{"a": number}])
        versions.append(log.version)
    assert len(set(versions)) == 4


def test_a_torn_line_is_passed_over_and_cut_off_by_the_next_write(log):
    log.append([{"a": 1}])
    whole = log.path.read_bytes()
    for length in range(1, len(whole)):
        log.path.write_bytes(whole + whole[:length][:-1] + b"x")
        assert EventLog(log.path).read() == [{"a": 1}]
        EventLog(log.path).append([{"a": 2}])
        assert log.path.read_bytes() == whole + whole.replace(b"1", b"2")


def test_a_file_that_is_one_torn_line_is_begun_anew(log):
    log.path.write_bytes(b'{"a": ')
    assert log.read() == []
    log.append([{"a": 1}])
    assert log.read() == [{"a": 1}]


@pytest.mark.parametrize("line", ["{", "3", "null", '{"a": 1}, {"a": 2}', ""])
def test_a_line_that_is_no_event_is_told_with_its_number(log, line):
    log.path.write_text(f'{{"a": 1}}\n{line}\n{{"a": 2}}\n')
    for _ in range(2):
        with pytest.raises(DataError, match=r"tags\.jsonl, line 2"):
            log.new()
    log.path.write_text('{"a": 1}\n')
    assert log.new() == ([{"a": 1}], False)


@pytest.mark.skipif(os.name == "nt", reason="a process cannot be killed in this way there")
def test_a_writer_killed_at_any_moment_loses_nothing_that_it_was_told_is_kept(log, writer):
    process = writer("one", 100_000)
    go(process)
    for _ in range(20):
        told = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    told = max([told, *map(int, process.stdout.read().split())])
    process.wait()
    found = {(event["number"], event["part"]) for event in log.read()}
    assert found >= {(number, part) for number in range(told + 1) for part in range(5)}
    log.append([{"last": True}])  # the killed one's lock holds nobody up
    lines = log.path.read_bytes().splitlines()
    assert json.loads(lines[-1]) == {"last": True}
    assert len(log.read()) == len(lines)


def test_two_writers_at_once_lose_nothing_and_tear_nothing(log, writer):
    processes = [writer(who, 25) for who in ("one", "two")]
    for process in processes:
        go(process)
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    events = log.read()
    for who in ("one", "two"):
        assert [(e["number"], e["part"]) for e in events if e["who"] == who] == [
            (number, part) for number in range(25) for part in range(5)
        ]
    # What was added at once stands together.
    assert all(len({(e["who"], e["number"]) for e in events[at : at + 5]}) == 1
               for at in range(0, len(events), 5))  # fmt: skip


def test_threads_may_write_at_once(log):
    threads = [
        threading.Thread(target=lambda who=who: [log.append([{"who": who}]) for _ in range(10)])
        for who in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(event["who"] for event in log.read()) == sorted([0, 1, 2, 3] * 10)


def test_a_write_that_fails_half_way_leaves_the_file_as_it_was(log, monkeypatch):
    log.append([{"a": 1}])
    before = log.path.read_bytes()
    write, calls = os.write, []

    def full(handle, data):
        calls.append(len(data))
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        return write(handle, bytes(data)[:7])

    monkeypatch.setattr(event_log.os, "write", full)
    with pytest.raises(DataError, match="No space left on device"):
        log.append([{"a": 2}])
    assert log.path.read_bytes() == before


def test_nothing_is_written_where_no_face_set_is(tmp_path, log):
    with pytest.raises(DataError, match="no packed face set"):
        EventLog(tmp_path / "tags.jsonl").append([{"a": 1}])
    inside_a_file = EventLog(log.path.parent / "meta.json" / "tags.jsonl")
    assert inside_a_file.read() == []
    with pytest.raises(DataError, match="no packed face set"):
        inside_a_file.append([{"a": 1}])
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["meta.json", "set"]


def test_numbers_that_json_does_not_know_are_refused(log):
    with pytest.raises(ValueError, match="JSON"):
        log.append([{"a": float("nan")}])
    assert log.read() == []
