import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.audit.explaining_face import counterparts

NAMES = ("Hat", "Smiling", "Eyeglasses", "Male")


def made(n=300, seed=0, unknown=0.1):
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, n)
    columns = {name: rng.integers(0, 2, n).astype(np.int8) for name in NAMES[:3]}
    for values in columns.values():
        values[rng.random(n) < unknown] = -1
    columns["Male"] = group.astype(np.int8)
    return columns, group


def differing(columns, row, other):
    return {
        name
        for name in NAMES[:3]
        if columns[name][row] >= 0 <= columns[name][other] != columns[name][row]
    }


@given(seed=st.integers(0, 1000), row=st.integers(0, 299), k=st.integers(1, 40))
def test_nobody_left_out_has_fewer_differences(seed, row, k):
    columns, group = made(seed=seed)
    found = counterparts(columns, group, row, 1 - group[row], k)
    counts = [len(names) for names in found.differing]
    assert counts == sorted(counts)
    assert (group[found.rows] != group[row]).all()
    for one, names in zip(found.rows, found.differing, strict=True):
        assert set(names) == differing(columns, row, one)
    rest = set(np.flatnonzero(group != group[row])) - set(found.rows.tolist())
    if rest and found.compared:
        assert min(len(differing(columns, row, one)) for one in rest) >= counts[-1]


def test_what_tells_the_group_is_not_compared():
    columns, group = made()
    found = counterparts(columns, group, 0, 1 - group[0])
    assert found.left_out == ("Male",)
    assert "Male" not in found.compared


def test_of_equals_the_nearest_by_embedding_comes_first():
    columns, group = made(unknown=0)
    distance = np.random.default_rng(1).random(300).astype(np.float32)
    found = counterparts(columns, group, 0, 1 - group[0], 30, distance=distance)
    same = found.distance[found.same]
    assert len(same) > 5
    assert (np.diff(same) >= 0).all()


def test_a_face_of_which_less_is_known_comes_after_its_equals():
    columns = {"Hat": np.array([1, 1, -1], np.int8)}
    found = counterparts(columns, np.array([0, 1, 1]), 0, 1)
    assert found.rows.tolist() == [1, 2]
    assert found.differing == ((), ())


@pytest.mark.parametrize("columns", [{}, {"Hat": np.full(4, -1, np.int8)}])
def test_without_anything_to_compare_there_are_none_to_show(columns):
    found = counterparts(columns, np.array([0, 0, 1, 1]), 0, 1)
    assert len(found) == 0
    assert found.candidates == 2
