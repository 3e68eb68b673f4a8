import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softbio.hypotheses.examination.needed import needed


def settled(n, kinds, first, second, evidence, cases=3_000):
    """How often n more faces settle it, simulated face by face."""
    rng, hits = np.random.default_rng(9), 0
    prior = 1 / (1 + 10**-evidence)
    for _ in range(cases):
        right = rng.random() < prior
        kind = rng.choice(len(kinds), n, p=kinds)
        one = rng.random(n) < np.where(right, first, second)[kind]
        gain = np.where(
            one, np.log10(first / second)[kind], np.log10((1 - first) / (1 - second))[kind]
        )
        total = evidence + gain.sum()
        hits += total >= 2 if right else total <= -2
    return hits / cases


@pytest.mark.parametrize("evidence", [0.0, -1.2])
def test_so_many_faces_settle_it_with_the_probability_that_is_told(evidence):
    kinds, first, second = np.array([0.7, 0.3]), np.array([0.85, 0.2]), np.array([0.1, 0.6])
    found = needed(kinds, first, second, evidence, 0.02, 0)
    assert settled(found.disputed, kinds, first, second, evidence) == pytest.approx(0.95, abs=0.025)
    assert settled(found.disputed * 2 // 3, kinds, first, second, evidence) < 0.94
    assert found.labelled == np.ceil(found.disputed / 0.02)


def test_the_gain_of_a_face_is_the_divergence_of_what_the_two_foresee():
    found = needed(np.ones(1), np.array([0.9]), np.array([0.2]), 0.0, 0.1, 0)
    assert found.per_face[0] == pytest.approx(0.9 * np.log10(4.5) + 0.1 * np.log10(0.125))
    assert found.per_face[1] == pytest.approx(0.2 * np.log10(1 / 4.5) + 0.8 * np.log10(8))


def test_decisive_evidence_needs_nothing_more():
    found = needed(np.ones(1), np.array([0.9]), np.array([0.2]), -2.4, 0.1, 3)
    assert (found.disputed, found.labelled) == (0, 0)
    assert "no more" in found.sentence


def test_two_that_foresee_the_same_are_never_settled():
    found = needed(np.ones(1), np.array([0.4]), np.array([0.4]), 0.0, 0.1, 0)
    assert found.disputed is None
    assert "No number" in found.sentence


@settings(max_examples=12)
@given(st.floats(0.01, 0.4), st.floats(0.6, 0.99))
def test_it_does_not_matter_which_one_is_called_the_first(low, high):
    one = needed(np.ones(1), np.array([low]), np.array([high]), 0.0, 0.1, 0)
    other = needed(np.ones(1), np.array([high]), np.array([low]), 0.0, 0.1, 0)
    assert one.per_face == pytest.approx(other.per_face[::-1])
    assert one.disputed == pytest.approx(other.disputed, rel=0.25, abs=2)
