"""What balancing, weights and the loss do to the training faces, in sentences with numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from softbio.config import TrainConfig
from softbio.training.balanced_batches import batch_counts
from softbio.training.balancing import part_name, parts, target_shares
from softbio.training.weights import balance_of_faces

__all__ = ["balancing_notes", "loss_notes", "network_notes", "weight_notes"]

_SAMPLED = {
    "under_sample": "Under-sampled",
    "over_sample": "Over-sampled",
    "augment_minority": "Over-sampled",
}


def balancing_notes(
    config: TrainConfig,
    groups: Sequence[str],
    labels: np.ndarray,
    group: np.ndarray,
    chosen: np.ndarray,
    variants: int,
) -> list[str]:
    """Say how balancing changes which faces are trained on, and how much they count.

    Parameters
    ----------
    config : TrainConfig
    groups : sequence of str
    labels, group : ndarray, shape (n,)
        Of the faces that there are.
    chosen : ndarray of int
        Which of them an epoch goes through.
    variants : int
        How many of those are repeated and varied.
    """
    method, far = config.balancing.method, config.balancing.mixture
    if method == "none":
        return []
    if not far:
        return [f"Balancing ({method}) does nothing: how far it goes is 0."]
    by = "cell" if method == "reweighing" else config.balancing.by
    part = parts(labels, group, by)
    sizes = np.bincount(part)
    names = [part_name(number, groups, by) for number in range(len(sizes))]
    how = f"by {by}" + (f", {far:.0%} of the way" if far < 1 else "")
    if method in _SAMPLED:
        became = ", ".join(
            f"{name} {size:,} → {count:,}"
            for name, size, count in zip(names, sizes, np.bincount(part[chosen]), strict=True)
        )
        said = (
            f"{_SAMPLED[method]} {how}, in the training split only: {len(labels):,} faces became "
            f"{len(chosen):,} ({became})."
        )
        if method == "augment_minority":
            said += (
                f" {variants:,} of them are repeated and shown as new variants, at strength "
                f"{config.balancing.variation:g}."
            )
        return [said]
    if method == "batches":
        return [_batches(config, how, names, sizes)]
    first = np.unique(part, return_index=True)[1]
    counts = balance_of_faces(config, labels, group, groups)[first]
    verb = "Reweighed" if method == "reweighing" else "Weighed"
    weighs = ", ".join(f"{name} {count:.3g}" for name, count in zip(names, counts, strict=True))
    return [f"{verb} {how}: each face counts, of {weighs}."]


def _batches(config: TrainConfig, how: str, names: Sequence[str], sizes: np.ndarray) -> str:
    total = int(sizes.sum())
    size = min(config.batch_size, total)
    shares = target_shares(sizes, config.balancing.mixture)
    counts = batch_counts(shares, size, -(-total // size))
    low, high, shown = counts.min(0), counts.max(0), counts.sum(0) / sizes
    each = ", ".join(
        f"{name} {few if few == many else f'{few} to {many}'} (each face {often:.3g} times an epoch)"
        for name, few, many, often in zip(names, low, high, shown, strict=True)
    )
    return f"Each batch of {size:,} is filled {how}: {each}."


def weight_notes(config: TrainConfig) -> list[str]:
    """Say which cells are weighed by hand, and whether weights of cells count at all."""
    given = [f"{name} × {weight:g}" for name, weight in config.cell_weights.items() if weight != 1]
    notes = [f"Cell weights: {', '.join(given)}."] if given else []
    balancing = config.balancing
    weighed = balancing.method in ("weights", "reweighing") and balancing.mixture
    if config.objectives.group_dro and (
        given or weighed or any(weight != 1 for weight in config.weights.values())
    ):
        notes.append(
            "GroupDRO weighs the cells itself: weights that all faces of a cell have in common "
            "have no effect, but 0, which leaves them out."
        )
    return notes


def network_notes(config: TrainConfig) -> list[str]:
    """Say so where a body whose weights are drawn is held back as if it had learnt elsewhere."""
    network = config.network
    applied = network.name not in ("report_cnn", "bn_cnn", "report_resnet50")
    held_back = network.train_layers != "all" or network.head_epochs or network.body_rate < 1
    if not applied or network.weights != "none" or not held_back:
        return []
    return [
        "The body's first weights are drawn: to let it learn as fast as the last layer, set "
        "network.train_layers=all, network.head_epochs=0 and network.body_rate=1."
    ]


def _weighs_labels(config: TrainConfig) -> bool:
    """Return whether a face counts more or less for its given label."""
    balancing = config.balancing
    by_cell = balancing.by == "cell" or balancing.method == "reweighing"
    balanced = balancing.method != "none" and by_cell and balancing.mixture > 0
    return balanced or any(weight != 1 for weight in config.cell_weights.values())


def loss_notes(config: TrainConfig) -> list[str]:
    """Say which settings of the loss count."""
    if config.loss.name == "forward_correction" and not any(config.loss.flip_rates.values()):
        return ["No flip rates are given, so that forward correction is cross-entropy."]
    if config.loss.name == "forward_correction" and _weighs_labels(config):
        return [
            "Forward correction takes the flip rates as they are among all faces; weights by cell "
            "change them, since they go by the given labels. Balance by group, or not at all, for "
            "scores that are probabilities."
        ]
    if config.loss.name != "focal":
        if config.loss.class_balancing:
            return ["Class balancing and α have no effect: they belong to the focal loss."]
        return []
    alpha = f"α = {config.loss.alpha:g}"
    if not config.loss.class_balancing:
        return [f"{alpha} has no effect: class balancing is off."]
    return [
        f"{alpha} counts: label 1 weighs {config.loss.alpha:g}, label 0 {1 - config.loss.alpha:g}."
    ]
