"""The validation figures of an epoch."""

from __future__ import annotations

import math

import numpy as np

from softbio.fairness import evaluate
from softbio.training.plan import TrainingPlan

__all__ = ["OVERALL", "sigmoid", "validation_figures"]

#: Figures of the registry that stand in the history, each as ``val_<name>``.
OVERALL = ("accuracy", "fair_metric", "balanced_fair_metric", "worst_cell_accuracy")


def validation_figures(
    plan: TrainingPlan, logits: np.ndarray, losses: np.ndarray
) -> dict[str, float]:
    """Return the ``val_…`` columns of the history.

    Parameters
    ----------
    plan : TrainingPlan
    logits, losses : ndarray, shape (m,)
        Of the plan's validation faces. ``val_loss`` is the plain mean: weights of
        faces shape the training and not what it is judged by, as in Keras.

    Returns
    -------
    dict of str to float
        NaN where a figure is undefined.
    """
    names = [*OVERALL[:1], *(f"accuracy_{name}" for name in plan.groups), *OVERALL[1:]]
    if not len(logits):
        return dict.fromkeys([f"val_{name}" for name in ["loss", *names]], math.nan)
    judged = evaluate(plan.val_labels, sigmoid(logits), plan.val_group, plan.groups)
    by_group = dict(zip(plan.groups, judged.by_group["accuracy"], strict=True))
    figures = {"val_loss": float(np.mean(losses, dtype=np.float64))}
    figures["val_accuracy"] = judged.overall["accuracy"]
    figures |= {f"val_accuracy_{name}": float(value) for name, value in by_group.items()}
    return figures | {f"val_{name}": judged.overall[name] for name in OVERALL[1:]}


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Return the probabilities of logits, float32; exact also where `exp` would overflow."""
    return (0.5 * (1.0 + np.tanh(0.5 * logits.astype(np.float64)))).astype(np.float32)
