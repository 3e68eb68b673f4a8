"""Packing against its decoder: how much of what decoding alone reaches is left for the set.

``python bench/pack.py [--images 20000] [--json]`` enlarges the faces at hand to CelebA's
178×218 JPEGs (real ones in ``$SOFTBIO_SHARED`` or ``../shared``, else synthetic ones), and
times in turns:

- the decoder: read the file, decode, bring to 80×80, on all cores, nothing kept;
- ``pack``: the same, with the set, its journal and its table on disk at the end.

``share_of_decoder`` is pack's images/s over the decoder's, the median of the turns.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import simplejpeg

from softbio.cores import cores
from softbio.faces.decode import read_face

SIZE = 80
WIDTH, HEIGHT, QUALITY = 178, 218, 92
ORIGINALS = 1_000
BLOCK = 250


def decode_files(paths: list[str]) -> int:
    """Decode and drop; runs in a worker process."""
    cv2.setNumThreads(1)
    return sum(read_face(path, SIZE).shape[0] == SIZE for path in paths)


def originals() -> list[np.ndarray]:
    """Return the faces at hand, RGB."""
    root = Path(__file__).resolve().parents[1]
    shared = Path(os.environ.get("SOFTBIO_SHARED", root.parent / "shared"))
    files = sorted((shared / "celeba" / "img_align_celeba").glob("*.jpg"))[:ORIGINALS]
    if files:
        return [cv2.imread(str(file))[:, :, ::-1] for file in files]
    from softbio.faces.readers import read_source

    source = read_source("synthetic:200")
    assert source.draw is not None
    return list(source.draw(source.rows, SIZE, 0))


def write_photographs(folder: Path, count: int) -> list[str]:
    """Write `count` JPEGs of CelebA's size; contents repeat, names do not."""
    encoded = []
    for face in originals():
        large = cv2.resize(face, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        encoded.append(simplejpeg.encode_jpeg(np.ascontiguousarray(large), QUALITY))
    folder.mkdir()
    paths = [folder / f"{number:06d}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(encoded[number % len(encoded)])
    return [str(path) for path in paths]


def measure(images: int, turns: int) -> dict[str, object]:
    from softbio.faces.pack import pack
    from softbio.faces.readers import read_source

    processes = cores()
    with tempfile.TemporaryDirectory(prefix="softbio-bench-") as place:
        folder, out = Path(place) / "photos", Path(place) / "set"
        paths = write_photographs(folder, images)
        source = read_source(folder, format="folder")
        decoder, packing = [], []
        for turn in range(turns + 1):
            # Both sides start their processes within the time that is measured.
            start = time.perf_counter()
            blocks = [paths[at : at + BLOCK] for at in range(0, images, BLOCK)]
            with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
                assert sum(pool.map(decode_files, blocks)) == images
            middle = time.perf_counter()
            assert len(pack(source, out, size=SIZE, workers=processes)) == images
            end = time.perf_counter()
            shutil.rmtree(out)
            if turn:  # the first turn warms the disk's cache
                decoder.append(images / (middle - start))
                packing.append(images / (end - middle))
            print(f"turn {turn}: decoder {images / (middle - start):,.0f}/s, "
                  f"pack {images / (end - middle):,.0f}/s", file=sys.stderr)  # fmt: skip
    return {
        "share_of_decoder": statistics.median(
            ours / theirs for ours, theirs in zip(packing, decoder, strict=True)
        ),
        "pack_images_per_s": statistics.median(packing),
        "decoder_images_per_s": statistics.median(decoder),
        "images": images,
        "turns": turns,
        "cores": processes,
        "versions": {
            "python": sys.version.split()[0],
            "simplejpeg": simplejpeg.__version__,
            "opencv": cv2.__version__,
            "numpy": np.__version__,
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=20_000, help="how many to pack")
    parser.add_argument("--turns", type=int, default=3, help="how often each side runs")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    found = measure(asked.images, asked.turns)
    if asked.json:
        print(json.dumps(found))
        return
    print(f"{'decoder alone':>16}  {found['decoder_images_per_s']:>9,.0f} images/s")
    print(f"{'pack':>16}  {found['pack_images_per_s']:>9,.0f} images/s")
    print(f"{'share of decoder':>16}  {found['share_of_decoder']:>9.2f}")
    print(f"{found['images']:,} JPEGs {WIDTH}×{HEIGHT} → {SIZE}×{SIZE}, {found['cores']} cores, "
          f"median of {found['turns']} turns")  # fmt: skip


if __name__ == "__main__":
    main()
