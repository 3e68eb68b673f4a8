import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from softbio.errors import ConfigError, DataError
from softbio.fairness import GroupCounts
from softbio.fairness.intervals import (
    IntervalPlan,
    draw_people,
    drawing,
    number_people,
    person_counts,
    resample,
    resample_people,
    strata_of,
)

GROUPS = ("women", "men")


def some_faces(n, people, seed=0, groups=2):
    random = np.random.default_rng(seed)
    return (
        random.integers(0, 2, n),
        random.integers(0, 2, n),
        random.integers(0, groups, n),
        random.integers(0, people, n),
    )


@pytest.mark.parametrize("setting", [{"replicates": 99}, {"level": 1.0}, {"by": "photograph"}])
def test_a_plan_refuses_what_makes_no_interval(setting):
    with pytest.raises(ConfigError, match=next(iter(setting))):
        IntervalPlan(**setting)


def test_people_are_drawn_where_they_are_known():
    person = np.zeros(3, dtype=np.int64)
    assert IntervalPlan().unit(person) == "person"
    assert IntervalPlan().unit(None) == "face"
    assert IntervalPlan(by="face").unit(person) == "face"
    with pytest.raises(ConfigError, match="identities"):
        IntervalPlan(by="person").unit(None)


@given(st.integers(1, 40), st.integers(1, 130), st.integers(0, 5))
@settings(max_examples=25, deadline=None)
def test_every_replicate_draws_as_many_people_as_there_are(people, replicates, seed):
    weights = draw_people(people, replicates, seed)
    assert weights.shape == (replicates, people) and weights.dtype == np.uint8
    assert (weights.sum(axis=1, dtype=np.int64) == people).all()
    np.testing.assert_array_equal(weights, draw_people(people, replicates, seed))


def test_weights_are_multinomial():
    weights = draw_people(50, 4000, 7)
    times = np.bincount(weights.ravel(), minlength=6)[:6]
    binomial = np.array([0.36417, 0.37160, 0.18580, 0.06067, 0.01455])  # B(50, 1/50)
    expected = np.append(binomial, 1 - binomial.sum()) * weights.size
    times[5] = weights.size - times[:5].sum()
    assert chisquare(times, expected).pvalue > 0.001
    # Everybody is drawn alike, and one who is drawn leaves fewer draws for another.
    assert chisquare(weights.sum(axis=0, dtype=np.int64)).pvalue > 0.001
    assert np.corrcoef(weights.T)[0, 1:].mean() == pytest.approx(-1 / 49, abs=0.01)


def test_strata_keep_their_sizes():
    strata = np.array([0, 1, 1, 2, 0, 1, 2, 2, 2])
    weights = draw_people(9, 200, 0, strata).astype(int)
    for code in range(3):
        assert (weights[:, strata == code].sum(axis=1) == (strata == code).sum()).all()
    assert (weights.std(axis=0) > 0.3).all()


def test_weights_do_not_depend_on_the_number_of_threads(monkeypatch):
    expected = draw_people(30, 300, 4)
    monkeypatch.setattr(drawing, "cores", lambda: 5)
    np.testing.assert_array_equal(draw_people(30, 300, 4), expected)


def test_shared_weights_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        draw_people(3, 100, 0)[0, 0] = 1


def test_nobody_cannot_be_drawn():
    with pytest.raises(DataError, match="0 people"):
        draw_people(0, 100, 0)


def test_numbers_have_no_gaps_and_strangers_are_people_of_their_own():
    numbered, people = number_people(np.array([70, -1, 3, 70, -1]))
    assert people == 4
    assert numbered[0] == numbered[3] == 1 and numbered[2] == 0
    assert sorted(numbered[[1, 4]]) == [2, 3]


def test_counts_of_people_add_up_to_the_counts():
    label, prediction, group, person = some_faces(500, 40, groups=3)
    table = person_counts(label, prediction, group, 3, person)
    whole = GroupCounts.from_predictions(label, prediction, group, ("a", "b", "c"))
    np.testing.assert_array_equal(table.sum(axis=0), whole.values)
    third = person == 3
    np.testing.assert_array_equal(
        table[3],
        GroupCounts.from_predictions(
            label[third], prediction[third], group[third], ("a", "b", "c")
        ).values,
    )


def test_people_and_faces_must_be_equally_many():
    label, prediction, group, person = some_faces(10, 4)
    with pytest.raises(DataError, match="9"):
        person_counts(label, prediction, group, 2, person[:9])


def test_resampled_people_bring_all_their_rows():
    """Brute force: repeat each person's rows as often as the person was drawn."""
    label, prediction, group, person = some_faces(120, 25)
    table = person_counts(label, prediction, group, 2, person)
    weights = draw_people(len(table), 100, 3)
    drawn = resample_people(table, weights, GROUPS)
    frame = pd.DataFrame({"g": group, "y": label, "p": prediction, "who": number_people(person)[0]})
    for replicate in range(0, 100, 9):
        again = pd.concat(
            [frame[frame.who == who] for who, times in enumerate(weights[replicate])
             for _ in range(times)]
        )  # fmt: skip
        expected = GroupCounts.from_predictions(again.y, again.p, again.g, GROUPS)
        np.testing.assert_array_equal(drawn.values[replicate], expected.values)


def test_sums_beyond_what_float32_holds_are_exact():
    table = np.zeros((3, 2, 2, 2), dtype=np.int64)
    table[:, 0, 0, 0] = [2**24 + 1, 2**25 + 3, 7]
    weights = draw_people(3, 100, 0)
    drawn = resample_people(table, weights, GROUPS)
    np.testing.assert_array_equal(
        drawn.values[:, 0, 0, 0], weights.astype(np.int64) @ table[:, 0, 0, 0]
    )


def test_weights_of_other_people_are_refused():
    with pytest.raises(DataError, match="4 people"):
        resample_people(np.zeros((5, 2, 2, 2), dtype=np.int64), draw_people(4, 100, 0), GROUPS)


def test_faces_are_drawn_as_often_as_they_are():
    counts = GroupCounts(np.array([[[30, 5], [2, 13]], [[40, 0], [4, 6]]]), GROUPS)
    drawn = resample(counts, IntervalPlan(replicates=20_000)).values
    n = counts.values.sum()
    assert (drawn.sum(axis=(1, 2, 3)) == n).all()
    share = counts.values / n
    error = np.sqrt(n * share * (1 - share) / 20_000)
    assert (np.abs(drawn.mean(axis=0) - counts.values) <= 4 * error).all()
    np.testing.assert_allclose(drawn.var(axis=0), n * share * (1 - share), rtol=0.06)
    assert (drawn.sum(axis=(2, 3)).std(axis=0) > 1).all()


def test_stratified_faces_keep_the_size_of_each_group():
    counts = GroupCounts(np.array([[[30, 5], [2, 13]], [[40, 0], [4, 6]]]), GROUPS)
    drawn = resample(counts, IntervalPlan(stratify=True))
    assert (drawn.n == counts.n).all()
    assert drawn.values[:, 0, 0, 0].std() > 1


def test_an_empty_group_stays_empty():
    counts = GroupCounts(np.array([[[3, 5], [2, 3]], [[0, 0], [0, 0]]]), GROUPS)
    for stratify in (False, True):
        drawn = resample(counts, IntervalPlan(stratify=stratify))
        assert not drawn.values[:, 1].any()


def test_a_person_belongs_to_the_group_of_most_faces():
    table = np.zeros((2, 3, 2, 2), dtype=np.int64)
    table[0, 2, 0, 0], table[0, 1, 1, 1], table[1, 1, 0, 1] = 3, 2, 1
    assert strata_of(table).tolist() == [2, 1]
