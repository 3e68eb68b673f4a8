"""Hypotheses that are kept: one more, and all of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from softbio.cli.console import err
from softbio.cli.lab.known import is_packed, learn_known, run_of, tags_of
from softbio.cli.lab.material import Material, about_run, open_faces
from softbio.cli.lab.search_tables import say
from softbio.cli.tables import number, plain_table, print_table
from softbio.errors import ConfigError

if TYPE_CHECKING:
    from softbio.hypotheses.kept import Compared, Kept

__all__ = ["KeptOnes", "keep", "keep_answer", "needs_place"]


def needs_place(data: str) -> None:
    """Refuse to keep anything where there is no face set; `ConfigError` says what to do."""
    if not is_packed(data):
        raise ConfigError(
            f"Hypotheses are kept in a face set, and {data} is none. Pack it, attributes are "
            f'enough: `softbio pack {data} --attributes-only --out data/NAME --label "…"`.'
        )


def keep(material: Material, formula: str, name: str, note: str) -> Kept:
    """Keep a formula with its evidence of now."""
    from softbio.hypotheses import examine
    from softbio.hypotheses.kept import Kept, KeptHypotheses, figures_of

    found = examine(material.traits, formula, material.target, material.faces)
    of_run = material.run is not None and about_run(material.target)
    return KeptHypotheses(material.faces).add(
        Kept(
            formula=found.formula,
            name=name,
            note=note,
            target=material.target.spec,
            target_title=material.target.title,
            run=material.run.id if of_run and material.run is not None else "",
            split=material.split if of_run else "",
            figures=figures_of(found),
            probed=found.probed,
        )
    )


def keep_answer(material: Material, formula: str | None, name: str, note: str) -> dict[str, Any]:
    """Keep the formula of an answer, say so, and return what JSON tells of it."""
    if formula is None:
        err.print("Nothing is kept: no formula explains the target.", soft_wrap=True)
        return {"kept": None}
    kept = keep(material, formula, name, note)
    err.print(
        f"Kept {kept.formula} as {kept.id}; `softbio hypotheses {material.data} --kept` lists it.",
        markup=False,
        soft_wrap=True,
    )
    return {"kept": kept.id}


@dataclass(frozen=True, eq=False)
class KeptOnes:
    """What is kept with a face set, with figures of the data as they are now."""

    name: str
    compared: list[Compared]

    @classmethod
    def of(cls, data: str, run_id: str | None, models: Path | None, probe: bool | None) -> KeptOnes:
        """Examine all that is kept."""
        from softbio.hypotheses.kept import KeptHypotheses, compare

        needs_place(data)
        faces = open_faces(data)
        kept = KeptHypotheses(faces).list()
        if not kept:
            return cls(faces.name, [])
        run, tags = run_of(run_id, models), tags_of(faces, data)
        known = learn_known(faces, run, tags, probe)
        found = compare(kept, known.traits, faces, run=run, tags=tags)
        return cls(faces.name, found)

    def show(self) -> None:
        """Print a line for each."""
        if not self.compared:
            say(
                f"Nothing is kept in {self.name}. Keep the best formula with `--keep NAME`, or one "
                "that you examine with --test."
            )
            return
        groups = list(dict.fromkeys(name for one in self.compared for name in one.groups))
        table = plain_table()
        table.add_column("hypothesis", overflow="fold", min_width=24)
        table.add_column("explains", overflow="fold")
        for name in (*groups, "all"):
            table.add_column(f"{escape(name)}\nagree", justify="right")
        table.add_column("when\nkept", justify="right")
        for one in self.compared:
            rates = [_shown(one.rate("agreement", name)) for name in (*groups, None)]
            table.add_row(
                _told(one),
                escape(one.kept.target_title),
                *rates,
                _shown(one.rate("agreement", None, kept=True)),
            )
        print_table(table)

    def as_json(self) -> bytes:
        """Return all as JSON."""
        from softbio.hypotheses.kept import as_json

        return as_json(self.compared)

    def as_csv(self) -> bytes:
        """Return a line for each."""
        from softbio.hypotheses.kept import as_csv

        return as_csv(self.compared)

    def as_markdown(self) -> bytes:
        """Return them as a section of a report."""
        from softbio.hypotheses.kept import as_markdown

        return as_markdown(self.compared).encode()


def _told(one: Compared) -> str:
    kept = one.kept
    lines = [f"[bold]{escape(kept.title)}[/]", f"[dim]{escape(kept.formula)}[/]"]
    if kept.note:
        lines.append(escape(kept.note))
    if kept.probed:
        lines.append(f"rests on a probe: {escape(', '.join(kept.probed))}")
    lines += [escape(sentence) for sentence in (*one.changes, one.missing) if sentence]
    return "\n".join(lines)


def _shown(rate: tuple[float | None, float | None, float | None]) -> str:
    return "–" if rate[0] is None else number(rate[0])
