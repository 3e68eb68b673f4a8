"""Weights: by name, by cell, and their mean."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils.class_weight import compute_sample_weight

from softbio.config import Balancing, TrainConfig, recipe
from softbio.errors import ConfigError, DataError
from softbio.training.weights import (
    balancing_weights,
    cell_weights,
    face_weights,
    group_weights,
    reweighing_weights,
)

GROUPS = ("women", "men")
LABELS = np.array([0, 0, 0, 1, 0, 0, 1, 1, 0, 1])
GROUP = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1])


@pytest.mark.parametrize(("by", "parts"), [("group", GROUP), ("cell", 2 * GROUP + LABELS)])
def test_balancing_weights_are_scikit_learns_balanced_ones(by, parts):
    np.testing.assert_allclose(
        balancing_weights(LABELS, GROUP, GROUPS, by), compute_sample_weight("balanced", parts)
    )


def test_a_group_that_is_not_named_has_weight_1():
    np.testing.assert_array_equal(group_weights({"men": 0.1}, GROUPS), [1.0, 0.1])


def test_an_unknown_group_is_told_with_the_groups_that_are():
    with pytest.raises(ConfigError, match=r"weights\.ladies.*women, men"):
        group_weights({"ladies": 1.0}, GROUPS)


def test_the_reports_weights_are_taken_as_given():
    weights = face_weights(recipe("report"), LABELS, GROUP, GROUPS)
    np.testing.assert_allclose(weights, np.where(GROUP == 0, 1.0, 0.1))


@settings(max_examples=50, deadline=None)
@given(
    women=st.floats(0.01, 100),
    men=st.floats(0.01, 100),
    method=st.sampled_from(["none", "weights"]),
)
def test_normalised_weights_have_mean_1_and_the_asked_for_ratio(women, men, method):
    config = TrainConfig(
        weights={"women": women, "men": men}, balancing=Balancing(method=method, by="group")
    )
    weights = face_weights(config, LABELS, GROUP, GROUPS)
    assert weights.mean() == pytest.approx(1.0)
    sums = [weights[number == GROUP].sum() for number in (0, 1)]
    sizes = (1, 1) if method == "weights" else (4, 6)
    assert sums[0] / sums[1] == pytest.approx(women * sizes[0] / (men * sizes[1]))


def test_a_face_that_stands_there_twice_has_half_the_balancing_weight():
    config = TrainConfig(balancing=Balancing(method="weights", by="cell"))
    once = face_weights(config, LABELS, GROUP, GROUPS)
    cell = (LABELS == 1) & (GROUP == 0)
    twice = np.flatnonzero(cell).tolist()
    doubled = face_weights(
        config, np.append(LABELS, LABELS[twice]), np.append(GROUP, GROUP[twice]), GROUPS
    )
    assert doubled[3] / doubled[0] == pytest.approx(0.5 * once[3] / once[0])


def test_weights_that_leave_no_face_are_refused():
    with pytest.raises(ConfigError, match="women 0"):
        face_weights(TrainConfig(weights={"women": 0.0, "men": 1.0}), LABELS[:4], GROUP[:4], GROUPS)


def test_balancing_weights_need_a_face_in_every_cell():
    config = TrainConfig(balancing=Balancing(method="weights", by="cell"))
    with pytest.raises(DataError, match="no men with label 0"):
        face_weights(config, LABELS[:4], GROUP[:4], GROUPS)


cells = st.lists(st.integers(1, 40), min_size=4, max_size=4).map(
    lambda sizes: (np.repeat([0, 1, 0, 1], sizes), np.repeat([0, 0, 1, 1], sizes))
)


def test_cell_weights_multiply_the_groups():
    np.testing.assert_array_equal(cell_weights({"men 1": 3.0}, GROUPS), [[1, 1], [1, 3]])
    config = TrainConfig(
        weights={"women": 2.0}, cell_weights={"women 1": 5.0}, weight_normalisation="none"
    )
    expected = np.where(GROUP == 0, np.where(LABELS == 1, 10.0, 2.0), 1.0)
    np.testing.assert_array_equal(face_weights(config, LABELS, GROUP, GROUPS), expected)


def test_cell_weights_of_an_unknown_group_are_told_with_the_groups_that_are():
    config = TrainConfig(cell_weights={"ladies 1": 2.0})
    with pytest.raises(ConfigError, match=r"cell_weights\.ladies 1.*women, men"):
        face_weights(config, LABELS, GROUP, GROUPS)


def test_cell_weights_that_leave_no_face_are_refused():
    config = TrainConfig(cell_weights={"women 0": 0.0})
    with pytest.raises(ConfigError, match="women 0 0"):
        face_weights(config, LABELS[:3], GROUP[:3], GROUPS)


@settings(max_examples=50, deadline=None)
@given(drawn=cells)
def test_reweighing_makes_label_and_group_independent_and_keeps_their_shares(drawn):
    labels, group = drawn
    weights = reweighing_weights(labels, group, GROUPS)
    n = len(labels)
    assert weights.sum() == pytest.approx(n)
    for each in (0, 1):
        of_group = group == each
        assert weights[of_group].sum() == pytest.approx(of_group.sum())
        assert weights[labels == each].sum() == pytest.approx((labels == each).sum())
        rate = weights[of_group & (labels == 1)].sum() / weights[of_group].sum()
        assert rate == pytest.approx(labels.mean())


def test_reweighing_is_the_formula_of_kamiran_and_calders():
    weights = reweighing_weights(LABELS, GROUP, GROUPS)
    for place, (label, group) in enumerate(zip(LABELS, GROUP, strict=True)):
        both = np.mean((label == LABELS) & (group == GROUP))
        expected = np.mean(label == LABELS) * np.mean(group == GROUP) / both
        assert weights[place] == pytest.approx(expected)


@settings(max_examples=50, deadline=None)
@given(drawn=cells, far=st.floats(0, 1), method=st.sampled_from(["weights", "reweighing"]))
def test_a_mixture_of_weights_mixes_the_shares_of_the_cells(drawn, far, method):
    labels, group = drawn

    def weights(method, far):
        config = TrainConfig(balancing=Balancing(method=method, by="cell", mixture=far))
        return face_weights(config, labels, group, GROUPS)

    part = 2 * group + labels
    natural, balanced = weights("none", 1.0), weights(method, 1.0)
    shares, first, last = (
        np.bincount(part, one) / one.sum() for one in (weights(method, far), natural, balanced)
    )
    np.testing.assert_allclose(shares, (1 - far) * first + far * last, atol=1e-12)
    np.testing.assert_array_equal(weights(method, 0.0), natural)


def test_wholly_balanced_weights_are_those_of_the_first_release():
    config = TrainConfig(
        weights={"women": 1.0, "men": 0.3}, balancing=Balancing(method="weights", by="cell")
    )
    weights = group_weights(config.weights, GROUPS)[GROUP]
    weights = weights * balancing_weights(LABELS, GROUP, GROUPS, "cell")
    np.testing.assert_array_equal(
        face_weights(config, LABELS, GROUP, GROUPS), weights / weights.mean()
    )


def test_an_empty_cell_is_no_hindrance_where_nothing_is_balanced():
    config = TrainConfig(balancing=Balancing(method="weights", by="cell", mixture=0.0))
    np.testing.assert_array_equal(face_weights(config, LABELS[:4], GROUP[:4], GROUPS), np.ones(4))


def test_the_mean_counts_faces_as_often_as_they_are_drawn():
    config = TrainConfig(weights={"women": 1.0, "men": 3.0})
    drawn = np.where(GROUP == 0, 1 / 8, 1 / 12)  # half women, half men
    weights = face_weights(config, LABELS, GROUP, GROUPS, None, drawn)
    np.testing.assert_allclose(weights, np.where(GROUP == 0, 0.5, 1.5))
