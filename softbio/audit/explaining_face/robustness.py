"""Whether a prediction is robust: stays under changes that leave a face the same to a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from softbio.runs import Run

__all__ = ["Change", "Variant", "robustness", "scores_of", "variants"]

#: Factors of the brightness.
BRIGHTNESS = (0.6, 0.8, 1.2, 1.4)
#: Deviation of the Gaussian blur, as a share of the face's side: 1 pixel at 80.
BLUR = (0.00625, 0.0125, 0.025)
#: Qualities of JPEG, in 1 … 100.
JPEG = (70, 40, 20)


@dataclass(frozen=True, eq=False)
class Variant:
    """A face that was changed.

    Attributes
    ----------
    name : str
        ``as it is``, ``flip``, ``brightness``, ``blur`` or ``JPEG``.
    strength : float
        Factor of the brightness; deviation of the blur in pixels; quality of JPEG; else 0.
    pixels : ndarray, shape (H, W, 3), uint8
    """

    name: str
    strength: float
    pixels: np.ndarray

    @property
    def told(self) -> str:
        """The change in words."""
        told = _TOLD[self.name].format(self.strength)
        return told.removesuffix("s") if self.name == "blur" and self.strength == 1 else told


@dataclass(frozen=True, eq=False)
class Change(Variant):
    """A changed face and what the network says of it.

    Attributes
    ----------
    score : float
        In 0 … 1.
    """

    score: float


_TOLD = {
    "as it is": "as it is",
    "flip": "left and right exchanged",
    "brightness": "brightness × {:g}",
    "blur": "blurred by {:g} pixels",
    "JPEG": "JPEG of quality {:g}",
}


def variants(pixels: np.ndarray) -> list[Variant]:
    """Return a face as it is, and changed in ways that leave it the same to a person.

    Parameters
    ----------
    pixels : ndarray, shape (H, W, 3), uint8

    Returns
    -------
    list of Variant
        The face as it is; flipped; darker and brighter, cut at 255; blurred by a Gaussian (pixels
        beyond the edge mirror those inside); and written as a JPEG (with its colours at half the
        resolution, as cameras do) and read again.
    """
    import cv2

    pixels = np.ascontiguousarray(pixels)
    found = [Variant("as it is", 0.0, pixels), Variant("flip", 0.0, pixels[:, ::-1].copy())]
    for factor in BRIGHTNESS:
        changed = np.rint(pixels.astype(np.float32) * np.float32(factor)).clip(0, 255)
        found.append(Variant("brightness", factor, changed.astype(np.uint8)))
    for share in BLUR:
        deviation = share * pixels.shape[0]
        blurred = cv2.GaussianBlur(pixels, (0, 0), deviation, borderType=cv2.BORDER_REFLECT)
        found.append(Variant("blur", round(deviation, 3), blurred))
    for quality in JPEG:
        options = [cv2.IMWRITE_JPEG_QUALITY, quality]
        _, coded = cv2.imencode(".jpg", pixels[..., ::-1], options)
        decoded = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR))
        found.append(Variant("JPEG", float(quality), decoded[..., ::-1].copy()))
    return found


def robustness(
    run: Run, pixels: np.ndarray, *, scores: Callable[[np.ndarray], np.ndarray] | None = None
) -> list[Change]:
    """Return what a run's network says of a face and of what `variants` makes of it.

    Parameters
    ----------
    run : Run
        Trained or refitted.
    pixels : ndarray, shape (H, W, 3), uint8
        Of the run's size.
    scores : callable, optional
        Scores of faces (b, H, W, 3), for whoever has loaded the network already; by default it is
        loaded.

    Raises
    ------
    RunError
        If the run has no weights.
    """
    changed = variants(pixels)
    score = (scores or scores_of(_loaded(run)))(np.stack([one.pixels for one in changed]))
    return [
        Change(one.name, one.strength, one.pixels, float(value))
        for one, value in zip(changed, score, strict=True)
    ]


def scores_of(model: Any) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function from faces, uint8 (b, H, W, 3), to a network's scores, float32 (b,).

    Parameters
    ----------
    model : keras.Model
        As `softbio.networks.load.load_scorer` gives it.
    """
    from softbio.networks.trainer import forward

    def scores(pixels: np.ndarray) -> np.ndarray:
        (logits,) = forward(model, iter([pixels]), len(pixels))
        value = np.asarray(logits, dtype=np.float64).reshape(-1)
        return (0.5 * (1.0 + np.tanh(0.5 * value))).astype(np.float32)

    return scores


def _loaded(run: Run) -> Any:
    run.verify_weights()  # asked first: importing networks takes seconds
    from softbio.networks.load import load_scorer

    return load_scorer(run)
