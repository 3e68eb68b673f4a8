"""The learning rate over the steps, and what weight decay pulls."""

import keras
import numpy as np
import pytest

from softbio.config import NetworkConfig, OptimizerConfig
from softbio.networks.architectures import build
from softbio.networks.optimizers import learning_rate_at, make_optimizer

COSINE = OptimizerConfig(learning_rate=0.01, schedule="cosine", warmup_epochs=1.0)


def test_the_rate_rises_through_the_warm_up_and_falls_to_0_with_the_last_step():
    rates = [learning_rate_at(COSINE, 5, 20, step) for step in range(100)]
    assert rates[0] > 0
    assert (np.diff(rates[:21]) > 0).all() and (np.diff(rates[20:]) < 0).all()
    assert max(rates) == pytest.approx(0.01) and rates[-1] < 1e-4


def test_without_warm_up_the_cosine_begins_at_the_top():
    config = COSINE.model_copy(update={"warmup_epochs": 0.0})
    assert learning_rate_at(config, 5, 20, 0) == pytest.approx(0.01)
    assert learning_rate_at(config, 5, 20, 50) == pytest.approx(0.005)


def test_a_constant_rate_is_constant():
    config = COSINE.model_copy(update={"schedule": "constant"})
    assert {learning_rate_at(config, 5, 20, step) for step in (0, 50, 99)} == {0.01}


def test_a_warm_up_longer_than_the_training_still_trains():
    config = COSINE.model_copy(update={"warmup_epochs": 20.0})
    rates = [learning_rate_at(config, 2, 3, step) for step in range(6)]
    assert all(0 < rate <= 0.01 for rate in rates)


def test_weight_decay_pulls_kernels_and_leaves_norms_and_biases_alone():
    model = build(NetworkConfig(name="bn_cnn"), 24, "float32")
    config = OptimizerConfig(name="adamw", learning_rate=0.1, weight_decay=0.5, schedule="constant")
    optimizer = make_optimizer(config, 1, 1)
    before = [weight.numpy().copy() for weight in model.trainable_weights]
    optimizer.build(model.trainable_weights)
    nothing = [keras.ops.zeros(weight.shape) for weight in model.trainable_weights]
    optimizer.apply(nothing, model.trainable_weights)
    for weight, old in zip(model.trainable_weights, before, strict=True):
        expected = 0.95 * old if weight.name == "kernel" else old
        np.testing.assert_allclose(weight.numpy(), expected, rtol=1e-6, err_msg=weight.path)


@pytest.mark.parametrize("name", ["adam", "adamw", "sgd"])
def test_every_optimizer_of_the_config_can_be_made(name):
    optimizer = make_optimizer(OptimizerConfig(name=name), 2, 5)
    assert type(optimizer).__name__.lower() == name


def test_one_cycle_rises_over_three_tenths_and_ends_near_0():
    config = COSINE.model_copy(update={"schedule": "one_cycle"})
    rates = np.array([learning_rate_at(config, 5, 20, step) for step in range(100)])
    assert rates[0] == pytest.approx(0.01 / 25)
    assert rates.argmax() == 30 and rates[30] == pytest.approx(0.01) and rates[-1] < 1e-4
    assert (np.diff(rates[:31]) > 0).all() and (np.diff(rates[30:]) < 0).all()


@pytest.mark.parametrize("name", ["adam", "adamw", "sgd"])
def test_a_long_gradient_is_shortened_as_a_whole(name):
    config = OptimizerConfig(
        name=name, learning_rate=0.1, schedule="constant", weight_decay=0.0, clip_norm=2.0
    )
    steps = []
    for scale in (1.0, 1000.0):
        variables = [
            keras.Variable(np.zeros(3, np.float32)),
            keras.Variable(np.zeros(2, np.float32)),
        ]
        gradients = [keras.ops.full((3,), 3.0 * scale), keras.ops.full((2,), -4.0 * scale)]
        optimizer = make_optimizer(config, 1, 1)
        optimizer.build(variables)
        optimizer.apply(gradients, variables)
        steps.append(np.concatenate([variable.numpy() for variable in variables]))
    np.testing.assert_allclose(steps[0], steps[1], rtol=1e-5)  # both were longer than 2
    if name == "sgd":
        assert np.linalg.norm(steps[0]) == pytest.approx(0.1 * 2.0, rel=1e-5)
