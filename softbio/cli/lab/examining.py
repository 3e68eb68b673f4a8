"""One formula examined, and two held against each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from softbio.cli.lab.material import Material
from softbio.cli.lab.totals import checked, total_json

if TYPE_CHECKING:
    import numpy as np

    from softbio.hypotheses.examination import CellScores, Duel, Examination, Total, TotalCheck

__all__ = ["Dueled", "Examined"]


@dataclass(frozen=True, eq=False)
class Examined:
    """A formula held against the target.

    Attributes
    ----------
    material : Material
    examination : Examination
    scores : CellScores or None
        What the run makes of each cell, where one was named.
    checks : tuple of TotalCheck
    """

    material: Material
    examination: Examination
    scores: CellScores | None
    checks: tuple[TotalCheck, ...]

    @classmethod
    def of(cls, material: Material, formula: str, totals: list[Total]) -> Examined:
        """Examine a formula."""
        from softbio.hypotheses.examination import examine, network_scores

        found = examine(material.traits, formula, material.target, material.faces)
        scores = None
        if material.run is not None:
            split = material.split or "val_select"
            scores = network_scores(found, material.run, material.faces, split=split)
        return cls(material, found, scores, checked(material, [found.formula], totals)[0])

    @property
    def formula(self) -> str:
        """The formula, as the set spells it."""
        return self.examination.formula

    def show(self) -> None:
        """Print it."""
        from softbio.cli.lab.examination_tables import print_examination

        print_examination(self.material, self.examination, self.scores, self.checks)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return self.material.as_json() | self.figures()

    def figures(self) -> dict[str, Any]:
        """Return what was found, as plain data, without what it was asked of."""
        from softbio.hypotheses.kept import figures_of

        found, scores = self.examination, self.scores
        told: dict[str, Any] = {
            "formula": found.formula,
            "words": found.words,
            "probed": list(found.probed),
            "near_half": found.near_half,
            "left_out": {
                "without_target": found.without_target,
                "without_group": found.without_group,
                "without_attributes": found.without_attributes,
            },
            "intervals": {"level": found.level, "by": found.by},
            **_plain(figures_of(found)),
            "totals": [total_json(check) for check in self.checks],
        }
        if scores is not None:
            told["scores"] = {
                "split": scores.split,
                "trained_on": scores.flatters,
                "groups": {
                    name: {"mean": _plain(scores.mean[k].tolist()), "n": scores.n[k].tolist()}
                    for k, name in enumerate(scores.groups)
                },
            }
        return told

    def as_csv(self) -> bytes:
        """Return a line for each group, and for all faces."""
        from softbio.faces.strict_csv import spreadsheet
        from softbio.hypotheses.kept.comparing import RATES

        head = ["formula", "words", "rests_on_probe", "group", "n"]
        for rate in RATES:
            head += [rate, f"{rate}_low", f"{rate}_high"]
        found, lines = self.examination, []
        for part in (*found.groups, found.overall):
            cells: list[Any] = [
                found.formula, found.words, " ".join(found.probed), part.name, part.n,
            ]  # fmt: skip
            for rate in RATES:
                one = getattr(part, rate)
                cells += [_number(value) for value in (one.value, one.low, one.high)]
            lines.append(cells)
        return spreadsheet(head, lines)


@dataclass(frozen=True, eq=False)
class Dueled:
    """Two formulas held against each other, and each against the target.

    Attributes
    ----------
    material : Material
    duel : Duel
    first, second : Examined
    """

    material: Material
    duel: Duel
    first: Examined
    second: Examined

    @classmethod
    def of(cls, material: Material, first: str, second: str, totals: list[Total]) -> Dueled:
        """Let the faces on which two formulas differ decide."""
        from softbio.hypotheses.examination import duel

        found = duel(material.traits, first, second, material.target, material.faces)
        each = [Examined.of(material, formula, totals) for formula in (first, second)]
        return cls(material, found, *each)

    @property
    def formula(self) -> str:
        """The first formula, as the set spells it."""
        return self.first.formula

    def show(self) -> None:
        """Print it."""
        from softbio.cli.lab.examination_tables import print_duel

        print_duel(self.material, self.duel, self.first, self.second)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        duel = self.duel
        return self.material.as_json() | {
            "first": self.first.figures(),
            "second": self.second.figures(),
            "faces": duel.n,
            "equal": duel.equal,
            "disputed": {
                "n": duel.n_disputed,
                "people": duel.people,
                "for_first": duel.for_first,
                "for_second": duel.for_second,
                "without_target": len(duel.waiting),
                "groups": {
                    part.name: {
                        "n": part.for_first + part.for_second,
                        "for_first": part.for_first,
                        "for_second": part.for_second,
                        "votes": part.votes.tolist(),
                        "log10_bayes_factor": _number(part.log10_bayes_factor),
                    }
                    for part in duel.disputed
                },
            },
            "log10_bayes_factor": _number(duel.log10_bayes_factor),
            "strength": duel.strength,
            "favours": duel.favours,
            "sentence": duel.sentence,
            "caveat": duel.caveat,
            "needed": {
                "disputed": duel.needed.disputed,
                "labelled": duel.needed.labelled,
                "sentence": duel.needed.sentence,
            },
            "probed": list(duel.probed),
        }

    def as_csv(self) -> bytes:
        """Return a line for each disputed face, also those whose target is not known."""
        import numpy as np

        from softbio.faces.strict_csv import spreadsheet

        material, duel = self.material, self.duel
        known = [rows for part in duel.disputed for rows in part.rows]
        rows = np.sort(np.concatenate([*known, duel.waiting]).astype(np.int64))
        names = (*material.faces.group_names.values(), "")
        columns = (
            material.faces.table["filename"].to_numpy(dtype=object)[rows],
            [names[index] for index in material.faces.group_index()[rows]],
            _known(material.target.values[rows]),
            _known(material.traits.evaluate(duel.first)[rows]),
            _known(material.traits.evaluate(duel.second)[rows]),
        )
        head = ["filename", "group", material.target.spec, duel.first, duel.second]
        return spreadsheet(head, list(zip(*columns, strict=True)))


def _known(values: np.ndarray) -> list[int | None]:
    return [int(value) if value >= 0 else None for value in values]


def _plain(value: Any) -> Any:
    """Return figures in which what is not defined is None."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return _number(value) if isinstance(value, float) else value


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
