"""Measure what recipes, and each of their choices, give to each gender on real faces.

``python bench/evidence.py data/celeba`` trains what is not yet in its run store, resumes what was
interrupted, and writes its sections of ``docs/evidence.md``. What each training reached is kept in
``docs/evidence.csv`` and not trained again on another machine, but for those of the part `quality`,
which are judged face by face. It is about 200 trainings and six hours on two cores; each finished one is kept, so it can
be stopped at any time, and ``--write`` writes the page from what is there. ``--parts`` picks what is trained
and written, the sections of other parts stay as they are; ``--seeds`` picks what is trained.

The trainings go through softbio's queue. Those whose seconds the page tells come first and are given
all cores. The others go one to a core, which takes less time than one after the other on all cores.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from evidence_figures import judged, one_run
from evidence_page import write_page
from evidence_record import Key, Record
from evidence_rows import PARTS, SEEDS, TIMED, Row, rows
from evidence_sets import fold_sets, planted_set

from softbio.config import TrainConfig
from softbio.cores import cores
from softbio.errors import SoftbioError
from softbio.faces import FaceSet
from softbio.jobs import ACTIVE, JobQueue
from softbio.runs import Run, RunStore
from softbio.training.start import find_or_make

#: A row, the fold (from 0) and the seed.
Training = tuple[Row, int, int]

#: Seconds between two looks at the queue.
_LOOK = 1.0

PAGE = Path(__file__).resolve().parents[1] / "docs" / "evidence.md"
RECORD = PAGE.with_suffix(".csv")


class Evidence:
    """The sets that are trained on, the runs that are done, and what was reached on any machine.

    Parameters
    ----------
    faces : FaceSet
        The packed set.
    work : Path
        Folder of the folds' sets and of the runs.
    record : Record
    """

    def __init__(self, faces: FaceSet, work: Path, record: Record) -> None:
        self.faces = faces
        self.record = record
        self.store = RunStore(work / "models")
        self._work = work
        self._folds = fold_sets(faces, work / "sets")
        self._planted: dict[tuple[str, int], FaceSet] = {}
        self._done: dict[Key, Run] | None = None

    def fold(self, number: int) -> FaceSet:
        """Return the set of a fold, from 0."""
        return self._folds[number]

    def set_of(self, row: Row, fold: int) -> FaceSet:
        """Return the set that a row is trained on in a fold."""
        if row.flips == "none":
            return self._folds[fold]
        key = (row.flips, fold)
        if key not in self._planted:
            place = self._work / "sets" / f"fold-{fold + 1}-{_plain(row.flips)}"
            self._planted[key] = planted_set(self._folds[fold], row.flips, place)
        return self._planted[key]

    def runs(self, row: Row) -> dict[tuple[int, int], Run]:
        """Return the finished runs of a row by fold and seed."""
        if self._done is None:
            self._done = self._finished()
        found = {}
        for fold, seed in row.trainings:
            key = self.key(row, fold, seed)
            if key in self._done:
                found[fold, seed] = self._done[key]
        return found

    def figures(self, row: Row) -> dict[int, dict[str, float]]:
        """Return what stands on record of a row's trainings on the first fold, by seed."""
        keys = {seed: self.key(row, fold, seed) for fold, seed in row.trainings if fold == 0}
        return {s: self.record.figures(key) for s, key in keys.items() if key in self.record}

    def keep(self) -> None:
        """Put the finished runs that are not on record there."""
        self._done = None
        for row in rows():
            for (fold, seed), run in self.runs(row).items():
                key = self.key(row, fold, seed)
                if key not in self.record:
                    told = {"part": row.part, "line": row.title, "planted": row.flips}
                    told |= {
                        "fold": fold + 1,
                        "seed": seed,
                        "seconds": round(run.state.seconds or 0),
                    }
                    figures = one_run(judged(run, self.set_of(row, fold)))
                    self.record.add(key, told, figures)
        self.record.write()

    def missing(self, row: Row, fold: int, seed: int) -> bool:
        """Tell whether a training is to be done; those of `quality` are judged face by face."""
        on_record = row.part != "quality" and self.key(row, fold, seed) in self.record
        return not on_record and (fold, seed) not in self.runs(row)

    def key(self, row: Row, fold: int, seed: int) -> Key:
        """Return what tells a training from others: its set and its config. Rows may share it."""
        return self.set_of(row, fold).fingerprint, _config(row, seed).model_dump_json()

    def key_of(self, run: Run) -> Key:
        """Return the same of a run."""
        return run.config.data_fingerprint, run.config.training.model_dump_json()

    def _finished(self) -> dict[Key, Run]:
        return {
            self.key_of(run): run
            for run in reversed(self.store.list())
            if run.config.kind == "trained" and run.state.status == "done"
        }


def _config(row: Row, seed: int) -> TrainConfig:
    return row.config.model_copy(update={"seed": seed})


def _plain(text: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in text)


def trainings(parts: list[str], seeds: list[int]) -> Iterator[Training]:
    """Yield what is to be trained: part by part, the first seed of all rows before the second."""
    for part in parts:
        for seed in seeds:
            for row in rows():
                if row.part == part:
                    yield from ((row, fold, each) for fold, each in row.trainings if each == seed)


def train(evidence: Evidence, parts: list[str], seeds: list[int]) -> None:
    """Train what is missing; tell of each training when it has ended."""
    wanted = {evidence.key(*one): one for one in trainings(parts, seeds)}
    missing = {key: one for key, one in wanted.items() if evidence.missing(*one)}
    _say(f"{len(wanted)} trainings, {len(missing)} of them not done yet")
    timed = {evidence.key(row, *TIMED) for row in rows() if row.part == "quality"}
    train_all(evidence, {key: missing[key] for key in missing if key in timed}, 1)
    train_all(evidence, {key: missing[key] for key in missing if key not in timed}, cores())


def train_all(evidence: Evidence, wanted: dict[Key, Training], at_once: int) -> None:
    """Have the queue train each; what is under way from before is waited for.

    One more than can train is queued, so that its process is there when its turn comes. When this
    process is interrupted, the trainings stop after their present step, to go on from their last
    epoch next time.
    """
    queue = JobQueue(evidence.store, at_once=at_once)
    queue.reconcile()
    from_before = {evidence.key_of(run): run for run in queue.active()}
    waiting, under_way, ended = list(wanted), dict[Key, Run](), 0
    try:
        while waiting or under_way:
            while waiting and len(under_way) <= at_once:
                key = waiting.pop(0)
                try:
                    under_way[key] = from_before.get(key) or _queued(evidence, queue, wanted[key])
                except SoftbioError as error:  # weights that are not here
                    ended += 1
                    _say(f"{ended} of {len(wanted)}: {_title(*wanted[key])}: {error}")
            time.sleep(_LOOK)
            queue.reconcile()
            for key, run in list(under_way.items()):
                state = run.state
                if state.status not in ACTIVE:
                    del under_way[key]
                    ended += 1
                    told = (
                        f"{run.id}, {state.status}, {state.error or f'{state.seconds or 0:.0f} s'}"
                    )
                    _say(f"{ended} of {len(wanted)}: {_title(*wanted[key])}: {told}")
    except BaseException:
        for run in under_way.values():
            queue.cancel(run.id)
        raise


def _queued(evidence: Evidence, queue: JobQueue, training: Training) -> Run:
    """Return a run that is done, or one in the queue: one that was stopped before, or a new one."""
    row, fold, seed = training
    run = find_or_make(evidence.store, evidence.set_of(row, fold), _config(row, seed))
    if run.state.status == "done":
        return run
    return queue.submit(run) if run.state.status == "queued" else queue.resume(run)


def _title(row: Row, fold: int, seed: int) -> str:
    return f"{row.part}, {row.title}, {row.flips}, fold {fold + 1}, seed {seed}"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Train what is missing, then write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="a packed face set")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--seeds", nargs="+", type=int, default=list(SEEDS))
    parser.add_argument("--work", type=Path, default=Path("build/evidence"))
    parser.add_argument("--write", action="store_true", help="train nothing, write the page")
    options = parser.parse_args()

    evidence = Evidence(FaceSet.open(options.data), options.work, Record(RECORD))
    if not options.write:
        train(evidence, options.parts, options.seeds)
    evidence.keep()
    write_page(PAGE, evidence, options.parts)
    _say(PAGE.name)


if __name__ == "__main__":
    main()
