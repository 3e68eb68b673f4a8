"""From a refit of the last layer to a training of the whole network with the same wishes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from dashboard.widgets.numbers import joined
from softbio.config import TrainConfig, parse_config
from softbio.config.head import HeadConfig

__all__ = ["full_training"]

#: How far a cell's weight may be from balance and still be called balanced.
_NEAR = 0.02


def full_training(
    parent: TrainConfig, head: HeadConfig, groups: Sequence[str], balanced: Mapping[str, float]
) -> tuple[TrainConfig, list[str]]:
    """Return the parent's settings changed to what the refit asks for, and what that means.

    Parameters
    ----------
    parent : TrainConfig
    head : HeadConfig
    groups : sequence of str
    balanced : mapping of str to float
        The cell weights with which every cell weighs the same, see `balanced_cells`.

    Returns
    -------
    config : TrainConfig
    notes : list of str
        Sentences: what is carried over, what cannot be.
    """
    data = parent.model_dump()
    weights = {group: head.weights.get(group, 1.0) for group in groups}
    cells = {
        f"{group} {label}": head.cell_weights.get(f"{group} {label}", 1.0)
        for group in groups
        for label in (0, 1)
    }
    notes = []
    method, by_cell = "none", {}
    if all(cells[f"{group} 0"] == cells[f"{group} 1"] for group in groups):
        weights = {group: weights[group] * cells[f"{group} 1"] for group in groups}
        largest = max(weights.values())
        if largest > 100:
            weights = {group: weight * 100 / largest for group, weight in weights.items()}
    elif _proportional(cells, balanced):
        method = "weights"
        notes.append("Cell weights: as balancing by weights, which gives every cell the same sum.")
    else:
        by_cell = {name: weight for name, weight in cells.items() if weight != 1}
        named = joined([f"{name} {weight:g}" for name, weight in by_cell.items()])
        notes.append(f"Cell weights, multiplied with the groups': {named}.")
    told = joined([f"{group} {weight:g}" for group, weight in weights.items()])
    notes.insert(0, f"Group weights: {told}.")
    data["weights"], data["cell_weights"] = weights, by_cell
    before = parent.balancing
    data["balancing"] = {"method": method, "by": "cell"}
    if method == "none" and before.method != "none":
        notes.append(
            f"Balancing is off, as in the refit; the parent balanced {before.by}s by "
            f"{before.method.replace('_', '-')}."
        )
    loss = data["loss"]
    loss["label_smoothing"] = head.label_smoothing
    loss["class_balancing"] = False
    if head.gamma > 0:
        loss |= {"name": "focal", "gamma": head.gamma}
        notes.append(f"Loss: focal, γ {head.gamma:g}, label smoothing {head.label_smoothing:g}.")
    else:
        loss["name"] = "cross_entropy"
        notes.append(f"Loss: cross-entropy, label smoothing {head.label_smoothing:g}.")
    if head.target_prevalence is not None:
        notes.append(
            "The **target prevalence is not carried over**: it shifts scores after training. Move "
            "the threshold of the new run instead."
        )
    notes.append(
        "Everything else as in the parent, the seed too. It is trained on the training faces, so "
        "its figures will differ from the refit's."
    )
    return parse_config(data), notes


def _proportional(cells: Mapping[str, float], balanced: Mapping[str, float]) -> bool:
    ratios = [cells[name] / balanced[name] for name in cells if balanced.get(name)]
    if len(ratios) < len(cells) or min(ratios) <= 0:
        return False
    return math.log(max(ratios) / min(ratios)) <= _NEAR
