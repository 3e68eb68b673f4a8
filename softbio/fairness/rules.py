"""DecisionRule: how scores become predictions, and why just so."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from softbio.fairness.calibration import Calibration, lines_of
from softbio.fairness.counts import predict_at

__all__ = ["DecisionRule", "common_rule", "shown"]

Share = Annotated[float, Field(ge=0, le=1)]
_METHODS = {"temperature": "temperature scaling", "platt": "Platt's method"}


class DecisionRule(BaseModel):
    """A score becomes 1 above a threshold: one for everybody, or one for each group.

    Frozen, plain JSON both ways, unknown keys are refused.

    Attributes
    ----------
    kind : {"common", "per_group"}
    threshold : float or None
        In 0 … 1; of kind ``common``.
    thresholds : dict of str to float
        In 0 … 1, by the group's name; of kind ``per_group``.
    calibration : Calibration or None
        Applied to the scores before they are compared.
    group_column : str
        What the groups are, for sentences.
    why : dict
        How the rule came about, as plain JSON; every key may be missing.
        ``reason`` (what it was chosen for, as words that follow "for"),
        ``objective``, ``constraint``, ``target_prevalence``, ``split``, ``n``
        (faces that it was chosen on), ``value`` (of the objective there), and
        what else whoever chose it knows.

    Examples
    --------
    >>> rule = DecisionRule(kind="per_group", thresholds={"women": 0.6, "men": 0.3})
    >>> rule.predict(np.array([0.5, 0.5]), np.array([0, 1]), ("women", "men")).tolist()
    [False, True]
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["common", "per_group"]
    threshold: Share | None = None
    thresholds: dict[str, Share] = {}
    calibration: Calibration | None = None
    group_column: Annotated[str, Field(min_length=1)] = "gender"
    why: dict[str, JsonValue] = {}

    @model_validator(mode="after")
    def _parts_fit(self) -> DecisionRule:
        if (self.kind == "common") != (self.threshold is not None):
            raise ValueError("a threshold belongs to a rule of kind common, and to no other")
        if (self.kind == "per_group") != bool(self.thresholds):
            raise ValueError("thresholds belong to a rule of kind per_group, and to no other")
        return self

    @property
    def needs_group(self) -> bool:
        """Whether the group of every face must be known at prediction time."""
        return self.kind == "per_group" or (
            self.calibration is not None and self.calibration.needs_group
        )

    def calibrated(
        self, score: np.ndarray, group: np.ndarray | None = None, groups: tuple[str, ...] = ()
    ) -> np.ndarray:
        """Return the scores that the thresholds are compared with; see `Calibration.apply`."""
        if self.calibration is None:
            return score
        return self.calibration.apply(score, group, groups)

    def predict(
        self, score: np.ndarray, group: np.ndarray | None = None, groups: tuple[str, ...] = ()
    ) -> np.ndarray:
        """Return the predictions, bool, shape (n,).

        Scores are compared in their own precision, as `predict_at` does.

        Parameters
        ----------
        score : array-like, shape (n,)
            In 0 … 1.
        group : array-like, shape (n,), optional
            Index into `groups`, −1 unknown; needed where `needs_group`.
        groups : tuple of str
            In any order; names tell which threshold is whose.

        Raises
        ------
        DataError
            If the group of a face is needed and unknown, or the rule has no
            threshold for it.
        """
        score = np.asarray(score)
        if score.dtype.kind != "f":
            score = score.astype(np.float64)
        known = tuple(self.thresholds)
        # Asked first: it says "thresholds", which a person has chosen.
        line = lines_of(known, group, groups, len(score), "threshold") if known else None
        score = self.calibrated(score, group, groups)
        if line is None:
            assert self.threshold is not None
            return predict_at(score, self.threshold)
        thresholds = np.array(list(self.thresholds.values()), dtype=score.dtype)
        return np.asarray(score > thresholds[line])

    def because(self, **facts: Any) -> DecisionRule:
        """Return the rule with more said in `why`."""
        return DecisionRule.model_validate(self.model_dump() | {"why": self.why | facts})

    @property
    def sentence(self) -> str:
        """The rule in words: thresholds, reason, the faces it was chosen on, what it needs."""
        if self.kind == "common":
            told = f"One threshold, {shown(self.threshold or 0.0)}"
        else:
            each = ", ".join(f"{name} {shown(value)}" for name, value in self.thresholds.items())
            told = f"One threshold per group ({each})"
        if self.calibration is not None:
            whose = " per group" if self.calibration.needs_group else ""
            told += f", on scores calibrated by {_METHODS[self.calibration.method]}{whose}"
        split, reason = self.why.get("split"), self.why.get("reason")
        if split or reason:
            told += ", chosen"
        if split:
            n = self.why.get("n")
            faces = f"{n:,} faces" if isinstance(n, int) else ""
            told += f" on {_split_in_words(str(split), faces)}"
        if reason:
            told += f" for {reason}"
        if self.needs_group:
            told += f"; it needs {self.group_column} at prediction time"
        return f"{told}."


def common_rule(threshold: float, **why: JsonValue) -> DecisionRule:
    """Return the rule of one threshold that a person set."""
    return DecisionRule(kind="common", threshold=threshold, why=why)


def shown(threshold: float) -> str:
    """Return a threshold in as few digits as tell it from 0 and from 1.

    Examples
    --------
    >>> shown(0.5), shown(0.18342), shown(0.00012), shown(0.99996)
    ('0.5', '0.183', '0.00012', '0.99996')
    """
    if 0.0005 <= threshold < 0.9995:
        return f"{round(threshold, 3):g}"
    return f"{threshold:.2g}" if threshold < 0.5 else f"{threshold:.6g}"


def _split_in_words(split: str, faces: str) -> str:
    word = {"val": "validation", "val_select": "validation", "val_fit": "validation"}.get(split)
    inside = ", ".join(part for part in (split if word and split != "val" else "", faces) if part)
    return f"{word or split} ({inside})" if inside else word or split
