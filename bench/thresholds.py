"""How fast all metrics are computed at every threshold, and how fast rules are chosen.

``python bench/thresholds.py [--faces N] [--thresholds T] [--json]``. The seconds are the median
of several rounds, in one process. ``seconds`` is the whole sweep: counts and every count metric,
by group and over all faces, at T thresholds. Fairlearn's ``ThresholdOptimizer`` stands beside
the exact search over two thresholds, on the same faces. A machine that is busy otherwise gives
less: the load average stands beside the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from softbio.fairness import (
    METRICS,
    choose_common,
    choose_per_group,
    compute,
    fit_calibration,
    sweep,
)

GROUPS = ("women", "men")


def make_faces(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[str, ...]]:
    """Return labels, float32 scores that hardly ever tie, and groups, in CelebA's proportions."""
    draws = np.random.default_rng(0)
    group = (draws.random(n) < 0.42).astype(np.int64)
    label = (draws.random(n) < np.where(group == 0, 0.25, 0.11)).astype(np.int8)
    score = 1 / (1 + np.exp(-draws.normal(-2 + 3.5 * label, 1.4)))
    return label, score.astype(np.float32), group, GROUPS


def median_seconds(work: Callable[[], Any], rounds: int) -> float:
    """Return the median time of `work`, after one round to warm up."""
    work()
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def fairlearns_seconds(label: np.ndarray, score: np.ndarray, group: np.ndarray) -> float:
    """Return how long Fairlearn takes to fit its randomised rule, one round."""
    from fairlearn.postprocessing import ThresholdOptimizer
    from sklearn.base import BaseEstimator

    class Scores(BaseEstimator):
        def fit(self, inputs: np.ndarray, label: np.ndarray) -> Scores:
            return self

        def predict(self, inputs: np.ndarray) -> np.ndarray:
            return inputs[:, 0]

        def __sklearn_is_fitted__(self) -> bool:
            return True

    optimizer = ThresholdOptimizer(
        estimator=Scores(), constraints="equalized_odds", objective="accuracy_score",
        prefit=True, predict_method="predict",
    )  # fmt: skip
    begun = time.perf_counter()
    optimizer.fit(score[:, None], label, sensitive_features=group)
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=int, default=40_000)
    parser.add_argument("--thresholds", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    faces = make_faces(options.faces)
    label, score, group, _ = faces

    def whole() -> None:
        swept = sweep(*faces, most=options.thresholds)
        compute(swept.counts)
        compute(swept.counts.pooled())

    def rounds(work: Callable[[], Any]) -> float:
        return round(median_seconds(work, options.rounds), 4)

    result = {
        "seconds": rounds(whole),
        "seconds_counts": rounds(lambda: sweep(*faces, most=options.thresholds)),
        "seconds_every_cut": rounds(lambda: sweep(*faces, most=None)),
        "seconds_common": rounds(lambda: choose_common(*faces, "balanced_fair_metric")),
        "seconds_equalized_odds": rounds(lambda: choose_per_group(*faces, "equalized_odds")),
        "seconds_equalized_odds_fairlearn": round(fairlearns_seconds(label, score, group), 4),
        "seconds_platt_per_group": rounds(lambda: fit_calibration(*faces, per_group=True)),
        "faces": options.faces,
        "thresholds": len(sweep(*faces, most=options.thresholds)),
        "cuts": len(sweep(*faces, most=None)),
        "metrics": sum(metric.needs == "counts" for metric in METRICS.values()),
        "load_average": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }
    if options.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:34} {value}")


if __name__ == "__main__":
    main()
