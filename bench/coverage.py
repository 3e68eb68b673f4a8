"""Coverage: how often 95 % intervals hold the truth, by simulation.

``python bench/coverage.py [--samples 1000] [--replicates 1000] [--json]`` draws samples from
populations whose figures are known, makes the intervals of each, and counts. Beside the intervals
of softbio stand plain percentile intervals of the same replicates (*plain*).

Faces come one by one, or with people: 1 to 40 faces each (geometric, 12 on average), one gender
for each person, and effects of the person on how often label 1 comes and on how often the
prediction is right (normal, one standard deviation on the scale of the logit). *Kink*: both
groups have the same true rates, so that every smallest and largest has two equal parts.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from softbio.fairness import GroupCounts, compute, score_figures
from softbio.fairness.intervals import (
    IntervalPlan,
    count_intervals,
    draw_people,
    resample,
    resample_people,
    score_intervals,
)

SMOOTH = (
    "accuracy",
    "true_positive_rate",
    "precision",
    "f1",
    "mcc",
    "balanced_accuracy",
    "accuracy_difference",
    "true_positive_rate_difference",
    "precision_difference",
)
EXTREMES = (
    "fair_metric",
    "balanced_fair_metric",
    "worst_cell_accuracy",
    "accuracy_range",
    "accuracy_ratio",
    "equalized_odds",
)
SCORES = (
    "brier",
    "log_loss",
    "auc",
    "average_precision",
    "expected_calibration_error",
    "auc_difference",
    "expected_calibration_error_difference",
)
COUNT_SHORT = (
    "acc", "TPR", "prec", "F1", "MCC", "bal acc", "acc diff", "TPR diff", "prec diff",
    "Fair", "bal Fair", "worst cell", "acc range", "acc ratio", "eq odds",
)  # fmt: skip
SCORE_SHORT = ("Brier", "log loss", "AUC", "AP", "ECE", "AUC diff", "ECE diff")


@dataclass(frozen=True)
class Population:
    """Groups with their shares, prevalences, and rates of right predictions of label 0 and 1."""

    name: str
    size: int
    shares: tuple[float, ...]
    prevalence: tuple[float, ...]
    right: tuple[tuple[float, float], ...]
    effect: float = 0.0  # above 0: `size` counts people

    @property
    def groups(self) -> tuple[str, ...]:
        """Return the groups' names."""
        return tuple(f"g{index}" for index in range(len(self.shares)))

    def people(self, random: np.random.Generator, group: np.ndarray) -> np.ndarray:
        """Return the counts (K, G, 2, 2) of people of given groups."""
        k = len(group)
        faces = np.minimum(random.geometric(1 / 12, k), 40)
        label = _moved(np.array(self.prevalence)[group], self.effect * random.normal(size=k))
        right = _moved(np.array(self.right)[group], self.effect * random.normal(size=(k, 1)))
        positives = random.binomial(faces, label)
        of = np.stack([faces - positives, positives], axis=1)
        good = random.binomial(of, right)
        table = np.zeros((k, len(self.shares), 2, 2), dtype=np.int64)
        for value in (0, 1):
            table[np.arange(k), group, value, value] = good[:, value]
            table[np.arange(k), group, value, 1 - value] = (of - good)[:, value]
        return table

    def cells(self) -> np.ndarray:
        """Return the chance (G, 2, 2) of a single face."""
        label = np.stack([1 - np.array(self.prevalence), np.array(self.prevalence)], axis=1)
        right = np.array(self.right)
        table = np.empty((len(self.shares), 2, 2))
        table[:, [0, 1], [0, 1]] = label * right
        table[:, [0, 1], [1, 0]] = label * (1 - right)
        return table * np.array(self.shares)[:, None, None]

    def truth(self) -> dict[str, np.ndarray]:
        """Return the population's figures; of people from a sample of 500,000 a group."""
        if self.effect == 0:
            values = np.rint(self.cells() * 2**50).astype(np.int64)
        else:
            values = np.zeros((len(self.shares), 2, 2), dtype=np.int64)
            for index in range(len(self.shares)):
                # The same stream for each group, so that equal groups are exactly equal.
                random = np.random.default_rng(12345)
                people = self.people(random, np.full(500_000, index))
                values += people.sum(axis=0)
        return compute(GroupCounts(values, self.groups), (*SMOOTH, *EXTREMES))


def _moved(share: np.ndarray, by: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-(np.log(share / (1 - share)) + by)))


SAME, APART = ((0.93, 0.80), (0.93, 0.80)), ((0.93, 0.85), (0.95, 0.65))
HIGH = ((0.97, 0.95), (0.97, 0.95))
POPULATIONS = (
    Population("2,000 faces, kink", 2000, (0.5, 0.5), (0.25, 0.25), SAME),
    Population("2,000 faces, apart", 2000, (0.6, 0.4), (0.25, 0.11), APART),
    Population("200 faces, apart (9 men of label 1)", 200, (0.6, 0.4), (0.25, 0.11), APART),
    Population("200 faces, kink, rates .97 and .95", 200, (0.6, 0.4), (0.25, 0.25), HIGH),
    Population("1,500 faces, three groups, kink", 1500, (0.4, 0.3, 0.3), (0.25,) * 3,
               (*SAME, SAME[0])),
    Population("400 people, kink", 400, (0.5, 0.5), (0.25, 0.25), SAME, 1.0),
    Population("400 people, apart", 400, (0.6, 0.4), (0.25, 0.11), APART, 1.0),
    Population("60 people, apart", 60, (0.6, 0.4), (0.25, 0.11), APART, 1.0),
    Population("100 people, kink, rates .97 and .95", 100, (0.6, 0.4), (0.25, 0.25), HIGH, 1.0),
)  # fmt: skip


def holds(low: object, high: object, truth: np.ndarray) -> float:
    """Return 1 or 0, NaN without an interval; of a group metric, for the last group."""
    low, high, truth = (float(np.atleast_1d(np.asarray(each))[-1]) for each in (low, high, truth))
    return float("nan") if np.isnan(low) else float(low - 1e-12 <= truth <= high + 1e-12)


def cover_counts(population: Population, samples: int, replicates: int, seed: int) -> dict:
    """Return the coverage of each metric, softbio's and that of plain percentiles."""
    random = np.random.default_rng(seed)
    truth = population.truth()
    ours: dict[str, list[float]] = {name: [] for name in truth}
    plain: dict[str, list[float]] = {name: [] for name in truth}
    for sample in range(samples):
        plan = IntervalPlan(replicates=replicates, seed=sample)
        if population.effect > 0:
            group = random.choice(len(population.shares), population.size, p=population.shares)
            people = population.people(random, group)
            counts = GroupCounts(people.sum(axis=0), population.groups)
            weights = draw_people(len(people), replicates, sample)
            drawn = resample_people(people, weights, population.groups)
        else:
            people = None
            cells = population.cells()
            table = random.multinomial(population.size, cells.ravel()).reshape(cells.shape)
            counts = GroupCounts(table, population.groups)
            drawn = resample(counts, plan)
        observed = compute(counts, truth)
        found = count_intervals(counts, drawn, people=people, seed=sample)
        for name, values in compute(drawn, truth).items():
            if np.isnan(np.atleast_1d(observed[name])[-1]):
                continue
            ours[name].append(holds(*found[name], truth[name]))
            with np.errstate(all="ignore"):
                ends = np.nanquantile(values, [0.025, 0.975], axis=0)
            plain[name].append(holds(*ends, truth[name]))
    return {
        kind: {name: float(np.nanmean(each)) for name, each in found.items()}
        for kind, found in (("softbio", ours), ("plain", plain))
    }


def scored_faces(
    random: np.random.Generator, size: int, gain: float, clustered: bool
) -> tuple[np.ndarray, ...]:
    """Return label, score, group, person; `gain` 1 is perfectly calibrated (of single faces)."""
    faces = np.minimum(random.geometric(1 / 12, size), 40) if clustered else np.ones(size, int)
    person = np.repeat(np.arange(size), faces)
    group = (random.random(size) < 0.4).astype(np.int64)[person]
    effect = (random.normal(size=size) if clustered else np.zeros(size))[person]
    shift, prevalence = 2.5, 0.2
    label = (random.random(len(person)) < prevalence).astype(np.int8)
    place = random.normal(size=len(person)) + shift * label + 0.7 * effect
    logit = shift * place - shift**2 / 2 + np.log(prevalence / (1 - prevalence))
    return label, 1 / (1 + np.exp(-gain * logit)), group, person


SCORED = (
    ("100 faces", 100, 1.3, False),
    ("1,000 faces", 1000, 1.3, False),
    ("1,000 faces, calibrated", 1000, 1.0, False),
    ("100 people", 100, 1.3, True),
)


def cover_scores(
    size: int, gain: float, clustered: bool, samples: int, replicates: int, seed: int
) -> dict:
    """Return the coverage of each score metric; of group metrics, that of the smaller group."""
    random = np.random.default_rng(seed)
    groups = ("women", "men")
    many = scored_faces(np.random.default_rng(54321), 2_000_000 // (12 if clustered else 1),
                        gain, clustered)  # fmt: skip
    true = score_figures(*many[:3], groups)
    # The groups are alike in the population; what differs is its sample.
    truth = {
        name: np.array([0.0 if name.endswith("_difference") else true.overall[name]])
        for name in SCORES
    }
    ours: dict[str, list[float]] = {name: [] for name in SCORES}
    for sample in range(samples):
        label, score, group, person = scored_faces(random, size, gain, clustered)
        plan = IntervalPlan(replicates=replicates, seed=sample)
        found = score_intervals(label, score, group, groups, plan, person if clustered else None)
        for name in SCORES:
            ours[name].append(holds(*found[name], truth[name]))
    return {name: float(np.nanmean(each)) for name, each in ours.items()}


def table(title: str, columns: tuple[str, ...], rows: list[tuple[str, list[float]]]) -> str:
    lines = [f"| {title} | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    lines += [f"| {name} | " + " | ".join(f"{100 * v:.1f}" for v in row) + " |"
              for name, row in rows]  # fmt: skip
    return "\n".join(lines)


def timed(name: str, work: Callable[[], dict]) -> dict:
    start = time.perf_counter()
    found = work()
    print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=1000, help="of each population")
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    found = {
        each.name: timed(
            each.name,
            lambda each=each: cover_counts(each, asked.samples, asked.replicates, asked.seed),
        )
        for each in POPULATIONS
    }
    scored = {
        name: timed(
            name,
            lambda setting=setting: cover_scores(
                *setting, max(asked.samples // 2, 1), max(asked.replicates // 2, 100), asked.seed
            ),
        )
        for name, *setting in SCORED
    }
    if asked.json:
        print(json.dumps({"counts": found, "scores": scored, **vars(asked)}))
        return
    names = (*SMOOTH, *EXTREMES)
    for kind in ("softbio", "plain"):
        rows = [(name, [each[kind][key] for key in names]) for name, each in found.items()]
        print(table(kind, COUNT_SHORT, rows), end="\n\n")
    rows = [(name, [each[key] for key in SCORES]) for name, each in scored.items()]
    print(table("softbio, from scores", SCORE_SHORT, rows))


if __name__ == "__main__":
    main()
