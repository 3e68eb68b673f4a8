"""Where a network looks on a face: occlusion and Grad-CAM, for one face and for a hundred.

``python bench/saliency.py [--run MODELS/ID] [--json]`` takes a run's network, or an untrained one
of each kind, and synthetic faces of 80×80:

- ``seconds_first``: both maps of one face, for the first time, with what TensorFlow compiles then;
- ``seconds_face``: both maps of one face, median of 5;
- ``seconds_100``: occlusion of 100 faces, 289 patches each;
- ``faces_per_second``: plain predictions, in the same turn: what occlusion is made of;
- ``share_of_plain``: hidden faces scored a second, of plain predictions a second.

The network is loaded before.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable

import numpy as np

from softbio.cores import cores

SIZE = 80


def main() -> None:
    """Time each network and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--run", help="folder of a run; default: untrained networks")
    options.add_argument("--faces", type=int, default=100)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()

    from softbio.config import NetworkConfig
    from softbio.faces.synthetic import draw_attributes, draw_faces
    from softbio.networks.architectures import build
    from softbio.networks.load import load_network
    from softbio.networks.precision import resolve_precision
    from softbio.runs import Run

    faces = draw_faces(draw_attributes(chosen.faces, 0, 0.0), 0, SIZE)
    if chosen.run:
        from pathlib import Path

        models = {chosen.run: load_network(Run(Path(chosen.run)))}
    else:
        precision = resolve_precision("auto")
        models = {
            name: build(NetworkConfig(name=name), SIZE, precision)
            for name in ("bn_cnn", "report_cnn")
        }
    found = {name: figures(model, faces) for name, model in models.items()}
    if chosen.json:
        print(json.dumps(found, indent=2))
        return
    for name, told in found.items():
        print(name)
        for key, value in told.items():
            print(f"  {key:18} {value:.3g}")
    print(f"load {os.getloadavg()[0]:.1f} on {cores()} cores")


def figures(model: object, faces: np.ndarray) -> dict[str, float]:
    """Return the figures of a network, see above."""
    from softbio.networks.saliency import BATCH, grad_cam, occlusion

    def both() -> None:
        occlusion(model, faces[:1])
        grad_cam(model, faces[:1])

    first = seconds(both)
    one = statistics.median(seconds(both) for _ in range(5))
    batch = np.resize(faces, (BATCH, *faces.shape[1:]))
    asked: list[int] = []
    plain_before = seconds(lambda: [model.predict_on_batch(batch) for _ in range(20)])  # type: ignore[attr-defined]
    all_of_them = seconds(
        lambda: occlusion(model, faces, progress=lambda done, total: asked.append(total))
    )
    plain_after = seconds(lambda: [model.predict_on_batch(batch) for _ in range(20)])  # type: ignore[attr-defined]
    plain = 40 * BATCH / (plain_before + plain_after)
    return {
        "seconds_first": first,
        "seconds_face": one,
        "seconds_100": all_of_them * 100 / len(faces),
        "faces_per_second": plain,
        "share_of_plain": asked[-1] / all_of_them / plain,
    }


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
