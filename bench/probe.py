"""Tag to learn: how good a probe is after so many tags, and how long a refit takes.

``python bench/probe.py [DATA] [--run RUN …] [--seeds 5] [--tags 200] [--json]`` plays the person:
the set's own attributes answer what the lab asks, and the lab sees nothing else of them. After
each round of 20 tags the probe is learned anew.

- ``ap_glasses``, ``ap_blond``: average precision on the faces that were not tagged, mean over
  seeds, with ``_women`` and ``_men``, on the embeddings of the first run with colours and edges;
  ``…_random``: the same where plain random faces are tagged; ``…_no_run``: colours and edges
  alone; ``…_spread``: standard deviation over seeds; ``…_not_trained``: on those faces alone that
  the runs were not trained on, where embeddings cannot echo a label that was learned by heart.
- ``tags_glasses_0.90``, ``tags_blond_0.80``: after how many tags the mean first reaches the goal.
- ``ap_…_all_labels``: the same kind of probe, taught by all faces of half of the people and
  judged on the other half: what more tags could give.
- ``refit_seconds_40000``: `learn` with 200 tags on 40,000 faces, cross-validation, calibration,
  chances and intervals included; ``…_1000_tags``. ``propose_seconds_200000``: 20 proposals.
  ``colour_seconds_10000``, ``features_seconds_10000``: from pixels, from what is kept. The best of
  the turns, as other work on the machine only adds.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score

from softbio.cores import cores
from softbio.faces.faceset import FaceSet
from softbio.hypotheses.probe import Features, Probe, learn, missing_tags, propose
from softbio.hypotheses.probe.colour import describe
from softbio.runs import RunStore

ROOT = Path(__file__).resolve().parents[1]
WORDS = {"glasses": ("Eyeglasses", 0.90), "blond": ("Blond_Hair", 0.80)}
ROUND = 20
AVERAGES = ("", "_women", "_men", "_not_trained")


class Person:
    """Knows one attribute of a set, and is asked face by face."""

    def __init__(self, faces: FaceSet, attribute: str) -> None:
        self.truth = faces.table[attribute].to_numpy(np.int8)
        self.group, self.groups = faces.group_index(), tuple(faces.group_names.values())
        self.person = faces.table["identity"].fillna(-1).to_numpy(np.int64)
        self.not_trained = (faces.table["split"] != "train").to_numpy()

    def learn(self, features: Features, tags: np.ndarray, check: list[int]) -> Probe | None:
        """Learn the attribute from tags, if there are enough."""
        if missing_tags(tags, self.person):
            return None
        return learn(
            features, "word", tags, self.group, self.groups,
            person=self.person, check=np.array(check, np.int64),
        )  # fmt: skip

    def figures(self, chances: np.ndarray, open_: np.ndarray) -> dict[str, float]:
        """Return the average precision on open faces, of all and of each group."""
        told = {"": average_precision_score(self.truth[open_], chances[open_])}
        for number, name in enumerate(self.groups):
            own = open_ & (self.group == number)
            told[f"_{name}"] = average_precision_score(self.truth[own], chances[own])
        own = open_ & self.not_trained
        told["_not_trained"] = average_precision_score(self.truth[own], chances[own])
        return told


def simulate(
    person: Person, features: Features, tags_wanted: int, seed: int, *, random: bool = False
) -> list[dict[str, float]]:
    """Tag as the lab asks, or at random; return the figures after each round."""
    tags = np.full(len(person.truth), -1, np.int8)
    draws = np.random.default_rng([seed, 7])
    check: list[int] = []
    probe: Probe | None = None
    rounds = []
    for _ in range(tags_wanted // ROUND):
        if random:
            rows = draws.choice(np.flatnonzero(tags < 0), ROUND, replace=False)
        else:
            proposal = propose(features, tags, probe, person.group, n=ROUND, seed=seed)
            rows = proposal.rows
            check += rows[proposal.why == "check"].tolist()
        tags[rows] = person.truth[rows]
        probe = person.learn(features, tags, check)
        # Before there is a probe all faces are alike.
        chances = np.full(len(tags), 0.5) if probe is None else probe.chances
        told = person.figures(chances, tags < 0)
        told["_yes"] = int((tags == 1).sum())
        open_ = tags < 0
        told["_expected_per_true"] = chances[open_].sum() / person.truth[open_].sum()
        if probe is not None:
            told["_cross_validated"] = probe.quality.tagged.overall.average_precision.value
        rounds.append(told)
    return rounds


def on_features(
    faces: FaceSet, features: Features, tags_wanted: int, seeds: int
) -> dict[str, object]:
    """Return the figures of both words, proposed and random."""
    found: dict[str, object] = {}
    for word, (attribute, goal) in WORDS.items():
        person = Person(faces, attribute)
        for ending, random in (("", False), ("_random", True)):
            played = [
                simulate(person, features, tags_wanted, seed, random=random)
                for seed in range(seeds)
            ]
            last = [rounds[-1] for rounds in played]
            for name in last[0]:
                values = [told[name] for told in last]
                found[f"ap_{word}{name}{ending}" if name in AVERAGES
                      else f"{word}{name}{ending}"] = float(np.mean(values))  # fmt: skip
            found[f"ap_{word}_spread{ending}"] = float(np.std([told[""] for told in last], ddof=1))
            means = [float(np.mean([rounds[turn][""] for rounds in played]))
                     for turn in range(len(played[0]))]  # fmt: skip
            reached = [turn for turn, mean in enumerate(means) if mean >= goal]
            found[f"tags_{word}_{goal:.2f}{ending}"] = ROUND * (reached[0] + 1) if reached else None
            found[f"curve_{word}{ending}"] = [round(mean, 3) for mean in means]
        half = person.person % 2 == 0
        taught = person.learn(features, np.where(half, person.truth, -1).astype(np.int8), [])
        assert taught is not None
        for name, value in person.figures(taught.chances, ~half).items():
            found[f"ap_{word}{name}_all_labels"] = value
        print(word, {key: value for key, value in found.items() if f"ap_{word}" in key},
              file=sys.stderr)  # fmt: skip
    return found


def least(work: Callable[[], object], turns: int) -> float:
    seconds = []
    for _ in range(turns):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def speed(faces: FaceSet, features: Features, turns: int) -> dict[str, float]:
    """Time refits and proposals on the set's own features, repeated with a little noise."""
    draws = np.random.default_rng(0)

    def larger(n: int) -> tuple[Features, np.ndarray]:
        rows = np.resize(np.arange(len(faces)), n)
        values = features.values[rows]
        values += draws.normal(0, 0.005, values.shape).astype(np.float32)
        return Features(values, features.blocks, features.source), rows

    person = Person(faces, "Eyeglasses")
    found = {}
    for n, tagged, name in (
        (40_000, 200, "refit_seconds_40000"),
        (40_000, 1000, "refit_seconds_40000_1000_tags"),
    ):
        many, rows = larger(n)
        tags = np.full(n, -1, np.int8)
        asked = draws.choice(n, tagged, replace=False)
        tags[asked] = person.truth[rows][asked]
        who = person.person[rows] + len(faces) * (np.arange(n) // len(faces))

        def refit(
            many: Features = many, tags: np.ndarray = tags, group: np.ndarray = person.group[rows],
            who: np.ndarray = who, check: np.ndarray = asked[: tagged // 5],
        ) -> None:  # fmt: skip
            learn(many, "glasses", tags, group, person.groups, person=who, check=check)

        found[name] = least(refit, turns)
    many, rows = larger(200_000)
    tags = np.full(len(rows), -1, np.int8)
    asked = draws.choice(len(rows), 200, replace=False)
    tags[asked] = person.truth[rows][asked]
    group = person.group[rows]
    probe = learn(many, "glasses", tags, group, person.groups)
    found["propose_seconds_200000"] = least(
        lambda: propose(many, tags, probe, group, n=ROUND), turns
    )
    found["propose_seconds_200000_first"] = least(
        lambda: propose(many, np.full(len(rows), -1, np.int8), None, group, n=ROUND), turns
    )
    some = np.asarray(faces.images[:1000])
    found["colour_seconds_10000_one_core"] = 10 * least(lambda: describe(some), turns)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", type=Path, default=ROOT / "data" / "celeba")
    parser.add_argument("--run", action="append", help="runs of the set; default: the newest")
    parser.add_argument("--models", type=Path, help="folder that holds runs")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--tags", type=int, default=200)
    parser.add_argument("--turns", type=int, default=7, help="how often what is timed runs")
    parser.add_argument("--speed", action="store_true", help="time only")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    faces = FaceSet.open(asked.data)
    store = RunStore(asked.models)
    runs = [store.get(name) for name in asked.run or ()] or [
        run for run in store.list()
        if run.config.kind == "trained" and run.config.data_fingerprint == faces.fingerprint
        and run.state.status == "done"
    ][:1]  # fmt: skip
    first = Features.of(faces, runs[0] if runs else None)
    start = time.perf_counter()
    Features.of(faces, runs[0] if runs else None)
    found: dict[str, object] = {"features_seconds": time.perf_counter() - start}
    found |= speed(faces, first, asked.turns)
    if not asked.speed:
        for number, run in enumerate(runs):
            told = on_features(faces, Features.of(faces, run), asked.tags, asked.seeds)
            found |= told if number == 0 else {f"{key}_{run.id}": told[key] for key in told}
        told = on_features(faces, Features.of(faces), asked.tags, asked.seeds)
        found |= {f"{key}_no_run": value for key, value in told.items()}
    found |= {
        "runs": [run.id for run in runs],
        "faces": len(faces),
        "tags": asked.tags,
        "seeds": asked.seeds,
        "cores": cores(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }
    if asked.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:>50}  {f'{value:.3f}' if isinstance(value, float) else value}")


if __name__ == "__main__":
    main()
