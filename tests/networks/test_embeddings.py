"""Embeddings are the blocks' means, and end with what the last layer sees."""

import keras
import numpy as np
import pytest

from softbio.config import NetworkConfig
from softbio.networks.architectures import build
from softbio.networks.embeddings import with_embeddings

OURS = ["report_cnn", "bn_cnn"]


@pytest.mark.parametrize("name", OURS)
def test_the_last_columns_and_the_last_layer_give_the_logit(name, pixels):
    model = build(NetworkConfig(name=name), 24, "float32")
    both, ranges = with_embeddings(model)
    logit, embedding = both.predict_on_batch(pixels)
    start, stop = ranges["features"]
    assert stop == embedding.shape[1] and list(ranges)[-1] == "features"
    kernel, bias = model.get_layer("logit").get_weights()
    np.testing.assert_allclose(embedding[:, start:stop] @ kernel + bias, logit, atol=1e-4)
    np.testing.assert_allclose(logit, model.predict_on_batch(pixels), atol=1e-5)


@pytest.mark.parametrize("name", OURS)
def test_a_blocks_columns_are_the_means_of_its_outputs(name, pixels):
    model = build(NetworkConfig(name=name), 24, "float32")
    both, ranges = with_embeddings(model)
    _, embedding = both.predict_on_batch(pixels)
    block = keras.Model(model.inputs, model.get_layer("block2").output)
    start, stop = ranges["block2"]
    expected = block.predict_on_batch(pixels).mean(axis=(1, 2))
    np.testing.assert_allclose(embedding[:, start:stop], expected, atol=1e-5)


def test_the_ranges_cover_all_columns_without_gaps():
    for name in OURS:
        both, ranges = with_embeddings(build(NetworkConfig(name=name), 24, "float32"))
        covered = np.zeros(both.outputs[1].shape[-1], dtype=bool)
        for start, stop in ranges.values():
            covered[start:stop] = True
        assert covered.all()
