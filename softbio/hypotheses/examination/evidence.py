"""How strongly disputed faces speak for one of two formulas: noise rates and Bayes factor.

A formula that is the truth is seen through noise: where it is 0 the target is 1 at a rate α, and
where it is 1 the target is 0 at a rate β. Both rates are learned where the two formulas agree, so
they are the same for either; what the disputed faces are worth follows, without anything to tune.

Where a formula rests on a probe, its value at a face is not known but for a chance q. The target is
then 1 with the probability ``q (1 − β) + (1 − q) α``. A probe's doubt is so kept apart from noise.

References
----------
Kass & Raftery 1995, Bayes Factors, doi:10.1080/01621459.1995.10476572; the scale is Jeffreys' as
they give it in section 3.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["DECISIVE", "PRIOR", "Noise", "learn_noise", "log_evidence", "odds", "strength"]

#: Of a rate before anything was seen: it counts as two faces and expects one flip in four.
PRIOR = (0.5, 1.5)
#: log10 of the Bayes factor from which evidence is called decisive.
DECISIVE = 2.0

_SCALE = ((0.5, "not worth more than a bare mention"), (1.0, "substantial"), (2.0, "strong"))
_STEPS = 300
_NODES = 64


@dataclass(frozen=True)
class Noise:
    """What is known of the two rates of a group.

    Attributes
    ----------
    alpha, beta : (float, float)
        Beta distributions of the rates at which a formula's 0 is seen as 1 and its 1 as 0: how
        many were flipped and how many were not, the prior included.
    """

    alpha: tuple[float, float]
    beta: tuple[float, float]

    @property
    def means(self) -> tuple[float, float]:
        """The expected rates."""
        return self.alpha[0] / sum(self.alpha), self.beta[0] / sum(self.beta)


def learn_noise(chance: np.ndarray, weight: np.ndarray) -> Noise:
    """Learn both rates from faces at which a formula's value, or its chance, is known.

    Parameters
    ----------
    chance : ndarray, shape (C,)
        That the formula is 1, of kinds of faces; 0 and 1 where it is known.
    weight : ndarray, shape (C, 2)
        How many faces of each kind have the target 0 and 1.

    Notes
    -----
    With known values these are exact posteriors. With chances, expectation and maximisation
    (Dempster, Laird & Rubin 1977) share each face out between the hidden values 0 and 1.
    """
    alpha, beta = PRIOR, PRIOR
    for _ in range(_STEPS):
        before = alpha, beta
        rate_0, rate_1 = alpha[0] / sum(alpha), beta[0] / sum(beta)
        as_1 = chance[:, None] * np.array([rate_1, 1 - rate_1])
        as_0 = (1 - chance[:, None]) * np.array([1 - rate_0, rate_0])
        ones = weight * (as_1 / (as_1 + as_0))
        zeros = weight - ones
        alpha = PRIOR[0] + float(zeros[:, 1].sum()), PRIOR[1] + float(zeros[:, 0].sum())
        beta = PRIOR[0] + float(ones[:, 0].sum()), PRIOR[1] + float(ones[:, 1].sum())
        if np.allclose(before, (alpha, beta), rtol=1e-9, atol=1e-9):
            break
    return Noise(alpha, beta)


def log_evidence(chance: np.ndarray, weight: np.ndarray, noise: Noise) -> float:
    """Return the log of how probable faces' targets are if a formula is the truth.

    Parameters
    ----------
    chance, weight
        As `learn_noise` takes them.
    noise : Noise
        Learned from other faces.

    Returns
    -------
    float
        The marginal likelihood of the sequence, natural log: beta-binomial where the formula is
        known, up to the number of sequences with the same counts. With chances it is summed over
        64 × 64 equally probable pairs of rates.
    """
    from scipy.special import betaincinv, betaln

    hard = (chance == 0) | (chance == 1)
    if hard.all():
        zeros, ones = weight[chance == 0].sum(axis=0), weight[chance == 1].sum(axis=0)
        return float(
            betaln(noise.alpha[0] + zeros[1], noise.alpha[1] + zeros[0])
            - betaln(*noise.alpha)
            + betaln(noise.beta[0] + ones[0], noise.beta[1] + ones[1])
            - betaln(*noise.beta)
        )
    middles = (np.arange(_NODES) + 0.5) / _NODES
    # The outermost quantiles of a rate near 0 underflow; no rate is less than this.
    rates = [
        np.clip(betaincinv(*known, middles), 1e-12, 1 - 1e-12)
        for known in (noise.alpha, noise.beta)
    ]
    rate_0, rate_1 = (grid.ravel() for grid in np.meshgrid(*rates, indexing="ij"))
    one = chance[:, None] * (1 - rate_1) + (1 - chance[:, None]) * rate_0
    logs = weight[:, 1] @ np.log(one) + weight[:, 0] @ np.log1p(-one)
    most = float(logs.max())
    return most + float(np.log(np.exp(logs - most).mean()))


def strength(log10_bayes_factor: float) -> str:
    """Name the strength of evidence, whichever side it is for.

    Examples
    --------
    >>> strength(-0.7), strength(5)
    ('substantial', 'decisive')
    """
    size = abs(log10_bayes_factor)
    return next((name for below, name in _SCALE if size < below), "decisive")


def odds(log10_bayes_factor: float) -> str:
    """Write a Bayes factor for the side that it is for.

    Examples
    --------
    >>> odds(0.3), odds(-2.5), odds(40.2)
    ('2.0 to 1', '316 to 1', '10^40 to 1')
    """
    size = abs(log10_bayes_factor)
    if size >= 6:
        return f"10^{size:.0f} to 1"
    return f"{10**size:.1f} to 1" if size < 1 else f"{10**size:,.0f} to 1"
