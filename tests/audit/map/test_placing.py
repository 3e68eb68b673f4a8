"""The map: scikit-learn's components, whatever the blocks; kept beside the run while it is true."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from softbio.audit.map import flat, map_of, pca, principal_plane
from softbio.errors import ConfigError, DataError, RunError


@pytest.fixture(scope="module")
def values():
    draws = np.random.default_rng(0)
    mixing = draws.normal(size=(6, 9)) * np.array([5, 3, 1, 1, 0.5, 0.2])[:, None]
    return (draws.normal(size=(500, 6)) @ mixing + 100).astype(np.float32)


def test_the_plane_is_that_of_scikit_learn_up_to_sign(values):
    expected = PCA(2).fit_transform(StandardScaler().fit_transform(values.astype(np.float64)))
    found = principal_plane(values)
    for axis in range(2):
        sign = np.sign(found[:, axis] @ expected[:, axis])
        np.testing.assert_allclose(found[:, axis], sign * expected[:, axis], atol=2e-3)


def test_blocks_change_nothing(values, monkeypatch):
    whole = principal_plane(values)
    monkeypatch.setattr(pca, "_BLOCK", 37)
    np.testing.assert_allclose(principal_plane(values), whole, atol=1e-4)


def test_columns_that_never_move_and_too_few_columns_are_no_fault():
    still = np.full((20, 3), 7.0)
    np.testing.assert_array_equal(principal_plane(still), np.zeros((20, 2)))
    one = principal_plane(np.arange(10.0)[:, None])
    assert one.shape == (10, 2) and np.ptp(one[:, 0]) > 1 and not one[:, 1].any()
    assert principal_plane(np.zeros((0, 4))).shape == (0, 2)


def test_unknown_and_missing_methods_are_told(values, monkeypatch):
    with pytest.raises(ConfigError, match="There is no map 'tsne'"):
        flat(values, "tsne")
    monkeypatch.setattr("softbio.audit.map.placing.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="needs the library umap-learn"):
        flat(values, "umap")


def write_embeddings(run, values):
    np.save(run.path / "embeddings.npy", values.astype(np.float16))
    (run.path / "embeddings.json").write_text('{"block1": [0, 3], "features": [3, 9]}')


def test_the_map_is_of_the_last_layers_inputs_and_kept_until_they_change(scored_run, values):
    with pytest.raises(RunError, match="embeddings"):
        map_of(scored_run)
    write_embeddings(scored_run, values)
    first = map_of(scored_run)
    np.testing.assert_allclose(first, principal_plane(values.astype(np.float16)[:, 3:]))
    path = scored_run.path / "map-pca.npy"
    np.save(path, first + 1)
    np.testing.assert_allclose(map_of(scored_run), first + 1)  # it was read, not made
    path.write_bytes(b"damaged")
    np.testing.assert_allclose(map_of(scored_run), first)
    write_embeddings(scored_run, values[::-1])
    assert not np.allclose(map_of(scored_run), first)


def test_embeddings_that_are_no_numbers_have_no_map(scored_run, values):
    broken = values.copy()
    broken[3, 5] = np.inf
    write_embeddings(scored_run, broken)
    with pytest.raises(DataError, match="not all numbers"):
        map_of(scored_run)
