"""A network in a Learner: what it adds, where it keeps it, and what a checkpoint holds of it."""

from types import SimpleNamespace

import numpy as np
import pytest

from softbio.config import (
    LossConfig,
    NetworkConfig,
    ObjectivesConfig,
    OptimizerConfig,
    TrainConfig,
)
from softbio.errors import ConfigError
from softbio.networks.architectures import build
from softbio.networks.trainer import Trainer

GROUPS = ("women", "men")
SMALL = NetworkConfig(name="report_cnn", depth=1, filters=4, dense=16, dropout=0.2)
OBJECTIVES = ObjectivesConfig(group_dro=0.3, mmd=1.0, soft_gap=1.0)


def config(**changes):
    return TrainConfig(
        network=SMALL,
        loss=LossConfig(name="cross_entropy"),
        optimizer=OptimizerConfig(learning_rate=1e-2, schedule="constant"),
        seed=2,
        **changes,
    )


def trainer(settings):
    return Trainer(settings, 24, "float32", 10, GROUPS)


def batch(seed):
    """Return faces of which the men of label 1 are redder; women are green, whatever their label."""
    draws = np.random.default_rng(seed)
    labels, group = draws.integers(0, 2, 48).astype(np.float32), draws.integers(0, 2, 48)
    pixels = draws.integers(0, 150, (48, 24, 24, 3), dtype=np.uint8)
    pixels[(labels == 1) & (group == 1), :, :, 0] += 100
    pixels[group == 0, :, :, 1] += 100
    return SimpleNamespace(
        pixels=pixels, labels=labels, weights=np.ones(48, np.float32), group=group
    )


def test_what_is_saved_of_a_network_is_the_same_with_and_without_objectives(tmp_path):
    with_all = trainer(config(objectives=OBJECTIVES))
    assert [array.shape for array in with_all.weights()] == [
        array.shape for array in trainer(config()).weights()
    ]
    with_all.model.save_weights(tmp_path / "a.weights.h5")
    plain = build(SMALL, 24, "float32")
    plain.load_weights(tmp_path / "a.weights.h5")
    for mine, theirs in zip(plain.get_weights(), with_all.weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize(
    ("network", "objectives"),
    [(NetworkConfig(name="bn_cnn"), ObjectivesConfig()), (SMALL, OBJECTIVES)],
    ids=["batch norm", "objectives"],
)
def test_a_trainer_goes_on_bitwise_from_the_state_of_another(network, objectives):
    settings = config(objectives=objectives).model_copy(update={"network": network})
    first, second = trainer(settings), trainer(settings)
    first.begin_epoch(1)
    for seed in range(3):
        first.step(batch(seed))
    second.set_state(first.state())
    for each in (first, second):
        each.begin_epoch(2)
    assert [first.step(batch(seed)) for seed in (3, 4)] == [
        second.step(batch(seed)) for seed in (3, 4)
    ]
    state = first.state()
    assert set(state) == set(second.state())
    for name, arrays in second.state().items():
        for mine, theirs in zip(state[name], arrays, strict=True):
            np.testing.assert_array_equal(mine, theirs)
    assert len(state["objectives"]) == (1 if objectives.group_dro else 0)


@pytest.mark.parametrize("name", ["mmd", "soft_gap"])
def test_a_penalty_is_added_to_the_loss_times_its_strength(name):
    def first_loss(**strengths):
        each = trainer(config(objectives=ObjectivesConfig(**strengths)))
        each.begin_epoch(1)
        return each.step(batch(0))

    plain, once, thrice = first_loss(), first_loss(**{name: 1.0}), first_loss(**{name: 3.0})
    assert once > plain
    assert thrice - plain == pytest.approx(3 * (once - plain), rel=1e-3)


def test_group_dro_goes_over_to_the_cells_that_lose_and_evens_their_losses():
    women = {}
    for rate in (0.0, 0.5):
        each = trainer(config(objectives=ObjectivesConfig(group_dro=rate)))
        each.begin_epoch(1)
        for seed in range(30):
            shown = batch(seed)
            # Too little to count in a mean over all faces, which so gives these up.
            shown.weights[(shown.group == 0) & (shown.labels == 1)] = 0.02
            each.step(shown)
        test = batch(99)
        logits = each.model.predict_on_batch(test.pixels)[:, 0]
        found = each.losses(test.labels, logits, test.group)
        women[rate] = [found[(test.group == 0) & (test.labels == y)].mean() for y in (0, 1)]
        if rate:
            (cells,) = each.state()["objectives"]
            assert cells[:2].sum() > 0.9
    assert women[0.0][1] > 1.5 and max(women[0.5]) < 1.0


def test_validation_losses_are_unweighted_know_the_group_and_leave_objectives_out():
    rates = {"men 1": 0.4}
    settings = config(objectives=OBJECTIVES).model_copy(
        update={"loss": LossConfig(name="forward_correction", flip_rates=rates)}
    )
    each = trainer(settings)
    labels, logits = np.array([0, 0, 1]), np.array([1.0, 1.0, 1.0], np.float32)
    p = 1 / (1 + np.exp(-1.0))
    np.testing.assert_allclose(
        each.losses(labels, logits, np.array([0, 1, 1])),
        [-np.log(1 - p), -np.log(1 - p + 0.4 * p), -np.log(0.6 * p)],
        rtol=1e-5,
    )
    assert each.losses(labels[:0], logits[:0], labels[:0]).shape == (0,)


def test_a_flip_rate_of_a_group_that_is_not_there_is_refused():
    loss = LossConfig(name="forward_correction", flip_rates={"children 0": 0.1})
    with pytest.raises(ConfigError, match="no group 'children'"):
        trainer(config().model_copy(update={"loss": loss}))
