"""Searches: many trainings that look for good settings, each a run judged out of sample."""

from softbio.jobs.search.claiming import Tally
from softbio.jobs.search.objective import direction_of, objectives
from softbio.jobs.search.results import SearchResults
from softbio.jobs.search.search import Search, most_workers
from softbio.jobs.search.working import SearchProgress

__all__ = [
    "Search",
    "SearchProgress",
    "SearchResults",
    "Tally",
    "direction_of",
    "most_workers",
    "objectives",
]
