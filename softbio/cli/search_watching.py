"""What a person sees while a search works: a bar, and a line for each trial that ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.markup import escape

from softbio.cli.console import err

if TYPE_CHECKING:
    from softbio.jobs.search import Search, SearchProgress

__all__ = ["search_bar", "watch"]

#: Seconds between two looks at detached workers.
_LOOK = 1.0
#: Seconds that workers get to stop before they are ended.
_PATIENCE = 20.0


@contextmanager
def search_bar(search: Search) -> Iterator[Callable[[SearchProgress], None]]:
    """Give what is told of the progress of a search in this process."""
    with _bar(search) as (show, tell_ended):

        def update(now: SearchProgress) -> None:
            if now.ended is not None:
                tell_ended()
            what, left = f"trial {now.trial}", ""
            if now.trial is None:
                what = "waiting for other workers"
            training = now.training
            if training is not None:
                what += f", {training.phase}, epoch {training.epoch}/{training.epochs}"
                if training.seconds_left is not None:
                    left = f"{_clock(training.seconds_left)} left of the trial"
            show(now.tally.finished, now.tally.best, what, left)

        yield update


def watch(search: Search) -> None:
    """Look at detached workers until they end; the first Ctrl-C stops them after their step."""
    asked: float | None = None
    with _bar(search) as (show, tell_ended):
        while working := search.alive():
            try:
                counts = search.tally()
                tell_ended()
                what = f"{working} workers" if working > 1 else "1 worker"
                what += " stopping" if asked is not None else f", {counts.running} trials under way"
                show(counts.finished, counts.best, what, "")
                if asked is not None and time.monotonic() - asked > _PATIENCE:
                    search.stop(kill=True)
                time.sleep(_LOOK)
            except KeyboardInterrupt:
                search.stop(kill=asked is not None)
                asked = asked or time.monotonic()
        tell_ended()


@contextmanager
def _bar(
    search: Search,
) -> Iterator[tuple[Callable[[int, float | None, str, str], None], Callable[[], None]]]:
    from rich import progress

    from softbio.cli.search_tables import trial_line

    wanted = search.about.trials
    results = search.results()
    known = set(results.trials["number"][~results.trials["state"].isin(("running", "stopped"))])
    with progress.Progress(
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[what]}"),
        progress.TextColumn("{task.fields[left]}"),
        progress.TextColumn("{task.fields[best]}"),
        console=err,
        transient=True,
    ) as bar:
        task = bar.add_task("", total=wanted, what="loading", left="", best="")

        def show(done: int, best: float | None, what: str, left: str) -> None:
            told = "" if best is None else f"best {best:.4f}"
            bar.update(task, completed=done, what=what, left=left, best=told)

        def tell_ended() -> None:
            results = search.results()
            for _, row in results.trials.iterrows():
                if row["number"] not in known and row["state"] not in ("running", "stopped"):
                    known.add(row["number"])
                    bar.console.print(escape(trial_line(row, results)), soft_wrap=True)

        yield show, tell_ended


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
