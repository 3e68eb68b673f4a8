"""The formulas that a search found, a line each, in words; what is known of one unfolds under it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from dashboard.widgets.nodes import Node, draw, node
from dashboard.widgets.numbers import count, percent
from softbio.formula import parse
from softbio.hypotheses.telling import bits

if TYPE_CHECKING:
    from softbio.hypotheses import Explanation, Figures, Hypothesis
    from softbio.hypotheses.examination import TotalCheck

__all__ = ["ranking"]

_STYLE = """
.scroll { overflow-x: auto; max-width: 100%; position: relative; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 0.42rem 0.6rem; text-align: right; vertical-align: top; white-space: nowrap;
  border-bottom: 1px solid var(--st-border-color); font-variant-numeric: tabular-nums; }
thead th { vertical-align: bottom; font-weight: 600; white-space: normal; }
.rank { padding-left: 0; }
th.words { text-align: left; white-space: normal; min-width: 17rem; }
tbody th.words { font-weight: 400; }
tr.first th.words > a { font-weight: 650; }
th.words > a { text-decoration-color: var(--st-border-color); text-underline-offset: 3px; }
code { font-size: 0.82rem; font-family: var(--st-code-font); overflow-wrap: anywhere;
  color: var(--st-gray-text-color); display: block; }
summary { cursor: pointer; font-size: 0.84rem; width: fit-content; padding: 0.1rem 0; }
details p { margin: 0.3rem 0; font-size: 0.86rem; max-width: 44rem; }
details table { width: auto; font-size: 0.86rem; margin: 0.3rem 0; }
details th, details td { padding: 0.16rem 0.6rem; border: 0; }
details tbody th { text-align: left; font-weight: 400; padding-left: 0; }
.mark { font-size: 0.8rem; display: inline-block; padding: 0 0.45em; margin-right: 0.35em;
  border: 1px solid var(--st-border-color); border-radius: 4px; }
.term { cursor: help; border-bottom: 1px dotted var(--st-gray-text-color); border-radius: 2px; }
tr.chance { opacity: 0.75; }
@media (max-width: 600px) {
  th, td { padding: 0.36rem 0.4rem; } th.words { min-width: 12rem; }
}
"""

_TERMS = {
    "agree": "Share of the faces of this group at which the formula is the target.",
    "labels equally": "Agreement over all faces, with faces of both values counting equally: a "
    "formula that always says 0 gets one half.",
    "evidence": "How much shorter the formula makes a full account of the target, counting the "
    "formula itself. Chance gives some formula m bits at most once in 2^m searches: 10 bits is "
    "once in a thousand.",
    "would win": "How often it is first when the people (or faces) are drawn anew.",
}
_FIGURES = (
    ("agreement", "agreement"),
    ("agreement, labels equally", "balanced_agreement"),
    ("precision", "precision"),
    ("recall", "recall"),
    ("1 where it says 0", "label_1_given_0"),
    ("0 where it says 1", "label_0_given_1"),
)


def ranking(
    found: Explanation,
    lines: Sequence[Hypothesis],
    checks: Sequence[Sequence[TotalCheck]],
    *,
    key: str,
) -> tuple[str, str] | None:
    """Show the lines.

    Parameters
    ----------
    found : Explanation
    lines : sequence of Hypothesis
        At least one.
    checks : sequence of sequence of TotalCheck
        How each line stands to known totals; empty ones where nothing is known.

    Returns
    -------
    (str, str) or None
        ``examination`` or ``duel``, and the formula, if the reader asked for it just now.
    """
    wins = dict(zip(found.stability.formulas, found.stability.wins, strict=True))
    groups = [figures.group for figures in lines[0].groups if figures.n]
    counted = any(checks)
    heads = [
        node("th", {"scope": "col", "class": "rank"}, "Rank"),
        node("th", {"scope": "col", "class": "words"}, "Formula"),
        *(_head(f"{name[:1].upper()}{name[1:]} agree", "agree") for name in groups),
        _head("Labels equally", "labels equally"),
        _head("Evidence, bits", "evidence"),
        _head("Would win", "would win"),
    ]
    if counted:
        heads.append(node("th", {"scope": "col"}, "Known totals"))
    rows = [
        _row(line, lines[0], groups, wins.get(line.formula), of, counted)
        for line, of in zip(lines, checks, strict=True)
    ]
    table = node(
        "table",
        {"data-k": "ranking"},
        node("thead", None, node("tr", None, *heads)),
        node("tbody", None, *rows),
    )
    tree = [
        node(
            "div",
            {
                "class": "scroll",
                "tabindex": 0,
                "role": "region",
                "aria-label": "Formulas, best first",
            },
            table,
        )
    ]
    clicked = draw("ranking", tree, style=_STYLE, key=key)
    if clicked is None:
        return None
    part, _, formula = clicked.partition(" ")
    return part, formula


def _head(title: str, term: str) -> Node:
    tip = _TERMS[term]
    return node(
        "th",
        {"scope": "col"},
        node("span", {"class": "term", "tabindex": 0, "data-tip": tip}, title),
    )


def _row(
    line: Hypothesis,
    best: Hypothesis,
    groups: Sequence[str],
    wins: float | None,
    checks: Sequence[TotalCheck],
    counted: bool,
) -> Node:
    words = parse(line.formula).words()
    marks = [node("span", {"class": "mark"}, f"rests on a probe: {', '.join(line.probed)}")]
    by_group = {figures.group: figures for figures in line.groups}
    cells: list[Node] = [
        node("td", {"class": "rank"}, str(line.rank)),
        node(
            "th",
            {"scope": "row", "class": "words"},
            _link("examination", line.formula, words[:1].upper() + words[1:]),
            *([node("code", None, line.formula)] if words != line.formula else []),
            *(marks if line.probed else []),
            _details(line, best, groups),
        ),
        *(node("td", None, percent(by_group[name].agreement)) for name in groups),
        node("td", None, percent(line.overall.balanced_agreement)),
        node("td", None, bits(max(line.evidence_bits, 0.0))),
        node("td", None, "–" if wins is None else f"{100 * wins:.0f} %"),
    ]
    if counted:
        against = [check.sentence for check in checks if not check.agrees]
        told = node(
            "span", {"class": "term", "tabindex": 0, "data-tip": " ".join(against)}, "ruled out"
        )
        cells.append(node("td", None, told if against else "agree"))
    kind = "first" if line is best and line.explains else None if line.explains else "chance"
    return node("tr", {"class": kind, "data-k": line.formula}, *cells)


def _details(line: Hypothesis, best: Hypothesis, groups: Sequence[str]) -> Node:
    parts = [figures for figures in line.groups if figures.group in groups]
    if len(parts) > 1:
        parts.append(line.overall)
    inside: list[Node] = [_figures(parts)]
    information = line.overall.mutual_information
    inside.append(
        node(
            "p",
            None,
            f"It tells {information:.3f} bits of a face's value, and makes the whole account "
            f"{bits(line.saved_bits)} bits shorter; the formula itself takes "
            f"{bits(line.formula_bits)}.",
        )
    )
    if line.same:
        inside.append(node("p", None, f"The same on all faces: {'; '.join(line.same)}."))
    if line.refinements:
        each = "; ".join(
            f"{one.formula} ({bits(one.extra_bits)} bits longer)" for one in line.refinements
        )
        inside.append(node("p", None, f"With one attribute more, and no better: {each}."))
    if line is not best:
        inside.append(node("p", None, _link("duel", line.formula, "Hold it against the first")))
    return node("details", None, node("summary", None, "Details"), *inside)


def _figures(parts: Sequence[Figures]) -> Node:
    heads = [node("th", {"scope": "col"}, part.group) for part in parts]
    faces = [node("td", None, count(part.n)) for part in parts]
    lines = [
        node(
            "tr",
            None,
            node("th", {"scope": "row"}, title),
            *(node("td", None, percent(getattr(part, name))) for part in parts),
        )
        for title, name in _FIGURES
    ]
    return node(
        "table",
        None,
        node("thead", None, node("tr", None, node("td"), *heads)),
        node(
            "tbody", None, node("tr", None, node("th", {"scope": "row"}, "faces"), *faces), *lines
        ),
    )


def _link(part: str, formula: str, text: str) -> Node:
    name = "formula" if part == "examination" else "first"
    href = f"?lab={part}&{name}={quote(formula)}"
    return node("a", {"href": href, "data-go": f"{part} {formula}"}, text)
