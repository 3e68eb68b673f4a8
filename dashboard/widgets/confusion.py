"""Confusion matrices of all groups side by side, each cell a link to its faces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

import numpy as np

from dashboard.theme import group_colours
from dashboard.widgets.nodes import Node, draw, node
from dashboard.widgets.numbers import change, count, percent, points

__all__ = ["MODES", "Cell", "confusion_matrices", "matrix_nodes"]

#: What the large figures of the cells may be.
MODES = {
    "counts": "Counts",
    "rows": "Row %",
    "columns": "Column %",
    "difference": "Difference",
}

_STYLE = """
.all { display: flex; flex-wrap: wrap; gap: 1.1rem 1.6rem; align-items: flex-end; }
table { border-collapse: separate; border-spacing: 3px; }
caption { text-align: left; font-weight: 600; padding-bottom: 0.3rem; }
caption .n { font-weight: 400; }
caption i { display: inline-block; width: 0.7em; height: 0.7em; border-radius: 2px;
  margin-right: 0.45em; background: var(--edge); }
th { font-weight: 500; padding: 0.2rem 0.4rem; text-align: center; font-size: 0.9rem; }
th[scope=row] { text-align: left; white-space: nowrap; padding-left: 0; }
td { padding: 0; }
td a { display: block; box-sizing: border-box; width: 6.4rem; padding: 0.45rem 0.4rem 0.3rem;
  text-align: center; text-decoration: none; color: inherit; border-radius: 5px;
  border: 1px solid rgba(128, 140, 155, 0.4); font-variant-numeric: tabular-nums;
  background: rgba(var(--hue), var(--strength)); }
td a:hover { border-color: var(--st-primary-color); }
td a b { display: block; font-size: 1.2rem; font-weight: 620; line-height: 1.3; }
td a span { display: block; font-size: 0.83rem; white-space: nowrap; }
td a small { display: block; font-size: 0.76rem; line-height: 1.3; min-height: 1.3em;
  color: var(--st-gray-text-color); }
.small caption, .small th, .small b { color: var(--st-gray-text-color); font-weight: 450; }
.small td a { background: none; border-style: dashed; }
@media (max-width: 420px) { td a { width: 5.6rem; } }
"""

_AGREE, _DISAGREE = "21, 155, 119", "213, 94, 0"


@dataclass(frozen=True)
class Cell:
    """A cell of a matrix: its group's name, and which label was predicted as which."""

    group: str
    label: int
    prediction: int

    @classmethod
    def parse(cls, text: str) -> Cell:
        """Read what `written` wrote; `ValueError` if it is something else."""
        group, label, prediction = text.rsplit("|", 2)
        if label not in ("0", "1") or prediction not in ("0", "1"):
            raise ValueError(text)
        return cls(group, int(label), int(prediction))

    @property
    def written(self) -> str:
        """The cell in an address, as ``women|1|0``."""
        return f"{self.group}|{self.label}|{self.prediction}"


def confusion_matrices(
    values: np.ndarray,
    groups: Sequence[str],
    *,
    mode: str,
    address: str,
    baseline: np.ndarray | None = None,
    ghost: np.ndarray | None = None,
    small: np.ndarray | None = None,
    key: str,
) -> Cell | None:
    """Show a matrix per group; return the cell that was clicked just now.

    Parameters
    ----------
    values : ndarray, shape (G, 2, 2), int
        Counts by group, label and prediction.
    groups : sequence of str
    mode : str
        One of `MODES`.
    address : str
        Where a cell's faces are shown; the cell is appended.
    baseline : ndarray, shape (G, 2, 2), optional
        What it is compared with, for the mode ``difference``.
    ghost : ndarray, shape (G, 2, 2), optional
        The counts before the last move; shown grey where they differ.
    small : ndarray, shape (G,), bool, optional
        Groups with too few faces to be trusted; shown grey.
    """
    tree = matrix_nodes(values, groups, mode, address, baseline, ghost, small)
    clicked = draw("matrices", [tree], style=_STYLE, key=key)
    return None if clicked is None else Cell.parse(clicked)


def matrix_nodes(
    values: np.ndarray,
    groups: Sequence[str],
    mode: str,
    address: str,
    baseline: np.ndarray | None = None,
    ghost: np.ndarray | None = None,
    small: np.ndarray | None = None,
) -> Node:
    """Return the matrices as nodes; for the parameters see `confusion_matrices`."""
    colours = group_colours(tuple(groups))
    tables: list[Node] = []
    for index, name in enumerate(groups):
        few = small is not None and bool(small[index])
        rows = [
            _row(
                [Cell(name, label, prediction) for prediction in (0, 1)],
                values[index],
                mode,
                address,
                None if baseline is None else baseline[index],
                None if ghost is None else ghost[index],
            )
            for label in (0, 1)
        ]
        size = int(values[index].sum())
        n = f" · {count(size)} face{'' if size == 1 else 's'}"
        n += ", too few to trust" if few else ""
        heads = [node("th", {"scope": "col"}, f"predicted {code}") for code in (0, 1)]
        tables.append(
            node(
                "table",
                {"data-k": name, "class": "small" if few else None},
                node(
                    "caption",
                    {},
                    node("i", {"style": f"--edge:{colours[name]}"}),
                    name[:1].upper() + name[1:],
                    node("span", {"class": "n"}, n),
                ),
                node("thead", {}, node("tr", {}, node("td"), *heads)),
                node("tbody", {}, *rows),
            )
        )
    return node("div", {"class": "all"}, *tables)


def _row(
    cells: Sequence[Cell],
    counts: np.ndarray,
    mode: str,
    address: str,
    baseline: np.ndarray | None,
    ghost: np.ndarray | None,
) -> Node:
    return node(
        "tr",
        {},
        node("th", {"scope": "row"}, f"label {cells[0].label}"),
        *(node("td", {}, _cell(cell, counts, mode, address, baseline, ghost)) for cell in cells),
    )


def _cell(
    cell: Cell,
    counts: np.ndarray,
    mode: str,
    address: str,
    baseline: np.ndarray | None,
    ghost: np.ndarray | None,
) -> Node:
    number = int(counts[cell.label, cell.prediction])
    share = _share(counts, cell, "rows")
    large, below = _figures(counts, cell, mode, baseline)
    was = ""
    if ghost is not None and not np.array_equal(ghost, counts):
        before, _ = _figures(ghost, cell, mode, baseline)
        was = f"was {before}" if before != large else ""
    right = cell.label == cell.prediction
    strength = 0.0 if np.isnan(share) else 0.05 + 0.28 * share
    told = (
        f"{cell.group}, label {cell.label}, predicted {cell.prediction}: {count(number)} faces, "
        f"{percent(share)} of the row, {percent(_share(counts, cell, 'columns'))} of the column. "
        "Show them."
    )
    return node(
        "a",
        {
            "href": f"{address}&cell={quote(cell.written)}",
            "data-go": cell.written,
            "data-tip": told,
            "aria-label": f"{told} {was}".strip(),
            "style": f"--hue:{_AGREE if right else _DISAGREE};--strength:{strength:.3f}",
        },
        node("b", {}, large),
        node("span", {}, below),
        node("small", {}, was),
    )


def _figures(
    counts: np.ndarray, cell: Cell, mode: str, baseline: np.ndarray | None
) -> tuple[str, str]:
    """Return the large figure of a cell and the small one under it."""
    number = count(int(counts[cell.label, cell.prediction]))
    if mode == "counts":
        return number, percent(_share(counts, cell, "rows"))
    if mode == "difference" and baseline is not None:
        more = int(counts[cell.label, cell.prediction]) - int(baseline[cell.label, cell.prediction])
        moved = _share(counts, cell, "rows") - _share(baseline, cell, "rows")
        return change(more, "faces"), f"{points(moved)} points"
    return percent(_share(counts, cell, mode)), number


def _share(counts: np.ndarray, cell: Cell, of: str) -> float:
    total = int(counts[:, cell.prediction].sum() if of == "columns" else counts[cell.label].sum())
    return int(counts[cell.label, cell.prediction]) / total if total else float("nan")
