"""``softbio decide``: choose how a run's scores become predictions, and store it with the run."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from softbio.cli.console import err, out, telling_errors
from softbio.cli.options import Models
from softbio.cli.rule_tables import print_rule, print_rule_json

if TYPE_CHECKING:
    from softbio.runs.deciding import Target, Wish

__all__ = ["decide"]


class Constraint(StrEnum):
    """What groups may be given alike."""

    equalized_odds = "equalized_odds"
    demographic_parity = "demographic_parity"
    equal_opportunity = "equal_opportunity"
    accuracy = "accuracy"


class Objective(StrEnum):
    """What is maximised under a constraint."""

    accuracy = "accuracy"
    balanced_accuracy = "balanced_accuracy"


class Calibrate(StrEnum):
    """How scores are calibrated first."""

    temperature = "temperature"
    platt = "platt"
    none = "none"


class ChosenOn(StrEnum):
    """The splits that a rule may be chosen on; test is for judging it."""

    val_select = "val_select"
    val_fit = "val_fit"
    val = "val"


def decide(
    run: Annotated[str, typer.Argument(help="Id of the run, or its beginning.", metavar="RUN")],
    maximise: Annotated[
        str | None,
        typer.Option(
            "--maximise",
            metavar="METRIC",
            help="One threshold: where this metric is best, such as balanced_fair_metric.",
        ),
    ] = None,
    target_prevalence: Annotated[
        str | None,
        typer.Option(
            "--target-prevalence",
            metavar="Q",
            help="One threshold: for faces of which this share has label 1; `estimate` finds the "
            "share from unlabelled faces. women=Q,men=Q gives a threshold to each group.",
        ),
    ] = None,
    per_group: Annotated[
        Constraint | None,
        typer.Option(
            "--per-group",
            help="One threshold per group, which needs the group (gender) at prediction time: "
            "what groups shall have alike, or accuracy: the best worst group.",
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option("--threshold", min=0.0, max=1.0, help="One threshold: this one."),
    ] = None,
    clear: Annotated[
        bool, typer.Option("--clear", help="Take the stored rule away; 0.5 decides again.")
    ] = False,
    objective: Annotated[
        Objective, typer.Option("--objective", help="What --per-group maximises.")
    ] = Objective.accuracy,
    tolerance: Annotated[
        float,
        typer.Option(
            "--tolerance", min=0.0, max=1.0, help="How far groups may be apart under --per-group."
        ),
    ] = 0.01,
    unlabelled: Annotated[
        str,
        typer.Option(
            "--unlabelled", metavar="SPLIT", help="Faces that `estimate` takes the scores of."
        ),
    ] = "unlabelled",
    calibrate: Annotated[
        Calibrate | None,
        typer.Option(
            "--calibrate",
            help="Calibrate the scores first, on val_fit. Default: platt with "
            "--target-prevalence, which takes scores for probabilities; else none.",
        ),
    ] = None,
    per_group_calibration: Annotated[
        bool,
        typer.Option(
            "--per-group-calibration",
            help="Calibrate each group for itself; needs the group at prediction time. Always so "
            "with a target prevalence for each group.",
        ),
    ] = False,
    split: Annotated[
        ChosenOn, typer.Option("--split", help="The faces that the rule is chosen on.")
    ] = ChosenOn.val_select,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change and store nothing.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
    models: Models = None,
) -> None:
    """Choose how a run's scores become predictions; evaluate and predict obey.

    A rule is chosen on validation faces, stored with the run, and shown beside the threshold 0.5.
    With nothing to choose by, the stored rule is shown.
    """
    with telling_errors():
        from softbio.errors import ConfigError
        from softbio.runs import RunStore
        from softbio.runs.deciding import Wish, choose_rule

        chosen = RunStore(models).get(run)
        target = None if target_prevalence is None else _target(target_prevalence)
        method = _method(calibrate, target is not None)
        if per_group_calibration and method is None:
            raise ConfigError("--per-group-calibration needs --calibrate temperature or platt.")
        wish = Wish(
            threshold=threshold,
            maximise=maximise,
            target=target,
            per_group=None if per_group is None else per_group.value,
            objective=objective.value,
            tolerance=tolerance,
            unlabelled=unlabelled,
            calibrate=method,
            # Each group is shifted from its own prevalence, where a common line misses.
            per_group_calibration=per_group_calibration or isinstance(target, dict),
        )
        asked = _asked(wish)
        if clear:
            if asked:
                raise ConfigError(f"--clear takes the rule away: leave out {asked[0]}.")
            if not dry_run:
                chosen.write_rule(None)
            rule = None
        elif asked or calibrate is not None:
            rule = choose_rule(chosen, wish, split.value)
            if not dry_run:
                chosen.write_rule(rule)
        else:
            rule = chosen.rule()
        if rule is None and not as_json:
            gone = "The stored rule is taken away" if clear else "No rule is stored with the run"
            out.print("Nothing was changed." if dry_run else f"{gone}: a score above 0.5 means 1.")
        elif as_json:
            print_rule_json(chosen, rule, split.value, stored=rule is not None and not dry_run)
        elif rule is not None:
            print_rule(chosen, rule, split.value)
            if asked:
                kept = f"Stored with {chosen.id}; `softbio predict` and `softbio evaluate` obey it."
                err.print("Nothing was stored (--dry-run)." if dry_run else kept, soft_wrap=True)
            err.print(
                "What it does on faces that it was not chosen on: "
                f"`softbio evaluate {chosen.id} --split test`.",
                soft_wrap=True,
            )


def _asked(wish: Wish) -> list[str]:
    options = {
        "--threshold": wish.threshold,
        "--maximise": wish.maximise,
        "--target-prevalence": wish.target,
        "--per-group": wish.per_group,
    }
    return [name for name, value in options.items() if value is not None]


def _method(calibrate: Calibrate | None, shifted: bool) -> Literal["temperature", "platt"] | None:
    if calibrate is None:
        return "platt" if shifted else None
    if calibrate is Calibrate.none:
        return None
    return "platt" if calibrate is Calibrate.platt else "temperature"


def _target(text: str) -> Target | dict[str, Target]:
    """Return the prevalence, or the prevalence of each group, that an option names."""
    from softbio.errors import ConfigError

    def one(part: str) -> Target:
        if part.strip() == "estimate":
            return "estimate"
        try:
            return float(part)
        except ValueError:
            raise ConfigError(
                "--target-prevalence takes a share such as 0.5, the word estimate, or one of them "
                f"for each group, such as women=0.5,men=estimate. Received: {text!r}."
            ) from None

    if "=" not in text:
        return one(text)
    parts = [part.partition("=") for part in text.split(",")]
    return {name.strip(): one(value) for name, _, value in parts}
