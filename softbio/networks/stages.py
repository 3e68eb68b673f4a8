"""Which layers of a network learn in which epoch, and at which share of the rate.

Networks of keras.applications begin with a body that has learnt elsewhere and a last layer that
knows nothing. For `head_epochs` epochs the last layer learns alone, so that its first, large
gradients do not spoil the body; then the body, or its last stage, joins at `body_rate` of the rate
(Kumar et al. 2022, arXiv 2202.10054). The optimizer begins anew there: its averages would be those
of another training, and Adam's correction of their first steps would be over for the body.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from softbio.config import NetworkConfig
from softbio.networks.architectures import block_names
from softbio.networks.architectures.names import BODY

__all__ = ["Stages"]


class Stages:
    """What of a network learns when.

    Layers of the body that do not learn run as they score: without dropout, and batch norms with
    the statistics that they have. Where the body's weights were published its batch norms stay so
    throughout, as Keras's guide to fine-tuning advises: a small set's batches would replace what
    they learnt from a million images.

    Parameters
    ----------
    model : keras.Model
        As `softbio.networks.architectures.build` makes it; its layers are frozen and thawed here.
    config : NetworkConfig

    Attributes
    ----------
    slower : list of keras.Variable
        What learns of the body, if anything, at `config.body_rate` of the rate.
    """

    def __init__(self, model: keras.Model, config: NetworkConfig) -> None:
        body = _up_to(model, BODY)
        joining = [] if config.name == "report_resnet50" else _joining(model, body, config)
        if config.weights == "imagenet":
            joining = [
                layer for layer in joining if not isinstance(layer, layers.BatchNormalization)
            ]
        for layer in body:
            layer.trainable = layer in joining
        self.slower: list[Any] = [
            variable for layer in joining for variable in layer.trainable_variables
        ]
        self._joining = joining
        # A frozen dropout would go on dropping: only its rate can stop it.
        self._rates = {layer: layer.rate for layer in body if isinstance(layer, layers.Dropout)}
        self._alone = config.head_epochs if self.slower else 0
        self._joined: bool | None = None

    def enter(self, epoch: int) -> bool:
        """Freeze and thaw layers as `epoch` (from 1) has it; return whether anything changed.

        Where it has, what was compiled before is of the layers as they were.
        """
        joined = epoch > self._alone
        if joined == self._joined:
            return False
        self._joined = joined
        for layer in self._joining:
            layer.trainable = joined
        for layer, rate in self._rates.items():
            layer.rate = rate if joined and layer in self._joining else 0.0
        return True

    def begins_at(self, epoch: int) -> int:
        """Return the first epoch (from 1) in which the same layers learn as in `epoch`."""
        return 1 if epoch <= self._alone else self._alone + 1


def _up_to(model: keras.Model, name: str) -> list[Any]:
    """Return the layers up to the one of that name; none where there is none."""
    names = [layer.name for layer in model.layers]
    return model.layers[: names.index(name) + 1] if name in names else []


def _joining(model: keras.Model, body: list[Any], config: NetworkConfig) -> list[Any]:
    if config.train_layers == "all":
        return body
    if config.train_layers == "head" or not body:
        return []
    # Everything that follows passes through the layer that ends the stage before.
    return body[len(_up_to(model, block_names(model)[-2])) :]
