"""Made-up features, and a set of drawn faces of which half wear glasses."""

import numpy as np
import pandas as pd
import pytest

from softbio.faces.faceset import FaceSet
from softbio.faces.synthetic import draw_attributes, draw_faces
from softbio.hypotheses.probe import Features


class World:
    """N faces whose first axis tells a trait of some."""

    def __init__(self, n=2000, axes=20, share=0.1, seed=0):
        draws = np.random.default_rng(seed)
        self.group = draws.integers(0, 2, n)
        self.truth = (draws.random(n) < share).astype(np.int8)
        values = draws.normal(size=(n, axes)) / np.sqrt(axes)
        values[:, 0] += 1.2 * self.truth
        self.features = Features(values.astype(np.float32), {"drawn": axes}, "drawn")
        self.person = draws.integers(0, n // 2, n)
        self.draws = draws

    def tags(self, n, yes=None):
        """Tag n faces at random; or `yes` of those with the trait and the rest without."""
        tags = np.full(len(self.truth), -1, np.int8)
        if yes is None:
            rows = self.draws.choice(len(tags), n, replace=False)
        else:
            rows = np.concatenate(
                [
                    self.draws.choice(np.flatnonzero(self.truth == value), size, replace=False)
                    for value, size in ((1, yes), (0, n - yes))
                ]
            )
        tags[rows] = self.truth[rows]
        return tags


@pytest.fixture
def world():
    return World()


@pytest.fixture(scope="session")
def drawn_faces(tmp_path_factory):
    """A face set of 300 drawn faces, women and men, of which 100 wear glasses."""
    table = draw_attributes(4000, seed=5)
    worn = table["Eyeglasses"].to_numpy() == 1
    rows = np.sort(np.concatenate([np.flatnonzero(worn)[:100], np.flatnonzero(~worn)[:200]]))
    table = table.iloc[rows].reset_index(drop=True).assign(split="train")
    meta = {
        "format_version": 1,
        "fingerprint": "drawn",
        "group_column": "gender",
        "groups": {"-1": "women", "1": "men"},
        "attributes": [],
    }
    images = draw_faces(table, seed=5, size=48)
    return FaceSet(tmp_path_factory.mktemp("drawn"), images, pd.DataFrame(table), meta)
