from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score

from softbio.errors import DataError, FormulaError
from softbio.faces.faceset import FaceSet
from softbio.hypotheses import examine

ATTRIBUTES = ["Blond_Hair", "Eyeglasses", "Smiling"]


def face_set(n=400, seed=0):
    """Faces labelled blond xor glasses, with a tenth of the labels turned round, and gaps."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({name: rng.integers(0, 2, n) for name in ATTRIBUTES}).astype("Int8")
    table["filename"] = [f"{i}.jpg" for i in range(n)]
    table["gender"] = pd.array(rng.choice([-1, 1], n), dtype="Int8")
    truth = table["Blond_Hair"] ^ table["Eyeglasses"]
    table["label"] = (truth ^ (rng.random(n) < 0.1)).astype("Int8")
    table.loc[:9, "label"] = pd.NA
    table.loc[5:24, "gender"] = pd.NA
    table.loc[20:39, "Eyeglasses"] = pd.NA
    meta = {
        "group_column": "gender",
        "groups": {"-1": "women", "1": "men"},
        "attributes": ATTRIBUTES,
    }
    return FaceSet(Path("data/made-up"), np.zeros((n, 1, 1, 3), np.uint8), table, meta)


@pytest.fixture(scope="module")
def faces():
    return face_set()


def judged(faces, group=None):
    """The rows that can be judged, and what the rule says of them: a second way to count."""
    table = faces.table.dropna(subset=["label", "gender", "Blond_Hair", "Eyeglasses"])
    if group is not None:
        table = table[table["gender"] == group]
    return table, (table["Blond_Hair"] != table["Eyeglasses"]).astype(int).to_numpy()


def test_agreement_is_that_of_a_classifier_that_answers_with_the_formula(faces):
    found = examine(faces, "Blond_Hair xor Eyeglasses")
    for agreement, code in (*zip(found.groups, (-1, 1), strict=True), (found.overall, None)):
        table, stated = judged(faces, code)
        label = table["label"].astype(int).to_numpy()
        assert agreement.n == len(table)
        assert agreement.agreement == pytest.approx(accuracy_score(label, stated))
        assert agreement.balanced_agreement == pytest.approx(balanced_accuracy_score(label, stated))
        expected = [[((stated == f) & (label == y)).sum() for y in (0, 1)] for f in (0, 1)]
        assert agreement.table.tolist() == expected
        assert agreement.label_1_given_0 == pytest.approx(label[stated == 0].mean())
        assert agreement.label_0_given_1 == pytest.approx(1 - label[stated == 1].mean())
    assert [agreement.name for agreement in found.groups] == ["women", "men"]


def test_the_rows_that_disagree_are_told_by_group_and_direction(faces):
    found = examine(faces, "Blond_Hair xor Eyeglasses")
    for agreement, code in (*zip(found.groups, (-1, 1), strict=True), (found.overall, None)):
        table, stated = judged(faces, code)
        label = table["label"].astype(int).to_numpy()
        assert agreement.only_label.tolist() == table.index[(label == 1) & (stated == 0)].tolist()
        assert agreement.only_formula.tolist() == table.index[(label == 0) & (stated == 1)].tolist()


def test_faces_that_cannot_be_judged_are_left_out_and_counted(faces):
    found = examine(faces, "Blond_Hair xor Eyeglasses")
    assert (found.without_label, found.without_group, found.without_attributes) == (10, 15, 15)
    assert found.overall.n + found.left_out == len(faces)


def test_an_attribute_that_does_not_matter_may_be_missing(faces):
    found = examine(faces, "Blond_Hair or not Blond_Hair or Eyeglasses")
    assert found.without_attributes == 0


def test_only_the_rows_that_were_asked_for_are_judged(faces):
    rows = np.array([300, 100, 3, 350, 22, 30])
    found = examine(faces, "Blond_Hair xor Eyeglasses", rows)
    assert found.overall.n == 3
    assert found.left_out == 3
    whole = examine(faces, "Blond_Hair xor Eyeglasses").overall
    for part, all_of_them in (
        (found.overall.only_label, whole.only_label),
        (found.overall.only_formula, whole.only_formula),
    ):
        assert part.tolist() == sorted(set(all_of_them) & set(rows))


def test_the_negated_formula_disagrees_where_the_formula_agrees(faces):
    straight = examine(faces, "Blond_Hair xor Eyeglasses")
    turned = examine(faces, "not (Blond_Hair xor Eyeglasses)")
    for one, other in zip(straight.groups, turned.groups, strict=True):
        assert one.agreement == pytest.approx(1 - other.agreement)
        np.testing.assert_array_equal(one.table, other.table[::-1])


def test_a_noise_rate_is_undefined_where_the_formula_never_has_the_value(faces):
    found = examine(faces, "Smiling and not Smiling").overall
    assert np.isnan(found.label_0_given_1)
    assert not np.isnan(found.label_1_given_0)
    assert found.balanced_agreement == 0.5


def test_nothing_to_judge_is_undefined_and_no_failure(faces):
    found = examine(faces, "Smiling", np.array([], dtype=np.int64)).overall
    assert found.n == 0
    assert np.isnan(found.agreement)
    assert np.isnan(found.balanced_agreement)


def test_names_are_resolved_and_unknown_ones_told(faces):
    assert examine(faces, "blond_hair xor eyeglasses").formula == "Blond_Hair xor Eyeglasses"
    with pytest.raises(FormulaError, match="Beard"):
        examine(faces, "Blond_Hair or Beard")
    with pytest.raises(FormulaError):
        examine(faces, "label")


def test_a_set_without_attributes_says_so(faces):
    bare = replace(faces, meta=faces.meta | {"attributes": []})
    with pytest.raises(DataError, match="made-up has no attributes"):
        examine(bare, "Blond_Hair")
