import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import roc_auc_score

from softbio.fairness import auc_by_group, roc_auc

TIED = st.sampled_from(np.linspace(0, 1, 5, dtype=np.float32).tolist())
ANY = st.floats(0, 1, width=32)


@given(st.data(), st.integers(2, 60))
def test_the_auc_is_scikit_learns_also_with_ties(data, n):
    label = data.draw(hnp.arrays(np.int8, n, elements=st.integers(0, 1)))
    label[:2] = 0, 1
    score = data.draw(hnp.arrays(np.float32, n, elements=TIED | ANY))
    assert roc_auc(label, score) == pytest.approx(roc_auc_score(label, score), abs=1e-12)


@pytest.mark.parametrize("label", [[0, 0], [1, 1], []])
def test_the_auc_of_a_single_label_is_undefined(label):
    assert np.isnan(roc_auc(np.array(label, dtype=np.int8), np.zeros(len(label))))


def test_scores_that_are_all_equal_rank_as_well_as_chance():
    assert roc_auc(np.array([0, 1, 1]), np.full(3, 0.7)) == 0.5


@given(hnp.arrays(np.float64, 30, elements=st.floats(0, 1)))
def test_turning_the_scores_round_complements_the_auc(score):
    label = np.arange(30) % 2
    assert roc_auc(label, score) == pytest.approx(1 - roc_auc(label, -score), abs=1e-12)


def test_many_pairs_do_not_overflow():
    label = np.repeat([0, 1], 100_000)
    score = np.arange(200_000) / 200_000
    assert roc_auc(label, score) == 1.0
    assert roc_auc(1 - label, score) == 0.0


def test_each_group_is_ranked_by_itself():
    rng = np.random.default_rng(0)
    label, group, score = rng.integers(0, 2, 300), rng.integers(0, 3, 300), rng.random(300)
    found = auc_by_group(label, score, group, 4)
    expected = [roc_auc_score(label[group == g], score[group == g]) for g in range(3)]
    np.testing.assert_allclose(found.groups[:3], expected, rtol=1e-12)
    assert np.isnan(found.groups[3])
    assert found.overall == pytest.approx(roc_auc_score(label, score))
