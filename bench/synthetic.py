"""How fast synthetic faces are drawn: one process, and as many as there are cores.

``python bench/synthetic.py [--faces N] [--size 80] [--json]``. Processes are started and
warmed before the clock runs. A machine that is busy otherwise gives less: the load
average stands beside the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from concurrent.futures import ProcessPoolExecutor

import cv2
import numpy as np
import pandas as pd

from softbio.cores import cores
from softbio.faces.synthetic import draw_attributes, draw_faces

CHUNK = 50


def draw_chunk(rows: pd.DataFrame, start: int, size: int) -> int:
    """Draw a chunk of the table; runs in a worker process, one thread each as in packing."""
    cv2.setNumThreads(1)
    return len(draw_faces(rows, seed=0, size=size, start=start))


def measure(workers: int, faces: int, size: int) -> float:
    """Return the faces a second that `workers` processes draw together."""
    table = draw_attributes(faces, seed=0)
    starts = range(0, faces, CHUNK)
    chunks = [table.iloc[start : start + CHUNK] for start in starts]
    with ProcessPoolExecutor(workers) as pool:
        warm = 4 * workers
        list(pool.map(draw_chunk, [table.iloc[:4]] * warm, [0] * warm, [size] * warm))
        begun = time.perf_counter()
        drawn = sum(pool.map(draw_chunk, chunks, starts, [size] * len(chunks)))
        return drawn / (time.perf_counter() - begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=int, default=1200)
    parser.add_argument("--size", type=int, default=80)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    processes = cores()
    one = measure(1, options.faces // 2, options.size)
    everyone = measure(processes, options.faces, options.size)
    result = {
        "faces_per_second": round(everyone, 1),
        "faces_per_second_one_process": round(one, 1),
        "processes": processes,
        "faces": options.faces,
        "size": options.size,
        "load_average": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "opencv": cv2.__version__,
        },
    }
    if options.json:
        print(json.dumps(result))
        return
    print(f"Synthetic faces, {options.size}×{options.size}")
    print(f"  1 process    {one:8.0f} faces/s")
    print(f"  {processes} processes  {everyone:8.0f} faces/s")


if __name__ == "__main__":
    main()
