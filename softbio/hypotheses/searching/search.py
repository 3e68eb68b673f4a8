"""What does this label mean? An exact search over Boolean functions of attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from softbio.cores import cores
from softbio.errors import CancelledError, ConfigError
from softbio.formula.conjunctions import Conjunctions
from softbio.hypotheses.searching.beam import lengthen
from softbio.hypotheses.searching.comparing import SHORTLIST_MARGIN, compare, shortlist_size
from softbio.hypotheses.searching.exhaustive import search_functions
from softbio.hypotheses.searching.figures import mutual_information
from softbio.hypotheses.searching.findings import Findings
from softbio.hypotheses.searching.functions import MOST_INPUTS, functions_of
from softbio.hypotheses.searching.lines import Line, as_hypotheses, fold, lines_of
from softbio.hypotheses.searching.material import gather
from softbio.hypotheses.searching.pool import TIE
from softbio.hypotheses.searching.sharpening import STRENGTHS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SearchPlan", "search"]


@dataclass(frozen=True)
class SearchPlan:
    """How far to search.

    Attributes
    ----------
    max_attributes : int
        Every function of up to so many attributes is searched, 1 to 4.
    top : int
        Lines to return; ties with the last one come too.
    beam_literals : int
        The best are lengthened, literal by literal, up to so many; 0: they are not.
    threads : int, optional
        All cores by default.
    """

    max_attributes: int = 3
    top: int = 20
    beam_literals: int = 6
    threads: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.max_attributes <= MOST_INPUTS:
            raise ConfigError(
                f"`max_attributes` must be 1 to {MOST_INPUTS}. Received: {self.max_attributes}."
            )
        if not 1 <= self.top <= 1000:
            raise ConfigError(f"`top` must be 1 to 1000. Received: {self.top}.")
        if not 0 <= self.beam_literals <= 10:
            raise ConfigError(f"`beam_literals` must be 0 to 10. Received: {self.beam_literals}.")
        if self.threads is not None and self.threads < 1:
            raise ConfigError(f"`threads` must be at least 1. Received: {self.threads}.")


def search(
    columns: Mapping[str, np.ndarray] | pd.DataFrame,
    target: np.ndarray,
    group: np.ndarray | None = None,
    groups: tuple[str, ...] = ("all",),
    *,
    person: np.ndarray | None = None,
    plan: SearchPlan | None = None,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Findings:
    """Find the formulas over attributes that tell a target best.

    Every Boolean function of up to `plan.max_attributes` attributes is compared
    by the length of the description that it gives of the target (see
    `scoring`), from counts of conjunctions; the best are then lengthened.

    Parameters
    ----------
    columns : mapping of name to array of shape (N,), or DataFrame
        The attributes: 0, 1, and −1 or null for what is not known. Floating values between
        0 and 1 are chances that the attribute is 1, as from a probe; NaN for what is not
        known. Then formulas are shortlisted from draws of the attributes, and compared by
        the likelihood of the target given the chances (see `latent`).
    target : ndarray, shape (N,), integers
        0 or 1: labels, predictions, errors, a tag. Faces with another value
        (such as −1) are left out; so errors within a group are searched by −1
        for all other faces.
    group : ndarray, shape (N,), integers, optional
        The index of each face's group in `groups`, −1 if not known. Noise
        has its own rates in each group.
    groups : tuple of str
    person : ndarray, shape (N,), integers, optional
        Who is on each face; negative: not known. The evidence then counts the faces of a
        person as fewer, the more their labels are alike.
    plan : SearchPlan, optional
    progress : callable, optional
        Called with how many tuples of attributes have been examined, and of how many.
    stop : callable, optional
        Called often; true ends the search.

    Returns
    -------
    Findings

    Raises
    ------
    DataError
        If the arrays do not fit together, or leave nothing to search.
    CancelledError
        If `stop` said so.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> faces = {name: rng.integers(0, 2, 500) for name in ("Blond", "Glasses", "Smile")}
    >>> found = search(faces, faces["Blond"] ^ faces["Glasses"])
    >>> found.explained, found.hypotheses[0].formula
    (True, 'Blond xor Glasses')
    """
    plan = plan or SearchPlan()

    def check() -> None:
        if stop is not None and stop():
            raise CancelledError("The search was stopped.")

    material = gather(columns, target, group, groups, person)
    most = min(plan.max_attributes, len(material.names))
    threads = plan.threads or cores()
    conjunctions = Conjunctions(material.packed, most, threads)
    pool = search_functions(
        conjunctions,
        material.scale,
        most=most,
        # Some are the same on all faces and share a line, so more are kept than are shown.
        keep=shortlist_size(plan.top) if material.probed else plan.top + 10,
        margin=-SHORTLIST_MARGIN if material.probed else TIE,
        threads=threads,
        progress=progress or (lambda done, total: None),
        stop=check,
    )
    found = lines_of(material, pool.candidates)
    lines = fold(found)
    if plan.beam_literals:
        longer = lengthen(material, lines, most, plan.beam_literals, threads, check)
        found, lines = [*found, *longer], fold([*lines, *longer])
    compared: list[Line] = []
    version = 0
    if material.probed:
        compared, version = compare(material, conjunctions, found, plan.top, most, threads, check)
        lines = fold(compared)
    hypotheses = as_hypotheses(material, conjunctions, lines, plan.top, most, compared)
    attributes = len(material.names)
    return Findings(
        hypotheses=hypotheses,
        explained=bool(hypotheses) and hypotheses[0].explains,
        constant_bits=material.scale.constant_bits,
        group_information=mutual_information(material.scale.totals),
        n=material.n,
        target_1=int(material.scale.totals[:, 1].sum()),
        left_out=material.left_out,
        searched=material.names,
        max_attributes=most,
        functions=2
        + sum(2 * len(functions_of(size)) * comb(attributes, size) for size in range(1, most + 1)),
        probed=material.probed,
        sharpened=STRENGTHS[version],
        faces_as_one=tuple(float(effect) for effect in material.faces_as_one),
    )
