"""What is said to have no effect has none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from dashboard.widgets.setting_effects import _RULES, has_effect
from softbio.config import RECIPES, TrainConfig, apply_settings, settings
from softbio.training.batches import epoch_batches
from softbio.training.plan import plan_training

METHODS = next(one.choices for one in settings() if one.path == "balancing.method")


def value(config, path):
    found = config
    for part in path.split("."):
        found = getattr(found, part)
    return found


def effect(config, path):
    return has_effect(path, lambda other: value(config, other))


@pytest.fixture(scope="module")
def faces(make_faces, tmp_path_factory):
    draws = np.random.default_rng(0)
    women, label = draws.random(120) < 0.7, draws.random(120) < 0.3
    gender = np.where(women, -1, 1)
    return make_faces(
        tmp_path_factory.mktemp("sets") / "small",
        n=120,
        size=8,
        label=label,
        gender=gender,
        split=["train"] * 110 + ["val"] * 10,
    )


def shown(faces, config):
    """All that a training is given in its second epoch."""
    plan = plan_training(faces, config)
    return [
        np.concatenate(parts)
        for parts in zip(*epoch_batches(faces.images, plan, config, 2), strict=True)
    ]


def test_every_rule_is_of_a_setting_and_every_other_setting_has_an_effect():
    known = {setting.path for setting in settings()}
    assert set(_RULES) <= known
    for path in known - set(_RULES):
        assert effect(TrainConfig(), path)


@examples(max_examples=40, deadline=None)
@given(
    method=st.sampled_from(METHODS),
    by=st.sampled_from(["group", "cell"]),
    mixture=st.sampled_from([0.0, 0.4, 1.0]),
    change=st.sampled_from(
        [("by", "group"), ("by", "cell"), ("mixture", "0.7"), ("variation", "0.1")]
    ),
)
def test_a_balancing_setting_changes_what_is_shown_only_where_it_is_said_to(
    faces, method, by, mixture, change
):
    base = apply_settings(
        TrainConfig(batch_size=16),
        [f"balancing.method={method}", f"balancing.by={by}", f"balancing.mixture={mixture:g}"],
    )
    name, new = change
    path = f"balancing.{name}"
    changed = apply_settings(base, [f"{path}={new}"])
    same = all(
        np.array_equal(one, other)
        for one, other in zip(shown(faces, base), shown(faces, changed), strict=True)
    )
    # To which value a share is moved says nothing where the method does nothing.
    assert same == (value(base, path) == value(changed, path) or not effect(base, path))


@pytest.mark.parametrize(
    ("path", "setting", "without"),
    [
        ("network.depth", "network.name=report_cnn", "network.name=bn_cnn"),
        ("network.dense", "network.name=report_resnet50", "network.name=resnet50"),
        ("network.side", "network.name=resnet50", "network.name=report_resnet50"),
        ("network.weights", "network.name=report_resnet50", "network.name=bn_cnn"),
        ("network.train_layers", "network.name=mobilenet_v3_small", "network.name=bn_cnn"),
        ("weights", "objectives.group_dro=0", "objectives.group_dro=0.1"),
        ("cell_weights", "objectives.group_dro=0", "objectives.group_dro=0.1"),
        ("loss.gamma", "loss.name=focal", "loss.name=cross_entropy"),
        ("loss.q", "loss.name=generalised_cross_entropy", "loss.name=focal"),
        ("loss.flip_rates", "loss.name=forward_correction", "loss.name=focal"),
        ("optimizer.weight_decay", "optimizer.name=adamw", "optimizer.name=adam"),
        ("optimizer.warmup_epochs", "optimizer.schedule=cosine", "optimizer.schedule=one_cycle"),
        (
            "early_stopping.monitor",
            "early_stopping.patience=2",
            "early_stopping.restore_best=false",
        ),
        ("labels.correction", "labels.use=corrected", "labels.use=given"),
    ],
)
def test_a_setting_counts_beside_one_value_of_another_and_not_beside_another(
    path, setting, without
):
    assert effect(apply_settings(TrainConfig(), [setting]), path)
    assert not effect(apply_settings(TrainConfig(), [without]), path)


def test_the_head_alone_has_no_body_to_wait_for():
    resnet = apply_settings(TrainConfig(), ["network.name=resnet50"])
    assert effect(resnet, "network.head_epochs") and effect(resnet, "network.body_rate")
    head = apply_settings(resnet, ["network.train_layers=head"])
    assert not effect(head, "network.head_epochs") and not effect(head, "network.body_rate")


def test_no_recipe_sets_what_does_nothing_but_the_reports_alpha():
    idle = {
        (name, path)
        for name, config in RECIPES.items()
        for path in _RULES
        if not effect(config, path) and value(config, path) != value(TrainConfig(), path)
    }
    # The report's optimizer is adam, its rate constant: 0 says so.
    assert idle == {("report", "optimizer.weight_decay"), ("report", "optimizer.warmup_epochs")}
