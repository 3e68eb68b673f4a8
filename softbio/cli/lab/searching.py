"""The search: asked, and answered as a table, as JSON, or as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from softbio.cli.lab.material import Material
from softbio.cli.lab.totals import checked, total_json
from softbio.cli.progress import phases_bar
from softbio.hypotheses import SearchPlan, explain
from softbio.hypotheses.telling import search_csv

if TYPE_CHECKING:
    from softbio.hypotheses import Explanation
    from softbio.hypotheses.examination import Total, TotalCheck

__all__ = ["Search"]

#: What a bar says in each phase.
_PHASES = {
    "search": "Searching",
    "stability": "Resampling",
    "held-out": "Searching one half",
    "shuffled labels": "Searching shuffled labels",
}


@dataclass(frozen=True, eq=False)
class Search:
    """The formulas that tell a target best.

    Attributes
    ----------
    material : Material
    found : Explanation
    checks : tuple of tuple of TotalCheck
        How each formula stands to what is known of totals.
    """

    material: Material
    found: Explanation
    checks: tuple[tuple[TotalCheck, ...], ...]

    @classmethod
    def of(
        cls,
        material: Material,
        totals: list[Total],
        *,
        max_attributes: int,
        top: int,
        permutations: int,
    ) -> Search:
        """Search, with a bar."""
        with phases_bar() as bar:
            found = explain(
                material.traits,
                material.target,
                material.faces,
                plan=SearchPlan(max_attributes=max_attributes, top=top),
                permutations=permutations,
                progress=lambda phase, done, total: bar(_PHASES[phase], done, total),
            )
        formulas = [line.formula for line in found.findings.hypotheses]
        return cls(material, found, checked(material, formulas, totals))

    @property
    def formula(self) -> str | None:
        """The best formula that no total rules out; None where nothing explains the target."""
        for line, checks in zip(self.found.findings.hypotheses, self.checks, strict=True):
            if line.explains and all(check.agrees for check in checks):
                return line.formula
        return None

    def show(self) -> None:
        """Print it."""
        from softbio.cli.lab.search_tables import print_search

        print_search(self.material, self.found, self.checks)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        told = self.material.as_json() | self.found.as_json()
        for line, checks in zip(told["hypotheses"], self.checks, strict=True):
            line["totals"] = [total_json(check) for check in checks]
        return told

    def as_csv(self) -> bytes:
        """Return a line for each formula and group, and for all faces."""
        return search_csv(self.found)
