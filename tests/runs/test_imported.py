"""Predictions made elsewhere: what is understood, what is refused, and what stays whole."""

import numpy as np
import pandas as pd
import pytest

from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.fairness import evaluate
from softbio.runs import RunStore
from softbio.runs.imported import import_predictions
from softbio.runs.judging import judge


@pytest.fixture
def faces(make_faces, tmp_path):
    made = make_faces(tmp_path / "set", n=200, size=8)
    made.table.loc[3, "gender"] = pd.NA
    made.table.to_parquet(made.path / "table.parquet")
    return FaceSet.open(made.path)


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "models")


def scores_of(faces):
    noise = np.random.default_rng(0).normal(0, 0.3, len(faces))
    label = faces.table["label"].fillna(0).to_numpy(dtype=float)
    return np.clip(0.25 + 0.5 * label + noise, 0, 1).round(4)


def written(tmp_path, frame, **options):
    path = tmp_path / "vendor.csv"
    frame.to_csv(path, index=False, **options)
    return path


def test_scores_become_a_run_that_is_judged_like_any_other(faces, store, tmp_path):
    frame = pd.DataFrame({"filename": faces.table["filename"], "score": scores_of(faces)})
    path = written(tmp_path, frame.sample(frac=1, random_state=0))
    done = import_predictions(store, path, faces, "vendor model")
    run = store.get(done.run.id)
    assert (run.state.status, run.config.kind, run.name) == ("done", "imported", "vendor model")
    assert run.config.imported.file == "vendor.csv"
    assert (done.faces, done.missing) == (200, 0)
    inside = (faces.table["split"] == "test") & faces.table["gender"].notna()
    table = faces.table[inside]
    expected = evaluate(
        table["label"].to_numpy(dtype=int),
        frame["score"][inside].to_numpy(dtype=np.float32),
        (table["gender"] == 1).to_numpy(dtype=int),
        ("women", "men"),
        0.4,
    )
    found = judge(run, "test", threshold=0.4)
    np.testing.assert_array_equal(found.counts.values, expected.counts.values)
    assert found.overall["auc"] == expected.overall["auc"]


@pytest.mark.parametrize("coding", [(-1, 1), (0, 1)])
def test_labels_alone_are_judged_and_what_needs_scores_is_undefined(faces, store, tmp_path, coding):
    predicted = scores_of(faces) > 0.5
    frame = pd.DataFrame(
        {"filename": faces.table["filename"], "label": np.where(predicted, coding[1], coding[0])}
    )
    done = import_predictions(store, written(tmp_path, frame), faces)
    assert not done.run.config.imported.scores
    found = judge(done.run, "val_select")
    chosen = done.run.predictions().select("val_select")
    right = (predicted[chosen.row] == chosen.label).mean()
    assert found.overall["accuracy"] == pytest.approx(right)
    assert np.isnan(found.overall["auc"])


def test_a_label_beside_scores_is_the_prediction_if_a_threshold_gives_it(faces, store, tmp_path):
    score = scores_of(faces)
    frame = pd.DataFrame(
        {"filename": faces.table["filename"], "score": score, "label": np.where(score > 0.3, 1, -1)}
    )
    done = import_predictions(store, written(tmp_path, frame), faces)
    assert "taken for the prediction" in done.notes[0]
    labels = done.run.predictions().frame["label"]
    pd.testing.assert_series_equal(labels, faces.table["label"], check_names=False)


def test_a_label_beside_scores_is_else_the_true_one_and_must_agree(faces, store, tmp_path):
    true = faces.table["label"].fillna(1)
    frame = pd.DataFrame(
        {"filename": faces.table["filename"], "score": scores_of(faces), "label": true}
    )
    done = import_predictions(store, written(tmp_path, frame), faces)
    assert "taken for the true label" in done.notes[0]
    lacking = faces.table["label"].isna()
    assert f"{lacking.sum()} values were taken" in done.notes[1]
    assert (done.run.predictions().frame["label"][lacking] == 1).all()
    known = int(np.flatnonzero(~lacking)[5])
    frame.loc[known, "label"] = 1 - frame.loc[known, "label"]
    with pytest.raises(DataError, match=rf"line {known + 2}, column label: {known:04d}\.jpg has"):
        import_predictions(store, written(tmp_path, frame), faces)


def test_groups_may_stand_there_by_code_or_name_and_must_agree(faces, store, tmp_path):
    names = faces.table["gender"].map({-1: "women", 1: "men"}).astype(object)
    names[3] = "Men"
    frame = pd.DataFrame(
        {"filename": faces.table["filename"], "score": scores_of(faces), "gender": names}
    )
    done = import_predictions(store, written(tmp_path, frame), faces)
    assert done.run.predictions().frame["gender"][3] == 1
    for wrong, message in (
        ({"gender": names.where(names.index != 7, "cat")}, "line 9, column gender: 'cat'"),
        ({"gender": names.map({"women": 1, "men": -1, "Men": 1})}, "line 2, column gender: 0000"),
    ):
        with pytest.raises(DataError, match=message):
            import_predictions(store, written(tmp_path, frame.assign(**wrong)), faces)


def test_faces_without_a_prediction_are_refused_or_counted(faces, store, tmp_path):
    frame = pd.DataFrame({"filename": faces.table["filename"], "score": scores_of(faces)})[10:]
    path = written(tmp_path, frame)
    with pytest.raises(DataError, match=r"no prediction for 0000\.jpg.* and 7 more.*--partial"):
        import_predictions(store, path, faces)
    assert store.list() == []
    done = import_predictions(store, path, faces, partial=True)
    assert (done.faces, done.missing) == (190, 10)
    assert "10 of 200 faces" in done.notes[-1]
    frame = done.run.predictions().frame
    assert frame["score"].isna().sum() == 10
    assert len(frame) == 200


@pytest.mark.parametrize(
    ("line", "text", "message"),
    [
        (2, "0001.jpg,1.2", "line 3, column score: '1.2'"),
        (2, "0001.jpg,nan", "line 3, column score: 'nan'"),
        (2, "0001.jpg,", "line 3, column score: ''"),
        (2, "0001.jpg,high", "line 3, column score: 'high'"),
        (2, "cat.jpg,0.5", r"line 3, column filename: 'cat\.jpg' is not in"),
        (2, "0000.jpg,0.5", r"line 3, column filename: '0000\.jpg' stands in line 2"),
        (2, "0001.jpg,0.5,3", "line 3: 3 cells"),
        (0, "name,score", "no column `filename`"),
        (0, "filename;score", "separated by semicolons"),
        (0, "filename,probability", "needs a column `score` or `label`"),
        (0, "filename,filename", "column 'filename' twice"),
    ],
)
def test_a_bad_file_is_refused_with_its_place_and_nothing_is_made(
    faces, store, tmp_path, line, text, message
):
    lines = ["filename,score", *(f"{name},0.5" for name in faces.table["filename"])]
    lines[line] = text
    path = tmp_path / "bad.csv"
    path.write_text("\n".join(lines))
    with pytest.raises(DataError, match=message):
        import_predictions(store, path, faces, partial=True)
    assert store.list() == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"filename,score\n", "no predictions"),
        ("filename,score\n0000.jpg,0.5".encode("utf-16"), "not text in UTF-8"),
        (b'filename,score\n"0000.jpg,0.5\n', "line 2"),
        (b"filename,score\n" + b"x" * 200_000 + b",0.5\n", "field larger than"),
    ],
)
def test_what_is_no_csv_is_refused(faces, store, tmp_path, content, message):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        import_predictions(store, path, faces)


def test_a_byte_order_mark_does_no_harm(faces, store, tmp_path):
    frame = pd.DataFrame({"filename": faces.table["filename"], "score": scores_of(faces)})
    path = written(tmp_path, frame, encoding="utf-8-sig")
    assert import_predictions(store, path, faces).faces == 200
