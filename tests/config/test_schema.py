import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from softbio.config import RECIPES, TrainConfig, apply_settings, parse_config, recipe, settings
from softbio.errors import ConfigError

NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="="), min_size=1, max_size=8
).filter(str.strip)


def values_of(setting):
    """A strategy for the values that a setting allows."""
    if setting.kind == "choice":
        values = st.sampled_from(setting.choices)
    elif setting.kind == "bool":
        values = st.booleans()
    elif setting.kind == "int":
        values = st.integers(int(setting.low), int(setting.high))
    elif setting.kind == "float":
        values = st.floats(setting.low, setting.high, exclude_min=setting.low_is_open)
    elif setting.kind == "text":
        values = st.text(max_size=60)
    elif setting.kind == "groups":
        values = st.dictionaries(NAMES, st.floats(0.01, setting.high), max_size=3)
    else:
        # Rates of a group add up to less than 1 whatever is drawn.
        cells = st.tuples(NAMES, st.sampled_from("01")).map(" ".join)
        values = st.dictionaries(cells, st.floats(0, setting.high / 2), max_size=3)
    return st.none() | values if setting.optional else values


@st.composite
def configs(draw):
    data = {}
    for setting in settings():
        *parents, leaf = setting.path.split(".")
        place = data
        for parent in parents:
            place = place.setdefault(parent, {})
        place[leaf] = draw(values_of(setting))
    return data


@given(configs())
def test_every_config_within_the_described_bounds_goes_to_json_and_back(data):
    config = parse_config(data)
    assert parse_config(config.model_dump_json()) == config
    assert parse_config(config.model_dump()) == config


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_go_to_json_and_back_and_carry_their_name(name):
    assert TrainConfig.model_validate_json(recipe(name).model_dump_json()) == recipe(name)
    assert recipe(name).recipe == name


BOUNDED = [setting for setting in settings() if setting.kind in ("int", "float")]


@pytest.mark.parametrize("setting", BOUNDED, ids=lambda setting: setting.path)
def test_bounds_are_what_the_description_says(setting):
    start = TrainConfig()
    inside = [setting.high] if setting.low_is_open else [setting.low, setting.high]
    below = setting.low if setting.low_is_open else setting.low - 1
    for value in inside:
        apply_settings(start, [f"{setting.path}={value}"])
    for value in (below, setting.high + 1, math.nan, math.inf):
        with pytest.raises(ConfigError, match=f"^`{setting.path}`: .*Received: "):
            apply_settings(start, [f"{setting.path}={value}"])


@pytest.mark.parametrize("setting", settings(), ids=lambda setting: setting.path)
def test_every_setting_has_title_description_and_default_within_bounds(setting):
    assert setting.title
    assert setting.description.endswith(".")
    assert setting.kind in ("bool", "int", "float", "choice", "text", "groups", "cells")
    if setting.kind in ("int", "float"):
        assert setting.low is not None
        assert setting.high is not None
        assert setting.step > 0
    if setting.kind == "choice":
        assert len(setting.choices) > 1


def test_a_config_is_frozen():
    with pytest.raises(ValidationError):
        TrainConfig().epochs = 3
    with pytest.raises(ValidationError):
        TrainConfig().loss.gamma = 3


def test_two_configs_do_not_share_their_weights():
    first, second = TrainConfig(), TrainConfig()
    first.weights["women"] = 2.0
    assert second.weights == {}


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"men": -0.1}, "weight of men must lie in 0 … 100"),
        ({"men": 101}, "weight of men must lie in 0 … 100"),
        ({"men": math.nan}, "weight of men must lie in 0 … 100"),
        ({"women": 0, "men": 0}, "at least one group needs a weight above 0"),
        ({"men": "heavy"}, "`weights.men`: .*number.* Received: 'heavy'"),
    ],
)
def test_impossible_weights_are_told(weights, message):
    with pytest.raises(ConfigError, match=message):
        parse_config({"weights": weights})


def test_the_report_recipe_is_the_reports():
    report = recipe("report")
    assert report.network.name == "report_cnn"
    assert report.network.dropout == 0.5
    assert report.weights == {"women": 1.0, "men": 0.1}
    assert report.weight_normalisation == "none"
    assert (report.balancing.method, report.balancing.by) == ("under_sample", "group")
    assert (report.loss.name, report.loss.gamma, report.loss.alpha) == ("focal", 5.0, 0.25)
    assert report.loss.class_balancing is False
    assert (report.optimizer.name, report.batch_size, report.epochs) == ("adam", 32, 10)
    assert (report.early_stopping.monitor, report.early_stopping.patience) == ("loss", 1)
    assert (report.augmentation.flip, report.augmentation.shift) == (False, 0.0)


def test_the_recommended_recipe_selects_by_the_balanced_fair_metric():
    recommended = recipe("recommended")
    assert recommended.network.name == "bn_cnn"
    assert (recommended.balancing.method, recommended.balancing.by) == ("weights", "cell")
    assert recommended.early_stopping.monitor == "balanced_fair_metric"
    assert recommended.optimizer.name == "adamw"
    assert recommended.optimizer.schedule == "cosine"
