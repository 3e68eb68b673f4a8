"""What a person asks for when naming synthetic faces: ``synthetic:6000,seed=3,noise=0``."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace

from softbio.errors import DataError

__all__ = ["LabelNoise", "SyntheticSpec", "parse_synthetic"]

#: Drawing more would take hours and is more likely a slip of the finger.
MOST_FACES = 10_000_000


@dataclass(frozen=True)
class LabelNoise:
    """How often an annotator ticks the wrong label, by gender and direction.

    Attributes
    ----------
    women_0to1, women_1to0, men_0to1, men_1to0 : float
        Probability, in [0, 0.5], that a true label 0 is written as 1 or a true 1 as 0.

    Raises
    ------
    DataError
        If a rate is outside [0, 0.5]: beyond one half the label would mean its opposite.
    """

    women_0to1: float = 0.02
    women_1to0: float = 0.05
    men_0to1: float = 0.01
    men_1to0: float = 0.05

    def __post_init__(self) -> None:
        for item in fields(self):
            rate = getattr(self, item.name)
            if not 0 <= rate <= 0.5:
                raise DataError(
                    f"The label noise `{item.name}` must be between 0 and 0.5. Received: {rate:g}."
                )

    @classmethod
    def uniform(cls, rate: float) -> LabelNoise:
        """Return the same rate for both genders and both directions."""
        return cls(rate, rate, rate, rate)


@dataclass(frozen=True)
class SyntheticSpec:
    """A set of synthetic faces: how many, from which seed, with which label noise.

    ``str(spec)`` is the text that `parse_synthetic` reads back.
    """

    count: int
    seed: int = 0
    noise: LabelNoise = field(default_factory=LabelNoise)

    def __str__(self) -> str:
        parts = [f"synthetic:{self.count}"]
        if self.seed:
            parts.append(f"seed={self.seed}")
        usual = asdict(LabelNoise())
        rates = asdict(self.noise)
        if len(set(rates.values())) == 1:
            parts.append(f"noise={self.noise.women_0to1!r}")
        else:
            parts += [f"{name}={rate!r}" for name, rate in rates.items() if rate != usual[name]]
        return ",".join(parts)


def parse_synthetic(text: str) -> SyntheticSpec:
    """Read the name of a synthetic source.

    Parameters
    ----------
    text : str
        ``synthetic:COUNT`` and options after commas: ``seed=3``; ``noise=0.02`` for all
        rates at once (0 for clean labels); or single rates such as ``men_1to0=0.1``.
        Options are read from left to right.

    Returns
    -------
    SyntheticSpec

    Raises
    ------
    DataError
        If the text does not have this form, or a number is out of bounds.

    Examples
    --------
    >>> spec = parse_synthetic("synthetic:6000,seed=3,noise=0")
    >>> spec.count, spec.seed, spec.noise.men_1to0
    (6000, 3, 0.0)
    >>> str(spec)
    'synthetic:6000,seed=3,noise=0.0'
    """
    scheme, colon, rest = text.partition(":")
    if scheme.strip() != "synthetic" or not colon:
        raise DataError(
            f"`{text}` does not name synthetic faces; write for example `synthetic:6000,seed=3`."
        )
    first, *options = (part.strip() for part in rest.split(","))
    count = _whole(first, "number of faces", text)
    if not 1 <= count <= MOST_FACES:
        raise DataError(
            f"`{text}`: the number of faces must be between 1 and {MOST_FACES:,}. Received: {count}."
        )
    seed, noise = 0, LabelNoise()
    rates = [item.name for item in fields(LabelNoise)]
    for option in options:
        name, _, value = (part.strip() for part in option.partition("="))
        if name == "seed":
            seed = _whole(value, "seed", text)
        elif name == "noise":
            noise = LabelNoise.uniform(_rate(value, name, text))
        elif name in rates:
            noise = replace(noise, **{name: _rate(value, name, text)})
        else:
            raise DataError(
                f"`{text}`: `{option}` is no option of synthetic faces; "
                f"known are seed, noise, {', '.join(rates)}."
            )
    return SyntheticSpec(count, seed, noise)


def _whole(value: str, what: str, text: str) -> int:
    digits = value.replace("_", "")
    if not (digits.isascii() and digits.isdigit()):
        raise DataError(f"`{text}`: the {what} must be a whole number ≥ 0. Received: `{value}`.")
    return int(digits)


def _rate(value: str, what: str, text: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise DataError(f"`{text}`: `{what}` must be a number. Received: `{value}`.") from None
