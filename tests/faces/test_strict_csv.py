"""CSV files of people: faults have their place, and no cell becomes a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.faces.strict_csv import spreadsheet, without_guard


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)))
def test_no_cell_begins_as_a_formula_and_the_text_comes_back(cells):
    written = spreadsheet(["a"], [[cell] for cell in cells]).decode()
    read = [row[0] for row in csv.reader(io.StringIO(written, newline=""))][1:]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in read)
    assert [without_guard(cell) for cell in read] == cells


@pytest.mark.parametrize("cell", ["it's", "'quoted'", "", "'"])
def test_an_apostrophe_of_its_own_stays(cell):
    assert without_guard(cell) == cell
