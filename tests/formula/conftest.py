"""Any formula: `st.from_type(Formula)` draws one over seven names, most of them awkward."""

import pytest
from hypothesis import strategies as st

from softbio.formula import OPERATORS, Constant, Formula, Name, Not, join

NAMES = ("Blond_Hair", "Eyeglasses", "5_o_Clock_Shadow", "a name", 'quo"te', "not", "1")

trees = st.recursive(
    st.sampled_from(NAMES).map(Name) | st.booleans().map(Constant),
    lambda inner: (
        inner.map(Not)
        | st.builds(join, st.sampled_from(OPERATORS), st.lists(inner, min_size=2, max_size=3))
    ),
    max_leaves=12,
)
st.register_type_strategy(Formula, trees.map(Formula))


@pytest.fixture(scope="session")
def names():
    return NAMES
