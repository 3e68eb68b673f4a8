"""Networks of keras.applications: what they see, give, and count."""

import itertools
from dataclasses import replace

import keras
import numpy as np
import pytest
from scipy import ndimage

from softbio.config import NetworkConfig
from softbio.errors import ConfigError
from softbio.networks.architectures import block_names, build, multiplications
from softbio.networks.architectures.applications import APPLICATIONS
from softbio.networks.architectures.pixels import ImageNetPixels
from softbio.networks.embeddings import embed, with_embeddings
from softbio.networks.places import cell_centres
from softbio.networks.pulling_back import tail_of
from softbio.networks.saliency import grad_cam, occlusion
from softbio.runs.published import PUBLISHED

MODULES = {
    "resnet50": keras.applications.resnet50,
    "mobilenet_v3_small": keras.applications.mobilenet_v3,
    "efficientnet_v2_b0": keras.applications.efficientnet_v2,
}
SIDE = 64


@pytest.fixture(scope="module")
def networks():
    """Each application once, with norms that do something, as training leaves them."""
    made = {}
    for name in APPLICATIONS:
        keras.utils.set_random_seed(1)
        config = NetworkConfig(name=name, weights="none", side=SIDE)
        made[name] = build(config, 24, "float32")
        rng = np.random.default_rng(0)
        for layer in made[name].layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                draws = [rng.uniform(0.5, 1.5, weight.shape) for weight in layer.weights]
                layer.set_weights(draws)
    return made


def resized(pixels):
    values = pixels.astype(np.float32)
    return np.array(keras.ops.image.resize(values, (SIDE, SIDE), interpolation="bilinear"))


@pytest.mark.parametrize("name", APPLICATIONS)
def test_features_are_those_of_the_application_with_its_own_preprocessing(name, networks, pixels):
    """Built as Keras documents it: its preprocess_input in front, what it does itself inside."""
    model = networks[name]
    theirs = APPLICATIONS[name].make(
        include_top=False, weights=None, input_shape=(SIDE, SIDE, 3), pooling="avg"
    )
    theirs.set_weights(model.get_weights()[:-2])
    expected = np.asarray(theirs(MODULES[name].preprocess_input(resized(pixels)), training=False))
    found = embed(model, pixels)[:, -expected.shape[1] :]
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())
    assert expected.std() > 0


def test_resnet_sees_what_its_preprocess_input_gives(pixels):
    layer = ImageNetPixels(24, "caffe", dtype="float32")
    expected = keras.applications.resnet50.preprocess_input(pixels.astype(np.float32))
    np.testing.assert_allclose(np.asarray(layer(pixels)), expected, atol=1e-4)


def test_faces_that_shrink_are_averaged_and_not_sampled():
    stripes = np.zeros((1, 64, 64, 3), np.uint8)
    stripes[:, :, ::2] = 200
    seen = np.asarray(ImageNetPixels(16, "tf", dtype="float32")(stripes))
    np.testing.assert_allclose(seen[:, :, 2:-2], 100 / 127.5 - 1, atol=0.02)


@pytest.mark.parametrize("name", APPLICATIONS)
def test_embeddings_are_means_of_the_stages_and_end_with_the_features(name, networks, pixels):
    model = networks[name]
    both, ranges = with_embeddings(model)
    values = embed(model, pixels[:2])
    assert values.shape == (2, both.outputs[1].shape[-1]) and values.dtype == np.float32
    assert list(ranges) == [*block_names(model), "features"]
    kernel, bias = model.get_layer("logit").get_weights()
    start, stop = ranges["features"]
    np.testing.assert_allclose(
        values[:, start:stop] @ kernel + bias,
        np.asarray(model(pixels[:2], training=False)),
        atol=1e-3,
    )
    # Each stage halves the maps.
    sides = [model.get_layer(block).output.shape[1] for block in block_names(model)]
    assert sides[-1] == 2 and all(a == 2 * b for a, b in itertools.pairwise(sides))


#: Multiply-adds of the whole network at 224×224 in the papers, without the last layer's.
MULTIPLY_ADDS = {
    "resnet50": 3.86e9 - 2048 * 1000,
    "mobilenet_v3_small": 56e6 - 576 * 1024 - 1024 * 1000,
    "efficientnet_v2_b0": 0.72e9 - 1280 * 1000,
}


@pytest.mark.parametrize("name", APPLICATIONS)
def test_multiplications_are_the_published(name, networks):
    """Maps at 64 pixels have (64 / 224)² of the places, but for what squeezes have pooled to one."""
    model = networks[name]
    squeezes = sum(
        int(np.prod(layer.kernel.shape))
        for layer in model.layers
        if "squeeze_excite_conv" in layer.name or ("_se_" in layer.name and layer.weights)
    )
    rest = multiplications(model) - squeezes - model.get_layer("logit").kernel.shape[0]
    assert rest * (224 / SIDE) ** 2 + squeezes == pytest.approx(MULTIPLY_ADDS[name], rel=0.02)


@pytest.mark.parametrize("name", APPLICATIONS)
def test_cells_are_put_where_they_look(name, networks):
    """A dot in one place changes the cells around it most: they are found there."""
    model = networks[name]
    block = model.get_layer(block_names(model)[0])
    rows, columns = (cell_centres(model, block, axis) for axis in (1, 2))
    assert len(rows) == block.output.shape[1] and -0.5 < rows[0] < rows[-1] < 23.5
    np.testing.assert_array_equal(rows, columns)
    seen = keras.Model(model.input, block.output)
    plain = np.full((1, 24, 24, 3), 127, np.uint8)
    for row, column in ((7, 15), (16, 9)):
        dotted = plain.copy()
        dotted[0, row, column] = 255
        change = np.abs(np.asarray(seen(dotted)) - np.asarray(seen(plain)))[0].sum(-1)
        found = ndimage.center_of_mass(change**2)
        where = [np.interp(at, np.arange(len(rows)), rows) for at in found]
        assert where == pytest.approx([row, column], abs=24 / len(rows))


def test_a_last_stage_has_places_in_the_frame_and_the_features_have_none(networks):
    for model in networks.values():
        centres = cell_centres(model, model.get_layer("body"), 1)
        assert len(centres) == 2 and (np.diff(centres) == 12).all()
        with pytest.raises(ConfigError, match="no places"):
            cell_centres(model, model.get_layer("features"), 1)


@pytest.mark.parametrize("name", APPLICATIONS)
def test_where_they_look_can_be_drawn(name, networks, pixels):
    model = networks[name]
    assert [type(each).__name__ for each in tail_of(model, model.get_layer("body"))] == [
        "GlobalAveragePooling2D", "Dropout", "Dense",
    ]  # fmt: skip
    for_1, for_0 = grad_cam(model, pixels[:2]), grad_cam(model, pixels[:2], 0)
    assert for_1.shape == (2, 24, 24) and ((for_1 + for_0).max((1, 2)) > 0).all()


def test_occlusion_goes_through_all_places_of_an_application(networks, pixels):
    model = networks["mobilenet_v3_small"]
    found = occlusion(model, pixels[:1], patch=12, stride=12, fill="grey")
    hidden = np.repeat(pixels[:1], 5, axis=0)
    for number, (row, column) in enumerate([(0, 0), (0, 12), (12, 0), (12, 12)], 1):
        hidden[number, row : row + 12, column : column + 12] = 127
    logits = np.asarray(model(hidden, training=False))[:, 0]
    np.testing.assert_allclose(found[0, ::12, ::12].ravel(), logits[0] - logits[1:], atol=1e-3)


def test_what_stays_of_the_global_policy():
    before = keras.config.dtype_policy().name
    config = NetworkConfig(name="mobilenet_v3_small", weights="none", side=32)
    model = build(config, 24, "mixed_bfloat16")
    assert keras.config.dtype_policy().name == before
    assert {str(weight.dtype) for weight in model.weights} == {"float32"}
    assert model.get_layer("conv").compute_dtype == "bfloat16"
    assert model.get_layer("features").compute_dtype == "float32"
    momentums = {
        each.momentum for each in model.layers if isinstance(each, keras.layers.BatchNormalization)
    }
    assert momentums == {0.9}


def test_files_and_hashes_are_those_that_keras_knows():
    from keras.src.applications import efficientnet_v2, mobilenet_v3, resnet

    known = {
        "report_resnet50": resnet.WEIGHTS_HASHES["resnet50"][1],
        "mobilenet_v3_small": mobilenet_v3.WEIGHTS_HASHES["small_224_1.0_float"][1],
        "efficientnet_v2_b0": efficientnet_v2.WEIGHTS_HASHES["b0"][1],
    }
    assert {name: PUBLISHED[name].md5 for name in known} == known


def test_a_published_file_is_put_into_the_body_and_nowhere_else(tmp_path, monkeypatch):
    """Written in the layout of the published files: layer by layer, in the application's order."""
    import hashlib

    import h5py
    from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

    config = NetworkConfig(name="mobilenet_v3_small", side=32)
    theirs = keras.applications.MobileNetV3Small(
        include_top=False, weights=None, input_shape=(224, 224, 3)
    )
    path = tmp_path / PUBLISHED[config.name].file
    with h5py.File(path, "w") as file:
        save_weights_to_hdf5_group(file, theirs)
    digest = hashlib.md5(path.read_bytes()).hexdigest()
    monkeypatch.setenv("SOFTBIO_WEIGHTS", str(tmp_path))
    monkeypatch.setitem(PUBLISHED, config.name, replace(PUBLISHED[config.name], md5=digest))
    *body, _, bias = build(config, 24, "float32").get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(body, theirs.get_weights(), strict=True))
    assert not bias.any()
    without = build(config, 24, "float32", weights=False).get_weights()
    assert not all(np.array_equal(a, b) for a, b in zip(without, body, strict=False))
