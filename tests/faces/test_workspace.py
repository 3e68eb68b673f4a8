"""Packing anew: what people added to the set is in the new one, whenever a kill comes."""

import json
import threading
from pathlib import Path

import pytest

from softbio.faces import pack as packing
from softbio.faces.event_log import EVENT_FILES, EventLog, holding_events
from softbio.faces.tags import Tags
from softbio.faces.workspace import Workspace


class Killed(BaseException):
    """Stands for a kill: nothing of ours catches it."""


def write_set(folder, which):
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(json.dumps(which))


@pytest.fixture
def old(tmp_path):
    """A set with tags and kept hypotheses."""
    out = tmp_path / "set"
    write_set(out, "old")
    for name in EVENT_FILES:
        EventLog(out / name).append([{"of": name}])
    return out


def which(out):
    return json.loads((out / "meta.json").read_text())


def begin(out):
    space = Workspace(out)
    write_set(space.set, "new")
    space.journal.write_text("")
    return space


def test_packing_anew_keeps_tags_of_the_faces_that_stay(tmp_path, make_source):
    source = make_source(tmp_path / "photos", n=12)
    tags = Tags(packing.pack(source, tmp_path / "set", size=16))
    tags.add("glasses", ["000001.jpg", "000011.jpg"], "yes", who="ann")
    fewer = make_source(tmp_path / "fewer", n=8)
    faces = packing.pack(fewer, tmp_path / "set", size=16, overwrite=True)
    again = Tags.open(faces)
    assert again.words() == {"glasses": (1, 0, 0)}
    assert again.gone == 1
    assert faces.fingerprint == packing.pack(fewer, tmp_path / "other", size=16).fingerprint


def test_a_kill_at_any_step_of_publishing_loses_nothing_of_what_people_added(old, monkeypatch):
    rename, unlink = Path.rename, Path.unlink
    for step in range(6):
        calls = []

        def killed(plain, step=step, calls=calls):
            def call(path, *args, **kwargs):
                if path.suffix != ".lock":
                    calls.append(path)
                    if len(calls) == step + 1:
                        raise Killed
                return plain(path, *args, **kwargs)

            return call

        space = begin(old)
        with monkeypatch.context() as patched:
            patched.setattr(Path, "rename", killed(rename))
            patched.setattr(Path, "unlink", killed(unlink))
            try:
                space.publish()
                finished = True
            except Killed:
                finished = False
        if not finished:
            again = Workspace(old)
            with again.locked():
                if not again.set.exists():  # the kill came after the set was in its place
                    assert which(old) == "new"
                    again.discard()
                else:
                    assert which(old) == "old", "until the end, the old set stands"
                    again.publish()
        else:
            with space.locked():
                pass
        assert which(old) == "new"
        assert not space.folder.exists()
        for name in EVENT_FILES:
            assert EventLog(old / name).read() == [{"of": name}]
        (old / "meta.json").write_text(json.dumps("old"))
        if finished:
            assert step >= 3, "several steps were there to be killed at"
            return
    pytest.fail("publishing never came to its end")


def test_a_set_is_back_after_a_kill_also_when_the_new_one_comes_to_nothing(old):
    space = Workspace(old)
    space.folder.mkdir()
    old.rename(space.previous)
    with pytest.raises(RuntimeError), Workspace(old).locked():
        raise RuntimeError
    assert which(old) == "old"
    assert EventLog(old / "tags.jsonl").read() == [{"of": "tags.jsonl"}]


def test_who_writes_while_a_set_is_replaced_writes_to_the_new_one(old):
    space = begin(old)
    log = EventLog(old / "tags.jsonl")
    with holding_events(old):
        publisher = threading.Thread(target=space.publish)
        publisher.start()
        writer = threading.Thread(target=log.append, args=([{"late": True}],))
        writer.start()
        publisher.join(0.1)
        assert publisher.is_alive(), "nobody replaces a set that is being written to"
        assert which(old) == "old"
    publisher.join()
    writer.join()
    assert which(old) == "new"
    assert log.read() == [{"of": "tags.jsonl"}, {"late": True}]


def test_what_a_killed_publishing_copied_does_not_come_back(old):
    space = begin(old)
    (space.set / "tags.jsonl").write_text('{"of": "another set"}\n')
    (old / "tags.jsonl").unlink()
    space.publish()
    assert not (old / "tags.jsonl").exists()
