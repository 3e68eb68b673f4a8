"""Choosing a run's rule on its validation faces: one way, under the page and the command alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np

from softbio.errors import ConfigError, DataError, RunError
from softbio.faces.faceset import in_split
from softbio.fairness import (
    Calibration,
    DecisionRule,
    Method,
    choose_common,
    choose_per_group,
    choose_prior_shift,
    common_rule,
    estimate_prevalence,
    fit_calibration,
)
from softbio.runs.predictions import Predictions, Selection
from softbio.runs.run import Run

__all__ = ["Target", "Wish", "choose_rule"]

#: A prevalence, or that it be estimated.
Target = float | Literal["estimate"]


class Wish(NamedTuple):
    """What a rule is wanted for: one of the first four.

    Attributes
    ----------
    threshold : float, optional
        This one, for everybody.
    maximise : str, optional
        A count metric; see `choose_common`.
    target : Target or mapping of str to Target, optional
        The prevalence of the faces to come, for all or for each group; see
        `choose_prior_shift`.
    per_group : str, optional
        A constraint; see `choose_per_group`.
    objective, tolerance
        Of `per_group`.
    unlabelled : str
        Split from whose scores a prevalence is estimated; its labels are not looked at.
    calibrate : {"temperature", "platt"}, optional
        Calibrate the scores first, on ``val_fit``.
    per_group_calibration : bool
    """

    threshold: float | None = None
    maximise: str | None = None
    target: Target | Mapping[str, Target] | None = None
    per_group: str | None = None
    objective: str = "accuracy"
    tolerance: float = 0.01
    unlabelled: str = "unlabelled"
    calibrate: Method | None = None
    per_group_calibration: bool = False


def choose_rule(run: Run, wish: Wish, split: str = "val_select") -> DecisionRule:
    """Choose a rule on the faces of a split; storing it is `Run.write_rule`.

    Parameters
    ----------
    run : Run
        One that has scores.
    wish : Wish
    split : str
        Whose faces it is chosen on.

    Returns
    -------
    DecisionRule
        `why` also has ``split``, and where they apply ``calibrated_on`` (a split), ``estimated``
        (prevalence → standard error, by group or ``all``), and ``estimated_on``.

    Raises
    ------
    ConfigError
        If not just one thing is wished for, or it is not as described.
    RunError
        If the run has no scores, or no face of the split can be judged.
    DataError
        If the faces do not allow the choice.
    """
    wished = [wish.threshold, wish.maximise, wish.target, wish.per_group]
    if sum(value is not None for value in wished) != 1:
        raise ConfigError(
            "Say what the rule is wanted for, one thing: a threshold, a metric to maximise, a "
            "target prevalence, or a constraint between groups."
        )
    if run.config.imported is not None and not run.config.imported.scores:
        raise RunError(
            f"{run.id} holds imported predictions and no scores, so there is nothing to decide."
        )
    predictions = run.predictions()
    chosen = predictions.select(split)
    if not len(chosen):
        raise RunError(
            f"No face of the split {split!r} has both a label and a known group, so no rule can "
            "be chosen on it."
        )
    facts: dict[str, Any] = {"split": split}
    calibration = None
    if wish.calibrate is not None:
        calibration, facts["calibrated_on"] = _calibration(predictions, chosen, wish)
    faces = (chosen.label, chosen.score, chosen.group, chosen.groups)
    if wish.threshold is not None:
        if not 0.0 <= wish.threshold <= 1.0:
            raise ConfigError(f"The threshold must lie in 0 … 1. Received: {wish.threshold:g}.")
        rule = common_rule(wish.threshold).model_copy(update={"calibration": calibration})
        del facts["split"]  # nobody chose it on these faces
    elif wish.maximise is not None:
        rule = choose_common(*faces, wish.maximise, calibration=calibration)
    elif wish.per_group is not None:
        rule = choose_per_group(
            *faces,
            wish.per_group,  # type: ignore[arg-type]  # it checks the names itself
            wish.objective,  # type: ignore[arg-type]
            tolerance=wish.tolerance,
            calibration=calibration,
        )
    else:
        target, estimates = _targets(predictions, chosen, calibration, wish)
        rule = choose_prior_shift(*faces, target, calibration=calibration)
        if estimates:
            facts |= {"estimated": estimates, "estimated_on": wish.unlabelled}
    return rule.model_copy(
        update={"group_column": predictions.group_column, "why": rule.why | facts}
    )


def _calibration(
    predictions: Predictions, chosen: Selection, wish: Wish
) -> tuple[Calibration, str]:
    """Return the calibration and the split that it was fitted on: val_fit where it has faces."""
    fitted = predictions.select("val_fit")
    fitted = fitted if len(fitted) else chosen
    assert wish.calibrate is not None
    return (
        fit_calibration(
            fitted.label,
            fitted.score,
            fitted.group,
            fitted.groups,
            wish.calibrate,
            per_group=wish.per_group_calibration,
        ),
        fitted.split,
    )


def _targets(
    predictions: Predictions, chosen: Selection, calibration: Calibration | None, wish: Wish
) -> tuple[float | dict[str, float], dict[str, float]]:
    """Return the wished prevalences with estimates put in, and the estimates' standard errors."""
    wanted = wish.target if isinstance(wish.target, Mapping) else {"all": wish.target}
    if isinstance(wish.target, Mapping) and set(wanted) != set(chosen.groups):
        raise ConfigError(
            f"A target prevalence is needed for each of {', '.join(chosen.groups)}. "
            f"Received: {', '.join(wanted) or 'none'}."
        )
    target: dict[str, float] = {}
    errors: dict[str, float] = {}
    for name, value in wanted.items():
        if value != "estimate":
            assert isinstance(value, float | int)
            target[name] = float(value)
            continue
        found = _estimate(predictions, chosen, calibration, wish.unlabelled, name)
        target[name], errors[name] = found
    return (target if isinstance(wish.target, Mapping) else target["all"]), errors


def _estimate(
    predictions: Predictions,
    chosen: Selection,
    calibration: Calibration | None,
    split: str,
    name: str,
) -> tuple[float, float]:
    """Return an estimated prevalence among all faces of the split, or one group's, and its error."""
    frame = predictions.frame
    inside = in_split(frame["split"], split) & frame["score"].notna().to_numpy()
    known = frame[predictions.group_column].map(
        {code: index for index, code in enumerate(predictions.groups)}, na_action="ignore"
    )
    group = known.fillna(-1).to_numpy(dtype=np.int64)
    source = np.ones(len(chosen), dtype=bool)
    if name != "all":
        index = chosen.groups.index(name)
        inside, source = inside & (group == index), chosen.group == index
    elif calibration is not None and calibration.needs_group:
        inside &= group >= 0
    if not inside.any():
        whose = "" if name == "all" else f" of {name}"
        raise DataError(
            f"The split {split!r} has no faces{whose} to estimate a prevalence from: name another "
            "split with --unlabelled, or give the prevalence as a number."
        )
    new = frame["score"].to_numpy(dtype=np.float32, na_value=np.nan)[inside]
    old = chosen.score
    if calibration is not None:
        new = calibration.apply(new, group[inside], chosen.groups)
        old = calibration.apply(old, chosen.group, chosen.groups)
    found = estimate_prevalence(new, chosen.label[source], old[source])
    if not 0.0 < found.value < 1.0:
        raise DataError(
            f"By its scores, the split {split!r} holds faces of one label only; give the "
            "prevalence as a number."
        )
    return found.value, found.standard_error
