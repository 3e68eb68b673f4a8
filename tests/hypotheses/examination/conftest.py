"""Small face sets and targets, made by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from softbio.faces.faceset import FaceSet
from softbio.hypotheses import Target, Traits


def _face_set(columns, label, gender, identity=None, split=None):
    """A set without images: attribute columns, labels, genders, people and splits as given."""
    n = len(label)
    table = pd.DataFrame({name: pd.array(values, dtype="Int8") for name, values in columns.items()})
    table["filename"] = [f"{i}.jpg" for i in range(n)]
    table["gender"] = pd.array(gender, dtype="Int8")
    table["label"] = pd.array(label, dtype="Int8")
    table["identity"] = pd.array([pd.NA] * n if identity is None else identity, dtype="Int64")
    table["split"] = "train" if split is None else split
    meta = {
        "group_column": "gender",
        "groups": {"-1": "women", "1": "men"},
        "attributes": list(columns),
        "fingerprint": "0" * 64,
    }
    return FaceSet(Path("data/made-up"), np.zeros((n, 0, 0, 3), np.uint8), table, meta)


@pytest.fixture(scope="session")
def face_set():
    """A function that makes a face set of columns, labels, genders, people and splits."""
    return _face_set


@pytest.fixture(scope="session")
def parts_of():
    """A function that gives a set's traits and its labels as the target."""

    def parts(faces, probed=()):
        traits = Traits.of(faces)
        if probed:
            values = {**traits.values, **dict(probed)}
            kinds = {**traits.kinds, **dict.fromkeys(dict(probed), "probed")}
            traits = Traits(len(faces), values, kinds)
        return traits, Target("label", faces.labels(), "the label", "label 1", "label 0")

    return parts
