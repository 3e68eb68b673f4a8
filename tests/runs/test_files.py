import hashlib
import os
import signal
import stat
import subprocess
import sys
import threading
import time

import pytest

from softbio.runs import replacing, sha256_of, write_atomically


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "state.json"
    write_atomically(target, b"old")

    def write_half():
        with replacing(target) as sibling:
            sibling.write_bytes(b"ne")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_half()
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_the_sibling_keeps_the_suffixes_that_writers_look_at(tmp_path):
    with replacing(tmp_path / "model.weights.h5") as sibling:
        assert sibling.name.endswith(".weights.h5")
        assert sibling.parent == tmp_path
        sibling.write_bytes(b"weights")
    assert (tmp_path / "model.weights.h5").read_bytes() == b"weights"


def test_a_reader_never_sees_a_torn_file(tmp_path):
    target = tmp_path / "file"
    contents = {bytes([letter]) * 200_000 for letter in b"abc"}
    write_atomically(target, min(contents))
    done = threading.Event()

    def write():
        for _ in range(10):
            for content in contents:
                write_atomically(target, content)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = 0
    while not done.is_set():
        assert target.read_bytes() in contents
        seen += 1
    writer.join()
    assert seen > 1


def test_a_killed_writer_leaves_a_whole_file(tmp_path):
    target = tmp_path / "file"
    code = (
        "import sys; from pathlib import Path; from softbio.runs.files import write_atomically\n"
        "while True:\n"
        "    for letter in b'ab': write_atomically(Path(sys.argv[1]), bytes([letter]) * 3_000_000)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(target)])
    while not target.exists():
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    content = target.read_bytes()
    assert len(content) == 3_000_000
    assert len(set(content)) == 1


def test_permissions_follow_the_umask_and_are_not_private_like_a_temporary_file(tmp_path):
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    write_atomically(tmp_path / "ours", b"")
    assert stat.S_IMODE((tmp_path / "ours").stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_sha256_agrees_with_hashlib_beyond_one_piece(tmp_path):
    data = os.urandom((1 << 20) + 17)
    (tmp_path / "file").write_bytes(data)
    assert sha256_of(tmp_path / "file") == hashlib.sha256(data).hexdigest()
