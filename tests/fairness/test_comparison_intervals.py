import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar
from scipy.special import xlogy
from scipy.stats import binomtest, norm

from softbio.fairness.comparison import holm, mcnemar_p
from softbio.fairness.comparison.design import design_effect, student_share
from softbio.fairness.comparison.extremes import extreme_change
from softbio.fairness.comparison.mcnemar import sign_tests
from softbio.fairness.comparison.pairs import PairedFaces
from softbio.fairness.comparison.standing import lowest_groups

TAIL = 0.025


def likely_down(up, down, n, change):
    """The most likely share of `down` if up − down is `change`, by brute force."""

    def unlikely(q):
        rest = 1 - 2 * q - change
        return -(xlogy(up, q + change) + xlogy(down, q) + xlogy(n - up - down, rest))

    low, high = max(0.0, -change), (1 - change) / 2
    return minimize_scalar(
        unlikely, bounds=(low, high), method="bounded", options={"xatol": 1e-12}
    ).x


@pytest.mark.parametrize(
    ("up", "down", "n"), [(40, 20, 160), (1, 7, 21), (3, 0, 50), (25, 25, 60), (0, 0, 30)]
)
def test_tangos_interval_holds_what_a_score_test_does_not_refuse(up, down, n):
    from softbio.fairness.comparison.paired_rates import tango

    def score(change):
        q = likely_down(up, down, n, change)
        return (up - down - n * change) / np.sqrt(n * (2 * q + change * (1 - change)))

    middle, z = (up - down) / n, norm.ppf(0.975)
    low = brentq(lambda x: score(x) - z, -0.999, middle - 1e-9)
    high = brentq(lambda x: score(x) + z, middle + 1e-9, 0.999)
    np.testing.assert_allclose(tango(up, down, n), (low, high), atol=1e-5)


def test_tangos_interval_gives_the_published_figures():
    from softbio.fairness.comparison.paired_rates import tango

    # Airway hyper-responsiveness of 21 children, in Fagerland, Lydersen & Laake 2014.
    np.testing.assert_allclose(tango(1, 7, 21), (-0.517, -0.026), atol=5e-4)


def test_tangos_interval_keeps_its_level_where_few_faces_change():
    from softbio.fairness.comparison.paired_rates import tango

    rng = np.random.default_rng(0)
    for rose, fell, n in ((0.05, 0.03, 40), (0.02, 0.02, 200), (0.1, 0.02, 100)):
        up, down, _ = rng.multinomial(n, [rose, fell, 1 - rose - fell], 4000).T
        low, high = tango(up, down, n)
        assert ((low <= rose - fell) & (rose - fell <= high)).mean() > 0.94


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 40))
def test_tangos_interval_is_antisymmetric_and_holds_the_change(up, down, rest):
    from softbio.fairness.comparison.paired_rates import tango

    n = up + down + rest
    low, high = tango(up, down, n)
    if n == 0:
        assert np.isnan([low, high]).all()
        return
    np.testing.assert_allclose(tango(down, up, n), (-high, -low), atol=1e-12)
    assert -1 <= low <= (up - down) / n <= high <= 1


@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemars_p_is_that_of_an_exact_binomial_test(gained, lost):
    expected = binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    assert mcnemar_p(gained, lost) == pytest.approx(expected, rel=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0.001, 0.999))
def test_holm_refuses_what_the_step_down_procedure_refuses(p, level):
    # The smallest p against level/m, the next against level/(m-1) …, up to the first that holds.
    refused = set()
    for step, index in enumerate(sorted(range(len(p)), key=lambda k: p[k])):
        if p[index] * (len(p) - step) > level:
            break
        refused.add(index)
    assert {k for k, q in enumerate(holm(p)) if q <= level} == refused


def test_by_person_a_person_counts_once_however_many_photographs_there_are():
    before = np.array([0, 0, 0, 1, 1, 0], dtype=bool)
    after = np.array([1, 1, 0, 0, 1, 1], dtype=bool)
    place, person = np.zeros(6, dtype=int), np.array([0, 0, 0, 1, 1, 2])
    (by_face,) = sign_tests(before, after, place, [("women", None)], None)
    (by_person,) = sign_tests(before, after, place, [("women", None)], person)
    assert (by_face.gained, by_face.lost, by_face.unit) == (3, 1, "face")
    assert (by_person.gained, by_person.lost, by_person.unit) == (2, 1, "person")
    assert (by_person.fixed, by_person.broken) == (3, 1)


def test_the_design_effect_is_the_variance_by_person_over_that_by_face():
    rng = np.random.default_rng(0)
    people = 300
    person = np.repeat(np.arange(people), rng.integers(1, 12, people))
    group = person % 2
    values = (rng.random(len(person)) < rng.beta(1, 2, people)[person]).astype(float)
    found = design_effect(values, group, 2, person)
    for k in range(2):
        inside = group == k
        v, who = values[inside], np.unique(person[inside], return_inverse=True)[1]
        count = np.bincount(who)
        draws = rng.multinomial(len(count), np.full(len(count), 1 / len(count)), 4000)
        means = draws @ np.bincount(who, v) / (draws @ count)
        assert found[k] == pytest.approx(means.var() / (v.var() / len(v)), rel=0.1)


def test_where_no_face_changed_the_design_effect_is_that_of_the_other_groups():
    person = np.repeat(np.arange(40), 5)
    group = (person >= 20).astype(int)
    values = np.where(group == 0, person % 2, 0)
    some, none = design_effect(values, group, 2, person)
    assert none == some == pytest.approx(5.0)
    assert design_effect(np.zeros(200), group, 2, person).tolist() == [5.0, 5.0]
    assert (student_share(group, 2, person, 0.95) < 1).all()


def gaussian(samples, observed, tail):
    half = norm.ppf(1 - tail) * samples.std(axis=1)
    return observed - half, observed + half


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([0.0, 0.0], [0.0, 0.0]),
        ([0.0, 5.0], [5.0, 0.0]),
        ([0.0, 9.0], [0.0, 0.0]),
        ([0.0, 0.0], [0.0, 1.5]),
        ([0.0, 1.0], [1.0, 0.0]),
        ([0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]),
    ],
)
@pytest.mark.parametrize("alike", [0.0, 0.9])
def test_the_change_of_a_minimum_keeps_its_level(before, after, alike):
    rng = np.random.default_rng(0)
    before, after = np.array(before), np.array(after)
    truth = after.min() - before.min()

    def draw(n):
        shared, own = (
            rng.standard_normal((len(before), n)),
            rng.standard_normal((2, len(before), n)),
        )
        return (np.sqrt(alike) * shared + np.sqrt(1 - alike) * each for each in own)

    noise = [np.array(each) for each in draw(200)]
    held = []
    for b, a in zip(*(each.T for each in draw(500)), strict=True):
        b, a = before + b, after + a
        low, high = extreme_change(
            b, a, b[:, None] + noise[0], a[:, None] + noise[1], "min", gaussian, TAIL
        )
        held.append(low <= truth <= high)
    assert np.mean(held) > 0.93


def test_a_clear_minimum_has_the_interval_of_its_own_change():
    rng = np.random.default_rng(0)
    before, after = np.array([0.5, 0.9]), np.array([0.9, 0.6])
    drawn = [each[:, None] + rng.normal(0, 0.01, (2, 300)) for each in (before, after)]
    low, high = extreme_change(before, after, *drawn, "min", gaussian, TAIL)
    expected = gaussian((drawn[1][1] - drawn[0][0])[None], np.array([0.1]), TAIL)
    assert (low, high) == pytest.approx((expected[0][0], expected[1][0]))
    mirrored = extreme_change(-before, -after, *(-each for each in drawn), "max", gaussian, TAIL)
    assert mirrored == pytest.approx((-high, -low))


def test_a_minimum_against_itself_does_not_change_even_where_parts_are_equal():
    parts = np.array([0.7, 0.7, 0.71])
    drawn = parts[:, None] + np.random.default_rng(0).normal(0, 0.05, (3, 200))
    assert extreme_change(parts, parts, drawn, drawn, "min", gaussian, TAIL) == (0.0, 0.0)


def judged(*right_of, n=1000):
    """Faces of groups of n each, so many of which the baseline gets right."""
    label = np.ones(n * len(right_of), dtype=np.int64)
    before = np.concatenate([(np.arange(n) < right).astype(np.int64) for right in right_of])
    group = np.repeat(np.arange(len(right_of)), n)
    return PairedFaces(label, before, before, group, tuple("abcd"[: len(right_of)]))


def test_groups_that_cannot_be_told_apart_could_all_have_been_the_lowest():
    assert lowest_groups(judged(900, 800), 0.95) == (1,)
    assert lowest_groups(judged(900, 899), 0.95) == (0, 1)
    assert lowest_groups(judged(900, 805, 800), 0.95) == (1, 2)
    by_person = PairedFaces(**{**vars(judged(900, 850)), "person": np.repeat(np.arange(20), 100)})
    assert lowest_groups(judged(900, 850), 0.95) == (1,)
    assert lowest_groups(by_person, 0.95) == (0, 1)
