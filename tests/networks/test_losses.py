"""Losses against Keras's own, against finite differences, and where numbers run out."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from softbio.config import LossConfig
from softbio.errors import ConfigError
from softbio.networks.losses import (
    ConfiguredLoss,
    cross_entropy,
    focal,
    forward_correction,
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
GROUPS = ("women", "men")
FLIPPED = LossConfig(
    name="forward_correction", flip_rates={"women 0": 0.05, "women 1": 0.3, "men 1": 0.1}
)
#: [group][true label][given label], the matrices of Patrini et al.
FLIPS = np.array([[[0.95, 0.05], [0.3, 0.7]], [[1.0, 0.0], [0.1, 0.9]]])
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


def gradients(config, labels, logits, group=0):
    """Return the losses and the change of the logits that one step of size 1 makes."""
    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    inputs = keras.Input((len(logits),))
    model = keras.Model(inputs, layer(inputs))
    layer.set_weights([logits[:, None]])
    loss = ConfiguredLoss(config, GROUPS)
    model.compile(optimizer=keras.optimizers.SGD(1.0), loss=loss, jit_compile=False)
    model.train_on_batch(np.eye(len(logits), dtype=np.float32), of_a_group(labels, group))
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
    for config in (CONFIGS[4], FLIPPED):
        loss = ConfiguredLoss(config, GROUPS)
        again = ConfiguredLoss.from_config(loss.get_config())
        assert again.config == loss.config and again.groups == loss.groups


def corrected(labels, logits, group):
    """Return the cross-entropy of given labels from the matrices, in float64."""
    p = 1 / (1 + np.exp(-np.asarray(logits, dtype=np.float64)))
    true = np.stack([1 - p, p], axis=1)
    given = np.einsum("nt,ntg->ng", true, FLIPS[group])
    return -((1 - labels) * np.log(given[:, 0]) + labels * np.log(given[:, 1]))


def test_forward_correction_is_the_cross_entropy_of_labels_flipped_by_the_groups_matrix(faces):
    labels, logits, weights = (each[:, 0] for each in faces)
    group = np.random.default_rng(1).integers(0, 2, 200)
    loss = ConfiguredLoss(FLIPPED, GROUPS)
    found = ops.convert_to_numpy(loss.call(of_a_group(labels, group), logits[:, None]))
    expected = corrected(labels, logits, group)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    mean = float(loss(of_a_group(labels, group), logits[:, None], weights))
    assert mean == pytest.approx((weights * expected).mean(), rel=1e-5)


def test_forward_correction_without_flips_is_cross_entropy(faces):
    labels, logits, _ = (each[:, 0] for each in faces)
    logits = np.concatenate([logits[:-4], np.float32([-1e4, 1e4, -80, 80])])
    for config in (
        LossConfig(name="forward_correction"),
        LossConfig(name="forward_correction", flip_rates={"men 0": 0.0}),
        LossConfig(name="forward_correction", label_smoothing=0.1),
    ):
        loss = ConfiguredLoss(config, GROUPS)
        np.testing.assert_allclose(
            loss.call(of_a_group(labels), logits[:, None]),
            cross_entropy(labels, logits, label_smoothing=config.label_smoothing),
            rtol=1e-5,
            atol=1e-6,
        )


def test_gradients_of_forward_correction_are_those_of_finite_differences():
    labels = np.tile([0.0, 1.0], 18).astype(np.float32)
    logits = np.repeat(np.linspace(-4, 4, 18), 2).astype(np.float32)
    group = np.repeat([0, 1], 18)
    wide, step = logits.astype(np.float64), 1e-5
    expected = (corrected(labels, wide + step, group) - corrected(labels, wide - step, group)) / (
        2 * step
    )
    found = gradients(FLIPPED, labels, logits, group)
    np.testing.assert_allclose(found, expected, atol=2e-5)


def test_forward_correction_stays_finite_and_bounds_what_a_flipped_label_can_pull():
    logits = np.array([-1e4, -200, -90, -30, 0, 30, 90, 200, 1e4], dtype=np.float32)
    for group in (0, 1):
        for label in (0.0, 1.0):
            labels = np.full(len(logits), label, dtype=np.float32)
            targets = of_a_group(labels, group)
            losses = np.asarray(ConfiguredLoss(FLIPPED, GROUPS).call(targets, logits[:, None]))
            assert np.isfinite(losses).all() and (losses >= -1e-6).all()
            assert np.isfinite(gradients(FLIPPED, labels, logits, np.full(9, group))).all()
    # A man labelled 0 may truly be 1, by one chance in ten: no logit makes it worse than that.
    sure = ConfiguredLoss(FLIPPED, GROUPS).call(of_a_group([0.0], 1), np.array([[1e4]], "float32"))
    assert float(sure[0]) == pytest.approx(-np.log(0.1), rel=1e-5)


@settings(max_examples=50, deadline=None)
@given(
    zero=st.floats(0, 0.45),
    one=st.floats(0, 0.45),
    share=st.floats(0.05, 0.95),
)
def test_forward_correction_is_least_at_the_true_share_whatever_the_flips(zero, one, share):
    # Of faces that are truly 1 with this chance, this share is labelled 1.
    given_1 = (1 - one) * share + zero * (1 - share)

    def expected_loss(p):
        logit = np.full(2, np.log(p / (1 - p)), dtype=np.float32)
        loss = forward_correction(
            np.float32([0, 1]), logit, np.full(2, zero, "float32"), np.full(2, one, "float32")
        )
        return float(ops.sum(loss * np.float32([1 - given_1, given_1])))

    least = expected_loss(share)
    assert all(expected_loss(p) >= least - 1e-6 for p in (share * 0.8, 1 - (1 - share) * 0.8))


def test_flip_rates_of_a_group_that_is_not_there_are_refused():
    with pytest.raises(ConfigError, match=r"loss\.flip_rates\.children 1.*women, men"):
        ConfiguredLoss(
            LossConfig(name="forward_correction", flip_rates={"children 1": 0.1}), GROUPS
        )
