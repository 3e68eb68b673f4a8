"""TensorFlow and JAX: the same losses, objectives and steps, and runs that both can read."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from softbio.networks.load import load_scorer
from softbio.runs import RunStore

SCRIPT = Path(__file__).with_name("backend_figures.py")
VALUES = (
    "cross_entropy",
    "focal",
    "generalised_cross_entropy",
    "forward_correction",
    "mmd",
    "soft_gap",
    "group_dro",
    "cells",
)


@pytest.fixture(scope="module")
def faces(make_faces, tmp_path_factory):
    return make_faces(tmp_path_factory.mktemp("sets") / "small")


@pytest.fixture(scope="module")
def in_jax(faces, tmp_path_factory):
    """What JAX makes of it all: figures, and the store with its run."""
    pytest.importorskip("jax", reason="JAX is a test dependency")
    place = tmp_path_factory.mktemp("jax")
    environment = {
        **os.environ,
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",  # compiling takes longer than the few steps
    }
    command = [sys.executable, str(SCRIPT), faces.path, place / "models", place / "figures.npz"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr[-3000:]
    with np.load(place / "figures.npz") as file:
        return dict(file), RunStore(place / "models")


@pytest.fixture(scope="module")
def here():
    """The same script's functions, in this process's backend."""
    return runpy.run_path(str(SCRIPT))


def test_losses_and_objectives_are_the_same(in_jax, here):
    figures, _ = in_jax
    assert {str(figures["backend"]), keras.backend.backend()} == {"jax", "tensorflow"}
    mine = here["values"]()
    assert set(mine) == set(VALUES)
    for name in VALUES:
        np.testing.assert_allclose(figures[name], mine[name], rtol=2e-5, atol=1e-6, err_msg=name)


def test_steps_from_the_same_weights_go_the_same_way_and_can_be_taken_up_again(in_jax, here):
    figures, _ = in_jax
    mine = here["stepped"]()
    assert figures["same"] and mine["same"]  # bitwise, each in itself
    np.testing.assert_allclose(figures["steps"], mine["steps"], rtol=1e-3)
    np.testing.assert_allclose(figures["cell_weights"], mine["cell_weights"], atol=1e-3)
    assert np.ptp(mine["cell_weights"]) > 0.02  # they have moved
    for name in (name for name in mine if name.startswith("weights.")):
        np.testing.assert_allclose(figures[name], mine[name], atol=2e-3, err_msg=name)


def test_a_run_that_jax_trained_scores_the_same_in_tensorflow(in_jax, faces):
    (run,) = in_jax[1].list()
    assert run.state.status == "done" and list(run.history()["epoch"]) == [1, 2]
    assert '"jax"' in (run.path / "environment.json").read_text()
    scores = run.predictions().frame["score"].to_numpy()
    logits = load_scorer(run).predict_on_batch(faces.images[:])[:, 0]
    np.testing.assert_allclose(1 / (1 + np.exp(-logits)), scores, atol=1e-4)
    assert np.ptp(scores) > 0.01


def test_on_the_device_faces_are_flipped_and_moved_and_every_weight_learns(in_jax):
    """bench/on_device.py, which trains with the whole set on an accelerator."""
    figures, _ = in_jax
    images, still = figures["device_images"], figures["device_flipped"]
    mirrored = [(a == b[:, ::-1]).all() for a, b in zip(still, images, strict=True)]
    same = [(a == b).all() for a, b in zip(still, images, strict=True)]
    assert np.logical_or(mirrored, same).all() and 0 < sum(mirrored) < 8
    for face, found in zip(still, figures["device_moved"], strict=True):
        edged = np.pad(face, ((2, 2), (2, 2), (0, 0)), mode="edge")
        places = [(y, x) for y in range(5) for x in range(5)]
        assert any((edged[y : y + 32, x : x + 32] == found).all() for y, x in places)
    losses = figures["device_losses"]
    assert losses.shape == (2,) and np.isfinite(losses).all() and (losses > 0).all()
    assert figures["device_learns"].all()
