"""Slices: every conjunction is counted, chance is told exactly, and nothing is found in noise."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import fisher_exact, hypergeom

from softbio.audit.slices import ALL, slices
from softbio.audit.slices.chance import at_least, holm
from softbio.audit.slices.counting import count_slices
from softbio.errors import CancelledError, ConfigError
from softbio.formula import Formula

GROUPS = ("women", "men")


def faces(n=4000, attributes=6, seed=0, error=0.1, missing=0.0):
    random = np.random.default_rng(seed)
    columns = {
        f"a{index}": (random.random(n) < random.uniform(0.2, 0.6)).astype(np.int8)
        for index in range(attributes)
    }
    for values in columns.values():
        values[random.random(n) < missing] = -1
    return columns, random.random(n) < error, random.integers(0, 2, n), random


@settings(max_examples=25)
@given(
    arrays(np.int8, (30, 4), elements=st.sampled_from([-1, 0, 1])),
    arrays(bool, 30),
    arrays(np.int64, 30, elements=st.integers(0, 1)),
)
def test_every_conjunction_is_counted_once_as_brute_force_counts_it(values, wrong, group):
    columns = {f"a{index}": values[:, index] for index in range(4)}
    counted = count_slices(columns, wrong, group, 2)
    found = set()
    for at in range(len(counted.n)):
        formula = Formula(counted.tree(at))
        found.add(str(formula))
        inside = formula.evaluate(columns) == 1
        known = np.all([columns[name] >= 0 for name in formula.names], axis=0)
        for code in (0, 1):
            mine = group == code
            assert counted.n[at, code] == (inside & mine).sum()
            assert counted.errors[at, code] == (inside & mine & wrong).sum()
            assert counted.known_n[at, code] == (known & mine).sum()
            assert counted.known_errors[at, code] == (known & mine & wrong).sum()
    expected = sum(2**size * len(list(combinations(range(4), size))) for size in (1, 2, 3))
    assert len(found) == len(counted.n) == expected


def test_parts_of_a_conjunction_are_its_literals_and_their_pairs():
    columns, wrong, group, _ = faces(200, 4, missing=0.1)
    counted = count_slices(columns, wrong, group, 2)
    sets = [frozenset(row[row >= 0].tolist()) for row in counted.literals]
    for at, parts in enumerate(counted.without(np.arange(len(sets)))):
        found = [sets[part] for part in parts if part >= 0]
        expected = {
            frozenset(some) for size in (1, 2) for some in combinations(sorted(sets[at]), size)
        }
        assert set(found) == {one for one in expected if one < sets[at]}
        assert len(found) == len(set(found))


@given(st.integers(1, 300), st.data())
def test_chance_is_that_of_the_hypergeometric_distribution(total, data):
    bad, drawn = (data.draw(st.integers(0, total)) for _ in range(2))
    errors = data.draw(st.integers(0, total + 1))
    expected = hypergeom.sf(errors - 1, total, bad, drawn)
    assert at_least(errors, drawn, bad, total) == pytest.approx(expected, rel=1e-8, abs=1e-12)


def test_holm_is_as_worked_by_hand():
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_figures_of_a_slice_are_those_of_its_faces_and_fishers_test():
    columns, wrong, group, random = faces()
    inside = (columns["a1"] == 1) & (columns["a3"] == 0)
    wrong |= inside & (group == 1) & (random.random(len(wrong)) < 0.5)
    found = slices(columns, wrong, group, GROUPS)
    line, mine = found.lines[0], group == 1
    assert (str(line.formula), line.group) == ("a1 and not a3", "men")
    assert (line.n, line.errors) == ((inside & mine).sum(), (inside & mine & wrong).sum())
    assert np.array_equal(line.rows, np.flatnonzero(inside & mine))
    assert line.rate == wrong[inside & mine].mean() and line.rest == wrong[~inside & mine].mean()
    assert line.effect == pytest.approx(line.rate - line.rest)
    assert line.low < line.effect < line.high
    table = [
        [(part & wrong).sum(), (part & ~wrong).sum()] for part in (inside & mine, ~inside & mine)
    ]
    assert line.p == pytest.approx(fisher_exact(table, alternative="greater").pvalue, rel=1e-6)
    assert line.p_holm == pytest.approx(line.p * found.tested, rel=1e-6) and line.beyond_chance
    assert not found.of("women") and {scope.group for scope in found.scopes} == {*GROUPS, ALL}
    lows = [line.low for line in found.lines]
    assert lows == sorted(lows, reverse=True)


def test_the_number_of_tests_is_that_of_all_slices_that_are_large_enough():
    columns, wrong, group, _ = faces(600, 4)
    expected = 0
    for chosen in (group == 0, group == 1, group >= 0):
        for size in (1, 2, 3):
            for names in combinations(columns, size):
                for signs in product((0, 1), repeat=size):
                    holds = [columns[name] == s for name, s in zip(names, signs, strict=True)]
                    n = (np.all(holds, axis=0) & chosen).sum()
                    expected += n >= 40 and chosen.sum() - n >= 40
    assert slices(columns, wrong, group, GROUPS, smallest=40).tested == expected


def test_a_longer_conjunction_that_is_no_worse_than_its_part_is_left_out():
    columns, _, group, random = faces(attributes=8)
    wrong = random.random(len(group)) < np.where(columns["a0"] == 1, 0.4, 0.05)
    found = slices(columns, wrong, group, GROUPS)
    assert {str(line.formula) for line in found.lines} == {"a0"}
    assert {line.group for line in found.lines} == {*GROUPS, ALL}


def test_faces_of_which_an_attribute_is_not_known_are_in_no_slice_and_no_rest():
    columns, wrong, group, random = faces(missing=0.2)
    wrong |= (columns["a2"] == 1) & (random.random(len(wrong)) < 0.5)
    wrong |= columns["a2"] == -1
    line = slices(columns, wrong, group, GROUPS).lines[0]
    assert str(line.formula) == "a2"
    mine = group >= 0 if line.group == ALL else group == GROUPS.index(line.group)
    assert line.rest == pytest.approx(wrong[mine & (columns["a2"] == 0)].mean())


def test_random_errors_of_faces_give_no_finds():
    finds = 0
    for seed in range(12):
        columns, wrong, group, _ = faces(1500, 6, seed)
        finds += slices(columns, wrong, group, GROUPS).found > 0
    assert finds <= 2


@pytest.mark.parametrize("shape", ["by person", "by rate"])
def test_random_errors_of_people_give_no_finds(shape):
    """Attributes and errors of a person go together, as hair and beard do; by face they would."""
    finds = alone = 0
    for seed in range(12):
        random = np.random.default_rng(seed)
        person = np.sort(random.integers(0, 120, 1500))
        columns = {
            f"a{index}": (random.random(120) < random.uniform(0.2, 0.6)).astype(np.int8)[person]
            for index in range(4)
        }
        rate = random.random(120) < 0.15 if shape == "by person" else random.beta(0.4, 2.0, 120)
        wrong = random.random(1500) < np.asarray(rate, float)[person]
        group = random.integers(0, 2, 120)[person]
        finds += slices(columns, wrong, group, GROUPS, person=person).found > 0
        alone += slices(columns, wrong, group, GROUPS).found > 0
    assert finds <= 2 and alone >= 7


def test_errors_of_one_person_are_no_slice():
    columns, _, group, random = faces(3000, 5)
    person = random.integers(0, 300, 3000)
    person[:200] = 300
    columns["a0"][:] = 0
    columns["a0"][:200] = 1
    wrong = random.random(3000) < 0.02
    wrong[:200] = True
    found = slices(columns, wrong, group, GROUPS, person=person)
    assert not any("a0" in line.formula.names for line in found.lines if line.beyond_chance)


def test_with_people_of_one_face_each_nothing_changes():
    columns, wrong, group, random = faces()
    wrong |= (columns["a1"] == 1) & (random.random(len(wrong)) < 0.3)
    by_face = slices(columns, wrong, group, GROUPS)
    by_person = slices(columns, wrong, group, GROUPS, person=np.arange(len(wrong)))
    assert (by_face.by, by_person.by) == ("face", "person")
    for one, other in zip(by_face.lines, by_person.lines, strict=True):
        assert str(one.formula) == str(other.formula) and one.p == pytest.approx(other.p)
        assert other.low == pytest.approx(one.low, abs=2e-3)


def test_a_single_group_is_told_once_and_few_faces_test_nothing():
    columns, wrong, group, _ = faces(60, 2)
    assert len(slices(columns, wrong, np.zeros(60, int), ("all",)).scopes) == 1
    found = slices(columns, wrong, group, GROUPS, smallest=50)
    assert (found.tested, found.lines) == (0, ())


def test_what_cannot_be_sliced_is_told():
    columns, wrong, group, _ = faces(60, 2)
    with pytest.raises(ConfigError, match="No attribute"):
        slices({}, wrong, group, GROUPS)
    with pytest.raises(ConfigError, match="1 to 3"):
        slices(columns, wrong, group, GROUPS, most=4)
    with pytest.raises(ConfigError, match="2 faces"):
        slices(columns, wrong, group, GROUPS, smallest=1)
    with pytest.raises(CancelledError):
        slices(columns, wrong, group, GROUPS, stop=lambda: True)
