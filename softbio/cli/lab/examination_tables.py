"""An examination and a duel, as a person reads them in a terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from softbio.cli.console import out
from softbio.cli.lab.search_tables import asked_of, say
from softbio.cli.tables import number, plain_table, print_table, width
from softbio.hypotheses.telling import faces_left_out

if TYPE_CHECKING:
    from softbio.cli.lab.examining import Examined
    from softbio.cli.lab.material import Material
    from softbio.hypotheses.examination import (
        CellScores,
        Duel,
        Examination,
        GroupAgreement,
        Rate,
        TotalCheck,
    )

__all__ = ["print_duel", "print_examination"]

_RATES = (
    ("agreement", "agreement"),
    ("agreement, labels equally", "balanced_agreement"),
    ("1 where it says 0", "label_1_given_0"),
    ("0 where it says 1", "label_0_given_1"),
)
#: In a narrower terminal intervals stand in the JSON alone.
_ROOMY = 90


def print_examination(
    material: Material,
    found: Examination,
    scores: CellScores | None,
    checks: Sequence[TotalCheck],
) -> None:
    """Print the faces of each cell, how far a formula agrees, and what speaks against it."""
    out.print(f"[bold]{escape(found.words)}[/]  {escape(found.formula)}", soft_wrap=True)
    target = material.target
    meaning = "" if target.spec == "label" else f": 1 is {target.one}, 0 is {target.zero}"
    say(f"Against {asked_of(material)}{meaning}.")
    print_table(_cells(found, scores))
    print_table(_rates(found))
    for check in checks:
        say(check.sentence)
    if found.caveat:
        say(found.caveat)
    unit = "people with all their faces" if found.by == "person" else "faces"
    limits = [
        f"Intervals of {found.level:.0%} count {unit}. If the formula were the truth, the last two "
        "lines would be the noise of the label.",
        *_left_out(found, material),
    ]
    if scores is not None:
        trained = " It was trained on some of these faces." if scores.flatters else ""
        limits.append(f"Mean scores are of the run's faces of the split {scores.split}.{trained}")
    for sentence in (*limits, *material.notes):
        out.print(f"[dim]{escape(sentence)}[/]", soft_wrap=True)


def print_duel(material: Material, found: Duel, first: Examined, second: Examined) -> None:
    """Print what the disputed faces say, and both formulas beside each other."""
    one, two = first.examination, second.examination
    out.print(f"[bold]{escape(one.words)}[/]  {escape(one.formula)}", soft_wrap=True)
    out.print(f"against [bold]{escape(two.words)}[/]  {escape(two.formula)}", soft_wrap=True)
    say(found.sentence)
    if found.n_disputed:
        say(found.needed.sentence)
        print_table(_votes(found))
    print_table(_beside(one, two))
    for examined in (first, second):
        for check in examined.checks:
            say(check.sentence)
    if found.caveat:
        say(found.caveat)
    limits = _left_out(found, material)
    if len(found.waiting):
        limits.append(
            f"The two also differ on {len(found.waiting):,} faces of which {material.target.title} "
            "is not known."
        )
    for sentence in (*limits, *material.notes):
        out.print(f"[dim]{escape(sentence)}[/]", soft_wrap=True)


def _cells(found: Examination, scores: CellScores | None) -> Table:
    """Return the faces of each formula × target, for each group."""
    table = plain_table()
    table.add_column("faces" if scores is None else "faces (mean score)")
    shown = _concerned(found)
    parts = [(k, part) for k, part in enumerate((*found.groups, found.overall)) if part in shown]
    for _, part in parts:
        table.add_column(escape(part.name), justify="right")
    for formula in (0, 1):
        for target in (0, 1):
            cells = []
            for k, part in parts:
                cell = f"{part.table[formula, target]:,}"
                if scores is not None:
                    cell += f" ({number(float(scores.mean[k, formula, target]))})"
                cells.append(cell)
            title = f"it says {formula}, {'and so it is' if formula == target else f'but it is {target}'}"
            table.add_row(title, *cells)
    return table


def _rates(found: Examination) -> Table:
    table = plain_table()
    table.add_column("")
    parts = _concerned(found)
    for part in parts:
        table.add_column(escape(part.name), justify="right")
    for title, name in _RATES:
        table.add_row(title, *(_rate(getattr(part, name)) for part in parts))
    return table


def _beside(first: Examination, second: Examination) -> Table:
    """Return the rates of two formulas, one above the other."""
    table = plain_table(title="On all faces, not only the disputed ones:")
    table.add_column("")
    table.add_column("formula", overflow="fold")
    for part in _concerned(first):
        table.add_column(escape(part.name), justify="right")
    for title, name in _RATES:
        for found in (first, second):
            cells = [_rate(getattr(part, name)) for part in _concerned(found)]
            table.add_row(title if found is first else "", escape(found.formula), *cells)
    return table


def _concerned(found: Examination) -> list[GroupAgreement]:
    """Return the groups that have any face here and, if they are several, all faces."""
    groups = [part for part in found.groups if part.n]
    return groups if len(groups) == 1 else [*groups, found.overall]


def _votes(found: Duel) -> Table:
    table = plain_table()
    table.add_column("disputed faces", overflow="fold")
    parts = [part for part in found.disputed if part.n]
    for part in parts:
        table.add_column(escape(part.name), justify="right")
    if several := len(parts) > 1:
        table.add_column("all", justify="right")
    for formula, name in ((found.first, "for_first"), (found.second, "for_second")):
        votes = [getattr(part, name) for part in parts]
        cells = [*votes, sum(votes)] if several else votes
        table.add_row(f"for {escape(formula)}", *(f"{n:,}" for n in cells))
    return table


def _rate(rate: Rate) -> str:
    if math.isnan(rate.low) or width() < _ROOMY:
        return number(rate.value)
    return f"{number(rate.value)} ({number(rate.low)} to {number(rate.high)})"


def _left_out(found: Examination | Duel, material: Material) -> list[str]:
    return faces_left_out(
        found.without_target,
        found.without_group,
        found.without_attributes,
        unlabelled=material.target.spec == "label" and not material.split,
    )
