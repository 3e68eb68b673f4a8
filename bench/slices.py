"""How fast the slices of errors are found.

``python bench/slices.py [--faces N] [--attributes A] [--json]``. All conjunctions of up to three
attributes are counted, for two groups and both together, tested, corrected and told, on faces
drawn at random of which one slice fails more: ``count_seconds`` is the counting alone,
``seconds`` everything by face, ``seconds_by_person`` everything by person.
"""

from __future__ import annotations

import argparse
import json
import os
import time

import numpy as np

from softbio.audit.slices import slices
from softbio.audit.slices.counting import count_slices

GROUPS = ("women", "men")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=int, default=202_599)
    parser.add_argument("--attributes", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    random = np.random.default_rng(0)
    n = wanted.faces
    columns = {
        f"a{index}": (random.random(n) < random.uniform(0.03, 0.6)).astype(np.int8)
        for index in range(wanted.attributes)
    }
    group = (random.random(n) < 0.42).astype(np.int64)
    person = random.integers(0, max(n // 20, 1), n)
    wrong = random.random(n) < 0.08
    wrong |= (columns["a1"] == 1) & (columns["a2"] == 0) & (random.random(n) < 0.2)

    def least(work: object) -> float:
        taken = []
        for _ in range(wanted.rounds):
            begun = time.perf_counter()
            work()  # type: ignore[operator]
            taken.append(time.perf_counter() - begun)
        return round(min(taken), 2)

    found = slices(columns, wrong, group, GROUPS)
    figures = {
        "faces": n,
        "attributes": wanted.attributes,
        "tested": found.tested,
        "count_seconds": least(lambda: count_slices(columns, wrong, group, 2)),
        "seconds": least(lambda: slices(columns, wrong, group, GROUPS)),
        "seconds_by_person": least(lambda: slices(columns, wrong, group, GROUPS, person=person)),
        "load": round(os.getloadavg()[0], 1),
    }
    if wanted.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:20} {value}")


if __name__ == "__main__":
    main()
