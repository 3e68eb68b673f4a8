"""CelebA's whole annotation file: the 517 faces between *or* and *xor*, and what totals say."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from softbio.hypotheses import Target, Total, check_totals, duel

OR, XOR = "blond or glasses", "blond xor glasses"
SHARED = Path(os.environ.get("SOFTBIO_SHARED") or Path(__file__).resolve().parents[4] / "shared")
LIST = SHARED / "celeba" / "list_attr_celeba.txt"


@pytest.fixture(scope="module")
def celeba(face_set, parts_of):
    if not LIST.is_file():
        pytest.skip(f"CelebA's annotation file is not at {LIST}")
    table = pd.read_csv(LIST, sep=r"\s+", skiprows=2, header=None, usecols=[10, 16, 21])
    people = pd.read_csv(LIST.with_name("identity_CelebA.txt"), sep=" ", header=None)[1]
    columns = {"blond": (table[10] > 0).astype(np.int8), "glasses": (table[16] > 0).astype(np.int8)}
    faces = face_set(columns, columns["blond"], table[21].to_numpy(), people)
    return faces, parts_of(faces)[0]


@pytest.mark.parametrize("noisy", [False, True])
@pytest.mark.parametrize("truth", [OR, XOR])
def test_celebas_517_faces_decide_between_or_and_xor(celeba, truth, noisy):
    faces, traits = celeba
    label = traits.evaluate(truth)
    if noisy:  # 15 % of women's positives and 3 % of their negatives
        rng = np.random.default_rng(0)
        rate = np.where(label == 1, 0.15, 0.03) * (faces.group_index() == 0)
        label = label ^ (rng.random(len(label)) < rate)
    target = Target("label", label.astype(np.int8), "the label", "label 1", "label 0")
    found = duel(traits, OR, XOR, target, faces)
    assert found.n_disputed == 517
    assert (found.favours, found.strength) == (
        "first" if truth == OR else "second",
        "decisive",
    )
    assert found.misfit is None
    if noisy:
        alpha, beta = found.disputed[0].noise.means
        assert (alpha, beta) == pytest.approx((0.03, 0.15), abs=0.01)


def test_the_challenges_half_positive_test_set_rules_or_out(celeba):
    """Whichever rule is right, 37,141 of the 192,576 faces for training are positive."""
    faces, traits = celeba
    rng = np.random.default_rng(0)
    either, xor = traits.evaluate(OR) == 1, traits.evaluate(XOR) == 1
    test = np.concatenate(
        [
            np.flatnonzero(either & ~xor),
            rng.choice(np.flatnonzero(xor), 5_001, replace=False),
            rng.choice(np.flatnonzero(~either), 10_023 - 5_001 - 517, replace=False),
        ]
    )
    split = np.full(len(faces), "train", dtype=object)
    split[test] = "unlabelled"
    label = xor.astype(np.int8)
    label[test] = -1
    assert ((label == 1).sum(), (label >= 0).sum()) == (37_141, 192_576)
    unlabelled = faces.table.assign(split=split)
    part = type(faces)(faces.path, faces.images, unlabelled, faces.meta)
    target = Target("label", label, "the label", "label 1", "label 0")
    totals = [Total.parse("unlabelled: 5001 of 10023")]
    (by_or,) = check_totals(traits, OR, totals, target, part)
    (by_xor,) = check_totals(traits, XOR, totals, target, part)
    assert (round(by_or.expected), by_or.agrees) == (5_518, False)
    assert by_or.sentence.endswith("known are 5,001: ruled out.")
    assert (round(by_xor.expected), by_xor.agrees) == (5_001, True)
    assert by_xor.high - by_xor.low < 60
