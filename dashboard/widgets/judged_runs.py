"""Many runs judged alike, each by its own rule: what a chart of runs is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.widgets.evaluations import faces_or_none
from softbio.errors import SoftbioError
from softbio.faces.faceset import FaceSet
from softbio.fairness import Evaluation, IntervalPlan, pool
from softbio.runs import Run
from softbio.runs.judging import judge_of, rule_of, selection_of
from softbio.runs.seeds import same_but_seed

__all__ = ["JudgedRun", "Point", "judge_runs", "points_of", "pooled_points"]

#: Fewer replicates than a page of one run: error bars of a chart are read by eye.
_PLAN = IntervalPlan(replicates=500)
_MANY = 8


@dataclass(frozen=True, eq=False)
class JudgedRun:
    """A run and what each group gets from it."""

    run: Run
    evaluation: Evaluation


@dataclass(frozen=True)
class Point:
    """A run, or seeds of one config, in a chart.

    Attributes
    ----------
    run : Run
        Of several, the newest.
    seeds : int
    values, low, high : tuple of float
        A figure for each axis and the ends of its interval; of several seeds
        one standard deviation to either side. NaN where undefined.
    """

    run: Run
    seeds: int
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def judge_runs(runs: Sequence[Run], split: str) -> tuple[list[JudgedRun], dict[str, str]]:
    """Judge runs on a split with intervals; what was judged before is not judged again.

    Returns
    -------
    judged : list of JudgedRun
    passed_over : dict of str to str
        Why a run could not be judged, by its id.
    """
    judged: list[JudgedRun] = []
    passed_over: dict[str, str] = {}
    waiting = st.progress(0.0, f"Judging {len(runs)} runs") if len(runs) > _MANY else None
    for place, run in enumerate(runs):
        try:
            times = tuple(_changed(run, name) for name in ("predictions.parquet", "decision.json"))
            faces = faces_or_none(run)
            evaluation = _evaluation(run, faces, str(run.path), times, split, faces is not None)
            judged.append(JudgedRun(run, evaluation))
        except SoftbioError as error:
            passed_over[run.id] = str(error)
        if waiting is not None:
            waiting.progress((place + 1) / len(runs), f"Judging {len(runs)} runs")
    if waiting is not None:
        waiting.empty()
    return judged, passed_over


def points_of(judged: Sequence[JudgedRun], names: Sequence[str]) -> list[Point]:
    """Return a point for each run with the figures `names` and their intervals."""
    points = []
    for one in judged:
        overall, intervals = one.evaluation.overall, one.evaluation.intervals
        bounds = [
            intervals.overall.get(name, _UNKNOWN) if intervals is not None else _UNKNOWN
            for name in names
        ]
        points.append(
            Point(
                one.run,
                1,
                tuple(overall[name] for name in names),
                tuple(float(low) for low, _ in bounds),
                tuple(float(high) for _, high in bounds),
            )
        )
    return points


def pooled_points(judged: Sequence[JudgedRun], names: Sequence[str]) -> list[Point]:
    """Return a point for each config: the mean over its seeds; alone, as `points_of` gives it."""
    by_id = {one.run.id: one for one in judged}
    points = []
    for group in same_but_seed([one.run for one in judged]):
        if len(group) == 1:
            points += points_of([by_id[group[0].id]], names)
            continue
        spreads = pool([by_id[run.id].evaluation for run in group]).overall
        mean = [float(spreads[name].mean) for name in names]
        sd = [float(spreads[name].sd) for name in names]
        points.append(
            Point(
                group[0],
                len(group),
                tuple(mean),
                tuple(m - s for m, s in zip(mean, sd, strict=True)),
                tuple(m + s for m, s in zip(mean, sd, strict=True)),
            )
        )
    return points


_UNKNOWN = (float("nan"), float("nan"))


def _changed(run: Run, name: str) -> int:
    try:
        return (run.path / name).stat().st_mtime_ns
    except OSError:
        return 0


@st.cache_resource(show_spinner=False, max_entries=4000)
def _evaluation(
    _run: Run,
    _faces: FaceSet | None,
    path: str,
    times: tuple[int, ...],
    split: str,
    people: bool,
) -> Evaluation:
    del path, times, people  # the key
    # Not through the page's cache of predictions: it holds a few runs, and these may be hundreds.
    chosen = selection_of(_run, split, (), _faces)
    return judge_of(_run, chosen).at(rule_of(_run), _PLAN)
