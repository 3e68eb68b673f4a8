"""Photographs come in order, all of them, decoded ahead and in bounded memory."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from softbio.errors import DataError
from softbio.faces import stream
from softbio.faces.decode import read_bytes, read_face
from softbio.faces.stream import decoded_batches

BROKEN = {5, 6, 40}


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    """Names and paths of sixty photographs, three of them broken."""
    folder = tmp_path_factory.mktemp("stream")
    for number in range(60):
        path = folder / f"{number:02d}.png"
        Image.new("RGB", (9, 11), (number, 0, 0)).save(path)
        if number in BROKEN:
            path.write_bytes(b"nothing")
    paths = sorted(str(path) for path in folder.iterdir())
    return [path[-6:] for path in paths], paths


def values(batches):
    """Return the red of the first pixel of each face, and check the shapes."""
    found = []
    for batch in batches:
        assert batch.dtype == np.uint8 and batch.shape[1:] == (8, 8, 3)
        found += batch[:, 0, 0, 0].tolist()
    return found


@settings(max_examples=25, deadline=None)
@given(count=st.integers(0, 60), size=st.integers(1, 70), workers=st.integers(1, 3))
def test_every_photograph_comes_once_in_order(photographs, count, size, workers):
    names, paths = (part[:count] for part in photographs)
    skipped = []
    found = values(decoded_batches(names, paths, 8, size, skipped=skipped, workers=workers))
    assert found == [number for number in range(count) if number not in BROKEN]
    assert [name for name, _ in skipped] == [names[n] for n in sorted(BROKEN) if n < count]


def test_pixels_are_those_of_packing(photographs):
    names, paths = photographs
    (batch,) = decoded_batches(names[:4], paths[:4], 8, 4)
    np.testing.assert_array_equal(batch, [read_face(path, 8) for path in paths[:4]])


def test_the_first_broken_photograph_is_the_error(photographs):
    with pytest.raises(DataError, match=r"05\.png"):
        values(decoded_batches(*photographs, 8, 7))


def test_a_batch_without_a_readable_photograph_is_left_out(photographs):
    names, paths = (part[5:7] for part in photographs)
    assert values(decoded_batches(names, paths, 8, 2, skipped=[])) == []


def test_only_a_few_batches_are_decoded_ahead(photographs, monkeypatch):
    names, paths = (part[10:40] for part in photographs)
    read = []

    def remembered(path):
        read.append(path)
        return read_bytes(path)

    monkeypatch.setattr(stream, "read_bytes", remembered)
    batches = decoded_batches(names, paths, 8, 2)
    next(batches)
    batches.close()
    assert len(read) <= 2 * 5
