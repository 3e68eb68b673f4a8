"""``softbio audit errors``: the faces that a run gets wrong, and what became of another's errors."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from softbio.cli.console import err, out, telling_errors
from softbio.cli.evaluate import Judged
from softbio.cli.options import Models

if TYPE_CHECKING:
    import pandas as pd

    from softbio.audit import Transitions
    from softbio.runs import Run, RunStore

__all__ = ["Label", "errors"]


class Label(StrEnum):
    """A label."""

    zero = "0"
    one = "1"


def errors(
    run: Annotated[str, typer.Argument(help="Id of the run, or its beginning.", metavar="RUN")],
    split: Annotated[
        Judged,
        typer.Option("--split", help="The faces to look at. Looks at test are counted."),
    ] = Judged.val_select,
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold",
            min=0.0,
            max=1.0,
            help="A score above it means 1. Default: the rule that `softbio decide` stored with "
            "the run, else 0.5.",
        ),
    ] = None,
    group: Annotated[
        str | None, typer.Option("--group", metavar="NAME", help="Only faces of this group.")
    ] = None,
    label: Annotated[
        Label | None,
        typer.Option("--label", help="Only faces with this label: 1 are the false negatives."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="BASELINE",
            help="Another run: which of its errors are fixed, which are new, which remain.",
        ),
    ] = None,
    top: Annotated[
        int, typer.Option("--top", min=0, help="How many faces to list, of each kind.")
    ] = 10,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Also write every such face to this file.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
    models: Models = None,
) -> None:
    """List the faces that a run gets wrong, the most confident errors first.

    The counts are those of the confusion matrices of `softbio evaluate`. The page Errors shows the
    faces.
    """
    with telling_errors():
        from softbio.runs import RunStore

        store = RunStore(models)
        found = store.get(run)
        if against is None:
            told, tables = _wrong(found, split.value, threshold, group, label)
        else:
            told, tables = _moved(found, store, against, split.value, threshold, group, label)
        if split in (Judged.test, Judged.reviewed):
            looks = found.note_test_look()
            times = "time" if looks == 1 else "times"
            err.print(f"The test faces of this run were looked at {looks:,} {times}.")
        if csv is not None:
            _write(csv, tables)
        if as_json:
            import json

            listed = {kind: _lines(table) for kind, table in tables.items()}
            typer.echo(json.dumps(told | listed, indent=2, ensure_ascii=False, allow_nan=False))
            return
        _print(told, tables, top)


def _wrong(
    run: Run, split: str, threshold: float | None, group: str | None, label: Label | None
) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    from softbio.audit.misclassified import error_table
    from softbio.runs.judging import judge_of, rule_of, selection_of

    chosen = selection_of(run, split, (), _faces(run, split))
    rule = rule_of(run, threshold)
    _check(group, chosen.groups)
    judge = judge_of(run, chosen)
    wrong = judge.predict(rule) != (chosen.label == 1)
    table = _only(error_table(chosen, wrong.nonzero()[0]), group, label)
    counts = judge.at(rule).counts.values
    told: dict[str, Any] = {"run": run.id, "split": split, "rule": rule.sentence}
    told["cells"] = [
        _cell(name, one, int(counts[index, one].sum()), wrong=int(counts[index, one, 1 - one]))
        for index, name in enumerate(chosen.groups)
        for one in (0, 1)
    ]
    return told, {"wrong": table}


def _moved(
    run: Run,
    store: RunStore,
    against: str,
    split: str,
    threshold: float | None,
    group: str | None,
    label: Label | None,
) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    from softbio.audit import transitions
    from softbio.audit.transitions import KINDS
    from softbio.runs.judging import rule_of

    baseline = store.get(against)
    rule = rule_of(run, threshold)
    moved: Transitions = transitions(run, baseline, split, rule, faces=_faces(run, split))
    _check(group, moved.groups)
    counts = {kind: moved.counts(kind) for kind in KINDS}
    told: dict[str, Any] = {
        "run": run.id,
        "baseline": baseline.id,
        "split": split,
        "rule": rule.sentence,
        "baseline_rule": rule_of(baseline).sentence,
    }
    told["cells"] = [
        _cell(
            name,
            one,
            int(moved.n[index, one]),
            **{kind: int(counts[kind][index, one]) for kind in KINDS},
        )
        for index, name in enumerate(moved.groups)
        for one in (0, 1)
    ]
    return told, {kind: _only(getattr(moved, kind), group, label) for kind in KINDS}


def _faces(run: Run, split: str) -> Any:
    """Open the face set where the split stands in it."""
    from softbio.runs import REVIEWED
    from softbio.runs.judging import faces_of

    return faces_of(run) if split == REVIEWED else None


def _check(group: str | None, groups: tuple[str, ...]) -> None:
    from softbio.errors import ConfigError

    if group is not None and group not in groups:
        raise ConfigError(f"There is no group {group!r}. The groups are: {', '.join(groups)}.")


def _only(table: pd.DataFrame, group: str | None, label: Label | None) -> pd.DataFrame:
    if group is not None:
        table = table[table["group"] == group]
    if label is not None:
        table = table[table["label"] == int(label.value)]
    return table.reset_index(drop=True)


def _cell(group: str, label: int, n: int, **counts: int) -> dict[str, Any]:
    kind = "false negatives" if label else "false positives"
    return {"group": group, "label": label, "errors": kind, "n": n, **counts}


def _lines(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): round(value, 6) if isinstance(value, float) else value for name, value in line}
        for line in (row.items() for row in table.to_dict("records"))
    ]


def _print(told: dict[str, Any], tables: dict[str, pd.DataFrame], top: int) -> None:
    from softbio.cli.tables import plain_table, print_table

    head = f"{told['run']}, split {told['split']}"
    if "baseline" in told:
        head += f", against {told['baseline']}"
    out.print(head, style="bold", markup=False, soft_wrap=True)
    out.print(told["rule"], markup=False, soft_wrap=True)
    if "baseline_rule" in told:
        out.print(f"The other run: {told['baseline_rule']}", markup=False, soft_wrap=True)
    kinds = list(tables)
    cells = plain_table()
    for name in ("group", "errors", "faces", *(_shown(kind) for kind in kinds)):
        cells.add_column(name, justify="left" if name in ("group", "errors") else "right")
    for cell in told["cells"]:
        figures = [f"{cell[kind]:,} ({_share(cell[kind], cell['n'])})" for kind in kinds]
        cells.add_row(cell["group"], cell["errors"], f"{cell['n']:,}", *figures)
    print_table(cells)
    for kind, table in tables.items():
        if top and len(table):
            print_table(_faces_table(kind, table, top))


def _faces_table(kind: str, table: pd.DataFrame, top: int) -> Any:
    from softbio.cli.tables import number, plain_table

    few = table.head(top)
    title = f"{_shown(kind).capitalize()}: {len(few):,} of {len(table):,} faces"
    listed = plain_table(title=title)
    scores = [name for name in ("score", "baseline_score") if name in table]
    for name in ("filename", "group", "label", *scores):
        listed.add_column(
            name.replace("baseline_score", "score of the other"),
            justify="right" if name in ("label", *scores) else "left",
        )
    for line in few.to_dict("records"):
        figures = [number(float(line[name])) for name in scores]
        listed.add_row(line["filename"], line["group"], str(line["label"]), *figures)
    return listed


def _shown(kind: str) -> str:
    return kind.replace("_", " ")


def _share(count: int, n: int) -> str:
    return f"{100 * count / n:.1f} %" if n else "–"


def _write(path: Path, tables: dict[str, pd.DataFrame]) -> None:
    from softbio.errors import DataError
    from softbio.faces.strict_csv import spreadsheet
    from softbio.runs import write_atomically

    kinds = list(tables)
    names = [str(name) for name in tables[kinds[0]].columns]
    lines = [[kind, *line.values()] for kind in kinds for line in _lines(tables[kind])]
    try:
        write_atomically(path, spreadsheet(["kind", *names], lines))
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror}.") from None
    err.print(f"{len(lines):,} faces in {path}", markup=False, soft_wrap=True)
