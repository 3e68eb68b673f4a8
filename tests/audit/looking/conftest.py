"""Looks made by hand, and a run with weights that nobody trained, over faces of noise."""

import numpy as np
import pytest

from softbio.audit.looking import Looks, band_shares


@pytest.fixture(scope="module")
def made():
    """A function that makes looks of n faces, with what goes with them."""

    def make(n=60, size=20, seed=0, people=None):
        rng = np.random.default_rng(seed)
        maps = rng.normal(0.1, 1.0, (n, size, size)).astype(np.float32)
        maps *= rng.uniform(0.2, 3.0, (n, 1, 1)).astype(np.float32)
        looks = Looks(np.arange(n), maps, band_shares(np.maximum(maps, 0)))
        return {
            "looks": looks,
            "label": rng.integers(0, 2, n),
            "prediction": rng.integers(0, 2, n).astype(bool),
            "group": rng.integers(0, 2, n),
            "groups": ("women", "men"),
            "person": rng.integers(0, people, n) if people else None,
        }

    return make
