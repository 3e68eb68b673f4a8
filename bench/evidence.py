"""Measure what recipes, and each of their choices, give to each gender on real faces.

``python bench/evidence.py data/celeba`` trains what is not yet in its run store, resumes what was
interrupted, and writes its sections of ``docs/evidence.md`` from the run folders alone. It is
about 200 trainings and seven hours on two cores; each finished one is kept, so it can be stopped
at any time, and ``--write`` writes the page from what is there. ``--parts`` picks what is trained
and written, the sections of other parts stay as they are; ``--seeds`` picks what is trained.

The trainings whose seconds the page tells come first and are given all cores. The others go one to
a core, which takes less time than one after the other on all cores would.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from evidence_page import write_page
from evidence_rows import PARTS, SEEDS, TIMED, Row, rows
from evidence_sets import fold_sets, planted_set

from softbio.config import TrainConfig
from softbio.errors import SoftbioError
from softbio.faces import FaceSet
from softbio.runs import Run, RunStore
from softbio.training.start import find_or_train

PAGE = Path(__file__).resolve().parents[1] / "docs" / "evidence.md"


class Evidence:
    """The sets that are trained on, and the runs that are done.

    Parameters
    ----------
    faces : FaceSet
        The packed set.
    work : Path
        Folder of the folds' sets and of the runs.
    """

    def __init__(self, faces: FaceSet, work: Path) -> None:
        self.faces = faces
        self.store = RunStore(work / "models")
        self._work = work
        self._folds = fold_sets(faces, work / "sets")
        self._planted: dict[tuple[str, int], FaceSet] = {}
        self._done: dict[tuple[str, str], Run] | None = None

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

    def key(self, row: Row, fold: int, seed: int) -> tuple[str, str]:
        """Return what tells a training from others: its set and its config. Rows may share it."""
        return self.set_of(row, fold).fingerprint, _config(row, seed).model_dump_json()

    def _finished(self) -> dict[tuple[str, str], Run]:
        return {
            (run.config.data_fingerprint, run.config.training.model_dump_json()): run
            for run in reversed(self.store.list())
            if run.config.kind == "trained" and run.state.status == "done"
        }


def _config(row: Row, seed: int) -> TrainConfig:
    return row.config.model_copy(update={"seed": seed})


def _plain(text: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in text)


def trainings(parts: list[str], seeds: list[int]) -> Iterator[tuple[Row, int, int]]:
    """Yield what is to be trained: part by part, the first seed of all rows before the second."""
    for part in parts:
        for seed in seeds:
            for row in rows():
                if row.part == part:
                    yield from ((row, fold, each) for fold, each in row.trainings if each == seed)


def train(data: Path, work: Path, parts: list[str], seeds: list[int]) -> None:
    """Train what is missing; tell what is left after each."""
    evidence = Evidence(FaceSet.open(data), work)
    wanted = {evidence.key(*one): one for one in trainings(parts, seeds)}
    missing = {key: one for key, one in wanted.items() if one[1:] not in evidence.runs(one[0])}
    _say(f"{len(wanted)} trainings, {len(missing)} of them not done yet")
    timed = {evidence.key(row, *TIMED) for row in rows() if row.part == "quality"}
    _train_each(data, work, [missing[key] for key in missing if key in timed], workers=1)
    _train_each(data, work, [missing[key] for key in missing if key not in timed], _cores())


def _train_each(data: Path, work: Path, wanted: list[tuple[Row, int, int]], workers: int) -> None:
    """Train in processes that share the cores equally; each training gets a fresh one."""
    threads = str(max(1, _cores() // workers))
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = threads
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, max_tasks_per_child=1) as pool:
        try:
            done = [pool.submit(_train_one, data, work, *one) for one in wanted]
            for number, told in enumerate(as_completed(done), 1):
                _say(f"{number} of {len(wanted)}: {told.result()}")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _train_one(data: Path, work: Path, row: Row, fold: int, seed: int) -> str:
    evidence = Evidence(FaceSet.open(data), work)
    title = f"{row.part}, {row.title}, {row.flips}, fold {fold + 1}, seed {seed}"
    try:
        run = find_or_train(evidence.store, evidence.set_of(row, fold), _config(row, seed))
    except SoftbioError as error:  # weights that are not here, a loss that is no number
        return f"{title}: {error}"
    return f"{title}: {run.id}, {run.state.status}, {run.state.seconds or 0:.0f} s"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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

    if not options.write:
        train(options.data, options.work, options.parts, options.seeds)
    write_page(PAGE, Evidence(FaceSet.open(options.data), options.work), options.parts)
    _say(PAGE.name)


if __name__ == "__main__":
    main()
