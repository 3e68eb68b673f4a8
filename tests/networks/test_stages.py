"""What learns when, at which rate, and that a broken training goes on as an unbroken one."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from softbio.config import NetworkConfig, OptimizerConfig, TrainConfig
from softbio.networks.architectures import NETWORKS, build
from softbio.networks.architectures.applications import mobilenet_v3_small
from softbio.networks.optimizers import learning_rate_at, make_optimizer
from softbio.networks.stages import Stages
from softbio.networks.trainer import Trainer

MOBILE = NetworkConfig(name="mobilenet_v3_small", weights="none", side=32, head_epochs=1)
CONFIG = TrainConfig(
    epochs=4,
    network=MOBILE,
    optimizer=OptimizerConfig(name="adamw", learning_rate=0.01, warmup_epochs=0.5, ema=0.5),
)


def batches(epoch, steps=2, size=4):
    rng = np.random.default_rng(epoch)
    for _ in range(steps):
        yield SimpleNamespace(
            pixels=rng.integers(0, 256, (size, 32, 32, 3), dtype=np.uint8),
            labels=rng.integers(0, 2, size).astype(np.float32),
            weights=np.ones(size, np.float32),
            group=np.zeros(size, np.int64),
        )


def trained(trainer, epochs):
    for epoch in epochs:
        trainer.begin_epoch(epoch)
        for batch in batches(epoch):
            trainer.step(batch)
    return trainer


def small_body(pixels, config, policy):
    """What takes the place of MobileNet where only time would differ: a norm, and a dropout."""
    flow = keras.layers.Rescaling(1 / 127.5, offset=-1)(pixels)
    flow = keras.layers.Conv2D(4, 3, strides=4, name="inner")(flow)
    flow = keras.layers.BatchNormalization()(flow)
    flow = keras.layers.Dropout(0.2, name="inside")(flow)
    flow = keras.layers.Identity(name="body")(flow)
    return keras.layers.GlobalAveragePooling2D(name="features")(flow)


@pytest.fixture(scope="module", autouse=True)
def _small_network():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(NETWORKS, "mobilenet_v3_small", small_body)
        yield


def made():
    return Trainer(CONFIG, 32, "float32", 2, ("women", "men"))


def same(left, right):
    return all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))


@pytest.fixture(scope="module")
def states():
    """The state of a training at the end of each of three epochs, and before the first."""
    trainer = made()
    return [trainer.state(), *(trained(trainer, [epoch]).state() for epoch in (1, 2, 3))]


def test_the_head_learns_alone_and_then_with_the_body(states):
    before, head, joined, _ = (state["weights"] for state in states)
    *body, kernel, bias = zip(before, head, strict=True)
    assert all(np.array_equal(a, b) for a, b in body)  # the norms' statistics among them
    assert not np.array_equal(*kernel) and not np.array_equal(*bias)
    changed = [not np.array_equal(a, b) for a, b in zip(head, joined, strict=True)]
    assert all(changed)


@pytest.mark.parametrize("killed_after", [1, 2])
def test_a_training_that_was_killed_ends_bitwise_as_an_unbroken_one(states, killed_after):
    trainer = made()
    trainer.set_state(states[killed_after])
    ended = trained(trainer, range(killed_after + 1, 4)).state()
    assert ended.keys() == states[3].keys()
    assert all(same(ended[name], states[3][name]) for name in ended)


@pytest.fixture(scope="module")
def mobile():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(NETWORKS, "mobilenet_v3_small", mobilenet_v3_small)
        return build(MOBILE, 32, "float32")


def learning(model):
    return {layer.name for layer in model.layers if layer.trainable and layer.trainable_variables}


@pytest.mark.parametrize("train_layers", ["head", "last_stage", "all"])
def test_which_layers_learn_in_the_end(mobile, train_layers):
    config = MOBILE.model_copy(update={"train_layers": train_layers})
    stages = Stages(mobile, config)
    assert stages.enter(1) and learning(mobile) == {"logit"}
    assert stages.enter(2) == (train_layers != "head")
    found = learning(mobile)
    expected = {
        "head": {"logit"},
        "last_stage": {
            layer.name
            for layer in mobile.layers
            if layer.trainable_variables
            and layer.name.startswith(
                ("logit", "conv_1", "expanded_conv_8_", "expanded_conv_9_", "expanded_conv_10_")
            )
        },
        "all": {layer.name for layer in mobile.layers if layer.weights},
    }[train_layers]
    assert found == expected and not stages.enter(3)
    assert stages.begins_at(3) == (1 if train_layers == "head" else 2)
    assert len(stages.slower) == len(mobile.trainable_variables) - 2


def test_with_published_weights_norms_keep_what_they_learnt(mobile):
    Stages(mobile, MOBILE.model_copy(update={"weights": "imagenet"})).enter(2)
    norms = [each for each in mobile.layers if isinstance(each, keras.layers.BatchNormalization)]
    assert norms and not any(each.trainable for each in norms)
    assert mobile.get_layer("expanded_conv_8_expand").trainable


def test_what_is_frozen_drops_nothing():
    model = build(MOBILE, 32, "float32")
    inside, behind = (each for each in model.layers if isinstance(each, keras.layers.Dropout))
    stages = Stages(model, MOBILE)
    stages.enter(1)
    assert (inside.rate, behind.rate) == (0.0, MOBILE.dropout)
    stages.enter(2)
    assert (inside.rate, behind.rate) == (0.2, MOBILE.dropout)


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw"])
def test_slower_variables_take_a_share_of_each_step_and_of_the_decay(name):
    config = OptimizerConfig(
        name=name, learning_rate=0.1, schedule="constant", weight_decay=0.5, clip_norm=None
    )
    steps = []
    for share in (1.0, 0.25):
        kernels = [keras.Variable(np.full(3, 2.0, np.float32), name=f"kernel{i}") for i in (0, 1)]
        optimizer = make_optimizer(config, 2, 2, variables=kernels, slower=kernels[1:], share=share)
        optimizer.apply([keras.ops.convert_to_tensor([1e-4, 1.0, 10.0])] * 2, kernels)
        steps.append([2.0 - kernel.numpy() for kernel in kernels])
    np.testing.assert_allclose(steps[1][0], steps[0][0], rtol=1e-6)
    # AdamW steps from what its decay has left: the two are added exactly.
    np.testing.assert_allclose(steps[1][1], steps[0][1] / 4, rtol=1e-4)
    assert (steps[0][0] > 0).all()


def test_a_later_optimizer_goes_on_with_the_schedule():
    config = OptimizerConfig(learning_rate=0.1, schedule="cosine", warmup_epochs=1.0)
    optimizer = make_optimizer(config, 4, 5, begins_at=7)
    assert float(optimizer.learning_rate) == pytest.approx(learning_rate_at(config, 4, 5, 7))
