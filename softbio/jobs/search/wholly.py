"""Training a trial's settings wholly: on all training faces, as a run like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from softbio.errors import RunError
from softbio.faces.faceset import FaceSet

if TYPE_CHECKING:
    from softbio.jobs.search.search import Search
    from softbio.runs import Run

__all__ = ["best_of", "faces_of", "new_whole_run", "refit_as_searched", "whole_run"]


def best_of(search: Search) -> int:
    """Return the number of the best trial; `RunError` where none is complete."""
    best = search.results().best
    if best is None:
        raise RunError(f"No trial of the search {search.id} is complete yet.")
    return best


def new_whole_run(search: Search, number: int, name: str = "") -> Run:
    """Make a queued run with a trial's settings and without folds.

    Parameters
    ----------
    search : Search
    number : int
    name : str
        At most 200 characters; by default the search's name and the trial's number.

    Raises
    ------
    RunError
        If there is no such trial, or the face set was packed anew.
    """
    from softbio.training.start import new_run

    config, _ = search.settings_of(number)
    return new_run(search.store, faces_of(search), config, name or _called(search, number))


def whole_run(search: Search, number: int) -> Run:
    """Return the run with a trial's settings and without folds: done, to go on with, or new.

    Raises
    ------
    RunError
        If there is no such trial, or the face set was packed anew.
    """
    from softbio.training.start import find_or_make

    config, _ = search.settings_of(number)
    return find_or_make(search.store, faces_of(search), config, _called(search, number))


def refit_as_searched(search: Search, number: int, run: Run) -> Run | None:
    """Return a run refitted as a trial was, made if need be; None where nothing is refitted.

    Raises
    ------
    SoftbioError
        As `softbio.training.refit.keep_refit` does.
    """
    from softbio.training.head import fit_head
    from softbio.training.refit import head_data, keep_refit

    _, settings = search.settings_of(number)
    if settings is None:
        return None
    for known in search.store.list():
        if known.config.parent == run.id and known.config.head == settings:
            return known
    faces = faces_of(search)
    head = fit_head(head_data(run, faces, settings.fitted_on), settings)
    called = f"{run.name}, refitted"[:200]
    return keep_refit(search.store, run, faces, settings, head, called)


def _called(search: Search, number: int) -> str:
    return f"{search.about.name or search.id}, trial {number} wholly"[:200]


def faces_of(search: Search) -> FaceSet:
    """Return the face set of a search; `RunError` if it was packed anew."""
    faces = FaceSet.open(search.about.data)
    if faces.fingerprint != search.about.data_fingerprint:
        raise RunError(
            f"The face set {search.about.data} was packed anew since the search {search.id} was "
            "made: they do not belong together any more. Make a new search."
        )
    return faces
