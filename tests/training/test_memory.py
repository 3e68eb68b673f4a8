"""Memory does not grow with the number of faces: packing, training and scoring read them in parts."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

SIZE = 32
SETS = (20_000, 80_000)
#: Megabytes that the pixels of the larger set take more than those of the smaller.
MORE_PIXELS = (SETS[1] - SETS[0]) * SIZE * SIZE * 3 / 1e6

SCRIPT = """
    import json, sys, threading, time
    from pathlib import Path

    import numpy as np
    import pandas as pd

    from softbio.config import NetworkConfig, TrainConfig
    from softbio.faces.pack import pack
    from softbio.faces.source import Source
    from softbio.runs import RunStore
    from softbio.training import new_run, train

    SIZE, folder = int(sys.argv[1]), Path(sys.argv[2])

    def private():
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("RssAnon"):
                return int(line.split()[1]) / 1e3

    class Peak(threading.Thread):
        def __init__(self):
            super().__init__(daemon=True)
            self.value, self.over = private(), False
            self.start()

        def run(self):
            while not self.over:
                self.value = max(self.value, private())
                time.sleep(0.005)

    def draw(rows, size, start):
        shade = rows["label"].to_numpy(dtype=np.uint8)[:, None, None, None] * 90 + 60
        return np.broadcast_to(shade, (len(rows), size, size, 3))

    def source(n):
        number = np.arange(n)
        rows = pd.DataFrame(
            {
                "filename": [f"{each:06d}.jpg" for each in number],
                "path": "",
                "label": pd.array(number % 3 == 0, dtype="Int8"),
                "gender": pd.array(np.where(number % 2, 1, -1), dtype="Int8"),
                "identity": pd.array(number // 4, dtype="Int64"),
                "partition": None,
            }
        )
        return Source(
            rows=rows,
            group_column="gender",
            groups={-1: "women", 1: "men"},
            attributes=(),
            meta={"reader": "test", "source": str(n), "because": "", "label": {}, "of": n, "left_out": []},
            draw=draw,
            extra=(),
        )

    config = TrainConfig(
        network=NetworkConfig(name="report_cnn", depth=1, filters=4, dense=8),
        epochs=1,
        batch_size=512,
        precision="float32",
    )

    def peak_of(n):
        peak = Peak()
        faces = pack(source(n), folder / str(n), size=SIZE, workers=1)
        assert faces.images.shape == (n, SIZE, SIZE, 3)
        run = train(new_run(RunStore(folder / "models"), faces, config))
        assert len(run.predictions().frame) == n
        peak.over = True
        peak.join()
        return peak.value

    peak_of(2_000)  # loads what is loaded once
    print(json.dumps([peak_of(int(n)) for n in sys.argv[3:]]))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_four_times_the_faces_take_hardly_more_memory(tmp_path):
    done = subprocess.run(
        [
            *(sys.executable, "-c", textwrap.dedent(SCRIPT), str(SIZE), str(tmp_path)),
            *map(str, SETS),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    small, large = json.loads(done.stdout.splitlines()[-1])
    # What grows are the table's rows, a few hundred bytes each, and no pixels.
    assert large - small < 0.3 * MORE_PIXELS, (small, large, MORE_PIXELS)
