"""A decision rule as a person reads it: its sentence, its reasons, what it does to each group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from softbio.cli.console import out

if TYPE_CHECKING:
    from rich.table import Table

    from softbio.fairness import DecisionRule, Evaluation
    from softbio.runs import Run

__all__ = ["print_rule", "print_rule_json"]

_BY_GROUP = ("accuracy", "true_positive_rate", "true_negative_rate", "selection_rate")
_OVERALL = ("fair_metric", "balanced_fair_metric", "worst_cell_accuracy")


def print_rule_json(run: Run, rule: DecisionRule | None, split: str, *, stored: bool) -> None:
    """Print the rule and what a split gets at one half and under it, as one JSON object.

    Without a rule, the figures are null where the run has no predictions to compute them from.
    """
    import json

    from softbio.errors import RunError

    judged: tuple[Evaluation, Evaluation] | None = None
    try:
        judged = _before_and_after(run, rule, split)
    except RunError:
        if rule is not None:
            raise
    told: dict[str, Any] = {
        "run": run.id,
        "split": split,
        "rule": None if rule is None else rule.model_dump(mode="json"),
        "sentence": None if rule is None else rule.sentence,
        "needs_group": rule is not None and rule.needs_group,
        "stored": stored,
        "at_one_half": None if judged is None else judged[0].as_json(split=split),
        "with_rule": None if judged is None else judged[1].as_json(split=split),
    }
    typer.echo(json.dumps(told, indent=2, allow_nan=False))


def print_rule(run: Run, rule: DecisionRule, split: str) -> None:
    """Print the rule in words, and what a split gets at one half and under it."""
    from rich.markup import escape

    from softbio.cli.tables import print_table

    before, after = _before_and_after(run, rule, split)
    for line in (rule.sentence, *_notes(rule)):
        out.print(escape(line))
    if after.n:
        print_table(_table(before, after, split))


def _before_and_after(
    run: Run, rule: DecisionRule | None, split: str
) -> tuple[Evaluation, Evaluation]:
    """Return what a split gets at one half, and under the rule."""
    from softbio.fairness import GroupCounts, common_rule, evaluate_counts

    faces = run.predictions().select(split)

    def judged(decides: DecisionRule) -> Evaluation:
        prediction = decides.predict(faces.score, faces.group, faces.groups)
        counts = GroupCounts.from_predictions(faces.label, prediction, faces.group, faces.groups)
        return evaluate_counts(counts, threshold=decides.threshold)

    return judged(common_rule(0.5)), judged(rule or common_rule(0.5))


def _notes(rule: DecisionRule) -> list[str]:
    """Return what else a person should know about how the rule came about."""
    why, notes = rule.why, []
    estimated, source = why.get("estimated"), why.get("source_prevalence")
    target = why.get("target_prevalence")
    if isinstance(estimated, dict):
        shares = target if isinstance(target, dict) else {"all": target}
        told = ", ".join(
            f"{name} {shares[name]:.1%} ± {error:.1%}" for name, error in estimated.items()
        )
        notes.append(
            f"Prevalence estimated from the scores of the split {why.get('estimated_on')}: {told} "
            "(one standard error, sampling alone)."
        )
    if isinstance(source, float):
        notes.append(f"Prevalence where it was chosen: {source:.1%}.")
    elif isinstance(source, dict):
        each = ", ".join(f"{name} {share:.1%}" for name, share in source.items())
        notes.append(f"Prevalence where it was chosen: {each}.")
    if why.get("calibrated_on"):
        notes.append(f"Calibrated on the split {why['calibrated_on']}.")
    if isinstance(why.get("gap"), float):
        notes.append(f"Largest gap between groups there: {why['gap']:.4f}.")
    return notes


def _table(before: Evaluation, after: Evaluation, split: str) -> Table:
    """Return each figure at one half and under the rule, for every group."""
    from rich.markup import escape

    from softbio.cli.tables import number, plain_table
    from softbio.fairness import METRICS

    table = plain_table(title=f"On {split}, n = {after.n:,}: at threshold 0.5 → with the rule")
    table.add_column("metric")
    for name in (*after.groups, "all"):
        table.add_column(escape(name), justify="right")

    def change(old: float, new: float) -> str:
        return f"{number(old)} → {number(new)}"

    for metric in _BY_GROUP:
        cells = [
            change(old, new)
            for old, new in zip(before.by_group[metric], after.by_group[metric], strict=True)
        ]
        table.add_row(
            METRICS[metric].title, *cells, change(before.overall[metric], after.overall[metric])
        )
    for metric in _OVERALL:
        blank = [""] * len(after.groups)
        table.add_row(
            METRICS[metric].title, *blank, change(before.overall[metric], after.overall[metric])
        )
    return table
