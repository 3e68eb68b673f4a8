"""L2-logistic regression, held against scikit-learn's."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from softbio.hypotheses.probe.logistic import cross_validate, fit_logistic


def _drawn(n, columns, seed):
    draws = np.random.default_rng(seed)
    values = draws.normal(size=(n, columns)) * draws.uniform(0.1, 2, columns) + 0.3
    label = (values[:, 0] - values[:, 1] + draws.normal(size=n) > 0.5).astype(int)
    return values, label, draws


@pytest.mark.parametrize(
    ("n", "columns", "l2", "weighted"),
    [(60, 12, 0.5, False), (40, 200, 0.1, True), (30, 31, 5.0, True), (300, 3, 1e-3, False)],
)
def test_the_fit_is_that_of_scikit_learn(n, columns, l2, weighted):
    values, label, draws = _drawn(n, columns, seed=n)
    weights = draws.uniform(0.2, 3, n) if weighted else None
    line = fit_logistic(values, label, l2, weights=weights)
    theirs = LogisticRegression(C=1 / l2, solver="lbfgs", tol=1e-10, max_iter=10_000)
    theirs.fit(values, label, sample_weight=weights)
    np.testing.assert_allclose(line.coefficients, theirs.coef_[0], atol=1e-4)
    np.testing.assert_allclose(line.scores(values), theirs.decision_function(values), atol=1e-4)


def test_a_free_intercept_makes_the_chances_add_up():
    values, label, _ = _drawn(50, 80, seed=1)
    chances = 1 / (1 + np.exp(-fit_logistic(values, label, 2.0).scores(values)))
    assert chances.sum() == pytest.approx(label.sum(), abs=1e-6)


def test_separated_labels_have_a_fit_too():
    line = fit_logistic(np.array([[-1.0], [-2.0], [1.0], [2.0]]), np.array([0, 0, 1, 1]), 1e-6)
    assert np.isfinite(line.coefficients).all()
    assert line.coefficients[0] > 5


def test_each_row_is_scored_by_a_fit_that_did_not_see_its_fold():
    values, label, draws = _drawn(80, 150, seed=2)
    folds = draws.permutation(np.arange(80) % 4)
    grid = (30.0, 3.0, 0.3)
    found = cross_validate(values, label, folds, grid)
    scores = {}
    for l2 in grid:
        scores[l2] = np.empty(80)
        for fold in range(4):
            left = folds == fold
            model = LogisticRegression(C=1 / l2, tol=1e-8, max_iter=5000)
            model.fit(values[~left], label[~left])
            scores[l2][left] = model.decision_function(values[left])
    losses = [np.logaddexp(0, (1 - 2 * label) * scores[l2]).mean() for l2 in grid]
    np.testing.assert_allclose(found.losses, losses[: len(found.losses)], atol=1e-4)
    assert found.l2 == grid[int(np.argmin(losses))]
    np.testing.assert_allclose(found.scores, scores[found.l2], atol=1e-2)


def test_the_path_ends_once_the_loss_has_risen_twice():
    draws = np.random.default_rng(3)
    values, label = draws.normal(size=(60, 100)), draws.integers(0, 2, 60)
    found = cross_validate(values, label, np.arange(60) % 5, (1e4, 10.0, 1.0, 0.1, 0.01))
    assert found.l2 == 1e4
    assert len(found.losses) == 3


def test_what_cannot_be_fitted_is_refused():
    values = np.zeros((4, 2))
    with pytest.raises(ValueError, match="both labels"):
        fit_logistic(values, np.ones(4), 1.0)
    with pytest.raises(ValueError, match="`l2` must be above 0"):
        fit_logistic(values, np.array([0, 1, 0, 1]), 0.0)
    with pytest.raises(ValueError, match="both labels"):
        cross_validate(values, np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]))
