"""Kept hypotheses for a report: as Markdown, as a table for a spreadsheet, as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from softbio.faces.strict_csv import spreadsheet
from softbio.hypotheses.kept.comparing import RATES, Compared
from softbio.hypotheses.kept.record import jsonable

__all__ = ["as_csv", "as_json", "as_markdown", "day_of", "escaped", "probed_sentence"]

_FORMAT = 1
_HEAD = (
    "id", "name", "formula", "words", "target", "run", "split", "note", "kept", "who",
    "rests_on_probe", "data_fingerprint", "changes", "missing",
)  # fmt: skip


def as_markdown(compared: Sequence[Compared], title: str = "Kept hypotheses") -> str:
    """Return kept hypotheses as a section of a report, in Markdown.

    Figures are of the data as they are now; where they cannot be had, it is said why.
    """
    parts = [f"# {escaped(title)}"]
    if not compared:
        parts.append("None is kept.")
    for one in compared:
        kept = one.kept
        parts.append(f"## {escaped(kept.title)}")
        explained = (
            f"{_code(kept.formula)}: {escaped(kept.words)}. Explains {escaped(kept.target_title)}."
        )
        parts.append(explained)
        if kept.note:
            parts.append("\n".join(f"> {escaped(line)}" for line in kept.note.splitlines()))
        parts.append(_table(one) if one.figures else escaped(one.missing))
        about = [_intervals(one), probed_sentence(kept.probed), *one.changes]
        about.append(
            f"Kept on {day_of(kept.when)}{f' by {kept.who}' if kept.who else ''}, id {kept.id}, "
            f"of {kept.faces:,} faces (data {kept.fingerprint[:12]}"
            f"{f', run {kept.run}' if kept.run else ''}), by softbio {kept.softbio_version}."
        )
        parts.append(escaped(" ".join(sentence for sentence in about if sentence)))
    return "\n\n".join(parts) + "\n"


def as_csv(compared: Sequence[Compared]) -> bytes:
    """Return kept hypotheses as a CSV file in UTF-8, a line each, without spreadsheet formulas.

    For each group, and for ``all``: ``n``, each rate with its interval, and the agreement when it
    was kept.
    """
    groups = list(dict.fromkeys(name for one in compared for name in one.groups))
    parts: list[tuple[str, str | None]] = [("all", None), *((name, name) for name in groups)]
    head = [*_HEAD]
    for title, _ in parts:
        head.append(f"{title} n")
        for rate in RATES:
            head += [f"{title} {rate}", f"{title} {rate} low", f"{title} {rate} high"]
        head.append(f"{title} agreement when kept")
    return spreadsheet(head, [_line(one, parts) for one in compared])


def as_json(compared: Sequence[Compared]) -> bytes:
    """Return kept hypotheses with their evidence of then and their figures of now, as JSON."""
    hypotheses = [
        one.kept.as_json()
        | {
            "words": one.kept.words,
            "figures_now": jsonable(one.figures) or None,
            "missing": one.missing or None,
            "changes": list(one.changes),
        }
        for one in compared
    ]
    document = {"format_version": _FORMAT, "hypotheses": hypotheses}
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def day_of(when: float) -> str:
    """Return the day of a time in seconds since the epoch, in UTC.

    Examples
    --------
    >>> day_of(86_400.0)
    '1970-01-02'
    """
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d")


def probed_sentence(probed: Sequence[str]) -> str:
    """Say which names rest on a probe; empty where none does.

    Examples
    --------
    >>> probed_sentence(["glasses"])
    'It rests on a probe of glasses, which was learned from tags.'
    """
    if not probed:
        return ""
    several = len(probed) > 1
    return (
        f"It rests on {'probes' if several else 'a probe'} of {' and '.join(probed)}, which "
        f"{'were' if several else 'was'} learned from tags."
    )


def _table(one: Compared) -> str:
    head = ["", "faces", "agreement", "both values equally", "1 where it says 0", "0 where it says 1",
            "agreement when kept"]  # fmt: skip
    lines = [head, ["---", *["---:"] * (len(head) - 1)]]
    for group in (None, *one.groups):
        cells = [escaped(group or "all"), f"{one.n(group):,}"]
        cells += [_shown(one.rate(name, group)) for name in RATES]
        lines.append([*cells, _shown(one.rate("agreement", group, kept=True))])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _intervals(one: Compared) -> str:
    if "level" not in one.figures:
        return ""
    counted = "people" if one.figures["by"] == "person" else "faces"
    return f"In brackets: {one.figures['level']:.0%} intervals, which count {counted}."


def _line(one: Compared, parts: Sequence[tuple[str, str | None]]) -> list[Any]:
    kept = one.kept
    cells: list[Any] = [
        kept.id, kept.name, kept.formula, kept.words, kept.target, kept.run, kept.split, kept.note,
        datetime.fromtimestamp(kept.when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), kept.who,
        " ".join(kept.probed), kept.fingerprint, " ".join(one.changes), one.missing,
    ]  # fmt: skip
    for _, group in parts:
        cells.append(one.n(group))
        for rate in RATES:
            cells += one.rate(rate, group)
        cells.append(one.rate("agreement", group, kept=True)[0])
    return cells


def _shown(rate: tuple[float | None, float | None, float | None]) -> str:
    value, low, high = rate
    if value is None:
        return "–"
    shown = f"{100 * value:.1f} %"
    return shown if low is None or high is None else f"{shown} ({100 * low:.1f} – {100 * high:.1f})"


def escaped(text: str) -> str:
    """Return text that Markdown shows as it stands: what a person wrote is no markup."""
    text = re.sub(r"([\\`*_\[\]<>#|~$])", r"\\\1", text)
    text = re.sub(r"^(\s*)([-+])(\s)", r"\1\\\2\3", text)
    return re.sub(r"^(\s*\d+)([.)])(\s)", r"\1\\\2\3", text)


def _code(text: str) -> str:
    """Return text as code, also if it has backticks in it."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence} {text} {fence}" if "`" in text else f"{fence}{text}{fence}"
