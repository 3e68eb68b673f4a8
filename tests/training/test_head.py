"""The refitted last layer is the one that independent solvers find, however it is reached."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from softbio.config import HeadConfig
from softbio.errors import ConfigError, DataError
from softbio.training.head import Head, HeadData, balanced_cells, face_shares, fit_head
from softbio.training.head.losses import FaceLoss
from softbio.training.head.newton import Metric, minimise
from softbio.training.weights import balancing_weights

GROUPS = ("women", "men")
WEIGHTED = HeadConfig(weights={"men": 2.5}, cell_weights={"women 1": 3.0, "men 1": 0.7})


def make_data(n=600, width=12, seed=0, dead=0):
    """Rectified inputs of very different size, labels that depend on some of them."""
    draws = np.random.default_rng(seed)
    values = np.maximum(draws.normal(0.3, 1.0, (n, width)), 0) * draws.uniform(0.01, 20, width)
    if dead:
        values[:, :dead] = 0.0
    group = draws.integers(0, 2, n)
    spread = np.maximum(values.std(axis=0), 1e-9)
    logit = (values / spread)[:, -4:].sum(axis=1) - 3.2 + 0.6 * group
    label = (draws.random(n) < 1 / (1 + np.exp(-logit))).astype(np.int64)
    return HeadData(values.astype(np.float32), label, group, GROUPS)


@pytest.fixture(scope="module")
def data():
    return make_data()


def expected_scores(data, config, rows=None):
    """scikit-learn's scores for the same objective, on the same standardised inputs."""
    inputs = data.design.matrix[:, :-1].astype(np.float64)
    weights = face_shares(data, config)
    label = data.label
    fitted, target, weight = inputs, label, weights
    if smoothing := config.label_smoothing:
        # A smoothed label is the two labels at once, each with its part of the weight.
        fitted = np.concatenate([inputs, inputs])
        target = np.concatenate([label, 1 - label])
        weight = np.concatenate([weights * (1 - smoothing / 2), weights * smoothing / 2])
    model = LogisticRegression(C=1 / config.l2, solver="newton-cholesky", tol=1e-10, max_iter=500)
    model.fit(fitted, target, sample_weight=weight)
    return model.predict_proba(inputs)[:, 1]


@pytest.mark.parametrize("l2", [1e-4, 1e-2, 1e-1, 3.0])
@pytest.mark.parametrize("config", [HeadConfig(), WEIGHTED], ids=["plain", "weighted"])
def test_equals_weighted_logistic_regression(data, config, l2):
    config = config.model_copy(update={"l2": l2})
    head = fit_head(data, config)
    assert head.converged
    assert np.abs(head.scores(data.values) - expected_scores(data, config)).max() < 1e-4


def test_faces_that_count_half_are_fitted_as_their_cell_with_half_the_weight(data):
    """A face's own weight is a factor: men with label 1 at a half, by face or by cell."""
    cell = (data.group == 1) & (data.label == 1)
    halved = HeadData(data.values, data.label, data.group, GROUPS, weight=np.where(cell, 0.5, 1.0))
    by_cell = HeadConfig(cell_weights={"men 1": 0.5})
    np.testing.assert_allclose(
        face_shares(halved, HeadConfig()), face_shares(data, by_cell), rtol=1e-12
    )
    scores = fit_head(halved, HeadConfig()).scores(data.values)
    assert np.abs(scores - expected_scores(data, by_cell)).max() < 1e-4
    even = face_shares(halved, HeadConfig(cell_weights=balanced_cells(halved)))
    sums = np.bincount(2 * data.group + data.label, even)
    np.testing.assert_allclose(sums, 0.25, rtol=1e-3)
    with pytest.raises(ValueError, match="above 0"):
        HeadData(data.values, data.label, data.group, GROUPS, weight=cell.astype(float))


@pytest.mark.parametrize("smoothing", [0.05, 0.5])
def test_smoothing_equals_rows_with_both_labels(data, smoothing):
    config = WEIGHTED.model_copy(update={"label_smoothing": smoothing})
    scores = fit_head(data, config).scores(data.values)
    assert np.abs(scores - expected_scores(data, config)).max() < 1e-4


def test_fewer_faces_than_inputs_are_fitted_as_exactly():
    data = make_data(n=60, width=150)
    head = fit_head(data, WEIGHTED)
    assert np.abs(head.scores(data.values) - expected_scores(data, WEIGHTED)).max() < 1e-4


def test_faces_that_a_line_parts_are_fitted_with_hardly_any_l2():
    draws = np.random.default_rng(1)
    values = draws.normal(size=(400, 6)).astype(np.float32)
    data = HeadData(values, (values[:, 0] > 0).astype(int), np.zeros(400, int), ("all",))
    config = HeadConfig(l2=1e-6)
    head = fit_head(data, config)
    assert head.converged
    assert np.abs(head.scores(values) - expected_scores(data, config)).max() < 1e-4


def objective(data, config, coefficients):
    """The focal objective, written down as the documentation gives it."""
    inputs = data.design.matrix.astype(np.float64)
    logit = inputs @ coefficients
    target = data.label * (1 - config.label_smoothing) + config.label_smoothing / 2
    right = 1 / (1 + np.exp(-logit))
    wrong = target * (1 - right) + (1 - target) * right
    loss = wrong**config.gamma * (np.logaddexp(0, logit) - target * logit)
    value = face_shares(data, config) @ loss
    return value + 0.5 * config.l2 * (coefficients[:-1] ** 2).sum()


@pytest.mark.parametrize(
    "config",
    [
        HeadConfig(gamma=0.5),
        WEIGHTED.model_copy(update={"gamma": 2.0}),
        WEIGHTED.model_copy(update={"gamma": 5.0, "l2": 1e-3, "label_smoothing": 0.1}),
        HeadConfig(gamma=10.0, l2=1e-3),
    ],
    ids=lambda config: f"gamma {config.gamma:g}",
)
def test_a_focal_fit_is_a_minimum_that_a_general_solver_cannot_better(data, config):
    head = fit_head(data, config)
    found = data.design.inward(head.kernel, head.bias)
    nearby = found + np.random.default_rng(2).normal(0, 0.3, len(found))
    theirs = minimize(
        lambda place: objective(data, config, place), nearby, method="BFGS", options={"gtol": 1e-7}
    )
    moved = data.design.matrix @ theirs.x - data.design.matrix @ found
    assert head.converged
    assert objective(data, config, found) <= theirs.fun + 1e-9
    assert np.abs(moved).max() < 5e-3


def test_products_by_threads_are_those_of_the_whole_matrix(monkeypatch):
    from softbio.training.head import products

    monkeypatch.setattr(products, "_WORTH", 10)
    monkeypatch.setattr(products, "_BLOCK", 7)
    monkeypatch.setattr(products, "cores", lambda: 3)
    draws = np.random.default_rng(0)
    matrix = draws.normal(size=(101, 5)).astype(np.float32)
    weight, vector = draws.random(101), draws.normal(size=5)
    with products.row_products(matrix) as found:
        np.testing.assert_allclose(found.times(vector), matrix @ vector, atol=1e-5)
        np.testing.assert_allclose(found.transposed_times(weight), matrix.T @ weight, atol=1e-4)
        for every in (1, 4, 60):
            rows, part = matrix[::every], weight[::every]
            expected = rows.T @ (rows * part[:, None])
            np.testing.assert_allclose(found.gram(weight, every), expected, atol=1e-4)


def test_fits_at_the_same_time_leave_the_process_its_threads(data):
    from concurrent.futures import ThreadPoolExecutor

    from threadpoolctl import threadpool_info

    def blas():
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    before = blas()
    with ThreadPoolExecutor(4) as pool:
        heads = list(pool.map(lambda _: fit_head(data, WEIGHTED), range(8)))
    assert blas() == before
    assert all(np.array_equal(head.kernel, heads[0].kernel) for head in heads)


def test_a_vanishing_gamma_is_cross_entropy(data):
    plain = fit_head(data, WEIGHTED).scores(data.values)
    focal = fit_head(data, WEIGHTED.model_copy(update={"gamma": 1e-6})).scores(data.values)
    assert np.abs(plain - focal).max() < 1e-4


@settings(max_examples=50)
@given(
    logit=arrays(np.float64, 7, elements=st.floats(-40, 40)),
    gamma=st.sampled_from([0.0, 0.5, 1.0, 2.0, 5.0, 10.0]),
    smoothing=st.sampled_from([0.0, 0.1, 0.5]),
)
def test_slope_and_curvature_are_the_derivatives_of_the_loss(logit, gamma, smoothing):
    loss = FaceLoss(np.array([0, 1, 0, 1, 0, 1, 1]), gamma, smoothing)
    told = loss.all(logit)
    step = 1e-5
    slope = (loss.values(logit + step) - loss.values(logit - step)) / (2 * step)
    curvature = (loss.all(logit + step).slope - loss.all(logit - step).slope) / (2 * step)
    assert np.array_equal(told.value, loss.values(logit))
    np.testing.assert_allclose(told.slope, slope, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(told.curvature, curvature, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 3.0])
def test_losses_stay_finite_at_any_logit(gamma):
    logit = np.array([-1e4, -800.0, -300.0, 0.0, 300.0, 800.0, 1e4])
    for label in (0, 1):
        for figures in FaceLoss(np.full(7, label), gamma, 0.0).all(logit):
            assert np.isfinite(figures).all()


def test_losses_are_those_of_the_training():
    from softbio.config import LossConfig
    from softbio.networks.losses import per_face

    logit = np.linspace(-9, 9, 37)
    for gamma, smoothing in [(0.0, 0.0), (0.0, 0.1), (2.0, 0.0), (5.0, 0.2)]:
        config = LossConfig(
            name="focal" if gamma else "cross_entropy", gamma=gamma, label_smoothing=smoothing
        )
        for label in (0, 1):
            labels = np.full(37, label)
            theirs = per_face(config, labels.astype(np.float32), logit.astype(np.float32))
            ours = FaceLoss(labels, gamma, smoothing).values(logit)
            np.testing.assert_allclose(ours, np.asarray(theirs), rtol=1e-4, atol=1e-6)


def test_a_warm_start_ends_at_the_same_scores_after_fewer_hessians(data, monkeypatch):
    from softbio.training.head import newton

    made = []
    original = newton._Problem.hessian
    monkeypatch.setattr(
        newton._Problem, "hessian", lambda self, *how: made.append(1) or original(self, *how)
    )
    before = fit_head(data, WEIGHTED)
    moved = WEIGHTED.model_copy(update={"weights": {"men": 2.0}})
    made.clear()
    cold = fit_head(data, moved)
    cold_count = len(made)
    made.clear()
    warm = fit_head(data, moved, start=before)
    assert len(made) < cold_count
    assert np.abs(warm.scores(data.values) - cold.scores(data.values)).max() < 1e-4


@pytest.mark.parametrize("gamma", [0.0, 2.0])
def test_a_start_that_is_far_off_ends_at_the_same_scores(data, gamma):
    config = WEIGHTED.model_copy(update={"gamma": gamma})
    draws = np.random.default_rng(5)
    far = Head(draws.normal(0, 2.0, 12).astype(np.float32), bias=4.0)
    scores = fit_head(data, config, start=far).scores(data.values)
    assert np.abs(scores - fit_head(data, config).scores(data.values)).max() < 1e-4


def test_what_an_earlier_fit_left_behind_does_not_decide_the_result(data):
    # The curvature with γ = 10 is smaller by orders of magnitude: steps that are measured by
    # the Hessian of another γ look as if there were nothing left to do.
    results = []
    for way in [(0.0, 10.0), (10.0, 0.0, 10.0), (10.0,)]:
        fresh = make_data()
        head = None
        for gamma in way:
            head = fit_head(fresh, HeadConfig(gamma=gamma, l2=1e-3), start=head)
        results.append(head.scores(data.values))
    assert np.abs(results[0] - results[2]).max() < 1e-4
    assert np.abs(results[1] - results[2]).max() < 1e-4


def test_hessians_of_a_part_of_the_faces_lead_to_the_minimum_for_all(monkeypatch):
    # Sorted by cell, and the heavy cell so small that a part of the faces hardly shows it.
    from softbio.training.head import newton

    data = make_data(n=2000, width=10)
    order = np.lexsort((data.group, data.label))
    data = HeadData(data.values[order], data.label[order], data.group[order], GROUPS)
    config = HeadConfig(l2=1e-3, cell_weights={"men 1": 50.0})
    expected = expected_scores(data, config)
    monkeypatch.setattr(newton, "_FEW", 16)
    monkeypatch.setattr(newton, "_ROWS", 4)
    thinned = []
    original = newton._Problem.hessian
    monkeypatch.setattr(
        newton._Problem,
        "hessian",
        lambda self, point, every: thinned.append(every) or original(self, point, every),
    )
    head = fit_head(data, config)
    assert thinned[0] == 45 and head.converged
    assert np.abs(head.scores(data.values) - expected).max() < 1e-4


@pytest.mark.parametrize("scale", [1e-3, 1e5])
def test_a_kept_hessian_of_quite_another_size_misleads_nobody(data, scale):
    # One that is far too large makes every step so small that nothing seems to be left to do.
    loss, share = FaceLoss(data.label, 0.0, 0.0), face_shares(data, WEIGHTED)
    start = np.zeros(13)
    expected = minimise(data.design.matrix, share, loss, 0.1, start)
    metric = Metric(scale * np.eye(13))
    found = minimise(data.design.matrix, share, loss, 0.1, start, metric)
    assert found.converged
    assert np.abs(data.design.matrix @ (found.coefficients - expected.coefficients)).max() < 1e-4


def test_only_the_proportions_of_weights_count(data):
    tenfold = HeadConfig(weights={"women": 10.0, "men": 10.0})
    assert np.allclose(
        fit_head(data, tenfold).scores(data.values),
        fit_head(data, HeadConfig()).scores(data.values),
        atol=1e-6,
    )


def test_a_group_weight_is_the_weight_of_both_its_cells(data):
    by_group = face_shares(data, HeadConfig(weights={"men": 3.0}))
    by_cell = face_shares(data, HeadConfig(cell_weights={"men 0": 3.0, "men 1": 3.0}))
    assert np.array_equal(by_group, by_cell)
    assert by_group.sum() == pytest.approx(1.0)


def test_balanced_cells_give_what_the_training_balances_by(data):
    shares = face_shares(data, HeadConfig(cell_weights=balanced_cells(data)))
    expected = balancing_weights(data.label, data.group, GROUPS, "cell") / len(data)
    np.testing.assert_allclose(shares, expected, rtol=1e-3)


def test_balanced_cells_stay_within_the_bounds_of_weights():
    label = np.r_[np.zeros(5000, int), 1, np.zeros(10, int), np.ones(10, int)]
    group = np.r_[np.zeros(5001, int), np.ones(20, int)]
    data = HeadData(np.random.default_rng(0).normal(size=(5021, 2)), label, group, GROUPS)
    config = HeadConfig(cell_weights=balanced_cells(data))
    assert max(config.cell_weights.values()) == 100.0
    shares = face_shares(data, config)
    assert shares[5000] == pytest.approx(0.25, rel=1e-3)


def test_without_an_offset_the_mean_score_is_the_weighted_prevalence(data):
    # The bias is free, so at the minimum the weighted residuals sum to zero.
    scores = fit_head(data, WEIGHTED).scores(data.values)
    shares = face_shares(data, WEIGHTED)
    assert shares @ scores == pytest.approx(shares @ data.label, abs=1e-5)


@given(target=st.floats(0.01, 0.99))
@settings(max_examples=15)
def test_a_target_prevalence_shifts_every_logit_by_the_prior_odds(target):
    data = make_data(n=200, width=5)
    plain = fit_head(data, WEIGHTED)
    shifted = fit_head(data, WEIGHTED.model_copy(update={"target_prevalence": target}))
    fitted = face_shares(data, WEIGHTED) @ data.label
    expected = np.log(target / (1 - target)) - np.log(fitted / (1 - fitted))
    assert shifted.offset == pytest.approx(expected)
    assert shifted.bias - plain.bias == pytest.approx(expected, abs=1e-6)
    assert np.array_equal(shifted.kernel, plain.kernel)


def test_a_shifted_start_is_as_good_as_an_unshifted_one(data):
    shifted = fit_head(data, WEIGHTED.model_copy(update={"target_prevalence": 0.01}))
    again = fit_head(data, WEIGHTED, start=shifted)
    assert again.iterations <= 2 and again.offset == 0.0


def test_inputs_that_never_move_get_no_weight():
    data = make_data(dead=3)
    head = fit_head(data, HeadConfig(l2=1e-6))
    assert not head.kernel[:3].any() and head.kernel[3:].all()
    constant = HeadData(np.ones((len(data), 2)), data.label, data.group, GROUPS)
    flat = fit_head(constant, HeadConfig())
    assert flat.scores(constant.values)[0] == pytest.approx(data.label.mean(), abs=1e-5)


def test_scores_read_half_precision_piece_by_piece(data, monkeypatch):
    from softbio.runs import head as module

    head = fit_head(data, HeadConfig())
    halves = data.values.astype(np.float16)
    whole = head.scores(halves)
    monkeypatch.setattr(module, "_BLOCK", 7)
    np.testing.assert_allclose(head.scores(halves), whole, atol=1e-6)
    assert whole.dtype == np.float32 and np.abs(whole - head.scores(data.values)).max() < 5e-3


@pytest.mark.parametrize(
    ("config", "told"),
    [
        (HeadConfig(weights={"ladies": 2.0}), "no group 'ladies'.*women, men"),
        (HeadConfig(cell_weights={"ladies 1": 2.0}), "no cell 'ladies 1'.*women 0, women 1"),
        (HeadConfig(cell_weights={"women 1": 0, "men 1": 0, "men 0": 1}), "label 1 would have"),
    ],
)
def test_weights_that_cannot_be_meant_are_refused(data, config, told):
    with pytest.raises(ConfigError, match=told):
        fit_head(data, config)


def test_faces_of_one_label_or_broken_inputs_are_refused():
    with pytest.raises(DataError, match="none of the 3 faces has label 1"):
        HeadData(np.ones((3, 2)), np.zeros(3), np.zeros(3), GROUPS)
    broken = HeadData(np.array([[np.inf], [1.0]]), np.array([0, 1]), np.zeros(2), GROUPS)
    with pytest.raises(DataError, match="not finite"):
        fit_head(broken, HeadConfig())
    with pytest.raises(ValueError, match="groups are 0 … 1"):
        HeadData(np.ones((2, 1)), np.array([0, 1]), np.array([0, 2]), GROUPS)
    with pytest.raises(ValueError, match="3 inputs for 12"):
        fit_head(make_data(), HeadConfig(), start=Head(np.ones(3), 0.0))
