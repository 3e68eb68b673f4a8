"""Fitting a last layer anew, every other layer staying as it is."""

from __future__ import annotations

import math

import numpy as np

from softbio.config.head import HeadConfig
from softbio.runs.head import Head
from softbio.training.head.data import HeadData
from softbio.training.head.losses import FaceLoss
from softbio.training.head.newton import minimise
from softbio.training.head.weighting import face_shares

__all__ = ["fit_head"]


def fit_head(data: HeadData, settings: HeadConfig, start: Head | None = None) -> Head:
    """Fit the last layer to `data`.

    Minimised over the kernel ``v`` of the standardised inputs ``u`` and the bias ``b`` is ::

        Σ w_i loss(y_i, u_i · v + b) / Σ w_i  +  l2 / 2 · |v|²

    with the weights of `face_shares`. Every input counts with standard deviation 1 over the fitted
    faces, unweighted, and the bias is free. In scikit-learn's terms, on the same standardised
    inputs, this is ``LogisticRegression(C=1 / (l2 · Σ w))`` with ``sample_weight=w``.

    Parameters
    ----------
    data : HeadData
    settings : HeadConfig
    start : Head, optional
        Where to begin, as the last fit of a slider that is being dragged. Without γ the result is
        the same from anywhere; with γ the loss is not convex, and a fit without a start begins
        from the fit with γ = 0, so that it depends on the data and the settings alone.

    Returns
    -------
    Head
        With a target prevalence ``t`` its bias is shifted by ``logit(t) − logit(s)``, where ``s``
        is the share of label 1 among the fitted faces, each counted with its weight: that is the
        prevalence that the fit was made for (Elkan, "The foundations of cost-sensitive learning",
        IJCAI 2001). The shift is exact for scores that are calibrated under the weights, as
        those of cross-entropy without smoothing are.

    Raises
    ------
    ConfigError
        If a weight names no group or cell, or a label has no weight left.
    DataError
        If an input is not finite.
    ValueError
        If `start` has another width than the data.
    """
    share = face_shares(data, settings)
    design = data.design
    prevalence = float(share @ data.label)
    if start is not None:
        if len(start.kernel) != data.values.shape[1]:
            raise ValueError(f"a start of {len(start.kernel)} inputs for {data.values.shape[1]}")
        place = design.inward(start.kernel, start.bias - start.offset)
    else:
        place = np.zeros(data.values.shape[1] + 1)
        place[-1] = _logit(prevalence)
    loss = FaceLoss(data.label, settings.gamma, settings.label_smoothing)
    steps = 0
    if start is None and settings.gamma:
        convex = FaceLoss(data.label, 0.0, settings.label_smoothing)
        first = minimise(design.matrix, share, convex, settings.l2, place)
        place, steps = first.coefficients, first.iterations
    # Without a start the fit must not depend on what was fitted before.
    metric = data.kept.get("metric") if start is not None else None
    found = minimise(design.matrix, share, loss, settings.l2, place, metric)
    data.kept["metric"] = found.metric
    kernel, bias = design.outward(found.coefficients)
    target = settings.target_prevalence
    offset = 0.0 if target is None else _logit(target) - _logit(prevalence)
    return Head(
        kernel=kernel.astype(np.float32),
        bias=bias + offset,
        offset=offset,
        iterations=steps + found.iterations,
        converged=found.converged,
        loss=found.loss,
    )


def _logit(share: float) -> float:
    return math.log(share) - math.log1p(-share)
