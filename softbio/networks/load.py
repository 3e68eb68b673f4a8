"""A trained run's network, built by our code and filled with verified weights."""

from __future__ import annotations

import keras

from softbio.networks.architectures import build
from softbio.networks.precision import resolve_precision
from softbio.runs import Run

__all__ = ["load_network"]


def load_network(run: Run) -> keras.Model:
    """Return the trained network of a run.

    The architecture comes from ``config.json`` and our own code; only weights
    are read, after their SHA-256 has been compared. It computes in the precision
    that the config resolves to on this machine.

    Raises
    ------
    RunError
        If the run has no weights, or not the ones that training wrote.
    """
    weights = run.verify_weights()
    config = run.config
    model = build(config.training.network, config.size, resolve_precision(config.training.precision))
    model.load_weights(weights)
    return model
