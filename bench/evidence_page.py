"""The sections of docs/evidence.md that bench/evidence.py writes: from run folders and its record."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evidence_figures import (
    FIGURES,
    HALF,
    RULES,
    Change,
    changes,
    judged,
    one_run,
    pooled,
    refitted,
    spread,
)
from evidence_rows import PARTS, SEEDS, TIMED, Row, rows
from evidence_sets import FOLDS, PLANTED
from sections import put_head, put_section

from softbio.config import recipe
from softbio.errors import ConfigError
from softbio.fairness import METRICS, Evaluation
from softbio.runs.published import check, published

if TYPE_CHECKING:
    from evidence import Evidence

__all__ = ["write_page"]

#: The rule by which the goals are judged, stated before any training of these folds began.
STATED = HALF

#: What is asked of a recipe: figures, and minutes of a training on 2 cores.
GOALS = {
    "recommended": (
        {"balanced_fair_metric": 0.89, "fair_metric": 0.90, "worst_cell_accuracy": 0.86},
        12,
    ),
    "fast": ({"balanced_fair_metric": 0.85}, 3),
}

#: What stands under "change" in the tables of lines that are each changed alone.
CHANGE = (
    "*Change*: of the balanced Fair Metric against the first line, with a 95 % interval for the "
    "chance of training again; how much a training varies is estimated from all lines of the "
    "table together, with the seeds as blocks. Each training stands in [evidence.csv](evidence.csv)."
)


def write_page(path: Path, evidence: Evidence, parts: Sequence[str] = PARTS) -> None:
    """Put the sections of the parts into the page, `quality` at its head; the others stay."""
    page = path.read_text(encoding="utf-8")
    if "quality" in parts:
        page = put_head(page, _quality(evidence))
    for part, (title, text_of) in _SECTIONS.items():
        if part in parts:
            page = put_section(page, title, text_of(evidence))
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
        "together, each by the network of its fold, with 95 % intervals by person: they do not "
        "hold the chance of training again, which stands below. What a training decides (its best "
        "epoch, a threshold) it decides on its validation faces. The recipes' settings were chosen "
        "before, on validation faces of the set's own split and of the first fold: every face is "
        "tested in one fold or another, so that a slight optimism is possible. The stated rule is "
        f"**{STATED}**; the other is shown beside it. *Refitted*: the last layer is fitted anew on "
        "`val_fit` with cells that weigh the same. *Seconds*: of the training on the first fold "
        "with the first seed, which was given all cores; the others went one to a core.\n\n",
    ]
    head = [METRICS[name].title for name in FIGURES]
    groups = list(faces.group_names.values())
    lines.append(_row(["recipe", "rule", *head, *groups, "seconds"]))
    lines.append("|" + "---|" * (3 + len(head) + len(groups)) + "\n")
    told: list[str] = []
    cells: list[str] = []
    alone: list[str] = []
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
                each = [one_run(part) for part in parts]
                alone.append(_spread_line([f"`{row.title}`", f"{FOLDS} folds"], each))
                if row.title in GOALS:
                    told.append(_goals(row.title, found, seconds))
        if row.title == "recommended":
            title = f"`{row.title}`, refitted"
            began = time.monotonic()
            parts = [refitted(run, evidence.fold(fold)) for fold, run in folds.items()]
            taken = f"+{(time.monotonic() - began) / len(parts):.1f}"
            lines.append(_pooled_line(title, HALF, pooled(parts), taken))
        figures = list(evidence.figures(row).values())
        if figures:
            seeds = f"{len(figures)} seeds, first fold" if figures[1:] else "first fold"
            alone.append(_spread_line([f"`{row.title}`", seeds], figures))
    lines.append("\n" + "\n\n".join(told) + "\n\n" if told else "\n")
    if cells:
        named = [f"{group}, label {label}" for group in groups for label in (0, 1)]
        lines.append(f"**Cells**, the share that is judged right, and AUC, {STATED}.\n\n")
        lines.append(_row(["recipe", *named, *(f"AUC, {group}" for group in groups)]))
        lines.append("|" + "---|" * (1 + 3 * len(groups)) + "\n")
        lines += [*cells, "\n"]
    lines.append(
        "**One network at a time**, each judged alone, as whoever trains one has it: mean ± sample "
        f"standard deviation, {STATED}. The figures of all folds together are a little higher, "
        "since the gaps of different networks cancel in part.\n\n"
    )
    names = _columns(evidence)
    lines.append(_row(["recipe", "over", *names.values()]))
    lines.append("|" + "---|" * (2 + len(names)) + "\n")
    return "".join([*lines, *alone])


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
        "<!-- Written by bench/evidence.py from evidence.csv. -->\n\n",
        "From `fast`: each of its ingredients, which are those of `recommended` too, taken away "
        "alone; what `recommended` has beside them, added alone and together; and other remedies "
        "in their place or beside them, at one strength each, with the learning rate of `fast`. "
        f"First fold, {HALF}, mean ± sample standard deviation of the seeds. {CHANGE} This is "
        f"what {recipe('fast').epochs} epochs make of it: strong augmentation needs the epochs of "
        "`recommended`.\n\n",
        *_spread_table(evidence, mine),
    ]
    return "".join(lines) + _reading(evidence, mine)


def _report(evidence: Evidence) -> str:
    mine = [one for one in rows() if one.part == "report"]
    lines = [
        "<!-- Written by bench/evidence.py from evidence.csv. -->\n\n",
        "The recipe `report`, and each of its choices changed alone; its α of 0.25 has no effect, "
        f"since it leaves class balancing out. First fold, {HALF}, mean ± sample standard "
        f"deviation of the seeds. {CHANGE}\n\n",
        *_spread_table(evidence, mine),
    ]
    return "".join(lines) + _reading(evidence, mine)


def _noise(evidence: Evidence) -> str:
    lines = [
        "<!-- Written by bench/evidence.py from evidence.csv. -->\n\n",
        "Labels of the faces that train and validate were flipped at random, the same for all "
        f"seeds; the test labels are as they came. Recipe `fast`, first fold, {HALF}, mean ± "
        f"sample standard deviation of the seeds. {CHANGE} Cells weigh the same by the "
        "labels as they are then, flipped ones included. "
        "Forward correction is told the true rates, which are not those among faces weighed "
        "so.\n\n",
    ]
    for flips in ("none", *PLANTED):
        mine = [one for one in rows() if one.part == "noise" and one.flips == flips]
        lines.append(f"**{'Nothing flipped' if flips == 'none' else flips}**\n\n")
        lines += _spread_table(evidence, mine)
        lines.append("\n" + _reading(evidence, mine))
    return "".join(lines)


def _columns(evidence: Evidence) -> dict[str, str]:
    """Return the figures of one run, and their titles."""
    accuracy = [f"accuracy, {group}" for group in evidence.faces.group_names.values()]
    return {name: METRICS[name].title for name in FIGURES} | {name: name for name in accuracy}


def _spread_line(begin: list[str], figures: list[dict[str, float]]) -> str:
    return _row([*begin, *(_plus_minus(*told) for told in spread(figures).values())])


def _spread_table(evidence: Evidence, mine: list[Row]) -> list[str]:
    names = _columns(evidence)
    lines = [
        _row(["", *names.values(), "change", "seeds"]),
        "|" + "---|" * (len(names) + 3) + "\n",
    ]
    found, _, _ = _changes(evidence, mine)
    for row in mine:
        figures = evidence.figures(row)
        if not figures:
            lines.append(_row([row.title, _why(evidence, row)]))
            continue
        told = spread(list(figures.values()))
        cells = [_plus_minus(*told[name]) for name in names]
        cells.append(_change(found.get(row.title)))
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


def _changes(evidence: Evidence, mine: list[Row]) -> tuple[dict[str, Change], float, int]:
    """Return by its title how each line differs from its base, in the balanced Fair Metric."""
    measured = {row.title: evidence.figures(row) for row in mine}
    values = {
        title: {seed: told["balanced_fair_metric"] for seed, told in figures.items()}
        for title, figures in measured.items()
        if figures
    }
    base = mine[0].title
    return changes(values, base) if base in values else ({}, math.nan, 0)


def _change(found: Change | None) -> str:
    if found is None:
        return ""
    told = f"{found.value:+.3f}"
    if math.isfinite(found.low):
        told += f" ({found.low:+.3f} – {found.high:+.3f})"
    return told.replace("-", "−")


def _reading(evidence: Evidence, mine: list[Row]) -> str:
    """Say which lines lie farthest below and above their base, where the spread allows it."""
    found, deviation, freedom = _changes(evidence, mine)
    if not freedom:
        return ""
    varies = (
        f"Trained again with another seed, a line varies by {deviation:.3f} (standard deviation "
        f"beside what the seed gives to all lines; {freedom} degrees of freedom)."
    )
    known = sorted((one.value, title) for title, one in found.items() if one.known)
    if not known:
        return f"\n{varies} The interval of no change leaves out 0, of {len(found)}.\n\n"
    told = [f"{title} ({value:+.3f})".replace("(-", "(−") for value, title in known]
    return (
        f"\n{varies} Changes on these test faces whose interval leaves out 0, from the worst to the best: "
        f"{'; '.join(told)}. {len(found)} lines were compared, each by itself, and all with the "
        f"same base: one in twenty or more would stand here by chance. {_smallest(evidence)}\n\n"
    )


def _smallest(evidence: Evidence) -> str:
    """Say what one face is in the cell that has the fewest."""
    faces = evidence.fold(0)
    rows = faces.rows("test")
    cells = [
        (int((faces.labels()[rows] == label)[faces.group_index()[rows] == code].sum()), name, label)
        for code, name in enumerate(faces.group_names.values())
        for label in (0, 1)
    ]
    count, name, label = min(cells)
    return (
        f"The test faces hold {count} of {name} with label {label}, of whom one is {1 / count:.3f}."
    )


def _with_ends(value: float, ends: tuple[float, float]) -> str:
    return f"{value:.3f} ({ends[0]:.3f} – {ends[1]:.3f})"


def _plus_minus(mean: float, deviation: float) -> str:
    return f"{mean:.3f}" + ("" if math.isnan(deviation) else f" ± {deviation:.3f}")


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"


#: Title of a part's section, and what writes it.
_SECTIONS = {
    "ingredients": ("What each ingredient gives", _ingredients),
    "report": ("What each choice of the report takes", _report),
    "noise": ("Losses under planted flips", _noise),
}
