"""Words: what reads well, and that no two meanings read alike."""

import itertools

import pytest

from softbio.formula import OPERATORS, Formula, Name, Not, join, parse
from softbio.formula.canonical import variable_table
from softbio.formula.logic import two_valued
from softbio.formula.words import words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Blond_Hair", "blond hair"),
        ("not Eyeglasses", "no eyeglasses"),
        ("not Smiling", "not smiling"),
        ("not Wearing_Hat", "not wearing hat"),
        ("not Receding_Hairline", "no receding hairline"),
        ("not famous", "not famous"),
        ("No_Beard and Male", "no beard and male"),
        ("not No_Beard", "beard"),
        ("1", "always"),
        ("0", "never"),
        ("not 1 or Male", "male or never"),
        ("Blond_Hair or Eyeglasses", "blond hair or eyeglasses"),
        ("Blond_Hair xor Eyeglasses", "blond hair or eyeglasses, but not both"),
        ("not (Blond_Hair xor Eyeglasses)", "both blond hair and eyeglasses, or neither"),
        ("not Blond_Hair xor Eyeglasses", "both blond hair and eyeglasses, or neither"),
        ("not (Blond_Hair and Eyeglasses)", "not both blond hair and eyeglasses"),
        ("not (Blond_Hair or Eyeglasses)", "neither blond hair nor eyeglasses"),
        ("not Eyeglasses and Blond_Hair", "blond hair, but no eyeglasses"),
        ("Young and Male and not (Bald or Bangs)", "young and male, but neither bald nor bangs"),
        ("not Young or Eyeglasses", "eyeglasses or not young"),
        ("Male and (Bald or Bangs)", "male and either bald or bangs"),
        ("Male or Bald and Bangs", "male or both bald and bangs"),
        ("Male and Bald or Young and Bangs", "(male and bald) or (young and bangs)"),
        ("(Bald xor Bangs) and not Male", "(bald or bangs, but not both), but not male"),
        ("Male xor Young xor Bald", "an odd number of these: male, young, bald"),
        ("not (Male xor Young xor Bald)", "none or an even number of these: male, young, bald"),
        ("not (Male and not Young)", "not (male, but not young)"),
    ],
)
def test_formulas_read_well(text, words):
    assert parse(text).words() == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("'Salt and pepper' or Male", '"Salt and pepper" or male'),
        ("male and Male", '"male" and "Male"'),
        ("not No_Beard and Beard", '"Beard", but not "No_Beard"'),
        ("not '(odd), or'", 'not "(odd), or"'),
        ("'never' and not 'no'", '"never", but not "no"'),
    ],
)
def test_names_that_would_mislead_stand_in_quotes(text, words):
    assert parse(text).words() == words


def test_what_means_different_things_is_told_in_different_words():
    literals = [one for name in "abc" for one in (Name(name), Not(Name(name)))]
    small = [
        join(operator, parts)
        for count in (2, 3)
        for parts in itertools.combinations(literals, count)
        for operator in OPERATORS
    ]
    parts = literals + small[:45] + [Not(tree) for tree in small]
    large = [
        join(operator, pair) for pair in itertools.combinations(parts, 2) for operator in OPERATORS
    ]
    tables = {name: variable_table(at, 3) for at, name in enumerate("abc")}
    told: dict[str, int] = {}
    for tree in small + large + [Not(tree) for tree in large[::3]]:
        meaning = two_valued(tree, tables.__getitem__, 0xFF)
        assert told.setdefault(words_of(tree), meaning) == meaning, Formula(tree)
    assert len(told) > 5_000
