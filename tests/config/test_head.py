"""The settings of a refit are described well enough to make a widget or a flag of each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.config import HeadConfig, TrainConfig, parse_head, settings
from softbio.errors import ConfigError


def test_every_setting_says_what_a_widget_needs():
    described = {setting.path: setting for setting in settings(HeadConfig)}
    assert list(described) == list(HeadConfig.model_fields)
    for setting in described.values():
        assert setting.title and setting.description.endswith(".")
        if setting.kind in ("float", "groups", "cells"):
            assert setting.low is not None and setting.high > setting.low and setting.step
    assert described["target_prevalence"].optional
    assert described["fitted_on"].choices == ("val_fit", "train")
    assert described["cell_weights"].kind == "cells"


def test_what_it_shares_with_a_training_means_the_same():
    head = {setting.path: setting for setting in settings(HeadConfig)}
    train = {setting.path: setting for setting in settings(TrainConfig)}
    for path, other in [
        ("weights", "weights"),
        ("cell_weights", "cell_weights"),
        ("gamma", "loss.gamma"),
        ("label_smoothing", "loss.label_smoothing"),
    ]:
        for name in ("title", "kind", "low", "high", "step"):
            assert getattr(head[path], name) == getattr(train[other], name)


cells = st.dictionaries(
    st.sampled_from(["women 0", "women 1", "men 1", "50 and over 1"]), st.floats(0, 100)
)


@given(cells=cells, gamma=st.floats(0, 10), target=st.none() | st.floats(0.001, 0.999))
def test_goes_to_json_and_back(cells, gamma, target):
    config = HeadConfig(cell_weights=cells, gamma=gamma, target_prevalence=target)
    assert parse_head(config.model_dump_json()) == config


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"gama": 1}, r"`gama` is not a setting. The settings are: weights, cell_weights, gamma"),
        ({"weights": {"men": 101}}, r"`weights`: the weight of men must lie in 0 … 100"),
        ({"weights": {" ": 1}}, "`weights`: .*by its name"),
        ({"cell_weights": {"men": 1}}, "`cell_weights`: .*Received: 'men'"),
        ({"cell_weights": {"men 2": 1}}, "`cell_weights`: .*Received: 'men 2'"),
        ({"l2": 0}, "`l2`: .*greater than or equal to 0.000001"),
        ({"fitted_on": "test"}, "`fitted_on`: .*'val_fit' or 'train'"),
    ],
)
def test_refuses_what_cannot_be_meant(data, told):
    with pytest.raises(ConfigError, match=told):
        parse_head(data)


def test_one_cell_may_be_left_out():
    assert HeadConfig(weights={"men": 0}, cell_weights={"women 1": 0}).weights == {"men": 0.0}
