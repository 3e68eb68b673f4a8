"""CelebA's whole annotation file: what "blond or glasses" really was."""

import os
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from softbio.hypotheses import SearchPlan, search

ROOT = Path(__file__).resolve().parents[3]
FILE = (
    Path(os.environ.get("SOFTBIO_SHARED", ROOT.parent / "shared"))
    / "celeba"
    / "list_attr_celeba.txt"
)
WOMEN, MEN = 0, 1


@pytest.fixture(scope="module")
def annotations():
    if not FILE.is_file():
        pytest.skip(f"CelebA's annotation file is not at hand: {FILE.name}")
    from softbio.faces.readers.celeba import read_attributes

    return read_attributes(FILE)


def labels(annotations, rule, flips):
    blond, glasses = (annotations[name].to_numpy() for name in ("Blond_Hair", "Eyeglasses"))
    label = blond ^ glasses if rule == "xor" else blond | glasses
    group = annotations["Male"].to_numpy().astype(np.int64)
    if flips:
        chance = np.random.default_rng(0).random(len(label))
        lost = (group == WOMEN) & (label == 1) & (chance < 0.15)
        gained = (label == 0) & (chance < 0.03)
        label = label ^ lost ^ gained
    return label, group


@pytest.mark.parametrize("flips", [False, True], ids=["as it is", "with flipped labels"])
@pytest.mark.parametrize("rule", ["xor", "or"])
def test_xor_and_or_are_told_apart_on_all_of_celeba(annotations, rule, flips):
    label, group = labels(annotations, rule, flips)
    found = search(annotations, label, group, ("women", "men"))
    assert found.n == 202_599 and found.explained
    first = found.hypotheses[0]
    pairs = [line.formula for line in found.hypotheses if len(line.attributes) == 2]
    other = {"xor": "or", "or": "xor"}[rule]
    assert first.formula == f"Blond_Hair {rule} Eyeglasses"
    assert pairs[:2] == [first.formula, f"Blond_Hair {other} Eyeglasses"]
    expected = {WOMEN: (0.03, 0.15), MEN: (0.03, 0.0)} if flips else dict.fromkeys((0, 1), (0, 0))
    for index, rates in expected.items():
        figures = first.groups[index]
        assert figures.label_1_given_0 == pytest.approx(rates[0], abs=0.01)
        assert figures.label_0_given_1 == pytest.approx(rates[1], abs=0.01)
    if not flips:
        assert round((1 - found.hypotheses[1].overall.agreement) * found.n) == 517


def test_a_rule_of_four_attributes_is_found_among_six_thousand_million_functions(annotations):
    column = {name: annotations[name].to_numpy() for name in annotations}
    label = (column["Blond_Hair"] & (1 - column["Smiling"])) | (
        column["Eyeglasses"] & column["Young"]
    )
    label = label ^ (np.random.default_rng(1).random(len(label)) < 0.1)
    plan = SearchPlan(max_attributes=4, beam_literals=0)
    found = search(annotations, label, column["Male"], ("women", "men"), plan=plan)
    assert found.hypotheses[0].formula == "Blond_Hair and not Smiling or Eyeglasses and Young"
    assert found.functions > 5.9e9


def test_random_labels_on_all_of_celeba_are_not_explained(annotations):
    label = np.random.default_rng(2).integers(0, 2, len(annotations))
    assert not search(annotations, label, plan=SearchPlan(beam_literals=0)).explained


def test_probes_with_mistakes_of_their_own_tell_xor_and_its_noise(annotations):
    rng = np.random.default_rng(3)
    rows = rng.choice(len(annotations), 20_000, replace=False)
    label, group = labels(annotations, "xor", flips=True)
    label, group = label[rows], group[rows]
    columns = {name: annotations[name].to_numpy()[rows] for name in annotations}
    truth = {name: columns[name] for name in ("Blond_Hair", "Eyeglasses")}
    for (name, values), sharp in zip(truth.items(), (2.6, 3.0), strict=True):
        share, score = values.mean(), sharp * values + rng.normal(size=len(rows))
        logit = sharp * score - sharp**2 / 2 + np.log(share / (1 - share))
        columns[name] = 1 / (1 + np.exp(-logit))
        assert 0.82 < average_precision_score(values, columns[name]) < 0.9
    first, second = search(columns, label, group, ("women", "men")).hypotheses[:2]
    assert first.formula == "Blond_Hair xor Eyeglasses"
    assert second.formula == "Blond_Hair or Eyeglasses"
    assert first.probed == ("Blond_Hair", "Eyeglasses") and first.explains
    for figures, (gained, lost) in zip(first.groups, ((0.03, 0.15), (0.03, 0)), strict=True):
        assert figures.label_1_given_0 == pytest.approx(gained, abs=0.02)
        assert figures.label_0_given_1 == pytest.approx(lost, abs=0.02)
    # Cut at one half, what the probes mistake would be taken for the label's noise.
    cut = {name: (columns[name] > 0.5).astype(np.int8) for name in truth}
    women = group == WOMEN
    stated = cut["Blond_Hair"] ^ cut["Eyeglasses"]
    assert label[women & (stated == 0)].mean() > 0.08
    assert 1 - label[women & (stated == 1)].mean() > 0.2
