"""A search from its making to its end, however often it is broken off."""

import json
import os
import signal
import sqlite3
import time

import numpy as np
import pytest
from filelock import FileLock

from softbio.config import Choice, Range, Space
from softbio.cores import cores
from softbio.errors import CancelledError, ConfigError, DataError, RunError
from softbio.faces import FaceSet
from softbio.jobs import JobQueue
from softbio.jobs.search import Search, best_of, new_whole_run
from softbio.jobs.search.study import add_trial
from softbio.jobs.search.workers import living
from softbio.jobs.search.working import work
from softbio.runs import RunStore, TrialOf
from softbio.training.start import new_run, train


def states(search):
    return search.results().trials["state"].tolist()


def test_a_new_search_waits_and_is_found_by_the_beginning_of_its_id(make_search, store):
    search = make_search(trials=4, name="  two   words ", folds=5, seed=3)
    assert search.state == "waiting" and search.alive() == 0
    found = Search.open(store, search.id[:17])
    assert found.path == search.path and found.about == search.about
    assert (found.about.name, found.about.folds, found.about.base.folds) == ("two words", 5, 5)
    assert found.space == search.space and found.about.direction == "maximise"
    assert len(found.results().trials) == 0 and found.results().best is None
    assert [one.id for one in Search.list(store)] == [search.id]


def test_there_are_exactly_as_many_trials_as_wanted_and_each_is_a_run(
    make_search, store, trainings
):
    search = make_search(trials=9)
    told = []
    search.work(told.append)
    assert search.state == "done" and trainings.trained == list(range(9))
    results = search.results()
    assert set(results.trials["state"]) == {"complete", "pruned"}
    runs = {run.id: run for run in store.list()}
    for row in results.trials.to_dict(orient="records"):
        run = runs.pop(row["run"])
        assert run.config.search.model_dump() == {"id": search.id, "trial": row["number"]}
        assert run.config.train.loss.gamma == row["loss.gamma"]
        assert run.config.train.folds == 3
        pruned = row["state"] == "pruned"
        assert run.state.status == ("cancelled" if pruned else "done")
        assert run.state.error == (row["note"] or None)
        assert pruned == ("Given up in its first fold" in row["note"])
    assert not runs
    best = results.trials.set_index("number")["loss.gamma"][results.best]
    complete = results.trials[results.trials["state"] == "complete"]
    assert best == min(complete["loss.gamma"], key=lambda gamma: abs(gamma - 2))
    ended = [now for now in told if now.ended]
    assert [now.trial for now in ended] == list(range(9)) and ended[-1].tally.finished == 9
    search.work()
    assert len(trainings.trained) == 9, "there was nothing left to do"


def test_a_better_value_is_smaller_where_the_objective_is_a_gap(make_search, trainings):
    search = make_search(trials=4, objective="false_positive_rate")
    search.work()
    results = search.results()
    complete = results.trials[results.trials["state"] == "complete"]
    assert search.about.direction == "minimise"
    assert results.best == complete.set_index("number")["value"].idxmin()


def test_what_was_stopped_goes_on_with_the_same_trials_as_an_unbroken_search(
    make_search, trainings
):
    unbroken = make_search(trials=5, seed=5)
    unbroken.work()
    broken = make_search(trials=5, seed=5)
    asked = iter([False] * 11 + [True] * 10_000)
    broken.work(stop=lambda: next(asked))
    stopped = states(broken)
    assert broken.state == "stopped" and stopped[-1] == "stopped" and 1 < len(stopped) < 5
    run = broken.store.get(broken.results().trials["run"].iloc[-1])
    assert run.state.status == "interrupted" and "goes on with this trial" in run.state.error
    broken.work()
    assert broken.state == "done"
    columns = ["number", "state", "value", "loss.gamma", "note"]
    assert broken.results().trials[columns].equals(unbroken.results().trials[columns])
    assert broken.results().trials["run"].is_unique


def test_a_trial_whose_run_is_cancelled_is_given_up_and_the_search_goes_on(
    make_search, trainings, store
):
    def cancelled(number):
        if number != 1 or trainings.trained.count(1) > 1:
            return None
        (run,) = [run for run in store.list() if run.config.search.trial == 1]
        run.request_cancel()
        return CancelledError("stopped")

    trainings.fail = cancelled
    search = make_search(trials=3)
    search.work()
    row = search.results().trials.iloc[1]
    assert (row["state"], row["note"]) == ("pruned", "Given up by hand.")
    assert store.get(row["run"]).state.status == "cancelled"
    assert trainings.trained == [0, 1, 2] and search.state == "done"


def test_a_trial_that_a_process_out_of_sight_works_on_is_waited_for(make_search, trainings, store):
    search = make_search(trials=2)
    asked = iter([False] + [True] * 10_000)
    search.work(stop=lambda: next(asked))
    with search.lock(), search.study() as study:
        number = add_trial(study, search.space, {"loss.gamma": 1.0}, {"worker": "elsewhere"})
    run = new_run(
        store,
        FaceSet.open(search.about.data),
        search.space.config(search.about.base, {"loss.gamma": 1.0}),
        search=TrialOf(id=search.id, trial=number),
    )
    hold, waited = FileLock(run.path / ".training.lock"), []
    hold.acquire()

    def told(now):
        if now.trial is None:
            waited.append(now)
            hold.release()

    search.work(told)
    assert waited and number in trainings.trained
    assert search.tally().failed == 0 and search.state == "done"


def test_failed_trials_do_not_count_and_are_told(make_search, trainings, store):
    trainings.fail = lambda number: RunError("The loss is no number.") if number in (1, 2) else None
    search = make_search(trials=3)
    search.work()
    assert states(search).count("failed") == 2 and search.tally().finished == 3
    row = search.results().trials.iloc[1]
    assert row["note"] == "The loss is no number." and np.isnan(row["value"])
    assert store.get(row["run"]).state.status == "failed"


def test_a_search_of_nothing_but_failures_is_given_up(make_search, trainings):
    trainings.fail = lambda number: ZeroDivisionError("a defect")
    search = make_search(trials=50)
    with pytest.raises(RunError, match=r"3 trials of the search failed .* a defect"):
        search.work()
    assert trainings.trained == [0, 1, 2] and search.state == "stopped"
    trainings.fail = lambda number: ZeroDivisionError("a defect") if number < 5 else None
    search.work(stop=lambda: search.tally().finished >= 2)
    assert search.tally().failed == 5, "failures are counted from when a person let it go on"


def test_an_undefined_objective_is_a_failure(make_search, trainings):
    nobody = np.array([[[5, 5], [0, 0]], [[5, 5], [0, 0]]])
    trainings.counts = lambda config: type(counts)(nobody, counts.groups)
    from softbio.fairness import GroupCounts

    counts = GroupCounts(nobody, ("women", "men"))
    search = make_search(trials=2)
    with pytest.raises(RunError, match="balanced_fair_metric is undefined"):
        search.work()


def test_values_that_do_not_go_together_fail_without_a_run(make_search, trainings, store):
    # The first values go together, and so do the last ones; one of the other pairs says nothing.
    space = Space(
        {"loss.flip_rates.men 0": Choice((0.1, 0.9)), "loss.flip_rates.men 1": Choice((0.8, 0.05))}
    )
    search = make_search(trials=3, space=space)
    search.work()
    trials = search.results().trials
    failed = trials[trials["state"] == "failed"]
    assert len(failed) == 1 and failed["run"].isna().all() and len(store.list()) == 3
    assert "flip rates of men" in failed["note"].iloc[0]


def test_no_settings_are_tried_twice_while_there_are_others(make_search, trainings):
    space = Space({"loss.gamma": Range(0, 2, step=1), "batch_size": Choice((16, 32))})
    search = make_search(trials=6, space=space)
    search.work()
    tried = search.results().trials[["loss.gamma", "batch_size"]]
    assert len(tried.drop_duplicates()) == 6
    with pytest.raises(ConfigError, match="6 different trials"):
        make_search(trials=7, space=space)


def test_workers_that_are_killed_lose_no_trial(
    make_search, detached, trainings, monkeypatch, store
):
    """Two processes on one storage are killed; at the end every trial was one run and counts once."""
    monkeypatch.setenv("PACE", "0.05")
    search = make_search(trials=6)
    deadline = time.monotonic() + 60
    search.start(min(2, cores()))
    wait(lambda: len(lines(store)) >= 4 or not search.alive(), deadline)
    for worker in living(search.path):
        os.kill(worker.pid, signal.SIGKILL)
    wait(lambda: not search.alive(), deadline)
    left = states(search)
    assert search.state == "stopped" and "stopped" in left and "complete" in left
    search.work()
    trials = search.results().trials
    assert trials["state"].isin(["complete", "pruned"]).all() and len(trials) == 6
    assert trials["run"].notna().all() and trials["run"].is_unique
    assert len(store.list()) == 6, "no run was made twice"
    assert {run.state.status for run in store.list()} <= {"done", "cancelled"}
    begun = {tuple(line.split()[:2]) for line in lines(store)}
    told = {(str(row["number"]), row["run"]) for row in trials.to_dict("records")}
    assert begun <= told, "each trial went on in the run that it had"


def lines(store):
    path = store.path / "journal.txt"
    return path.read_text().splitlines() if path.exists() else []


def wait(condition, deadline):
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_detached_workers_stop_when_asked_and_survive_their_parent(
    make_search, detached, monkeypatch
):
    monkeypatch.setenv("PACE", "0.1")
    search = make_search(trials=50)
    search.start(1)
    assert search.state == "running" and search.alive() == 1
    (worker,) = living(search.path)
    assert os.getsid(worker.pid) != os.getsid(0)
    search.start(1)
    assert search.alive() == 1, "as many as are missing, and no more"
    deadline = time.monotonic() + 30
    wait(lambda: search.tally().running, deadline)
    with pytest.raises(RunError, match="is running: stop it first"):
        search.remove()
    search.stop()
    wait(lambda: not search.alive(), deadline)
    assert search.state == "stopped" and states(search)[-1] == "stopped"


def test_workers_are_no_more_than_cores(make_search):
    search = make_search()
    with pytest.raises(ConfigError, match=f"1 to {cores()} workers"):
        search.start(cores() + 1)
    assert f"--threads {max(1, cores() // 2)}" in " ".join(search._command(2))


def test_more_trials_go_on_from_those_there_are(make_search, trainings, store):
    space = Space({"loss.gamma": Range(0, 5, step=0.5)})
    search, seen_by_a_worker = make_search(trials=4, space=space), []
    search.work()
    Search.open(store, search.id).extend(6)
    search.work(lambda now: seen_by_a_worker.append(now.trials))
    assert trainings.trained == [0, 1, 2, 3, 4, 5] and search.state == "done"
    assert seen_by_a_worker[-1] == 6
    search.extend(6)
    for wanted, told in ((5, "asked for 6 trials already"), (12, "holds 11 different trials")):
        with pytest.raises(ConfigError, match=told):
            search.extend(wanted)
    assert Search.open(store, search.id).about.trials == 6


def test_removing_takes_the_runs_along_only_if_asked(make_search, trainings, store):
    first, second = make_search(trials=1), make_search(trials=1)
    for search in (first, second):
        search.work()
    first.remove()
    assert not first.path.exists() and len(store.list()) == 2
    second.remove(runs=True)
    assert len(store.list()) == 1 and Search.list(store) == []
    with pytest.raises(RunError, match="There is no search"):
        Search.open(store, first.id)


def test_a_search_that_somebody_deleted_is_told_and_does_not_come_back(make_search):
    search = make_search()
    search.remove()
    for act in (search.start, search.stop, search.work):
        with pytest.raises(RunError, match="not there any more"):
            act()
    assert not search.path.exists()


def test_a_worker_that_begins_anew_is_alive_all_along(make_search, trainings):
    search = make_search(trials=3)
    assert work(search, None, None, 1)
    assert search.alive() == 1 and search.state == "running"
    assert not work(search, None, None)
    assert search.alive() == 0 and search.state == "done"


def test_a_trial_whose_run_was_removed_is_still_told(make_search, trainings, store):
    search = make_search(trials=2)
    search.work()
    store.remove(store.get(search.results().trials["run"][0]))
    trials = search.results().trials
    assert trials["run"][0] is None and trials["value"].notna().all()


def test_a_damaged_study_is_one_sentence(make_search):
    search = make_search()
    study = search.path / "study.sqlite3"
    study.write_bytes(b"\x80\x04never unpickled" * 300)
    with pytest.raises(RunError, match="cannot be used") as caught:
        search.results()
    assert "\n" not in str(caught.value)
    study.unlink()
    with pytest.raises(RunError, match=r"There is no .*study.sqlite3"):
        search.tally()


def test_the_study_of_another_search_is_refused(make_search):
    one, other = make_search(), make_search()
    (one.path / "study.sqlite3").write_bytes((other.path / "study.sqlite3").read_bytes())
    with pytest.raises(RunError, match="belongs to another search"):
        one.work()
    (one.path / "study.sqlite3").unlink()
    foreign = sqlite3.connect(one.path / "study.sqlite3")
    foreign.execute("create table trials (x)")
    foreign.commit()
    foreign.close()
    with pytest.raises(RunError, match=r"cannot be used|belongs to another"):
        one.results()


def test_nothing_in_the_study_is_a_pickle(make_search, trainings):
    search = make_search(trials=2)
    search.work()
    study = sqlite3.connect(search.path / "study.sqlite3")
    try:
        tables = [name for (name,) in study.execute("select name from sqlite_master")]
        for table in tables:
            if not table.startswith(("sqlite_", "ix_")):
                for row in study.execute(f'select * from "{table}"'):
                    assert not any(isinstance(cell, bytes) for cell in row), table
    finally:
        study.close()


def test_a_damaged_search_is_told_and_the_others_are_listed(make_search, store):
    sound, damaged = make_search(), make_search()
    about = json.loads((damaged.path / "search.json").read_text())
    about["space"]["loss.gama"] = about["space"].pop("loss.gamma")
    (damaged.path / "search.json").write_text(json.dumps(about))
    assert [one.id for one in Search.list(store)] == [sound.id]
    assert "`loss.gama` is not a setting" in Search.damaged(store)[damaged.id]
    with pytest.raises(RunError, match="cannot be used"):
        Search.open(store, damaged.id)


#: The one in the middle takes larger faces only.
_NETWORKS = ("bn_cnn", "report_resnet50", "report_cnn")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"objective": "auc"}, "computed from scores"),
        ({"objective": "acuracy"}, "no metric 'acuracy'"),
        ({"objective": "accuracy_difference"}, "accuracy_range is the size of it"),
        ({"objective": "prevalence"}, "no value of it is better"),
        ({"trials": 0}, "1 to 10,000 trials"),
        ({"folds": 1}, "2 to 20 folds"),
        ({"space": Space({"weights.ladies": Range(1, 2)})}, "ladies"),
        (
            {"space": Space({"network.name": Choice(_NETWORKS)}), "trials": 3},
            "too small for the network report_resnet50",
        ),
        ({"space": Space({"head.weights.ladies": Range(1, 2)})}, "ladies"),
        ({"space": Space({"head.cell_weights.x 1": Range(1, 2)})}, "no cell 'x 1'"),
    ],
)
def test_a_mistake_is_told_before_anything_is_made(make_search, store, options, told):
    with pytest.raises((ConfigError, DataError), match=told):
        make_search(**options)
    assert not store.path.exists()


def test_a_set_without_val_fit_cannot_be_refitted_on_it(make_search, make_faces, tmp_path, store):
    faces = make_faces(tmp_path / "old")
    space = Space({"head.gamma": Range(0, 2)})
    with pytest.raises(DataError, match=r"head\.fitted_on = train"):
        Search.create(store, faces, space, base=make_search().about.base, trials=2)


def test_a_set_that_was_packed_anew_is_refused(make_search, make_faces, tmp_path, trainings):
    faces = make_faces(tmp_path / "set")
    search = Search.create(
        make_search().store, faces, Space({"loss.gamma": Range(0, 5)}),
        base=make_search().about.base, trials=2,
    )  # fmt: skip
    meta = json.loads((faces.path / "meta.json").read_text())
    (faces.path / "meta.json").write_text(json.dumps(meta | {"fingerprint": "another"}))
    with pytest.raises(RunError, match="was packed anew"):
        search.work()


def test_trials_are_no_business_of_the_queue_or_of_train(make_search, trainings):
    search = make_search(trials=2)
    search.work()
    run = search.store.get(search.results().trials["run"][0])
    for go_on in (JobQueue(search.store).resume, train):
        with pytest.raises(RunError, match="search"):
            go_on(run)
    with pytest.raises(RunError, match="as only its folds are trained"):
        run.verify_weights()


def test_a_trial_can_be_trained_wholly(make_search, trainings):
    search = make_search(trials=1)
    with pytest.raises(RunError, match=r"No trial .* is complete"):
        best_of(search)
    search.work()
    run = new_whole_run(search, best_of(search))
    gamma = search.results().trials["loss.gamma"][best_of(search)]
    assert run.config.search is None and run.state.status == "queued"
    assert run.config.train.folds == 0 and run.config.train.loss.gamma == gamma
    with pytest.raises(RunError, match="no trial 99"):
        new_whole_run(search, 99)


def test_the_folder_that_cannot_be_written_is_told(make_search, store, faces, tiny, tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(RunError, match="No search can be made"):
        Search.create(
            RunStore(tmp_path / "file"), faces, Space({"loss.gamma": Range(0, 5)}),
            base=tiny, trials=2,
        )  # fmt: skip
