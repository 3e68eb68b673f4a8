"""Training on corrected labels: what people said is frozen into the run, and nothing is overwritten."""

import numpy as np
import pytest

from softbio.config import LabelsConfig, apply_settings
from softbio.errors import DataError, RunError
from softbio.faces.reviews import Reviews
from softbio.faces.tags import Tags
from softbio.runs import RunStore
from softbio.training import find_or_train, new_run, train
from softbio.training.corrections import FILE, corrections_of, read_corrections, same
from softbio.training.plan import plan_training


@pytest.fixture
def reviewed(make_faces, tmp_path):
    """A set in which people said: two labels are wrong, one is right, one photograph is unusable.

    The two wrong ones are training faces; a validation face is wrong as well.
    """
    faces = make_faces(tmp_path / "reviewed")
    rows = faces.rows("train")
    rows = rows[(faces.labels()[rows] >= 0) & (faces.group_index()[rows] >= 0)][:4]
    names = faces.table["filename"].tolist()
    given = faces.labels()
    reviews = Reviews.open(faces)
    reviews.add([names[rows[2]]], int(given[rows[2]]), who="Ann")
    for row in (faces.rows("val_select")[0], *rows[1::-1]):
        reviews.add([names[row]], int(1 - given[row]), who="Ann")
    Tags.open(faces).add("unusable", [names[rows[3]]], "yes", who="Ann")
    return faces, rows


@pytest.mark.parametrize(
    ("correction", "trains", "weight"),
    [("flip", "theirs", 1.0), ("drop", None, 0.0), ("down_weight", "given", 0.25)],
)
def test_a_wrong_label_is_flipped_dropped_or_counts_less(reviewed, correction, trains, weight):
    faces, rows = reviewed
    config = apply_settings_to(correction)
    corrections = corrections_of(faces, config.labels)
    np.testing.assert_array_equal(corrections.rows, np.sort(rows[[0, 1, 3]]))
    plan = plan_training(faces, config, corrections)
    given = faces.labels()
    plain = plan_training(faces, config)
    for row in rows[:2]:
        place = np.flatnonzero(plan.rows == row)
        if trains is None:
            assert not len(place)
            continue
        expected = 1 - given[row] if trains == "theirs" else given[row]
        assert plan.labels[place].tolist() == [expected]
        other = plan.rows == rows[2]
        assert plan.weights[place] / plan.weights[other] == pytest.approx(weight)
    assert rows[3] not in plan.rows and rows[2] in plan.rows
    np.testing.assert_array_equal(plan.val_labels, plain.val_labels)
    assert plan.left_out == (3 if trains is None else 1) + plain.left_out


def apply_settings_to(correction):
    from softbio.config import TrainConfig

    return apply_settings(
        TrainConfig(),
        ["labels.use=corrected", f"labels.correction={correction}", "labels.weight=0.25"],
    )


def test_disagreeing_reviewers_correct_nothing(reviewed):
    faces, rows = reviewed
    name = faces.table["filename"].iloc[rows[0]]
    Reviews.open(faces).add([name], int(faces.labels()[rows[0]]), who="Bob")
    corrections = corrections_of(faces, LabelsConfig(use="corrected"))
    assert rows[0] not in corrections.rows and rows[1] in corrections.rows


def test_a_face_without_a_label_is_trained_on_as_reviewed(make_faces, tmp_path):
    faces = make_faces(tmp_path / "unlabelled")
    row = faces.rows("train")[faces.group_index()[faces.rows("train")] >= 0][0]
    faces.table.loc[row, "label"] = None
    Reviews.open(faces).add([faces.table["filename"].iloc[row]], 1, who="Ann")
    corrections = corrections_of(faces, LabelsConfig(use="corrected", correction="drop"))
    plan = plan_training(faces, apply_settings_to("drop"), corrections)
    assert plan.labels[plan.rows == row].tolist() == [1.0]


def test_the_run_keeps_what_people_had_said_when_it_was_made(reviewed, quick, tmp_path):
    faces, rows = reviewed
    config = apply_settings(quick, ["labels.use=corrected", "epochs=1"])
    run = new_run(RunStore(tmp_path / "models"), faces, config)
    before = corrections_of(faces, config.labels)
    Reviews.open(faces).undo("Ann")
    assert same(read_corrections(run, faces), before)
    assert not same(corrections_of(faces, config.labels), before)
    train(run)
    frame = run.predictions().frame
    assert set(np.flatnonzero(frame["label_version"] == 1)) == set(rows[[0, 1, 3]])
    given = faces.table["label"]
    assert frame["label"].equals(given.astype(frame["label"].dtype))  # the given labels stay
    assert frame["out_of_sample"].iloc[rows[3]]


def test_other_corrections_make_another_run(reviewed, quick, tmp_path):
    faces, _ = reviewed
    config = apply_settings(quick, ["labels.use=corrected", "epochs=1"])
    store = RunStore(tmp_path / "models")
    first = find_or_train(store, faces, config)
    assert find_or_train(store, faces, config).id == first.id
    Reviews.open(faces).undo("Ann")
    assert find_or_train(store, faces, config).id != first.id


def test_without_corrections_there_is_nothing_to_train_on(make_faces, tmp_path, quick):
    faces = make_faces(tmp_path / "untouched")
    with pytest.raises(DataError, match="there is nothing to correct"):
        new_run(RunStore(tmp_path), faces, apply_settings(quick, ["labels.use=corrected"]))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "filename,label\nx,1\n",
        "filename,given,reviewed,label,weight\nnobody.jpg,0,1,1,1.0\n",
        "filename,given,reviewed,label,weight\n{name},0,1,7,1.0\n",
        "filename,given,reviewed,label,weight\n{name},0,1,1,nan\n",
    ],
)
def test_a_damaged_file_is_told_with_its_place(reviewed, quick, tmp_path, text):
    faces, rows = reviewed
    run = new_run(RunStore(tmp_path), faces, apply_settings(quick, ["labels.use=corrected"]))
    name = faces.table["filename"].iloc[rows[0]]
    (run.path / FILE).write_text(text.format(name=name))
    with pytest.raises(RunError, match="the corrected labels of"):
        read_corrections(run, faces)
