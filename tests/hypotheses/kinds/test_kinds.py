"""Kinds of faces: planted ones are found whatever the gender, and one is an answer."""

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.hypotheses.kinds import headline, kinds
from softbio.hypotheses.traits import Traits

N, D = 2400, 12


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A function: faces, features and the truth of a class of so many kinds.

    Women are mostly of the first kind and men of the others; far more than kinds, the two
    genders differ in a direction of their own.
    """

    def make(many, strength=5.0, seed=0):
        rng = np.random.default_rng(seed)
        men = rng.random(N) < 0.4
        member = rng.random(N) < 0.25
        odds = np.where(men[:, None], [[0.15, 0.6, 0.25]], [[0.85, 0.1, 0.05]])[:, :many]
        odds = odds / odds.sum(axis=1, keepdims=True)
        kind = (rng.random(N)[:, None] > odds.cumsum(axis=1)).sum(axis=1)
        values = rng.normal(size=(N, D))
        values[:, -1] += 12 * men
        values[np.arange(N), kind] += strength * member
        kind = np.where(member, kind, -1)
        table = pd.DataFrame(
            {
                "filename": [f"{row}.jpg" for row in range(N)],
                "label": pd.array(member, dtype="Int8"),
                "gender": pd.array(np.where(men, 1, -1), dtype="Int8"),
                "identity": pd.array(np.arange(N) // 2, dtype="Int64"),
                "split": "train",
                "Hat": pd.array(kind == 0, dtype="Int8"),
                "Beard": pd.array(men & (rng.random(N) < 0.8), dtype="Int8"),
                "Coin": pd.array(rng.integers(0, 2, N), dtype="Int8"),
            }
        )
        meta = {
            "fingerprint": "0",
            "group_column": "gender",
            "groups": {"-1": "women", "1": "men"},
            "attributes": ["Hat", "Beard", "Coin"],
        }
        folder = tmp_path_factory.mktemp("faces")
        return FaceSet(folder, np.zeros((N, 0, 0, 3), np.uint8), table, meta), values, kind

    return make


@pytest.fixture(scope="module")
def pair(planted):
    """Faces, features and truth of two kinds, and what is found of them with at most three."""
    faces, values, truth = planted(2)
    rows = np.flatnonzero(truth >= 0)
    return faces, values, truth, kinds(faces, rows, values, Traits.of(faces), most=3)


def cut(found):
    """Each face's kind, −1 outside the class."""
    assigned = np.full(N, -1)
    for number, kind in enumerate(found.groups):
        assigned[kind.rows] = number
    return assigned


@pytest.mark.parametrize("many", [2, 3])
def test_planted_kinds_are_found_among_women_and_among_men(planted, many):
    faces, values, truth = planted(many)
    rows = np.flatnonzero(truth >= 0)
    found = kinds(faces, rows, values)
    assert len(found) == many
    assigned = cut(found)
    for inside in (rows, *(rows[faces.group_index()[rows] == group] for group in (0, 1))):
        assert adjusted_rand_score(truth[inside], assigned[inside]) > 0.85
    assert found.separation > 2 and found.stability > 0.9
    # What is avoided: clusters of the same features that are merely women and men.
    naive = KMeans(2, n_init=2, random_state=0).fit_predict(values[rows])
    assert adjusted_rand_score(faces.group_index()[rows], naive) > 0.99


@pytest.mark.parametrize("shift", [-0.5, 1000.0])
def test_what_tells_the_genders_apart_changes_nothing(pair, shift):
    faces, values, truth, found = pair
    moved = values + shift * (faces.group_index() == 1)[:, None] * np.linspace(0, 1, D)
    # Bounds of the columns move with their values, so a few faces at the border may change.
    again = kinds(faces, np.flatnonzero(truth >= 0), moved, most=3)
    assert adjusted_rand_score(cut(found), cut(again)) > 0.95


def test_a_class_that_is_one_cloud_is_one_kind(planted):
    faces, values, truth = planted(1)
    found = kinds(faces, np.flatnonzero(truth >= 0), values)
    assert len(found) == 1 and np.isnan(found.separation) and "One kind" in found.sentence
    assert found.stands_out
    assert found.groups[0].share == 1


@pytest.mark.parametrize("seed", range(5))
def test_faces_drawn_at_random_are_one_kind(planted, seed):
    faces, values, _ = planted(2)
    rows = np.random.default_rng(seed).choice(N, 400, replace=False)
    found = kinds(faces, rows, values, seed=seed)
    assert len(found) == 1 and not found.stands_out


def test_a_unit_that_answers_to_a_handful_of_faces_makes_no_kind(planted):
    faces, values, truth = planted(1)
    loud = values.copy()
    loud[np.random.default_rng(1).choice(N, 40, replace=False), 5] += 500
    assert len(kinds(faces, np.flatnonzero(truth >= 0), loud)) == 1


def test_kinds_part_the_class_and_central_faces_are_typical(pair):
    faces, values, truth, found = pair
    rows = np.flatnonzero(truth >= 0)
    assert np.array_equal(np.sort(np.concatenate([kind.rows for kind in found.groups])), rows)
    sizes = [len(kind.rows) for kind in found.groups]
    assert sizes == sorted(sizes, reverse=True) and sum(
        k.share for k in found.groups
    ) == pytest.approx(1)
    for kind in found.groups:
        assert np.isin(kind.central, kind.rows).all()
        assert np.bincount(faces.group_index()[kind.central]).max() <= 24
        middle = [values[chosen].mean(axis=0)[:2] for chosen in (kind.central, kind.rows)]
        assert np.abs(middle[0] - middle[1]).max() < 1
    assert {name: total for name, (_, total) in found.groups[0].by_group.items()} == {
        "women": int((faces.group_index()[rows] == 0).sum()),
        "men": int((faces.group_index()[rows] == 1).sum()),
    }


def test_the_same_seed_gives_the_same_and_another_all_but_the_same(pair):
    faces, values, truth, found = pair
    rows = np.flatnonzero(truth >= 0)
    same, other = (kinds(faces, rows, values, most=3, seed=seed) for seed in (0, 1))
    assert np.array_equal(cut(found), cut(same)) and found.stability == same.stability
    assert adjusted_rand_score(cut(found)[rows], cut(other)[rows]) > 0.97


def test_the_trait_of_a_kind_is_named_and_that_of_its_gender_is_not(pair):
    found = pair[3]
    first = found.groups[0]
    assert headline(first).name == "Hat" and "Hat" in found.sentence
    apart = {one.name for kind in found.groups for one in kind.traits if one.sets_apart}
    assert apart == {"Hat"}  # Beards are many in the men's kind, but not more than among men
    with_beard = next(one for one in found.groups[1].traits if one.name == "Beard")
    assert with_beard.share - first.traits[0].share != 0 and abs(with_beard.weight) < 0.1


def test_a_probed_trait_is_said_to_rest_on_a_probe(pair):
    faces, values, truth, _ = pair
    chances = np.where(truth == 0, 0.9, 0.1).astype(np.float32)
    traits = Traits(N, {"hat": chances}, {"hat": "probed"})
    found = kinds(faces, np.flatnonzero(truth >= 0), values, traits, most=2)
    assert found.groups[0].traits[0].probed and "rests on a probe" in found.sentence


def test_the_other_class_can_be_named(pair):
    faces, values, truth, _ = pair
    rows, others = np.flatnonzero(truth >= 0), np.flatnonzero(truth < 0)[:900]
    found = kinds(faces, rows, values, others=others, most=2)
    assert found.against == 900 and len(found) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rows": np.arange(39)}, "has 39 faces"),
        ({"others": np.arange(20)}, "other class has 20 faces"),
        ({"features": np.zeros((5, 3))}, "row for each of the 2,400 faces"),
        ({"most": 9}, "Received: 9"),
        ({"features": np.full((N, 3), np.nan)}, "not finite"),
    ],
)
def test_what_cannot_be_cut_is_refused(pair, change, said):
    faces, values, truth, _ = pair
    asked = {
        "rows": np.flatnonzero(truth >= 0),
        "features": values,
        "others": None,
        "most": 5,
    } | change
    with pytest.raises(DataError, match=said):
        kinds(faces, asked.pop("rows"), asked.pop("features"), **asked)
