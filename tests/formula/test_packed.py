"""Packed bits: the values of the arrays, 64 faces at a time."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.errors import DataError, FormulaError
from softbio.formula import Formula, PackedColumns, pack_bits, parse, unpack_bits

ANY = st.from_type(Formula)
SIZES = st.sampled_from([0, 1, 63, 64, 65, 200])


def drawn(names, n, seed, missing):
    """Columns of which each second one has gaps, if any are to be missing."""
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 2, (len(names), n)).astype(np.int8)
    gaps = (rng.random((len(names), n)) < missing) & (np.arange(len(names))[:, None] % 2 == 0)
    values[gaps] = -1
    return dict(zip(names, values, strict=True))


@given(ANY, SIZES, st.integers(0, 99), st.sampled_from([0, 0.3]))
def test_packed_values_are_those_of_the_arrays(names, formula, n, seed, missing):
    columns = drawn(names, n, seed, missing)
    expected = formula.evaluate(columns)
    packed = PackedColumns.pack(columns)
    values = packed.evaluate(formula)
    assert values.unpack().dtype == np.int8
    assert values.unpack().tolist() == expected.tolist()
    assert values.count() == tuple(int((expected == value).sum()) for value in (0, 1, -1))
    some = np.arange(n) % 3 == 0
    within = expected[some]
    assert values.count(pack_bits(some)) == tuple(
        int((within == value).sum()) for value in (0, 1, -1)
    )
    assert not (values.true & ~values.known).any() and not (values.known & ~packed.full).any()


@given(st.lists(st.booleans(), max_size=200))
def test_bits_are_read_back_as_they_were_packed(values):
    words = pack_bits(np.array(values, bool))
    assert words.dtype == np.uint64 and len(words) == -(-len(values) // 64)
    assert unpack_bits(words, len(values)).tolist() == values


def test_a_frame_with_nulls_is_packed_with_unknowns():
    frame = pd.DataFrame({"A": pd.array([1, 0, None], "Int8"), "b": [True, False, True]})
    packed = PackedColumns.pack(frame)
    for text in ("a and B", "a", "not a or b", "1", "0"):
        expected = parse(text).evaluate(frame).tolist()
        assert packed.evaluate(parse(text)).unpack().tolist() == expected


def test_names_are_looked_for_as_everywhere():
    with pytest.raises(FormulaError, match="Did you mean 'Eyeglasses'"):
        PackedColumns.pack({"Eyeglasses": np.zeros(3)}).evaluate(parse("Eyeglases"))


def test_columns_of_different_length_are_refused():
    with pytest.raises(DataError, match="'b' has 3 rows, another one has 4"):
        PackedColumns.pack({"a": np.zeros(4), "b": np.zeros(3)})


def test_an_answer_cannot_change_the_columns():
    values = PackedColumns.pack({"a": np.array([1, 0])}).evaluate(parse("a"))
    with pytest.raises(ValueError, match="read-only"):
        values.true[0] = 0


def test_the_language_loads_no_more_than_it_needs():
    heavy = "[m for m in ('pandas', 'scipy', 'sklearn', 'keras') if m in sys.modules]"
    code = f"import sys; from softbio.formula import parse; print(str(parse('b or a') == parse('a or b')), {heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True []"
