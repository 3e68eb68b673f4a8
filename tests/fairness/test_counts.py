import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import confusion_matrix

from softbio.errors import DataError
from softbio.fairness import GroupCounts, predict_at

WOMEN_MEN = ("women", "men")


@st.composite
def faces(draw, max_groups=4):
    """Draw labels, scores with many ties, groups, and the groups' names."""
    n, groups = draw(st.integers(0, 60)), draw(st.integers(1, max_groups))
    label = draw(hnp.arrays(np.int8, n, elements=st.integers(0, 1)))
    score = draw(hnp.arrays(np.float32, n, elements=st.sampled_from([0.0, 0.1, 0.5, 0.75, 1.0])))
    group = draw(hnp.arrays(np.int64, n, elements=st.integers(0, groups - 1)))
    return label, score, group, tuple(f"g{index}" for index in range(groups))


@given(faces())
def test_counts_are_scikit_learns_confusion_matrix_of_each_group(drawn):
    label, score, group, groups = drawn
    prediction = score > 0.4
    counts = GroupCounts.from_predictions(label, prediction, group, groups)
    assert counts.values.dtype == np.int64
    for index in range(len(groups)):
        inside = group == index
        expected = (
            confusion_matrix(label[inside], prediction[inside], labels=[0, 1])
            if inside.any()
            else np.zeros((2, 2))
        )
        np.testing.assert_array_equal(counts.values[index], expected)


@given(faces(), st.randoms(use_true_random=False))
def test_the_order_of_faces_does_not_matter(drawn, random):
    label, score, group, groups = drawn
    order = list(range(len(label)))
    random.shuffle(order)
    before = GroupCounts.from_predictions(label, score > 0.4, group, groups)
    after = GroupCounts.from_predictions(label[order], score[order] > 0.4, group[order], groups)
    np.testing.assert_array_equal(before.values, after.values)


@given(faces(), st.integers(0, 60))
def test_counts_of_parts_add_up(drawn, cut):
    label, score, group, groups = drawn
    whole = GroupCounts.from_predictions(label, score > 0.4, group, groups)
    parts = [
        GroupCounts.from_predictions(label[part], score[part] > 0.4, group[part], groups).values
        for part in (slice(None, cut), slice(cut, None))
    ]
    np.testing.assert_array_equal(whole.values, sum(parts))


@given(
    faces(),
    hnp.arrays(np.float64, st.integers(0, 8), elements=st.floats(0, 1, width=32))
    | st.just(np.array([0.0, 0.1, 0.5, 0.1, 1.0])),
)
def test_many_thresholds_at_once_equal_one_at_a_time(drawn, thresholds):
    label, score, group, groups = drawn
    swept = GroupCounts.at_thresholds(label, score, group, groups, thresholds)
    assert swept.values.shape == (len(thresholds), len(groups), 2, 2)
    for counts, threshold in zip(swept.values, thresholds, strict=True):
        single = GroupCounts.from_predictions(label, predict_at(score, threshold), group, groups)
        np.testing.assert_array_equal(counts, single.values)


def test_a_score_on_the_threshold_is_not_above_it_in_its_own_precision():
    score = np.array([0.1, 0.18, 0.3, 0.5], dtype=np.float32)
    for value in (0.1, 0.18, 0.3, 0.5):
        assert predict_at(score, value).sum() == (score > np.float32(value)).sum()
        assert not predict_at(np.float32([value]), value).any()
        assert not predict_at(np.float32([value]), np.float64(value)).any()


def test_sizes_and_pooling():
    counts = GroupCounts(np.arange(16).reshape(2, 2, 2, 2), WOMEN_MEN)
    assert counts.n.tolist() == [[6, 22], [38, 54]]
    assert counts.cell_sizes[0].tolist() == [[1, 5], [9, 13]]
    assert counts.pooled().values[0].tolist() == [[[4, 6], [8, 10]]]
    assert counts.pooled().groups == ("all",)


@pytest.mark.parametrize(
    ("label", "prediction", "group", "message"),
    [
        ([-1, 1], [0, 1], [0, 0], "label must be 0 or 1.*Received: -1 at position 0"),
        ([0, 1], [0, 2], [0, 0], "prediction must be 0 or 1.*Received: 2 at position 1"),
        ([0, 1], [0, 1], [0, -1], "leave out faces whose group is unknown"),
        ([0, 1], [0, 1], [0, 2], "index from 0 to 1"),
        ([0, 1], [0, 1], [0.0, 1.0], "index from 0 to 1"),
        ([0, 1], [0], [0, 0], "equally many"),
        ([0, np.nan], [0, 1], [0, 0], "label must be 0 or 1.*nan"),
    ],
)
def test_faces_that_cannot_be_counted_are_refused(label, prediction, group, message):
    with pytest.raises(DataError, match=message):
        GroupCounts.from_predictions(label, prediction, group, WOMEN_MEN)


@pytest.mark.parametrize(
    "values", [np.zeros((3, 2, 2), int), np.zeros((2, 2)), np.zeros((2, 2, 2))]
)
def test_counts_of_the_wrong_shape_or_type_are_refused(values):
    with pytest.raises(ValueError, match="counts must be integers of shape"):
        GroupCounts(values, WOMEN_MEN)
