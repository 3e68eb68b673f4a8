"""The preview shows faces of every cell as the training would see them."""

import numpy as np
import pytest

from softbio.config import Augmentation, Balancing, TrainConfig
from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.training.plan import plan_training
from softbio.training.preview import augmented

STILL = Augmentation(flip=False, shift=0.0)


def cells(faces, rows):
    return 2 * faces.group_index()[rows] + faces.labels()[rows]


def test_faces_of_each_cell_in_their_order(faces):
    rows, pixels = augmented(faces, TrainConfig(), n=8, variants=3)
    np.testing.assert_array_equal(cells(faces, rows), [0, 0, 1, 1, 2, 2, 3, 3])
    assert pixels.shape == (8, 3, 24, 24, 3) and pixels.dtype == np.uint8
    assert set(rows) <= set(faces.rows("train")) and len(set(rows)) == 8


def test_without_augmentation_every_picture_is_the_original(faces):
    rows, pixels = augmented(faces, TrainConfig(augmentation=STILL), variants=2)
    for time in (0, 1):
        np.testing.assert_array_equal(pixels[:, time], faces.images[rows])


def test_the_same_faces_stay_while_settings_change(faces):
    shown = [
        augmented(faces, TrainConfig(augmentation=Augmentation(noise=noise)), seed=3)
        for noise in (0.0, 0.2)
    ]
    np.testing.assert_array_equal(shown[0][0], shown[1][0])
    assert not np.array_equal(shown[0][1], shown[1][1])
    assert not np.array_equal(shown[0][0], augmented(faces, TrainConfig(), seed=4)[0])


def test_only_what_is_repeated_is_varied_and_the_first_copy_is_not(faces):
    config = TrainConfig(augmentation=STILL, balancing=Balancing(method="augment_minority"))
    plan = plan_training(faces, config)
    times = dict(zip(*np.unique(plan.rows, return_counts=True), strict=True))
    rows, pixels = augmented(faces, config, n=16, variants=4)
    assert {times[row] for row in rows} > {1}
    for row, shown in zip(rows, pixels, strict=True):
        for time, picture in enumerate(shown):
            as_it_is = np.array_equal(picture, faces.images[row])
            assert as_it_is == (time % times[row] == 0)


def test_mixup_mixes_faces_of_the_same_group(faces):
    config = TrainConfig(augmentation=STILL.model_copy(update={"mixup": 1.0}))
    rows, pixels = augmented(faces, config)
    assert (pixels[:, 0] != faces.images[rows]).any((1, 2, 3)).sum() >= 6


def test_a_cell_with_few_faces_leaves_its_place_to_the_others(faces):
    table = faces.table.copy()
    train = faces.rows("train")
    rare = train[cells(faces, train) == 3]
    table.loc[rare[1:], "split"] = "test"
    fewer = FaceSet(faces.path, faces.images, table, faces.meta)
    rows, _ = augmented(fewer, TrainConfig(), n=9)
    assert sorted(np.bincount(cells(faces, rows))) == [1, 2, 3, 3]


def test_what_cannot_be_trained_on_is_told(make_faces, tmp_path):
    nothing = make_faces(tmp_path / "none", split=["unlabelled"] * 160)
    with pytest.raises(DataError, match="no face to train on"):
        augmented(nothing, TrainConfig())
