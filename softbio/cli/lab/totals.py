"""Totals known from elsewhere, held against formulas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from softbio.errors import ConfigError, SoftbioError

if TYPE_CHECKING:
    from softbio.cli.lab.material import Material
    from softbio.hypotheses.examination import Total, TotalCheck

__all__ = ["checked", "parsed", "total_json"]


def parsed(texts: Sequence[str]) -> list[Total]:
    """Read what ``--total`` was given; `ConfigError` names the option."""
    if not texts:
        return []
    from softbio.hypotheses.examination import Total

    totals = []
    for text in texts:
        try:
            totals.append(Total.parse(text))
        except SoftbioError as error:
            raise ConfigError(f"--total: {error}") from None
    return totals


def checked(
    material: Material, formulas: Sequence[str], totals: list[Total]
) -> tuple[tuple[TotalCheck, ...], ...]:
    """Hold each formula against each total."""
    if not totals:
        return tuple(() for _ in formulas)
    from softbio.hypotheses.examination import check_totals

    return tuple(
        tuple(check_totals(material.traits, formula, totals, material.target, material.faces))
        for formula in formulas
    )


def total_json(check: TotalCheck) -> dict[str, Any]:
    """Return how a formula stands to a total, as plain data."""
    total = check.total
    return {
        "where": total.where,
        "positives": total.positives,
        "of": total.of,
        "group": total.group,
        "expected": check.expected,
        "low": check.low,
        "high": check.high,
        "agrees": check.agrees,
        "sentence": check.sentence,
    }
