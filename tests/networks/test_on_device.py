"""The bench of training with the whole set on the device, under JAX on the CPU."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
import jax, numpy as np
from on_device import OnDevice, augmented
draws = np.random.default_rng(0)
images = draws.integers(0, 256, (8, 80, 80, 3), dtype=np.uint8)
still = np.asarray(augmented(images, jax.random.key(1), 0))
mirrored = [bool((a == b[:, ::-1]).all()) for a, b in zip(still, images)]
assert all(m or (a == b).all() for m, a, b in zip(mirrored, still, images))
assert 0 < sum(mirrored) < 8
moved = np.asarray(augmented(images, jax.random.key(1), 2))
for face, found in zip(still, moved):
    edged = np.pad(face, ((2, 2), (2, 2), (0, 0)), mode="edge")
    assert any((edged[y:y+80, x:x+80] == found).all() for y in range(5) for x in range(5))
side = OnDevice(images, 4, "float32")
before = [np.array(value) for value in side.state[0]]
losses = side.train()
assert losses.shape == (2,) and np.isfinite(losses).all() and (losses > 0).all()
assert all((np.asarray(after) != value).any() for after, value in zip(side.state[0], before))
"""


def test_faces_are_flipped_and_moved_on_the_device_and_every_weight_learns():
    pytest.importorskip("jax", reason="JAX is a test dependency")
    environment = {
        **os.environ,
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",  # compiling takes longer than the two steps
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(BENCH)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
