import os
import subprocess
import sys

import pytest

from softbio.cores import cores, take_cores


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity on this system")
def test_a_process_that_is_kept_to_one_core_counts_one():
    kept = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})"
    code = f"{kept}; from softbio.cores import cores; print(cores())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
    assert cores() == len(os.sched_getaffinity(0))


def test_what_a_process_takes_is_told_to_the_libraries(monkeypatch):
    monkeypatch.setattr(os, "environ", os.environ.copy())
    take_cores(3)
    assert os.environ["TF_NUM_INTRAOP_THREADS"] == os.environ["OMP_NUM_THREADS"] == "3"
