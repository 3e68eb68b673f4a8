"""A queue whose processes wait their turn for real and then train by a script of the test's."""

import sys
import time
from pathlib import Path

import pytest

from softbio.config import recipe
from softbio.jobs import JobQueue
from softbio.runs import RunConfig, RunStore

#: Puts a training in place of the network's: it writes when it began and ended, goes on for as long
#: as the file `hold` is there, and obeys a cancellation unless the file `deaf` is there.
WORKER = """
import os, sys, time, types
from pathlib import Path
import psutil
from softbio.errors import CancelledError
from softbio.jobs import worker

def train(run, progress=None):
    folder = run.path.parent
    print("on", os.environ.get("TF_NUM_INTRAOP_THREADS", "all"), "cores")
    run.update_state(status="running", started=time.time(), pid=os.getpid(),
                     pid_created=psutil.Process().create_time(), heartbeat=time.time())
    with open(folder / "journal.txt", "a") as journal:
        journal.write(f"begin {run.id} {'tensorflow' in sys.modules}\\n"); journal.flush()
        if (folder / "crash").exists():
            raise ZeroDivisionError("a defect")
        while (folder / "hold").exists():
            if run.cancel_requested and not (folder / "deaf").exists():
                run.update_state(status="cancelled")
                raise CancelledError("stopped")
            time.sleep(0.02)
        journal.write(f"end {run.id}\\n")
    run.update_state(status="done", finished=time.time())
    return run

start = types.ModuleType("softbio.training.start")
start.train = train
sys.modules["softbio.training.start"] = start
sys.exit(worker.main(sys.argv[1:]))
"""


class Workshop:
    """A store, its queue, and the switches that the trainings look at."""

    def __init__(self, folder: Path):
        script = folder / "worker.py"
        script.write_text(WORKER)
        self.store = RunStore(folder / "models")
        self.store.path.mkdir()
        self.script = script
        self.queue = JobQueue(self.store, command=self.command)

    def command(self, run, at_once=1):
        told = ["--models", str(run.path.parent), "--at-once", str(at_once)]
        return [sys.executable, str(self.script), run.id, *told]

    def new_run(self):
        return self.store.create(
            RunConfig(
                data="data/none",
                data_fingerprint="0",
                size=8,
                group_column="gender",
                groups={-1: "women", 1: "men"},
                train=recipe("fast"),
            )
        )

    def switch(self, name, on=True):
        path = self.store.path / name
        path.touch() if on else path.unlink(missing_ok=True)

    def journal(self):
        path = self.store.path / "journal.txt"
        return path.read_text().splitlines() if path.exists() else []

    def wait(self, condition, seconds=15.0):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "waited in vain: " + "; ".join(
                f"{run.id} {run.state.status} {run.state.error}" for run in self.store.list()
            )
            time.sleep(0.03)


@pytest.fixture
def workshop(tmp_path):
    made = Workshop(tmp_path)
    yield made
    made.switch("hold", on=False)
    from softbio.jobs.process import end_tree
    from softbio.jobs.record import read_record

    for run in made.store.list():
        if record := read_record(run.path):
            end_tree(record.pid, record.pid_created)
