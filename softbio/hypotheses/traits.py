"""Traits: everything that a formula can name in a face set, and how surely it is known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from softbio.errors import DataError, FormulaError
from softbio.faces.tags.words import is_judgement
from softbio.formula import Formula, parse

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet
    from softbio.faces.tags import Tags

__all__ = ["Kind", "Learned", "Traits"]

Kind = Literal["annotated", "tagged", "probed"]

#: Each probed attribute of a formula doubles the work of telling its chance.
_MOST_PROBED = 12


class Learned(Protocol):
    """What a probe gives: its word, and for each face the chance that it holds."""

    @property
    def word(self) -> str:
        """The word that was tagged."""

    @property
    def chances(self) -> np.ndarray:
        """The chance that it holds, shape (N,), float32."""


@dataclass(frozen=True, eq=False)
class Traits:
    """The attributes of a face set, from wherever they are known.

    Attributes
    ----------
    n : int
        Faces.
    values : dict of str to ndarray, shape (n,)
        int8, where a file or a person says: 0, 1, and −1 for what is not known;
        float32, where a probe says: the chance of 1 (exactly 0 or 1 for faces that a
        person tagged), NaN for what is not known.
    kinds : dict of str to str
        ``annotated`` (the set was packed with it), ``tagged`` (a person said so, of some
        faces), or ``probed`` (learned from such tags).
    """

    n: int
    values: Mapping[str, np.ndarray]
    kinds: Mapping[str, Kind]

    @classmethod
    def of(cls, faces: FaceSet, tags: Tags | None = None, probes: Iterable[Learned] = ()) -> Traits:
        """Gather what is known of the faces of a set.

        Parameters
        ----------
        faces : FaceSet
        tags : Tags, optional
            Words are attributes too, but for judgements of the photograph; that of an annotated
            attribute is passed over.
        probes : iterable of Probe
            Each takes the place of the tags of its word.
        """
        values: dict[str, np.ndarray] = {}
        kinds: dict[str, Kind] = {}
        for name in faces.attributes:
            values[name] = faces.table[name].to_numpy(dtype=np.int8, na_value=-1)
            kinds[name] = "annotated"
        annotated = {name.casefold() for name in values}
        for word in tags.words() if tags is not None else ():
            if word.casefold() not in annotated and not is_judgement(word):
                values[word], kinds[word] = tags.values(word), "tagged"  # type: ignore[union-attr]
        for probe in probes:
            if probe.word.casefold() not in annotated:
                values[probe.word], kinds[probe.word] = probe.chances, "probed"
        return cls(len(faces), values, kinds)

    @property
    def names(self) -> tuple[str, ...]:
        """All of them: annotated ones first, in the file's order."""
        return tuple(self.values)

    def without(self, names: Collection[str]) -> Traits:
        """Return the traits but for some.

        Raises
        ------
        DataError
            If there is no trait of such a name.
        """
        if unknown := [name for name in names if name not in self.values]:
            raise DataError(
                f"There is no attribute {unknown[0]!r} to leave out. There are: "
                f"{', '.join(self.names[:50]) or 'none'}."
            )
        kept = [name for name in self.values if name not in names]
        return Traits(
            self.n,
            {name: self.values[name] for name in kept},
            {name: self.kinds[name] for name in kept},
        )

    def resolve(self, formula: str | Formula) -> Formula:
        """Read a formula, with its names spelled as here.

        Raises
        ------
        FormulaError
            If it is none, or names what is not there.
        """
        return (parse(formula) if isinstance(formula, str) else formula).resolve(self.names)

    def probed(self, formula: str | Formula) -> tuple[str, ...]:
        """Return the names in a formula that rest on a probe."""
        return tuple(name for name in self.resolve(formula).names if self.kinds[name] == "probed")

    def evaluate(self, formula: str | Formula) -> np.ndarray:
        """Return 0 or 1 for each face, −1 where it cannot be told, shape (n,), int8.

        A probed attribute counts as 1 where its chance is above one half.
        """
        formula = self.resolve(formula)
        columns = {name: _hard(self.values[name]) for name in formula.names}
        return self._evaluated(formula, columns)

    def chance(self, formula: str | Formula) -> np.ndarray:
        """Return the chance that a formula is 1 at each face, NaN where it cannot be told.

        Given the face, probed attributes are taken as independent of each other: what makes a
        probe unsure of one seldom tells of the other.

        Returns
        -------
        ndarray, shape (n,), float32

        Raises
        ------
        FormulaError
            If the formula names more than 12 probed attributes.
        """
        formula = self.resolve(formula)
        probed = self.probed(formula)
        if len(probed) > _MOST_PROBED:
            raise FormulaError(
                f"The formula names {len(probed)} probed attributes; at most {_MOST_PROBED} can "
                "be weighed at once."
            )
        columns = {name: self.values[name] for name in formula.names}
        total: np.ndarray = np.zeros(self.n, np.float32)
        for assignment in product((0, 1), repeat=len(probed)):
            weight: np.ndarray = np.ones(self.n, np.float32)
            for name, value in zip(probed, assignment, strict=True):
                chance = self.values[name]
                weight = weight * (chance if value else 1 - chance)
                columns[name] = np.full(self.n, value, np.int8)
            stated = self._evaluated(formula, columns)
            # Where an attribute is not known and this assignment has no weight, nothing is lost.
            told = np.where(stated >= 0, stated, np.where(weight == 0, 0, np.nan))
            total += weight * told.astype(np.float32)
        return total

    def _evaluated(self, formula: Formula, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        if formula.names:
            return formula.evaluate(columns)
        # A constant speaks of no column, so the columns do not tell how many faces there are.
        return formula.evaluate({"any": np.zeros(self.n, np.int8)})


def _hard(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind != "f":
        return values
    return np.where(np.isnan(values), -1, values > 0.5).astype(np.int8)
