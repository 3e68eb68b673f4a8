"""What is asked of the groups in a batch, beside a small loss.

Each is a function of a batch alone, in `keras.ops`, and finite where the batch has no face of a
cell. A cell is a group and a label; a face with a label between 0 and 1 belongs to both cells of
its group, with that share in the one of label 1. A face counts within its cell by its weight, so
a weight that all faces of a cell have in common changes nothing, and one of 0 leaves the face out.
A cell of which the batch has only parts of mixed faces counts by the largest of these parts, so
that a hundredth of a face does not speak for a whole cell.
"""

from __future__ import annotations

from typing import Any

from keras import ops

__all__ = ["KERNEL_LENGTH", "group_dro", "mmd", "soft_gap"]

#: Length of the kernel between scores of 0 to 1. TensorFlow's MinDiff has 0.1, with which the few
#: faces of a scarce cell look far from everything: for 5 faces against 30 of the same distribution
#: (logits of spread 1) the biased estimate is 0.18 on average, and at 0.5 it is 0.055, while a
#: shift of the logits by 0.5 adds 0.03 to either.
KERNEL_LENGTH = 0.5
#: Least share of a cell's weight in GroupDRO: from 0 it could never rise again.
_LEAST = 1e-6


def group_dro(
    losses: Any,
    labels: Any,
    weights: Any,
    group: Any,
    n_groups: int,
    cell_weights: Any,
    rate: float,
) -> tuple[Any, Any]:
    """Return the loss of GroupDRO and the weights that the cells have from here on.

    It takes the place of the mean over the faces: cells count by their weight, not by how many
    faces they have, and the weights of cells move to those whose loss is large.

    Parameters
    ----------
    losses : tensor, shape (b, 2)
        Of each face, were its label 0 and were it 1.
    labels : tensor, shape (b,), float, 0 … 1
    weights : tensor, shape (b,), float, at least 0
    group : tensor, shape (b,), int
    n_groups : int
    cell_weights : tensor, shape (2 G,)
        Adding up to 1; cell ``2 × group + label``.
    rate : float
        η, the step of the exponentiated gradient.

    Returns
    -------
    loss : tensor, shape ()
        ``Σ q_c loss_c`` of the moved weights over the cells in the batch, loss_c the weighted
        mean within the cell. No gradient flows through the weights.
    cell_weights : tensor, shape (2 G,)
        ``q_c exp(η loss_c)``, divided by its sum; cells that are not in the batch keep theirs
        until that division.

    References
    ----------
    Sagawa et al., "Distributionally robust neural networks for group shifts", ICLR 2020,
    arXiv 1911.08731, algorithm 1, with the cells as its groups.
    """
    shares, there = _shares(labels, weights, group, n_groups)
    # In the column of cell 2 g + label: the faces' losses of that label.
    loss_of_cell = there * ops.sum(shares * ops.tile(losses, (1, n_groups)), axis=0)
    # Scaled by the largest, exp stays finite whatever the loss.
    pull = rate * ops.stop_gradient(loss_of_cell)
    moved = ops.maximum(cell_weights * ops.exp(pull - ops.max(pull)), _LEAST)
    moved = moved / ops.sum(moved)
    return ops.sum(moved * loss_of_cell), moved


def mmd(labels: Any, logits: Any, weights: Any, group: Any, n_groups: int) -> Any:
    """Return the squared distance (MMD²) between the groups' scores, given the label.

    For each label and each pair of groups the squared maximum mean discrepancy of the two
    distributions of scores, with a Gaussian kernel of `KERNEL_LENGTH`, added up. It is the biased
    estimate, with each face compared with itself too: never below 0, and 0 for equal
    distributions. A pair of which the batch lacks one adds nothing.

    Parameters
    ----------
    labels, logits, weights : tensor, shape (b,), float
    group : tensor, shape (b,), int
    n_groups : int

    Returns
    -------
    tensor, shape ()

    References
    ----------
    Prost et al., "Toward a better trade-off between performance and fairness with kernel-based
    distribution matching" (MinDiff), 2019, arXiv 1910.11779; Gretton et al., "A kernel two-sample
    test", JMLR 13, 2012, equation 5.
    """
    shares, there = _shares(labels, weights, group, n_groups)
    scores = ops.sigmoid(logits)
    kernel = ops.exp(-ops.square((scores[:, None] - scores[None, :]) / KERNEL_LENGTH))
    total = 0.0
    for one in range(n_groups):
        for other in range(one + 1, n_groups):
            for label in (0, 1):
                a, b = 2 * one + label, 2 * other + label
                apart = shares[:, a] - shares[:, b]
                distance = ops.sum(apart * ops.matmul(kernel, apart[:, None])[:, 0])
                total = total + there[a] * there[b] * distance
    return ops.maximum(total, 0.0)


def soft_gap(labels: Any, logits: Any, weights: Any, group: Any, n_groups: int) -> Any:
    """Return 1 − the balanced Fair Metric of the batch, with chances in place of decisions.

    A face is right by the network's probability of its label. The Fair Metric is the mean of the
    groups' balanced accuracies minus the gap between the best and the worst; a group's balanced
    accuracy is the mean over its cells that are in the batch, and a group without any is left out.

    Parameters
    ----------
    labels, logits, weights : tensor, shape (b,), float
    group : tensor, shape (b,), int
    n_groups : int

    Returns
    -------
    tensor, shape ()
        From 0 to 2; 0 where no face of the batch counts.
    """
    shares, there = _shares(labels, weights, group, n_groups)
    right = ops.stack([ops.sigmoid(-logits), ops.sigmoid(logits)], axis=1)
    of_cell = there * ops.sum(shares * ops.tile(right, (1, n_groups)), axis=0)
    cells = ops.sum(ops.reshape(there, (n_groups, 2)), axis=1)
    known = cells > 0
    balanced = ops.sum(ops.reshape(of_cell, (n_groups, 2)), axis=1) / ops.where(known, cells, 1.0)
    groups = ops.sum(ops.cast(known, "float32"))
    mean = ops.sum(balanced) / ops.maximum(groups, 1.0)
    gap = ops.max(ops.where(known, balanced, 0.0)) - ops.min(ops.where(known, balanced, 1.0))
    return ops.where(groups > 0, 1.0 - mean + gap, 0.0)


def _shares(labels: Any, weights: Any, group: Any, n_groups: int) -> tuple[Any, Any]:
    """Return how much of each cell each face is, (b, 2 G), and how far cells are there, (2 G,).

    Columns of the first add up to 1 where a face of the cell counts, else to 0. The second is 1
    where a face is wholly of the cell, and else the largest part that one has in it.
    """
    of_label = ops.stack([1.0 - labels, labels], axis=1)
    of_group = ops.one_hot(group, n_groups, dtype="float32")
    member = ops.reshape(of_group[:, :, None] * of_label[:, None, :], (-1, 2 * n_groups))
    there = ops.max(ops.where(weights[:, None] > 0, member, 0.0), axis=0)
    member = member * weights[:, None]
    size = ops.sum(member, axis=0)
    return member / ops.where(size > 0, size, 1.0), there
