"""What a search found, told: sentences that page and command share, and lines for a spreadsheet."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from softbio.faces.strict_csv import spreadsheet
from softbio.formula import parse
from softbio.hypotheses.searching import EVIDENCE_NEEDED

if TYPE_CHECKING:
    from softbio.hypotheses.explaining import Explanation

__all__ = ["FIGURES", "bits", "faces_left_out", "limits", "search_csv", "trust", "verdict"]

#: The figures of a formula, as they are called in JSON and CSV.
FIGURES = (
    "agreement",
    "balanced_agreement",
    "mutual_information",
    "precision",
    "recall",
    "label_1_given_0",
    "label_0_given_1",
)


def bits(value: float) -> str:
    """Return bits in as many digits as matter."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"


def verdict(found: Explanation) -> str:
    """Say in a sentence what explains the target, or that nothing does."""
    title = found.target.title
    lines = found.findings.hypotheses
    if found.explained:
        words = parse(lines[0].formula).words()
        return f"{words[:1].upper()}{words[1:]}: of all formulas searched, this tells {title} best."
    told = f"Nothing explains {title}."
    if lines:
        best = bits(max(lines[0].evidence_bits, 0.0))
        told += f" The best formula has {best} bits of evidence; {EVIDENCE_NEEDED:.1f} are needed."
    return told


def trust(found: Explanation) -> list[str]:
    """Say how the best formula did on people that it was not chosen on, and on shuffled labels."""
    told = []
    judged = found.held_out
    if judged is not None and found.explained:
        unit = "people" if judged.by == "person" else "faces"
        parts = [f"{one.group} {one.agreement:.3f}" for one in judged.groups if one.n]
        groups = f" ({', '.join(parts)})" if len(parts) > 1 else ""
        told.append(
            f"Searched on half of the {unit}, {parse(judged.formula).words()} comes first; on the "
            f"other half it agrees on {judged.overall.agreement:.3f} of {judged.n:,} faces"
            f"{groups} and saves {judged.saved_bits_per_face:.3f} bits a face."
        )
    chance = found.chance
    if chance is not None:
        told.append(
            f"On {len(chance.by_chance):,} shuffled labels the best saved at most "
            f"{bits(max(0.0, *chance.by_chance))} bits, here {bits(max(0.0, chance.saved_bits))}: "
            f"p = {chance.p_value:.3f}."
        )
    return told


def limits(found: Explanation, *, part: bool = False) -> list[str]:
    """Say what the figures mean, what rests on probes, and what was left out.

    Parameters
    ----------
    found : Explanation
    part : bool
        Whether a part of the faces was looked at, so that the others may have a target too.
    """
    findings, steady = found.findings, found.stability
    unit = "people" if steady.by == "person" else "faces"
    told = [
        "Evidence: chance gives some formula m bits at most once in 2^m searches. Would win: how "
        f"often it is first when {unit} are drawn anew ({steady.replicates} times)."
    ]
    if findings.probed:
        names = " and ".join(findings.probed)
        several = len(findings.probed) > 1
        told.append(
            f"{names} {'rest' if several else 'rests'} on {'probes' if several else 'a probe'} "
            "learned from tags: chances, not facts. Figures with one are estimates for the trait "
            "behind it; examining a formula counts what the probe says, its mistakes included."
        )
    left = findings.left_out
    told += faces_left_out(
        left.without_target,
        left.without_group,
        left.without_attributes,
        unlabelled=found.target.spec == "label" and not part,
    )
    if left.attributes:
        each = ", ".join(f"{name} ({why})" for name, why in left.attributes.items())
        told.append(f"Not searched: {each}.")
    return told


def faces_left_out(target: int, group: int, attributes: int, *, unlabelled: bool) -> list[str]:
    """Return which faces took no part, as a sentence; nothing where all did.

    Parameters
    ----------
    target, group, attributes : int
        Faces without a target, without a known group, with an attribute that is not known.
    unlabelled : bool
        Whether those without a target are those without a label.
    """
    counts = {
        "without a label" if unlabelled else "that this is not about": target,
        "without a known group": group,
        "with an attribute that is not known": attributes,
    }
    told = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    return [f"Faces left out: {told}."] if told else []


def search_csv(found: Explanation) -> bytes:
    """Return a line for each formula and group, and for all faces, for a spreadsheet."""
    head = ["rank", "formula", "words", "rests_on_probe", "bits", "saved_bits",
            "evidence_bits", "explains", "wins", "group", "n", *FIGURES]  # fmt: skip
    wins = dict(zip(found.stability.formulas, found.stability.wins, strict=True))
    lines = []
    for line in found.findings.hypotheses:
        begin = [
            line.rank, line.formula, parse(line.formula).words(), " ".join(line.probed),
            line.bits, line.saved_bits, line.evidence_bits, int(line.explains),
            wins.get(line.formula),
        ]  # fmt: skip
        for figures in (*line.groups, line.overall):
            values = [float(getattr(figures, name)) for name in FIGURES]
            cells = [value if math.isfinite(value) else None for value in values]
            lines.append([*begin, figures.group, figures.n, *cells])
    return spreadsheet(head, lines)
