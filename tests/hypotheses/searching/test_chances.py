"""Searching attributes of which only chances are known."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from softbio.errors import DataError
from softbio.formula import Formula, parse
from softbio.hypotheses import SearchPlan, against_chance, held_out, search, stability
from softbio.hypotheses.searching.functions import depends_on, literal_counts, widened
from softbio.hypotheses.searching.latent import chance_of, label_bits
from softbio.hypotheses.searching.material import gather
from softbio.hypotheses.searching.scoring import formula_bits
from softbio.hypotheses.searching.sharpening import STRENGTHS, sharpened

GROUPS = ("women", "men")
PLAN = SearchPlan(max_attributes=2, beam_literals=0, threads=1)


def probe(truth, rng, sharp=2.5):
    """Chances as a calibrated probe gives them: a score, one standard deviation of noise."""
    share = truth.mean()
    score = sharp * truth + rng.normal(size=len(truth))
    return 1 / (1 + np.exp(-(sharp * score - sharp**2 / 2 + np.log(share / (1 - share)))))


def faces(seed, n=4000, attributes=6, noise=0.1, probed=("a0", "a1"), sharp=2.5):
    rng = np.random.default_rng(seed)
    truth = {f"a{index}": (rng.random(n) < 0.3).astype(np.int8) for index in range(attributes)}
    target = truth["a0"] ^ truth["a1"] ^ (rng.random(n) < noise)
    seen = {
        name: probe(column, rng, sharp) if name in probed else column
        for name, column in truth.items()
    }
    return seen, target.astype(np.int8), rng.integers(0, 2, n), truth


def test_a_rule_of_probed_attributes_is_found_with_its_noise():
    columns, target, group, _ = faces(0, noise=0.15)
    found = search(columns, target, group, GROUPS, plan=SearchPlan(threads=1))
    first = found.hypotheses[0]
    assert first.formula == "a0 xor a1" and found.explained
    assert first.probed == ("a0", "a1") == found.probed
    for figures in first.groups:
        assert figures.label_1_given_0 == pytest.approx(0.15, abs=0.035)
        assert figures.label_0_given_1 == pytest.approx(0.15, abs=0.035)
    assert sum(map(sum, first.overall.counts)) == found.n
    assert all("a0" in line.probed for line in found.hypotheses if "a0" in line.attributes)


def test_floats_of_0_and_1_are_searched_as_integers_are():
    columns, target, group, _ = faces(1, n=500, probed=())
    floats = {name: column.astype(np.float32) for name, column in columns.items()}
    floats["a3"][:20] = np.nan
    columns["a3"] = columns["a3"].copy()
    columns["a3"][:20] = -1
    found = search(floats, target, group, GROUPS)
    assert found == search(columns, target, group, GROUPS) and found.probed == ()
    frame = pd.DataFrame({name: pd.array(column, "Float32") for name, column in floats.items()})
    assert search(frame.replace({np.nan: pd.NA}), target, group, GROUPS) == found


@pytest.mark.parametrize("seed", range(3))
def test_no_formula_of_two_attributes_has_a_shorter_description_than_the_first(seed):
    columns, target, group, _ = faces(seed, n=700, attributes=5, probed=("a0", "a1", "a2"), sharp=2)
    found = search(columns, target, group, GROUPS, plan=PLAN)
    material = gather(columns, target, group, GROUPS)
    seen = material.sharpened(found.sharpened)
    best = np.inf
    for names in combinations(material.names, 2):
        for table in range(1, 15):
            if depends_on(np.array([table]), 2)[0] == 3:
                chance = chance_of(Formula.of_table(names, table), seen)
                fit = label_bits(material.scale, chance, material.sizes, np.ones(2))
                literals = int(literal_counts()[widened(table, 2)])
                best = min(best, fit.bits + formula_bits(literals, 5))
    assert found.hypotheses[0].bits == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize(("seed", "rule"), [(14, "a0 or a1 and a2"), (23, "a2 and (a0 xor a1)")])
def test_what_draws_are_too_pessimistic_of_is_found_next_to_the_best(seed, rule):
    rng = np.random.default_rng(seed)
    truth = {
        f"a{index}": (rng.random(3000) < rng.uniform(0.1, 0.5)).astype(np.int8)
        for index in range(6)
    }
    target = (parse(rule).evaluate(truth) ^ (rng.random(3000) < 0.1)).astype(np.int8)
    group = rng.integers(0, 2, 3000)
    probed = ("a0", "a1", "a3") if seed % 2 else tuple(truth)
    columns = {
        name: probe(column, rng, 1.7) if name in probed else column
        for name, column in truth.items()
    }
    plan = SearchPlan(beam_literals=0, threads=1)
    found = search(columns, target, group, GROUPS, plan=plan)
    assert found.hypotheses[0].formula == rule


def test_formulas_that_no_draw_tells_apart_are_told_apart_by_chances():
    rng = np.random.default_rng(12)
    kind = rng.choice(3, 400, p=[0.6, 0.2, 0.2])
    columns = {
        "a": np.where(kind == 1, 1 - 1e-6, 1e-6),
        "b": np.where(kind == 2, 1 - 1e-6, 1e-6),
        "c": kind == 1,
        "d": kind == 2,
    }
    target = (kind > 0).astype(np.int8)
    found = search(columns, target, plan=PLAN)
    chanced = {line.formula: line.same for line in found.hypotheses if len(line.probed) == 2}
    assert chanced["a or b"] == () == chanced["a xor b"]
    known = next(line for line in found.hypotheses if not line.probed)
    assert {known.formula, *known.same} >= {"c or d", "c xor d"}


def test_a_formula_that_rests_on_no_probe_keeps_its_description():
    columns, target, group, truth = faces(2, n=1500, probed=("a5",))
    found = search(columns, target, group, GROUPS, plan=PLAN)
    plain = search(truth, target, group, GROUPS, plan=PLAN)
    first = found.hypotheses[0]
    assert (first.formula, first.probed) == ("a0 xor a1", ())
    assert first.bits == pytest.approx(plain.hypotheses[0].bits)
    assert first.evidence_bits == pytest.approx(plain.hypotheses[0].evidence_bits)
    assert first.groups == plain.hypotheses[0].groups


def test_what_only_corrects_a_probe_is_no_part_of_the_meaning():
    # Blond and black hair exclude each other, and the probe for blond has not seen black.
    rng = np.random.default_rng(4)
    colour = rng.choice(3, 8000, p=[0.2, 0.4, 0.4])
    blond, black = (colour == 0).astype(np.int8), (colour == 1).astype(np.int8)
    target = blond ^ (rng.random(8000) < 0.05)
    columns = {"blond": probe(blond, rng, 2.0), "black": black, "other": rng.integers(0, 2, 8000)}
    found = search(columns, target)
    assert found.sharpened == 1
    assert found.hypotheses[0].formula == "blond"
    *_, given = sharpened(columns, ("blond",))
    assert given["blond"][black == 1].mean() < 0.02 < columns["blond"][black == 1].mean()
    assert given["black"] is black


def test_sharpening_leaves_what_people_tagged_and_what_tells_nothing():
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 2, 3000)
    chance = probe(truth, rng)
    chance[:50] = truth[:50]
    versions = sharpened({"a": chance, "b": rng.integers(0, 2, 3000)}, ("a",))
    assert len(versions) == len(STRENGTHS) and versions[0]["a"] is chance
    for version in versions:
        assert (version["a"][:50] == truth[:50]).all()
        np.testing.assert_allclose(version["a"], chance, atol=0.05)
    assert len(sharpened({"a": chance}, ("a",))) == 1


def test_a_probe_that_has_seen_what_is_annotated_is_taken_as_it_is():
    rng = np.random.default_rng(11)
    colour = rng.choice(3, 8000, p=[0.2, 0.4, 0.4])
    blond, black = (colour == 0).astype(np.int8), (colour == 1).astype(np.int8)
    seen = np.where(black == 1, 0.0, probe(blond, rng, 2.0)).clip(1e-4, 1 - 1e-4)
    open_ = black == 0
    seen[open_] = probe(blond[open_], rng, 2.0)
    target = blond ^ (rng.random(8000) < 0.05)
    found = search({"blond": seen, "black": black}, target)
    assert found.sharpened == 0 and found.hypotheses[0].formula == "blond"


def test_chance_explains_random_labels_by_probed_attributes_no_oftener():
    rng = np.random.default_rng(6)
    finds = 0
    for _ in range(25):
        columns = {f"a{index}": rng.beta(0.4, 0.8, 150) for index in range(4)}
        group = rng.integers(0, 2, 150)
        target = (rng.random(150) < np.array([0.35, 0.6])[group]).astype(np.int8)
        finds += search(columns, target, group, GROUPS, plan=PLAN).explained
    # Binomial(25, 1/20) is above 4 less than once in a hundred times.
    assert finds <= 4


def test_resampling_and_halves_weigh_chances_too():
    columns, target, group, _ = faces(7, n=3000)
    person = np.arange(3000) // 5
    found = search(columns, target, group, GROUPS, plan=PLAN)
    for who in (None, person):
        told = stability(found, columns, target, group, GROUPS, person=who, replicates=100)
        assert told.wins[0] > 0.95 and sum(told.wins) + told.constant_wins == pytest.approx(1)
    halves = held_out(columns, target, group, GROUPS, person=person, plan=PLAN)
    assert halves.formula == "a0 xor a1" and halves.by == "person"
    assert halves.saved_bits_per_face > 0.1
    assert halves.overall.agreement == pytest.approx(0.9, abs=0.04)


def test_shuffled_labels_save_less_than_the_real_ones():
    columns, target, group, _ = faces(8, n=400, attributes=4)
    told = against_chance(columns, target, group, GROUPS, permutations=4, plan=PLAN)
    assert told.saved_bits > told.by_chance[-1]


def test_what_is_no_chance_is_refused():
    columns, target, _, _ = faces(9, n=100)
    columns["a0"][3] = 1.5
    with pytest.raises(DataError, match=r"'a0' holds 1\.5"):
        search(columns, target)


def test_faces_of_which_a_chance_is_not_known_are_left_out():
    columns, target, group, _ = faces(10, n=300)
    columns["a0"][:40] = np.nan
    found = search(columns, target, group, GROUPS, plan=PLAN)
    assert found.left_out.without_attributes == 40 and found.n == 260
    assert parse(found.hypotheses[0].formula).names
