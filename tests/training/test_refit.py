"""A refit is kept as a run of its own, and predicts what it has stored."""

import json
import os
import shutil
from itertools import pairwise

import numpy as np
import pytest

from softbio.config import HeadConfig, NetworkConfig, TrainConfig
from softbio.errors import DataError, RunError
from softbio.faces.faceset import FaceSet
from softbio.predict import predict
from softbio.runs import RunConfig, RunStore, sha256_of
from softbio.runs.head import Head, run_head
from softbio.training.corrections import Corrections, write_corrections
from softbio.training.head import balanced_cells, fit_head
from softbio.training.plan import plan_training
from softbio.training.refit import head_data, keep_refit, last_inputs
from softbio.training.results import write_results

SIZE = 24
#: What float16 embeddings may cost a score of these networks; see the docstring of keep_refit.
ROUNDING = 5e-3


@pytest.fixture(scope="module")
def faces(make_faces, tmp_path_factory):
    """240 faces in all splits, a few of them without a known gender."""
    draws = np.random.default_rng(7)
    splits = ["train", "val_select", "val_fit", "test", "unlabelled"]
    gender = draws.choice(np.array([-1, 1, None], dtype=object), 240, p=[0.5, 0.45, 0.05])
    return make_faces(
        tmp_path_factory.mktemp("sets") / "cut", n=240, size=SIZE, gender=gender,
        split=draws.choice(splits, 240, p=[0.3, 0.2, 0.3, 0.1, 0.1]),
    )  # fmt: skip


@pytest.fixture(scope="module")
def models(faces, tmp_path_factory):
    """A store with one run that has all that a training leaves, its weights being the first ones."""
    import keras

    from softbio.networks.architectures import build
    from softbio.networks.embeddings import with_embeddings
    from softbio.networks.trainer import forward

    config = TrainConfig(network=NetworkConfig(name="report_cnn"), precision="float32")
    store = RunStore(tmp_path_factory.mktemp("models"))
    run = store.create(
        RunConfig(
            data=str(faces.path), data_fingerprint=faces.fingerprint, size=SIZE,
            group_column="gender", groups=faces.group_names, train=config,
        )
    )  # fmt: skip
    keras.utils.set_random_seed(0)
    model = build(config.network, SIZE, "float32")
    model.save_weights(run.weights_path)
    both, ranges = with_embeddings(model)
    outputs = forward(both, faces.batches(np.arange(len(faces)), 64), 64)
    write_results(run, faces, plan_training(faces, config), outputs, ranges)
    run.update_state(status="done", weights_sha256=sha256_of(run.weights_path))
    return store.path


@pytest.fixture
def store(models, tmp_path):
    return RunStore(shutil.copytree(models, tmp_path / "models"))


@pytest.fixture
def parent(store):
    return store.list()[0]


def refitted(store, parent, faces, name="", **settings):
    data = head_data(parent, faces, settings.get("fitted_on", "val_fit"))
    config = HeadConfig(cell_weights=balanced_cells(data), **settings)
    head = fit_head(data, config)
    return keep_refit(store, parent, faces, config, head, name), config, head


def test_the_data_are_the_labelled_faces_of_the_split_in_order(parent, faces):
    data = head_data(parent, faces)
    rows = faces.rows("val_fit")
    known = rows[(faces.labels()[rows] >= 0) & (faces.group_index()[rows] >= 0)]
    assert len(known) < len(rows)
    assert np.array_equal(data.label, faces.labels()[known])
    assert np.array_equal(data.group, faces.group_index()[known])
    assert np.array_equal(data.values, last_inputs(parent)[known].astype(np.float32))
    assert data.values.dtype == np.float32 and data.groups == ("women", "men")


def test_training_faces_are_refitted_on_the_labels_that_they_trained_on(store, parent, faces):
    rows = faces.rows("train")
    rows = rows[(faces.labels()[rows] >= 0) & (faces.group_index()[rows] >= 0)][:6]
    given = faces.labels()[rows]
    weight = np.array([1, 1, 1, 0.5, 0, 0], np.float32)
    write_corrections(parent, faces, Corrections(rows, given, 1 - given, 1 - given, weight))
    config = json.loads((parent.path / "config.json").read_text())
    config["train"]["labels"] = {"use": "corrected", "correction": "flip"}
    (parent.path / "config.json").write_text(json.dumps(config))
    changed = RunStore(store.path).get(parent.id)
    before = head_data(parent, faces, "train")
    for run in (changed, refitted(store, changed, faces, fitted_on="train")[0]):
        data = head_data(run, faces, "train")
        assert len(data.label) == len(before.label) - 2
        assert np.array_equal(data.label[:4], 1 - given[:4])
        assert np.array_equal(data.weight, [1, 1, 1, 0.5, *np.ones(len(data) - 4)])
    assert np.array_equal(head_data(changed, faces).label, head_data(parent, faces).label)


def test_a_kept_refit_is_a_run_like_any_other(store, parent, faces):
    kept, settings, head = refitted(store, parent, faces, name="by cell", l2=0.5)
    assert [run.id for run in store.list()] == [kept.id, parent.id]
    assert "-refit-" in kept.id
    config = kept.config
    assert (config.kind, config.parent, config.head) == ("refit", parent.id, settings)
    assert config.train == parent.config.train and config.name == "by cell"
    assert kept.state.status == "done" and kept.history().empty
    assert kept.state.weights_sha256 == parent.state.weights_sha256 and kept.verify_weights()
    assert run_head(kept).bias == head.bias
    assert json.loads((kept.path / "environment.json").read_text())["backend"] == "numpy"
    assert np.array_equal(kept.embeddings().values, parent.embeddings().values)
    before, after = parent.predictions().frame, kept.predictions().frame
    same = [name for name in before if name not in ("score", "out_of_sample")]
    assert before[same].equals(after[same])
    assert np.array_equal(after["score"], head.scores(last_inputs(parent)))


def test_the_faces_it_was_fitted_to_are_in_sample_from_now_on(store, parent, faces):
    before = parent.predictions().frame
    for where in ("val_fit", "train"):
        after = refitted(store, parent, faces, fitted_on=where)[0].predictions().frame
        rows = faces.rows(where)
        fitted = rows[(faces.labels()[rows] >= 0) & (faces.group_index()[rows] >= 0)]
        assert not after["out_of_sample"].to_numpy()[fitted].any()
        others = np.setdiff1d(np.arange(len(faces)), fitted)
        assert after["out_of_sample"].iloc[others].equals(before["out_of_sample"].iloc[others])
        assert not after["out_of_sample"][~before["out_of_sample"]].any()
        assert after["out_of_sample"][before["split"] == "test"].all()


def test_it_predicts_what_it_stored_also_after_its_parents_are_gone(store, parent, faces):
    first = refitted(store, parent, faces)[0]
    second, config, _ = refitted(store, first, faces, gamma=2.0, target_prevalence=0.4)
    assert second.config.parent == first.id and second.config.head == config
    store.remove(parent)
    store.remove(first)
    stored = second.predictions().frame["score"].to_numpy()
    predicted = predict(second, faces, split="all").score
    assert np.abs(predicted - stored).max() < ROUNDING < np.ptp(stored)


def test_it_no_longer_predicts_what_its_parent_does(store, parent, faces):
    kept = refitted(store, parent, faces)[0]
    before, after = (predict(run, faces, split="all").score for run in (parent, kept))
    assert np.abs(before - after).max() > 10 * ROUNDING


def test_weights_are_shared_where_the_disk_can_and_copied_elsewhere(
    store, parent, faces, monkeypatch
):
    linked = refitted(store, parent, faces)[0]
    assert linked.weights_path.samefile(parent.weights_path)

    def refuse(source, target):
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    copied = refitted(store, parent, faces)[0]
    assert not copied.weights_path.samefile(parent.weights_path) and copied.verify_weights()


def test_an_exchanged_last_layer_is_not_loaded(store, parent, faces):
    kept = refitted(store, parent, faces)[0]
    Head(np.ones(512), 0.0).save(kept.path / "head.npz")
    with pytest.raises(RunError, match=r"not the one that was kept"):
        predict(kept, faces)
    (kept.path / "head.npz").unlink()
    with pytest.raises(RunError, match=r"has no head\.npz"):
        predict(kept, faces)


def test_a_last_layer_of_another_width_is_not_loaded(store, parent, faces):
    kept = refitted(store, parent, faces)[0]
    kept.update_state(head_sha256=Head(np.ones(7), 0.0).save(kept.path / "head.npz"))
    with pytest.raises(RunError, match="has 7 inputs and its network gives 512"):
        predict(kept, faces)


def test_a_refit_that_cannot_be_kept_leaves_no_run(store, parent, faces, monkeypatch):
    head = Head(np.ones(512), 0.0)
    with pytest.raises(ValueError, match="do not fit a kernel of 3"):
        keep_refit(store, parent, faces, HeadConfig(), Head(np.ones(3), 0.0))

    def full(self, path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Head, "save", full)
    with pytest.raises(RunError, match=r"cannot be kept in .*No space left"):
        keep_refit(store, parent, faces, HeadConfig(), head)
    parent.weights_path.write_bytes(b"other weights")
    with pytest.raises(RunError, match=r"The weights of .* are not the ones"):
        keep_refit(store, parent, faces, HeadConfig(), head)
    assert store.list() == [parent] and not store.damaged()


def test_a_set_packed_before_the_cut_must_be_packed_again(parent, faces, make_faces, tmp_path):
    old = make_faces(tmp_path / "old", n=240, size=SIZE)
    uncut = FaceSet(old.path, old.images, old.table, {**old.meta, "fingerprint": faces.fingerprint})
    with pytest.raises(DataError, match=r"before validation was cut in two.*pack it again"):
        head_data(parent, uncut)
    assert len(head_data(parent, uncut, "train"))
    with pytest.raises(RunError, match="another packing"):
        head_data(parent, old)


def test_dragging_a_weight_helps_the_cell_that_it_belongs_to(parent, faces):
    data = head_data(parent, faces)
    cell = (data.label == 1) & (data.group == 1)
    head, share = None, []
    for weight in (0.0, 0.5, 1.0, 4.0, 30.0):
        config = HeadConfig(cell_weights={"men 1": weight})
        head = fit_head(data, config, start=head)
        share.append(float(head.scores(data.values)[cell].mean()))
    assert all(before < after for before, after in pairwise(share))
