"""The exact search, against one that evaluates every function at every face."""

from itertools import combinations
from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softbio.errors import CancelledError, ConfigError, DataError
from softbio.formula import parse
from softbio.formula.conjunctions import Conjunctions
from softbio.hypotheses import SearchPlan, search
from softbio.hypotheses.searching.exhaustive import search_functions
from softbio.hypotheses.searching.functions import literal_counts, widened
from softbio.hypotheses.searching.lines import fold, lines_of
from softbio.hypotheses.searching.material import gather


def entropy(counts):
    counts = [count for count in counts if count]
    return -sum(count * log2(count / sum(counts)) for count in counts)


def description(values, target, group, groups, literals, attributes):
    """The description length of one formula, face by face; None where it says nothing."""
    bits = 1 + literals * (2 + log2(attributes)) + (literals - 1) * (1 + log2(3))
    tells = False
    for code in range(groups):
        mine = group == code
        n = int(mine.sum())
        if not n:
            continue
        table = [
            [int((mine & (values == value) & (target == label)).sum()) for label in (0, 1)]
            for value in (0, 1)
        ]
        seen = [sum(row) > 0 for row in table]
        tells |= all(seen)
        lift = table[1][1] * table[0][0] - table[1][0] * table[0][1]
        if lift >= 0:
            bits += entropy(table[0]) + entropy(table[1])
        else:
            bits += entropy([table[0][0] + table[1][0], table[0][1] + table[1][1]])
        bits += 0.5 * log2(n) * sum(seen)
        bits += 6 * (table[1][1] < table[1][0]) + 6 * (table[0][1] > table[0][0])
    return bits if tells else None


def every_formula(columns, target, group, groups, most):
    """Yield (bits, attributes, literals, values as bytes) of every function that tells something."""
    attributes = len(columns)
    for size in range(1, most + 1):
        tables = np.arange(1 << (1 << size))
        cells = (tables[:, None] >> np.arange(1 << size)) & 1
        needed = np.ones(len(tables), bool)
        for index in range(size):
            flipped = np.arange(1 << size) ^ (1 << index)
            needed &= (cells != cells[:, flipped]).any(axis=1)
        lengths = literal_counts()[widened(tables, size)]
        for chosen in combinations(range(attributes), size):
            cell = sum(columns[index].astype(int) << place for place, index in enumerate(chosen))
            memo = {}
            for table in tables[needed]:
                values = cells[table][cell]
                key = values.tobytes(), int(lengths[table])
                if key not in memo:
                    memo[key] = description(values, target, group, groups, key[1], attributes)
                if memo[key] is not None:
                    yield memo[key], frozenset(chosen), key[1], key[0]


def ranking(columns, target, group, groups, most):
    """The lines of the ranking: [(bits, values)], what refines a formula that is no worse left out."""
    everything = sorted(
        set(every_formula(columns, target, group, groups, most)), key=lambda line: line[0]
    )
    best_of = {}
    for bits, attributes, literals, _ in everything:
        known = best_of.setdefault(attributes, {})
        known[literals] = min(known.get(literals, np.inf), bits)
    lines = {}
    for bits, attributes, literals, values in everything:
        beaten = any(
            other <= bits + 1e-6
            for chosen, found in best_of.items()
            for length, other in found.items()
            if chosen < attributes or (chosen == attributes and length < literals)
        )
        if not beaten:
            lines.setdefault(values, bits)
    return [(bits, values) for values, bits in lines.items()]


def made_up(n, attributes, seed, groups=2, noise=0.1):
    """Faces whose target is some function of three attributes, with flips."""
    rng = np.random.default_rng(seed)
    shares = rng.uniform(0.15, 0.85, attributes)
    values = (rng.random((n, attributes)) < shares).astype(np.int8)
    columns = {f"a{index}": values[:, index] for index in range(attributes)}
    cell = values[:, 0] + 2 * values[:, 1] + 4 * values[:, 2]
    target = (rng.integers(1, 255) >> cell & 1) ^ (rng.random(n) < noise)
    return columns, target.astype(np.int8), rng.integers(0, groups, n)


def found_lines(columns, target, group, groups, most, keep):
    material = gather(columns, target, group, tuple(f"g{code}" for code in range(groups)))
    pool = search_functions(
        Conjunctions(material.packed, most, 2),
        material.scale,
        most=min(most, len(material.names)),
        keep=keep,
        threads=2,
        progress=lambda done, total: None,
        stop=lambda: None,
    )
    packed = material.packed
    lines = []
    for line in fold(lines_of(material, pool.candidates)):
        bits = np.unpackbits(line.values.view(np.uint8), bitorder="little")
        values = np.empty(len(target), np.int64)
        values[packed.faces] = bits[packed.places]
        lines.append((line.bits, values.tobytes()))
    return lines


def assert_same_ranking(columns, target, group, groups, most, keep):
    expected = ranking(list(columns.values()), target, group, groups, most)
    lines = found_lines(columns, target, group, groups, most, keep)
    assert len(lines) >= min(len(expected), keep // 4)
    shown = min(len(lines), len(expected))
    bits = [line[0] for line in lines[:shown]]
    np.testing.assert_allclose(bits, [line[0] for line in expected[:shown]], atol=1e-6)
    # Of ties with the last one some may be missing; all before it are the very same formulas.
    certain = [line for line in expected if line[0] < bits[-1] - 1e-6]
    assert {line[1] for line in certain} <= {line[1] for line in lines}


@settings(max_examples=12)
@given(
    n=st.integers(20, 120),
    seed=st.integers(0, 10**6),
    groups=st.integers(1, 3),
    noise=st.sampled_from([0, 0.1, 0.3, 0.5]),
)
def test_the_ranking_is_that_of_evaluating_every_function_of_up_to_three_attributes(
    n, seed, groups, noise
):
    columns, target, group = made_up(n, 4, seed, groups, noise)
    if any(column.min() == column.max() for column in columns.values()):
        return
    assert_same_ranking(columns, target, group, groups, 3, keep=40)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_ranking_is_that_of_evaluating_every_function_of_four_attributes(seed):
    columns, target, group = made_up(60, 4, seed)
    assert_same_ranking(columns, target, group, 2, 4, keep=30)


def test_a_small_pool_loses_none_of_the_best():
    columns, target, group = made_up(300, 9, 5, noise=0.25)
    few = found_lines(columns, target, group, 2, 4, keep=5)
    many = found_lines(columns, target, group, 2, 4, keep=300)
    assert few[:5] == many[:5]


PLANTED = [
    "a0 or a1",
    "a0 xor a1",
    "a0 and not a1",
    "a0 and (a1 or a2)",
    "a0 xor a1 xor a2",
]


@pytest.mark.parametrize("rule", PLANTED)
@pytest.mark.parametrize("noise", [(0.0, 0.0), (0.2, 0.2), (0.3, 0.05)])
def test_a_planted_rule_is_found_with_its_noise(rule, noise):
    rng = np.random.default_rng(7)
    columns = {f"a{index}": (rng.random(6000) < 0.4).astype(np.int8) for index in range(10)}
    group = rng.integers(0, 2, 6000)
    truth = parse(rule).evaluate(columns)
    target = truth ^ (rng.random(6000) < np.array(noise)[group])
    found = search(columns, target, group, ("women", "men"))
    best = found.hypotheses[0]
    assert found.explained
    assert (parse(best.formula).evaluate(columns) == truth).all()
    for figures, rate in zip(best.groups, noise, strict=True):
        assert figures.label_1_given_0 == pytest.approx(rate, abs=0.035)
        assert figures.label_0_given_1 == pytest.approx(rate, abs=0.035)


def test_a_rule_that_needs_the_group_is_told_with_it():
    columns, _, _ = made_up(4000, 6, 1)
    group = columns["a5"].astype(int)
    for rule in ("a0 and not a5", "a0 xor a5"):
        target = parse(rule).evaluate(columns)
        found = search(columns, target, group, ("women", "men"))
        assert found.hypotheses[0].formula == rule


def test_refinements_stand_under_the_formula_that_they_refine():
    columns, _, group = made_up(3000, 8, 2)
    target = columns["a0"] ^ columns["a1"]
    found = search(columns, target, group, ("women", "men"))
    first = found.hypotheses[0]
    assert first.formula == "a0 xor a1"
    assert all(other.extra_bits >= 0 for other in first.refinements) and first.refinements
    assert not any({"a0", "a1"} < set(other.attributes) for other in found.hypotheses)
    siblings = [line.formula for line in found.hypotheses if set(line.attributes) == {"a0", "a1"}]
    assert "a0 or a1" in siblings


def test_formulas_that_are_the_same_on_all_faces_share_a_line():
    rng = np.random.default_rng(3)
    kind = rng.integers(0, 4, 500)
    columns = {"a": kind == 0, "b": kind == 1, "c": rng.random(500) < 0.5}
    target = (columns["a"] | columns["b"]) ^ (rng.random(500) < 0.05)
    best = search(columns, target).hypotheses[0]
    assert {best.formula, *best.same} == {"a or b", "a xor b"}


def test_longer_formulas_grow_from_the_best():
    columns, _, group = made_up(20_000, 9, 4)
    rule = "(a0 and not a1 or a2 and a3) xor a4"
    target = parse(rule).evaluate(columns) ^ (np.random.default_rng(0).random(20_000) < 0.1)
    found = search(columns, target, group, ("women", "men"))
    best = found.hypotheses[0]
    assert (parse(best.formula).evaluate(columns) == parse(rule).evaluate(columns)).all()
    assert best.literals == 5
    short = search(columns, target, group, ("women", "men"), plan=SearchPlan(beam_literals=0))
    assert max(len(line.attributes) for line in short.hypotheses) == 3


@given(seed=st.integers(0, 10**6))
@settings(max_examples=8)
def test_descriptions_are_what_the_definition_says(seed):
    columns, target, group = made_up(200, 7, seed)
    found = search(columns, target, group, ("women", "men"))
    for line in found.hypotheses:
        values = parse(line.formula).evaluate(columns)
        told = description(values, target, group, 2, line.literals, len(found.searched))
        assert line.bits == pytest.approx(told, abs=1e-6)
        assert line.saved_bits == pytest.approx(found.constant_bits - told, abs=1e-6)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=8)
def test_the_order_and_coding_of_attributes_change_nothing(seed):
    columns, target, group = made_up(150, 5, seed)
    there = search(columns, target, group, ("women", "men"), plan=SearchPlan(beam_literals=0))
    turned = {name: 1 - column for name, column in reversed(columns.items())}
    back = search(turned, target, group, ("women", "men"), plan=SearchPlan(beam_literals=0))
    bits = [[line.bits for line in found.hypotheses] for found in (there, back)]
    shorter = min(map(len, bits))
    np.testing.assert_allclose(bits[0][:shorter], bits[1][:shorter], atol=1e-6)


def test_chance_explains_random_labels_in_at_most_one_of_twenty_searches():
    rng = np.random.default_rng(11)
    finds = 0
    for _ in range(200):
        n = 150
        columns = {f"a{index}": (rng.random(n) < 0.4).astype(np.int8) for index in range(8)}
        group = rng.integers(0, 2, n)
        target = (rng.random(n) < np.array([0.35, 0.6])[group]).astype(np.int8)
        plan = SearchPlan(max_attributes=3, top=1, beam_literals=4, threads=1)
        finds += search(columns, target, group, ("women", "men"), plan=plan).explained
    assert finds <= 17


def test_a_target_that_only_the_group_tells_is_not_explained_by_attributes():
    columns, _, group = made_up(400, 5, 6)
    found = search(columns, group, group, ("women", "men"))
    assert not found.explained
    assert found.group_information == pytest.approx(entropy(np.bincount(group)) / 400)


def test_faces_and_attributes_that_are_not_known_are_left_out_and_told():
    columns, target, group = made_up(400, 4, 8)
    columns["a3"] = columns["a3"].copy()
    columns["a3"][:30] = -1
    columns["rare"] = np.where(np.arange(400) < 300, -1, columns["a0"])
    columns["same"] = np.ones(400, np.int8)
    target, group = target.copy(), group.copy()
    target[30:50] = -1
    group[50:55] = -1
    found = search(columns, target, group, ("women", "men"))
    left = found.left_out
    assert (left.without_target, left.without_group, left.without_attributes) == (20, 5, 30)
    assert found.n == 345
    assert left.attributes == {
        "rare": "known for 27% of the faces only",
        "same": "the same for all faces",
    }
    kept = slice(55, None)
    few = {name: columns[name][kept] for name in ("a0", "a1", "a2", "a3")}
    again = search(few, target[kept], group[kept], ("women", "men"))
    assert [line.formula for line in again.hypotheses] == [
        line.formula for line in found.hypotheses
    ]


def test_a_frame_of_nullable_columns_is_searched_as_arrays_are():
    import pandas as pd

    columns, target, group = made_up(300, 4, 9)
    frame = pd.DataFrame({name: pd.array(column, dtype="Int8") for name, column in columns.items()})
    assert search(frame, target, group, ("women", "men")) == search(
        columns, target, group, ("women", "men")
    )


def test_progress_ends_at_all_tuples_and_a_search_can_be_stopped():
    columns, target, group = made_up(300, 10, 10)
    seen = []
    search(columns, target, group, ("women", "men"), progress=lambda *now: seen.append(now))
    assert seen[-1] == (175, 175) and seen == sorted(seen)
    asked = iter([False] * 3 + [True] * 100)
    with pytest.raises(CancelledError):
        search(
            columns, target, group, ("women", "men"),
            plan=SearchPlan(max_attributes=4), stop=lambda: next(asked),
        )  # fmt: skip


def test_errors_say_what_does_not_fit():
    columns, target, group = made_up(50, 3, 0)
    with pytest.raises(DataError, match="50 faces, the groups of 10"):
        search(columns, target, group[:10])
    with pytest.raises(DataError, match="holds 7"):
        search({"a": np.full(50, 7)}, target)
    with pytest.raises(DataError, match="Nothing can be searched"):
        search(columns, np.full(50, -1))
    with pytest.raises(DataError, match="'a0' has 49 values"):
        search({"a0": columns["a0"][:49]}, target)
    with pytest.raises(DataError, match="Group 1 has no name"):
        search(columns, target, np.ones(50, int))
    with pytest.raises(ConfigError, match="max_attributes"):
        SearchPlan(max_attributes=5)
