"""Which faces are trained on, and what a person is told about it."""

import re

import numpy as np
import pandas as pd
import pytest

from softbio.config import (
    Balancing,
    EarlyStopping,
    LossConfig,
    ObjectivesConfig,
    TrainConfig,
    apply_settings,
    recipe,
)
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


def test_a_watched_figure_that_no_validation_face_gives_is_said(make_faces, tmp_path):
    split = np.array(["train", "val"] * 80)
    gender = np.random.default_rng(0).choice([-1, 1], 160)
    label = np.where((split == "val") & (gender == -1), 0, np.arange(160) // 2 % 2)
    faces = make_faces(tmp_path / "gap", split=split, gender=gender, label=label)
    said = "No face of women with label 1 validates, so .* is undefined"
    for monitor, found in (("balanced_fair_metric", True), ("accuracy", False), ("loss", False)):
        watch = EarlyStopping(monitor=monitor, patience=3)
        notes = " ".join(plan_training(faces, TrainConfig(early_stopping=watch)).notes)
        assert bool(re.search(said, notes)) == found, monitor


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (["loss.class_balancing=true"], "belong to the focal loss"),
        (["loss.name=forward_correction"], "forward correction is cross-entropy"),
        (["loss.name=forward_correction", "loss.flip_rates.women 1=0.1"], ""),
        (["network.name=mobilenet_v3_small", "network.weights=none"], "first weights are drawn"),
        (["network.name=mobilenet_v3_small"], ""),
        (["network.weights=none"], ""),
    ],
)
def test_settings_that_do_nothing_are_said(faces, settings, said):
    notes = plan_training(faces, apply_settings(TrainConfig(), settings)).notes
    mine = [note for note in notes if not re.match(r"Trains on|.* left out\.$", note)]
    assert len(mine) == bool(said) and said in " ".join(mine)


def test_training_on_one_group_alone_is_a_matter_of_its_weight(faces):
    plan = plan_training(faces, apply_settings(TrainConfig(), ["weights.women=0"]))
    assert (plan.weights[plan.group == 0] == 0).all() and (plan.weights[plan.group == 1] > 0).all()
    with pytest.raises(ConfigError, match="weight"):
        plan_training(faces, apply_settings(TrainConfig(), ["weights.women=0", "weights.men=0"]))


def plan_of(faces, **balancing):
    return plan_training(faces, TrainConfig(balancing=Balancing(**balancing)))


def test_all_copies_but_the_first_of_an_augmented_minority_are_variants(faces):
    plan, over = (plan_of(faces, method=name) for name in ("augment_minority", "over_sample"))
    np.testing.assert_array_equal(plan.rows, over.rows)
    assert not over.variants.any()
    seen = set()
    for row, variant in zip(plan.rows, plan.variants, strict=True):
        assert variant == (row in seen)
        seen.add(row)


@pytest.mark.parametrize(
    "method",
    ["under_sample", "over_sample", "augment_minority", "batches", "weights", "reweighing"],
)
def test_a_mixture_of_0_trains_as_without_balancing(faces, method):
    plan, plain = plan_of(faces, method=method, mixture=0.0), plan_of(faces)
    for name in ("rows", "labels", "group", "weights", "variants"):
        np.testing.assert_array_equal(getattr(plan, name), getattr(plain, name))
    assert any("does nothing" in note for note in plan.notes)


def test_what_balancing_does_is_said_in_numbers(faces):
    train = faces.rows("train")
    sizes = np.bincount(2 * faces.group_index()[train] + faces.labels()[train])
    last = sizes[3]
    said = {
        method: " ".join(plan_of(faces, method=method, by="cell").notes)
        for method in ("under_sample", "augment_minority", "batches", "weights", "reweighing")
    }
    assert f"men with label 1 {last} → {sizes.min()}" in said["under_sample"]
    assert f"{len(train)} faces became {4 * sizes.min()}" in said["under_sample"]
    assert f"{4 * sizes.max() - len(train)} of them are repeated" in said["augment_minority"]
    assert f"men with label 1 {len(train) / (4 * last):.3g}." in said["weights"]
    group, label = sizes[2] + last, sizes[1] + last
    assert f"men with label 1 {group * label / (len(train) * last):.3g}." in said["reweighing"]
    size = min(64, len(train))
    assert f"Each batch of {size}" in said["batches"]
    assert f"men with label 1 {size // 4} (each" in said["batches"]


def test_cell_weights_are_said_and_reach_the_faces(faces):
    plan = plan_training(faces, TrainConfig(cell_weights={"men 1": 3.0}))
    assert "Cell weights: men 1 × 3." in plan.notes
    rare = (plan.group == 1) & (plan.labels == 1)
    np.testing.assert_allclose(plan.weights[rare] / plan.weights[~rare][0], 3.0, rtol=1e-6)


def test_weights_in_balanced_batches_have_mean_1_over_what_is_shown(faces):
    config = TrainConfig(weights={"men": 5.0}, balancing=Balancing(method="batches", by="group"))
    plan = plan_training(faces, config)
    means = [plan.weights[plan.group == number].mean() for number in (0, 1)]
    np.testing.assert_allclose(means, [1 / 3, 5 / 3], rtol=1e-6)


def test_balanced_batches_need_a_face_in_every_cell(make_faces, tmp_path):
    gender = np.random.default_rng(0).choice([-1, 1], 160)
    faces = make_faces(tmp_path / "gap", label=gender == -1, gender=gender)
    with pytest.raises(DataError, match="no women with label 0"):
        plan_of(faces, method="batches", by="cell")


def test_flip_rates_of_a_group_that_is_not_there_are_refused_when_the_run_is_made(faces):
    loss = LossConfig(name="forward_correction", flip_rates={"children 1": 0.1})
    with pytest.raises(ConfigError, match=r"loss\.flip_rates\.children 1.*women, men"):
        plan_training(faces, TrainConfig(loss=loss))


def test_weights_that_group_dro_takes_no_notice_of_are_said(faces):
    def said(**changes):
        plan = plan_training(faces, TrainConfig(**changes))
        return any(note.startswith("GroupDRO") for note in plan.notes)

    dro = ObjectivesConfig(group_dro=0.1)
    assert not said(objectives=dro) and not said(weights={"men": 2.0})
    assert said(objectives=dro, weights={"men": 2.0})
    assert said(objectives=dro, cell_weights={"men 1": 2.0})
    assert said(objectives=dro, balancing=Balancing(method="reweighing"))
    assert not said(objectives=dro, balancing=Balancing(method="batches"))
