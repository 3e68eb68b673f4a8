"""Spaces that are worth searching, by name: each small, so that 20 to 40 trials tell something."""

from __future__ import annotations

from collections.abc import Sequence

from softbio.config.space import Choice, Dimension, Range, Space
from softbio.errors import ConfigError

__all__ = ["PRESETS", "preset"]

#: What each preset is for, a sentence each, in the order in which a page offers them.
PRESETS: dict[str, str] = {
    "weights": "How much each group and its faces of label 1 count, and how far cells are "
    "balanced besides.",
    "noise": "Losses that bear wrong labels: which one, how strong, and mixed faces.",
    "network": "Network, depth, dropout, learning rate, weight decay and batch size.",
    "head": "The last layer alone, refitted on val_fit: the networks are trained once and shared "
    "by all trials, so that a trial takes a second.",
}

#: Groups whose weights are varied; with more, the space would be too large for a search.
_MOST_GROUPS = 4


def preset(name: str, groups: Sequence[str]) -> Space:
    """Return the space called `name` for a face set with these groups; as `Space.preset`."""
    if name not in PRESETS:
        raise ConfigError(
            f"There is no preset called {name!r}. The presets are: {', '.join(PRESETS)}."
        )
    made: dict[str, dict[str, Dimension]] = {
        "weights": {
            **_weights(groups),
            "balancing.mixture": Range(0.0, 1.0, step=0.25),
        },
        "noise": {
            "loss.name": Choice(("cross_entropy", "focal", "generalised_cross_entropy")),
            "loss.gamma": Range(0.5, 3.0, step=0.5),
            "loss.q": Range(0.3, 0.9, step=0.1),
            "loss.label_smoothing": Range(0.0, 0.2, step=0.05),
            "augmentation.mixup": Range(0.0, 0.4, step=0.1),
        },
        "network": {
            "network.name": Choice(("bn_cnn", "report_cnn")),
            "network.depth": Range(2, 4),
            "network.dropout": Range(0.0, 0.5, step=0.1),
            "optimizer.learning_rate": Range(5e-4, 1e-2, log=True),
            "optimizer.weight_decay": Range(1e-3, 1e-1, log=True),
            "batch_size": Choice((32, 64, 128)),
        },
        "head": {
            **{f"head.{path}": one for path, one in _weights(groups).items()},
            "head.l2": Range(1e-3, 1.0, log=True),
            "head.gamma": Range(0.0, 3.0, step=0.5),
        },
    }
    return Space(made[name])


def _weights(groups: Sequence[str]) -> dict[str, Dimension]:
    """Return weights of all groups but the first, as only proportions count, and of label 1."""
    varied = groups[:_MOST_GROUPS]
    weights: dict[str, Dimension] = {
        f"weights.{group}": Range(0.1, 10.0, log=True) for group in varied[1:]
    }
    if len(groups) <= 2:
        weights |= {f"cell_weights.{group} 1": Range(0.25, 4.0, log=True) for group in groups}
    return weights
