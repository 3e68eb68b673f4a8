"""Losses against Keras's own, against finite differences, and where numbers run out."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from softbio.config import LossConfig
from softbio.networks.losses import (
    ConfiguredLoss,
    cross_entropy,
    focal,
    generalised_cross_entropy,
    per_face,
)

CONFIGS = [
    LossConfig(name="cross_entropy"),
    LossConfig(name="cross_entropy", label_smoothing=0.1),
    LossConfig(name="focal", gamma=5.0),
    LossConfig(name="focal", gamma=0.5, alpha=0.25, class_balancing=True),
    LossConfig(name="focal", gamma=2.0, alpha=0.9, class_balancing=True, label_smoothing=0.2),
]
ROBUST = [
    LossConfig(name="generalised_cross_entropy", q=0.7),
    LossConfig(name="generalised_cross_entropy", q=0.05, label_smoothing=0.1),
    LossConfig(name="generalised_cross_entropy", q=1.0),
]


def keras_loss(config):
    if config.name == "cross_entropy":
        return keras.losses.BinaryCrossentropy(
            from_logits=True, label_smoothing=config.label_smoothing
        )
    return keras.losses.BinaryFocalCrossentropy(
        apply_class_balancing=config.class_balancing,
        alpha=config.alpha,
        gamma=config.gamma,
        from_logits=True,
        label_smoothing=config.label_smoothing,
    )


def of_a_group(labels, group=0):
    """Return labels and a group as a loss takes them, (b, 2)."""
    labels = np.reshape(labels, -1)
    return np.stack([labels, np.broadcast_to(group, labels.shape)], axis=1).astype(np.float32)


@pytest.fixture(scope="module")
def faces():
    draws = np.random.default_rng(0)
    labels = draws.integers(0, 2, (200, 1)).astype(np.float32)
    logits = draws.uniform(-6, 6, (200, 1)).astype(np.float32)
    weights = draws.uniform(0, 3, (200, 1)).astype(np.float32)
    return labels, logits, weights


@pytest.mark.parametrize("config", CONFIGS, ids=repr)
def test_a_loss_equals_kerass_with_and_without_weights(config, faces):
    labels, logits, weights = faces
    ours, theirs = ConfiguredLoss(config), keras_loss(config)
    targets = of_a_group(labels)
    assert float(ours(targets, logits)) == pytest.approx(float(theirs(labels, logits)), abs=1e-6)
    assert float(ours(targets, logits, weights)) == pytest.approx(
        float(theirs(labels, logits, sample_weight=weights)), abs=1e-6
    )


def test_alpha_has_no_effect_unless_class_balancing_is_on(faces):
    labels, logits, _ = faces
    values = {
        (alpha, balancing): float(
            ConfiguredLoss(
                LossConfig(name="focal", gamma=5.0, alpha=alpha, class_balancing=balancing)
            )(of_a_group(labels), logits)
        )
        for alpha in (0.25, 0.75)
        for balancing in (False, True)
    }
    assert values[0.25, False] == values[0.75, False]
    assert values[0.25, True] != values[0.75, True]


def in_float64(config, label, logit):
    """Return the loss from its definition, probabilities and all, in float64."""
    target = label * (1 - config.label_smoothing) + config.label_smoothing / 2
    p = 1 / (1 + np.exp(-logit))
    if config.name == "generalised_cross_entropy":
        return (target * (1 - p**config.q) + (1 - target) * (1 - (1 - p) ** config.q)) / config.q
    loss = -(target * np.log(p) + (1 - target) * np.log(1 - p))
    if config.name == "focal":
        p_t = target * p + (1 - target) * (1 - p)
        loss *= (1 - p_t) ** config.gamma
        if config.class_balancing:
            loss *= target * config.alpha + (1 - target) * (1 - config.alpha)
    return loss


def gradients(config, labels, logits):
    """Return the losses and the change of the logits that one step of size 1 makes."""
    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    inputs = keras.Input((len(logits),))
    model = keras.Model(inputs, layer(inputs))
    layer.set_weights([logits[:, None]])
    loss = ConfiguredLoss(config)
    model.compile(optimizer=keras.optimizers.SGD(1.0), loss=loss, jit_compile=False)
    model.train_on_batch(np.eye(len(logits), dtype=np.float32), of_a_group(labels))
    return len(logits) * (logits - layer.get_weights()[0][:, 0])


@pytest.mark.parametrize("config", CONFIGS + ROBUST, ids=repr)
def test_gradients_are_those_of_finite_differences(config):
    labels = np.tile([0.0, 1.0], 9).astype(np.float32)
    logits = np.repeat(np.linspace(-4, 4, 9), 2).astype(np.float32)
    step = 1e-5
    wide = logits.astype(np.float64)
    expected = (
        in_float64(config, labels, wide + step) - in_float64(config, labels, wide - step)
    ) / (2 * step)
    np.testing.assert_allclose(gradients(config, labels, logits), expected, atol=2e-5)


@pytest.mark.parametrize("config", CONFIGS + ROBUST, ids=repr)
def test_losses_and_gradients_stay_finite_where_probabilities_round_to_0_or_1(config):
    logits = np.array([-1e4, -200, -90, -30, 0, 30, 90, 200, 1e4], dtype=np.float32)
    for label in (0.0, 1.0):
        labels = np.full(len(logits), label, dtype=np.float32)
        losses = ops.convert_to_numpy(per_face(config, labels, logits))
        assert np.isfinite(losses).all() and (losses >= 0).all()
        assert np.isfinite(gradients(config, labels, logits)).all()


@settings(max_examples=50, deadline=None)
@given(
    label=st.sampled_from([0.0, 1.0]),
    logit=st.floats(-15, 15, width=32),
    gamma=st.floats(0, 8, width=32),
)
def test_focal_is_cross_entropy_at_gamma_0_and_never_more(label, logit, gamma):
    label, logit = np.float32([label]), np.float32([logit])
    plain = float(cross_entropy(label, logit)[0])
    assert float(focal(label, logit, gamma=0.0)[0]) == pytest.approx(plain, rel=1e-5)
    assert float(focal(label, logit, gamma=gamma)[0]) <= plain * (1 + 1e-5)


def test_generalised_cross_entropy_lies_between_cross_entropy_and_absolute_error():
    labels = np.tile([0.0, 1.0], 50).astype(np.float32)
    logits = np.linspace(-8, 8, 100).astype(np.float32)
    wrong = np.abs(labels - 1 / (1 + np.exp(-logits)))
    near, at_1 = (
        ops.convert_to_numpy(generalised_cross_entropy(labels, logits, q=q)) for q in (1e-4, 1.0)
    )
    np.testing.assert_allclose(near, cross_entropy(labels, logits), rtol=2e-3, atol=1e-6)
    np.testing.assert_allclose(at_1, wrong, atol=1e-6)


def test_a_face_counts_as_often_as_its_weight_says(faces):
    labels, logits, _ = faces
    loss = ConfiguredLoss(CONFIGS[2])
    targets = of_a_group(labels)
    doubled = float(loss(np.repeat(targets, 2, 0), np.repeat(logits, 2, 0), np.full((400, 1), 0.5)))
    assert doubled == pytest.approx(0.5 * float(loss(targets, logits)), rel=1e-5)


def test_a_loss_is_made_again_from_its_settings():
    loss = ConfiguredLoss(CONFIGS[4])
    again = ConfiguredLoss.from_config(loss.get_config())
    assert again.config == loss.config
