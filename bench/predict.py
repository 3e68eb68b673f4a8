"""How fast a trained run predicts from JPEGs: the report's way against ours, in turns, in one run.

``python bench/predict.py [--json]``. The report's way is
``model.predict(flow_from_dataframe(…))``, float32, batch 32; ours is `softbio.predict.predict`
on the same folder, with everything that it does: finding the files, verifying and loading the
weights, decoding, the network. Both predict every face once per round.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from report_pipeline import (
    SIZE,
    Photographs,
    machine,
    make_photographs,
    report_batches,
    report_network,
)

from softbio.config import recipe
from softbio.faces.source import GENDERS
from softbio.networks.architectures import build
from softbio.predict import predict
from softbio.runs import Run, RunConfig, RunStore, sha256_of


def untrained_run(folder: Path) -> Run:
    """Return a run of the report's network, in the precision that this machine is fast in."""
    config = recipe("report").model_copy(update={"precision": "auto"})
    run = RunStore(folder).create(
        RunConfig(
            data="none",
            data_fingerprint="none",
            size=SIZE,
            group_column="gender",
            groups=GENDERS,
            train=config,
        )
    )
    build(config.network, SIZE, "float32").save_weights(run.weights_path)
    run.update_state(status="done", weights_sha256=sha256_of(run.weights_path))
    return run


def measure(photographs: Photographs, run: Run, rounds: int) -> dict[str, Any]:
    """Return the rates of both sides, measured in turns."""
    theirs = report_network()
    sides = {
        "report": lambda: theirs.predict(report_batches(photographs, train=False), verbose=0),
        "ours": lambda: predict(run, photographs.folder),
    }
    for go in sides.values():
        go()  # compiles
    count = len(photographs.names)
    rates: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, go in sides.items():
            began = time.perf_counter()
            go()
            rates[name].append(count / (time.perf_counter() - began))
    return {
        "speedup_from_jpeg": median(
            ours / report for ours, report in zip(rates["ours"], rates["report"], strict=True)
        ),
        "images_per_second": {name: median(found) for name, found in rates.items()},
        "images": count,
        "rounds": rounds,
        **machine(),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--images", type=int, default=8192)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--source", help="folder of faces to enlarge; default: drawn ones")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        photographs = make_photographs(Path(folder) / "jpegs", options.images, options.source)
        run = untrained_run(Path(folder) / "models")
        result = measure(photographs, run, options.rounds)
    if options.json:
        json.dump(result, sys.stdout, indent=2)
        sys.stdout.write("\n")
        return
    for name, rate in result["images_per_second"].items():
        print(f"{name:20s} {rate:8.0f} images/s")
    print(f"{'speedup_from_jpeg':20s} {result['speedup_from_jpeg']:8.2f}")


if __name__ == "__main__":
    main()
