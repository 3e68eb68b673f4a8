"""Suspect labels: what confident learning finds, against Cleanlab, brute force and planted flips."""

import numpy as np
import pytest
from cleanlab.count import compute_confident_joint, get_confident_thresholds
from cleanlab.filter import find_label_issues
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from softbio.audit.label_issues import label_issues
from softbio.errors import DataError

GROUPS = ("women", "men")


def plant(n=4000, seed=0, prevalence=(0.25, 0.1), flips=((0.1, 0.1), (0.1, 0.1)), apart=2.5):
    """Faces with the scores that a network would learn from the given labels.

    `flips[group][true]` is the chance that a label is flipped. What the network sees of a face
    depends on its true label only, so that the two groups differ by prevalence and noise alone.
    """
    random = np.random.default_rng(seed)
    group = random.integers(0, 2, n)
    true = (random.random(n) < np.array(prevalence)[group]).astype(np.int64)
    flipped = random.random(n) < np.array(flips)[group, true]
    seen = random.normal(apart * (true - 0.5))
    # The chance of the *given* label 1 by Bayes' rule.
    share = np.array(prevalence)[group]
    odds = np.exp(apart * seen) * share / (1 - share)
    chance = odds / (1 + odds)
    flip = np.array(flips)[group]
    score = chance * (1 - flip[:, 1]) + (1 - chance) * flip[:, 0]
    return np.where(flipped, 1 - true, true), score.astype(np.float32), group, flipped


def both(score):
    score = score.astype(np.float64)
    return np.stack([1 - score, score], axis=1)


@pytest.mark.parametrize("flip", [0.02, 0.1, 0.25])
@pytest.mark.parametrize("apart", [1.0, 2.5])
@pytest.mark.parametrize("seed", range(3))
def test_without_groups_it_flags_what_cleanlab_flags(flip, apart, seed):
    label, score, group, _ = plant(seed=seed, flips=((flip, flip), (flip, flip)), apart=apart)
    found = label_issues(label, score, group, GROUPS, by_group=False)
    assert found.groups == ("all",)
    assert (found.flagged == find_label_issues(label, both(score), n_jobs=1)).mean() >= 0.99


def test_each_group_has_the_thresholds_and_counts_that_cleanlab_gives_it_alone():
    label, score, group, _ = plant()
    found = label_issues(label, score, group, GROUPS)
    for index in (0, 1):
        mine = group == index
        given = label[mine], both(score[mine])
        assert found.thresholds[index] == pytest.approx(get_confident_thresholds(*given))
        joint = compute_confident_joint(*given) / mine.sum()  # rounded to whole faces there
        assert np.abs(found.joint[index] - joint).max() <= 1 / mine.sum()


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.floats(0.5, 4), st.booleans())
def test_laws_of_an_audit(seed, apart, by_group):
    label, score, group, _ = plant(300, seed, apart=apart)
    found = label_issues(label, score, group, GROUPS, by_group=by_group)
    assume(not found.silent)
    assert ((found.suspicion >= 0) & (found.suspicion <= 1)).all()
    assert (found.order == np.argsort(-found.suspicion, kind="stable")).all()
    assert found.joint.sum(axis=(1, 2)) == pytest.approx(1)
    which = group if by_group else np.zeros_like(group)
    for index, named in np.ndindex(len(found.groups), 2):
        cell = (which == index) & (label == named)
        share = cell.sum() / (which == index).sum()
        assert found.joint[index, named].sum() == pytest.approx(share)
        # Within a cell the suspicion falls with the probability of the given label, and what is
        # flagged is more suspect than what is not.
        own = score[cell] if named == 1 else -score[cell]
        assert (np.diff(found.suspicion[cell][np.argsort(own)]) <= 0).all()
        rate = next(
            each for each in found.noise if (each.group, each.given) == (found.groups[index], named)
        )
        assert rate.faces == cell.sum() and rate.flagged == found.flagged[cell].sum()
        assert rate.flagged <= rate.wrong_faces.value + 0.5
        assert rate.wrong.value == pytest.approx(found.joint[index, named, 1 - named] / share)
        for figure in (rate.wrong, rate.flipped):
            assert 0 <= figure.low <= figure.value + 1e-12 and figure.value <= figure.high + 1e-12
            assert figure.high <= 1
        if found.flagged[cell].any() and not found.flagged[cell].all():
            least = found.suspicion[cell & found.flagged].min()
            assert least >= found.suspicion[cell & ~found.flagged].max()


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.booleans())
def test_what_is_called_1_makes_no_difference(seed, by_group):
    label, score, group, _ = plant(400, seed)
    score = np.round(score.astype(np.float64) * 2**20 + 0.5) / 2**20  # 1 - score is exact
    assume(not (score == 0.5).any())
    found = label_issues(label, score, group, GROUPS, by_group=by_group)
    mirrored = label_issues(1 - label, 1 - score, group, GROUPS, by_group=by_group)
    assert found.thresholds[:, ::-1] == pytest.approx(mirrored.thresholds)
    assert found.joint[:, ::-1, ::-1] == pytest.approx(mirrored.joint)
    assert found.suspicion == pytest.approx(mirrored.suspicion, abs=1e-4)
    assert (found.flagged == mirrored.flagged).mean() >= 0.99


def test_groups_do_not_touch_each_other():
    label, score, group, _ = plant()
    found = label_issues(label, score, group, GROUPS)
    for index, name in enumerate(GROUPS):
        mine = np.flatnonzero(group == index)
        alone = label_issues(label[mine], score[mine], np.zeros(len(mine), int), (name,))
        assert (alone.flagged == found.flagged[mine]).all()
        assert (alone.suspicion == found.suspicion[mine]).all()


def test_the_order_of_the_faces_makes_no_difference():
    label, score, group, _ = plant()
    shuffled = np.random.default_rng(1).permutation(len(label))
    found = label_issues(label, score, group, GROUPS)
    again = label_issues(label[shuffled], score[shuffled], group[shuffled], GROUPS)
    assert (found.flagged[shuffled] == again.flagged).all()
    assert found.suspicion[shuffled] == pytest.approx(again.suspicion, abs=1e-5)


def test_where_a_network_knows_the_truth_exactly_the_planted_flips_and_rates_are_found():
    label, _, group, flipped = plant(flips=((0.05, 0.3), (0.1, 0.2)))
    true = np.where(flipped, 1 - label, label)
    score = np.where(true == 1, 0.97, 0.03)
    found = label_issues(label, score, group, GROUPS)
    assert (found.flagged == flipped).all()
    assert set(found.order[: flipped.sum()]) == set(np.flatnonzero(flipped))
    for rate in found.noise:
        mine = group == GROUPS.index(rate.group)
        named, other = mine & (label == rate.given), mine & (true == 1 - rate.given)
        assert rate.wrong.value == pytest.approx(flipped[named].mean())
        assert rate.flipped.value == pytest.approx(flipped[other].mean())
        assert rate.wrong_faces.value == pytest.approx((flipped & named).sum())
        assert rate.flipped.low < flipped[other].mean() < rate.flipped.high


def test_clean_labels_of_a_sure_network_are_not_flagged():
    label, _, group, _ = plant(flips=((0, 0), (0, 0)))
    found = label_issues(label, np.where(label == 1, 0.9, 0.1), group, GROUPS)
    assert not found.flagged.any()
    for rate in found.noise:
        assert rate.wrong.value == rate.wrong.low == 0 < rate.wrong.high < 0.05
        assert rate.flipped.value == rate.flipped.low == 0 < rate.flipped.high < 0.05


def test_rare_positives_of_one_gender_are_not_flagged_for_being_rare():
    """Only women's labels are flipped; men's positives are clean, and rare."""
    clean_flagged, first, first_by_loss = {}, [], []
    for by_group in (True, False):
        shares = []
        for seed in range(5):
            label, score, group, flipped = plant(
                20_000, seed, prevalence=(0.4, 0.04), flips=((0.15, 0.15), (0, 0)), apart=2.5
            )
            rare = (group == 1) & (label == 1)
            found = label_issues(label, score, group, GROUPS, by_group=by_group)
            shares.append(found.flagged[rare].mean())
            if by_group:
                k = flipped.sum()
                first.append(rare[found.order[:k]].sum() / rare.sum())
                loss = np.argsort(np.where(label == 1, score, 1 - score), kind="stable")
                first_by_loss.append(rare[loss[:k]].sum() / rare.sum())
        clean_flagged[by_group] = np.mean(shares)
    assert clean_flagged[True] < 0.5 * clean_flagged[False]
    assert np.mean(first) < 0.5 * np.mean(first_by_loss)


def photographs_of_people(people, seed):
    """Several faces of each person, who share looks, and of whom some are often mislabelled."""
    random = np.random.default_rng(seed)
    person = np.repeat(np.arange(people), random.integers(5, 30, people))
    n = len(person)
    group = random.integers(0, 2, people)[person]
    has_it = (random.random(people) < 0.3)[person]
    true = np.where(random.random(n) < 0.9, has_it, ~has_it)
    flipped = random.random(n) < np.where((random.random(people) < 0.2)[person], 0.35, 0.04)
    seen = 0.8 * random.normal(size=n) + 0.6 * random.normal(size=people)[person]
    score = 1 / (1 + np.exp(-(seen + 5 * true - 3)))
    return np.where(flipped, ~true, true).astype(int), score, group, person


def test_intervals_by_person_hold_what_many_people_would_give_and_by_face_they_do_not():
    label, score, group, _ = photographs_of_people(20_000, 0)
    limit = [
        (rate.wrong.value, rate.flipped.value)
        for rate in label_issues(label, score, group, GROUPS).noise
    ]
    held = {"person": [], "face": []}
    for seed in range(1, 41):
        label, score, group, person = photographs_of_people(80, seed)
        for by, known in (("person", person), ("face", None)):
            found = label_issues(label, score, group, GROUPS, person=known)
            assert found.by == by
            held[by].append(
                [
                    (rate.wrong.low <= wrong <= rate.wrong.high)
                    + (rate.flipped.low <= flipped <= rate.flipped.high)
                    for rate, (wrong, flipped) in zip(found.noise, limit, strict=True)
                ]
            )
    # Of 320 intervals at 95 %, many of which depend on each other.
    assert np.mean(held["person"]) / 2 > 0.9
    assert np.mean(held["face"]) / 2 < 0.85


def test_a_group_with_few_faces_of_a_label_borrows_the_thresholds_of_all():
    label, score, group, _ = plant()
    rare = np.flatnonzero((group == 1) & (label == 1))
    keep = np.setdiff1d(np.arange(len(label)), rare[9:])
    found = label_issues(label[keep], score[keep], group[keep], GROUPS)
    everybody = label_issues(label[keep], score[keep], group[keep], GROUPS, by_group=False)
    assert found.borrowed == ("men",) and everybody.borrowed == ()
    assert found.thresholds[1] == pytest.approx(everybody.thresholds[0])
    assert np.isfinite(found.suspicion).all()


def test_nothing_is_said_of_a_group_whose_labels_the_scores_do_not_tell_apart():
    label, score, group, _ = plant()
    score = np.where(group == 1, 1 - score, score)
    found = label_issues(label, score, group, GROUPS)
    assert found.silent == ("men",)
    assert not found.flagged[group == 1].any() and not found.suspicion[group == 1].any()
    assert np.isnan(found.joint[1]).all() and np.isnan(found.noise[2].wrong.value)
    assert found.flagged[group == 0].any()


@pytest.mark.parametrize("only", [0, 1])
def test_nothing_is_said_where_all_faces_have_one_label(only):
    score = np.linspace(0.1, 0.9, 50)
    found = label_issues(np.full(50, only), score, np.zeros(50, int), ("all",))
    assert found.silent == ("all",) and not found.flagged.any()


def test_scores_of_0_and_1_can_be_audited():
    label = np.array([0, 1] * 20 + [0])
    score = np.array([0.0, 1.0] * 20 + [1.0])
    found = label_issues(label, score, np.zeros(41, int), ("all",))
    assert np.flatnonzero(found.flagged).tolist() == [40] == found.order[:1].tolist()


@pytest.mark.parametrize(
    ("label", "score", "group", "said"),
    [
        ([0, 1], [0.5], [0, 0], "equally many"),
        ([], [], [], "no face"),
        ([0, -1], [0.5, 0.5], [0, 0], "0 or 1"),
        ([0, 1], [0.5, np.nan], [0, 0], "0 … 1"),
        ([0, 1], [0.5, 1.5], [0, 0], "0 … 1"),
        ([0, 1], [0.5, 0.5], [0, 2], "index into the 2 groups"),
        ([0, 1], [0.5, 0.5], [-1, 0], "index into the 2 groups"),
    ],
)
def test_what_cannot_be_audited_is_refused(label, score, group, said):
    with pytest.raises(DataError, match=said):
        label_issues(np.array(label), np.array(score), np.array(group, int), GROUPS)
