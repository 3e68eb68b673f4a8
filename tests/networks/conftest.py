"""What the tests of networks share."""

import numpy as np
import pytest


@pytest.fixture
def pixels():
    """Six noise faces of 24×24."""
    return np.random.default_rng(0).integers(0, 256, (6, 24, 24, 3), dtype=np.uint8)
