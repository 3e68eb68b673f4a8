import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from softbio.fairness.pareto import pareto_front

#: Few values, so that ties and equal points come about.
POINTS = st.tuples(st.integers(0, 9), st.integers(1, 3)).flatmap(
    lambda shape: st.tuples(
        arrays(np.float64, shape, elements=st.sampled_from([0.0, 0.25, 0.5, 1.0, np.nan])),
        st.lists(st.booleans(), min_size=shape[1], max_size=shape[1]),
    )
)


def dominates(one, other, higher):
    gains = [(a - b) if up else (b - a) for a, b, up in zip(one, other, higher, strict=True)]
    return all(gain >= 0 for gain in gains) and any(gain > 0 for gain in gains)


@given(POINTS)
def test_the_front_is_what_nothing_dominates(drawn):
    points, higher = drawn
    expected = [
        not np.isnan(point).any()
        and not any(
            dominates(other, point, higher) for other in points if not np.isnan(other).any()
        )
        for point in points
    ]
    assert pareto_front(points, higher).tolist() == expected


@given(POINTS, st.randoms())
def test_the_order_of_the_points_changes_nothing(drawn, random):
    points, higher = drawn
    order = list(range(len(points)))
    random.shuffle(order)
    assert (pareto_front(points, higher)[order] == pareto_front(points[order], higher)).all()


def test_turning_a_figure_round_turns_its_direction_round():
    points = np.array([[0.9, 0.1], [0.8, 0.05], [0.7, 0.2]])
    turned = points * [1, -1]
    assert pareto_front(points, (True, False)).tolist() == [True, True, False]
    assert pareto_front(turned, (True, True)).tolist() == [True, True, False]


def test_directions_that_do_not_fit_the_points_are_refused():
    with pytest.raises(ValueError, match="do not have 3 figures"):
        pareto_front(np.zeros((2, 2)), (True, True, False))
