import os
import subprocess
import sys
import time

import psutil

from softbio.jobs.process import creation_time, end_tree, is_alive, start_detached


def python(*code):
    return [sys.executable, "-c", *code]


def wait(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_detached_process_has_its_own_session_and_writes_to_its_log(tmp_path):
    log = tmp_path / "log.txt"
    pid, created = start_detached(python("print('hello')"), log)
    wait(lambda: not is_alive(pid, created))
    assert log.read_text() == "hello\n"


def test_a_process_lives_until_it_ends_and_a_zombie_is_dead(tmp_path):
    process = subprocess.Popen(python("input()"), stdin=subprocess.PIPE)
    created = creation_time(process.pid)
    assert is_alive(process.pid, created)
    process.stdin.close()
    wait(lambda: psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE)
    assert not is_alive(process.pid, created)
    process.wait()
    assert not is_alive(process.pid, created)
    assert creation_time(process.pid) is None


def test_the_same_number_with_another_creation_time_is_another_process():
    created = creation_time(os.getpid())
    assert is_alive(os.getpid(), created)
    assert not is_alive(os.getpid(), created - 5)
    assert not is_alive(None, None)


def test_ending_takes_the_children_along_even_if_they_refuse(tmp_path):
    child = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    parent = (
        f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {child!r}]); p.wait()"
    )
    log = tmp_path / "log.txt"
    pid, created = start_detached(python(parent), log)
    wait(lambda: log.exists() and "up" in log.read_text())
    children = psutil.Process(pid).children(recursive=True)
    [child] = [(one.pid, one.create_time()) for one in children]
    end_tree(pid, created, patience=0.3)
    assert not is_alive(pid, created)
    assert not is_alive(*child)
