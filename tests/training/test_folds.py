"""Folds: every training face gets a score of a network that has seen neither it nor its person."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.config import HeadConfig
from softbio.errors import CancelledError, DataError
from softbio.runs import RunStore
from softbio.training import new_run, train
from softbio.training.fit import fit
from softbio.training.folds import folds_of, folds_path, part
from softbio.training.head import fit_head
from softbio.training.plan import plan_training
from softbio.training.refit import head_data, keep_refit


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12)), min_size=30, max_size=120),
    st.integers(2, 4),
    st.integers(0, 50),
)
def test_people_stay_together_and_every_fold_has_faces(drawn, count, seed):
    cell, person = np.array(drawn).T
    if len(np.unique(person)) < count:
        return
    try:
        fold = folds_of(np.arange(len(cell)), cell, person, count, seed)
    except DataError:
        assert len(np.unique(person)) < 3 * count  # only so few can leave a fold empty
        return
    for one in np.unique(person):
        assert len(np.unique(fold[person == one])) == 1
    assert set(fold) == set(range(count))


@pytest.mark.parametrize("people", [False, True])
def test_cells_are_spread_evenly(people):
    rng = np.random.default_rng(0)
    cell = rng.choice(4, 1200, p=[0.5, 0.3, 0.15, 0.05])
    person = rng.integers(0, 400, 1200) if people else None
    fold = folds_of(np.arange(1200), cell, person, 4, 0)
    for one in range(4):
        sizes = np.bincount(fold[cell == one], minlength=4)
        assert sizes.max() - sizes.min() <= (0.35 * sizes.mean() if people else 1)


def test_a_cell_that_is_rarer_than_folds_is_no_fault():
    cell = np.array([0] * 40 + [1])
    assert len(folds_of(np.arange(41), cell, None, 4, 0)) == 41


def test_more_folds_than_people_are_refused_when_the_run_is_made(make_faces, tmp_path, quick):
    faces = make_faces(tmp_path / "few", n=40)
    faces.table["identity"] = 1
    with pytest.raises(DataError, match="3 folds need 3 people to train on, and there are 1"):
        new_run(RunStore(tmp_path / "models"), faces, quick.model_copy(update={"folds": 3}))


def test_a_fold_that_holds_out_a_whole_cell_is_refused_when_the_run_is_made(
    make_faces, tmp_path, quick
):
    gender = np.random.default_rng(0).choice([-1, 1], 160)
    label = np.where(gender == -1, 0, np.arange(160) % 2)
    label[np.flatnonzero(gender == -1)[0]] = 1
    faces = make_faces(
        tmp_path / "one", split=["train"] * 150 + ["val"] * 10, gender=gender, label=label
    )
    with pytest.raises(DataError, match=r"Fold . of 3 cannot be trained.*no women with label 1"):
        new_run(RunStore(tmp_path / "models"), faces, quick.model_copy(update={"folds": 3}))


def test_a_fold_without_a_face_is_refused():
    person = np.repeat(np.arange(5), [4, 4, 6, 5, 7])
    for seed in range(200):
        cell = np.random.default_rng(seed).integers(0, 4, len(person))
        try:
            fold = folds_of(np.arange(len(person)), cell, person, 5, seed)
        except DataError as error:
            assert "cannot fill 5 folds" in str(error)
        else:
            assert set(fold) == set(range(5))


@pytest.fixture(scope="module")
def config(quick):
    return quick.model_copy(update={"epochs": 2, "folds": 2})


@pytest.fixture(scope="module")
def plain(faces, config, tmp_path_factory):
    """The same training without folds."""
    store = RunStore(tmp_path_factory.mktemp("plain"))
    return train(new_run(store, faces, config.model_copy(update={"folds": 0})))


@pytest.fixture(scope="module")
def folded(faces, config, tmp_path_factory):
    return train(new_run(RunStore(tmp_path_factory.mktemp("folded")), faces, config))


def test_every_training_face_is_scored_out_of_sample(folded, faces, config):
    frame = folded.predictions().frame
    rows, fold = part(faces, config, None)
    assert frame["out_of_sample"].all()
    np.testing.assert_array_equal(frame["fold"].iloc[rows], fold + 1)
    assert frame["fold"].drop(index=rows).isna().all()
    assert not folds_path(folded).exists()


def test_the_runs_own_network_is_the_one_without_folds(folded, plain):
    one, other = folded.predictions().frame, plain.predictions().frame
    unseen = other["out_of_sample"]
    np.testing.assert_array_equal(one.loc[unseen, "score"], other.loc[unseen, "score"])
    assert (one.loc[~unseen, "score"] != other.loc[~unseen, "score"]).any()


def test_a_fold_trains_on_all_but_the_faces_it_holds_out(faces, config):
    rows, fold = part(faces, config, None)
    held_out = rows[fold == 0]
    plan = plan_training(faces, config, without=held_out)
    np.testing.assert_array_equal(np.unique(plan.rows), rows[fold != 0])


def test_a_training_that_breaks_off_in_a_fold_goes_on_to_the_same_end(
    folded, faces, config, tmp_path
):
    run = new_run(RunStore(tmp_path), faces, config)
    told = []

    def stop():
        return bool(told) and told[-1].phase == "fold 2 of 2" and told[-1].epoch == 2

    with pytest.raises(CancelledError):
        fit(run, faces, told.append, stop=stop)
    frame = run.predictions().frame  # of its own network, until all folds are done
    assert not frame["out_of_sample"].all() and frame["fold"].isna().all()
    again = []
    fit(run, faces, again.append)
    assert {progress.phase for progress in again} == {"fold 2 of 2"}
    np.testing.assert_array_equal(
        run.predictions().frame["score"], folded.predictions().frame["score"]
    )


def test_a_refit_has_seen_what_the_folds_held_out(folded, faces, tmp_path):
    settings = HeadConfig(fitted_on="train")
    head = fit_head(head_data(folded, faces, "train"), settings)
    kept = keep_refit(RunStore(tmp_path), folded, faces, settings, head)
    frame = kept.predictions().frame
    assert frame["fold"].isna().all()
    rows, _ = part(faces, folded.config.training, None)
    seen = np.flatnonzero(~frame["out_of_sample"].to_numpy())
    np.testing.assert_array_equal(seen, rows)
