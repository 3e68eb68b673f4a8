"""Refitting the last layer: from nothing, after each move of a slider, and beside scikit-learn.

``python bench/head.py [--faces 40000] [--inputs 512] [--json]`` draws rectified, correlated
inputs as a network's last layer gets them, with groups and labels in CelebA's proportions, and
times in turns:

- cold: standardise the inputs and fit with every cell weighing the same;
- warm: the fits of a person who drags sliders over all settings, each begun with the last one;
- scikit-learn's ``LogisticRegression`` (newton-cholesky and lbfgs) with the same weights and
  penalty, given the inputs as we have standardised them, and asked for the same accuracy.

``seconds_warm`` is the median of all moves, ``seconds_warm_longest`` the median over the turns of
the move that took longest; ``speedup_vs_sklearn`` is the faster of its solvers over our cold fit.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

from softbio.config import HeadConfig
from softbio.cores import cores
from softbio.training.head import HeadData, balanced_cells, face_shares, fit_head

#: What a person does one after the other, from balanced cells: (weight of men, γ, smoothing, target).
MOVES = (
    (1.1, 0.0, 0.0, None),
    (1.5, 0.0, 0.0, None),
    (3.0, 0.0, 0.0, None),
    (1.0, 0.0, 0.0, None),
    (1.0, 0.0, 0.05, None),
    (1.0, 0.0, 0.0, None),
    (1.0, 0.5, 0.0, None),
    (1.0, 1.0, 0.0, None),
    (1.0, 2.0, 0.0, None),
    (1.0, 5.0, 0.0, None),
    (1.0, 0.0, 0.0, None),
    (1.0, 0.0, 0.0, 0.5),
)
SOLVERS = ("newton-cholesky", "lbfgs")


def draw(faces: int, inputs: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return inputs (n, D) float32, labels and groups.

    The inputs are rectified and correlated like those of a trained network: a few directions
    hold most of their variance, and the many others little.
    """
    draws = np.random.default_rng(0)
    factors = draws.standard_normal((faces, inputs), dtype=np.float32)
    mixing = draws.standard_normal((inputs, inputs), dtype=np.float32)
    mixing *= (np.arange(1, inputs + 1, dtype=np.float32) ** -0.9)[:, None]
    mixing /= np.sqrt(np.square(mixing).sum(axis=0))
    values = np.maximum(factors @ mixing - 0.3, 0)
    group = (draws.random(faces) < 0.42).astype(np.int64)
    logit = 1.7 * factors[:, :12].sum(axis=1) - 5.0 - 2.2 * group
    label = (draws.random(faces) < 1 / (1 + np.exp(-logit))).astype(np.int64)
    return values, label, group


def timed_sklearn(data: HeadData, settings: HeadConfig, solver: str) -> tuple[float, np.ndarray]:
    # In float32 lbfgs gives up early: rounding hides the last of the descent.
    kind = np.float64 if solver == "lbfgs" else np.float32
    inputs = np.ascontiguousarray(data.design.matrix[:, :-1], dtype=kind)
    weights = face_shares(data, settings)
    model = LogisticRegression(C=1 / settings.l2, solver=solver, tol=1e-6, max_iter=1000)
    start = time.perf_counter()
    model.fit(inputs, data.label, sample_weight=weights)
    return time.perf_counter() - start, model.predict_proba(inputs)[:, 1]


def measure(faces: int, inputs: int, turns: int) -> dict[str, object]:
    values, label, group = draw(faces, inputs)
    cold, warm, theirs = [], [], {solver: [] for solver in SOLVERS}
    apart = dict.fromkeys(SOLVERS, 0.0)
    for turn in range(turns + 1):
        start = time.perf_counter()
        data = HeadData(values, label, group, ("women", "men"))
        settings = HeadConfig(cell_weights=balanced_cells(data))
        head = fit_head(data, settings)
        cold.append(time.perf_counter() - start)
        scores = head.scores(values)
        moves = []
        for men, gamma, smoothing, target in MOVES:
            moved = settings.model_copy(
                update={
                    "weights": {"men": men},
                    "gamma": gamma,
                    "label_smoothing": smoothing,
                    "target_prevalence": target,
                }
            )
            start = time.perf_counter()
            head = fit_head(data, moved, start=head)
            moves.append(time.perf_counter() - start)
            assert head.converged
        warm.append(moves)
        for solver in SOLVERS:
            seconds, found = timed_sklearn(data, settings, solver)
            theirs[solver].append(seconds)
            apart[solver] = max(apart[solver], float(np.abs(found - scores).max()))
        print(f"turn {turn}: cold {cold[-1]:.2f} s, warm {statistics.median(moves):.3f} s "
              f"(longest {max(moves):.3f} s), "
              + ", ".join(f"{solver} {theirs[solver][-1]:.2f} s" for solver in SOLVERS),
              file=sys.stderr)  # fmt: skip
    # The first turn wakes the threads and is not counted.
    sklearn_seconds = {solver: statistics.median(theirs[solver][1:]) for solver in SOLVERS}
    ours = statistics.median(cold[1:])
    return {
        "seconds_cold": ours,
        "seconds_warm": statistics.median(move for moves in warm[1:] for move in moves),
        "seconds_warm_longest": statistics.median(max(moves) for moves in warm[1:]),
        "speedup_vs_sklearn": min(sklearn_seconds.values()) / ours,
        "seconds_sklearn": sklearn_seconds,
        "score_difference_sklearn": apart,
        "faces": faces,
        "inputs": inputs,
        "turns": turns,
        "cores": cores(),
        "versions": {
            "python": sys.version.split()[0],
            "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faces", type=int, default=40_000)
    parser.add_argument("--inputs", type=int, default=512, help="inputs of the last layer")
    parser.add_argument("--turns", type=int, default=3, help="how often everything runs")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    found = measure(asked.faces, asked.inputs, asked.turns)
    if asked.json:
        print(json.dumps(found))
        return
    print(f"{'cold':>26}  {found['seconds_cold']:>7.3f} s")
    print(f"{'warm, median move':>26}  {found['seconds_warm']:>7.3f} s")
    print(f"{'warm, longest move':>26}  {found['seconds_warm_longest']:>7.3f} s")
    for solver, seconds in found["seconds_sklearn"].items():
        print(f"{'sklearn ' + solver:>26}  {seconds:>7.3f} s")
    print(f"{'speedup':>26}  {found['speedup_vs_sklearn']:>7.1f} ×")
    print(f"{found['faces']:,} faces × {found['inputs']} inputs, {found['cores']} cores, median of "
          f"{found['turns']} turns; scores differ by at most "
          f"{max(found['score_difference_sklearn'].values()):.1e}")  # fmt: skip


if __name__ == "__main__":
    main()
