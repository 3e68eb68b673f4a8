"""What a search found, as a person reads it in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from softbio.cli.console import out
from softbio.cli.lab.material import Material, about_run
from softbio.cli.tables import number, plain_table, print_table, width
from softbio.formula import parse
from softbio.hypotheses.searching import EVIDENCE_NEEDED
from softbio.hypotheses.telling import bits, limits, trust

if TYPE_CHECKING:
    from softbio.hypotheses import Explanation, Figures, Hypothesis
    from softbio.hypotheses.examination import TotalCheck

__all__ = ["asked_of", "print_search", "say"]

#: In a narrower terminal the columns that the JSON has too are left out.
_ROOMY = 100
#: Lines that are shown of what chance offers.
_CHANCE_FINDS = 3


def say(sentence: str) -> None:
    """Print a sentence, which may hold a stranger's names, as it is."""
    out.print(sentence, markup=False, soft_wrap=True)


def print_search(
    material: Material, found: Explanation, checks: Sequence[Sequence[TotalCheck]]
) -> None:
    """Print the ranking, the best in figures, and how far to trust it."""
    findings = found.findings
    title = found.target.title
    say(
        f"{_capital(asked_of(material))}: 1 on {findings.target_1:,} of {findings.n:,} faces. Searched "
        f"{findings.functions:,} functions of up to {findings.max_attributes} of "
        f"{len(findings.searched)} attributes."
    )
    lines, rest = list(findings.hypotheses), ""
    if not found.explained:
        out.print(f"[bold]Nothing explains {escape(title)}.[/]", soft_wrap=True)
        lines = lines[:_CHANCE_FINDS]
        if lines:
            say(
                f"The best formula has {bits(max(lines[0].evidence_bits, 0.0))} bits of evidence; "
                f"{EVIDENCE_NEEDED:.1f} are needed. These are what chance offers:"
            )
    elif beyond := sum(not line.explains for line in lines):
        lines = [line for line in lines if line.explains]
        few = f"{beyond:,} more {'line has' if beyond == 1 else 'lines have'}"
        rest = f"{few} less than {EVIDENCE_NEEDED:.1f} bits of evidence, as chance offers too."
    if lines:
        wins = dict(zip(found.stability.formulas, found.stability.wins, strict=True))
        print_table(_ranking(lines, wins, checks))
        if rest:
            say(rest)
        print_table(_best(lines[0]))
    for sentence in trust(found):
        say(sentence)
    for sentence in _totals(lines, checks):
        say(sentence)
    for sentence in (*limits(found, part=bool(material.split)), *material.notes):
        out.print(f"[dim]{escape(sentence)}[/]", soft_wrap=True)


def _ranking(
    lines: Sequence[Hypothesis],
    wins: dict[str, float],
    checks: Sequence[Sequence[TotalCheck]],
) -> Table:
    roomy = width() >= _ROOMY
    counted = any(checks)
    table = plain_table()
    table.add_column("", justify="right")
    table.add_column("hypothesis", overflow="fold", min_width=16)
    for figures in _concerned(lines[0]):
        table.add_column(f"{escape(figures.group)}\nagree", justify="right", no_wrap=True)
    if roomy:
        table.add_column("all, labels\nequally", justify="right", no_wrap=True)
    table.add_column("evidence\nin bits", justify="right", no_wrap=True)
    table.add_column("would\nwin", justify="right", no_wrap=True)
    if counted:
        table.add_column("known\ntotals", justify="right", no_wrap=True)
    for line, of in zip(lines, checks, strict=False):  # checks may be of more lines
        share = wins.get(line.formula)
        cells = [str(line.rank), _hypothesis(line)]
        cells += [number(figures.agreement) for figures in _concerned(line)]
        if roomy:
            cells.append(number(line.overall.balanced_agreement))
        cells += [bits(max(line.evidence_bits, 0.0)), "–" if share is None else f"{share:.0%}"]
        if counted:
            cells.append("agree" if all(check.agrees for check in of) else "ruled out")
        table.add_row(*cells, style=None if line.explains else "dim")
    return table


def _concerned(line: Hypothesis) -> list[Figures]:
    """Return the figures of the groups that have any face here."""
    return [figures for figures in line.groups if figures.n] or [line.overall]


def _hypothesis(line: Hypothesis) -> str:
    """Return a formula in words, under it as it is typed, and what cannot be told from it."""
    words = parse(line.formula).words()
    told = [escape(words)]
    if words != line.formula:
        told.append(f"[dim]{escape(line.formula)}[/]")
    if line.probed:
        told.append(f"[dim]rests on a probe: {escape(', '.join(line.probed))}[/]")
    if line.same:
        told.append(f"[dim]the same on all faces: {escape('; '.join(line.same[:3]))}[/]")
    return "\n".join(told)


def _best(line: Hypothesis) -> Table:
    table = plain_table(title=f"{_capital(escape(parse(line.formula).words()))}:")
    table.add_column("")
    groups = _concerned(line)
    parts = groups if len(groups) == 1 else [*groups, line.overall]
    for figures in parts:
        table.add_column(escape(figures.group), justify="right")
    table.add_row("faces", *(f"{figures.n:,}" for figures in parts))
    for title, name in (
        ("agreement", "agreement"),
        ("agreement, labels equally", "balanced_agreement"),
        ("precision", "precision"),
        ("recall", "recall"),
        ("label 1 where it says 0", "label_1_given_0"),
        ("label 0 where it says 1", "label_0_given_1"),
    ):
        table.add_row(title, *(number(getattr(figures, name)) for figures in parts))
    return table


def _totals(lines: Sequence[Hypothesis], checks: Sequence[Sequence[TotalCheck]]) -> list[str]:
    """Return the sentences of the totals that rule a formula out."""
    shown = zip(lines, checks, strict=False)  # checks may be of more lines
    return [check.sentence for _, of in shown for check in of if not check.agrees]


def asked_of(material: Material) -> str:
    """Return what is explained, and on which faces."""
    title = material.target.title
    if material.run is not None and about_run(material.target):
        title += f" of {material.run.id}"
    return f"{title}, split {material.split}" if material.split else title


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
