"""Totals that are known from elsewhere: how many positives a part of the faces has.

A challenge tells that half of its test faces are positive; a census tells how many. Such a total
says nothing about any one face, and yet it can rule a formula out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from softbio.errors import ConfigError
from softbio.faces.faceset import SPLITS

__all__ = ["Total"]

_NAMES = {"training": "train", "validation": "val", "everything": "all", "unlabeled": "unlabelled"}
_TOTAL = re.compile(
    r"""^\s*(?P<where>[\w-]+)(?:\s+(?P<group>[^:]+?))?\s*:\s*
    (?:(?P<half>half)|(?P<share>\d+(?:\.\d+)?)\s*%|(?P<count>\d[\d,']*))
    (?:\s+of\s+(?P<of>\d[\d,']*))?
    (?:\s*(?:±|\+/?-)\s*(?P<tolerance>\d+(?:\.\d+)?)\s*%)?\s*$""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class Total:
    """How many faces of a part have the target 1.

    Attributes
    ----------
    where : str
        A split, ``unlabelled`` among them, or ``all``.
    positives : float
        How many have the target 1; with `of` None, their share.
    of : int or None
        Of how many faces; None: of as many as the set has there.
    group : str or None
        The group that it is about, such as ``women``.
    tolerance : float
        By what share of the faces the total may be off, in 0 … 1: 0.01 is one in a hundred.
    """

    where: str
    positives: float
    of: int | None = None
    group: str | None = None
    tolerance: float = 0.01

    def __post_init__(self) -> None:
        if self.where not in (*SPLITS, "all"):
            raise ConfigError(
                f"There is no part of the faces called {self.where!r}. There are: all, "
                f"{', '.join(SPLITS)}."
            )
        most = 1 if self.of is None else self.of
        if not 0 <= self.positives <= most:
            raise ConfigError(
                f"A total must lie between 0 and {most:,}. Received: {self.positives:g}."
            )
        if not 0 <= self.tolerance < 1:
            raise ConfigError(
                f"A total's tolerance must lie between 0 and 1. Received: {self.tolerance:g}."
            )

    @classmethod
    def parse(cls, text: str) -> Total:
        """Read a total, such as ``unlabelled: 5001 of 10023`` or ``test women: 50%``.

        Before the colon stands the part of the faces, and a group where it is about one; after it
        a number *of* another, a share in per cent, or ``half``; and if it is known less exactly
        than to one in a hundred, or more exactly, ``± 2%``.

        Raises
        ------
        ConfigError
            If it is none of this.

        Examples
        --------
        >>> Total.parse("test women: half")
        Total(where='test', positives=0.5, of=None, group='women', tolerance=0.01)
        >>> Total.parse("unlabelled: 5,001 of 10,023 ± 0%").of
        10023
        """
        found = _TOTAL.match(text)
        if found is None or (found["count"] and not found["of"]):
            raise ConfigError(
                f"A total reads like `unlabelled: 5001 of 10023` or `test women: 50%`. "
                f"Received: {text.strip()!r}."
            )
        where = found["where"].casefold()
        of = _number(found["of"]) if found["of"] else None
        if found["count"]:
            positives = float(_number(found["count"]))
        else:
            share = 0.5 if found["half"] else float(found["share"]) / 100
            if share > 1:
                raise ConfigError(f"A share is at most 100 %. Received: {found['share']} %.")
            positives = share if of is None else share * of
        tolerance = 0.01 if found["tolerance"] is None else float(found["tolerance"]) / 100
        return cls(_NAMES.get(where, where), positives, of, found["group"], tolerance)

    @classmethod
    def parse_all(cls, text: str) -> list[Total]:
        """Read several, one a line or with semicolons between them; empty ones are passed over.

        Raises
        ------
        ConfigError
            If one cannot be read.
        """
        return [cls.parse(part) for part in re.split(r"[;\n]", text) if part.strip()]

    @property
    def share(self) -> float:
        """Share of positives, in 0 … 1; NaN of no faces."""
        if self.of is None:
            return float(self.positives)
        return self.positives / self.of if self.of else float("nan")

    def __str__(self) -> str:
        place = self.where if self.group is None else f"{self.where} {self.group}"
        if self.of is None:
            return f"{place}: {100 * self.positives:g}%"
        return f"{place}: {self.positives:g} of {self.of}"


def _number(text: str) -> int:
    return int(re.sub(r"[,']", "", text))
