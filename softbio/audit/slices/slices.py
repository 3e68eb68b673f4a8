"""Slices: which conjunctions of attributes have more errors than the rest of their group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from softbio.audit.slices.chance import holm
from softbio.audit.slices.counting import count_slices
from softbio.audit.slices.results import ALL, Slices
from softbio.audit.slices.search import NEAREST, Search
from softbio.errors import CancelledError, ConfigError
from softbio.fairness.intervals import number_people

__all__ = ["slices"]


def slices(
    attributes: Mapping[str, np.ndarray],
    wrong: np.ndarray,
    group: np.ndarray,
    groups: Sequence[str],
    *,
    person: np.ndarray | None = None,
    most: int = 3,
    smallest: int = 50,
    level: float = 0.95,
    top: int = 50,
    negated: bool = True,
    stop: Callable[[], bool] | None = None,
) -> Slices:
    """Find the conjunctions of attributes with the worst error, by exact counts of all of them.

    Parameters
    ----------
    attributes : mapping of str to ndarray, shape (n,)
        1, 0, or anything else where not known. A face of which an attribute is not known stands
        neither in a slice that names it nor in the rest that the slice is compared with.
    wrong : ndarray, shape (n,), bool
    group : ndarray, shape (n,)
        Index into `groups`; each is searched by itself, and all together.
    groups : sequence of str
    person : ndarray, shape (n,), integers, optional
        Who is on each face; negative: not known. Then figures count people: faces are taken for
        as many as their errors' design effect leaves.
    most : int
        Attributes at most, 1 to 3.
    smallest : int
        Faces that a slice must have.
    level : float
        Of the intervals.
    top : int
        Lines at most for each scope.
    negated : bool
        Whether attributes are also taken negated.
    stop : callable, optional
        Asked now and then whether to give up.

    Raises
    ------
    ConfigError
        If there is no attribute, or `most` or `smallest` is out of range.
    CancelledError
        If `stop` says so.

    Notes
    -----
    The p value is Fisher's, one-sided: of a slice with ``n`` of the ``N`` faces and ``k`` of their
    ``K`` errors, the hypergeometric chance of ``k`` or more. By person all four are divided by
    Kish's design effect of the errors, that of the slice's own faces where it is the larger, and
    rounded away from a find (Rao & Scott 1992 do the same to binary counts of clusters).
    """
    if not attributes:
        raise ConfigError("No attribute is known of these faces, so there is nothing to slice by.")
    if most not in (1, 2, 3):
        raise ConfigError(f"A slice has 1 to 3 attributes. Received: {most}.")
    if smallest < 2:
        raise ConfigError(f"A slice needs 2 faces at least. Received: {smallest}.")
    wrong, group = np.asarray(wrong, bool), np.asarray(group)
    who = None if person is None else number_people(np.asarray(person))[0]
    counted = count_slices(attributes, wrong, group, len(groups), most)
    faces = [(name, group == code) for code, name in enumerate(groups)]
    columns = [[code] for code in range(len(groups))]
    if len(groups) > 1:
        faces.append((ALL, (group >= 0) & (group < len(groups))))
        columns.append(list(range(len(groups))))
    searches = []
    for (name, inside), code in zip(faces, columns, strict=True):
        _heed(stop)
        searches.append(Search(name, inside, counted, code, wrong, who, smallest, negated))
    raised = holm(np.concatenate([search.p for search in searches]))
    ends = np.cumsum([len(search.p) for search in searches])[:-1]
    chosen = []
    for search, corrected in zip(searches, np.split(raised, ends), strict=True):
        _heed(stop)
        search.refine(corrected, attributes)
    # Chance was told too low for some, by their own people: corrected anew for all.
    raised = holm(np.concatenate([search.p for search in searches]))
    found: list[int] = []
    for search, corrected in zip(searches, np.split(raised, ends), strict=True):
        kept, beyond = search.kept(corrected, top)
        found.append(beyond)
        chosen += [search.line(at, corrected[at], attributes, level) for at in kept]
    if any(found):
        chosen = [line for line in chosen if line.beyond_chance]
        chosen.sort(key=lambda line: -line.low)
    else:
        chosen = sorted(chosen, key=lambda line: line.p)[:NEAREST]
    return Slices(
        tuple(chosen),
        tuple(search.told(n) for search, n in zip(searches, found, strict=True)),
        int(sum(len(search.p) for search in searches)),
        sum(found),
        "face" if who is None else "person",
        most,
        smallest,
        level,
    )


def _heed(stop: Callable[[], bool] | None) -> None:
    if stop is not None and stop():
        raise CancelledError("Slices were not counted to the end: it was asked to stop.")
