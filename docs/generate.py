"""Write the pages of the docs that follow from the code: settings and metrics.

Run ``python docs/generate.py`` after changing ``softbio/config.py`` or the table of
metrics; a test fails while the pages are behind.
"""

from __future__ import annotations

import sys
from pathlib import Path

from softbio.config import RECIPES, Setting, TrainConfig, settings
from softbio.fairness import METRICS

DOCS = Path(__file__).resolve().parent
NOTE = "<!-- Written by docs/generate.py; change the code instead. -->\n\n"


def _value(config: TrainConfig, path: str) -> str:
    value: object = config
    for part in path.split("."):
        value = getattr(value, part)
    if isinstance(value, dict):
        return ", ".join(f"{name} {weight:g}" for name, weight in value.items()) or "1 each"
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
    low = f"above {setting.low:g}" if setting.low_is_open else f"{setting.low:g}"
    return f"{low} … {setting.high:g}" + (", or empty" if setting.optional else "")


def settings_page() -> str:
    """Return the page that lists every setting with its bounds and each recipe's value."""
    lines = [
        "# Settings\n\n",
        NOTE,
        "Every setting of a training, as `softbio train --set PATH=VALUE` takes it and as the page "
        "*Train* shows it. A group's weight is `weights.NAME`, for instance `weights.women=1`.\n\n",
        "| setting | meaning | values | " + " | ".join(f"`{name}`" for name in RECIPES) + " |\n",
        "|---|---|---|" + "---|" * len(RECIPES) + "\n",
    ]
    for setting in settings():
        values = " | ".join(_value(config, setting.path) for config in RECIPES.values())
        lines.append(
            f"| `{setting.path}` | **{setting.title}.** {setting.description} "
            f"| {_allowed(setting)} | {values} |\n"
        )
    return "".join(lines)


def metrics_page() -> str:
    """Return the page that lists every metric with its meaning and source."""
    lines = [
        "# Metrics\n\n",
        NOTE,
        "Every metric is a function of the eight counts group × label × prediction, except the AUC, "
        "which needs the scores. A rate whose denominator is 0 is undefined: `null` in JSON, – on "
        "screen, never 0. A difference is signed: the first group minus the second "
        "(women − men).\n\n",
        "| name | title | meaning | scope | best | range | reference |\n|---|---|---|---|---|---|---|\n",
    ]
    for metric in METRICS.values():
        best = "–" if metric.best is None else f"{metric.best:g}"
        low, high = metric.range
        lines.append(
            f"| `{metric.name}` | {metric.title} | {metric.description} | {metric.scope} "
            f"| {best} | {low:g} … {high:g} | {metric.reference} |\n"
        )
    return "".join(lines)


PAGES = {"settings.md": settings_page, "metrics.md": metrics_page}


def main() -> None:
    """Write the pages beside this file."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(f"docs/{name}", file=sys.stderr)


if __name__ == "__main__":
    main()
