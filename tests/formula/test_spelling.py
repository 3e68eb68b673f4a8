"""Names: found in any case, and the nearest one told where there is none."""

import pytest

from softbio.errors import FormulaError
from softbio.formula import Formula, Name, parse


def test_names_are_found_in_any_case_unless_two_fit():
    assert str(parse("blond_hair").resolve(["Blond_Hair"])) == "Blond_Hair"
    assert str(parse("male").resolve(["male", "Male"])) == "male"
    with pytest.raises(FormulaError, match="may be Male or MALE"):
        parse("male").resolve(["Male", "MALE"])


def test_an_unknown_name_is_told_with_its_column_and_the_nearest_one():
    with pytest.raises(FormulaError, match=r"Column 12 .*'eyeglases'.*Did you mean 'Eyeglasses'"):
        parse("Blond xor  eyeglases".replace("Blond", "Male ", 1)).resolve(["Male", "Eyeglasses"])


def test_without_a_text_there_is_no_column_to_tell():
    with pytest.raises(FormulaError, match=r"In the formula: there is no attribute 'Bold'"):
        Formula(Name("Bold")).resolve(["Male"])


def test_a_name_of_hostile_length_is_neither_compared_nor_repeated():
    with pytest.raises(FormulaError) as told:
        parse("x" * 9_000).resolve(["x" * 9_001])
    assert len(str(told.value)) < 9_300 and "Did you mean" not in str(told.value)
