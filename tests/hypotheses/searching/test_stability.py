"""Whether another sample would have told the same."""

import numpy as np
import pytest

from softbio.errors import ConfigError
from softbio.hypotheses import held_out, search, stability


def faces(n, disputed, seed=0):
    """Label `a or b`, where `a and b` holds for `disputed` faces only."""
    rng = np.random.default_rng(seed)
    kind = rng.permutation(np.r_[np.full(disputed, 3), rng.integers(0, 3, n - disputed)])
    columns = {"a": kind & 1, "b": kind >> 1, "c": rng.integers(0, 2, n)}
    return columns, (kind > 0).astype(int) ^ (rng.random(n) < 0.1)


def test_a_clear_rule_wins_always():
    columns, target = faces(2000, 400)
    found = search(columns, target)
    told = stability(found, columns, target, replicates=200)
    assert told.formulas[0] == "a or b" and told.wins[0] == 1
    assert told.by == "face"


def test_a_rule_that_few_faces_decide_shares_its_wins():
    columns, target = faces(2000, 3)
    found = search(columns, target)
    told = stability(found, columns, target, replicates=300)
    assert {"a or b", "a xor b"} <= set(told.formulas[:2])
    assert min(told.wins[:2]) > 0.02
    assert sum(told.wins) + told.constant_wins == pytest.approx(1)


def test_drawing_people_of_one_face_is_drawing_faces():
    columns, target = faces(600, 5)
    found = search(columns, target)
    by_face = stability(found, columns, target, replicates=1500)
    by_person = stability(found, columns, target, person=np.arange(600), replicates=1500)
    assert by_person.by == "person"
    np.testing.assert_allclose(by_face.wins, by_person.wins, atol=0.07)


def test_people_with_many_faces_make_winning_less_certain():
    columns, target = faces(60, 1, seed=1)
    many = {name: np.repeat(column, 20) for name, column in columns.items()}
    labels = np.repeat(target, 20)
    found = search(many, labels)
    by_face = stability(found, many, labels, replicates=300)
    by_person = stability(found, many, labels, person=np.repeat(np.arange(60), 20), replicates=300)
    assert by_person.wins[0] < by_face.wins[0]


def test_what_was_found_on_one_half_holds_on_the_other_if_it_is_true():
    columns, target = faces(3000, 500)
    person = np.arange(3000) // 10
    told = held_out(columns, target, person=person)
    assert told.formula == "a or b" and told.by == "person"
    assert told.n == 1500
    assert told.overall.agreement == pytest.approx(0.9, abs=0.03)
    assert told.saved_bits_per_face > 0.2


def test_what_chance_offered_on_one_half_is_worth_nothing_on_the_other():
    rng = np.random.default_rng(5)
    columns = {f"a{index}": rng.integers(0, 2, 400) for index in range(12)}
    saved = [
        held_out(columns, rng.integers(0, 2, 400), seed=seed).saved_bits_per_face
        for seed in range(10)
    ]
    assert np.mean(saved) < 0.005


def test_bounds_are_told():
    columns, target = faces(100, 10)
    with pytest.raises(ConfigError, match="1 to 40"):
        stability(search(columns, target), columns, target, top=41)
