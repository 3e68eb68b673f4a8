import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softbio.audit import misclassified, transitions
from softbio.audit.transitions import KINDS
from softbio.errors import RunError
from softbio.fairness import DecisionRule, common_rule
from softbio.runs import RunStore
from softbio.runs.judging import judge, judge_pair

RULE = DecisionRule(kind="per_group", thresholds={"women": 0.6, "men": 0.3})


@pytest.fixture(scope="module")
def pair(tmp_path_factory, prediction_frame):
    """A run and a baseline that lacks some of its faces and has them in another order."""
    from softbio.config import recipe
    from softbio.runs import RunConfig

    store = RunStore(tmp_path_factory.mktemp("models"))
    config = RunConfig(
        data="data/none",
        data_fingerprint="0" * 64,
        size=80,
        group_column="gender",
        groups={-1: "women", 1: "men"},
        train=recipe("report"),
    )
    run, baseline = store.create(config), store.create(config)
    frame = prediction_frame()
    run.write_predictions(frame)
    rng = np.random.default_rng(1)
    other = frame.assign(score=rng.permutation(frame["score"].to_numpy()))
    other = other.sample(frac=0.9, random_state=2)
    baseline.write_predictions(other)
    return run, baseline


def wrong(run, split, rule):
    found = misclassified(run.predictions(), split, rule=rule)
    return set(found["filename"])


@settings(max_examples=12)
@given(
    split=st.sampled_from(["train", "val", "test"]),
    first=st.floats(0, 1),
    second=st.floats(0, 1),
)
def test_the_kinds_are_the_errors_of_both_runs_taken_apart(pair, split, first, second):
    run, baseline = pair
    rules = common_rule(first), common_rule(second)
    moved = transitions(run, baseline, split, *rules)
    names = {kind: set(getattr(moved, kind)["filename"]) for kind in KINDS}
    scored = set(baseline.predictions().frame["filename"])
    now, before = wrong(run, split, rules[0]) & scored, wrong(baseline, split, rules[1])
    assert names["fixed"] == before - now
    assert names["broken"] == now - before
    assert names["still_wrong"] == now & before
    assert not moved.fixed.empty or not before - now


def test_the_counts_agree_with_the_comparison_of_the_two_runs(pair):
    run, baseline = pair
    moved = transitions(run, baseline, "train", common_rule(0.4), common_rule(0.6))
    compared = judge_pair(run, baseline, "train", threshold=0.4, baseline_threshold=0.6)
    fixed, broken, still = (moved.counts(kind) for kind in KINDS)
    for counts, wrong_ones in ((compared.before, fixed + still), (compared.after, broken + still)):
        expected = np.stack([counts.values[:, 0, 1], counts.values[:, 1, 0]], axis=1)
        assert np.array_equal(wrong_ones, expected)
    assert np.array_equal(moved.n, compared.after.values.sum(axis=-1))


def test_of_a_run_against_itself_everything_that_is_wrong_stays_wrong(pair):
    run, _ = pair
    moved = transitions(run, run, "test")
    counts = judge(run, "test").counts.values
    assert moved.fixed.empty and moved.broken.empty
    assert len(moved.still_wrong) == counts[:, 0, 1].sum() + counts[:, 1, 0].sum()


def test_each_run_is_judged_by_its_own_rule(pair):
    run, baseline = pair
    moved = transitions(run, baseline, "train", RULE, common_rule(0.5))
    broken = moved.broken
    cut = broken["group"].map(RULE.thresholds).astype(np.float32)
    assert ((broken["score"] > cut) != (broken["label"] == 1)).all()
    assert ((broken["baseline_score"] > 0.5) == (broken["label"] == 1)).all()


def test_what_was_most_confidently_wrong_comes_first(pair):
    moved = transitions(*pair, "train", common_rule(0.5), common_rule(0.5))
    assert (moved.broken["score"] - moved.broken["label"]).abs().is_monotonic_decreasing
    assert (moved.fixed["baseline_score"] - moved.fixed["label"]).abs().is_monotonic_decreasing


def test_the_baselines_scores_are_those_of_the_same_names(pair):
    run, baseline = pair
    moved = transitions(run, baseline, "train")
    table = pd.concat([moved.fixed, moved.broken, moved.still_wrong])
    known = baseline.predictions().frame.set_index("filename")["score"]
    assert (table["baseline_score"].to_numpy() == known.loc[table["filename"]].to_numpy()).all()
    names = run.predictions().frame["filename"].iloc[table["row"]]
    assert names.tolist() == table["filename"].tolist()


def test_runs_without_a_face_in_common_are_refused(pair, tmp_path):
    run, baseline = pair
    stranger = RunStore(tmp_path).create(baseline.config)
    frame = baseline.predictions().frame
    stranger.write_predictions(frame.assign(filename="other-" + frame["filename"]))
    with pytest.raises(RunError, match="no face of the split 'test' in common"):
        transitions(run, stranger, "test")
