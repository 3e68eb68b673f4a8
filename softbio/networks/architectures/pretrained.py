"""Published weights put into the body of a network."""

from __future__ import annotations

import keras

from softbio.config import NetworkConfig
from softbio.networks.architectures.names import BODY
from softbio.runs.published import fetch, published

__all__ = ["put_published_weights"]


def put_published_weights(model: keras.Model, config: NetworkConfig) -> None:
    """Give a network's body the weights that its config asks for.

    Parameters
    ----------
    model : keras.Model
        As `softbio.networks.architectures.build` makes it. Networks without published weights,
        and configs with ``weights = "none"``, are left as they are.
    config : NetworkConfig

    Raises
    ------
    ConfigError
        If the file is not on this machine and cannot be downloaded, or is not the published one.
    """
    wanted = published(config)
    if wanted is None:
        return
    path = fetch(wanted)
    # The file knows layers by their order in the network of keras.applications.
    keras.Model(model.input, model.get_layer(BODY).output).load_weights(path)
