"""Write the pages of the docs that follow from the code: settings and metrics.

Run ``python docs/generate.py`` after changing ``softbio/config.py`` or the table of
metrics; a test fails while the pages are behind.
"""

from __future__ import annotations

import sys
from pathlib import Path

from softbio.config import RECIPES, HeadConfig, Setting, TrainConfig, settings
from softbio.fairness import METRICS, Metric

DOCS = Path(__file__).resolve().parent
NOTE = "<!-- Written by docs/generate.py; change the code instead. -->\n\n"

#: What each ending of a derived metric means, and its best value.
DERIVED = {
    "difference": "The first group minus the second, with its sign (women − men); with more than "
    "two groups, the largest minus the smallest. | 0; none for prevalence",
    "range": "The largest minus the smallest value. | 0; none for prevalence",
    "ratio": "The smallest value over the largest; undefined where all are 0 or one is negative. "
    "| 1; none for prevalence",
    "worst": "The value of the group that has the worst; only where a value is best. | as the metric",
}


def _value(config: TrainConfig | HeadConfig, path: str) -> str:
    value: object = config
    for part in path.split("."):
        value = getattr(value, part)
    if isinstance(value, dict):
        usual = "0 each" if path == "loss.flip_rates" else "1 each"
        return ", ".join(f"{name} {number:g}" for name, number in value.items()) or usual
    if isinstance(value, bool):
        return "on" if value else "off"
    return "–" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _allowed(setting: Setting) -> str:
    if setting.choices:
        return ", ".join(f"`{choice}`" for choice in setting.choices)
    if setting.kind == "bool":
        return "`true`, `false`"
    if setting.low is None or setting.high is None:
        return setting.kind
    if setting.kind in ("groups", "cells"):
        return f"{setting.low:g} … {setting.high:g} for each of the {setting.kind}"
    low = f"above {setting.low:g}" if setting.low_is_open else f"{setting.low:g}"
    return f"{low} … {setting.high:g}" + (", or empty" if setting.optional else "")


def settings_page() -> str:
    """Return the page that lists every setting with its bounds and each recipe's value."""
    lines = [
        "# Settings\n\n",
        NOTE,
        "Every setting of a training, as `softbio train --set PATH=VALUE` takes it and as the page "
        "*Train* shows it. A group's weight is `weights.NAME`, for instance `weights.women=1`; a cell's is "
        "`cell_weights.NAME LABEL`, as in `--set 'cell_weights.women 1=2'`.\n\n",
        "| setting | meaning | values | " + " | ".join(f"`{name}`" for name in RECIPES) + " |\n",
        "|---|---|---|" + "---|" * len(RECIPES) + "\n",
    ]
    for setting in settings():
        values = " | ".join(_value(config, setting.path) for config in RECIPES.values())
        lines.append(
            f"| `{setting.path}` | **{setting.title}.** {setting.description} "
            f"| {_allowed(setting)} | {values} |\n"
        )
    lines += [
        "\n## Refits of the last layer\n\n",
        "What `softbio refit RUN` and the sliders of the page *Fairness* take; the flag of "
        "`cell_weights` is `--cell-weights`, and so on.\n\n",
        "| setting | meaning | values | default |\n|---|---|---|---|\n",
    ]
    for setting in settings(HeadConfig):
        lines.append(
            f"| `{setting.path}` | **{setting.title}.** {setting.description} "
            f"| {_allowed(setting)} | {_value(HeadConfig(), setting.path)} |\n"
        )
    return "".join(lines)


def _best(metric: Metric) -> str:
    return "–" if metric.best is None else f"{metric.best:g}"


def _bounds(metric: Metric) -> str:
    low, high = (f"{bound:.4g}".replace("inf", "∞").replace("-", "−") for bound in metric.range)
    return f"{low} … {high}"


def _metric_table(scope: str, made: dict[str, Metric]) -> list[str]:
    lines = [
        "| name | title | meaning | best | range | from | undefined with no | reference |\n",
        "|---|---|---|---|---|---|---|---|\n",
    ]
    for metric in METRICS.values():
        if metric.scope == scope and metric.name not in made:
            lines.append(
                f"| `{metric.name}` | {metric.title} | {metric.description} | {_best(metric)} "
                f"| {_bounds(metric)} | {metric.needs} | {metric.empty or '–'} "
                f"| {metric.reference} |\n"
            )
    return lines


def metrics_page() -> str:
    """Return the page that lists every metric with its meaning and source."""
    group = [metric for metric in METRICS.values() if metric.scope == "group"]
    made = {
        name: METRICS[name]
        for metric in group
        for ending in DERIVED
        if (name := f"{metric.name}_{ending}") in METRICS
    }
    lines = [
        "# Metrics\n\n",
        NOTE,
        "A metric is computed either from the counts group × label × prediction, which change with "
        "the threshold, or from the scores, which do not. A figure whose denominator is empty is "
        "undefined, and so is all that is made from it: `null` in JSON, – on screen, never 0.\n\n"
        "In JSON a group's figures are `groups.<group>.<name>.value`; those that judge the groups "
        "together, and the group metrics over all faces, are `metrics.<name>.value`.\n\n"
        "## For each group\n\n",
        *_metric_table("group", made),
        "\n## Between groups\n\n",
        *_metric_table("overall", made),
        "\n## Derived from each group metric\n\n"
        "Every group metric but `n` gives up to four figures that compare the groups. With one "
        "group only, the first three are undefined.\n\n"
        "| name | meaning | best |\n|---|---|---|\n",
        *(f"| `<name>_{ending}` | {meaning} |\n" for ending, meaning in DERIVED.items()),
        "\n| range, and which group is the worst | `_difference` | `_range` | `_ratio` | `_worst` |\n|---|---|---|---|---|\n",
    ]
    for metric in group:
        if metric.name == "n":
            continue
        found = [made.get(f"{metric.name}_{ending}") for ending in DERIVED]
        cells = [_bounds(each) if each else "–" for each in found[:3]]
        worst = (
            "–"
            if found[3] is None
            else "the lowest"
            if found[3].extreme == "min"
            else "the highest"
        )
        lines.append(f"| `{metric.name}` | {' | '.join(cells)} | {worst} |\n")
    return "".join(lines)


PAGES = {"settings.md": settings_page, "metrics.md": metrics_page}


def main() -> None:
    """Write the pages beside this file."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(f"docs/{name}", file=sys.stderr)


if __name__ == "__main__":
    main()
