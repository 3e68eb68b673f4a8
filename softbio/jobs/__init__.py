"""Training outside the page: a queue over the run store, and a process for each job."""

from __future__ import annotations

from softbio.jobs.queue import ACTIVE, JobEvents, JobQueue

__all__ = ["ACTIVE", "JobEvents", "JobQueue"]
