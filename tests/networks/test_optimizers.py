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
