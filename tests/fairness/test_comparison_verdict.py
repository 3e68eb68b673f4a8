import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from softbio.fairness.comparison import compare
from softbio.fairness.intervals import IntervalPlan

QUICK = IntervalPlan(replicates=200)
NAMES = ("women", "men", "others")


def paired(*groups):
    """Compare runs over groups that are given by their labels' (always right, fixed, broken, never).

    A group is one such tuple, of faces with label 0, or two, for label 0 and label 1.
    """
    rows = []
    for index, group in enumerate(groups):
        for label, (kept, fixed, broken, never) in enumerate(
            group if isinstance(group[0], tuple) else (group,)
        ):
            for count, before, after in (
                (kept, True, True),
                (fixed, False, True),
                (broken, True, False),
                (never, False, False),
            ):
                said = [label if right else 1 - label for right in (before, after)]
                rows += [(index, label, *said)] * count
    group, label, before, after = np.array(rows).T
    return compare(label, after, before, group, NAMES[: len(groups)], plan=QUICK)


def verdict(*groups):
    return paired(*groups).verdict


STEADY = (9_000, 10, 10, 980)
GOOD = (9_500, 10, 10, 480)


def test_the_worse_group_rose_and_nobody_fell():
    found = verdict(GOOD, (9_000, 400, 20, 580))
    assert (found.kind, found.level) == ("levelling up", "success")
    assert found.sentence.startswith(
        "Levelling up: men gained, and no group lost more than 0.5 points."
    )
    assert "men +3.8 points (+3.4 to +4.3), 38 fewer wrong per 1,000 (34 to 43 fewer)" in (
        found.sentence
    )
    assert "women 0.0 points (−0.1 to +0.1), as many wrong per 1,000 (1 fewer to 1 more)" in (
        found.sentence
    )
    assert "The gap between groups shrank: −3.8 points" in found.sentence
    assert "Fair Metric" not in found.sentence
    assert found.sentence.endswith("Intervals: 95 % for all groups together.")
    assert (found.gained, found.lost) == (("men",), ())


def test_everybody_gained():
    found = verdict((900, 50, 2, 48), (850, 60, 2, 88))
    assert (found.kind, found.level) == ("levelling up", "success")
    assert found.gained == ("women", "men")


def test_taking_from_the_better_group_is_levelling_down_though_the_fair_metric_rises():
    found = verdict((9_200, 0, 300, 500), STEADY)
    assert (found.kind, found.level) == ("levelling down", "warning")
    assert found.sentence.startswith("Levelling down: the gap shrank only because women lost")
    assert "women −3.0 points" in found.sentence
    assert "30 more wrong per 1,000" in found.sentence
    assert "The Fair Metric rose all the same, by 1.5 points." in found.sentence


def test_one_rose_and_another_fell():
    found = verdict((910, 0, 40, 50), (860, 40, 0, 100))
    assert (found.kind, found.level) == ("trade", "warning")
    assert found.sentence.startswith("Trade: men gained, and women lost.")
    assert (found.gained, found.lost) == (("men",), ("women",))


def test_a_loss_within_the_tolerance_does_not_undo_levelling_up():
    many = (95_000, 0, 100, 4_900)
    assert verdict(many, (90_000, 900, 0, 9_100)).kind == "levelling up"
    group = np.repeat([0, 1], [100_000, 100_000])
    after = np.concatenate([np.repeat([1, 0], [95_000, 5_000]), np.repeat([1, 0], [90_900, 9_100])])
    before = np.concatenate(
        [np.repeat([1, 0], [95_100, 4_900]), np.repeat([1, 0], [90_000, 10_000])]
    )
    strict = compare(
        np.ones(200_000, int), after, before, group, NAMES[:2], plan=QUICK, tolerance=0.0
    )
    assert strict.verdict.kind == "trade"


def test_nothing_certain_is_no_evidence_and_says_whether_a_loss_is_ruled_out():
    found = verdict(GOOD, STEADY)
    assert (found.kind, found.level) == ("no evidence", "info")
    assert "and none lost more than 0.5 points" in found.sentence.split(". ")[0]
    unsure = verdict((90, 3, 3, 4), (9_000, 5, 5, 990))
    assert unsure.kind == "no evidence"
    assert "but for women a loss of more than 0.5 points is not ruled out" in unsure.sentence
    same = verdict((900, 0, 0, 100), (800, 0, 0, 200))
    assert same.sentence == "No evidence: both runs predict the same for every face."


def test_a_gain_that_may_have_been_paid_for_is_no_levelling_up():
    found = verdict((92, 1, 2, 5), (800, 60, 2, 138))
    assert (found.kind, found.level) == ("price unclear", "warning")
    assert "for women a loss of more than 0.5 points is not ruled out" in found.sentence


def test_a_gain_of_the_better_group_alone_is_named_so():
    found = verdict((9_000, 500, 0, 500), (8_000, 10, 10, 1_980))
    assert (found.kind, found.level) == ("gain", "info")
    assert "but men, worst off before, did not gain for certain" in found.sentence
    assert "The gap between groups widened: +5.0 points" in found.sentence


def test_where_nobody_was_worse_off_before_a_gain_that_opens_a_gap_is_no_levelling_up():
    for groups in ([(9_000, 600, 0, 400), STEADY], [STEADY, (9_000, 600, 0, 400)]):
        found = verdict(*groups)
        assert found.kind == "gain"
        assert "could not be told apart before are apart now" in found.sentence


def test_losses_without_a_gain():
    everybody = verdict((850, 0, 50, 100), (800, 0, 60, 140))
    assert (everybody.kind, everybody.level) == ("everybody lost", "warning")
    assert everybody.lost == ("women", "men")
    worse = verdict((950, 1, 1, 48), (800, 0, 60, 140))
    assert worse.kind == "loss"
    assert worse.sentence.startswith("Loss: men lost, and no group gained.")
    assert "widened" in worse.sentence


def test_a_gain_bought_with_the_rarer_label_is_a_trade_between_labels():
    women = ((700, 190, 0, 10), (5, 0, 85, 10))
    men = ((890, 1, 1, 8), (80, 1, 1, 18))
    found = verdict(women, men)
    assert found.gained == ("women",)
    assert (found.kind, found.level) == ("trade between labels", "warning")
    assert found.sentence.startswith(
        "Trade between labels: women gained, but women with label 1 paid."
    )
    assert "Recognised less often: women with label 1 −85.0 points" in found.sentence
    assert "Recognised more often: women with label 0 +21.1 points" in found.sentence


def test_a_little_of_the_better_label_for_much_of_the_weaker_is_levelling_up_with_a_warning():
    women = ((860, 1, 1, 38), (85, 1, 1, 13))
    men = ((8_000, 20, 160, 320), (200, 450, 10, 340))
    found = verdict(women, men)
    assert found.kind == "price unclear"
    women = ((8_600, 10, 10, 380), (850, 5, 5, 140))
    found = verdict(women, men)
    assert (found.kind, found.level) == ("levelling up", "warning")
    assert "Recognised less often: men with label 0 −1.6 points" in found.sentence


def test_labels_that_change_places_without_moving_a_groups_accuracy_are_evidence():
    found = verdict(((700, 100, 0, 100), (400, 0, 100, 100)), ((800, 1, 1, 98), (400, 1, 1, 98)))
    assert (found.kind, found.level) == ("trade between labels", "warning")
    assert found.sentence.startswith("Trade between labels: no group's accuracy is known to have")
    assert "women with label 1 paid" in found.sentence


def test_three_groups_are_judged_together():
    risen = verdict((9_500, 10, 10, 480), (9_000, 10, 10, 980), (8_000, 400, 10, 1_590))
    assert (risen.kind, risen.gained) == ("levelling up", ("others",))
    middle = verdict((9_500, 10, 10, 480), (9_000, 400, 10, 590), (8_000, 10, 10, 1_980))
    assert middle.kind == "gain"
    assert "but others, worst off before" in middle.sentence
    traded = verdict((9_300, 0, 200, 500), (9_000, 10, 10, 980), (8_000, 400, 10, 1_590))
    assert (traded.kind, traded.lost) == ("trade", ("women",))


def test_one_group_alone_can_gain_and_lose_but_not_level():
    assert (verdict((800, 60, 0, 140)).kind, verdict((800, 60, 0, 140)).level) == (
        "gain",
        "success",
    )
    assert verdict((800, 0, 60, 140)).kind == "loss"


counts = st.tuples(*[st.integers(0, 80)] * 4)


@settings(max_examples=40)
@given(st.tuples(counts, counts), st.tuples(counts, counts))
def test_nobody_who_lost_is_passed_over(first, second):
    if not any(map(sum, (*first, *second))):
        return
    found = paired(first, second)
    told = found.verdict
    for k, name in enumerate(found.groups):
        if found.accuracy.high[k] < 0:
            assert name in told.lost
            assert f"{name} −" in told.sentence
        if found.accuracy.high[k] < 0 and found.accuracy.low[k] < -0.005:
            assert told.level == "warning"
        for label in (0, 1):
            if found.cells.high[k, label] < 0 and found.cells.low[k, label] < -0.005:
                assert told.level == "warning"
                assert f"{name} with label {label} −" in told.sentence
    assert told.sentence.split(":")[0].lower().replace("gain, ", "") == told.kind
    if told.kind == "levelling up":
        assert np.nanmin(found.accuracy.low) >= -0.005
        assert told.gained
    if told.kind == "no evidence":
        assert not told.gained
        assert not told.lost
