"""The other side of the benches: the report's own pipeline, and the photographs both sides read.

The report read JPEGs with ``ImageDataGenerator.flow_from_dataframe``, rescaled by
1/255, at 80×80, batch 32, float32, and trained three convolutions ending in a sigmoid
with ``BinaryFocalCrossentropy``. Keras 3 keeps that generator in its legacy module.
"""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from keras.src.legacy.preprocessing.image import ImageDataGenerator
from PIL import Image

from softbio.cores import cores
from softbio.faces.readers import read_source
from softbio.faces.stream import decoded_batches
from softbio.networks.precision import backend_name, device_names

__all__ = ["SIZE", "Photographs", "machine", "make_photographs", "report_batches", "report_network"]

SIZE = 80
#: Width and height of CelebA's aligned photographs.
_PHOTOGRAPH = (178, 218)
#: Faces that are drawn; more photographs repeat them.
_DIFFERENT = 1024


@dataclass(frozen=True)
class Photographs:
    """JPEGs of 178×218 in a folder, with labels and weights."""

    folder: Path
    names: list[str]
    labels: np.ndarray
    weights: np.ndarray

    @property
    def paths(self) -> list[str]:
        """Where each photograph is."""
        return [str(self.folder / name) for name in self.names]


def make_photographs(folder: Path, count: int, source: str | None) -> Photographs:
    """Enlarge `count` faces of a folder, or drawn ones, to 178×218 and write them as JPEGs.

    Labels are drawn, and so are weights 1 and 0.1 as in the report: speed does not
    depend on them.
    """
    if source is None:
        found = read_source(f"synthetic:{min(count, _DIFFERENT)}")
    else:
        found = read_source(source, format="folder", limit=count)
    if found.draw is not None:
        faces = found.draw(found.rows, SIZE, 0)
    else:
        names, paths = found.rows["filename"].tolist(), found.rows["path"].tolist()
        faces = np.concatenate(list(decoded_batches(names, paths, SIZE, 256)))
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{number:06d}.jpg" for number in range(count)]
    for number, name in enumerate(names):
        pixels = faces[number % len(faces)]
        large = Image.fromarray(pixels).resize(_PHOTOGRAPH, Image.Resampling.BICUBIC)
        large.save(folder / name, quality=90)
    draws = np.random.default_rng(0)
    labels = draws.integers(0, 2, len(names)).astype(np.float32)
    weights = draws.choice([1.0, 0.1], len(names)).astype(np.float32)
    return Photographs(folder, names, labels, weights)


def report_batches(photographs: Photographs, *, train: bool) -> Any:
    """Return the report's iterator over the photographs."""
    frame = pd.DataFrame(
        {
            "filename": photographs.names,
            "label": photographs.labels,
            "weight": photographs.weights,
        }
    )
    with redirect_stdout(sys.stderr):  # it tells how many it found
        return ImageDataGenerator(rescale=1.0 / 255).flow_from_dataframe(
            frame,
            directory=str(photographs.folder),
            x_col="filename",
            y_col="label" if train else None,
            weight_col="weight" if train else None,
            target_size=(SIZE, SIZE),
            batch_size=32,
            class_mode="raw" if train else None,
            shuffle=train,
            seed=0,
            validate_filenames=False,
        )


def report_network() -> keras.Model:
    """Return the report's network, compiled as it was."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((SIZE, SIZE, 3)),
            layers.Conv2D(32, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(128, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(512, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        optimizer="adam",
        loss=keras.losses.BinaryFocalCrossentropy(gamma=5, alpha=0.25),
        metrics=["accuracy"],
    )
    return model


def machine() -> dict[str, Any]:
    """Return the cores, the devices and the versions that a result belongs to."""
    names = ("softbio", "keras", "tensorflow", "numpy", "pillow")
    return {
        "cores": cores(),
        "backend": backend_name(),
        "devices": device_names(),
        "versions": {name: version(name) for name in (*names, *{backend_name()}.difference(names))},
    }
