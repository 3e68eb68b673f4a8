"""What a reader should know of the settings of a training before it is started."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from softbio.config import TrainConfig
from softbio.runs.published import folders, published

__all__ = ["Remark", "remarks"]

Remark = tuple[Literal["note", "warning"], str]

_GAMMA_WITH_NOISE = 3.0
#: Fewer faces of a cell in a batch say little about the cell.
_FEW_OF_A_CELL = 4
#: Less weight decay than this lets GroupDRO fit every cell (Sagawa et al. 2020).
_STRONG_DECAY = 0.05


def remarks(config: TrainConfig, *, cells: int = 4) -> Iterator[Remark]:
    """Yield what a reader should know of these settings: ("note" | "warning", sentence).

    Parameters
    ----------
    config : TrainConfig
    cells : int
        How many cells (groups × labels) the face set has.
    """
    yield from _network(config)
    yield from _loss(config)
    yield from _weights(config)
    yield from _balancing(config, cells)
    yield from _objectives(config, cells)
    yield from _augmentation(config)
    yield from _course(config)


def _network(config: TrainConfig) -> Iterator[Remark]:
    wanted = published(config.network)
    if wanted is None or any((folder / wanted.file).is_file() for folder in folders()):
        return
    yield (
        "note",
        f"The weights of {wanted.network} learnt on ImageNet are not on this machine, and are "
        f"downloaded when you train. Where that cannot be, put the file {wanted.file} from "
        f"{wanted.address} into the folder {folders()[0]}, or take none as first weights.",
    )


def _loss(config: TrainConfig) -> Iterator[Remark]:
    loss = config.loss
    if loss.name == "focal" and loss.class_balancing:
        more, less = ("down", "up") if loss.alpha < 0.5 else ("up", "down")
        yield (
            "note",
            f"α counts: label 1 has weight {loss.alpha:g} and label 0 has {1 - loss.alpha:g}, "
            f"which weighs label 1 {more} and label 0 {less}."
            if loss.alpha != 0.5
            else "α counts, and at 0.5 weighs both labels alike.",
        )
    elif loss.name == "focal":
        yield (
            "note",
            f"α = {loss.alpha:g} has no effect while class balancing is off, as in the report.",
        )
    else:
        yield ("note", f"γ and α have no effect: the loss is {loss.name.replace('_', '-')}.")
    if loss.name == "focal" and loss.gamma >= _GAMMA_WITH_NOISE:
        yield (
            "warning",
            f"Focal loss with γ = {loss.gamma:g} stresses the faces that are hardest, and where "
            "labels are noisy these are the faces whose label is wrong. A γ of at most 2, or "
            "label smoothing, is safer.",
        )
    if loss.name == "forward_correction" and not any(loss.flip_rates.values()):
        yield (
            "warning",
            "Forward correction without flip rates is cross-entropy. Set the rates under Loss; "
            "the page Faces estimates them where a run has folds (Suspect labels).",
        )
    if loss.name == "forward_correction" and loss.label_smoothing:
        yield (
            "note",
            "Label smoothing says on top of the flip rates that labels are doubtful; one of the "
            "two is usually enough.",
        )


def _weights(config: TrainConfig) -> Iterator[Remark]:
    given = {**config.weights, **config.cell_weights}
    zero = [name for name, weight in given.items() if weight == 0]
    if zero:
        yield ("warning", f"With weight 0 the network learns nothing from {' and '.join(zero)}.")
    by_hand = [f"{name} × {weight:g}" for name, weight in given.items() if weight != 1]
    method, far = config.balancing.method, config.balancing.mixture
    if by_hand and method != "none" and far:
        yield (
            "note",
            f"Weights by hand ({', '.join(by_hand)}) come on top of balancing ({method}), so what "
            "was made equal is unequal again.",
        )
    if by_hand and config.weight_normalisation == "none":
        yield ("note", "Weights are taken as given: small ones also shrink the loss.")


def _balancing(config: TrainConfig, cells: int) -> Iterator[Remark]:
    balancing = config.balancing
    parts = cells if balancing.by == "cell" else cells // 2
    if balancing.method == "batches" and balancing.mixture:
        each = config.batch_size / parts
        if each < _FEW_OF_A_CELL:
            yield (
                "warning",
                f"Batches of {config.batch_size} hold {each:.2g} faces of each {balancing.by}: "
                f"{_FEW_OF_A_CELL * parts} faces or more would hold {_FEW_OF_A_CELL} of each.",
            )
    if balancing.method != "none" and not balancing.mixture:
        yield ("note", f"Balancing ({balancing.method}) does nothing: how far it goes is 0.")
    if balancing.method == "augment_minority" and balancing.mixture and not balancing.variation:
        yield ("note", "With variation 0 the faces are repeated as they are, as by over-sampling.")


def _objectives(config: TrainConfig, cells: int) -> Iterator[Remark]:
    asked = config.objectives
    if asked.group_dro:
        decay = config.optimizer.weight_decay if config.optimizer.name == "adamw" else 0.0
        if decay < _STRONG_DECAY:
            yield (
                "warning",
                f"GroupDRO needs strong weight decay, or the network learns every cell by heart and "
                f"nothing is left to even out: it is {decay:g}. Take adamw with 0.1 or more.",
            )
        weighed = config.balancing.method in ("weights", "reweighing") and config.balancing.mixture
        by_hand = any(weight != 1 for weight in {**config.weights, **config.cell_weights}.values())
        if weighed or by_hand:
            yield (
                "note",
                "GroupDRO weighs the cells itself: weights of groups and cells, and balancing by "
                "weights, have no effect beside it.",
            )
    if (
        (asked.group_dro or asked.mmd or asked.soft_gap)
        and config.batch_size < 2 * cells * _FEW_OF_A_CELL
        and (config.balancing.method != "batches" or not config.balancing.mixture)
    ):
        yield (
            "warning",
            f"Objectives look at the cells of one batch, and one of {config.batch_size} often has "
            "no face of a scarce cell. Larger batches, or balancing by batches, help.",
        )


def _augmentation(config: TrainConfig) -> Iterator[Remark]:
    changed = [name for name in ("brightness", "contrast") if getattr(config.augmentation, name)]
    if changed:
        yield (
            "warning",
            f"Changing {' and '.join(changed)} changes how light hair looks. Where the label is "
            "about its colour, that blurs what is to be learnt.",
        )
    if config.augmentation.mixup:
        asked = config.objectives
        named = [
            name
            for name, strength in (
                ("GroupDRO", asked.group_dro),
                ("the score distance", asked.mmd),
                ("the soft gap", asked.soft_gap),
            )
            if strength
        ]
        yield (
            "note",
            "Mixup mixes faces of the same group only; a mixed face has a label between 0 and 1"
            + (
                f", and {' and '.join(named)} count it in both cells of its group."
                if named
                else "."
            ),
        )
        if config.loss.name == "focal":
            yield (
                "note",
                "A mixed face is hard by construction, so the focal loss stresses the mixed ones.",
            )


def _course(config: TrainConfig) -> Iterator[Remark]:
    optimizer, stopping = config.optimizer, config.early_stopping
    if stopping.patience is not None and optimizer.schedule != "constant":
        yield (
            "note",
            f"The schedule ({optimizer.schedule.replace('_', '-')}) reckons with all "
            f"{config.epochs} epochs: a stop before them leaves out its small last steps.",
        )
    if optimizer.schedule == "cosine" and optimizer.warmup_epochs >= config.epochs:
        yield (
            "warning",
            f"The warm-up of {optimizer.warmup_epochs:g} epochs lasts as long as the training: the "
            "learning rate never reaches its full size.",
        )
    if config.folds == 1:
        yield ("note", "One fold is none: folds begin at 2.")
