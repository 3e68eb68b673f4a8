"""Cohen's kappa against scikit-learn, and intervals that hold the truth as often as they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from softbio.faces.reviews import Reviews, kappa


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=3, max_size=60))
@settings(max_examples=40)
def test_kappa_is_that_of_scikit_learn(pairs):
    first, second = np.array(pairs).T
    table = np.zeros((3, 3), int)
    np.add.at(table, (first, second), 1)
    found = kappa(table)
    if np.array_equal(first, second) and len(set(first)) == 1:
        assert np.isnan(found).all()  # scikit-learn divides by zero here
        return
    assert found.value == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)
    assert -1 <= found.low <= found.value <= found.high <= 1


def test_exchanging_reviewers_or_answers_changes_nothing():
    table = np.array([[20, 5], [3, 40]])
    value = kappa(table).value
    assert kappa(table.T) == kappa(table)
    assert kappa(table[::-1, ::-1]).value == pytest.approx(value)


@pytest.mark.parametrize("table", [np.zeros((2, 2), int), [[9, 0], [0, 0]], [[0, 0], [0, 4]]])
def test_where_chance_alone_agrees_kappa_is_not_defined(table):
    assert np.isnan(kappa(np.array(table))).all()


def test_perfect_agreement_on_few_faces_is_not_certain():
    few, many = kappa(np.diag([10, 10])), kappa(np.diag([100, 100]))
    assert few.value == few.high == many.value == 1
    assert few.low < 0.85 < 0.95 < many.low < 1


@pytest.mark.parametrize(
    "shares", [[[0.2, 0.02], [0.03, 0.75]], [[0.48, 0.01], [0.01, 0.5]], [[0.3, 0.1], [0.2, 0.4]]]
)
@pytest.mark.parametrize("n", [20, 60])
def test_intervals_hold_the_truth_about_as_often_as_they_say(shares, n):
    shares = np.array(shares)
    chance = (shares.sum(axis=0) * shares.sum(axis=1)).sum()
    truth = (np.trace(shares) - chance) / (1 - chance)
    drawn = np.random.default_rng(0).multinomial(n, shares.ravel(), 200).reshape(-1, 2, 2)
    found = [one for one in map(kappa, drawn) if not np.isnan(one.value)]
    held = np.mean([one.low <= truth <= one.high for one in found])
    assert held > 0.9  # the asymptotic variance holds it in 31 to 94 of 100 of these cases


@pytest.fixture
def reviews(make_faces, tmp_path):
    return Reviews(make_faces(tmp_path / "set"))


def test_agreement_is_about_the_faces_of_which_both_are_sure(reviews):
    faces = reviews.faces
    names = faces.table["filename"].tolist()
    rng = np.random.default_rng(4)
    first = rng.choice([1, 0, -2, -1], len(names), p=[0.4, 0.3, 0.1, 0.2])
    second = np.where(rng.random(len(names)) < 0.8, first, rng.choice([1, 0, -2], len(names)))
    said = {1: 1, 0: 0, -2: "unsure"}
    for who, codes in (("Ann", first), ("Bob", second)):
        rows = np.flatnonzero(codes != -1)
        reviews.add([names[row] for row in rows], [said[codes[row]] for row in rows], who)
    found = reviews.agreement("Ann", "Bob")
    sure = (first >= 0) & (second >= 0)
    assert found.n == sure.sum()
    assert found.same == pytest.approx((first == second)[sure].mean())
    assert found.kappa.value == pytest.approx(cohen_kappa_score(first[sure], second[sure]))
    both = (first != -1) & (second != -1)
    assert found.table.sum() == both.sum()
    assert found.table[0, 2] == ((first == 1) & (second == -2)).sum()
    np.testing.assert_array_equal(reviews.agreement("Bob", "Ann").table, found.table.T)
    group = faces.group_index()
    for index, name in enumerate(("women", "men")):
        of = sure & (group == index)
        assert found.groups[name].n == of.sum()
        expected = cohen_kappa_score(first[of], second[of])
        assert found.groups[name].kappa.value == pytest.approx(expected)


def test_reviewers_without_a_face_in_common_have_no_agreement(reviews):
    reviews.add("0000.jpg", 1, "Ann")
    reviews.add("0001.jpg", 1, "Bob")
    found = reviews.agreement("Ann", "Bob")
    assert found.n == 0 and np.isnan(found.same) and np.isnan(found.kappa).all()
