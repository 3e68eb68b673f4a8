"""How long until the report's result: its recipe in its own pipeline, against one of ours.

``python bench/time_to_report.py DATA [--recipe NAME] [--seeds 3 4 5] [--json]``. DATA is a packed
face set; its training and validation faces are written as JPEGs of 178×218 into a folder that
does not outlive the run, and both sides begin with these files.

- The report's side: its under-sampling, weights, focal loss and network, ``model.fit`` on
  ``flow_from_dataframe`` with validation each epoch, until its early stop (validation loss,
  patience 1). What it ends with is the balanced Fair Metric of its last weights on the
  validation faces at one half; judging it is not timed.
- Ours: decoding all files once, then epochs, each validated, of the settings `QUICK` (or those of
  a recipe). Its time is that of the first epoch from which on no epoch to the end of the training is below the report's result;
  ``first_reached`` is the first epoch that is not below it, whatever follows.

``time_to_report_result_ratio`` is the median over the seeds; a seed that never holds the result
has none, and then there is no median either. ``…_packed`` leaves our decoding out: faces that are
packed once are trained on many times.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from statistics import median
from typing import Any

import keras
import numpy as np
import pandas as pd
from keras.src.legacy.preprocessing.image import ImageDataGenerator
from PIL import Image
from report_pipeline import SIZE, machine, report_network

from softbio.config import TrainConfig, apply_settings, recipe
from softbio.faces.faceset import FaceSet
from softbio.faces.stream import decoded_batches
from softbio.fairness import evaluate
from softbio.networks.precision import resolve_precision
from softbio.networks.trainer import Trainer, forward
from softbio.training.batches import epoch_batches, prefetch, steps_per_epoch
from softbio.training.plan import TrainingPlan, plan_training
from softbio.training.validation import sigmoid

#: Ours: the report's network, on equally many faces of each cell, with cross-entropy. Chosen among
#: ten settings on seeds 0 to 2; the bench draws others.
QUICK = apply_settings(
    recipe("fast"),
    [
        *("network.name=report_cnn", "balancing.method=under_sample", "batch_size=32"),
        *("optimizer.learning_rate=0.001", "optimizer.schedule=constant", "optimizer.ema=0.9"),
        *("augmentation.shift=0", "epochs=10"),
    ],
)
SEEDS = (3, 4, 5)

_PHOTOGRAPH = (178, 218)
_FORWARD = 256


def held_from(values: list[float], target: float) -> int | None:
    """Return the first epoch (from 1) from which on no value is below `target`, if there is one.

    >>> held_from([0.2, 0.6, 0.4, 0.6, 0.7], 0.5)
    4
    >>> held_from([0.6, 0.4], 0.5) is None
    True
    """
    first = len(values) + 1
    while first > 1 and values[first - 2] >= target:
        first -= 1
    return first if first <= len(values) else None


def write_photographs(faces: FaceSet, rows: np.ndarray, folder: Path) -> dict[int, str]:
    """Enlarge the faces of `rows` to JPEGs of 178×218; return their names by row."""
    names = {int(row): f"{row:06d}.jpg" for row in rows}
    for row, name in names.items():
        large = Image.fromarray(np.asarray(faces.images[row]))
        large.resize(_PHOTOGRAPH, Image.Resampling.BICUBIC).save(folder / name, quality=90)
    return names


def balanced_fair_metric(plan: TrainingPlan, scores: np.ndarray) -> float:
    """Return the metric of the plan's validation faces."""
    judged = evaluate(plan.val_labels, scores, plan.val_group, plan.groups)
    return float(judged.overall["balanced_fair_metric"])


def report_side(plan: TrainingPlan, names: dict[int, str], folder: Path, seed: int) -> Any:
    """Train as the report did; return its seconds, its epochs and its result."""

    def flow(rows: np.ndarray, labels: np.ndarray, weights: np.ndarray, shuffle: bool) -> Any:
        frame = pd.DataFrame(
            {
                "filename": [names[int(row)] for row in rows],
                "label": labels.astype(np.float32),
                "weight": weights,
            }
        )
        return ImageDataGenerator(rescale=1.0 / 255).flow_from_dataframe(
            frame,
            directory=str(folder),
            x_col="filename",
            y_col="label",
            weight_col="weight",
            target_size=(SIZE, SIZE),
            batch_size=32,
            class_mode="raw",
            shuffle=shuffle,
            seed=seed,
        )

    keras.utils.set_random_seed(seed)
    began = time.perf_counter()
    model = report_network()
    with redirect_stdout(sys.stderr):  # they tell how many they found
        training = flow(plan.rows, plan.labels, plan.weights, True)
        validation = flow(plan.val_rows, plan.val_labels, np.ones(len(plan.val_rows)), False)
    stopping = keras.callbacks.EarlyStopping(monitor="val_loss", patience=1)
    epochs = recipe("report").epochs
    history = model.fit(
        training, validation_data=validation, epochs=epochs, callbacks=[stopping], verbose=0
    )
    seconds = time.perf_counter() - began
    scores = model.predict(validation, verbose=0)[:, 0]
    return seconds, len(history.history["loss"]), balanced_fair_metric(plan, scores)


def our_side(
    faces: FaceSet, config: TrainConfig, names: dict[int, str], folder: Path, epochs: int | None
) -> tuple[float, list[float], list[float]]:
    """Train as `softbio train` does.

    Returns the seconds of decoding, those from the beginning to each epoch's end, and each
    epoch's result.
    """
    began = time.perf_counter()
    rows = np.array(sorted(names))
    files = [names[int(row)] for row in rows]
    decoded = decoded_batches(files, [str(folder / name) for name in files], SIZE, _FORWARD)
    images = np.concatenate(list(decoded))
    decoding = time.perf_counter() - began
    place = np.full(len(faces), -1)
    place[rows] = np.arange(len(rows))
    plan = plan_training(faces, config)
    moved = plan.__class__(**{**vars(plan), "rows": place[plan.rows]})
    trainer = Trainer(
        config,
        SIZE,
        resolve_precision(config.precision),
        steps_per_epoch(plan, config),
        plan.groups,
    )
    ends, results = [], []
    for epoch in range(1, (epochs or config.epochs) + 1):
        trainer.begin_epoch(epoch)
        for batch in prefetch(epoch_batches(images, moved, config, epoch)):
            trainer.step(batch)
        seen = images[place[plan.val_rows]]
        pixels = (seen[start : start + _FORWARD] for start in range(0, len(seen), _FORWARD))
        with trainer.judged():
            logits = np.concatenate(
                [out[:, 0] for out in forward(trainer.scorer, pixels, _FORWARD)]
            )
        results.append(balanced_fair_metric(plan, sigmoid(logits)))
        ends.append(time.perf_counter() - began)
    return decoding, ends, results


def measure(
    data: str, name: str | None = None, seeds: Sequence[int] = SEEDS, epochs: int | None = None
) -> dict[str, Any]:
    """Return both sides' times and their ratio, a seed at a time, the sides in turns."""
    settings = QUICK if name is None else recipe(name)
    faces, lines = FaceSet.open(data), []
    if faces.size != SIZE:
        raise SystemExit(f"{data} holds faces of {faces.size} pixels; this bench wants {SIZE}.")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        rows = np.concatenate([faces.rows("train"), faces.rows("val_select")])
        names = write_photographs(faces, rows, folder)
        keras.ops.matmul(np.eye(2), np.eye(2))  # neither side pays for the backend's start
        for seed in seeds:
            theirs = plan_training(faces, recipe("report").model_copy(update={"seed": seed}))
            seconds, trained, target = report_side(theirs, names, folder, seed)
            config = settings.model_copy(update={"seed": seed})
            decoding, ends, results = our_side(faces, config, names, folder, epochs)
            held = held_from(results, target)
            first = next((e for e, value in enumerate(results, 1) if value >= target), None)
            ours = None if held is None else ends[held - 1]
            lines.append(
                {
                    "seed": seed,
                    "report_seconds": seconds,
                    "report_epochs": trained,
                    "report_balanced_fair_metric": target,
                    "our_seconds": ours,
                    "held_from_epoch": held,
                    "first_reached": first,
                    "our_balanced_fair_metric": results,
                    "share_of_decoding": None if ours is None else decoding / ours,
                    "ratio": None if ours is None else seconds / ours,
                    "ratio_packed": None if ours is None else seconds / (ours - decoding),
                }
            )
            print(json.dumps(lines[-1]), file=sys.stderr, flush=True)
    return {
        "time_to_report_result_ratio": median_of_all([line["ratio"] for line in lines]),
        "time_to_report_result_ratio_packed": median_of_all(
            [line["ratio_packed"] for line in lines]
        ),
        "recipe": name or "quick",
        "seeds": lines,
        **machine(),
    }


def median_of_all(values: list[float | None]) -> float | None:
    """Return the median, None if a value is."""
    found = [value for value in values if value is not None]
    return median(found) if len(found) == len(values) else None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", help="a packed face set")
    parser.add_argument("--recipe", help="ours, in place of the quick settings")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--epochs", type=int, help="of ours, to try the bench")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    result = measure(options.data, options.recipe, options.seeds, options.epochs)
    if options.json:
        json.dump(result, sys.stdout, indent=2)
        sys.stdout.write("\n")
        return
    print(f"time_to_report_result_ratio {result['time_to_report_result_ratio']}")


if __name__ == "__main__":
    main()
