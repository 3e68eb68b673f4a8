import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, roc_auc_score

from softbio.errors import RunError
from softbio.runs import Predictions

GROUPS = {-1: "women", 1: "men"}


@pytest.fixture
def predictions(prediction_frame):
    return Predictions(prediction_frame(), "gender", GROUPS)


def test_predictions_go_to_their_file_and_back(scored_run, prediction_frame):
    frame, read = prediction_frame(), scored_run.predictions()
    pd.testing.assert_frame_equal(
        read.frame[list(frame.columns)], frame, check_dtype=False, check_exact=True
    )
    assert (read.group_column, list(read.groups.items())) == ("gender", [(-1, "women"), (1, "men")])
    assert read.frame.dtypes.astype(str).to_dict() == {
        "filename": "str",
        "split": "str",
        "label": "Int8",
        "label_version": "Int32",
        "gender": "Int8",
        "score": "float32",
        "fold": "Int16",
        "out_of_sample": "bool",
    }


def test_faces_outside_the_training_split_are_out_of_sample_unless_told(
    scored_run, prediction_frame
):
    frame = scored_run.predictions().frame
    assert (frame["out_of_sample"] == (frame["split"] != "train")).all()
    assert frame["fold"].isna().all()
    assert (frame["label_version"] == 0).all()
    scored_run.write_predictions(
        prediction_frame().assign(out_of_sample=True, fold=2, label_version=1)
    )
    frame = scored_run.predictions().frame
    assert frame["out_of_sample"].all()
    assert (frame["fold"] == 2).all()
    assert (frame["label_version"] == 1).all()


@pytest.mark.parametrize("score", [float("nan"), -0.01, 1.01, float("inf")])
def test_scores_of_a_diverged_training_are_not_written(scored_run, prediction_frame, score):
    frame = prediction_frame()
    frame.loc[7, "score"] = score
    before = scored_run.predictions().frame
    with pytest.raises(RunError, match=r"1 scores are not.*000007\.jpg"):
        scored_run.write_predictions(frame)
    pd.testing.assert_frame_equal(scored_run.predictions().frame, before)


def test_predictions_need_their_columns_and_unique_names(scored_run, prediction_frame):
    with pytest.raises(ValueError, match="gender"):
        scored_run.write_predictions(prediction_frame().drop(columns="gender"))
    with pytest.raises(ValueError, match="unique"):
        scored_run.write_predictions(prediction_frame().assign(filename="same.jpg"))


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all"])
def test_a_damaged_file_is_told(scored_run, content):
    (scored_run.path / "predictions.parquet").write_bytes(content)
    with pytest.raises(RunError, match=r"predictions\.parquet is damaged"):
        scored_run.predictions()


def test_a_file_without_the_groups_is_told(scored_run, prediction_frame):
    prediction_frame().to_parquet(scored_run.path / "predictions.parquet")
    with pytest.raises(RunError, match=r"predictions\.parquet is damaged"):
        scored_run.predictions()


@pytest.mark.parametrize("split", ["train", "val", "test", "unlabelled"])
def test_a_selection_holds_the_faces_with_label_and_group_and_counts_the_rest(predictions, split):
    chosen, frame = predictions.select(split), predictions.frame
    inside = frame[frame["split"] == split]
    whole = inside.dropna(subset=["label", "gender"])
    assert chosen.filename.tolist() == whole["filename"].tolist()
    assert chosen.row.tolist() == whole.index.tolist()
    assert chosen.label.tolist() == whole["label"].tolist()
    assert [GROUPS[c] for c in whole["gender"]] == [chosen.groups[g] for g in chosen.group]
    np.testing.assert_array_equal(chosen.score, whole["score"].to_numpy())
    assert (chosen.label.dtype, chosen.score.dtype, chosen.group.dtype) == (
        np.int8,
        np.float32,
        np.int64,
    )
    assert chosen.without_label == inside["label"].isna().sum()
    assert len(chosen) + chosen.left_out == len(inside)


def test_groups_are_shown_in_the_order_in_which_they_are_named(prediction_frame):
    turned = Predictions(prediction_frame(), "gender", {1: "men", -1: "women"})
    assert turned.select("test").groups == ("men", "women")
    straight = Predictions(prediction_frame(), "gender", GROUPS)
    np.testing.assert_array_equal(turned.select("test").group, 1 - straight.select("test").group)


def test_a_selection_is_shared_and_so_cannot_be_changed(predictions):
    chosen = predictions.select("val")
    assert predictions.select("val") is chosen
    with pytest.raises(ValueError, match="read-only"):
        chosen.score[0] = 0


def test_an_evaluation_is_that_of_the_split(predictions):
    chosen = predictions.select("test")
    for threshold in (0.3, 0.7):
        evaluation = predictions.evaluate("test", threshold)
        assert evaluation.overall["accuracy"] == pytest.approx(
            accuracy_score(chosen.label, chosen.score > threshold)
        )
        assert evaluation.overall["auc"] == pytest.approx(roc_auc_score(chosen.label, chosen.score))
        assert evaluation.n == len(chosen)


def test_what_cannot_be_evaluated_is_told(predictions):
    with pytest.raises(RunError, match="nothing to evaluate"):
        predictions.evaluate("unlabelled")
    with pytest.raises(RunError, match=r"no split 'dev'.*train, val, val_select"):
        predictions.evaluate("dev")
