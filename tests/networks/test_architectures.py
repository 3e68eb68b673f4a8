"""The networks are what they say, and their shortcuts change nothing."""

import keras
import numpy as np
import pytest

from softbio.config import NetworkConfig
from softbio.errors import ConfigError
from softbio.networks.architectures import SMALLEST, build, multiplications

REPORT = NetworkConfig(name="report_cnn", dropout=0.5)
BN = NetworkConfig(name="bn_cnn")
OURS = ["report_cnn", "bn_cnn"]


def the_reports_network(size):
    """Return the report's network in Keras's own layers, ending with the logit."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((size, size, 3)),
            layers.Conv2D(32, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(128, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(512, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(1),
        ]
    )


@pytest.mark.parametrize("size", [24, 80])
def test_report_cnn_is_the_reports_network(size):
    ours, theirs = build(REPORT, size, "float32"), the_reports_network(size)
    assert [w.shape for w in ours.get_weights()] == [w.shape for w in theirs.get_weights()]
    theirs.set_weights(ours.get_weights())
    faces = np.random.default_rng(1).integers(0, 256, (3, size, size, 3), dtype=np.uint8)
    expected = theirs.predict_on_batch(faces.astype(np.float32) * np.float32(1 / 255))
    np.testing.assert_allclose(ours.predict_on_batch(faces), expected, rtol=1e-5, atol=1e-6)


def test_its_gradients_are_those_of_the_reports_network():
    ours, theirs = build(REPORT, 24, "float32"), the_reports_network(24)
    theirs.set_weights(ours.get_weights())
    faces = np.random.default_rng(2).integers(0, 256, (8, 24, 24, 3), dtype=np.uint8)
    labels = np.array([[0], [1]] * 4, dtype=np.float32)
    for model in (ours, theirs):
        model.get_layer(index=-2).rate = 0.0  # dropout draws
        model.compile(
            optimizer=keras.optimizers.SGD(0.1),
            loss=keras.losses.BinaryCrossentropy(from_logits=True),
            jit_compile=False,
        )
    ours.train_on_batch(faces, labels)
    theirs.train_on_batch(faces.astype(np.float32) * np.float32(1 / 255), labels)
    for mine, their in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, their, rtol=1e-4, atol=1e-6)


def test_sizes_of_the_networks_at_80_pixels():
    """3·9·32+32, 32·9·64+64, 64·9·128+128, 8192·512+512, 513; and places times kernel."""
    report = build(REPORT, 80, "float32")
    assert report.count_params() == 896 + 18_496 + 73_856 + 4_194_816 + 513
    assert multiplications(report) == (
        78 * 78 * 27 * 32 + 37 * 37 * 288 * 64 + 16 * 16 * 576 * 128 + 8192 * 512 + 512
    )
    small = build(BN, 80, "float32")
    kernels = 27 * 24 + 216 * 48 + 432 * 96 + 864 * 96 + 864 * 192 + 1728 * 192 + 1728 * 384
    assert small.count_params() == kernels + 4 * (24 + 48 + 2 * 96 + 2 * 192 + 384) + 385
    assert multiplications(small) <= 1.7 * 56e6


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_a_network_takes_bytes_and_returns_float32_logits(name, precision, pixels):
    before = keras.config.dtype_policy().name
    model = build(NetworkConfig(name=name), 24, precision)
    logits = model.predict_on_batch(pixels)
    assert logits.shape == (6, 1) and logits.dtype == np.float32
    assert {str(weight.dtype) for weight in model.weights} == {"float32"}
    assert keras.config.dtype_policy().name == before


@pytest.mark.parametrize("name", OURS)
def test_bfloat16_gives_nearly_the_same_logits(name, pixels):
    precise = build(NetworkConfig(name=name), 24, "float32")
    rough = build(NetworkConfig(name=name), 24, "mixed_bfloat16")
    rough.set_weights(precise.get_weights())
    np.testing.assert_allclose(
        rough.predict_on_batch(pixels), precise.predict_on_batch(pixels), atol=0.02
    )


@pytest.mark.parametrize("name", OURS)
def test_the_smallest_faces_pass_and_smaller_ones_are_refused(name):
    assert build(NetworkConfig(name=name), SMALLEST, "float32").output.shape == (None, 1)
    with pytest.raises(ConfigError, match=f"at least {SMALLEST}"):
        build(NetworkConfig(name=name), SMALLEST - 1, "float32")


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
def test_depth_filters_and_width_are_settings_of_report_cnn(depth):
    config = NetworkConfig(name="report_cnn", depth=depth, filters=8, dense=16)
    model = build(config, 80, "float32")
    kernels = [w for w in model.get_weights() if w.ndim == 4]
    assert [kernel.shape[3] for kernel in kernels] == [8, 16, 32, 64, 128][:depth]
    # 80 pixels: without their edge halved, and of the 3 that are left at last 1, which stays 1.
    side = [39, 18, 8, 3, 1][depth - 1]
    assert model.get_layer("features").kernel.shape == (side**2 * 8 * 2 ** (depth - 1), 16)


@pytest.mark.parametrize(("depth", "smallest"), [(3, 22), (4, 38), (5, 78)])
def test_deeper_ones_need_larger_faces(depth, smallest):
    config = NetworkConfig(name="report_cnn", depth=depth, filters=4, dense=8)
    faces = np.zeros((1, smallest, smallest, 3), np.uint8)
    assert build(config, smallest, "float32").predict_on_batch(faces).shape == (1, 1)
    with pytest.raises(ConfigError, match=f"depth={depth}, which needs at least {smallest}"):
        build(config, smallest - 1, "float32")
