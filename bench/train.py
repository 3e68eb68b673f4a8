"""How fast the report's network trains: the report's pipeline against ours, in turns, in one run.

``python bench/train.py [--json] [--data FACES]``. Both sides train the same network on the same JPEGs of
178×218. Ours packs them first, once; packing is timed apart, since an epoch does not repeat
it. The limit is the same machine's bfloat16 matrix product, measured between the rounds. With `--data`, a packed set of real faces,
it also measures how long until the report's result, as `time_to_report.py` says.
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

import keras
import numpy as np
from report_pipeline import (
    SIZE,
    Photographs,
    machine,
    make_photographs,
    report_batches,
    report_network,
)
from time_to_report import measure as time_to_report

from softbio.config import recipe
from softbio.faces.stream import decoded_batches
from softbio.networks.architectures import multiplications
from softbio.networks.precision import device_names
from softbio.networks.trainer import Trainer
from softbio.training.batches import epoch_batches, prefetch, steps_per_epoch
from softbio.training.plan import TrainingPlan

#: Batch size and precision of each of our sides.
OURS = ((32, "float32"), (32, "mixed_bfloat16"), (256, "float32"), (256, "mixed_bfloat16"))
#: Side of the matrices whose product is the limit, on the CPU and on an accelerator, which smaller
#: ones leave waiting.
_MATRIX = {"cpu": 2048, "accelerator": 8192}


class Ours:
    """Our training of the report's network, as `softbio train` steps it."""

    def __init__(self, images: np.ndarray, photographs: Photographs, size: int, precision: str):
        self.config = recipe("report").model_copy(
            update={"batch_size": size, "precision": precision}
        )
        count = len(images)
        nothing = np.zeros(0, dtype=np.int64)
        self.images = images
        self.plan = TrainingPlan(
            groups=("women", "men"),
            rows=np.arange(count),
            variants=np.zeros(count, dtype=bool),
            labels=photographs.labels,
            group=(photographs.weights < 1).astype(np.int64),
            weights=photographs.weights,
            val_rows=nothing,
            val_labels=nothing,
            val_group=nothing,
            left_out=0,
            notes=(),
        )
        self.trainer = Trainer(
            self.config,
            SIZE,
            precision,
            steps_per_epoch(self.plan, self.config),
            self.plan.groups,
        )
        self.epoch = 0

    def train(self) -> None:
        """Train one epoch."""
        self.epoch += 1
        self.trainer.begin_epoch(self.epoch)
        for batch in prefetch(epoch_batches(self.images, self.plan, self.config, self.epoch)):
            self.trainer.step(batch)


def matmul_rate(dtype: str) -> float:
    """Return the matrix product's rate in FLOP/s, the best of a few."""
    on_cpu = all("cpu" in name.lower() for name in device_names())
    side = _MATRIX["cpu" if on_cpu else "accelerator"]
    matrix = keras.ops.cast(keras.random.normal((side, side), seed=0), dtype)
    best = 0.0
    for _ in range(8):
        began = time.perf_counter()
        product = keras.ops.matmul(matrix, matrix)
        keras.ops.convert_to_numpy(product[:1, :1])
        best = max(best, 2 * side**3 / (time.perf_counter() - began))
    return best


def training_flop(model: keras.Model) -> float:
    """Return the FLOP of convolutions and dense layers per training image.

    Forward, gradient of the kernel, gradient of the inputs; the first layer's inputs
    need no gradient.
    """
    first = (SIZE - 2) ** 2 * 27 * 32
    return 2.0 * (3 * multiplications(model) - first)


def measure(photographs: Photographs, rounds: int) -> dict[str, Any]:
    """Return the rates of all sides, measured in turns."""
    count = len(photographs.names)
    began = time.perf_counter()
    images = np.concatenate(list(decoded_batches(photographs.names, photographs.paths, SIZE, 256)))
    packing = time.perf_counter() - began
    theirs, generator = report_network(), report_batches(photographs, train=True)
    sides = {
        "report": lambda: theirs.fit(generator, epochs=1, verbose=0),
        **{
            f"ours_b{size}_{precision}": Ours(images, photographs, size, precision).train
            for size, precision in OURS
        },
    }
    for train in sides.values():
        train()  # compiles
    rates: dict[str, list[float]] = {name: [] for name in sides}
    limits: dict[str, list[float]] = {"bfloat16": [], "float32": []}
    for _ in range(rounds):
        for name, train in sides.items():
            began = time.perf_counter()
            train()
            rates[name].append(count / (time.perf_counter() - began))
        for dtype, found in limits.items():
            found.append(matmul_rate(dtype))
    flop = training_flop(Ours(images[:32], photographs, 32, "float32").trainer.model)
    fastest = "ours_b256_mixed_bfloat16"

    def against(name: str) -> float:
        ratios = zip(rates[name], rates["report"], strict=True)
        return median(ours / report for ours, report in ratios)

    return {
        "speedup_b32": against("ours_b32_mixed_bfloat16"),
        "speedup_b256": against(fastest),
        "share_of_matmul_limit": median(
            rate * flop / limit
            for rate, limit in zip(rates[fastest], limits["bfloat16"], strict=True)
        ),
        "images_per_second": {name: median(found) for name, found in rates.items()},
        "matmul_limit_images_per_second": {
            name: median(found) / flop for name, found in limits.items()
        },
        "matmul_gflop_per_second": {name: median(found) / 1e9 for name, found in limits.items()},
        "mflop_per_training_image": flop / 1e6,
        "packing_seconds": packing,
        "images": count,
        "rounds": rounds,
        **machine(),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--images", type=int, default=2048)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--source", help="folder of faces to enlarge; default: drawn ones")
    parser.add_argument("--data", help="packed set of real faces: time to the report's result too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        photographs = make_photographs(Path(folder) / "jpegs", options.images, options.source)
        result = measure(photographs, options.rounds)
    if options.data:
        result |= time_to_report(options.data)
    if options.json:
        json.dump(result, sys.stdout, indent=2)
        sys.stdout.write("\n")
        return
    for name, rate in result["images_per_second"].items():
        print(f"{name:28s} {rate:8.0f} images/s")
    for name, rate in result["matmul_limit_images_per_second"].items():
        print(f"{'limit, ' + name:28s} {rate:8.0f} images/s")
    ratios = ("speedup_b32", "speedup_b256", "share_of_matmul_limit", "time_to_report_result_ratio")
    for name in ratios:
        if result.get(name) is not None:
            print(f"{name:28s} {result[name]:8.2f}")


if __name__ == "__main__":
    main()
