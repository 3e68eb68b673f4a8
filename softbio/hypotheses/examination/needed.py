"""How many more labelled faces would settle a duel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from softbio.hypotheses.examination.evidence import DECISIVE

__all__ = ["Needed", "needed"]

_SURE = 0.95
_MOST = 10_000_000
_DRAWS = 2_000


@dataclass(frozen=True)
class Needed:
    """What would settle a duel.

    Attributes
    ----------
    disputed : int or None
        How many more disputed faces, of different people, make the evidence decisive for the
        formula that is right with a probability of 95 %; 0 where it is decisive already, None
        where no number would do.
    labelled : int or None
        How many faces labelled at random hold so many disputed ones.
    per_face : tuple of float
        By how much a disputed face is expected to raise log10 of the Bayes factor for the first
        if it is right, and for the second if that is.
    share : float
        Disputed faces among all.
    waiting : int
        Disputed faces of the set whose target is not known: these could be labelled first.
    """

    disputed: int | None
    labelled: int | None
    per_face: tuple[float, float]
    share: float
    waiting: int

    @property
    def sentence(self) -> str:
        """What would settle it, in a sentence."""
        if self.disputed == 0:
            return "The evidence is decisive: no more labels are needed."
        if self.disputed is None:
            return "No number of labels would settle it: the two foretell the same labels."
        faces = "face" if self.disputed == 1 else "faces"
        sentence = (
            f"{self.disputed:,} more disputed {faces} would settle it with a probability of 95 %"
        )
        if self.labelled is not None:
            sentence += f"; {self.labelled:,} faces labelled at random hold so many"
        if self.waiting:
            sentence += (
                f". {self.waiting:,} disputed {'face' if self.waiting == 1 else 'faces'} of "
            )
            sentence += "this set wait for a label"
        return sentence + "."


def needed(
    share_of_kind: np.ndarray,
    one_by_first: np.ndarray,
    one_by_second: np.ndarray,
    evidence: float,
    share: float,
    waiting: int,
    *,
    seed: int = 0,
) -> Needed:
    """Foretell how the evidence grows with more disputed faces.

    Parameters
    ----------
    share_of_kind : ndarray, shape (C,)
        How common each kind of disputed face is; sums to 1.
    one_by_first, one_by_second : ndarray, shape (C,)
        The probability of target 1 there if the first formula is right, and if the second is.
    evidence : float
        log10 of the Bayes factor so far, positive for the first.
    share : float
        Disputed faces among all.
    waiting : int
        Disputed faces whose target is not known.
    seed : int
        Of the 2,000 samples of faces by which the probability is worked out. Before these, each
        formula is as probable as the evidence so far makes it.
    """
    chances = [np.stack([1 - one, one], axis=1) for one in (one_by_first, one_by_second)]
    gain = np.log10(chances[0]) - np.log10(chances[1])
    kinds = [share_of_kind[:, None] * chance for chance in chances]
    per_face = float((kinds[0] * gain).sum()), -float((kinds[1] * gain).sum())
    if abs(evidence) >= DECISIVE:
        return Needed(0, 0, per_face, share, waiting)
    first = 1 / (1 + 10**-evidence)
    values = gain.ravel()

    def settled(n: int) -> float:
        draws = np.random.default_rng(seed)
        shares = [kind.ravel() / kind.sum() for kind in kinds]
        by_first = draws.multinomial(n, shares[0], size=_DRAWS) @ values
        by_second = draws.multinomial(n, shares[1], size=_DRAWS) @ values
        return float(
            first * (evidence + by_first >= DECISIVE).mean()
            + (1 - first) * (evidence + by_second <= -DECISIVE).mean()
        )

    high = 1
    while high <= _MOST and settled(high) < _SURE:
        high *= 2
    if high > _MOST:
        return Needed(None, None, per_face, share, waiting)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if settled(middle) >= _SURE else (middle, high)
    labelled = int(np.ceil(high / share)) if share > 0 else None
    return Needed(high, labelled, per_face, share, waiting)
