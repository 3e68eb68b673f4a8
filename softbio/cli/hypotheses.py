"""``softbio hypotheses``: which formula over attributes a label means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from softbio.cli.console import err, telling_errors
from softbio.cli.evaluate import Split
from softbio.cli.options import Models

__all__ = ["hypotheses"]

_ASK = "What is asked"
_KNOWN = "What formulas may name"
_KEEP = "Keep and write"


def hypotheses(
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA",
            help="A face set (data/NAME); or an annotation file, no photographs needed: CelebA's "
            "list_attr_celeba.txt, its folder, or a table with columns of 0/1 or −1/1.",
        ),
    ],
    target: Annotated[
        str,
        typer.Option(
            "--target",
            metavar="WHAT",
            help="What to explain: label; a tagged word; or, with --run, prediction, error, "
            "false-positive, false-negative, each also in one group, such as error:women.",
            rich_help_panel=_ASK,
        ),
    ] = "label",
    label: Annotated[
        str | None,
        typer.Option(
            "--label",
            metavar="FORMULA",
            help="For an annotation file: the attribute, or formula over attributes, that is the "
            "label.",
            rich_help_panel=_ASK,
        ),
    ] = None,
    run: Annotated[
        str | None,
        typer.Option(
            "--run",
            metavar="RUN",
            help="Id of a run of this set, or its beginning: for what it predicts, and for probes, "
            "which learn from its embeddings.",
            rich_help_panel=_ASK,
        ),
    ] = None,
    split: Annotated[
        Split | None,
        typer.Option(
            "--split",
            help="Look at these faces only. Default: all that have the label or tag; val_select "
            "for what a run predicts. Looks of a run at test are counted.",
            rich_help_panel=_ASK,
        ),
    ] = None,
    test: Annotated[
        str | None,
        typer.Option(
            "--test",
            metavar="FORMULA",
            help="Examine this formula instead of searching.",
            rich_help_panel=_ASK,
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="FORMULA",
            help="With --test: let the faces on which the two differ decide.",
            rich_help_panel=_ASK,
        ),
    ] = None,
    total: Annotated[
        list[str] | None,
        typer.Option(
            "--total",
            metavar="TOTAL",
            help='What is known of faces without labels, such as "unlabelled: 5001 of 10023": '
            "formulas that cannot give it are ruled out. Can be given again.",
            rich_help_panel=_ASK,
        ),
    ] = None,
    max_attributes: Annotated[
        int,
        typer.Option(
            "--max-attributes",
            min=1,
            max=4,
            help="Search every function of up to so many attributes; the best are lengthened.",
            rich_help_panel=_ASK,
        ),
    ] = 3,
    top: Annotated[
        int, typer.Option("--top", min=1, max=1000, help="Lines to show.", rich_help_panel=_ASK)
    ] = 10,
    permutations: Annotated[
        int,
        typer.Option(
            "--permutations",
            min=0,
            max=9999,
            help="Also search so many shuffled labels: finds weaker rules in few faces. 39 are "
            "enough for p = 0.025; each takes as long as a search.",
            rich_help_panel=_ASK,
        ),
    ] = 0,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            metavar="ATTRIBUTE",
            help="Leave this attribute out. Can be given again.",
            rich_help_panel=_KNOWN,
        ),
    ] = None,
    probe: Annotated[
        bool | None,
        typer.Option(
            "--probe/--no-probe",
            help="Learn attributes from tags. Default: where there are enough tags.",
            show_default=False,
            rich_help_panel=_KNOWN,
        ),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(
            "--keep",
            metavar="NAME",
            help="Keep the examined formula, or the best one found, with its evidence in the face "
            "set.",
            rich_help_panel=_KEEP,
        ),
    ] = None,
    note: Annotated[
        str,
        typer.Option(
            "--note", metavar="TEXT", help="What to keep beside it.", rich_help_panel=_KEEP
        ),
    ] = "",
    kept: Annotated[
        bool,
        typer.Option(
            "--kept",
            help="List what is kept, with figures of the data as they are now.",
            rich_help_panel=_KEEP,
        ),
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print one JSON object and nothing else.", rich_help_panel=_KEEP
        ),
    ] = False,
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv",
            metavar="FILE",
            help="Also write the figures to this file; with --against, the disputed faces.",
            rich_help_panel=_KEEP,
        ),
    ] = None,
    markdown: Annotated[
        Path | None,
        typer.Option(
            "--markdown",
            metavar="FILE",
            help="With --kept: also write them for a report.",
            rich_help_panel=_KEEP,
        ),
    ] = None,
    models: Models = None,
) -> None:
    """Ask what a label means: which formula over attributes tells it best.

    Without --test, all formulas are searched and ranked, with figures for
    each gender and how far to trust them; "nothing explains the label" is
    an answer too. With --test one formula is examined, with --against two
    are held against each other on the faces where they differ.
    """
    with telling_errors():
        from softbio.cli.lab.options import check_options
        from softbio.cli.lab.totals import parsed

        check_options(test, against, keep, note, kept, total, permutations, markdown, split, target)
        if kept:
            from softbio.cli.lab.keeping import KeptOnes

            ones = KeptOnes.of(data, run, models, probe)
            _write(csv, ones.as_csv)
            _write(markdown, ones.as_markdown)
            if as_json:
                typer.echo(ones.as_json().decode(), nl=False)
            else:
                ones.show()
            return
        totals = parsed(total or ())
        if keep is not None:
            from softbio.cli.lab.keeping import needs_place

            needs_place(data)
        from softbio.cli.lab.answering import answer_of, count_look
        from softbio.cli.lab.material import open_material

        material = open_material(
            data,
            target=target,
            label=label,
            run_id=run,
            models=models,
            split=None if split is None else split.value,
            without=without or (),
            probe=probe,
        )
        answer = answer_of(material, test, against, totals, max_attributes, top, permutations)
        count_look(material)
        told: dict[str, Any] = {}
        if keep is not None:
            from softbio.cli.lab.keeping import keep_answer

            told = keep_answer(material, answer.formula, keep, note)
        _write(csv, answer.as_csv)
        if as_json:
            import json

            typer.echo(json.dumps(answer.as_json() | told, indent=2, allow_nan=False))
        else:
            answer.show()


def _write(path: Path | None, content: Callable[[], bytes]) -> None:
    """Write what an option asked for, and say where it is."""
    if path is None:
        return
    from softbio.errors import DataError
    from softbio.runs.files import write_atomically

    try:
        write_atomically(path, content())
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror}.") from None
    err.print(f"Written: {path}", markup=False, soft_wrap=True)
