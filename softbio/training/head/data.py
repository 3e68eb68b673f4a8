"""What a last layer is fitted to: its inputs for each face, standardised once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from softbio.errors import DataError

__all__ = ["Design", "HeadData"]

_BLOCK = 4096
#: An input whose standard deviation is below this share of the largest is not scaled up further:
#: one that moves on a handful of faces only would otherwise count as much as all the others.
_SMALLEST_SCALE = 1e-3


@dataclass(frozen=True, eq=False)
class Design:
    """The inputs as the fit sees them: centred, scaled, and a last column of ones for the bias.

    Attributes
    ----------
    matrix : ndarray, shape (n, D + 1), float32
    mean, scale : ndarray, shape (D,), float64
        ``matrix[:, :D] = (values - mean) / scale``, over the faces as they are, unweighted: the
        weights may change without a new matrix, and L2 keeps its meaning.
    """

    matrix: np.ndarray
    mean: np.ndarray
    scale: np.ndarray

    def inward(self, kernel: np.ndarray, bias: float) -> np.ndarray:
        """Return the coefficients (D + 1,), float64, of the layer with this kernel and bias."""
        kernel = np.asarray(kernel, dtype=np.float64)
        return np.append(kernel * self.scale, bias + kernel @ self.mean)

    def outward(self, coefficients: np.ndarray) -> tuple[np.ndarray, float]:
        """Return the kernel (D,), float64, and the bias that the coefficients stand for."""
        kernel = coefficients[:-1] / self.scale
        return kernel, float(coefficients[-1] - kernel @ self.mean)


@dataclass(frozen=True, eq=False)
class HeadData:
    """Faces to fit a last layer to.

    Attributes
    ----------
    values : ndarray, shape (n, D), float32
        The inputs of the last layer.
    label : ndarray, shape (n,)
        0 or 1.
    group : ndarray, shape (n,)
        Index into `groups`.
    groups : tuple of str
    weight : ndarray, shape (n,) or (1,), float64
        How much each face counts by itself, above 0; 1 by default.
    kept : dict
        What a fit leaves for the next one to begin with; it changes how fast that is.

    Raises
    ------
    DataError
        If there is no face of one of the labels, or an input is not finite.
    ValueError
        If the shapes or codes are not as described.
    """

    values: np.ndarray
    label: np.ndarray
    group: np.ndarray
    groups: tuple[str, ...]
    weight: np.ndarray = field(default_factory=lambda: np.ones(1))
    kept: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        values = np.asarray(self.values, dtype=np.float32)
        label = np.asarray(self.label, dtype=np.int64)
        group = np.asarray(self.group, dtype=np.int64)
        if values.ndim != 2 or not values.shape[1]:
            raise ValueError(f"values have the shape (n, D), not {values.shape}")
        if label.shape != (len(values),) or group.shape != label.shape:
            raise ValueError(f"{label.shape} labels, {group.shape} groups, {len(values)} faces")
        weight = np.broadcast_to(np.asarray(self.weight, dtype=np.float64), label.shape)
        if not (weight > 0).all():
            raise ValueError("weights are above 0")
        if label.size and not (label.min() >= 0 and label.max() <= 1):
            raise ValueError("labels are 0 or 1")
        if group.size and not (group.min() >= 0 and group.max() < len(self.groups)):
            raise ValueError(f"groups are 0 … {len(self.groups) - 1}")
        for code in (0, 1):
            if not (label == code).any():
                raise DataError(
                    f"Fitting the last layer needs faces of both labels, and none of the "
                    f"{len(label):,} faces has label {code}."
                )
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "group", group)
        object.__setattr__(self, "weight", weight)

    def __len__(self) -> int:
        return len(self.label)

    @cached_property
    def design(self) -> Design:
        """The standardised inputs, made at the first fit and kept for the next ones."""
        count, width = self.values.shape
        mean = self.values.mean(axis=0, dtype=np.float64)
        if not np.isfinite(mean).all():
            raise DataError(
                "The embeddings hold values that are not finite, so no last layer can be fitted: "
                "train the run anew."
            )
        matrix = np.empty((count, width + 1), dtype=np.float32)
        matrix[:, -1] = 1.0
        np.subtract(self.values, mean.astype(np.float32), out=matrix[:, :-1])
        squares = np.zeros(width, dtype=np.float64)
        for start in range(0, count, _BLOCK):
            block = matrix[start : start + _BLOCK, :-1]
            squares += np.einsum("ij,ij->j", block, block)
        scale = np.sqrt(squares / count)
        # One that never moves is left alone; its coefficient is pulled to zero.
        scale = np.maximum(scale, _SMALLEST_SCALE * scale.max()) if scale.any() else scale + 1.0
        matrix[:, :-1] /= scale.astype(np.float32)
        return Design(matrix, mean.astype(np.float32).astype(np.float64), scale)
