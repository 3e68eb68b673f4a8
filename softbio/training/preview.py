"""Preview: what a training with these settings would be shown, before it is started."""

from __future__ import annotations

import numpy as np

from softbio.config import TrainConfig
from softbio.faces.faceset import FaceSet
from softbio.training.augmentation import augment, mix, vary
from softbio.training.balancing import parts
from softbio.training.corrections import corrections_of
from softbio.training.plan import TrainingPlan, plan_training

__all__ = ["augmented"]

#: Faces beside those that are shown, with which mixup may mix them.
_OTHERS = 12


def augmented(
    faces: FaceSet,
    config: TrainConfig,
    *,
    n: int = 8,
    variants: int = 4,
    seed: int = 0,
    plan: TrainingPlan | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw training faces of every cell, and how the network would see each, time after time.

    What balancing repeats is shown as it is repeated: of a face that stands in an epoch three
    times with ``augment_minority``, every third picture has the ordinary augmentation alone.

    Parameters
    ----------
    faces : FaceSet
    config : TrainConfig
    n : int
        Faces, as many of each cell as of another up to rounding; fewer where there are fewer.
    variants : int
        Pictures of each.
    seed : int
        Decides which faces; the same faces are drawn while the settings change.
    plan : TrainingPlan, optional
        Of these faces and settings, where it is known already.

    Returns
    -------
    rows : ndarray, shape (n,), int64
        Of the face set, in the order of the cells (group, then label).
    pixels : ndarray, shape (n, variants, H, W, 3), uint8

    Raises
    ------
    DataError, ConfigError
        As `plan_training` does.
    """
    if plan is None:
        plan = plan_training(faces, config, corrections_of(faces, config.labels))
    first = np.unique(plan.rows, return_index=True)[1]  # of a repeated face, its first place
    chosen = _some_of_each_cell(plan, first, n, seed)
    times = np.bincount(np.searchsorted(plan.rows[first], plan.rows), minlength=len(first))
    repeats = times[np.searchsorted(first, chosen)]
    if not plan.variants.any():
        repeats = np.ones_like(repeats)
    batch = chosen
    if config.augmentation.mixup:
        others = np.random.default_rng((seed, 1)).choice(len(plan.rows), _OTHERS)
        batch = np.concatenate([chosen, others])
    pixels = faces.images[plan.rows[batch]]
    shown = np.empty((len(chosen), variants, *pixels.shape[1:]), dtype=np.uint8)
    for time in range(variants):
        now = pixels.copy()
        varied = np.flatnonzero(time % repeats != 0)
        varying, draws = (np.random.default_rng((seed, 2, time, kind)) for kind in (0, 1))
        now[varied] = vary(now[varied], config.balancing.variation, varying)
        now = augment(now, config.augmentation, draws)
        if config.augmentation.mixup:
            labels, weights, group = plan.labels[batch], plan.weights[batch], plan.group[batch]
            now = mix(now, labels, weights, group, config.augmentation.mixup, draws)[0]
        shown[:, time] = now[: len(chosen)]
    return plan.rows[chosen], shown


def _some_of_each_cell(plan: TrainingPlan, places: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Return at most `n` of the places, in the order of the cells, equally many of each."""
    cell = parts(plan.labels[places], plan.group[places], "cell")
    members = [places[cell == number] for number in np.unique(cell)]
    # A face's turn does not depend on which others there are, so that settings that take faces
    # away or repeat them show the same faces as long as these stay.
    draw = np.random.default_rng((seed, 0)).random(int(plan.rows.max()) + 1)
    ordered = [of_cell[np.argsort(draw[plan.rows[of_cell]])] for of_cell in members]
    taken = [0] * len(ordered)
    for _ in range(min(n, len(places))):
        left = [number for number, one in enumerate(ordered) if taken[number] < len(one)]
        taken[min(left, key=lambda number: taken[number])] += 1
    return np.concatenate([one[:count] for one, count in zip(ordered, taken, strict=True)])
