"""Colours are told once of a set and kept beside it."""

import numpy as np
import pytest

from softbio.errors import DataError
from softbio.hypotheses.probe import colour_file
from softbio.hypotheses.probe.colour import COLUMNS, describe
from softbio.hypotheses.probe.colour_file import colours


@pytest.fixture
def faces(make_faces, tmp_path):
    return make_faces(tmp_path / "set", n=20, size=24)


def _kept(faces):
    return sorted(file.name for file in faces.path.glob("*colours*"))


def test_what_was_told_is_kept_for_this_very_set(make_faces, tmp_path, monkeypatch):
    faces = make_faces(tmp_path / "set", n=600, size=24)
    done = []
    first = colours(faces, lambda now, of: done.append((now, of)))
    assert done == [(256, 600), (512, 600), (600, 600)]
    np.testing.assert_array_equal(first, describe(np.asarray(faces.images)).astype(np.float16))
    monkeypatch.setattr(colour_file, "describe", None)
    np.testing.assert_array_equal(colours(faces), first)


def test_a_set_that_was_packed_anew_is_looked_at_anew(faces):
    colours(faces)
    before = _kept(faces)
    faces.meta["fingerprint"] = "another"
    colours(faces)
    assert len(before) == 1
    assert len(_kept(faces)) == 1
    assert _kept(faces) != before


@pytest.mark.parametrize("damage", [b"", b"no numbers", None])
def test_a_damaged_file_is_made_anew(faces, damage):
    first = np.array(colours(faces))
    (path,) = faces.path.glob("colours-*.npy")
    path.write_bytes(path.read_bytes()[:500] if damage is None else damage)
    np.testing.assert_array_equal(colours(faces), first)
    assert path.stat().st_size > first.nbytes
    assert len(_kept(faces)) == 1


def test_a_folder_that_cannot_be_written_to_is_no_hindrance(faces, monkeypatch):
    def refused(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(colour_file, "replacing", refused)
    told = colours(faces)
    np.testing.assert_array_equal(told, describe(np.asarray(faces.images)).astype(np.float16))
    assert told.shape == (20, COLUMNS)
    assert _kept(faces) == []


def test_a_telling_that_fails_leaves_nothing_behind(faces, monkeypatch):
    def broken(images):
        raise RuntimeError("no")

    monkeypatch.setattr(colour_file, "describe", broken)
    with pytest.raises(RuntimeError, match="no"):
        colours(faces)
    assert _kept(faces) == []


def test_a_set_without_images_has_no_colours(make_faces, tmp_path):
    with pytest.raises(DataError, match="bare holds no images"):
        colours(make_faces(tmp_path / "bare", n=3, size=0))
