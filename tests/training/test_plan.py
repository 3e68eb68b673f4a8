"""Which faces are trained on, and what a person is told about it."""

import numpy as np
import pandas as pd
import pytest

from softbio.config import Balancing, LossConfig, TrainConfig, recipe
from softbio.errors import ConfigError, DataError
from softbio.faces.faceset import FaceSet
from softbio.training.plan import plan_training


def test_only_labelled_faces_of_the_training_split_with_a_known_group_are_trained_on(faces):
    table = faces.table.copy()
    train = faces.rows("train")
    table.loc[train[:3], "label"] = pd.NA
    table.loc[train[3:5], "gender"] = pd.NA
    changed = FaceSet(faces.path, faces.images, table, faces.meta)
    plan = plan_training(changed, TrainConfig())
    np.testing.assert_array_equal(plan.rows, train[5:])
    assert plan.left_out == 5
    assert any("5 training faces without a label" in note for note in plan.notes)


def test_the_report_under_samples_in_the_training_split_only(faces):
    plan = plan_training(faces, recipe("report"))
    group = faces.group_index()
    train, val = faces.rows("train"), faces.rows("val")
    smaller = np.bincount(group[train]).min()
    np.testing.assert_array_equal(np.bincount(plan.group), [smaller, smaller])
    assert set(plan.rows) <= set(train)
    np.testing.assert_array_equal(plan.val_rows, val)
    assert any("in the training split only" in note for note in plan.notes)


def test_whether_alpha_counts_is_said(faces):
    told = {
        balancing: plan_training(
            faces, TrainConfig(loss=LossConfig(name="focal", class_balancing=balancing))
        ).notes[-1]
        for balancing in (False, True)
    }
    assert "has no effect" in told[False] and "counts" in told[True]
    assert not any("α" in note for note in plan_training(faces, TrainConfig()).notes)


def test_weights_and_balancing_reach_the_faces(faces):
    config = TrainConfig(weights={"men": 0.5}, balancing=Balancing(method="over_sample", by="cell"))
    plan = plan_training(faces, config)
    assert len(set(np.bincount((2 * plan.group + plan.labels).astype(int)))) == 1
    assert plan.weights.mean() == pytest.approx(1.0)
    assert plan.weights[plan.group == 1].mean() == pytest.approx(2 / 3)


def test_any_group_column_works(make_faces, tmp_path):
    faces = make_faces(tmp_path / "three", groups={0: "young", 1: "adult", 2: "old"})
    plan = plan_training(faces, TrainConfig(weights={"old": 3.0}))
    assert plan.groups == ("young", "adult", "old") and set(plan.group) == {0, 1, 2}
    with pytest.raises(ConfigError, match="young, adult, old"):
        plan_training(faces, TrainConfig(weights={"women": 1.0}))


def test_a_set_without_a_face_to_train_on_is_refused(make_faces, tmp_path):
    faces = make_faces(tmp_path / "none", split=["unlabelled"] * 160)
    with pytest.raises(DataError, match="no face to train on"):
        plan_training(faces, TrainConfig())
