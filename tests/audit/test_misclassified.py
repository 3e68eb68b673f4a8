import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.audit import misclassified
from softbio.errors import ConfigError, RunError
from softbio.runs import Predictions

GROUPS = {-1: "women", 1: "men"}


@pytest.fixture(scope="module")
def predictions(prediction_frame):
    return Predictions(prediction_frame(), "gender", GROUPS)


@given(split=st.sampled_from(["train", "val", "test"]), threshold=st.floats(0, 1))
def test_there_are_as_many_as_the_confusion_matrices_count(predictions, split, threshold):
    counts = predictions.evaluate(split, threshold).counts.values
    for index, group in enumerate(GROUPS.values()):
        for label in (0, 1):
            found = misclassified(predictions, split, threshold, group, label)
            assert len(found) == counts[index, label, 1 - label]
            assert (found["label"] == label).all()
            assert (found["group"] == group).all()
            assert ((found["score"] > np.float32(threshold)) == (label == 0)).all()
    assert (
        len(misclassified(predictions, split, threshold))
        == counts[:, 0, 1].sum() + counts[:, 1, 0].sum()
    )


def test_the_most_confident_errors_come_first(predictions):
    positives = misclassified(predictions, "train", 0.5, "women", 1)
    assert positives["score"].is_monotonic_increasing
    negatives = misclassified(predictions, "train", 0.5, "men", 0)
    assert negatives["score"].is_monotonic_decreasing
    both = misclassified(predictions, "train", 0.5)
    assert (both["score"] - both["label"]).abs().is_monotonic_decreasing


def test_errors_of_equal_confidence_keep_the_sets_order():
    frame = pd.DataFrame(
        {
            "filename": list("abc"),
            "split": "test",
            "label": 1,
            "gender": 1,
            "score": np.float32(1e-9),
        }
    )
    frame.loc[2, "score"] = np.float32(1e-10)
    found = misclassified(Predictions(frame, "gender", GROUPS), "test")
    assert found["filename"].tolist() == ["c", "a", "b"]


def test_rows_lead_to_the_same_faces_in_the_set(predictions):
    found = misclassified(predictions, "val", 0.4)
    frame = predictions.frame.iloc[found["row"]]
    assert frame["filename"].tolist() == found["filename"].tolist()
    assert frame["label"].tolist() == found["label"].tolist()
    assert [GROUPS[code] for code in frame["gender"]] == found["group"].tolist()


def test_no_errors_give_an_empty_frame_with_the_same_columns(predictions):
    found = misclassified(predictions, "unlabelled")
    assert len(found) == 0
    filled = misclassified(predictions, "test")
    assert found.dtypes.equals(filled.dtypes)
    assert list(filled) == ["filename", "group", "label", "score", "row"]


def test_what_is_not_there_is_told(predictions):
    with pytest.raises(ConfigError, match=r"no group 'woman'.*women, men"):
        misclassified(predictions, "test", group="woman")
    with pytest.raises(ConfigError, match=r"0 or 1. Received: 2"):
        misclassified(predictions, "test", label=2)
    with pytest.raises(ConfigError, match="threshold"):
        misclassified(predictions, "test", 1.5)
    with pytest.raises(RunError, match="no split"):
        misclassified(predictions, "dev")
