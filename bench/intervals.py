"""Intervals of all count metrics, against Fairlearn's bootstrap of the same faces.

``python bench/intervals.py [--faces 202599] [--people 10177] [--json]`` draws the labels,
predictions, genders and identities of as many faces as CelebA has, and times in turns:

- ours by face: from rows to intervals of all count metrics, with 10,000 replicates;
- ours by identity: the same with people drawn anew;
- Fairlearn's ``MetricFrame(n_boot=…)``: a handful of replicates of the eight metrics that it
  has too, less the time that it takes without a bootstrap.

``speedup_per_replicate`` is Fairlearn's seconds a replicate over ours by face, the median of
the turns.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from functools import partial

import fairlearn
import numpy as np
from fairlearn.metrics import (
    MetricFrame,
    false_negative_rate,
    false_positive_rate,
    selection_rate,
    true_negative_rate,
    true_positive_rate,
)
from sklearn.metrics import accuracy_score, balanced_accuracy_score, precision_score

from softbio.cores import cores
from softbio.fairness import GroupCounts
from softbio.fairness.intervals import (
    IntervalPlan,
    count_intervals,
    draw_people,
    person_counts,
    resample,
    resample_people,
)

GROUPS = ("women", "men")
THEIRS = {
    "accuracy": accuracy_score,
    "balanced_accuracy": balanced_accuracy_score,
    "precision": partial(precision_score, zero_division=np.nan),
    "selection_rate": selection_rate,
    "true_positive_rate": true_positive_rate,
    "true_negative_rate": true_negative_rate,
    "false_positive_rate": false_positive_rate,
    "false_negative_rate": false_negative_rate,
}


def drawn_faces(faces: int, people: int) -> tuple[np.ndarray, ...]:
    """Return label, prediction, gender and person; each person has one gender."""
    random = np.random.default_rng(0)
    person = np.concatenate([np.arange(people), random.integers(0, people, faces - people)])
    gender = (random.random(people) < 0.42).astype(np.int64)[person]
    easy = random.normal(size=people)[person]
    label = (random.random(faces) < np.array([0.25, 0.11])[gender]).astype(np.int8)
    right = random.random(faces) < 1 / (1 + np.exp(-(2.5 - 1.2 * label + easy)))
    return label, np.where(right, label, 1 - label), gender, person


def by_face(label: np.ndarray, prediction: np.ndarray, group: np.ndarray, replicates: int) -> int:
    plan = IntervalPlan(replicates=replicates)
    counts = GroupCounts.from_predictions(label, prediction, group, GROUPS)
    return len(count_intervals(counts, resample(counts, plan), plan.level))


def by_identity(
    label: np.ndarray,
    prediction: np.ndarray,
    group: np.ndarray,
    person: np.ndarray,
    replicates: int,
) -> int:
    people = person_counts(label, prediction, group, len(GROUPS), person)
    drawn = resample_people(people, draw_people(len(people), replicates, 0), GROUPS)
    counts = GroupCounts(people.sum(axis=0), GROUPS)
    return len(count_intervals(counts, drawn, people=people))


def fairlearns(
    label: np.ndarray, prediction: np.ndarray, group: np.ndarray, replicates: int | None
) -> None:
    quantiles = None if replicates is None else [0.025, 0.975]
    MetricFrame(
        metrics=THEIRS,
        y_true=label,
        y_pred=prediction,
        sensitive_features=group,
        n_boot=replicates,
        ci_quantiles=quantiles,
        random_state=None if replicates is None else 0,
    )


def seconds(work: partial[object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(faces: int, people: int, replicates: int, theirs: int, turns: int) -> dict[str, object]:
    label, prediction, group, person = drawn_faces(faces, people)
    rows = label, prediction, group
    iid, identity, each = [], [], []
    for turn in range(turns + 1):
        iid_s = seconds(partial(by_face, *rows, replicates))
        identity_s = seconds(partial(by_identity, *rows, person, replicates))
        plain = seconds(partial(fairlearns, *rows, None))
        their_s = (seconds(partial(fairlearns, *rows, theirs)) - plain) / theirs
        if turn:  # the first turn warms caches and imports
            iid.append(iid_s)
            identity.append(identity_s)
            each.append(their_s)
        print(f"turn {turn}: by face {iid_s:.3f} s, by identity {identity_s:.3f} s, "
              f"Fairlearn {their_s:.3f} s a replicate", file=sys.stderr)  # fmt: skip
    return {
        "speedup_per_replicate": statistics.median(
            them * replicates / us for them, us in zip(each, iid, strict=True)
        ),
        "speedup_per_replicate_by_identity": statistics.median(
            them * replicates / us for them, us in zip(each, identity, strict=True)
        ),
        "seconds_iid": statistics.median(iid),
        "seconds_by_identity": statistics.median(identity),
        "fairlearn_seconds_per_replicate": statistics.median(each),
        "faces": faces,
        "people": people,
        "replicates": replicates,
        "intervals": by_face(*rows, 100),
        "fairlearn_metrics": len(THEIRS),
        "turns": turns,
        "cores": cores(),
        "versions": {
            "python": sys.version.split()[0],
            "numpy": np.__version__,
            "fairlearn": fairlearn.__version__,
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faces", type=int, default=202_599)
    parser.add_argument("--people", type=int, default=10_177)
    parser.add_argument("--replicates", type=int, default=10_000, help="ours")
    parser.add_argument("--fairlearn-replicates", type=int, default=3, help="theirs")
    parser.add_argument("--turns", type=int, default=3, help="how often each side runs")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    found = measure(
        asked.faces, asked.people, asked.replicates, asked.fairlearn_replicates, asked.turns
    )
    if asked.json:
        print(json.dumps(found))
        return
    print(f"{'by face':>24}  {found['seconds_iid']:>9.3f} s")
    print(f"{'by identity':>24}  {found['seconds_by_identity']:>9.3f} s")
    print(f"{'Fairlearn, one replicate':>24}  {found['fairlearn_seconds_per_replicate']:>9.3f} s")
    print(f"{'speedup per replicate':>24}  {found['speedup_per_replicate']:>9,.0f}")
    print(f"{found['faces']:,} faces of {found['people']:,} people, {found['replicates']:,} "
          f"replicates, {found['cores']} cores, median of {found['turns']} turns")  # fmt: skip


if __name__ == "__main__":
    main()
