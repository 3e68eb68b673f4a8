"""Train recipes on a face set over several seeds and write what each gives to each gender.

``python bench/evidence.py data/celeba`` trains what is not yet in the run store, resumes
what was interrupted, and writes the beginning of ``docs/evidence.md`` from the run folders alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from sections import put_head

from softbio.config import recipe
from softbio.faces import FaceSet
from softbio.runs import Run, RunStore
from softbio.training.start import find_or_train

PAGE = Path(__file__).resolve().parents[1] / "docs" / "evidence.md"
METRICS = ("accuracy", "fair_metric", "balanced_fair_metric", "worst_cell_accuracy")


def figures(run: Run) -> dict[str, float]:
    """Return one run's figures on the test split at threshold 0.5, with seconds and epochs."""
    report = run.predictions().evaluate("test", 0.5).as_json()
    row = {
        f"accuracy, {name}": group["accuracy"]["value"] for name, group in report["groups"].items()
    }
    row |= {name: report["metrics"][name]["value"] for name in METRICS}
    state = run.state
    return row | {"best epoch": state.best_epoch, "seconds": state.seconds}


def spread(rows: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the mean and the sample standard deviation of each figure over the seeds."""
    return {
        name: (
            float(np.mean([row[name] for row in rows])),
            float(np.std([row[name] for row in rows], ddof=1)) if len(rows) > 1 else float("nan"),
        )
        for name in rows[0]
    }


def page(faces: FaceSet, results: dict[str, list[dict[str, float]]]) -> str:
    """Return the page as Markdown."""
    summary = {name: spread(rows) for name, rows in results.items()}
    seeds = len(next(iter(results.values())))
    names = list(next(iter(summary.values())))
    lines = [
        "# Evidence\n\n",
        "<!-- Written by bench/evidence.py from run folders. -->\n\n",
        f"{len(faces):,} faces of `{faces.name}` at {faces.size}×{faces.size}, label "
        f"`{faces.meta['label'].get('formula') or faces.meta['label'].get('column')}`, split by "
        f"{faces.meta['split']['by']}: {len(faces.rows('train')):,} to train, "
        f"{len(faces.rows('val')):,} to validate, {len(faces.rows('test')):,} to test. "
        f"Each figure is on the test split at threshold 0.5, as the mean ± sample standard "
        f"deviation of {seeds} training seeds. "
        "Seconds are wall-clock and include whatever else the machine did meanwhile.\n\n",
        "| recipe | " + " | ".join(name.replace("_", " ") for name in names) + " |\n",
        "|---|" + "---|" * len(names) + "\n",
    ]
    for recipe_name, row in summary.items():
        cells = [
            f"{mean:.1f} ± {deviation:.1f}"
            if name in ("seconds", "best epoch")
            else f"{mean:.3f} ± {deviation:.3f}"
            for name, (mean, deviation) in row.items()
        ]
        lines.append(f"| `{recipe_name}` | {' | '.join(cells)} |\n")
    return "".join(lines)


def main() -> None:
    """Train what is missing, then write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="a packed face set")
    parser.add_argument("--recipes", nargs="+", default=["report", "recommended"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--models", type=Path, default=None)
    parser.add_argument(
        "--json", action="store_true", help="print the figures instead of writing the page"
    )
    options = parser.parse_args()

    faces, store = FaceSet.open(options.data), RunStore(options.models)
    results: dict[str, list[dict[str, float]]] = {}
    for name in options.recipes:
        for seed in range(options.seeds):
            config = recipe(name).model_copy(update={"seed": seed})
            run = find_or_train(store, faces, config)
            results.setdefault(name, []).append(figures(run))
            print(f"{name} seed {seed}: {run.id}", results[name][-1], file=sys.stderr)
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        written = put_head(PAGE.read_text(encoding="utf-8"), page(faces, results))
        PAGE.write_text(written, encoding="utf-8")
        print(PAGE.name, file=sys.stderr)


if __name__ == "__main__":
    main()
