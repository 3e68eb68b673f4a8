"""Clusters of the embedding: the failing one is found and described, noise gives none."""

import numpy as np
import pytest

from softbio.audit.slices import cluster_slices
from softbio.audit.slices.clusters import clusters_of, standing_out
from softbio.errors import ConfigError

GROUPS = ("women", "men")


@pytest.fixture(scope="module")
def heaps():
    """Four heaps of faces, 300 each, in 20 dimensions of very different size."""
    random = np.random.default_rng(0)
    heap = np.repeat(np.arange(4), 300)
    values = random.normal(size=(1200, 20)) + 6 * random.normal(size=(4, 20))[heap]
    return (values * random.uniform(0.1, 30, 20)).astype(np.float16), heap, random


def test_clusters_are_the_heaps(heaps):
    values, heap, _ = heaps
    found = clusters_of(values, 4)
    assert len(set(zip(found.tolist(), heap.tolist(), strict=True))) == 4


def test_the_failing_cluster_is_found_with_its_faces_and_no_negation_is_tested(heaps):
    values, heap, random = heaps
    wrong = random.random(1200) < np.where(heap == 2, 0.4, 0.05)
    found = cluster_slices(values, wrong, random.integers(0, 2, 1200), GROUPS, clusters=4)
    assert found.tested == 12 and found.found == 3
    (together,) = found.of("all")
    assert np.array_equal(together.rows, np.flatnonzero(heap == 2))
    assert together.errors == wrong[heap == 2].sum()


def test_random_errors_give_no_cluster(heaps):
    values, _, _ = heaps
    random = np.random.default_rng(1)
    finds = 0
    for _ in range(5):
        wrong, group = random.random(1200) < 0.1, random.integers(0, 2, 1200)
        finds += cluster_slices(values, wrong, group, GROUPS, clusters=4).found > 0
    assert finds <= 1


def test_what_stands_out_is_told_the_largest_difference_first():
    rows, among = np.arange(10), np.arange(40)
    traits = {
        "same": np.tile([0, 1], 20),
        "half": np.r_[np.tile([0, 1], 5), np.zeros(30, int)],
        "all": np.r_[np.ones(10, int), np.zeros(30, int)],
        "unknown": np.full(40, -1),
    }
    assert standing_out(traits, rows, among) == (("all", 1.0, 0.0), ("half", 0.5, 0.0))


def test_more_clusters_than_faces_are_refused():
    with pytest.raises(ConfigError, match="2 to 3 clusters"):
        clusters_of(np.ones((3, 2)), 4)
