"""Learner: a network with what it is trained for, its loss and its objectives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from softbio.config import TrainConfig
from softbio.networks.losses import ConfiguredLoss
from softbio.networks.objectives import group_dro, mmd, soft_gap

__all__ = ["Learner"]


class Learner(keras.Model):
    """The model that is trained: a network and the loss and objectives of a config.

    What it adds to the network is a variable of its own, so that a network is saved as if it had
    never been in a Learner. The labels that it takes are (b, 2): the label, 0 to 1, and the index
    of the group. The loss is the mean over the faces of weight × loss, or with GroupDRO the sum
    over the cells, plus each other objective times its strength.

    Parameters
    ----------
    network : keras.Model
        From pixels to logits (b, 1).
    config : TrainConfig
    groups : sequence of str

    Attributes
    ----------
    network : keras.Model
    face_loss : ConfiguredLoss
    cell_weights : keras.Variable or None
        GroupDRO's weights of the cells, shape (2 G,), in the order of ``2 × group + label``.

    Raises
    ------
    ConfigError
        If a flip rate is of a group that is not among `groups`.
    """

    def __init__(self, network: keras.Model, config: TrainConfig, groups: Sequence[str]) -> None:
        super().__init__(name=f"{network.name}_learner")
        self.network = network
        self.face_loss = ConfiguredLoss(config.loss, groups)
        self._objectives = config.objectives
        self._groups = len(groups)
        self.cell_weights: Any = None
        if config.objectives.group_dro:
            cells = 2 * len(groups)
            self.cell_weights = self.add_weight(
                name="cell_weights",
                shape=(cells,),
                initializer=keras.initializers.Constant(1.0 / cells),
                trainable=False,
                dtype="float32",
            )
        self.built = True

    def call(self, pixels: Any, training: bool | None = None) -> Any:
        """Return the network's logits, shape (b, 1)."""
        return self.network(pixels, training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return what training minimises, of labels (b, 2), logits (b, 1) and weights (b,)."""
        objectives = self._objectives
        if self.cell_weights is None:
            loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        else:
            loss = self._worst_cells(y, y_pred, sample_weight, training)
            loss = sum(self.losses, start=loss)  # what layers add, as above
        if objectives.mmd or objectives.soft_gap:
            group = ops.cast(y[:, 1], "int32")
            batch = (y[:, 0], y_pred[:, 0], sample_weight, group, self._groups)
            if objectives.mmd:
                loss = loss + objectives.mmd * mmd(*batch)
            if objectives.soft_gap:
                loss = loss + objectives.soft_gap * soft_gap(*batch)
        return loss

    def _worst_cells(self, y: Any, y_pred: Any, sample_weight: Any, training: bool) -> Any:
        labels, group = y[:, 0], y[:, 1]
        both = [
            self.face_loss.call(ops.stack([ops.full_like(labels, label), group], axis=1), y_pred)
            for label in (0.0, 1.0)
        ]
        loss, moved = group_dro(
            ops.stack(both, axis=1),
            labels,
            sample_weight,
            ops.cast(group, "int32"),
            self._groups,
            self.cell_weights,
            self._objectives.group_dro,
        )
        if training:
            self.cell_weights.assign(moved)
        return loss

    def own_state(self) -> list[np.ndarray]:
        """Return the variables that are not the network's."""
        return [] if self.cell_weights is None else [np.array(self.cell_weights.numpy())]

    def set_own_state(self, state: list[np.ndarray]) -> None:
        """Put variables in that `own_state` returned."""
        for value in state:
            self.cell_weights.assign(value)
