"""The moving average of the weights."""

import keras
import numpy as np

from softbio.networks.averaging import EVERY, Average


def network():
    model = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(1), keras.layers.BatchNormalization()]
    )
    model.set_weights([np.zeros_like(weight) for weight in model.get_weights()])
    return model


def walk(average, model, values):
    """Step through the network's weights being `values`, one after the other."""
    for value in values:
        model.set_weights([np.full_like(weight, value) for weight in model.get_weights()])
        average.step()


def test_weights_that_stay_are_their_own_average():
    model = network()
    average = Average(model, 0.9)
    walk(average, model, [0.0] * 8)
    assert all((weight == 0).all() for weight in average.weights)


def test_it_is_the_exponential_average_of_what_it_looked_at():
    model = network()
    average = Average(model, 0.5)
    values = np.random.default_rng(0).normal(size=40)
    walk(average, model, values)
    expected = 0.0
    for step in range(EVERY, 41, EVERY):
        keep = min(0.5, (1 + step) / (10 + step)) ** EVERY
        expected = keep * expected + (1 - keep) * values[step - 1]
    for mean in average.weights:
        np.testing.assert_allclose(mean, expected, rtol=1e-5)


def test_a_look_in_between_takes_in_the_steps_since_the_last_one():
    """As at the end of an epoch of few steps, which would else be judged by its first weights."""
    model = network()
    average = Average(model, 0.5)
    walk(average, model, [1.0, 1.0, 1.0])
    assert all((mean == 0).all() for mean in average.weights)
    average.look()
    expected = 1 - min(0.5, 4 / 13) ** 3
    for mean in average.weights:
        np.testing.assert_allclose(mean, expected, rtol=1e-6)
    before = [mean.copy() for mean in average.weights]
    average.look()
    for mean, old in zip(average.weights, before, strict=True):
        np.testing.assert_array_equal(mean, old)


def test_the_first_weights_do_not_linger():
    model = network()
    average = Average(model, 0.9999)
    walk(average, model, [1.0] * 40)
    assert all((mean > 0.9).all() for mean in average.weights)


def test_statistics_of_batch_norms_are_averaged_too():
    model = network()
    assert len(Average(model, 0.9).weights) == len(model.weights) == 6


def test_after_a_resume_at_a_look_it_goes_on_as_if_unbroken():
    values = np.random.default_rng(1).normal(size=24)
    whole, model = None, network()
    whole = Average(model, 0.99)
    walk(whole, model, values[:10])
    whole.look()
    walk(whole, model, values[10:])
    model = network()
    first = Average(model, 0.99)
    walk(first, model, values[:10])
    first.look()
    second = Average(model, 0.99)
    second.weights = first.weights
    second.begin(10)
    walk(second, model, values[10:])
    for one, other in zip(whole.weights, second.weights, strict=True):
        np.testing.assert_array_equal(one, other)
