"""The answer to a question: a ranking, an examination, or a duel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from softbio.cli.console import err
from softbio.cli.lab.material import Material, about_run

if TYPE_CHECKING:
    from softbio.hypotheses.examination import Total

__all__ = ["Answer", "answer_of", "count_look"]


class Answer(Protocol):
    """What was found: a ranking, an examination, a duel."""

    @property
    def formula(self) -> str | None:
        """The one that would be kept."""

    def show(self) -> None:
        """Print it."""

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""

    def as_csv(self) -> bytes:
        """Return its figures as a table."""


def answer_of(
    material: Material,
    test: str | None,
    against: str | None,
    totals: list[Total],
    max_attributes: int,
    top: int,
    permutations: int,
) -> Answer:
    """Search, examine one formula, or let two meet: as the options ask."""
    from softbio.cli.lab.examining import Dueled, Examined
    from softbio.cli.lab.searching import Search

    if test is None:
        return Search.of(
            material, totals, max_attributes=max_attributes, top=top, permutations=permutations
        )
    if against is None:
        return Examined.of(material, test, totals)
    return Dueled.of(material, test, against, totals)


def count_look(material: Material) -> None:
    """Count a look at a run's test faces, and say which one it is."""
    if material.run is None or material.split != "test" or not about_run(material.target):
        return
    looks = material.run.note_test_look()
    times = "time" if looks == 1 else "times"
    err.print(f"The test faces of this run were looked at {looks:,} {times}.", soft_wrap=True)
