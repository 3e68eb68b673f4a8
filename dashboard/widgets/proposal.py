"""The proposed rule of the page *Decide*, chosen once for each wish, and what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.widgets.evaluations import PLAN, select_run
from softbio.fairness import Comparison, DecisionRule, Evaluation, common_rule, compare
from softbio.runs import Run
from softbio.runs.deciding import Wish, choose_rule
from softbio.runs.judging import Judge

__all__ = ["CHOSEN_ON", "Effect", "effect_of", "notes_of", "proposed_rule", "reference_rule"]

#: The faces that rules are chosen on, and that the page shows.
CHOSEN_ON = "val_select"


@dataclass(frozen=True, eq=False)
class Effect:
    """What a rule changes on the faces of a split, against another rule.

    Attributes
    ----------
    before, after : Evaluation
    comparison : Comparison
    """

    before: Evaluation
    after: Evaluation
    comparison: Comparison


def proposed_rule(run: Run, wish: Wish) -> DecisionRule:
    """Return the rule that the wish leads to; raises as `choose_rule` does."""
    changed = (run.path / "predictions.parquet").stat().st_mtime_ns
    return _chosen(run, wish, str(run.path), changed, _key(wish))


@st.cache_resource(show_spinner=False, max_entries=128)
def _chosen(
    _run: Run, _wish: Wish, path: str, changed: int, wish: tuple[object, ...]
) -> DecisionRule:
    del path, changed, wish  # the key
    return choose_rule(_run, _wish, CHOSEN_ON)


def _key(wish: Wish) -> tuple[object, ...]:
    return tuple(
        tuple(sorted(value.items())) if isinstance(value, Mapping) else value for value in wish
    )


def reference_rule(rule: DecisionRule, stored: DecisionRule | None) -> DecisionRule:
    """Return what a proposed rule is shown against: the stored one, or one half."""
    return common_rule(0.5) if stored is None or stored == rule else stored


def effect_of(run: Run, split: str, rule: DecisionRule, before: DecisionRule) -> Effect:
    """Judge two rules on the same faces; raises as `select_run` does."""
    changed = (run.path / "predictions.parquet").stat().st_mtime_ns
    return _effect(
        run, rule, before, str(run.path), changed, split,
        rule.model_dump_json(), before.model_dump_json(),
    )  # fmt: skip


@st.cache_resource(show_spinner=False, max_entries=64)
def _effect(
    _run: Run,
    _rule: DecisionRule,
    _before: DecisionRule,
    path: str,
    changed: int,
    split: str,
    rule: str,
    before: str,
) -> Effect:
    del path, changed, rule, before  # the key
    chosen = select_run(_run, split)
    # The table holds nothing that needs scores, whose intervals take long.
    judge = Judge(chosen, PLAN, scored=False)
    comparison = compare(
        chosen.label,
        judge.predict(_rule),
        judge.predict(_before),
        chosen.group,
        chosen.groups,
        person=chosen.person,
        plan=PLAN,
    )
    return Effect(judge.at(_before), judge.at(_rule), comparison)


def notes_of(rule: DecisionRule) -> list[str]:
    """Return what else a person should know of how the rule came about, a sentence each."""
    why: dict[str, Any] = dict(rule.why)
    notes: list[str] = []
    target, source, estimated = (
        why.get(name) for name in ("target_prevalence", "source_prevalence", "estimated")
    )
    if isinstance(estimated, dict):
        shares = target if isinstance(target, dict) else {"all": target}
        told = ", ".join(
            f"{_whose(name)}{shares[name]:.1%} ± {error:.1%}" for name, error in estimated.items()
        )
        notes.append(
            f"Estimated from the scores of the split {why.get('estimated_on')}: {told} (one "
            "standard error, of sampling alone)."
        )
    if source is not None:
        sources = source if isinstance(source, dict) else {"all": source}
        told = ", ".join(f"{_whose(name)}{share:.1%}" for name, share in sources.items())
        notes.append(f"Share of label 1 where it was chosen: {told}.")
    if isinstance(why.get("gap"), float):
        notes.append(
            f"Largest gap between the constrained rates there: {100 * why['gap']:.2f} points."
        )
    return notes


def _whose(name: str) -> str:
    return "" if name == "all" else f"{name} "
