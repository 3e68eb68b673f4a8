import os
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.errors import RunError
from softbio.runs import Run, RunStore
from softbio.runs.store import run_id


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "models")


def named(config, recipe):
    return config.model_copy(update={"train": config.train.model_copy(update={"recipe": recipe})})


def test_a_new_run_is_queued_and_holds_its_config(store, run_config):
    run = store.create(run_config)
    assert run.state.status == "queued"
    assert abs(run.state.created - time.time()) < 60
    assert run.config == run_config
    assert list(run.config.groups.items()) == [(-1, "women"), (1, "men")]
    assert re.fullmatch(r"\d{8}-\d{6}-report-[0-9a-f]{4}", run.id)


@given(st.text(max_size=60))
def test_any_recipe_name_makes_an_id_that_is_a_plain_folder_name(recipe):
    assert re.fullmatch(r"\d{8}-\d{6}-[a-z0-9_-]{1,40}-[0-9a-f]{4}", run_id(recipe))


def test_ids_sort_by_time():
    assert run_id("b", 1_000_000_000) < run_id("a", 1_000_000_001)


def test_runs_of_one_second_get_folders_of_their_own(store, run_config):
    runs = [store.create(run_config) for _ in range(5)]
    assert len({run.path for run in runs}) == 5
    assert store.list() == runs[::-1]


def test_a_store_without_a_folder_is_empty(store):
    assert store.list() == []
    assert store.damaged() == {}
    assert not store.path.exists()


def test_the_environment_says_where_runs_are(monkeypatch, tmp_path):
    monkeypatch.setenv("SOFTBIO_MODELS", str(tmp_path / "elsewhere"))
    assert RunStore().path == tmp_path / "elsewhere"
    assert RunStore(tmp_path).path == tmp_path
    monkeypatch.delenv("SOFTBIO_MODELS")
    assert str(RunStore().path) == "models"


def test_an_id_or_its_unambiguous_beginning_finds_the_run(store, run_config):
    first, second = store.create(run_config), store.create(named(run_config, "fast"))
    assert store.get(first.id) == first
    assert store.get(f"{second.id[:16]}f") == second
    with pytest.raises(RunError) as told:
        store.get(first.id[:8])
    assert first.id in str(told.value)
    assert second.id in str(told.value)
    with pytest.raises(RunError, match="There is no run '1999'"):
        store.get("1999")


def test_an_id_that_is_also_the_beginning_of_another_means_itself(store, run_config):
    run = store.create(run_config)
    longer = store.path / f"{run.id}-1a2b"
    store.create(run_config).path.rename(longer)
    assert store.get(run.id) == run


@pytest.mark.parametrize(
    "text", ["", " ", ".", "..", "../models", "a/b", "/etc", "a\\b", "a\0b", ".new"]
)
def test_an_id_never_leads_out_of_the_store(store, run_config, text):
    store.create(run_config)
    with pytest.raises(RunError, match="not the id of a run"):
        store.get(text)


def test_damaged_runs_are_told_and_do_not_hide_the_others(store, run_config):
    sound, torn, bare, alien = (store.create(run_config) for _ in range(4))
    (torn.path / "state.json").write_text("{")
    (bare.path / "config.json").unlink()
    (bare.path / "state.json").unlink()
    text = (alien.path / "config.json").read_text().replace('"size"', '"colour": 1, "size"')
    (alien.path / "config.json").write_text(text)
    (store.path / "notes").mkdir()
    (store.path / "README.md").write_text("foreign")
    assert store.list() == [sound]
    damaged = store.damaged()
    assert set(damaged) == {torn.id, bare.id, alien.id}
    assert "colour" in damaged[alien.id]
    store.remove(store.get(torn.id))
    assert set(store.damaged()) == {bare.id, alien.id}


def test_a_state_that_breaks_after_a_look_is_noticed(store, run_config):
    run = store.create(run_config)
    assert store.list() == [run]
    (run.path / "state.json").write_text("torn")
    os.utime(run.path / "state.json", (1, 1))
    assert store.list() == []
    assert run.id in store.damaged()


def test_removing_takes_the_folder_away_and_nothing_else(store, run_config):
    run, other = store.create(run_config), store.create(run_config)
    (run.path / "checkpoints").mkdir()
    (run.path / "checkpoints" / "last").write_bytes(b"x")
    store.remove(run)
    assert list(store.path.iterdir()) == [other.path]
    with pytest.raises(RunError, match="There is no run"):
        store.remove(run)


def test_a_running_run_is_removed_only_by_force(store, run_config):
    run = store.create(run_config)
    run.update_state(status="running")
    with pytest.raises(RunError, match="is running: cancel it first"):
        store.remove(run)
    assert run.path.is_dir()
    store.remove(run, force=True)
    assert not run.path.exists()


def test_what_a_killed_removal_left_is_swept_up_by_the_next(store, run_config):
    run, killed = store.create(run_config), store.create(run_config)
    killed.path.rename(store.path / f".removed-00000000-{killed.id}")
    assert store.list() == [run]
    store.remove(run)
    assert list(store.path.iterdir()) == []


def test_a_folder_elsewhere_is_never_removed(store, run_config, tmp_path):
    store.create(run_config)
    elsewhere = tmp_path / "20200101-000000-mine-0000"
    elsewhere.mkdir()
    with pytest.raises(RunError, match="There is no run"):
        store.remove(Run(elsewhere), force=True)
    assert elsewhere.is_dir()


def test_a_store_that_cannot_be_written_is_told(tmp_path, run_config):
    (tmp_path / "models").write_text("a file where the folder should be")
    with pytest.raises(RunError, match="Choose another folder"):
        RunStore(tmp_path / "models").create(run_config)
