"""The sections of docs/evidence.md that bench/evidence.py writes, from run folders alone."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING

import scipy.stats
from evidence_figures import (
    FIGURES,
    HALF,
    RULES,
    judged,
    one_run,
    pooled,
    refitted,
    spread,
)
from evidence_rows import SEEDS, TIMED, Row, rows
from evidence_sets import FOLDS, PLANTED
from sections import put_head, put_section

from softbio.errors import ConfigError
from softbio.fairness import METRICS, Evaluation
from softbio.runs.published import check, published

if TYPE_CHECKING:
    from evidence import Evidence

__all__ = ["write_page"]

#: The rule by which the goals are judged, stated before any test face of these folds was looked at.
STATED = HALF

#: What is asked of a recipe: figures, and minutes of a training on 2 cores.
GOALS = {
    "recommended": (
        {"balanced_fair_metric": 0.89, "fair_metric": 0.90, "worst_cell_accuracy": 0.86},
        12,
    ),
    "fast": ({"balanced_fair_metric": 0.85}, 3),
}


def write_page(path: Path, evidence: Evidence) -> None:
    """Put the head and three sections into the page; sections of others stay."""
    page = path.read_text(encoding="utf-8")
    page = put_head(page, _quality(evidence))
    for title, text in (
        ("What each ingredient gives", _ingredients(evidence)),
        ("What each choice of the report takes", _report(evidence)),
        ("Losses under planted flips", _noise(evidence)),
    ):
        page = put_section(page, title, text)
    path.write_text(page, encoding="utf-8")


def _quality(evidence: Evidence) -> str:
    faces = evidence.faces
    label = faces.meta["label"].get("formula") or faces.meta["label"].get("column")
    lines = [
        "# Evidence\n\n",
        "<!-- Written by bench/evidence.py from run folders. -->\n\n",
        f"{len(faces):,} faces of `{faces.name}` at {faces.size}×{faces.size}, label `{label}`. "
        f"Everybody is tested in one of {FOLDS} folds and stands on one side only of each: "
        f"{len(evidence.fold(0).rows('train')):,} faces train, "
        f"{len(evidence.fold(0).rows('val')):,} validate, "
        f"{len(evidence.fold(0).rows('test')):,} test. The test faces of all folds are judged "
        "together, each by the network of its fold, with 95 % intervals by person. What a training "
        "decides (its best epoch, a threshold) it decides on its validation faces. The recipes' "
        "settings were chosen before, on validation faces, each of which is a test face of another "
        f"fold: a slight optimism is possible. The stated rule is **{STATED}**; the other is shown "
        "beside it. *Refitted*: the last layer is fitted anew on `val_fit` with cells that weigh "
        "the same. *Seconds*: of the training on the first fold with the first seed, which had "
        "both cores for itself; the others went one to a core.\n\n",
    ]
    head = [METRICS[name].title for name in FIGURES]
    groups = list(faces.group_names.values())
    lines.append(_row(["recipe", "rule", *head, *groups, "seconds"]))
    lines.append("|" + "---|" * (3 + len(head) + len(groups)) + "\n")
    told: list[str] = []
    cells: list[str] = []
    for row in (one for one in rows() if one.part == "quality"):
        runs = evidence.runs(row)
        folds = {fold: run for (fold, seed), run in runs.items() if seed == SEEDS[0]}
        if len(folds) < FOLDS:
            lines.append(_row([f"`{row.title}`", f"not yet measured: {len(folds)} of {FOLDS}"]))
            continue
        seconds = runs[TIMED].state.seconds or math.nan
        for rule in RULES:
            parts = [judged(run, evidence.fold(fold), rule) for fold, run in folds.items()]
            found = pooled(parts)
            lines.append(_pooled_line(f"`{row.title}`", rule, found, f"{seconds:.0f}"))
            if rule == STATED:
                cells.append(_cells_line(f"`{row.title}`", found))
                if row.title in GOALS:
                    told.append(_goals(row.title, found, seconds))
        if row.title == "recommended":
            title = f"`{row.title}`, refitted"
            began = time.monotonic()
            parts = [refitted(run, evidence.fold(fold)) for fold, run in folds.items()]
            taken = f"+{(time.monotonic() - began) / len(parts):.1f}"
            lines.append(_pooled_line(title, HALF, pooled(parts), taken))
    lines.append("\n" + "\n\n".join(told) + "\n\n" if told else "\n")
    if cells:
        named = [f"{group}, label {label}" for group in groups for label in (0, 1)]
        lines.append(f"**Cells**, the share that is judged right, and AUC, {STATED}.\n\n")
        lines.append(_row(["recipe", *named, *(f"AUC, {group}" for group in groups)]))
        lines.append("|" + "---|" * (1 + 3 * len(groups)) + "\n")
        lines += [*cells, "\n"]
    lines.append(
        f"**Seeds.** The same on the first fold alone, mean ± sample standard deviation of "
        f"{len(SEEDS)} seeds, {STATED}.\n\n"
    )
    lines += _spread_table(evidence, [one for one in rows() if one.part == "quality"], first=True)
    return "".join(lines)


def _pooled_line(title: str, rule: str, found: Evaluation, seconds: str) -> str:
    assert found.intervals is not None
    cells = [_with_ends(found.overall[n], found.intervals.overall[n]) for n in FIGURES]
    for place in range(len(found.groups)):
        low, high = found.intervals.by_group["accuracy"]
        ends = (float(low[place]), float(high[place]))
        cells.append(_with_ends(float(found.by_group["accuracy"][place]), ends))
    return _row([title, rule, *cells, seconds])


def _cells_line(title: str, found: Evaluation) -> str:
    assert found.intervals is not None
    told = []
    for place in range(len(found.groups)):
        for name in ("true_negative_rate", "true_positive_rate"):
            low, high = found.intervals.by_group[name]
            value = float(found.by_group[name][place])
            told.append(_with_ends(value, (float(low[place]), float(high[place]))))
    told += [f"{value:.3f}" for value in found.by_group["auc"]]
    return _row([title, *told])


def _goals(title: str, found: Evaluation, seconds: float) -> str:
    assert found.intervals is not None
    goals, minutes = GOALS[title]
    said = []
    for name, goal in goals.items():
        high = found.intervals.overall[name][1]
        met = "met" if high >= goal else "not met"
        said.append(f"{METRICS[name].title} {found.overall[name]:.3f} of {goal:.2f}: {met}")
    kept = "met" if seconds <= 60 * minutes else "not met"
    said.append(f"{seconds / 60:.1f} of {minutes} minutes: {kept}")
    return f"Goals of `{title}` (met where the interval reaches it): " + "; ".join(said) + "."


def _ingredients(evidence: Evidence) -> str:
    mine = [one for one in rows() if one.part == "ingredients"]
    lines = [
        "<!-- Written by bench/evidence.py from run folders. -->\n\n",
        "The settings of `recommended` under the epochs of `fast`; then each ingredient taken "
        "away alone, and other remedies in its place or beside it. First fold, "
        f"{HALF}, mean ± sample standard deviation of the seeds; *change*: of the balanced Fair "
        "Metric against the first line, mean ± standard deviation of the differences by seed. "
        "What pays in few epochs need not in many: long trainings use augmentation best.\n\n",
        *_spread_table(evidence, mine),
    ]
    return "".join(lines) + _reading(evidence, mine)


def _report(evidence: Evidence) -> str:
    mine = [one for one in rows() if one.part == "report"]
    lines = [
        "<!-- Written by bench/evidence.py from run folders. -->\n\n",
        "The recipe `report`, and each of its choices changed alone. First fold, "
        f"{HALF}, mean ± sample standard deviation of the seeds.\n\n",
        *_spread_table(evidence, mine),
    ]
    return "".join(lines) + _reading(evidence, mine)


def _noise(evidence: Evidence) -> str:
    lines = [
        "<!-- Written by bench/evidence.py from run folders. -->\n\n",
        "Labels of the faces that train and validate were flipped at random; the test labels are "
        f"as they came. Recipe `fast`, first fold, {HALF}, mean ± sample standard deviation of "
        "the seeds; *change*: against cross-entropy under the same flips. Forward correction is "
        "told the true rates.\n\n",
    ]
    for flips in ("none", *PLANTED):
        mine = [one for one in rows() if one.part == "noise" and one.flips == flips]
        lines.append(f"**{'Nothing flipped' if flips == 'none' else flips}**\n\n")
        lines += _spread_table(evidence, mine)
        lines.append("\n" + _reading(evidence, mine))
    return "".join(lines)


def _figures(evidence: Evidence, row: Row) -> dict[int, dict[str, float]]:
    """Return the figures on the first fold by seed."""
    return {
        seed: one_run(judged(run, evidence.set_of(row, fold)))
        for (fold, seed), run in evidence.runs(row).items()
        if fold == 0
    }


def _spread_table(evidence: Evidence, mine: list[Row], first: bool = False) -> list[str]:
    groups = list(evidence.faces.group_names.values())
    names = [*FIGURES, *(f"accuracy, {group}" for group in groups)]
    titles = [METRICS[name].title if name in METRICS else name for name in names]
    change = [] if first else ["change"]
    lines = [
        _row(["", *titles, *change, "seeds"]),
        "|" + "---|" * (len(names) + 2 + len(change)) + "\n",
    ]
    for row in mine:
        figures = _figures(evidence, row)
        if not figures:
            lines.append(_row([row.title, _why(evidence, row)]))
            continue
        told = spread(list(figures.values()))
        cells = [_plus_minus(*told[name]) for name in names]
        if change:
            cells.append(_change(figures, _base(evidence, mine, row)))
        lines.append(_row([row.title, *cells, str(len(figures))]))
    return lines


def _why(evidence: Evidence, row: Row) -> str:
    """Say why a row has no figures."""
    wanted = published(row.config.network)
    if wanted is None:
        return "not yet measured"
    try:
        check(row.config.network)
    except ConfigError:
        return f"not measured: it needs `{wanted.file}`, which could not be had here"
    return "not yet measured"


def _base(evidence: Evidence, mine: list[Row], row: Row) -> dict[int, dict[str, float]]:
    base = next((one for one in mine if one.title == row.base), None)
    return _figures(evidence, base) if base is not None and base is not row else {}


def _differences(
    figures: dict[int, dict[str, float]], base: dict[int, dict[str, float]]
) -> list[dict[str, float]]:
    name = "balanced_fair_metric"
    both = sorted(set(figures) & set(base))
    return [{name: figures[seed][name] - base[seed][name]} for seed in both]


def _change(figures: dict[int, dict[str, float]], base: dict[int, dict[str, float]]) -> str:
    differences = _differences(figures, base)
    if not differences:
        return ""
    mean, deviation = spread(differences)["balanced_fair_metric"]
    return f"{mean:+.3f}".replace("-", "−") + (
        "" if math.isnan(deviation) else f" ± {deviation:.3f}"
    )


def _reading(evidence: Evidence, mine: list[Row]) -> str:
    """Say which lines lie farthest below and above their base, where the spread allows it."""
    found, compared = [], 0
    for row in mine:
        differences = _differences(_figures(evidence, row), _base(evidence, mine, row))
        if len(differences) < 2:
            continue
        compared += 1
        mean, deviation = spread(differences)["balanced_fair_metric"]
        count = len(differences)
        reach = float(scipy.stats.t.ppf(0.975, count - 1)) * deviation / math.sqrt(count)
        if abs(mean) > reach:
            found.append((mean, row.title))
    if not compared:
        return ""
    if not found:
        return (
            "\nOf no line does the 95 % interval of the change (Student's t over the seeds) leave "
            f"out 0; {compared} were compared.\n\n"
        )
    told = [f"{title} ({mean:+.3f})".replace("-0", "−0") for mean, title in sorted(found)]
    return (
        "\nChanges on these test faces whose 95 % interval (Student's t over the seeds) leaves "
        f"out 0, from the worst to the best: {'; '.join(told)}. {compared} lines "
        "were compared, each by itself: about one in twenty would stand here by chance.\n\n"
    )


def _with_ends(value: float, ends: tuple[float, float]) -> str:
    return f"{value:.3f} ({ends[0]:.3f} – {ends[1]:.3f})"


def _plus_minus(mean: float, deviation: float) -> str:
    return f"{mean:.3f}" + ("" if math.isnan(deviation) else f" ± {deviation:.3f}")


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"
