"""Searches: many trainings that look for good settings, each a run judged out of sample."""

from softbio.jobs.search.claiming import Tally
from softbio.jobs.search.objective import direction_of, objectives
from softbio.jobs.search.results import SearchResults
from softbio.jobs.search.search import Search
from softbio.jobs.search.wholly import best_of, new_whole_run, refit_as_searched, whole_run
from softbio.jobs.search.workers import check_workers
from softbio.jobs.search.working import SearchProgress

__all__ = [
    "Search",
    "SearchProgress",
    "SearchResults",
    "Tally",
    "best_of",
    "check_workers",
    "direction_of",
    "new_whole_run",
    "objectives",
    "refit_as_searched",
    "whole_run",
]
