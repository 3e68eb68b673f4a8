"""Stopping follows Keras's EarlyStopping."""

import math

import pytest

from softbio.config import EarlyStopping
from softbio.training.stopping import Stopping


def go(values, watch):
    """Return the state after the values, and the epoch at which training ended."""
    state = Stopping()
    for epoch, value in enumerate(values, 1):
        state = state.after(epoch, value, watch)
        if state.ends(watch):
            return state, epoch
    return state, len(values)


def test_patience_1_ends_at_the_first_epoch_that_is_no_better():
    watch = EarlyStopping(monitor="loss", patience=1, restore_best=False)
    state, epoch = go([0.5, 0.4, 0.4, 0.1], watch)
    assert epoch == 3 and state.best_epoch == 2
    assert state.kept_epoch(epoch, watch) == 3


def test_a_metric_is_better_when_it_is_higher_and_the_best_epoch_is_kept():
    watch = EarlyStopping(monitor="fair_metric", patience=2)
    state, epoch = go([0.1, 0.3, 0.2, 0.25, 0.9], watch)
    assert epoch == 4 and state.kept_epoch(epoch, watch) == 2


def test_without_patience_all_epochs_are_trained():
    assert go([1.0, 2.0, 3.0, 4.0], EarlyStopping(monitor="loss", patience=None))[1] == 4


def test_an_undefined_figure_is_never_the_best():
    watch = EarlyStopping(monitor="balanced_fair_metric", patience=None)
    state, epoch = go([math.nan, 0.2, math.nan], watch)
    assert state.kept_epoch(epoch, watch) == 2
    state, epoch = go([math.nan, math.nan], watch)
    assert state.kept_epoch(epoch, watch) == 2  # nothing was defined: the last is kept
    impatient = EarlyStopping(monitor="balanced_fair_metric", patience=1)
    assert go([math.nan] * 5, impatient)[1] == 5  # and there is nothing to wait for


@pytest.mark.parametrize("patience", [1, 2, 3])
def test_it_ends_where_keras_ends(patience):
    import keras
    import numpy as np

    values = np.random.default_rng(patience).normal(size=30).tolist()
    theirs = keras.callbacks.EarlyStopping(monitor="val_loss", patience=patience)
    theirs.set_model(keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]))
    theirs.model.stop_training = False
    theirs.on_train_begin()
    ended = len(values)
    for epoch, value in enumerate(values):
        theirs.on_epoch_end(epoch, {"val_loss": value})
        if theirs.model.stop_training:
            ended = epoch + 1
            break
    watch = EarlyStopping(monitor="loss", patience=patience)
    assert go(values, watch)[1] == ended
