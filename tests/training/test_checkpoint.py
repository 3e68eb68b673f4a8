"""A checkpoint gives back what was put in, and says so when it cannot."""

import json

import numpy as np
import pytest

from softbio.errors import RunError
from softbio.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from softbio.training.stopping import Stopping


def test_a_state_comes_back_to_the_bit_with_its_empty_lists(scored_run):
    state = {
        "weights": [np.float32([[0.1, np.nextafter(1, 2)]]), np.zeros((0, 3), np.float32)],
        "optimizer": [np.array(7, dtype=np.int64), *(np.full(2, n / 3) for n in range(12))],
        "objectives": [],
    }
    assert read_checkpoint(scored_run) is None
    write_checkpoint(scored_run, Checkpoint(3, Stopping(), False, 1.5, state))
    again = read_checkpoint(scored_run)
    assert (again.epoch, again.stopping, again.finished) == (3, Stopping(), False)
    assert list(again.state) == list(state)
    for name, arrays in state.items():
        assert len(again.state[name]) == len(arrays)
        for mine, theirs in zip(again.state[name], arrays, strict=True):
            assert mine.dtype == theirs.dtype
            np.testing.assert_array_equal(mine, theirs)


def test_a_damaged_checkpoint_is_told_with_its_place(scored_run):
    write_checkpoint(scored_run, Checkpoint(1, Stopping(), False, 1.0, {"weights": []}))
    path = scored_run.checkpoints_path / "last.npz"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(RunError, match=r"last\.npz cannot be read .* Train anew"):
        read_checkpoint(scored_run)


def test_a_checkpoint_that_lacks_something_is_told_with_its_place(scored_run):
    path = scored_run.checkpoints_path / "last.npz"
    path.parent.mkdir()
    for about in ({"epoch": 1}, {"epoch": 1, "stopping": {"best": 3}}, [1, 2], None):
        np.savez(path, about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8))
        with pytest.raises(RunError, match=r"last\.npz cannot be read .* Train anew"):
            read_checkpoint(scored_run)
