"""Comparing two runs: how often 95 % intervals hold the true change, and how long it takes.

``python bench/changes.py [--samples 300] [--replicates 400] [--json]`` draws faces with a label and
two runs' predictions from populations whose rates are known, compares the runs, and counts how
often each interval holds the true change.

A face is right in a run where a latent normal variable lies below the quantile of its cell's rate.
The two runs' variables correlate, so that they err on mostly the same faces. With people, a part
of each variable is the person's own. *Tie*: both groups have the same true rates, so that smallest
and largest figures have two equal parts.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist, median

import numpy as np

from softbio.fairness import METRICS, GroupCounts, compare
from softbio.fairness.intervals import IntervalPlan

GROUPS = ("women", "men")
SMOOTH = (
    "accuracy",
    "true_positive_rate",
    "balanced_accuracy",
    "precision",
    "f1",
    "accuracy_difference",
)
EXTREMES = (
    "fair_metric", "balanced_fair_metric", "worst_cell_accuracy", "accuracy_range", "equalized_odds",
)  # fmt: skip
ALIKE = 0.7  # correlation of the two runs
OWN = 0.3  # share of a face's variance that is its person's


@dataclass(frozen=True)
class Population:
    """Faces per cell on average, and the rate of right predictions of each cell."""

    name: str
    sizes: tuple[tuple[int, int], tuple[int, int]]
    before: tuple[tuple[float, float], tuple[float, float]]
    after: tuple[tuple[float, float], tuple[float, float]]
    people: int = 0

    def truth(self) -> dict[str, float]:
        """Return the true change of each metric; of a group metric, for the first group."""
        counts = []
        for rates in (self.before, self.after):
            n, right = np.array(self.sizes) * 1e9, np.array(rates)
            table = np.empty((2, 2, 2))
            table[:, [0, 1], [0, 1]], table[:, [0, 1], [1, 0]] = n * right, n * (1 - right)
            counts.append(GroupCounts(np.rint(table).astype(np.int64), GROUPS))
        return {
            name: float(np.ravel(METRICS[name](counts[1]) - METRICS[name](counts[0]))[0])
            for name in (*SMOOTH, *EXTREMES)
        }

    def faces(self, random: np.random.Generator) -> dict[str, np.ndarray | None]:
        """Return the arguments of `compare`."""
        sizes = np.array(self.sizes)
        n, shares = int(sizes.sum()), sizes.sum(axis=1) / sizes.sum()
        person = None
        group = (random.random(n) >= shares[0]).astype(np.int64)
        if self.people:
            person = random.integers(0, self.people, n)
            group = (np.arange(self.people) >= shares[0] * self.people).astype(np.int64)[person]
        label = (random.random(n) < (sizes[:, 1] / sizes.sum(axis=1))[group]).astype(np.int64)
        own = OWN if self.people else 0.0
        latent = np.zeros((2, n))
        for share, draws, places in ((own, self.people, person), (1 - own, n, slice(None))):
            if share:
                common = random.standard_normal(draws)
                for run in latent:
                    each = np.sqrt(ALIKE) * common + np.sqrt(1 - ALIKE) * random.standard_normal(
                        draws
                    )
                    run += np.sqrt(share) * each[places]
        quantile = np.vectorize(NormalDist().inv_cdf)
        right = [
            run < quantile(np.array(rates))[group, label]
            for run, rates in zip(latent, (self.before, self.after), strict=True)
        ]
        baseline, prediction = (np.where(each, label, 1 - label) for each in right)
        return {
            "label": label, "prediction": prediction, "baseline": baseline, "group": group,
            "person": person,
        }  # fmt: skip


EVEN = ((800, 200), (800, 200))
TIE = ((0.93, 0.80), (0.93, 0.80)), ((0.95, 0.85), (0.95, 0.85))
SAME = ((0.9, 0.9), (0.9, 0.9))
POPULATIONS = (
    Population("tie before and after", EVEN, *TIE),
    Population("four equal cells, no change", ((500, 500), (500, 500)), SAME, SAME),
    Population("tie after", EVEN, ((0.95, 0.9), (0.95, 0.6)), ((0.95, 0.85), (0.95, 0.85))),
    Population("one clear worst cell", ((900, 300), (900, 100)),
               ((0.95, 0.9), (0.96, 0.5)), ((0.94, 0.9), (0.95, 0.7))),
    Population("another worst cell", EVEN, ((0.95, 0.9), (0.95, 0.7)), ((0.95, 0.7), (0.95, 0.9))),
    Population("cells of 15 faces", ((150, 15), (150, 15)),
               ((0.96, 0.9), (0.95, 0.85)), ((0.95, 0.95), (0.95, 0.9))),
    Population("100 people, tie", EVEN, *TIE, people=100),
    Population("100 people, apart", EVEN,
               ((0.95, 0.9), (0.95, 0.6)), ((0.94, 0.9), (0.95, 0.75)), people=100),
    Population("30 people, apart", ((240, 60), (240, 60)),
               ((0.9, 0.8), (0.9, 0.85)), ((0.92, 0.85), (0.9, 0.8)), people=30),
)  # fmt: skip


def coverage(population: Population, samples: int, replicates: int, seed: int) -> dict[str, float]:
    """Return how often each interval held the truth, and both families as a whole."""
    random = np.random.default_rng([seed, 1])
    truth = population.truth()
    held: dict[str, list[bool]] = {name: [] for name in (*truth, "all_groups", "all_cells")}
    cells = np.array(population.after) - np.array(population.before)
    for sample in range(samples):
        found = compare(
            groups=GROUPS, plan=IntervalPlan(replicates, seed=sample), **population.faces(random)
        )
        for name, value in truth.items():
            low, high = (np.ravel(getattr(found.metrics[name], end))[0] for end in ("low", "high"))
            if not np.isnan(low):
                held[name].append(bool(low - 1e-9 <= value <= high + 1e-9))
        held["all_cells"].append(
            bool(np.all((found.cells.low <= cells) & (cells <= found.cells.high)))
        )
        each = truth["accuracy"], truth["accuracy"] - truth["accuracy_difference"]
        held["all_groups"].append(
            bool(np.all((found.accuracy.low <= each) & (each <= found.accuracy.high)))
        )
    return {name: round(float(np.mean(each)), 3) for name, each in held.items()}


def seconds(rounds: int = 7, n: int = 40_000, people: int = 2_000) -> dict[str, float]:
    """Return the time of one comparison with 2,000 replicates."""
    random = np.random.default_rng(0)
    label, group, person = (random.integers(0, most, n) for most in (2, 2, people))
    old = np.clip(random.normal(0.3 + 0.4 * label, 0.25), 0, 1).astype(np.float32)
    new = np.clip(old + random.normal(0, 0.1, n), 0, 1).astype(np.float32)
    arguments = (label, new > 0.5, old > 0.5, group, GROUPS)
    scores = {"score": new, "baseline_score": old}

    def timed() -> Iterator[tuple[str, float]]:
        for name, options in (
            ("seconds_by_face", {}),
            ("seconds_by_person", {"person": person}),
            ("seconds_with_scores", {"person": person, **scores}),
        ):
            times = []
            for seed in range(rounds):  # another seed, so that nothing is remembered
                begun = time.perf_counter()
                compare(*arguments, plan=IntervalPlan(seed=seed), **options)
                times.append(time.perf_counter() - begun)
            yield name, round(median(times), 3)

    return dict(timed())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=300)
    parser.add_argument("--replicates", type=int, default=400)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    result = {
        **seconds(),
        "coverage": {
            population.name: coverage(population, options.samples, options.replicates, seed)
            for seed, population in enumerate(POPULATIONS)
        },
        "samples": options.samples,
        "replicates": options.replicates,
        "load_average": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }
    found = result["coverage"]
    smooth = [one[name] for one in found.values() for name in SMOOTH]
    extremes = [one[name] for one in found.values() for name in EXTREMES]
    result |= {"lowest_smooth": min(smooth), "lowest_extreme": min(extremes)}
    if options.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        if name != "coverage":
            print(f"{name:24} {value}")
    for name, one in found.items():
        print(name)
        for metric, share in one.items():
            print(f"    {metric:28} {share:.3f}")


if __name__ == "__main__":
    main()
