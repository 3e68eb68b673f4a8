"""Results, proposals and pruning, against what a study holds and against brute force."""

import csv
import io
import math

import numpy as np
import pytest

from softbio.config import Choice, Range, Space, recipe
from softbio.fairness import METRICS, GroupCounts, evaluate_counts
from softbio.jobs.search import objectives
from softbio.jobs.search.about import About
from softbio.jobs.search.claiming import claim, close, note
from softbio.jobs.search.objective import figures
from softbio.jobs.search.results import results_of
from softbio.jobs.search.study import add_trial, create_study, opened, propose, prune_against

SPACE = Space({"loss.gamma": Range(0, 5), "loss.name": Choice(("focal", "cross_entropy"))})


def about(direction="maximise", trials=30):
    return About(
        created=0.0, data="data/none", data_fingerprint="0", group_column="gender",
        groups={-1: "women", 1: "=men()"}, base=recipe("fast"), space=SPACE.as_dict(),
        objective="balanced_fair_metric" if direction == "maximise" else "equalized_odds",
        direction=direction, trials=trials, folds=3, seed=0,
    )  # fmt: skip


@pytest.fixture
def study(tmp_path):
    create_study(tmp_path / "study.sqlite3", "mine", "maximise")
    with opened(tmp_path / "study.sqlite3", "mine") as found:
        yield found


def end(study, values, value, women=0.8, men=0.7, verdict="complete", name=None):
    number = add_trial(study, SPACE, values, {"worker": "1-1.00"})
    outcome = {
        "verdict": verdict,
        "note": "" if verdict == "complete" else "=why",
        "figures": {
            "value": value, "mean_accuracy": (women + men) / 2,
            "worst_group_accuracy": min(women, men),
            "accuracy_women": women, "accuracy_=men()": men,
        },
        "spent": {"epochs_trained": 6, "seconds": 1.5},
    }  # fmt: skip
    if verdict != "complete":
        del outcome["figures"]
    note(study, number, "outcome", outcome)
    close(study, number, outcome)
    close(study, number, outcome)  # as a worker does that takes up the trial of a dead one
    return number


def test_results_tell_each_trial_the_best_and_the_front(study, tmp_path):
    values = {"loss.gamma": 2.0, "loss.name": "focal"}
    points = [(0.8, 0.9, 0.7), (0.9, 0.82, 0.8), (0.85, 0.81, 0.79), (0.7, 0.95, 0.66)]
    for value, women, men in points:
        end(study, values, value, women, men)
    end(study, values, None, verdict="pruned")
    end(study, values, None, verdict="failed")
    add_trial(study, SPACE, values, {"worker": "alive"})
    add_trial(study, SPACE, values, {"worker": "dead", "run": "gone"})
    found = results_of(study, about(), SPACE, ["alive"], tmp_path)
    states = ["complete"] * 4 + ["pruned", "failed", "running", "stopped"]
    assert found.trials["state"].tolist() == states and found.best == 1
    mean = [(women + men) / 2 for _, women, men in points]
    worst = [min(women, men) for _, women, men in points]
    front = [
        not any(
            (mean[b] >= mean[a] and worst[b] >= worst[a])
            and (mean[b] > mean[a] or worst[b] > worst[a])
            for b in range(4)
        )
        for a in range(4)
    ]
    assert found.front.tolist() == [*front, False, False, False, False]
    assert found.trials["mean_accuracy"][:4].tolist() == pytest.approx(mean)
    assert found.trials["value"][4:].isna().all() and found.trials["run"][7] is None
    assert found.importance == {}


def test_the_csv_holds_no_formula_and_the_json_no_nan(study, tmp_path):
    end(study, {"loss.gamma": 2.0, "loss.name": "focal"}, 0.8)
    end(study, {"loss.gamma": 3.0, "loss.name": "focal"}, None, verdict="failed")
    found = results_of(study, about(), SPACE, [], tmp_path)
    head, *rows = csv.reader(io.StringIO(found.as_csv().decode()))
    assert head[:3] == ["number", "state", "run"] and head[-1] == "pareto_front"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in [head, *rows] for cell in row)
    assert rows[0][head.index("value")] == "0.8" and rows[1][head.index("value")] == ""
    assert rows[1][head.index("note")] == "'=why"
    first, second = found.as_json()["trials"]
    assert first["value"] == 0.8 and first["pareto_front"] is True and second["value"] is None


def test_importance_names_what_the_objective_depends_on(study, tmp_path):
    draws = np.random.default_rng(0)
    for number in range(16):
        gamma = float(draws.uniform(0, 5))
        name = ("focal", "cross_entropy")[number % 2]
        end(study, {"loss.gamma": gamma, "loss.name": name}, 1 - abs(gamma - 2) / 5)
        found = results_of(study, about(), SPACE, [], tmp_path).importance
        assert bool(found) == (number >= 7)
    assert list(found) == ["loss.gamma", "loss.name"] and found["loss.gamma"] > 0.9
    assert sum(found.values()) == pytest.approx(1)
    assert found == results_of(study, about(), SPACE, [], tmp_path).importance


def test_proposals_follow_from_the_trials_and_the_seed(study):
    for gamma in np.linspace(0.5, 4.5, 12):
        end(study, {"loss.gamma": float(gamma), "loss.name": "focal"}, -abs(gamma - 2))
    trials = study.get_trials()
    first = propose(trials, SPACE, "maximise", 1, 30)
    assert first == propose(trials, SPACE, "maximise", 1, 30)
    assert first != propose(trials, SPACE, "maximise", 2, 30)
    near = [propose(trials, SPACE, "maximise", seed, 30)["loss.gamma"] for seed in range(12)]
    assert abs(np.median(near) - 2) < 1, "it looks where trials were good"


def test_proposals_have_no_crumbs_of_their_steps():
    space = Space({"loss.q": Range(0.1, 0.9, step=0.1)})
    found = {propose([], space, "maximise", seed, 9)["loss.q"] for seed in range(40)}
    assert found <= {number / 10 for number in range(1, 10)} and len(found) > 5


@pytest.mark.parametrize("direction", ["maximise", "minimise"])
def test_the_worst_quarter_is_pruned_once_four_are_complete(tmp_path, direction):
    create_study(tmp_path / "study.sqlite3", "mine", direction)
    sign = 1 if direction == "maximise" else -1
    seen = []
    with opened(tmp_path / "study.sqlite3", "mine") as study:
        for value in (0.5, 0.9, 0.7, 0.8, 0.6, 0.66, 0.4, 0.95):
            number = add_trial(study, SPACE, {"loss.gamma": value, "loss.name": "focal"}, {})
            needed = prune_against(study, number, 0, sign * value)
            low = np.percentile(seen, 25) if len(seen) >= 4 else -math.inf
            assert (needed is not None) == (value < low), value
            if needed is None:
                close(study, number, {"verdict": "complete", "figures": {"value": sign * value}})
                seen.append(value)
            else:
                assert needed == pytest.approx(sign * low)
                close(study, number, {"verdict": "pruned"})
    assert 0.4 not in seen and 0.95 in seen


def test_a_worker_takes_up_what_a_dead_one_left_before_anything_new(study):
    plan = about(trials=2)
    first = claim(study, plan, SPACE, "me", ["me"])
    other = claim(study, plan, SPACE, "you", ["me", "you"])
    assert (first.number, other.number) == (0, 1)
    assert claim(study, plan, SPACE, "third", ["me", "you", "third"]) == "wait"
    taken = claim(study, plan, SPACE, "third", ["me", "third"])
    assert (taken.number, taken.values) == (1, other.values)
    for number in (0, 1):
        close(study, number, {"verdict": "complete", "figures": {"value": 0.5}})
    assert claim(study, plan, SPACE, "me", ["me"]) is None


@pytest.mark.parametrize("name", sorted(objectives()))
def test_figures_are_those_of_an_evaluation(name):
    counts = GroupCounts(np.array([[[8, 2], [1, 9]], [[6, 4], [3, 17]]]), ("women", "men"))
    found = figures(counts, name)
    assert found["value"] == evaluate_counts(counts).overall[name]
    assert found["accuracy_women"] == 17 / 20 and found["accuracy_men"] == 23 / 30
    assert found["mean_accuracy"] == pytest.approx((17 / 20 + 23 / 30) / 2)
    assert found["worst_group_accuracy"] == 23 / 30
    metric = METRICS[name]
    assert objectives()[name] == ("maximise" if metric.best == metric.range[1] else "minimise")


def test_a_group_without_faces_is_no_part_of_the_mean():
    counts = GroupCounts(np.array([[[8, 2], [1, 9]], [[0, 0], [0, 0]]]), ("women", "men"))
    found = figures(counts, "accuracy")
    assert found["mean_accuracy"] == found["worst_group_accuracy"] == 17 / 20
    assert math.isnan(found["accuracy_men"])
