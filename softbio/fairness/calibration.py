"""Calibration: scores that mean what they say, by a line through their logits."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, FiniteFloat, model_validator

from softbio.errors import DataError
from softbio.fairness.counts import check_faces

__all__ = ["Calibration", "Method", "fit_calibration", "lines_of"]

Method = Literal["temperature", "platt"]

#: Scores are kept this far from 0 and 1, where the logit is infinite: half a step of float32 under 1.
_EDGE = 2.0**-25
_STEPS = 100


class Calibration(BaseModel):
    """New scores from old ones: sigmoid(slope × logit(score) + intercept).

    Frozen, plain JSON both ways, unknown keys are refused. Scores keep their
    order, so a common calibration changes what a threshold means and nothing
    about who lies above whom.

    Attributes
    ----------
    method : {"temperature", "platt"}
        ``temperature``: the intercept is 0 (Guo et al. 2017, arXiv:1706.04599;
        the temperature is 1 / slope). ``platt``: both are fitted (Platt 1999).
    groups : tuple of str
        The group of each line; empty: one line for everybody.
    slopes, intercepts : tuple of float
        Slopes are above 0.

    Examples
    --------
    >>> softer = Calibration(method="temperature", slopes=(0.5,), intercepts=(0.0,))
    >>> softer.apply(np.array([0.1, 0.5, 0.9])).round(3).tolist()
    [0.25, 0.5, 0.75]
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Method
    groups: tuple[str, ...] = ()
    slopes: tuple[FiniteFloat, ...]
    intercepts: tuple[FiniteFloat, ...]

    @model_validator(mode="after")
    def _lines_fit(self) -> Calibration:
        lines = max(len(self.groups), 1)
        if len(self.slopes) != lines or len(self.intercepts) != lines:
            raise ValueError(f"{lines} slopes and intercepts are needed")
        if len(set(self.groups)) != len(self.groups):
            raise ValueError("each group has one line")
        if min(self.slopes) <= 0:
            raise ValueError("a slope must be above 0, or high scores would become low ones")
        if self.method == "temperature" and any(self.intercepts):
            raise ValueError("a temperature has no intercept")
        return self

    @property
    def needs_group(self) -> bool:
        """Whether each group has a line of its own."""
        return bool(self.groups)

    def apply(
        self, score: np.ndarray, group: np.ndarray | None = None, groups: tuple[str, ...] = ()
    ) -> np.ndarray:
        """Return the calibrated scores, in the precision of `score`.

        Parameters
        ----------
        score : array-like, shape (n,)
            In 0 … 1; float64 unless it has a floating type.
        group : ndarray, shape (n,), optional
            Index into `groups`; needed where each group has a line.
        groups : tuple of str

        Raises
        ------
        DataError
            If a face's group is needed and unknown, or has no line.
        """
        score = np.asarray(score)
        if score.dtype.kind != "f":
            score = score.astype(np.float64)
        logit = _logit(score)
        if not self.groups:
            slope, intercept = np.float64(self.slopes[0]), np.float64(self.intercepts[0])
            return _sigmoid(slope * logit + intercept).astype(score.dtype)
        line = lines_of(self.groups, group, groups, len(score), "calibration")
        slopes, intercepts = np.array(self.slopes), np.array(self.intercepts)
        return _sigmoid(slopes[line] * logit + intercepts[line]).astype(score.dtype)


def fit_calibration(
    label: np.ndarray,
    score: np.ndarray,
    group: np.ndarray,
    groups: tuple[str, ...],
    method: Method = "platt",
    *,
    per_group: bool = False,
) -> Calibration:
    """Fit a calibration by maximum likelihood.

    The labels 1 and 0 are drawn in to (n₁ + 1) / (n₁ + 2) and 1 / (n₀ + 2), as
    Platt proposes, so that there is a finite best line also where scores
    separate the labels perfectly. Fit it on faces that the network did not
    train on.

    Parameters
    ----------
    label, score, group, groups
        The judged faces, as everywhere; `score` in 0 … 1.
    method : {"temperature", "platt"}
    per_group : bool
        Fit a line for each group; its use needs the group of every face.

    Raises
    ------
    DataError
        If there are no faces of one label (in a group, where each has a line),
        or the scores do not rise with the label.
    """
    label, score, group = np.asarray(label), np.asarray(score), np.asarray(group)
    if score.dtype.kind != "f":
        score = score.astype(np.float64)
    check_faces(label, score, group, groups)
    logit = _logit(score)
    names = groups if per_group else ("all",)
    lines = []
    for index, name in enumerate(names):
        inside = group == index if per_group else np.ones(len(label), dtype=bool)
        lines.append(_fit(label[inside], logit[inside], method == "platt", name))
    return Calibration(
        method=method,
        groups=groups if per_group else (),
        slopes=tuple(slope for slope, _ in lines),
        intercepts=tuple(intercept for _, intercept in lines),
    )


def lines_of(
    known: tuple[str, ...],
    group: np.ndarray | None,
    groups: tuple[str, ...],
    n: int,
    what: str,
) -> np.ndarray:
    """Return for each face the place of its group in `known`.

    Raises
    ------
    DataError
        If the group of a face is not given, unknown (−1), or not in `known`.
    """
    if group is None:
        raise DataError(
            f"The {what} differs by group ({', '.join(known)}) and needs the group of every face; "
            "none is known here."
        )
    group = np.asarray(group)
    if group.shape != (n,):
        raise DataError(f"Received {n} scores and the groups of {group.shape} faces.")
    unknown = int(np.count_nonzero((group < 0) | (group >= len(groups))))
    if unknown:
        raise DataError(
            f"The {what} differs by group ({', '.join(known)}) and needs the group of every face; "
            f"it is unknown for {unknown:,} of {n:,}."
        )
    place = np.array([known.index(name) if name in known else -1 for name in groups], dtype=int)
    line = place[group] if n else np.zeros(0, dtype=int)
    if n and line.min() < 0:
        missing = groups[int(group[np.argmin(line)])]
        raise DataError(f"The {what} knows the groups {', '.join(known)} and not {missing!r}.")
    return line


def _fit(label: np.ndarray, logit: np.ndarray, intercept: bool, name: str) -> tuple[float, float]:
    """Return slope and intercept of the best line, by Newton's method with step halving."""
    ones = int(np.count_nonzero(label))
    zeros = len(label) - ones
    if not ones or not zeros:
        where = "" if name == "all" else f" among {name}"
        raise DataError(
            f"A calibration needs faces of both labels; there are {ones:,} with label 1 and "
            f"{zeros:,} with label 0{where}."
        )
    target = np.where(label == 1, (ones + 1) / (ones + 2), 1 / (zeros + 2))
    inputs = np.stack([logit, np.ones_like(logit)] if intercept else [logit])
    line = np.zeros(len(inputs))
    loss = _loss(inputs, line, target)
    for _ in range(_STEPS):
        chance = _sigmoid(line @ inputs)
        slope = inputs @ (chance - target)
        curvature = (inputs * (chance * (1 - chance))) @ inputs.T
        # A trace of ridge keeps the step finite where almost all scores are the same.
        curvature[np.diag_indices_from(curvature)] += 1e-10
        step = np.linalg.solve(curvature, slope)
        size = 1.0
        while (tried := _loss(inputs, line - size * step, target)) > loss and size > 1e-8:
            size /= 2
        if tried > loss:
            break
        line, gained, loss = line - size * step, loss - tried, tried
        if gained <= 1e-12 * abs(loss) and np.abs(size * step).max() < 1e-9:
            break
    if not line[0] > 1e-6 or np.ptp(logit) == 0:
        where = "" if name == "all" else f" of {name}"
        raise DataError(
            f"The scores{where} do not rise with the label, so there is nothing to calibrate."
        )
    return float(line[0]), float(line[1]) if intercept else 0.0


def _loss(inputs: np.ndarray, line: np.ndarray, target: np.ndarray) -> float:
    logit = line @ inputs
    return float((np.logaddexp(0.0, logit) - target * logit).sum())


def _logit(score: np.ndarray) -> np.ndarray:
    inner = np.clip(score.astype(np.float64), _EDGE, 1 - _EDGE)
    return np.asarray(np.log(inner) - np.log1p(-inner))


def _sigmoid(logit: np.ndarray) -> np.ndarray:
    # exp of a negative number only, so that nothing overflows.
    small = np.exp(-np.abs(logit))
    return np.where(logit >= 0, 1.0, small) / (1.0 + small)
