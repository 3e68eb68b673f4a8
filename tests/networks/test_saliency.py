"""Where a network looks, against a loop, finite differences, the backend's gradient, and by construction."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from softbio.config import NetworkConfig
from softbio.errors import CancelledError, ConfigError
from softbio.networks.architectures import block_names, build
from softbio.networks.places import cell_centres
from softbio.networks.pulling_back import pull_back, tail_of
from softbio.networks.saliency import FILLS, grad_cam, occlusion, usual_patch


@pytest.fixture(scope="module", params=["report_cnn", "bn_cnn"])
def network(request):
    keras.utils.set_random_seed(3)
    model = build(NetworkConfig(name=request.param), 24, "float32")
    rng = np.random.default_rng(0)
    # Biases and norms of their own, as training leaves them: at their first values they hide slips.
    model.set_weights(
        [w + rng.normal(0, 0.05, w.shape).astype(w.dtype) ** 2 for w in model.get_weights()]
    )
    return model


def looks_at_a_corner(size=24):
    """A network whose logit is the red of the upper left quarter, and nothing else."""
    pixels = keras.Input((size, size, 3), dtype="uint8")
    corner = layers.Cropping2D(((0, size // 2), (0, size // 2)))(ops.cast(pixels, "float32"))
    return keras.Model(pixels, ops.mean(corner[..., :1], axis=(1, 2)) / 10)


def by_a_loop(model, pixels, patch, stride, fill):
    size = pixels.shape[1]

    def logit(face):
        return float(np.asarray(model(face[None], training=False))[0, 0])

    maps = np.zeros(pixels.shape[:3])
    for number, face in enumerate(pixels):
        covered = np.zeros((size, size))
        with_nothing_hidden = logit(face)
        for top in range(-size * stride, size, stride):
            for left in range(-size * stride, size, stride):
                if top + patch <= 0 or left + patch <= 0:
                    continue
                window = (slice(max(top, 0), top + patch), slice(max(left, 0), left + patch))
                hidden = face.copy()
                hidden[window] = fill(face)[window]
                maps[number][window] += with_nothing_hidden - logit(hidden)
                covered[window] += 1
        maps[number] /= covered
    return maps


def mean_colour(face):
    return np.broadcast_to(np.rint(face.mean((0, 1))).astype(np.uint8), face.shape)


@pytest.mark.parametrize(("patch", "stride"), [(8, 8), (10, 6)])
def test_occlusion_is_what_a_loop_over_all_places_gives(network, pixels, patch, stride):
    found = occlusion(network, pixels[:2], patch=patch, stride=stride, fill="mean")
    expected = by_a_loop(network, pixels[:2], patch, stride, mean_colour)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=2e-6 + 1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("fill", FILLS)
def test_a_network_that_looks_at_one_corner_lights_up_there_alone(fill):
    rng = np.random.default_rng(1)
    faces = rng.integers(0, 60, (2, 24, 24, 3), dtype=np.uint8)
    faces[:, 4:8, 4:8, 0] = 255
    found = occlusion(looks_at_a_corner(), faces, patch=4, stride=2, fill=fill)
    # A patch that reaches over the border hides what is on both sides.
    assert not found[:, 14:].any() and not found[:, :, 14:].any()
    for one in found:
        row, column = np.unravel_index(one.argmax(), one.shape)
        assert 4 <= row < 8 and 4 <= column < 8 and one.max() > 0


def test_places_at_the_edge_are_covered_by_as_many_patches():
    """Of a spot in the corner, cut off by the frame, each patch that hides it costs the same."""
    faces = np.full((1, 24, 24, 3), 127, dtype=np.uint8)
    faces[0, :2, :2] = 255
    found = occlusion(looks_at_a_corner(), faces, patch=4, stride=2, fill="grey")
    whole = 4 * (255 - 127) / 144 / 10
    # Four patches hide it, of so many places each; each place has the mean of its four patches.
    assert found.sum() == pytest.approx(whole * (4 + 8 + 8 + 16) / 4, rel=1e-5)


def test_faces_do_not_change_each_other_and_order_is_kept(network, pixels):
    together = occlusion(network, pixels[:3], patch=8, stride=8)
    alone = np.concatenate(
        [occlusion(network, pixels[i : i + 1], patch=8, stride=8) for i in range(3)]
    )
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_occlusion_tells_how_far_it_is_and_stops_when_asked(network, pixels):
    told = []
    occlusion(network, pixels, progress=lambda done, total: told.append((done, total)))
    done, total = zip(*told, strict=True)
    assert list(done) == sorted(done) and done[-1] == total[-1] and len(set(total)) == 1
    with pytest.raises(CancelledError):
        occlusion(network, pixels, stop=lambda: True)


def test_wrong_settings_are_told(network, pixels):
    for options in ({"patch": 25}, {"patch": 4, "stride": 5}, {"fill": "black"}, {"stride": 0}):
        with pytest.raises(ConfigError, match=r"Received|fills"):
            occlusion(network, pixels, **options)
    with pytest.raises(ConfigError, match="toward=2"):
        grad_cam(network, pixels, toward=2)
    assert (
        occlusion(network, pixels[:0]).shape == grad_cam(network, pixels[:0]).shape == (0, 24, 24)
    )
    assert usual_patch(80) == 10 and usual_patch(24) == 4


def behind_the_last_block(model, pixels):
    block = model.get_layer(block_names(model)[-1])
    tail = tail_of(model, block)
    watched = keras.Model(model.input, [block.output, *(each.output for each in tail)])
    seen, *outputs = (np.asarray(each) for each in watched(pixels, training=False))
    return block, tail, seen, outputs


def test_the_gradient_is_the_backends(network, pixels):
    _, tail, seen, outputs = behind_the_last_block(network, pixels)

    def logit(values):
        for layer in tail:
            values = layer(values, training=False) if "dropout" in layer.name else layer(values)
        return values

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        watched = tf.Variable(seen)
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(logit(watched))
        expected = np.asarray(tape.gradient(total, watched))
        np.testing.assert_allclose(pull_back(tail, seen.shape, outputs), expected, atol=1e-6)
    found = pull_back(tail, seen.shape, outputs)
    rng = np.random.default_rng(0)
    step = rng.normal(0, 1e-3, seen.shape).astype(np.float32)
    either = np.asarray(logit(seen + step) - logit(seen - step))[:, 0] / 2
    np.testing.assert_allclose((found * step).sum((1, 2, 3)), either, rtol=0.05, atol=2e-5)


def test_grad_cam_of_a_mean_is_the_weighted_sum_of_its_channels(pixels):
    """Behind a mean over places, a channel's weight is the last layer's by the number of places."""
    keras.utils.set_random_seed(5)
    model = build(NetworkConfig(name="bn_cnn"), 24, "float32")
    _, _, seen, _ = behind_the_last_block(model, pixels)
    assert seen.shape[1:3] == (1, 1)
    kernel = model.layers[-1].get_weights()[0][:, 0]
    speaks_for = (seen[:, 0, 0] @ kernel) > 0
    # One cell: it covers the whole face, or nothing where it speaks for the other label.
    np.testing.assert_array_equal(grad_cam(model, pixels).min((1, 2)), speaks_for)
    np.testing.assert_array_equal(grad_cam(model, pixels, toward=0).max((1, 2)), ~speaks_for)


def test_grad_cam_lies_in_0_1_and_of_both_labels_somewhere(network, pixels):
    for toward in (0, 1):
        found = grad_cam(network, pixels, toward)
        assert found.shape == (6, 24, 24) and found.min() >= 0 and found.max() <= 1 + 1e-6
    assert (
        grad_cam(network, pixels).max((1, 2)) + grad_cam(network, pixels, 0).max((1, 2)) > 0
    ).all()


def test_the_network_is_as_it_was(network, pixels):
    before = [w.copy() for w in network.get_weights()]
    score = np.asarray(network(pixels, training=False))
    grad_cam(network, pixels)
    occlusion(network, pixels[:1], patch=12)
    assert all(np.array_equal(a, b) for a, b in zip(before, network.get_weights(), strict=True))
    np.testing.assert_array_equal(score, np.asarray(network(pixels, training=False)))


@pytest.mark.parametrize("name", ["report_cnn", "bn_cnn"])
@pytest.mark.parametrize("size", [48, 53])
def test_cells_are_put_where_they_look(name, size):
    """Of a cell in the middle, which pixels change it: their middle is its place."""
    from scipy import ndimage

    pixels = np.zeros((size, size))
    model = build(NetworkConfig(name=name), size, "float32")
    block = model.get_layer(block_names(model)[1])
    centres = cell_centres(model, block, 1)
    assert len(centres) == block.output.shape[1]
    # The receptive field of two blocks, from the definition: 3 wide, halved, 3 wide, halved.
    cell = len(centres) // 2
    reached = np.zeros(len(centres), bool)
    reached[cell] = True
    for lost in (1, 1) if name == "report_cnn" else (0, 0):
        wide = np.repeat(reached, 2)
        wide = np.pad(wide, (lost, lost + 4))
        reached = ndimage.binary_dilation(wide, np.ones(3, bool))
    places = np.flatnonzero(reached)
    assert centres[cell] == pytest.approx(places.mean()) and places.max() < len(pixels)


def test_layers_that_are_not_known_are_named():
    pixels = keras.Input((24, 24, 3), dtype="uint8")
    seen = layers.Conv2D(4, 3, name="block1")(ops.cast(pixels, "float32"))
    told = layers.Dense(1)(layers.Activation("tanh", name="odd")(layers.Flatten()(seen)))
    model = keras.Model(pixels, told)
    with pytest.raises(ConfigError, match="'odd' of kind Activation"):
        grad_cam(model, np.zeros((1, 24, 24, 3), np.uint8))
    with pytest.raises(ConfigError, match="block"):
        grad_cam(looks_at_a_corner(), np.zeros((1, 24, 24, 3), np.uint8))
