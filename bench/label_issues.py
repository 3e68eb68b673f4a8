"""How fast labels that look wrong are found, and how far that agrees with Cleanlab.

``python bench/label_issues.py [--faces N] [--json]``. The seconds are the median of several
rounds, in one process. ``seconds_<N>`` is all that `label_issues` does: thresholds, joint, flags,
suspicion and order by group, noise rates and their intervals by person. Cleanlab's
``find_label_issues`` gives flags alone, without groups; ``seconds_flags`` is what that part takes
here, on the same faces. Cleanlab comes with ``requirements-test.txt``. ``agreement_with_cleanlab`` is the share
of faces on which the flags agree, the least over several kinds of noise and networks. A machine
that is busy otherwise gives less: the load average stands beside the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
from cleanlab.filter import find_label_issues

from softbio.audit.label_issues import label_issues
from softbio.audit.label_issues.flagging import flag
from softbio.audit.label_issues.joint import calibrated, confident_counts
from softbio.audit.label_issues.suspicion import contradicts
from softbio.audit.label_issues.thresholds import thresholds_of

GROUPS = ("women", "men")


def make_faces(
    n: int, flip: float = 0.1, apart: float = 2.5, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return given labels, float32 scores, groups and people, in CelebA's proportions.

    `flip` is the share of labels that are wrong, `apart` how well the network tells them apart.
    """
    draws = np.random.default_rng(seed)
    group = (draws.random(n) < 0.42).astype(np.int64)
    true = draws.random(n) < np.where(group == 0, 0.25, 0.11)
    label = np.where(draws.random(n) < flip, ~true, true).astype(np.int64)
    score = 1 / (1 + np.exp(-draws.normal(-1.8 + apart * true, 1.2)))
    return label, score.astype(np.float32), group, draws.integers(0, max(n // 20, 1), n)


def median_seconds(work: Callable[[], Any], rounds: int) -> float:
    """Return the median time of `work`, after one round to warm up."""
    work()
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def cleanlabs(label: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return what Cleanlab flags by its default."""
    chance = score.astype(np.float64)
    return find_label_issues(label, np.stack([1 - chance, chance], axis=1), n_jobs=1)


def flags_alone(label: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return what `label_issues` flags without groups, and compute nothing else."""
    score, group = score.astype(np.float64), np.zeros(len(label), dtype=np.int64)
    thresholds = thresholds_of(label, score, group, 1)
    faces = np.bincount(label, minlength=2)[None]
    joint = calibrated(confident_counts(label, score, group, thresholds), faces)
    against = contradicts(label, score, score, group, thresholds, by_group=False)
    return flag(label, score, group, joint, faces, against)


def agreements(n: int) -> dict[str, float]:
    """Return the share of faces on which both agree, by noise and network."""
    found = {}
    for flip, apart in product((0.02, 0.1, 0.2, 0.3), (1.5, 2.5, 4.0)):
        label, score, group, _ = make_faces(n, flip, apart, seed=1)
        ours = label_issues(label, score, group, GROUPS, by_group=False).flagged
        found[f"flip {flip:g}, apart {apart:g}"] = float((ours == cleanlabs(label, score)).mean())
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    label, score, group, person = make_faces(options.faces)

    def audit(**how: Any) -> float:
        return median_seconds(
            lambda: label_issues(label, score, group, GROUPS, **how), options.rounds
        )

    agreed = agreements(20_000)
    ours = median_seconds(lambda: flags_alone(label, score), options.rounds)
    theirs = median_seconds(lambda: cleanlabs(label, score), options.rounds)
    result = {
        f"seconds_{options.faces}": round(audit(person=person), 4),
        f"seconds_{options.faces}_without_people": round(audit(), 4),
        "seconds_flags": round(ours, 4),
        "seconds_flags_cleanlab": round(theirs, 4),
        "speedup_vs_cleanlab": round(theirs / ours, 2),
        "agreement_with_cleanlab": min(agreed.values()),
        "agreements": agreed,
        "faces": options.faces,
        "load_average": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }
    if options.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:34} {value}")


if __name__ == "__main__":
    main()
