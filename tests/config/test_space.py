"""Spaces of settings: read, checked, written again."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.config import (
    PRESETS,
    Choice,
    HeadConfig,
    Range,
    Space,
    TrainConfig,
    apply_settings,
    parse_space,
    recipe,
    settings,
)
from softbio.errors import ConfigError

GROUPS = ("women", "men")


def test_a_space_is_read_from_tables_with_quoted_or_dotted_names():
    text = """
    ["loss.name"]
    values = ["cross_entropy", "focal"]
    [loss.gamma]
    low = 0
    high = 5
    step = 0.5
    [weights]
    men = {low = 0.1, high = 10, log = true}
    ["cell_weights.men 1"]
    low = 1
    high = 2
    [epochs]
    low = 2
    high = 8
    """
    assert dict(parse_space(text)) == {
        "loss.name": Choice(("cross_entropy", "focal")),
        "loss.gamma": Range(0.0, 5.0, step=0.5),
        "weights.men": Range(0.1, 10.0, log=True),
        "cell_weights.men 1": Range(1.0, 2.0),
        "epochs": Range(2, 8),
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("a", "not TOML"),
        ("'loss.gamma' = 3", "`loss.gamma` needs a table"),
        ("[loss.gama]\nlow=0\nhigh=1", "`loss.gama` is not a setting"),
        ("[loss.gamma]\nlow=0", "`loss.gamma`: `high` is missing"),
        ("[loss.gamma]\nlow=0\nhigh=1\nhop=1", "there is no `hop`"),
        ("[loss.gamma]\nlow=0\nvalues=[1,2]", "either `values` or a range"),
        ("[loss.gamma]\nvalues=2", "`values` is a list"),
        ("[loss.gamma]\nvalues=[2]", "needs 2 to 100 values"),
        ("[loss.gamma]\nvalues=[1, 1]", "stands there twice"),
        ("[loss.gamma]\nvalues=[1, [2]]", "not [2]"),
        ("[loss.gamma]\nvalues=[1, nan]", "not nan"),
        ("[loss.gamma]\nlow=3\nhigh=3", "must be below high"),
        ("[loss.gamma]\nlow=0\nhigh=11", "`loss.gamma`: input should be less than or equal to 10"),
        ("[loss.gamma]\nlow=0\nhigh=5\nlog=true", "begins above 0"),
        ("[loss.gamma]\nlow=1\nhigh=5\nlog=true\nstep=1", "not both"),
        ("[loss.gamma]\nlow=1\nhigh=5\nlog=1", "`log` is true or false"),
        ("[loss.gamma]\nlow=1\nhigh=5\nstep=6", "step must lie"),
        ("[loss.gamma]\nlow='1'\nhigh=5", "`low` is a number"),
        ("[loss.gamma]\nlow=true\nhigh=5", "`low` is a number"),
        ("[loss.gamma]\nlow=0\nhigh=inf", "`high` is a number"),
        ("[epochs]\nlow=1.5\nhigh=5", "takes whole numbers"),
        ("[epochs]\nlow=0\nhigh=5", "`epochs`: input should be greater"),
        ("['loss.name']\nlow=0\nhigh=1", "is not a number: give its `values`"),
        ("['loss.name']\nvalues=['focal', 'local']", "`loss.name`: input should be"),
        ("[weights]\nlow=0.1\nhigh=1", "name one, as in `weights.men`"),
        ("['cell_weights.men']\nlow=0.1\nhigh=1", "a cell is named by its group and its label"),
        ("['weights.men']\nlow=1\nhigh=101", "must lie in 0 … 100"),
        ("[seed]\nlow=0\nhigh=9", "`seed` cannot be searched"),
        ("[folds]\nlow=2\nhigh=9", "`folds` cannot be searched"),
        ("['labels.use']\nvalues=['given', 'corrected']", "`labels.use` cannot be searched"),
        ("['head.gama']\nlow=0\nhigh=1", "`head.gama` is not a setting"),
        ("['head.l2']\nlow=0\nhigh=1", "`head.l2`: input should be greater"),
        ("x = '" + "y" * 70_000 + "'", "at most 64 KiB"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_the_setting(text, told):
    with pytest.raises(ConfigError) as caught:
        parse_space(text)
    assert told in str(caught.value) and "\n" not in str(caught.value)


def test_no_more_settings_than_a_search_can_tell_apart():
    one = Range(0.0, 1.0)
    with pytest.raises(ConfigError, match="at most 20 settings"):
        Space({f"weights.g{number}": one for number in range(21)})


@pytest.mark.parametrize("name", list(PRESETS))
@pytest.mark.parametrize("groups", [GROUPS, ("a", "b", "c"), ("x.y", 'q"1', "ü", "d", "e", "f")])
def test_presets_are_small_and_written_as_they_are_read(name, groups):
    space = Space.preset(name, groups)
    assert 3 <= len(space) <= 6
    assert parse_space(space.as_toml()) == space == Space.of(space.as_dict())
    assert space.refits == space.trains_alike == (name == "head")


def test_presets_go_with_every_recipe():
    for name in PRESETS:
        space = Space.preset(name, GROUPS)
        for end in (0, -1):
            values = {
                path: one.values[end] if isinstance(one, Choice) else (one.low, one.high)[end]
                for path, one in space.items()
            }
            for base in ("report", "recommended", "fast"):
                assert isinstance(space.config(recipe(base), values), TrainConfig)
            assert (space.head(values) is None) == (name != "head")


def test_an_unknown_preset_is_told_with_those_there_are():
    with pytest.raises(ConfigError, match=r"weights, noise, network, head"):
        Space.preset("wights", GROUPS)


def test_values_go_where_they_belong():
    space = Space(
        {
            "loss.gamma": Range(0, 5),
            "weights.men": Range(0.1, 10, log=True),
            "optimizer.clip_norm": Choice(("none", 1.0)),
            "augmentation.flip": Choice((True, False)),
            "head.gamma": Range(0, 3),
            "head.cell_weights.men 1": Range(1, 4),
            "head.target_prevalence": Choice(("none", 0.2)),
        }
    )
    values = {
        "loss.gamma": 2.5, "weights.men": 0.5, "optimizer.clip_norm": "none",
        "augmentation.flip": False, "head.gamma": 1.0, "head.cell_weights.men 1": 2.0,
        "head.target_prevalence": "none",
    }  # fmt: skip
    config = space.config(recipe("fast"), values)
    assert config == apply_settings(
        recipe("fast"), ["loss.gamma=2.5", "weights.men=0.5", "augmentation.flip=false"]
    )
    assert space.head(values) == HeadConfig(gamma=1.0, cell_weights={"men 1": 2.0})
    assert space.head(values | {"head.target_prevalence": 0.2}).target_prevalence == 0.2


def test_the_size_counts_what_differs():
    assert Space({"loss.gamma": Range(0, 5, step=0.5)}).size == 11
    assert Space({"loss.gamma": Range(0, 0.3, step=0.1), "epochs": Range(2, 4)}).size == 4 * 3
    assert Space({"loss.gamma": Choice((0, 1)), "epochs": Range(2, 9, step=3)}).size == 2 * 3
    assert Space({"loss.gamma": Range(0, 5)}).size is None


def test_combinations_are_all_there_are():
    space = Space({"loss.gamma": Range(0, 0.3, step=0.1), "network.depth": Range(2, 4)})
    assert [tuple(one.values()) for one in space.combinations()] == [
        (gamma, depth) for gamma in (0.0, 0.1, 0.2, 0.3) for depth in (2, 3, 4)
    ]
    with pytest.raises(ValueError, match="without a step"):
        list(Space({"loss.gamma": Range(0, 5)}).combinations())


def test_a_range_ends_on_one_of_its_steps():
    assert Space({"epochs": Range(2, 9, step=3)})["epochs"] == Range(2, 8, step=3)
    assert Space({"loss.gamma": Range(0, 1, step=0.3)})["loss.gamma"].high == 0.9


NUMBERS = [one for one in settings() if one.kind in ("int", "float") and one.path not in
           ("seed", "folds")]  # fmt: skip


@given(setting=st.sampled_from(NUMBERS), ends=st.tuples(st.floats(-2, 1200), st.floats(-2, 1200)))
def test_a_range_is_taken_just_where_the_config_takes_its_ends(setting, ends):
    low, high = sorted(round(end) if setting.kind == "int" else end for end in ends)
    inside = all(
        (setting.low is None or end > setting.low or (end == setting.low and not setting.low_is_open))
        and (setting.high is None or end <= setting.high)
        for end in (low, high)
    )  # fmt: skip
    try:
        space = Space({setting.path: Range(low, high)})
    except ConfigError as error:
        assert not inside or low >= high
        assert f"`{setting.path}`" in str(error)
    else:
        assert inside and low < high
        assert parse_space(space.as_toml()) == space
        for end in (low, high):
            config = space.config(TrainConfig(), {setting.path: end})
            found = config
            for part in setting.path.split("."):
                found = getattr(found, part)
            assert math.isclose(found, end)
