import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from softbio.audit.explaining_face import (
    distances,
    nearest,
    nearest_by,
    neighbours,
    scale_of,
)


@pytest.fixture(scope="module")
def values():
    rng = np.random.default_rng(0)
    spread = rng.uniform(0.01, 50, 24)
    return (rng.normal(0, 1, (900, 24)) * spread + 20).astype(np.float16)


@pytest.fixture(scope="module")
def standardised(values):
    return StandardScaler().fit_transform(values.astype(np.float64))


@pytest.mark.parametrize("row", [0, 17, 899])
def test_they_are_the_nearest_of_the_standardised_embeddings(values, standardised, row):
    found = nearest(values, row, k=9)
    far, rows = NearestNeighbors(n_neighbors=10).fit(standardised).kneighbors(standardised[[row]])
    assert rows[0, 0] == row
    assert found.rows.tolist() == rows[0, 1:].tolist()
    assert found.distance == pytest.approx(far[0, 1:], rel=1e-4)


def test_only_the_asked_faces_are_chosen_from(values, standardised):
    among = np.random.default_rng(1).choice(900, 200, replace=False)
    found = nearest(values, 5, among, k=7)
    others = among[among != 5]
    far = np.linalg.norm(standardised[others] - standardised[5], axis=1)
    assert found.rows.tolist() == others[np.argsort(far)[:7]].tolist()


def test_blocks_change_nothing(values, monkeypatch):
    whole = nearest(values, 3, k=20)
    monkeypatch.setattr(neighbours, "_BLOCK_BYTES", 24 * 4 * 7)
    blocked = nearest(values, 3, k=20)
    assert blocked.rows.tolist() == whole.rows.tolist()
    assert blocked.distance == pytest.approx(whole.distance, rel=1e-5)


def test_distances_known_already_give_the_same(values):
    scale = scale_of(values)
    known = distances(values, 11, scale)
    assert known[11] == 0
    first, second = nearest(values, 11, scale=scale, k=6), nearest_by(known, 11, k=6)
    assert first.rows.tolist() == second.rows.tolist()


def test_a_channel_that_never_changes_tells_nothing(values):
    more = np.column_stack([values, np.full(len(values), 3.0)]).astype(np.float16)
    assert np.isinf(scale_of(more).deviation[-1])
    assert nearest(more, 2, k=5).rows.tolist() == nearest(values, 2, k=5).rows.tolist()


def test_the_spread_is_that_of_numpy_also_far_from_zero():
    rng = np.random.default_rng(2)
    values = (1000 + rng.normal(0, [1.0, 4.0, 16.0], (5000, 3))).astype(np.float16)
    assert scale_of(values).deviation == pytest.approx(values.astype(float).std(axis=0), rel=1e-4)


@given(
    n=st.integers(1, 40),
    k=st.integers(0, 50),
    seed=st.integers(0, 2**32 - 1),
)
def test_equal_faces_stand_by_row_and_nobody_is_its_own_neighbour(n, k, seed):
    draws = np.random.default_rng(seed)
    values = draws.integers(0, 2, (n, 2)).astype(np.float16)
    row = int(draws.integers(n))
    found = nearest(values, row, k=k)
    assert len(found) == min(k, n - 1)
    assert row not in found.rows
    order = np.lexsort((found.rows, found.distance))
    assert order.tolist() == list(range(len(found)))


def test_memory_is_that_of_a_block_not_of_the_embeddings(tmp_path):
    import tracemalloc

    values = np.lib.format.open_memmap(tmp_path / "e.npy", "w+", np.float16, (120_000, 256))
    scale = scale_of(values[:100])
    tracemalloc.start()
    distances(values, 0, scale)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # 61 MB of embeddings, twice that as float32.
    assert peak < 24 << 20
