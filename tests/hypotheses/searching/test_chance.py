"""The same search on shuffled labels."""

import numpy as np
import pytest

from softbio.errors import CancelledError, ConfigError
from softbio.hypotheses import SearchPlan, against_chance

GROUPS = ("women", "men")
PLAN = SearchPlan(max_attributes=2, threads=1)


def faces(seed, n=120, attributes=5):
    rng = np.random.default_rng(seed)
    columns = {f"a{index}": (rng.random(n) < 0.4).astype(np.int8) for index in range(attributes)}
    return columns, rng.integers(0, 2, n), rng


def test_random_labels_reach_a_small_p_value_no_oftener_than_it_says():
    small = 0
    for seed in range(30):
        columns, group, rng = faces(seed)
        # Labels that only the group tells are chance within groups.
        target = (rng.random(120) < np.array([0.2, 0.7])[group]).astype(np.int8)
        told = against_chance(columns, target, group, GROUPS, permutations=9, plan=PLAN, seed=seed)
        small += told.p_value <= 0.1
    # Binomial(30, 0.1) is above 7 once in a hundred times.
    assert small <= 7


def test_a_rule_under_much_noise_stands_out_from_chance():
    columns, group, rng = faces(0, n=400)
    target = columns["a0"] ^ columns["a1"] ^ (rng.random(400) < 0.3)
    told = against_chance(columns, target, group, GROUPS, permutations=19, plan=PLAN)
    assert told.p_value == 1 / 20
    assert told.saved_bits > told.by_chance[-1]
    assert list(told.by_chance) == sorted(told.by_chance)


def test_it_reports_progress_stops_when_asked_and_refuses_no_permutation():
    columns, group, rng = faces(1)
    target = rng.integers(0, 2, 120)
    seen = []
    against_chance(columns, target, group, GROUPS, permutations=2, plan=PLAN,
                   progress=lambda *now: seen.append(now))  # fmt: skip
    assert seen == [(1, 3), (2, 3), (3, 3)]
    with pytest.raises(CancelledError):
        against_chance(columns, target, group, GROUPS, stop=lambda: True)
    with pytest.raises(ConfigError, match="at least 1"):
        against_chance(columns, target, permutations=0)
