"""Features: embeddings, colours and edges as one table for a linear probe."""

from types import SimpleNamespace

import numpy as np
import pytest

from softbio.errors import DataError, RunError
from softbio.hypotheses.probe import Features
from softbio.hypotheses.probe.colour import BLOCKS, describe


def _run(faces, values, ranges, kind="trained"):
    config = SimpleNamespace(data_fingerprint=faces.fingerprint, kind=kind)
    return SimpleNamespace(id="a-run", config=config, embeddings=lambda: (values, ranges))


@pytest.fixture
def faces(make_faces, tmp_path):
    return make_faces(tmp_path / "set", n=90, size=24)


@pytest.fixture
def embedded(faces):
    values = np.random.default_rng(0).normal(3, 2, (len(faces), 30)).astype(np.float16)
    values[:, 4] = 7  # a dead unit
    return values


def _standardised(block):
    block = block.astype(np.float64) - block.mean(axis=0, dtype=np.float64)
    spread = block.std(axis=0)
    block = block[:, spread > 1e-4] / spread[spread > 1e-4]
    return block / np.sqrt(block.shape[1])


def test_distances_are_those_of_blocks_that_weigh_the_same(faces, embedded):
    # 90 faces span fewer axes than are kept, so nothing is lost.
    features = Features.of(faces, _run(faces, embedded, {"block1": (0, 10), "block2": (10, 30)}))
    told = describe(np.asarray(faces.images)).astype(np.float16)
    parts = [embedded, *(told[:, start:stop] for start, stop in BLOCKS.values())]
    joined = np.concatenate([_standardised(part) for part in parts], axis=1) / np.sqrt(5)
    np.testing.assert_allclose(features.values @ features.values.T, joined @ joined.T, atol=1e-4)
    assert features.blocks == {
        "embeddings": 30,
        "colours": 195,
        "edges": 160,
        "eyes": 144,
        "light": 264,
    }
    assert features.source == "the embeddings of a-run with colours and edges"


def test_axes_stand_in_the_order_of_their_variance(faces):
    features = Features.of(faces)
    assert features.source == "colours and edges"
    assert features.values.dtype == np.float32
    assert features.values.shape == (90, 256)
    assert len(features) == 90
    variance = features.values.var(axis=0)
    assert (np.diff(variance) <= 1e-6).all()
    assert np.square(features.values).sum(axis=1).mean() == pytest.approx(1, abs=1e-3)
    np.testing.assert_allclose(features.values.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_array_equal(Features.of(faces).values, features.values)


def test_columns_that_stand_in_two_blocks_count_once(faces, embedded):
    once = Features.of(faces, _run(faces, embedded, {"a": (0, 10), "b": (10, 30)}))
    twice = Features.of(faces, _run(faces, embedded, {"a": (0, 10), "b": (10, 30), "f": (10, 30)}))
    np.testing.assert_array_equal(once.values, twice.values)


def test_scores_are_the_products(faces):
    features = Features.of(faces)
    weights = np.random.default_rng(1).normal(size=256)
    expected = features.rows(np.arange(90)) @ weights + 0.5
    np.testing.assert_allclose(features.scores(weights, 0.5), expected, atol=1e-4)


def test_a_run_of_other_faces_is_refused(faces, embedded):
    other = SimpleNamespace(fingerprint="other")
    with pytest.raises(RunError, match="not made from set as it is now"):
        Features.of(faces, _run(other, embedded, {"a": (0, 30)}))
    with pytest.raises(RunError, match="embeddings of a-run are of 89 faces, but set holds 90"):
        Features.of(faces, _run(faces, embedded[1:], {"a": (0, 30)}))
    with pytest.raises(RunError, match="was imported"):
        Features.of(faces, _run(faces, embedded, {"a": (0, 30)}, kind="imported"))


def test_a_set_without_images_needs_a_run(make_faces, tmp_path):
    bare = make_faces(tmp_path / "bare", n=12, size=0)
    with pytest.raises(DataError, match=r"bare holds no images.*Choose a run"):
        Features.of(bare)
    values = np.random.default_rng(2).normal(size=(12, 5)).astype(np.float16)
    features = Features.of(bare, _run(bare, values, {"a": (0, 5)}))
    assert features.blocks == {"embeddings": 5}
    assert features.source == "the embeddings of a-run"
