"""Weights: by name, by cell, and their mean."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils.class_weight import compute_sample_weight

from softbio.config import Balancing, TrainConfig, recipe
from softbio.errors import ConfigError, DataError
from softbio.training.weights import balancing_weights, face_weights, group_weights

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
