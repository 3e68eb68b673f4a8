"""Progress bars on standard error, and the line that an epoch leaves above its bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from softbio.cli.console import err

if TYPE_CHECKING:
    from softbio.runs import Progress

__all__ = ["epoch_line", "packing_bar", "phases_bar", "training_bar"]


@contextmanager
def packing_bar(verb: str) -> Iterator[Callable[[int, int], None]]:
    """Give ``update(done, total)``, which shows images, images per second and time left.

    The bar appears with the first update: a set that is there already needs none.
    """
    from rich import progress

    class Speed(progress.ProgressColumn):
        def render(self, task: progress.Task) -> str:
            return f"{task.speed:,.0f} images/s" if task.speed else ""

    bar = progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        Speed(),
        progress.TimeRemainingColumn(),
        console=err,
    )

    def update(done: int, total: int) -> None:
        if not bar.tasks:
            bar.start()
            bar.add_task(verb, total=total, completed=done)
            if done:
                bar.print(f"Going on after {done:,} faces that were packed before.")
        bar.update(bar.tasks[0].id, completed=done)

    try:
        yield update
    finally:
        bar.stop()


@contextmanager
def phases_bar() -> Iterator[Callable[[str, int, int], None]]:
    """Give ``update(phase, done, total)``: one bar that begins anew with each phase, and goes.

    It appears with the first update, and only on a terminal.
    """
    from rich import progress

    bar = progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.TaskProgressColumn(),
        progress.TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
    shown = ""

    def update(phase: str, done: int, total: int) -> None:
        nonlocal shown
        if not bar.tasks:
            bar.start()
            bar.add_task(phase)
        task = bar.tasks[0].id
        if phase != shown:
            bar.reset(task, description=phase)
            shown = phase
        bar.update(task, completed=done, total=total)

    try:
        yield update
    finally:
        bar.stop()


@contextmanager
def training_bar() -> Iterator[
    tuple[Callable[[Progress], None], Callable[[dict[str, float]], None]]
]:
    """Give the two callbacks of a training: a bar, and a line an epoch above it."""
    from rich import progress

    with progress.Progress(
        progress.TextColumn("{task.fields[phase]}epoch {task.fields[epoch]}/{task.fields[epochs]}"),
        progress.BarColumn(),
        progress.TextColumn("loss {task.fields[loss]}"),
        progress.TextColumn("{task.fields[left]}"),
        console=err,
        transient=True,
    ) as bar:
        task = bar.add_task(
            "", total=None, phase="", epoch="–", epochs="–", loss="–", left="loading"
        )

        def on_progress(now: Progress) -> None:
            bar.update(
                task,
                total=now.epochs * now.steps,
                completed=(now.epoch - 1) * now.steps + now.step,
                phase=f"{now.phase}, " if now.phase else "",
                epoch=now.epoch,
                epochs=now.epochs,
                loss="–" if now.loss is None else f"{now.loss:.4f}",
                left="" if now.seconds_left is None else f"{_clock(now.seconds_left)} left",
            )

        def on_epoch(row: dict[str, float]) -> None:
            bar.console.print(epoch_line(row), soft_wrap=True)

        yield on_progress, on_epoch


def epoch_line(row: dict[str, float]) -> str:
    """Return an epoch's figures as a line; an undefined one is "–"."""
    begin = "val_accuracy_"
    parts = [f"epoch {int(row['epoch']):3d}  loss {row['loss']:.4f}"]
    parts += [
        f"{name.removeprefix(begin)} {_figure(value)}"
        for name, value in row.items()
        if name.startswith(begin)
    ]
    parts.append(f"Fair Metric {_figure(row['val_fair_metric'])}")
    parts.append(f"balanced {_figure(row['val_balanced_fair_metric'])}")
    return "  ".join([*parts, f"{row['seconds']:.1f} s"])


def _figure(value: float) -> str:
    return "–" if value != value else f"{value:.3f}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
