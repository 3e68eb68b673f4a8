"""Attributes known by chances: what a search makes of a probe, beside a cut at one half.

``python bench/chances.py [--faces 40000] [--json]`` takes CelebA's annotation file
(``$SOFTBIO_SHARED`` or ``../shared``; else made-up attributes) and hides two attributes behind
probes that make mistakes: calibrated chances from a score with normal noise, which knows nothing
of the other attributes. The label is blond xor glasses, or blond or glasses, with flips by gender
(15 % of women's positives, 3 % of negatives). For probes of three qualities:

- ``first``: what ranks first from the chances, from chances cut at one half, and from the
  attributes themselves;
- ``noise``: by how many points at most the four noise rates that it tells are off;
- ``seconds`` of the three searches.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import numpy as np
from hypotheses import GROUPS, NOISES, annotations, flipped
from sklearn.metrics import average_precision_score

from softbio.formula import parse
from softbio.hypotheses import search

#: Standard deviations between the scores of faces with and without the attribute.
SHARPNESS = ((2.4, 2.8), (2.8, 3.3), (3.2, 3.9))
HIDDEN = ("Blond_Hair", "Eyeglasses")


def probe(truth: np.ndarray, sharpness: float, rng: np.random.Generator) -> np.ndarray:
    """Return calibrated chances from a noisy score."""
    share = truth.mean()
    score = sharpness * truth + rng.normal(size=len(truth))
    logit = sharpness * score - sharpness**2 / 2 + np.log(share / (1 - share))
    return 1 / (1 + np.exp(-logit))


def measure(faces: int) -> list[dict[str, object]]:
    frame, data = annotations()
    rng = np.random.default_rng(0)
    rows = np.sort(rng.choice(len(frame), min(faces, len(frame)), replace=False))
    frame = frame.iloc[rows]
    group = frame["Male"].to_numpy().astype(np.int64)
    exact = {str(name): frame[name].to_numpy() for name in frame}
    rates = np.array(NOISES[4]).reshape(2, 2)  # [group]: of positives, of negatives
    found = []
    for rule in ("Blond_Hair xor Eyeglasses", "Blond_Hair or Eyeglasses"):
        label = flipped(parse(rule).evaluate(frame), group, NOISES[4], seed=0)
        for sharpness in SHARPNESS:
            chances = {
                name: probe(exact[name], how, rng)
                for name, how in zip(HIDDEN, sharpness, strict=True)
            }
            cut = {name: (chance > 0.5).astype(np.int8) for name, chance in chances.items()}
            line: dict[str, object] = {"label": rule, "data": data, "faces": len(frame)}
            line["average_precision"] = [
                float(average_precision_score(exact[name], chances[name])) for name in HIDDEN
            ]
            sides = {"chances": exact | chances, "cut": exact | cut, "attributes": exact}
            for side, columns in sides.items():
                start = time.perf_counter()
                first = search(columns, label, group, GROUPS).hypotheses[0]
                seconds = time.perf_counter() - start
                told = np.array(
                    [(one.label_0_given_1, one.label_1_given_0) for one in first.groups]
                )
                off = float(100 * np.abs(told - rates).max())
                line[side] = {"first": first.formula, "noise": off, "seconds": seconds}
            found.append(line)
            print(json.dumps(line), file=sys.stderr)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faces", type=int, default=40_000, help="how many faces are drawn")
    parser.add_argument("--json", action="store_true", help="print one JSON array")
    asked = parser.parse_args()
    found = measure(asked.faces)
    if asked.json:
        print(json.dumps(found))
        return
    for line in found:
        precision = " and ".join(f"{value:.2f}" for value in line["average_precision"])
        print(f"{line['label']}, probes of average precision {precision}")
        for side in ("chances", "cut", "attributes"):
            told = line[side]
            print(f"  {side:>10}  {told['first']}; noise off by {told['noise']:.1f} points at "
                  f"most; {told['seconds']:.1f} s")  # fmt: skip


if __name__ == "__main__":
    main()
