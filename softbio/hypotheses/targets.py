"""Targets: what a formula may explain. The label, what a run makes of it, a tag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from softbio.errors import ConfigError, DataError
from softbio.runs.judging import judge_of, rule_of, selection_of

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet
    from softbio.faces.tags import Tags
    from softbio.fairness import DecisionRule
    from softbio.runs.run import Run

__all__ = ["Target", "target_of", "target_specs"]

_ERRORS = {
    # kind: (the label it is about, title, what 1 means, what 0 means)
    "error": (None, "errors", "predicted wrongly", "predicted rightly"),
    "false-positive": (0, "false positives", "label 0, predicted 1", "label 0, predicted 0"),
    "false-negative": (1, "false negatives", "label 1, predicted 0", "label 1, predicted 1"),
}


@dataclass(frozen=True, eq=False)
class Target:
    """A question with a yes or a no for each face that it concerns.

    Attributes
    ----------
    spec : str
        As it is asked for: ``label``, ``prediction``, ``error``, ``error:men``,
        ``false-positive``, ``false-negative:women``, ``tag:blond``.
    values : ndarray, shape (N,), int8
        0 or 1; −1 for faces that it does not concern.
    title : str
        What it is, in words, such as ``errors among men``.
    one, zero : str
        What 1 and 0 mean.
    """

    spec: str
    values: np.ndarray
    title: str
    one: str
    zero: str


def target_specs(faces: FaceSet, run: Run | None = None, tags: Tags | None = None) -> list[str]:
    """Return what can be asked for, the label first."""
    specs = ["label"] if (faces.labels() >= 0).any() else []
    if run is not None:
        groups = tuple(faces.group_names.values())
        specs.append("prediction")
        for kind in _ERRORS:
            specs += [kind, *(f"{kind}:{name}" for name in groups)]
    if tags is not None:
        specs += [f"tag:{word}" for word in tags.words()]
    return specs


def target_of(
    spec: str,
    faces: FaceSet,
    *,
    run: Run | None = None,
    split: str = "val_select",
    rule: DecisionRule | None = None,
    tags: Tags | None = None,
) -> Target:
    """Work out a target.

    Parameters
    ----------
    spec : str
        See `Target`. A word that was tagged may also stand alone.
    faces : FaceSet
    run : Run, optional
        Needed for what a network predicts, and made from this very set.
    split : str
        The faces on which the run is looked at. It was trained on ``train``.
    rule : DecisionRule, optional
        What makes predictions of scores; by default the run's own, else the threshold one half.
    tags : Tags, optional
        Needed for tags.

    Raises
    ------
    ConfigError
        If there is no such target.
    DataError
        If the set has no label, or the run was made from another set.
    """
    kind, _, of = spec.partition(":")
    if kind == "label" and not of:
        labels = faces.labels()
        if not (labels >= 0).any():
            raise DataError(
                f"The face set {faces.name} has no labels. Give one when packing (--label), or "
                "ask for another target."
            )
        return Target("label", labels, "the label", "label 1", "label 0")
    if (kind == "prediction" and not of) or kind in _ERRORS:
        if run is None:
            raise ConfigError(f"The target {spec!r} is about a run's predictions: name the run.")
        return _of_run(kind, of, faces, run, split, rule)
    word = of if kind == "tag" and of else spec
    if tags is not None:
        for tagged in tags.words():
            if tagged.casefold() == word.casefold():
                return Target(
                    f"tag:{tagged}",
                    tags.values(tagged),
                    f"the tag {tagged}",
                    f"tagged {tagged}",
                    f"tagged not {tagged}",
                )
    raise ConfigError(
        f"There is no target {spec!r}. There are: {', '.join(target_specs(faces, run, tags))}"
        + ("." if run is not None else ", and with a run prediction and error.")
    )


def _of_run(
    kind: str, group: str, faces: FaceSet, run: Run, split: str, rule: DecisionRule | None
) -> Target:
    if run.config.data_fingerprint != faces.fingerprint:
        raise DataError(
            f"{run.id} was made from another face set than {faces.name}, or before this one was "
            "packed anew. Choose a run of this set."
        )
    chosen = selection_of(run, split, (), faces)
    predicted = judge_of(run, chosen).predict(rule_of(run, rule=rule)).astype(np.int8)
    values = np.full(len(faces), -1, np.int8)
    if kind == "prediction":
        values[chosen.row] = predicted
        return Target("prediction", values, "the run's prediction", "predicted 1", "predicted 0")
    label, title, one, zero = _ERRORS[kind]
    concerned = np.ones(len(chosen), bool) if label is None else chosen.label == label
    if group:
        alike = [name for name in chosen.groups if name.casefold() == group.casefold()]
        if not alike:
            raise ConfigError(
                f"There is no group {group!r}; the groups are {', '.join(chosen.groups)}."
            )
        concerned = concerned & (chosen.group == chosen.groups.index(alike[0]))
        title, kind = f"{title} among {alike[0]}", f"{kind}:{alike[0]}"
    wrong = (predicted != chosen.label).astype(np.int8)
    values[chosen.row[concerned]] = wrong[concerned]
    return Target(kind, values, title, one, zero)
