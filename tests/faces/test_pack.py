"""Packing: the right pixels, the same bytes after any interruption, nothing lost untold."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from softbio.errors import DataError
from softbio.faces import journal as journal_module
from softbio.faces import pack as pack_module
from softbio.faces.assemble import TooManySkippedError
from softbio.faces.decode import UnreadableImageError, read_face
from softbio.faces.faceset import FaceSet
from softbio.faces.pack import pack
from softbio.faces.readers import read_source
from softbio.faces.splits import SplitPlan
from softbio.faces.workspace import Workspace


@pytest.fixture
def small_chunks(monkeypatch):
    """Chunks of four faces, each committed at once."""
    monkeypatch.setattr(pack_module, "chunk_length", lambda size: 4)
    monkeypatch.setattr(journal_module, "_SECONDS", -1.0)


def test_pixels_and_table_are_those_of_the_source(tmp_path, make_source):
    source = make_source(tmp_path / "photos", n=9)
    seen = []
    faces = pack(source, tmp_path / "set", size=24, progress=lambda *told: seen.append(told))
    assert faces.images.shape == (9, 24, 24, 3)
    for row, path in enumerate(source.rows["path"]):
        assert np.array_equal(faces.images[row], read_face(path, 24))
    for column in ("filename", "label", "gender", "identity", "Hat"):
        assert faces.table[column].equals(source.rows[column])
    assert faces.meta["counts"] == {"faces": 9, "of": 9, "skipped": 0}
    assert seen[0] == (0, 9) and seen[-1] == (9, 9)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photos", "set"]


def test_worker_processes_give_the_same_bytes_as_one(tmp_path, make_source, contents):
    source = make_source(tmp_path / "photos", n=600, broken=(3, 300, 599))
    pack(source, tmp_path / "one", size=16, workers=1)
    pack(source, tmp_path / "two", size=16, workers=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_skipped_faces_leave_no_hole_and_are_told(tmp_path, make_source, small_chunks):
    source = make_source(tmp_path / "photos", n=20, broken=(0, 7, 19))
    faces = pack(source, tmp_path / "set", size=16, max_skipped=0.2)
    kept = [number for number in range(20) if number not in (0, 7, 19)]
    assert list(faces.table["filename"]) == [f"{number:06d}.jpg" for number in kept]
    for row, number in enumerate(kept):
        assert np.array_equal(faces.images[row], read_face(source.rows["path"][number], 16))
    assert [face["filename"] for face in faces.meta["skipped"]] == [
        "000000.jpg", "000007.jpg", "000019.jpg"
    ]  # fmt: skip
    assert all("truncated" in face["reason"] for face in faces.meta["skipped"])
    assert faces.meta["counts"] == {"faces": 17, "of": 20, "skipped": 3}


def test_too_many_skipped_fail_and_the_work_is_kept(tmp_path, make_source):
    source = make_source(tmp_path / "photos", n=20, broken=(2, 3))
    with pytest.raises(TooManySkippedError, match="2 of 20 images cannot be read") as error:
        pack(source, tmp_path / "set", size=16)
    assert len(error.value.skipped) == 2
    assert not (tmp_path / "set").exists()
    seen = []
    pack(source, tmp_path / "set", size=16, max_skipped=1, progress=lambda *told: seen.append(told))
    assert seen == [(20, 20)]


def test_on_error_fail_names_the_first_face(tmp_path, make_source):
    source = make_source(tmp_path / "photos", n=20, broken=(5, 6))
    with pytest.raises(UnreadableImageError, match=r"000005\.jpg: .*truncated"):
        pack(source, tmp_path / "set", size=16, on_error="fail")


def test_no_readable_face_at_all_is_an_error(tmp_path, make_source):
    source = make_source(tmp_path / "photos", n=3, broken=(0, 1, 2))
    with pytest.raises(TooManySkippedError, match="None of the 3 images"):
        pack(source, tmp_path / "set", size=16, max_skipped=1)


def test_a_name_without_a_file_is_told(tmp_path, make_source):
    source = make_source(tmp_path / "photos", n=30)
    (tmp_path / "photos" / "000011.jpg").unlink()
    faces = pack(source, tmp_path / "set", size=16)
    assert faces.meta["skipped"] == [{"filename": "000011.jpg", "reason": "there is no such file"}]


def test_identical_images_with_other_labels_are_reported(tmp_path, make_source):
    source = make_source(tmp_path / "photos", n=12, same=(1, 3, 4, 6))
    faces = pack(source, tmp_path / "set", size=16)
    # Pictures 0, 1, 3, 4 and 6 are one; every third label is 1.
    assert faces.meta["identical"] == 5
    assert faces.meta["conflicts"] == [
        {
            "filenames": [f"{number:06d}.jpg" for number in (0, 1, 3, 4, 6)],
            "labels": [1, 0, 1, 0, 1],
        }
    ]


def test_splits_and_seed_are_recorded(tmp_path, make_source):
    source = make_source(tmp_path / "photos", n=60, identities=True)
    faces = pack(source, tmp_path / "set", size=16, split=SplitPlan((50, 25, 25), seed=7))
    assert faces.meta["split"]["by"] == "identity" and faces.meta["split"]["seed"] == 7
    assert faces.meta["split"]["ratios"] == [0.5, 0.25, 0.25]
    assert faces.table.groupby("identity")["split"].nunique().max() == 1


class KilledError(BaseException):
    """Stands for a kill: nothing of ours catches it, and no file is written after it."""


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(stops=st.lists(st.integers(1, 13), min_size=1, max_size=3), torn=st.integers(0, 60))
def test_any_interruption_ends_with_the_same_bytes(
    tmp_path_factory, make_source, contents, stops, torn, small_chunks
):
    folder = tmp_path_factory.mktemp("interrupted")
    source = make_source(folder / "photos", n=50, broken=(5, 33), identities=True)
    pack(source, folder / "whole", size=8)
    for stop in stops:

        def progress(done, total, stop=stop):
            if done >= 4 * stop:
                raise KilledError

        try:
            pack(source, folder / "set", size=8, progress=progress)
        except KilledError:
            # What a kill or a loss of power leaves: a torn line, or pixels without a line.
            space = Workspace(folder / "set")
            journal = space.journal.read_bytes()
            space.journal.write_bytes(journal[: len(journal) - torn])
            with space.images.open("ab") as file:
                file.write(b"\7" * torn)
    faces = pack(source, folder / "set", size=8)
    assert contents(folder / "set") == contents(folder / "whole")
    assert len(faces) == 48
    assert not Workspace(folder / "set").folder.exists()


PACKER = textwrap.dedent(
    """
    import sys
    from softbio.faces import chunks, journal, pack
    journal._SECONDS = 0.02
    pack.chunk_length = chunks.chunk_length = lambda size: 50
    if __name__ == "__main__":
        from softbio.faces.readers import read_source
        source = read_source(sys.argv[1], format="folder")
        pack.pack(source, sys.argv[2], size=64, workers=2)
    """
)


def test_a_packing_killed_at_any_moment_goes_on(tmp_path, make_source, contents):
    make_source(tmp_path / "photos", n=3_000)
    script = tmp_path / "packer.py"
    script.write_text(PACKER)
    pack(read_source(tmp_path / "photos"), tmp_path / "whole", size=64, workers=1)

    def start():
        return subprocess.Popen([sys.executable, script, tmp_path / "photos", tmp_path / "set"])

    journal = Workspace(tmp_path / "set").journal
    wholes = []
    for lines in (2, 15, 30):
        packer = start()
        deadline = time.monotonic() + 60
        while packer.poll() is None and time.monotonic() < deadline:
            if journal.exists() and journal.read_bytes().count(b"\n") >= lines:
                break
            time.sleep(0.002)
        packer.send_signal(signal.SIGKILL)
        packer.wait()
        wholes.append((tmp_path / "set").exists())
    assert not wholes[0], "the first kill must come in the middle"
    assert start().wait(60) == 0
    assert contents(tmp_path / "set") == contents(tmp_path / "whole")


def test_orphaned_workers_end_with_their_parent(tmp_path, make_source):
    import psutil

    make_source(tmp_path / "photos", n=3_000)
    script = tmp_path / "packer.py"
    script.write_text(PACKER)
    packer = subprocess.Popen([sys.executable, script, tmp_path / "photos", tmp_path / "set"])
    journal = Workspace(tmp_path / "set").journal
    deadline = time.monotonic() + 60
    while not (journal.exists() and journal.read_bytes().count(b"\n") > 1):
        assert packer.poll() is None and time.monotonic() < deadline
        time.sleep(0.005)
    workers = psutil.Process(packer.pid).children(recursive=True)
    assert len(workers) >= 2
    packer.kill()
    packer.wait()
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert not alive


def test_files_that_changed_meanwhile_are_read_again(
    tmp_path, make_source, contents, jpeg, small_chunks
):
    source = make_source(tmp_path / "photos", n=40)

    def stop(done, total):
        if done == 32:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pack(source, tmp_path / "set", size=16, progress=stop)
    (tmp_path / "photos" / "000013.jpg").write_bytes(jpeg(777))
    seen = []
    pack(source, tmp_path / "set", size=16, progress=lambda done, total: seen.append(done))
    assert seen[0] == 12
    pack(source, tmp_path / "whole", size=16)
    assert contents(tmp_path / "set") == contents(tmp_path / "whole")


def test_another_size_or_source_starts_over(tmp_path, make_source, contents, small_chunks):
    source = make_source(tmp_path / "photos", n=40)

    def stop(done, total):
        if done == 32:
            raise KeyboardInterrupt

    for changed in ({"size": 24}, {"source": source.head(36)}):
        with pytest.raises(KeyboardInterrupt):
            pack(source, tmp_path / "set", size=16, progress=stop)
        asked = {"source": source, "size": 16, **changed}
        seen = []
        pack(out=tmp_path / "set", progress=lambda d, t, seen=seen: seen.append(d), **asked)
        assert seen[0] == 0
        pack(out=tmp_path / "whole", **asked, overwrite=True)
        assert contents(tmp_path / "set") == contents(tmp_path / "whole")
        pack(make_source(tmp_path / "other", n=4), tmp_path / "set", size=16, overwrite=True)
        (tmp_path / "set").rename(tmp_path / f"done-{len(list(tmp_path.iterdir()))}")


def test_changed_labels_after_a_stop_are_the_ones_that_count(tmp_path, make_source, small_chunks):
    source = make_source(tmp_path / "photos", n=40)

    def stop(done, total):
        if done == 32:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pack(source, tmp_path / "set", size=16, progress=stop)
    rows = source.rows.assign(label=1 - source.rows["label"])
    faces = pack(replace(source, rows=rows), tmp_path / "set", size=16)
    assert faces.table["label"].equals(rows["label"])


def test_the_same_set_is_not_packed_twice(tmp_path, make_source):
    source = make_source(tmp_path / "photos", n=12)
    first = pack(source, tmp_path / "set", size=16)
    written = (tmp_path / "set" / "images.npy").stat().st_mtime_ns
    again = pack(source, tmp_path / "set", size=16)
    assert again.fingerprint == first.fingerprint
    assert (tmp_path / "set" / "images.npy").stat().st_mtime_ns == written
    for other in ({"size": 24}, {"split": SplitPlan(seed=1)}):
        with pytest.raises(DataError, match="--overwrite"):
            pack(source, tmp_path / "set", **{"size": 16, **other})
    assert pack(source, tmp_path / "set", size=24, overwrite=True).size == 24
    assert not Workspace(tmp_path / "set").folder.exists()


def test_a_kill_after_the_last_step_leaves_nothing_for_long(tmp_path, make_source):
    source = make_source(tmp_path / "photos", n=12)
    pack(source, tmp_path / "set", size=16)
    space = Workspace(tmp_path / "set")
    space.folder.mkdir()
    space.journal.write_text("{}\n")
    pack(source, tmp_path / "set", size=16)
    assert not space.folder.exists()


def test_a_folder_that_is_no_face_set_is_never_replaced(tmp_path, make_source):
    source = make_source(tmp_path / "photos", n=4)
    with pytest.raises(DataError, match="no face set"):
        pack(source, tmp_path / "photos", overwrite=True)
    assert len(list((tmp_path / "photos").iterdir())) == 4


def test_the_fingerprint_is_of_pixels_and_table(tmp_path, make_source, jpeg):
    source = make_source(tmp_path / "photos", n=12)
    first = pack(source, tmp_path / "a", size=16)
    assert (
        pack(source, tmp_path / "b", size=16, split=SplitPlan(seed=5)).fingerprint
        != first.fingerprint
    )
    (tmp_path / "photos" / "000003.jpg").write_bytes(jpeg(50))
    assert pack(source, tmp_path / "c", size=16).fingerprint != first.fingerprint
    rows = source.rows.assign(path=source.rows["path"])
    (tmp_path / "photos" / "000003.jpg").write_bytes(jpeg(3))
    assert (
        pack(replace(source, rows=rows), tmp_path / "d", size=16).fingerprint == first.fingerprint
    )


def test_two_packers_do_not_share_a_place(tmp_path, make_source):
    source = make_source(tmp_path / "photos", n=12)
    told = []

    def second(done, total):
        if not told:
            with pytest.raises(DataError, match="Another process is packing") as error:
                pack(source, tmp_path / "set", size=16)
            told.append(error)

    assert len(pack(source, tmp_path / "set", size=16, progress=second)) == 12
    assert told


def test_a_full_disk_is_told_before_and_while_packing(tmp_path, make_source, monkeypatch, contents):
    source = make_source(tmp_path / "photos", n=12)
    usage = type("Usage", (), {"free": 1000})
    with monkeypatch.context() as patch:
        patch.setattr(pack_module.shutil, "disk_usage", lambda path: usage)
        with pytest.raises(DataError, match="GB free"):
            pack(source, tmp_path / "set", size=16)

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(journal_module.Journal, "add", full)
        with pytest.raises(DataError, match=r"is full.*goes on where it was"):
            pack(source, tmp_path / "set", size=16)
    assert not (tmp_path / "set").exists()
    assert len(pack(source, tmp_path / "set", size=16)) == 12


def test_synthetic_faces_go_the_same_way(tmp_path, contents):
    source = read_source("synthetic:30,seed=2")
    faces = pack(source, tmp_path / "one", size=24)
    assert faces.images.shape == (30, 24, 24, 3) and len(np.unique(faces.images)) > 50
    assert "true_label" in faces.table and "true_label" not in faces.attributes
    assert source.draw is not None
    assert np.array_equal(faces.images, source.draw(source.rows, 24, 0))
    pack(source, tmp_path / "two", size=24, workers=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.parametrize(
    "wrong", [{"size": 4}, {"size": 5000}, {"workers": 0}, {"on_error": "x"}, {"max_skipped": 2}]
)
def test_options_that_make_no_sense_are_refused(tmp_path, make_source, wrong):
    with pytest.raises(DataError, match="Received"):
        pack(make_source(tmp_path / "photos", n=2), tmp_path / "set", **wrong)


def test_a_set_opens_as_it_was_written(tmp_path, make_source):
    source = make_source(tmp_path / "photos", n=20)
    source.rows.loc[2, "gender"] = pd.NA
    source.rows.loc[3, "label"] = pd.NA
    pack(source, tmp_path / "set", size=16)
    faces = FaceSet.open(tmp_path / "set")
    assert faces.group_names == {-1: "women", 1: "men"}
    assert list(faces.group_index()[:4]) == [0, 1, -1, 1]
    assert faces.labels()[3] == -1 and faces.table["split"][3] == "unlabelled"
    assert faces.attributes == ("Hat",) and not faces.has_identities
    batches = list(faces.batches(faces.rows("train"), 5))
    assert np.array_equal(np.concatenate(batches), faces.images[faces.rows("train")])
    assert sum(len(faces.rows(split)) for split in ("train", "val", "test", "unlabelled")) == 20


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda path: (path / "table.parquet").unlink(), "table.parquet is missing"),
        (lambda path: (path / "meta.json").write_text("{"), "cannot be read"),
        (lambda path: (path / "table.parquet").write_bytes(b"x" * 20), "cannot be read"),
        (lambda path: os.truncate(path / "images.npy", 500), "cannot be read"),
        (lambda path: (path / "meta.json").write_text('{"format_version": 99}'), "format 99"),
        (lambda path: os.truncate(path / "images.npy", 0), "cannot be read"),
        (lambda path: (path / "meta.json").write_text("[]"), "format None"),
        (
            lambda path: (
                pd.read_parquet(path / "table.parquet")
                .drop(columns="gender")
                .to_parquet(path / "table.parquet")
            ),
            "no column gender",
        ),
        (lambda path: np.save(path / "images.npy", np.zeros((2, 4, 4, 3), np.uint8)), "is damaged"),
    ],
)
def test_a_damaged_set_is_told(tmp_path, make_source, damage, told):
    pack(make_source(tmp_path / "photos", n=4), tmp_path / "set", size=16)
    damage(tmp_path / "set")
    with pytest.raises(DataError, match=told):
        FaceSet.open(tmp_path / "set")


def test_a_worker_loads_no_data_frames(tmp_path):
    check = "import softbio.faces.chunks, sys; print([m for m in ('pandas', 'pyarrow', 'keras') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
