"""Splits: nobody on both sides, and the cells' shares as they were asked for."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.errors import DataError
from softbio.faces.faceset import in_split
from softbio.faces.readers import read_source
from softbio.faces.splits import SplitPlan, assign_splits, cut_validation


def faces(n, seed=0, people=None, unlabelled=0.1):
    rng = np.random.default_rng(seed)
    identity = rng.integers(0, people, n) if people else np.full(n, pd.NA)
    gender = np.where((identity % 2 if people else rng.integers(0, 2, n)) == 0, -1, 1)
    label = (rng.random(n) < np.where(gender < 0, 0.3, 0.1)).astype(object)
    label[rng.random(n) < unlabelled] = pd.NA
    return pd.DataFrame(
        {
            "filename": [f"{at}.jpg" for at in range(n)],
            "label": pd.array([v if v is pd.NA else int(v) for v in label], dtype="Int8"),
            "gender": pd.array(gender, dtype="Int8"),
            "identity": pd.array(identity, dtype="Int64"),
            "partition": pd.Series([None] * n, dtype="str"),
        }
    )


def shares(rows, splits):
    known = rows["label"].notna()
    table = pd.crosstab([rows["gender"][known], rows["label"][known]], splits[known.to_numpy()])
    return table.div(table.sum(axis=1), axis=0)


@given(st.integers(1, 200), st.integers(0, 5), st.sampled_from([None, 1, 7, 60]))
def test_laws_that_hold_for_any_faces(n, seed, people):
    rows = faces(n, seed, people)
    plan = SplitPlan(seed=seed)
    splits, told = assign_splits(rows, "gender", plan)
    labelled = rows["label"].notna().to_numpy()
    assert set(splits[labelled]) <= {"train", "val", "test"}
    assert set(splits[~labelled]) <= {"unlabelled"}
    again, _ = assign_splits(rows, "gender", plan)
    assert (splits == again).all()
    if told["by"] == "identity":
        sides = pd.Series(splits[labelled]).groupby(rows["identity"][labelled].to_numpy()).nunique()
        assert (sides == 1).all()


@given(st.integers(1, 400), st.integers(0, 5))
def test_rows_are_divided_to_within_one_face_of_each_cell(n, seed):
    rows = faces(n, seed)
    splits, told = assign_splits(rows, "gender", SplitPlan(seed=seed))
    assert told["by"] == "row"
    known = rows["label"].notna()
    for _, cell in rows[known].groupby(["gender", "label"]):
        for name, ratio in (("train", 0.6), ("val", 0.2), ("test", 0.2)):
            assert abs((splits[cell.index] == name).sum() - ratio * len(cell)) < 1


def test_cells_keep_their_shares_when_people_have_twenty_photographs_each():
    rows = faces(6_000, people=300)
    splits, told = assign_splits(rows, "gender", SplitPlan())
    assert told["by"] == "identity"
    assert (
        np.abs(shares(rows, splits)[["train", "val", "test"]] - [0.6, 0.2, 0.2]).max(axis=None)
        < 0.02
    )


def test_all_of_celeba_is_divided_by_people_to_within_a_point(shared):
    from softbio.faces.readers.celeba import read_attributes

    attributes = read_attributes(shared / "celeba" / "list_attr_celeba.txt")
    people = pd.read_csv(
        shared / "celeba" / "identity_CelebA.txt", sep=r"\s+", header=None, index_col=0
    )[1]
    label = attributes["Blond_Hair"] ^ attributes["Eyeglasses"]
    rows = pd.DataFrame(
        {
            "filename": attributes.index,
            "label": label.astype("Int8"),
            "gender": (2 * attributes["Male"] - 1).astype("Int8"),
            "identity": people.reindex(attributes.index).astype("Int64"),
        }
    ).reset_index(drop=True)
    splits, _ = assign_splits(rows, "gender", SplitPlan())
    assert (
        np.abs(shares(rows, splits)[["train", "val", "test"]] - [0.6, 0.2, 0.2]).max(axis=None)
        < 0.01
    )
    assert pd.Series(splits).groupby(rows["identity"].to_numpy()).nunique().max() == 1


def test_the_seed_decides():
    rows = faces(300)
    one, _ = assign_splits(rows, "gender", SplitPlan(seed=1))
    two, _ = assign_splits(rows, "gender", SplitPlan(seed=2))
    assert (one != two).any()


@pytest.mark.parametrize("people", [None, 400])
def test_a_balanced_test_has_the_same_number_of_every_cell(people):
    rows = faces(3_000, people=people)
    splits, told = assign_splits(rows, "gender", SplitPlan(balanced_test=40))
    tested = rows[splits == "test"]
    assert (tested.groupby(["gender", "label"]).size() == 40).all()
    assert len(tested) == 160
    ratio = (splits == "train").sum() / ((splits == "train") | (splits == "val")).sum()
    assert ratio == pytest.approx(0.75, abs=0.02)
    left = (splits == "unlabelled") & rows["label"].notna().to_numpy()
    assert left.sum() == told["left_over"]
    if people:
        others = rows[np.isin(splits, ["train", "val"])]
        assert not set(tested["identity"]) & set(others["identity"])
    else:
        assert told["left_over"] == 0


def test_a_balanced_test_larger_than_a_cell_is_refused():
    with pytest.raises(DataError, match="only"):
        assign_splits(faces(200), "gender", SplitPlan(balanced_test=60))


def test_the_sources_partition_is_taken_as_it_is(celeba):
    rows = read_source(celeba, label="Male").rows
    splits, told = assign_splits(rows, "gender", SplitPlan(use_partition=True))
    assert told["by"] == "partition"
    assert list(splits) == list(rows["partition"])
    with pytest.raises(DataError, match="does not say in which split"):
        assign_splits(faces(20), "gender", SplitPlan(use_partition=True))


@pytest.mark.parametrize(
    "wrong",
    [
        {"ratios": (0.5, 0.5)},
        {"ratios": (-1, 1, 1)},
        {"ratios": (0, 0.5, 0.5)},
        {"ratios": (float("nan"), 1, 1)},
        {"seed": -1},
        {"use_partition": True, "balanced_test": 3},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(DataError):
        SplitPlan(**wrong)


def test_shares_need_not_add_up_to_one():
    assert SplitPlan((60, 20, 20)) == SplitPlan((0.6, 0.2, 0.2))


@pytest.mark.parametrize("people", [None, 400])
def test_validation_is_cut_in_two_halves_of_each_cell_that_share_nobody(people):
    rows = faces(6_000, people=people)
    splits, _ = assign_splits(rows, "gender", SplitPlan())
    cut = cut_validation(rows, "gender", splits, seed=0)
    assert (splits[cut != splits] == "val").all()
    assert set(cut[splits == "val"]) == {"val_select", "val_fit"}
    validating = rows[splits == "val"].assign(half=cut[splits == "val"])
    sizes = validating.groupby(["gender", "label"])["half"].value_counts().unstack()
    near = 1 if people is None else 0.2 * sizes.sum(axis=1)
    assert ((sizes["val_select"] - sizes["val_fit"]).abs() <= near).all()
    if people:
        assert validating.groupby("identity")["half"].nunique().max() == 1
    assert (cut == cut_validation(rows, "gender", splits, seed=0)).all()


def test_without_validation_there_is_nothing_to_cut():
    rows = faces(50)
    splits, _ = assign_splits(rows, "gender", SplitPlan((0.8, 0, 0.2)))
    assert (cut_validation(rows, "gender", splits) == splits).all()


def test_val_names_both_halves_and_a_set_from_before_the_cut_has_only_the_first():
    column = pd.Series(["val_select", "val_fit", "test"])
    assert in_split(column, "val").tolist() == [True, True, False]
    assert in_split(column, "val_fit").tolist() == [False, True, False]
    before = pd.Series(["val", "train"])
    assert in_split(before, "val_select").tolist() == [True, False]
    assert not in_split(before, "val_fit").any()
