"""``head.npz`` comes back as it was written, and nothing else is taken for it."""

import numpy as np
import pytest

from softbio.errors import RunError
from softbio.runs import RunStore, sha256_of
from softbio.runs.head import HEAD_FILE, Head, run_head

HEAD = Head(np.array([0.5, -2.0, 3e-8]), 0.25, offset=-1.0, iterations=7, converged=False, loss=0.3)


def test_a_head_comes_back_as_it_was(tmp_path):
    digest = HEAD.save(tmp_path / HEAD_FILE)
    again = Head.load(tmp_path / HEAD_FILE)
    assert digest == sha256_of(tmp_path / HEAD_FILE)
    assert np.array_equal(again.kernel, HEAD.kernel) and again.kernel.dtype == np.float32
    for name in ("bias", "offset", "iterations", "converged", "loss"):
        assert getattr(again, name) == getattr(HEAD, name)


def test_scores_are_the_sigmoid_of_the_logits():
    head = Head(np.array([1.0, -1.0]), 0.5)
    values = np.array([[1, 0], [0, 1], [1000, 0], [0, 1000]], dtype=np.float16)
    expected = 1 / (1 + np.exp(-np.array([1.5, -0.5])))
    scores = head.scores(values)
    assert scores.dtype == np.float32 and scores[2:].tolist() == [1.0, 0.0]
    np.testing.assert_allclose(scores[:2], expected, rtol=1e-6)
    with pytest.raises(ValueError, match="do not fit a kernel of 2"):
        head.scores(np.ones((4, 3)))


class Trap:
    """Would leave a trace if it were unpickled."""

    def __reduce__(self):
        return (pytest.fail, ("the file was unpickled",))


@pytest.mark.parametrize(
    "changes",
    [
        {"kernel": np.ones((3, 2), dtype=np.float32)},
        {"kernel": np.ones(3)},
        {"kernel": np.array([1, np.nan], dtype=np.float32)},
        {"kernel": np.zeros(0, dtype=np.float32)},
        {"bias": np.float64("inf")},
        {"bias": np.ones(2)},
        {"bias": None},
        {"kernel": np.array([Trap()], dtype=object)},
    ],
    ids=["matrix", "float64", "nan", "empty", "infinite", "two biases", "no bias", "pickle"],
)
def test_what_is_not_a_head_is_refused(tmp_path, changes):
    path = tmp_path / HEAD_FILE
    HEAD.save(path)
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files} | changes
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    with pytest.raises(RunError, match="is damaged"):
        Head.load(path)


@pytest.mark.parametrize("content", [b"", b"not a head", b"PK\x03\x04 cut off"])
def test_a_damaged_file_is_one_sentence(tmp_path, content):
    (tmp_path / HEAD_FILE).write_bytes(content)
    with pytest.raises(RunError, match="is damaged"):
        Head.load(tmp_path / HEAD_FILE)
    with pytest.raises(RunError, match="is missing"):
        Head.load(tmp_path / "none.npz")


def test_a_runs_head_is_verified(tmp_path, run_config):
    run = RunStore(tmp_path / "models").create(run_config)
    with pytest.raises(RunError, match="was not refitted"):
        run_head(run)
    run.update_state(head_sha256=HEAD.save(run.path / HEAD_FILE))
    assert run_head(run).bias == HEAD.bias
    Head(np.ones(3), 0.0).save(run.path / HEAD_FILE)
    with pytest.raises(RunError, match="SHA-256"):
        run_head(run)
