"""What the evidence is made of: which settings are trained, on which folds, with which seeds."""

from __future__ import annotations

from dataclasses import dataclass

from softbio.config import TrainConfig, apply_settings, recipe

__all__ = ["PARTS", "SEEDS", "TIMED", "Row", "rows"]

#: Parts in the order in which they are trained.
PARTS = ("quality", "report", "ingredients", "noise")
SEEDS = (0, 1, 2)
#: Fold (from 0) and seed of the trainings that have the machine for themselves.
TIMED = (0, 0)

#: Each ingredient of `fast`, and the settings that take it away.
_WITHOUT = {
    "its network (the report's instead)": ["network.name=report_cnn"],
    "balancing": ["balancing.method=none"],
    "mirroring": ["augmentation.flip=false"],
    "shifts": ["augmentation.shift=0"],
    "any augmentation": ["augmentation.flip=false", "augmentation.shift=0"],
    "averaged weights": ["optimizer.ema=0"],
    "the mirror image when judging": ["test_time_flip=false"],
    "cosine (a constant rate instead)": ["optimizer.schedule=constant"],
    "warm-up": ["optimizer.warmup_epochs=0"],
    "its high learning rate (0.001 instead of 0.004)": ["optimizer.learning_rate=0.001"],
    "weight decay (Adam instead of AdamW)": ["optimizer.name=adam"],
    "dropout": ["network.dropout=0"],
    "choosing the epoch (the last instead)": ["early_stopping.restore_best=false"],
    "choosing it by balanced Fair Metric (by loss instead)": ["early_stopping.monitor=loss"],
}

#: What `recommended` has and `fast` has not.
_WITH = {
    "turns": ["augmentation.rotation=8"],
    "zoom": ["augmentation.zoom=0.1"],
    "cut-out": ["augmentation.cutout=0.3"],
    "mixup": ["augmentation.mixup=0.2"],
    "slower averaging": ["optimizer.ema=0.998"],
}

#: What stands in the place of its balanced weights, of its loss or of its network, or beside them.
_OTHERS = {
    "under-sampled cells": ["balancing.method=under_sample"],
    "over-sampled cells": ["balancing.method=over_sample"],
    "the minority augmented": ["balancing.method=augment_minority"],
    "balanced batches": ["balancing.method=batches"],
    "reweighing (Kamiran and Calders)": ["balancing.method=reweighing"],
    "half balanced weights": ["balancing.mixture=0.5"],
    "GroupDRO, step 0.01, instead of weights": [
        *("balancing.method=none", "objectives.group_dro=0.01"),
    ],
    "with a penalty on score distance (MMD), strength 0.1": ["objectives.mmd=0.1"],
    "with a soft gap, strength 1": ["objectives.soft_gap=1"],
    "focal loss, γ 2": ["loss.name=focal", "loss.gamma=2"],
    "label smoothing 0.1": ["loss.label_smoothing=0.1"],
    "ResNet50 with ImageNet's weights": ["network.name=resnet50"],
    "MobileNetV3 small with ImageNet's weights": ["network.name=mobilenet_v3_small"],
    "EfficientNetV2 B0 with ImageNet's weights": ["network.name=efficientnet_v2_b0"],
}

#: Each choice of the report, changed alone.
_REPORT = {
    "γ 2 instead of 5": ["loss.gamma=2"],
    "γ 0 (cross-entropy) instead of 5": ["loss.gamma=0"],
    "weights 1 and 1 instead of 1 and 0.1": ["weights.men=1"],
    "the same weights, scaled to mean 1": ["weight_normalisation=mean"],
    "no under-sampling": ["balancing.method=none"],
    "patience 5 instead of 1": ["early_stopping.patience=5"],
    "patience 5, the best epoch kept": [
        *("early_stopping.patience=5", "early_stopping.restore_best=true"),
    ],
    "α 0.25 with class balancing (it counts)": ["loss.class_balancing=true"],
    "α 0.75 with class balancing": ["loss.class_balancing=true", "loss.alpha=0.75"],
    "two convolutions instead of three": ["network.depth=2"],
    "four convolutions": ["network.depth=4"],
    "five convolutions": ["network.depth=5"],
    "its ResNet50 with ImageNet's weights": ["network.name=report_resnet50"],
}

#: Losses under planted flips.
_LOSSES = {
    "cross-entropy": [],
    "focal, γ 2": ["loss.name=focal", "loss.gamma=2"],
    "focal, γ 5": ["loss.name=focal", "loss.gamma=5"],
    "label smoothing 0.1": ["loss.label_smoothing=0.1"],
    "generalised cross-entropy, q 0.5": ["loss.name=generalised_cross_entropy", "loss.q=0.5"],
    "generalised cross-entropy, q 0.7": ["loss.name=generalised_cross_entropy", "loss.q=0.7"],
}
#: Kinds of planted flips, and their true rates as settings of the forward correction.
_FLIPS = {
    "none": [],
    "20 % of all labels": [
        f"loss.flip_rates.{group} {label}=0.2" for group in ("women", "men") for label in (0, 1)
    ],
    "20 % of the women's labels 1": ["loss.flip_rates.women 1=0.2"],
}


@dataclass(frozen=True)
class Row:
    """One line of a table: a config, and on which folds and with which seeds it is trained.

    Attributes
    ----------
    part : str
        One of `PARTS`.
    title : str
    config : TrainConfig
        Its seed is replaced.
    trainings : tuple of (int, int)
        (fold from 0, seed) of each.
    flips : str
        What is planted: a key of `evidence_sets.PLANTED`, ``none`` for nothing.
    base : str
        Title of the row that it is compared with; empty for that one itself.
    """

    part: str
    title: str
    config: TrainConfig
    trainings: tuple[tuple[int, int], ...]
    flips: str = "none"
    base: str = ""


def rows() -> list[Row]:
    """Return all rows, part by part."""
    five = tuple((fold, 0) for fold in range(5))
    first = tuple((0, seed) for seed in SEEDS)
    both = (*five, *first[1:])
    found = [Row("quality", name, recipe(name), both) for name in ("recommended", "fast", "report")]
    fast, whole = recipe("fast"), recipe("recommended")
    short = whole.model_copy(update={"epochs": fast.epochs})
    changed = {
        **{f"without {name}": apply_settings(fast, changes) for name, changes in _WITHOUT.items()},
        **{f"with {name}": apply_settings(fast, changes) for name, changes in _WITH.items()},
        f"with all five: recommended in {fast.epochs} epochs": short,
        f"recommended itself, in {whole.epochs} epochs": whole,
        **{name: apply_settings(fast, changes) for name, changes in _OTHERS.items()},
    }
    found.append(Row("ingredients", "fast", fast, first))
    for name, config in changed.items():
        found.append(Row("ingredients", name, config, first, base="fast"))
    report = recipe("report")
    found.append(Row("report", "report", report, first))
    for name, changes in _REPORT.items():
        found.append(Row("report", name, apply_settings(report, changes), first, base="report"))
    for flips, rates in _FLIPS.items():
        for name, changes in _LOSSES.items():
            config = apply_settings(recipe("fast"), changes)
            base = "" if not changes else "cross-entropy"
            found.append(Row("noise", name, config, first, flips, base))
        if rates:
            corrected = apply_settings(recipe("fast"), ["loss.name=forward_correction", *rates])
            name = "forward correction, true rates"
            found.append(Row("noise", name, corrected, first, flips, "cross-entropy"))
    for row in found:
        base = next((one for one in found if (one.title, one.part) == (row.base, row.part)), None)
        if base is not None and base is not row and base.config == row.config:
            raise ValueError(f"{row.title}: changes nothing; the recipe has no such ingredient")
    return sorted(found, key=lambda row: PARTS.index(row.part))
