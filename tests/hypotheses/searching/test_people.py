"""Labels of people who have several faces."""

import numpy as np
import pytest

from softbio.errors import DataError
from softbio.hypotheses import SearchPlan, against_chance, search
from softbio.hypotheses.searching.chance import _blocks
from softbio.hypotheses.searching.people import faces_as_one

GROUPS = ("women", "men")
PLAN = SearchPlan(max_attributes=2, top=1, beam_literals=0, threads=1)


def people(rng, count=60, faces=20):
    """People who keep most of their attributes from photograph to photograph."""
    person = np.repeat(np.arange(count), faces)
    own = rng.random((6, count)) < 0.4
    columns = {
        f"a{index}": (traits[person] ^ (rng.random(len(person)) < 0.1)).astype(np.int8)
        for index, traits in enumerate(own)
    }
    return columns, person, (np.arange(count) % 2)[person]


def test_faces_whose_labels_are_a_persons_count_as_people():
    rng = np.random.default_rng(0)
    person = np.repeat(np.arange(500), 10)
    group = person % 2
    by_person = rng.integers(0, 2, 500)[person]
    assert faces_as_one(by_person, group, 2, person) == pytest.approx([10, 10])
    by_face = rng.integers(0, 2, 5000)
    assert faces_as_one(by_face, group, 2, person) == pytest.approx([1, 1], abs=0.3)
    assert faces_as_one(by_person, group, 2, None).tolist() == [1, 1]
    strangers = np.full(5000, -1)
    assert faces_as_one(by_person, group, 2, strangers).tolist() == [1, 1]


def test_one_person_alone_is_one_face():
    assert faces_as_one(np.array([0, 1, 1]), np.zeros(3, int), 1, np.zeros(3, int)).tolist() == [3]


def test_random_labels_of_people_are_explained_without_identities_but_not_with_them():
    rng = np.random.default_rng(1)
    without = finds = 0
    for _ in range(40):
        columns, person, group = people(rng)
        target = (rng.random(60) < 0.4).astype(np.int8)[person]
        without += search(columns, target, group, GROUPS, plan=PLAN).explained
        finds += search(columns, target, group, GROUPS, person=person, plan=PLAN).explained
    assert without > 30
    # Binomial(40, 1/20) is above 6 once in a hundred times.
    assert finds <= 6


def test_a_rule_of_peoples_traits_is_still_found():
    rng = np.random.default_rng(2)
    columns, person, group = people(rng, count=300, faces=8)
    target = columns["a0"] ^ columns["a1"] ^ (rng.random(2400) < 0.1)
    found = search(columns, target, group, GROUPS, person=person, plan=PLAN)
    assert found.explained and found.hypotheses[0].formula == "a0 xor a1"
    assert all(1 < effect < 8 for effect in found.faces_as_one)
    plain = search(columns, target, group, GROUPS, plan=PLAN)
    assert plain.hypotheses[0].bits == found.hypotheses[0].bits
    assert plain.hypotheses[0].evidence_bits > found.hypotheses[0].evidence_bits


def test_people_exchange_all_their_labels_with_people_of_as_many_faces():
    rng = np.random.default_rng(3)
    person = rng.permutation(np.repeat(np.arange(12), [1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6]))
    group = person % 2
    target = rng.integers(-1, 2, len(person))
    blocks = _blocks(target, group, 2, person)
    together = np.concatenate([faces.ravel() for faces in blocks])
    assert sorted(together) == np.flatnonzero(target >= 0).tolist()
    for faces in blocks:
        assert len(set(group[faces.ravel()])) == 1
        for row in faces:
            assert len(set(person[row])) == 1 and (np.diff(row) > 0).all()
            mine = (person == person[row[0]]) & (target >= 0)
            assert mine.sum() == len(row)


def test_shuffling_people_does_not_find_what_shuffling_faces_finds():
    rng = np.random.default_rng(4)
    small = {"face": 0, "person": 0}
    for seed in range(8):
        columns, person, group = people(rng, count=40, faces=10)
        target = (rng.random(40) < 0.4).astype(np.int8)[person]
        for by, who in (("face", None), ("person", person)):
            told = against_chance(
                columns, target, group, GROUPS,
                person=who, permutations=9, plan=PLAN, seed=seed,
            )  # fmt: skip
            assert told.by == by and told.moved == 1
            small[by] += told.p_value <= 0.1
    # Binomial(8, 0.1) is above 3 once in two hundred times.
    assert small["face"] == 8 and small["person"] <= 3


def test_people_of_a_number_of_faces_of_their_own_cannot_move():
    columns = {"a": np.array([0, 1, 0, 1, 1, 0]), "b": np.array([0, 0, 1, 1, 0, 1])}
    target = np.array([0, 1, 0, 1, 1, 0])
    told = against_chance(
        columns, target, person=np.array([0, 1, 1, 2, 2, 2]), permutations=1, plan=PLAN
    )
    assert told.moved == 0 and told.p_value == 1


def test_a_person_is_given_for_each_face():
    columns, person, group = people(np.random.default_rng(5), count=4)
    target = person % 2
    for asked in (search, against_chance):
        with pytest.raises(DataError, match="the people of 3"):
            asked(columns, target, group, GROUPS, person=person[:3], plan=PLAN)
