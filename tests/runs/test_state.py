import json
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from softbio.errors import RunError
from softbio.runs import STATUSES, Progress, RunState, RunStore, read_state, write_state


@given(
    st.builds(
        RunState,
        status=st.sampled_from(STATUSES),
        heartbeat=st.none() | st.floats(0, 1e12),
        pid=st.none() | st.integers(0, 2**31),
        error=st.none() | st.text(),
        progress=st.none() | st.builds(Progress, loss=st.none() | st.floats(0, 1e6)),
    )
)
def test_a_state_goes_to_its_file_and_back_unchanged(tmp_path_factory, state):
    path = tmp_path_factory.mktemp("state") / "state.json"
    write_state(path, state)
    assert read_state(path) == state


def test_keys_of_a_later_version_are_passed_over(tmp_path):
    path = tmp_path / "state.json"
    path.write_text(json.dumps({"status": "done", "looked_at_test": 3}))
    assert read_state(path) == RunState(status="done")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"status": "flying"}', b"\xff\xfe"])
def test_a_damaged_state_is_told_by_its_path(tmp_path, content):
    path = tmp_path / "state.json"
    path.write_bytes(content)
    with pytest.raises(RunError, match=r"state\.json is damaged.*runs rm"):
        read_state(path)


def test_a_missing_state_is_told(tmp_path):
    with pytest.raises(RunError, match="There is no"):
        read_state(tmp_path / "state.json")


def test_a_diverged_loss_is_written_as_null(tmp_path):
    path = tmp_path / "state.json"
    write_state(path, RunState(progress=Progress(loss=float("nan"), epoch=1)))
    assert read_state(path).progress == Progress(loss=None, epoch=1)


def test_a_state_is_frozen():
    with pytest.raises(ValidationError):
        RunState().status = "done"


def test_numpy_figures_are_taken(scored_run):
    scored_run.update_state(seconds=np.float32(2.5), best_epoch=np.int64(3))
    assert (scored_run.state.seconds, scored_run.state.best_epoch) == (2.5, 3)


def test_an_update_changes_only_what_it_names(scored_run):
    before = scored_run.state
    after = scored_run.update_state(status="failed", error="The disk is full.")
    assert after == scored_run.state
    assert after == before.model_copy(update={"status": "failed", "error": "The disk is full."})


@pytest.mark.parametrize("change", [{"colour": "red"}, {"status": "flying"}])
def test_an_update_refuses_what_a_state_has_not(scored_run, change):
    before = scored_run.state
    with pytest.raises(ValueError, match=next(iter(change))):
        scored_run.update_state(**change)
    assert scored_run.state == before


def test_writers_of_different_keys_do_not_lose_each_others_changes(scored_run):
    def beat():
        for beats in range(1, 31):
            scored_run.update_state(heartbeat=beats)

    trainer = threading.Thread(target=beat)
    trainer.start()
    for attempt in range(30):
        scored_run.update_state(error=str(attempt))
        assert scored_run.state.error == str(attempt)
    trainer.join()
    assert scored_run.state.heartbeat == 30


def test_updating_a_removed_run_does_not_bring_its_folder_back(scored_run):
    RunStore(scored_run.path.parent).remove(scored_run)
    with pytest.raises(RunError, match="is not in"):
        scored_run.update_state(status="done")
    assert not scored_run.path.exists()
