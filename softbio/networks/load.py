"""A run's network, built by our code and filled with verified weights."""

from __future__ import annotations

import keras
import numpy as np

from softbio.errors import RunError
from softbio.networks.architectures import build
from softbio.networks.mirrored import as_scored
from softbio.networks.precision import resolve_precision
from softbio.runs import Run
from softbio.runs.head import Head, run_head

__all__ = ["load_network", "load_scorer"]


def load_network(run: Run) -> keras.Model:
    """Return the network of a trained run, or of a refit: then with the refitted last layer.

    The architecture comes from ``config.json`` and our own code; only weights
    are read, after their SHA-256 has been compared. It computes in the precision
    that the config resolves to on this machine.

    Raises
    ------
    RunError
        If the run has no weights, or not the ones that training or the refit wrote, or they are
        of another network.
    """
    weights = run.verify_weights()
    config = run.config
    precision = resolve_precision(config.training.precision)
    model = build(config.training.network, config.size, precision, weights=False)
    try:
        model.load_weights(weights)
    except ValueError:
        raise RunError(
            f"The weights of {run.id} do not fit the network {config.training.network.name} as "
            "this version of softbio builds it: another version trained the run. Train it again."
        ) from None
    if config.kind == "refit":
        _put_in(model, run_head(run), run)
    return model


def load_scorer(run: Run) -> keras.Model:
    """Return the network that gives a run's scores: with the mirror image where the run has it.

    Raises
    ------
    RunError
        As `load_network` does.
    """
    return as_scored(load_network(run), run.config.training)


def _put_in(model: keras.Model, head: Head, run: Run) -> None:
    last = model.layers[-1]
    if last.kernel.shape != (len(head.kernel), 1):
        raise RunError(
            f"The last layer of {run.id} has {len(head.kernel)} inputs and its network gives "
            f"{last.kernel.shape[0]}: they do not belong together. Refit the parent again."
        )
    last.set_weights([head.kernel[:, None], np.array([head.bias], dtype=np.float32)])
