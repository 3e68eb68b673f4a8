"""What does the label mean: how long an exact search takes, and which planted rules it finds.

``python bench/hypotheses.py [--rules 60] [--turns 3] [--their-turns 1] [--json]`` searches
CelebA's annotation file (``$SOFTBIO_SHARED`` or ``../shared``; else made-up attributes of the
same size):

- ``seconds_3``, ``seconds_4``: the label blond xor glasses with flips by gender (15 % of
  women's positives, 3 % of negatives), every function of up to 3 and 4 attributes, from
  arrays to ranked formulas, the growth to six literals included; ``…_random``: for random labels;
  ``seconds_3_exhaustive``: without the growth.
- ``recovered`` of ``identifiable`` planted rules, of ``rules``. A rule is identifiable if, among
  all functions of its own attributes, the labels favour it; it is recovered if what ranks first
  among all attributes has its value at every face. ``recovered_by_tree``: the same for a decision
  tree of as many levels as the rule has attributes, and two more.

Beside others, where they are installed (``bench/requirements.txt``); where not, it says so:

- ``speedup_vs_pysubgroup``: pysubgroup's search of all conjunctions to depth 3 without its
  bounds (SimpleDFS), on the same rows, against ``seconds_3_exhaustive``, which looks at all
  functions; ``speedup_vs_pysubgroup_bounded``: with the bounds of its quality, which leave out
  what cannot be among the best. ``recovered_by_pysubgroup``: of the rules that are
  conjunctions, those that it puts first.
- ``recovered_by_rulefit``: planted rules of which imodels' RuleFit predicts the value at every
  face, fitted to ``rulefit_faces`` faces, for it takes minutes on all; ``recovered_on_as_many``:
  what the search recovers from the same faces, of all the rules.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn

from softbio.cores import cores
from softbio.formula import parse
from softbio.hypotheses import SearchPlan, search

GROUPS = ("women", "men")
FACES, ATTRIBUTES = 202_599, 40
#: Flip rates (women's positives, women's negatives, men's positives, men's negatives).
NOISES = (
    (0, 0, 0, 0),
    (0.1, 0.1, 0.1, 0.1),
    (0.2, 0.2, 0.2, 0.2),
    (0.3, 0.3, 0.3, 0.3),
    (0.15, 0.03, 0, 0.03),
    (0.3, 0.1, 0.05, 0.2),
)
SHAPES = (
    "{0} or {1}",
    "{0} xor {1}",
    "{0} and not {1}",
    "{0} or {1} and not {2}",
    "({0} xor {1}) and {2}",
    "{0} and not {1} or {2} and {3}",
    "({0} or {1}) and not ({2} and {3})",
)
#: The shapes of each ten rules.
ORDER = (0, 1, 2, 3, 5, 0, 1, 2, 4, 6)


def annotations() -> tuple[pd.DataFrame, str]:
    """Return CelebA's attributes, or made-up ones, with a column `Male`."""
    root = Path(__file__).resolve().parents[1]
    shared = Path(os.environ.get("SOFTBIO_SHARED", root.parent / "shared"))
    file = shared / "celeba" / "list_attr_celeba.txt"
    if file.is_file():
        from softbio.faces.readers.celeba import read_attributes

        return read_attributes(file), "CelebA"
    rng = np.random.default_rng(0)
    names = ["Male", "Blond_Hair", "Eyeglasses"]
    names += [f"attribute_{number}" for number in range(len(names), ATTRIBUTES)]
    common = rng.normal(size=(FACES, 3))
    leaning = rng.normal(scale=0.5, size=(3, ATTRIBUTES))
    values = common @ leaning + rng.normal(size=(FACES, ATTRIBUTES))
    cut = np.quantile(values, 1 - rng.uniform(0.04, 0.5, ATTRIBUTES), axis=0).diagonal()
    return pd.DataFrame((values > cut).astype(np.int8), columns=names), "made up"


def flipped(
    truth: np.ndarray, group: np.ndarray, rates: tuple[float, ...], seed: int
) -> np.ndarray:
    """Return labels that differ from the rule at these rates."""
    rate = np.array(rates)[2 * group + (truth == 0)]
    return (truth ^ (np.random.default_rng(seed).random(len(truth)) < rate)).astype(np.int8)


def planted(frame: pd.DataFrame, count: int) -> list[tuple[str, tuple[float, ...]]]:
    """Draw rules over attributes that are neither rare nor nearly everywhere."""
    share = frame.mean()
    usual = [name for name in frame if 0.04 < share[name] < 0.96 and name != "Male"]
    rng = np.random.default_rng(1)
    rules = []
    for number in range(count):
        chosen = rng.choice(usual, 4, replace=False)
        rules.append((SHAPES[ORDER[number % 10]].format(*chosen), NOISES[number % len(NOISES)]))
    return rules


def recovers(
    columns: pd.DataFrame,
    label: np.ndarray,
    group: np.ndarray,
    rule: str,
    rows: np.ndarray | slice = slice(None),
) -> bool:
    """Whether what ranks first, searched on some rows, is the rule on all."""
    formula = parse(rule)
    plan = SearchPlan(max_attributes=max(3, len(formula.names)), top=1)
    found = search(columns.iloc[rows], label[rows], group[rows], GROUPS, plan=plan)
    if not found.hypotheses:
        return False
    best = parse(found.hypotheses[0].formula)
    return bool((best.evaluate(columns) == formula.evaluate(columns)).all())


def tree_recovers(columns: pd.DataFrame, label: np.ndarray, rule: str) -> bool:
    from sklearn.tree import DecisionTreeClassifier

    formula = parse(rule)
    tree = DecisionTreeClassifier(max_depth=len(formula.names) + 2, min_samples_leaf=50)
    values = columns.to_numpy(np.float32)
    return bool((tree.fit(values, label).predict(values) == formula.evaluate(columns)).all())


def rulefit_recovers(columns: pd.DataFrame, label: np.ndarray, rule: str, rows: np.ndarray) -> bool:
    from imodels import RuleFitClassifier

    values = columns.to_numpy(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = RuleFitClassifier(random_state=0)
        model.fit(values[rows], label[rows], feature_names=list(columns))
        predicted = model.predict(values)
    return bool((predicted == parse(rule).evaluate(columns)).all())


def subgroups(
    columns: pd.DataFrame, label: np.ndarray, depth: int, bounded: bool
) -> tuple[float, str]:
    """Return pysubgroup's seconds for all conjunctions up to a depth, and its first."""
    import pysubgroup

    frame = columns.astype(bool).assign(target=label.astype(bool))
    selectors = [
        pysubgroup.EqualitySelector(name, value) for name in columns for value in (True, False)
    ]
    task = pysubgroup.SubgroupDiscoveryTask(
        frame, pysubgroup.BinaryTarget("target", True), selectors,
        result_set_size=20, depth=depth, qf=pysubgroup.StandardQF(1.0),
    )  # fmt: skip
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = pysubgroup.SimpleDFS().execute(task, use_optimistic_estimates=bounded)
    seconds = time.perf_counter() - start
    return seconds, str(found.to_dataframe()["subgroup"].iloc[0])


def seconds_of(
    columns: pd.DataFrame, label: np.ndarray, group: np.ndarray, most: int, beam: int = 6
) -> float:
    plan = SearchPlan(max_attributes=most, beam_literals=beam)
    start = time.perf_counter()
    search(columns, label, group, GROUPS, plan=plan)
    return time.perf_counter() - start


def timed(
    frame: pd.DataFrame, label: np.ndarray, group: np.ndarray, turns: int, their_turns: int
) -> dict[str, object]:
    """Time the searches, and pysubgroup's where it is installed."""
    random = np.random.default_rng(0).integers(0, 2, len(frame)).astype(np.int8)
    times: dict[str, list[float]] = {}
    for turn in range(turns):
        for name, most, target in (
            ("seconds_3", 3, label), ("seconds_4", 4, label),
            ("seconds_3_random", 3, random), ("seconds_4_random", 4, random),
        ):  # fmt: skip
            times.setdefault(name, []).append(seconds_of(frame, target, group, most))
        exhaustive = seconds_of(frame, label, group, 3, beam=0)
        times.setdefault("seconds_3_exhaustive", []).append(exhaustive)
        if turn < their_turns and installed("pysubgroup"):
            for name, bounded in (("pysubgroup_seconds", False), ("pysubgroup_bounded", True)):
                times.setdefault(name, []).append(subgroups(frame, label, 3, bounded)[0])
    found: dict[str, object] = {name: statistics.median(runs) for name, runs in times.items()}
    if "pysubgroup_seconds" in times:
        # Nobody grows formulas there: like is held against like.
        own = statistics.median(times["seconds_3_exhaustive"])
        found["speedup_vs_pysubgroup"] = statistics.median(times["pysubgroup_seconds"]) / own
        found["speedup_vs_pysubgroup_bounded"] = (
            statistics.median(times["pysubgroup_bounded"]) / own
        )
    return found


def installed(library: str) -> bool:
    return importlib.util.find_spec(library) is not None


def count_recovered(
    frame: pd.DataFrame, group: np.ndarray, rules: int, rulefit_faces: int
) -> dict[str, object]:
    """Count the planted rules that each side recovers."""
    hits: dict[str, int] = dict.fromkeys(("identifiable", "recovered", "recovered_by_tree"), 0)
    if installed("pysubgroup"):
        hits |= {"conjunctions": 0, "recovered_by_pysubgroup": 0}
    if installed("imodels"):
        hits |= {"recovered_by_rulefit": 0, "recovered_on_as_many": 0}
    rows = np.random.default_rng(2).choice(len(frame), rulefit_faces, replace=False)
    missed = []
    for number, (rule, rates) in enumerate(planted(frame, rules)):
        formula = parse(rule)
        target = flipped(formula.evaluate(frame), group, rates, seed=number)
        if installed("imodels"):
            hits["recovered_by_rulefit"] += rulefit_recovers(frame, target, rule, rows)
            hits["recovered_on_as_many"] += recovers(frame, target, group, rule, rows)
        if not recovers(frame[list(formula.names)], target, group, rule):
            print(f"not identifiable: {rule} {rates}", file=sys.stderr)
            continue
        hits["identifiable"] += 1
        hit = recovers(frame, target, group, rule)
        hits["recovered"] += hit
        missed += [] if hit else [rule]
        hits["recovered_by_tree"] += tree_recovers(frame, target, rule)
        if installed("pysubgroup") and rule == f"{formula.names[0]} and not {formula.names[1]}":
            hits["conjunctions"] += 1
            first = subgroups(frame, target, 2, bounded=True)[1]
            hits["recovered_by_pysubgroup"] += set(first.split(" AND ")) == {
                f"{formula.names[0]}==True", f"{formula.names[1]}==False"
            }  # fmt: skip
    return {"rules": rules, **hits, "missed": missed}


def measure(rules: int, turns: int, their_turns: int, rulefit_faces: int) -> dict[str, object]:
    for library in ("pysubgroup", "imodels"):
        if not installed(library):
            print(f"{library} is not installed: see bench/requirements.txt", file=sys.stderr)
    frame, data = annotations()
    group = frame["Male"].to_numpy().astype(np.int64)
    label = flipped(parse("Blond_Hair xor Eyeglasses").evaluate(frame), group, NOISES[4], seed=0)
    found = timed(frame, label, group, turns, their_turns)
    found |= count_recovered(frame, group, rules, min(rulefit_faces, len(frame)))
    found |= {
        "rulefit_faces": min(rulefit_faces, len(frame)),
        "data": data,
        "faces": len(frame),
        "attributes": len(frame.columns),
        "turns": turns,
        "cores": cores(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "versions": {
            "python": sys.version.split()[0],
            "numpy": np.__version__,
            "pandas": pd.__version__,
            "scikit-learn": sklearn.__version__,
        },
    }  # fmt: skip
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rules", type=int, default=60, help="how many rules to plant")
    parser.add_argument("--turns", type=int, default=3, help="how often each search is timed")
    parser.add_argument(
        "--their-turns", type=int, default=1, help="in how many turns pysubgroup is timed too"
    )
    parser.add_argument(
        "--rulefit-faces", type=int, default=10_000, help="faces that RuleFit is fitted to"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    found = measure(asked.rules, asked.turns, asked.their_turns, asked.rulefit_faces)
    if asked.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        if isinstance(value, float):
            print(f"{name:>30}  {value:,.2f}")
    for name in ("rules", "identifiable", "recovered", "recovered_by_tree", "conjunctions",
                 "recovered_by_pysubgroup", "recovered_by_rulefit", "recovered_on_as_many"):  # fmt: skip
        if name in found:
            print(f"{name:>30}  {found[name]}")
    print(f"{found['faces']:,} faces × {found['attributes']} attributes ({found['data']}), "
          f"{found['cores']} cores, median of {found['turns']} turns")  # fmt: skip


if __name__ == "__main__":
    main()
