"""Objectives against brute force, and the laws that each must keep."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from softbio.config import LossConfig, ObjectivesConfig, TrainConfig
from softbio.fairness import evaluate
from softbio.networks.learner import Learner
from softbio.networks.objectives import KERNEL_LENGTH, group_dro, mmd, soft_gap

GROUPS = ("women", "men", "others")


def draw(seed, n=24, n_groups=3, soft=False):
    """Return labels, logits, weights and groups of some faces."""
    draws = np.random.default_rng(seed)
    labels = draws.random(n) if soft else draws.integers(0, 2, n)
    logits, weights = draws.normal(0, 2, n), draws.uniform(0.1, 3, n)
    return (
        labels.astype(np.float32),
        logits.astype(np.float32),
        weights.astype(np.float32),
        draws.integers(0, n_groups, n),
    )


def value(objective, *arguments):
    return float(ops.convert_to_numpy(objective(*arguments)))


def chance(logits):
    return 1 / (1 + np.exp(-np.asarray(logits, dtype=np.float64)))


def cells_of(labels, weights, group, n_groups):
    """Yield group, label, each face's part in the cell, and how far the cell is there.

    Parts sum to 1, or are None where no face counts.
    """
    for one in range(n_groups):
        for label in (0, 1):
            share = labels if label else 1 - np.asarray(labels, dtype=np.float64)
            part = np.where(group == one, share * weights, 0.0)
            there = np.where((group == one) & (np.asarray(weights) > 0), share, 0.0).max()
            yield one, label, part / part.sum() if part.sum() > 0 else None, there


def brute_mmd(labels, logits, weights, group, n_groups):
    scores, parts = chance(logits), {}
    for one, label, part, there in cells_of(labels, weights, group, n_groups):
        parts[one, label] = part, there

    kernel = np.array([[np.exp(-(((x - y) / KERNEL_LENGTH) ** 2)) for y in scores] for x in scores])
    total = 0.0
    for label in (0, 1):
        for one in range(n_groups):
            for other in range(one):
                (a, here), (b, there) = parts[one, label], parts[other, label]
                if a is not None and b is not None:
                    total += here * there * (a @ kernel @ a + b @ kernel @ b - 2 * a @ kernel @ b)
    return total


def brute_soft_gap(labels, logits, weights, group, n_groups):
    right = {0: 1 - chance(logits), 1: chance(logits)}
    recalls = {one: [] for one in range(n_groups)}
    for one, label, part, there in cells_of(labels, weights, group, n_groups):
        if part is not None:
            recalls[one].append(((part * right[label]).sum(), there))
    balanced = [
        np.average([recall for recall, _ in found], weights=[there for _, there in found])
        for found in recalls.values()
        if found
    ]
    return 1 - (np.mean(balanced) - (max(balanced) - min(balanced))) if balanced else 0.0


def cross_entropies(logits):
    """Return the loss of each face were its label 0 and were it 1, shape (n, 2)."""
    wide = np.asarray(logits, dtype=np.float64)
    return np.stack([np.logaddexp(0, wide), np.logaddexp(0, -wide)], axis=1)


def brute_group_dro(labels, logits, weights, group, n_groups, q, rate, held=None):
    losses = []
    for _, label, part, there in cells_of(labels, weights, group, n_groups):
        mean = 0.0 if part is None else (part * cross_entropies(logits)[:, label]).sum()
        losses.append(there * mean)
    moved = q * np.exp(rate * np.array(losses))
    moved = moved / moved.sum() if held is None else held
    return (moved * losses).sum(), moved


def dro(labels, logits, weights, group, n_groups, q, rate):
    losses = cross_entropies(logits).astype(np.float32)
    loss, moved = group_dro(losses, labels, weights, group, n_groups, q.astype(np.float32), rate)
    return float(ops.convert_to_numpy(loss)), ops.convert_to_numpy(moved)


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("n", [1, 3, 24])
def test_objectives_equal_brute_force_with_whatever_cells_a_batch_has(n, soft):
    for seed in range(4):
        batch = draw(seed, n=n, soft=soft)
        assert value(mmd, *batch, 3) == pytest.approx(brute_mmd(*batch, 3), abs=2e-6)
        assert value(soft_gap, *batch, 3) == pytest.approx(brute_soft_gap(*batch, 3), abs=2e-6)
        q = np.random.default_rng(seed).dirichlet(np.ones(6))
        loss, moved = dro(*batch, 3, q, 0.7)
        expected, weights = brute_group_dro(*batch, 3, q, 0.7)
        assert loss == pytest.approx(expected, rel=1e-5)
        np.testing.assert_allclose(moved, weights, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("n_groups", [2, 3])
def test_the_soft_gap_of_certain_predictions_is_one_minus_the_balanced_fair_metric(n_groups):
    for seed in range(5):
        labels, _, _, group = draw(seed, n=60, n_groups=n_groups)
        said = np.random.default_rng(seed).integers(0, 2, 60)
        logits = np.where(said == 1, 200.0, -200.0).astype(np.float32)
        judged = evaluate(labels.astype(np.int8), said.astype(np.float32), group, GROUPS[:n_groups])
        found = value(soft_gap, labels, logits, np.ones(60, np.float32), group, n_groups)
        assert found == pytest.approx(1 - judged.overall["balanced_fair_metric"], abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), soft=st.booleans())
def test_a_face_counts_as_two_of_half_its_weight(seed, soft):
    labels, logits, weights, group = draw(seed, soft=soft)
    twice = [np.concatenate([each, each[5:6]]) for each in (labels, logits, weights, group)]
    twice[2][[5, -1]] /= 2
    for objective in (mmd, soft_gap):
        once = value(objective, labels, logits, weights, group, 3)
        assert value(objective, *twice, 3) == pytest.approx(once, abs=1e-5)
    q = np.full(6, 1 / 6)
    once, moved = dro(labels, logits, weights, group, 3, q, 0.3)
    again, moved_again = dro(*twice, 3, q, 0.3)
    assert again == pytest.approx(once, rel=1e-5)
    np.testing.assert_allclose(moved_again, moved, rtol=1e-5)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_order_and_the_names_of_groups_do_not_matter(seed):
    batch = draw(seed)
    order = np.random.default_rng(seed).permutation(24)
    renamed = np.array([2, 0, 1])
    for objective in (mmd, soft_gap):
        once = value(objective, *batch, 3)
        shuffled = [each[order] for each in batch]
        assert value(objective, *shuffled, 3) == pytest.approx(once, abs=1e-5)
        assert value(objective, *batch[:3], renamed[batch[3]], 3) == pytest.approx(once, abs=1e-5)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.floats(0.125, 8, width=32))
def test_a_weight_that_a_whole_cell_has_in_common_changes_nothing(seed, scale):
    labels, logits, weights, group = draw(seed)
    heavier = np.where((group == 1) & (labels == 1), weights * np.float32(scale), weights)
    for objective in (mmd, soft_gap):
        once = value(objective, labels, logits, weights, group, 3)
        assert value(objective, labels, logits, heavier, group, 3) == pytest.approx(once, abs=1e-5)


def test_the_distance_is_0_for_equal_distributions_and_grows_as_they_part():
    logits = np.tile(np.random.default_rng(0).normal(0, 1, 100).astype(np.float32), 2)
    labels = np.tile(np.array([0, 1], np.float32), 100)
    group, weights = np.repeat([0, 1], 100), np.ones(200, np.float32)
    assert value(mmd, labels, logits, weights, group, 2) == pytest.approx(0, abs=1e-6)
    # The same distribution, of twice as many faces.
    faces = np.concatenate([np.arange(200), np.arange(100)])
    parts = [each[faces] for each in (labels, logits, weights, group)]
    assert value(mmd, *parts, 2) == pytest.approx(0, abs=1e-6)
    shifts = group.astype(np.float32)
    apart = [
        value(mmd, labels, logits + np.float32(shift) * shifts, weights, group, 2)
        for shift in (0.0, 0.3, 0.6, 1.0, 2.0)
    ]
    assert (np.diff(apart) > 1e-3).all()


def test_the_distance_looks_at_each_label_apart():
    # Equally distributed scores in both groups, but on opposite labels.
    logits = np.array([-2, 2, -2, 2], np.float32)
    labels, group = np.array([0, 1, 1, 0], np.float32), np.array([0, 0, 1, 1])
    assert value(mmd, labels, logits, np.ones(4, np.float32), group, 2) > 1


def test_a_cell_of_which_there_is_a_hundredth_of_a_face_hardly_counts():
    labels, group = np.array([0, 0.01, 0, 1], np.float32), np.array([0, 0, 1, 1])
    logits, weights = np.array([-2, -3, -2, 2], np.float32), np.ones(4, np.float32)
    whole = np.round(labels)
    for objective in (mmd, soft_gap):
        once = value(objective, whole, logits, weights, group, 2)
        assert value(objective, labels, logits, weights, group, 2) == pytest.approx(once, abs=0.02)
    loss, _ = dro(labels, logits, weights, group, 2, np.full(4, 0.25), 0.1)
    assert loss == pytest.approx(
        dro(whole, logits, weights, group, 2, np.full(4, 0.25), 0.1)[0], abs=0.02
    )


def test_faces_of_weight_0_take_no_part():
    batch = draw(3)
    added = [np.concatenate([each, each[:4]]) for each in batch]
    added[2][-4:] = 0
    for objective in (mmd, soft_gap):
        assert value(objective, *added, 3) == pytest.approx(value(objective, *batch, 3), abs=1e-5)
        nothing = [*batch[:2], np.zeros(24, np.float32), batch[3]]
        assert value(objective, *nothing, 3) == 0
    q = np.array([0.3, 0.1, 0.1, 0.2, 0.2, 0.1])
    loss, moved = dro(*batch[:2], np.zeros(24, np.float32), batch[3], 3, q, 0.5)
    assert loss == 0
    np.testing.assert_allclose(moved, q, rtol=1e-6)


def test_weights_move_to_the_cell_whose_loss_is_largest_until_it_has_nearly_all():
    labels = np.array([0, 1, 0, 1], np.float32)
    logits = np.array([-1, 1, -1, -1], np.float32)  # men of label 1 are wrong
    group, weights = np.array([0, 0, 1, 1]), np.ones(4, np.float32)
    q, shares = np.full(4, 0.25), []
    for _ in range(40):
        _, q = dro(labels, logits, weights, group, 2, q, 0.2)
        shares.append(q[3])
    assert (np.diff(shares) > 0).all() and shares[-1] > 0.99
    np.testing.assert_allclose(q.sum(), 1, rtol=1e-5)
    # It is not for ever: when another cell gets worse, the weights follow.
    for _ in range(60):
        _, q = dro(labels, -logits, weights, group, 2, q, 0.5)
    assert q[3] < 0.01 and q[:3].min() > 0.2


def test_weights_of_cells_stay_finite_and_can_rise_again_after_a_huge_loss():
    labels, group = np.array([0, 1, 0, 1], np.float32), np.array([0, 0, 1, 1])
    weights = np.ones(4, np.float32)
    _, q = dro(labels, np.array([-1, 1e6, -1, -1e6]), weights, group, 2, np.full(4, 0.25), 1.0)
    assert np.isfinite(q).all() and q[3] > 0.999 and q[:3].min() > 0
    for _ in range(60):
        _, q = dro(labels, np.array([9.0, 1, -1, 1]), weights, group, 2, q, 0.1)
    assert q[0] > 0.9


class Given(keras.layers.Layer):
    """Logits that are themselves the weights, one a face."""

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], 1), initializer="zeros")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel)


def gradient(config, batch, n_groups):
    """Return how one step of size 1 of a Learner moves each logit, negated, shape (n,)."""
    labels, logits, weights, group = batch
    inputs, layer = keras.Input((len(logits),)), Given()
    learner = Learner(keras.Model(inputs, layer(inputs)), config, GROUPS[:n_groups])
    learner.compile(keras.optimizers.SGD(1.0), loss=learner.face_loss, jit_compile=False)
    layer.set_weights([logits[:, None]])
    targets = np.stack([labels, group], axis=1).astype(np.float32)
    learner.train_on_batch(np.eye(len(logits), dtype=np.float32), targets, sample_weight=weights)
    return logits - layer.get_weights()[0][:, 0]


def numeric(function, logits, step=1e-5):
    wide = logits.astype(np.float64)
    moves = np.eye(len(wide)) * step
    return np.array([(function(wide + m) - function(wide - m)) / (2 * step) for m in moves])


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("name", ["mmd", "soft_gap", "group_dro", "all"])
def test_gradients_of_a_step_are_those_of_finite_differences(name, soft):
    batch = draw(11, n=14, soft=soft)
    labels, logits, weights, group = batch
    strengths = {"mmd": 2.0, "soft_gap": 3.0, "group_dro": 0.5}
    strengths = strengths if name == "all" else {name: strengths[name]}
    config = TrainConfig(
        loss=LossConfig(name="cross_entropy"), objectives=ObjectivesConfig(**strengths)
    )
    q, rate = np.full(6, 1 / 6), strengths.get("group_dro", 0.0)
    _, held = brute_group_dro(*batch, 3, q, rate)

    def total(moved):
        of_label = cross_entropies(moved)
        faces = weights * ((1 - labels) * of_label[:, 0] + labels * of_label[:, 1])
        loss = faces.mean()
        if rate:
            loss, _ = brute_group_dro(labels, moved, weights, group, 3, q, rate, held)
        if "mmd" in strengths:
            loss += strengths["mmd"] * brute_mmd(labels, moved, weights, group, 3)
        if "soft_gap" in strengths:
            loss += strengths["soft_gap"] * brute_soft_gap(labels, moved, weights, group, 3)
        return loss

    np.testing.assert_allclose(gradient(config, batch, 3), numeric(total, logits), atol=3e-5)


@pytest.mark.parametrize("name", ["mmd", "soft_gap", "group_dro"])
@pytest.mark.parametrize("faces", [[0], [0, 1]])
def test_a_step_stays_finite_with_nearly_all_cells_missing_and_hopeless_logits(name, faces):
    labels, group = np.array([1, 0], np.float32)[faces], np.array([2, 0])[faces]
    logits = np.array([-1e4, 1e4], np.float32)[faces]
    config = TrainConfig(objectives=ObjectivesConfig(**{name: 1.0}))
    moved = gradient(config, (labels, logits, np.ones(len(faces), np.float32), group), 3)
    assert np.isfinite(moved).all()
