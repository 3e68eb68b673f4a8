import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.config import TrainConfig, apply_settings, parse_config, recipe, settings
from softbio.errors import ConfigError


def test_assignments_change_what_they_name_and_nothing_else():
    start = recipe("report")
    changed = apply_settings(start, ["loss.gamma=2", "weights.men = 0.5", "augmentation.flip=true"])
    assert changed.loss == start.loss.model_copy(update={"gamma": 2.0})
    assert changed.weights == {"women": 1.0, "men": 0.5}
    assert changed.augmentation.flip is True
    same = {"loss", "weights", "augmentation"}
    assert changed.model_dump(exclude=same) == start.model_dump(exclude=same)
    assert start == recipe("report")
    assert start.weights == {"women": 1.0, "men": 0.1}


def test_the_last_assignment_wins():
    assert apply_settings(TrainConfig(), ["epochs=3", "epochs=4"]).epochs == 4


@pytest.mark.parametrize("text", ["", "none", "None", " "])
def test_an_optional_setting_can_be_emptied(text):
    assert (
        apply_settings(
            recipe("report"), [f"early_stopping.patience={text}"]
        ).early_stopping.patience
        is None
    )


@given(st.floats(0, 10))
def test_a_number_survives_being_typed(gamma):
    assert apply_settings(TrainConfig(), [f"loss.gamma={gamma!r}"]).loss.gamma == gamma


@pytest.mark.parametrize("name", ["women", "men", "a.b", "mit Leerzeichen", "50+"])
def test_any_group_can_be_weighted_by_its_name(name):
    assert apply_settings(TrainConfig(), [f"weights.{name}=0.5"]).weights == {name: 0.5}


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("loss.gama=2", r"`loss.gama` is not a setting. The settings are: .*loss\.gamma"),
        ("loss=2", "`loss` is not a setting"),
        ("loss.gamma", r"--set takes path=value.*Received: 'loss.gamma'"),
        ("=2", "--set takes path=value"),
        ("loss.gamma=two", r"`loss.gamma`: .*number.*Received: 'two'"),
        ("loss.gamma=-1", r"`loss.gamma`: .*greater than or equal to 0.*Received: '-1'"),
        ("loss.gamma=11", r"`loss.gamma`: .*less than or equal to 10"),
        ("loss.gamma=", r"`loss.gamma`: "),
        ("loss.name=hinge", r"`loss.name`: .*'cross_entropy', 'focal', .*Received: 'hinge'"),
        ("epochs=2.5", r"`epochs`: .*integer"),
        ("epochs=0", r"`epochs`: .*greater than or equal to 1"),
        ("augmentation.flip=perhaps", r"`augmentation.flip`: .*boolean"),
        ("optimizer.learning_rate=0", r"`optimizer.learning_rate`: .*greater than 0"),
        ("weights.men=-1", r"weight of men must lie in 0 … 100"),
    ],
)
def test_a_wrong_assignment_is_told_by_name_and_value(assignment, message):
    with pytest.raises(ConfigError, match=message):
        apply_settings(TrainConfig(), [assignment])


@pytest.mark.parametrize("text", ["{", "[]", '"recommended"', "nonsense"])
def test_json_that_is_no_config_is_told(text):
    with pytest.raises(ConfigError):
        parse_config(text)


def test_unknown_keys_are_refused_by_their_path():
    with pytest.raises(ConfigError, match=r"`optimizer.momentum` is not a setting"):
        parse_config({"optimizer": {"momentum": 0.9}})


def test_every_setting_can_be_assigned_its_own_default():
    config = TrainConfig()
    for setting in settings():
        if setting.kind in ("groups", "cells"):
            continue
        value = config
        for part in setting.path.split("."):
            value = getattr(value, part)
        text = "none" if value is None else str(value)
        assert apply_settings(config, [f"{setting.path}={text}"]) == config


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("{", "not valid JSON"), ("[]", "must be a JSON object")],
)
def test_text_that_is_no_config_is_told_as_such(text, sentence):
    with pytest.raises(ConfigError, match=sentence):
        parse_config(text)


def test_numbers_of_cells_are_set_by_group_and_label():
    assignments = ["cell_weights.men 1=4", "loss.flip_rates.women 1=0.2"]
    changed = apply_settings(TrainConfig(), assignments)
    assert changed.cell_weights == {"men 1": 4.0}
    assert changed.loss.flip_rates == {"women 1": 0.2}


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("cell_weights.men=4", "named by its group and its label"),
        ("loss.flip_rates.men 1=1", r"must lie in 0 … 1"),
        ("loss.flip_rates.men 2=0.1", "named by its group and its label"),
    ],
)
def test_numbers_of_cells_that_make_no_sense_are_told(assignment, message):
    with pytest.raises(ConfigError, match=message):
        apply_settings(TrainConfig(), [assignment])


def test_flip_rates_must_leave_the_labels_a_meaning():
    assignments = ["loss.flip_rates.men 0=0.5", "loss.flip_rates.men 1=0.5"]
    with pytest.raises(ConfigError, match="add up to less than 1"):
        apply_settings(TrainConfig(), assignments)


def test_a_weight_without_a_group_is_refused():
    with pytest.raises(ConfigError, match="belongs to a group"):
        apply_settings(TrainConfig(), ["weights.=1"])
