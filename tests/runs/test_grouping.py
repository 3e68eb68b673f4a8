import numpy as np
import pandas as pd
import pytest

from softbio.errors import ConfigError, RunError
from softbio.runs import Predictions
from softbio.runs.grouping import group_faces, groupable_columns


@pytest.fixture
def faces(make_faces, tmp_path):
    made = make_faces(tmp_path / "set", n=60)
    draws = np.random.default_rng(3)
    young = pd.array(draws.choice([0, 1, None], 60), dtype="Int8")
    identity = pd.array(draws.choice([7, 9, 11, None], 60), dtype="Int64")
    made.table["Young"] = young
    made.table["age"] = pd.array(draws.choice([20, 40, 60], 60), dtype="Int16")
    made.table["identity"] = identity
    made.table["serial"] = np.arange(60)
    return made


def predictions_of(faces):
    frame = faces.table[["filename", "split", "label", "gender"]].assign(
        score=np.linspace(0, 1, len(faces), dtype=np.float32)
    )
    return Predictions(frame, "gender", faces.group_names)


def test_columns_with_few_values_can_be_grouped_by(faces):
    assert groupable_columns(faces) == ("gender", "Young", "age")


def test_a_binary_column_is_named_by_what_it_says(faces):
    grouping = group_faces(faces, ["Young"])
    assert grouping.names == ("not Young", "Young")
    expected = faces.table["Young"].fillna(-1).to_numpy(dtype=np.int64)
    np.testing.assert_array_equal(grouping.index, expected)


def test_a_column_of_several_values_has_a_group_each(faces):
    grouping = group_faces(faces, ["age"])
    assert grouping.names == ("age 20", "age 40", "age 60")
    np.testing.assert_array_equal(
        np.array([20, 40, 60])[grouping.index], faces.table["age"].to_numpy()
    )


def test_crossed_groups_are_the_pairs_that_exist(faces):
    faces.table.loc[(faces.table["gender"] == 1) & (faces.table["Young"] == 1), "Young"] = 0
    grouping = group_faces(faces, ["gender", "Young"])
    assert grouping.names == ("women, not Young", "women, Young", "men, not Young")
    for name, row in zip(grouping.names, range(3), strict=True):
        inside = faces.table[grouping.index == row]
        gender, young = name.split(", ")
        assert (inside["gender"] == {"women": -1, "men": 1}[gender]).all()
        assert (inside["Young"] == int(young == "Young")).all()
    unknown = faces.table["Young"].isna() | faces.table["gender"].isna()
    np.testing.assert_array_equal(grouping.index < 0, unknown.to_numpy())


@pytest.mark.parametrize(
    "by",
    [["filename"], ["serial"], ["nothing"], [], ["gender", "gender"], ["gender", "Young", "age"]],
)
def test_what_cannot_be_grouped_by_is_told(faces, by):
    with pytest.raises(ConfigError, match=r"Faces are grouped|cannot be grouped"):
        group_faces(faces, by)


def test_a_selection_by_other_columns_needs_the_face_set(faces):
    predictions = predictions_of(faces)
    with pytest.raises(RunError, match="the face set is needed"):
        predictions.select("test", ["Young"])
    chosen = predictions.select("test", ["Young"], faces)
    table = faces.table.iloc[chosen.row]
    np.testing.assert_array_equal(chosen.group, table["Young"].to_numpy(dtype=np.int64))
    assert chosen.without_group + len(chosen) == (faces.table["split"] == "test").sum()


def test_a_selection_knows_who_is_on_a_photograph(faces):
    predictions = predictions_of(faces)
    assert predictions.select("train").person is None
    chosen = predictions.select("train", faces=faces)
    identity = faces.table["identity"].iloc[chosen.row]
    known = identity.notna().to_numpy()
    same = chosen.person[known][:, None] == chosen.person[known]
    np.testing.assert_array_equal(
        same, identity[known].to_numpy()[:, None] == identity[known].to_numpy()
    )
    assert len(set(chosen.person[~known])) == (~known).sum()
    assert not set(chosen.person[~known]) & set(chosen.person[known])


def test_lines_find_their_face_by_its_name(faces):
    frame = predictions_of(faces).frame.sample(30, random_state=0).reset_index(drop=True)
    few = Predictions(frame, "gender", faces.group_names)
    chosen = few.select("train", ["age"], faces)
    age = faces.table.set_index("filename")["age"][chosen.filename]
    np.testing.assert_array_equal(np.array([20, 40, 60])[chosen.group], age.to_numpy())
    other = Predictions(frame.assign(filename="x" + frame["filename"]), "gender", faces.group_names)
    with pytest.raises(RunError, match="another face set"):
        other.select("train", ["age"], faces)


def test_faces_without_a_score_are_left_out_and_counted(faces):
    predictions = predictions_of(faces)
    whole = predictions.select("train")
    predictions.frame.loc[whole.row[:3], "score"] = np.nan
    fresh = Predictions(predictions.frame, "gender", faces.group_names)
    chosen = fresh.select("train")
    assert (len(chosen), chosen.without_score) == (len(whole) - 3, 3)
