"""What formulas can name: annotated, tagged and probed attributes side by side."""

from itertools import product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.errors import DataError, FormulaError
from softbio.hypotheses.traits import Traits

HARD = np.array([1, 0, -1, 1], np.int8)
CHANCE = np.array([0.9, 0.2, 0.5, np.nan], np.float32)


@pytest.fixture
def traits():
    return Traits(4, {"Male": HARD, "glasses": CHANCE}, {"Male": "annotated", "glasses": "probed"})


def test_probed_attributes_count_where_their_chance_is_above_one_half(traits):
    assert traits.evaluate("GLASSES").tolist() == [1, 0, 0, -1]
    assert traits.evaluate("male xor glasses").tolist() == [0, 0, -1, -1]
    assert traits.evaluate("1").tolist() == [1, 1, 1, 1]
    assert traits.probed("male or glasses") == ("glasses",)


def test_a_chance_is_told_where_it_can_be(traits):
    np.testing.assert_allclose(
        traits.chance("Male and glasses"), [0.9, 0, np.nan, np.nan], rtol=1e-6
    )
    np.testing.assert_allclose(traits.chance("not glasses"), [0.1, 0.8, 0.5, np.nan], rtol=1e-5)
    np.testing.assert_allclose(traits.chance("Male"), [1, 0, np.nan, 1])
    # What a person said leaves no chance, so what is not known there does not matter.
    sure = Traits(1, {"a": np.array([-1], np.int8), "b": np.zeros(1, np.float32)}, dict.fromkeys("ab", "probed"))  # fmt: skip
    assert sure.chance("a and b").tolist() == [0.0]


@given(st.lists(st.floats(0, 1, width=32), min_size=3, max_size=3))
def test_the_chance_is_the_sum_over_all_that_may_be(chances):
    columns = {
        name: np.array([value], np.float32) for name, value in zip("abc", chances, strict=True)
    }
    traits = Traits(1, columns, dict.fromkeys("abc", "probed"))
    expected = sum(
        np.prod([value if bit else 1 - value for value, bit in zip(chances, bits, strict=True)])
        for bits in product((0, 1), repeat=3)
        if (bits[0] ^ bits[1]) or bits[2]
    )
    assert traits.chance("a xor b or c")[0] == pytest.approx(expected, abs=1e-5)


def test_what_is_left_out_cannot_be_named(traits):
    assert traits.without(["glasses"]).names == ("Male",)
    with pytest.raises(FormulaError, match="no attribute 'glasses'"):
        traits.without(["glasses"]).resolve("glasses")
    with pytest.raises(DataError, match="'hat'"):
        traits.without(["hat"])


def test_a_probe_takes_the_place_of_its_word_and_annotations_stay(make_faces, tmp_path):
    faces = make_faces(tmp_path / "set", n=6)
    faces.table["Hat"] = pd.array([1, 0, None, 1, 0, 0], dtype="Int8")
    faces.meta["attributes"] = ["Hat"]
    tags = SimpleNamespace(
        words=lambda: {"beard": None, "hat": None},
        values=lambda word: np.full(6, -1, np.int8),
    )
    probe = SimpleNamespace(word="beard", chances=np.full(6, 0.3, np.float32))
    assert Traits.of(faces, tags).kinds == {"Hat": "annotated", "beard": "tagged"}
    assert Traits.of(faces, tags).values["Hat"].tolist() == [1, 0, -1, 1, 0, 0]
    assert Traits.of(faces, tags, [probe]).kinds == {"Hat": "annotated", "beard": "probed"}
