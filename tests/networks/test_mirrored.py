"""The mean over a face and its mirror image."""

import numpy as np
import pytest

from softbio.config import NetworkConfig, TrainConfig
from softbio.networks.architectures import build
from softbio.networks.embeddings import with_embeddings
from softbio.networks.mirrored import as_scored, with_mirror


@pytest.fixture(scope="module")
def network():
    return build(NetworkConfig(), 24, "float32")


@pytest.fixture(scope="module")
def pixels():
    return np.random.default_rng(0).integers(0, 256, (5, 24, 24, 3), dtype=np.uint8)


def test_a_face_and_its_mirror_image_have_the_same_score(network, pixels):
    scorer = with_mirror(network)
    np.testing.assert_allclose(
        scorer.predict_on_batch(pixels),
        scorer.predict_on_batch(pixels[:, :, ::-1]),
        atol=1e-6,
    )


def test_it_is_the_mean_of_both(network, pixels):
    both = network.predict_on_batch(pixels), network.predict_on_batch(pixels[:, :, ::-1])
    np.testing.assert_allclose(
        with_mirror(network).predict_on_batch(pixels), np.mean(both, axis=0), atol=1e-6
    )


def test_the_last_layer_on_mean_embeddings_gives_the_mean_logit(network, pixels):
    embedding, ranges = with_embeddings(network)
    logits, values = with_mirror(embedding).predict_on_batch(pixels)
    kernel, bias = network.layers[-1].get_weights()
    inputs = values[:, slice(*ranges["features"])]
    np.testing.assert_allclose(inputs @ kernel + bias, logits, atol=1e-5)


def test_only_where_it_is_asked_for(network):
    assert as_scored(network, TrainConfig()) is network
    assert as_scored(network, TrainConfig(test_time_flip=True)) is not network
