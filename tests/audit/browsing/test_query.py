"""A query is what it says, or is refused in a sentence."""

import numpy as np
import pytest

from softbio.audit.browsing import Likeness, Query, conditions, order_words
from softbio.errors import ConfigError


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"split": "half"}, "split is one of train"),
        ({"label": 2}, "label is 0 or 1. Received: 2"),
        ({"prediction": True}, "prediction is 0 or 1"),
        ({"error": "big"}, "error is one of wrong"),
        ({"score": (0.5, 0.4)}, "lowest ≤ highest"),
        ({"score": (0, float("nan"))}, "lowest ≤ highest"),
        ({"score": 3}, "a lowest and a highest"),
        ({"tag": "hat", "tagged": "maybe"}, "tagged is one of"),
        ({"review": "done"}, "review is one of"),
        ({"order": "beauty"}, "order is one of"),
        ({"order": "similarity"}, "belong together"),
        ({"order": "score", "like": "a.jpg"}, "belong together"),
        ({"descending": "1"}, "true or false"),
        ({"text": 7}, "text is a text"),
    ],
)
def test_what_cannot_be_asked_is_refused(given, message):
    with pytest.raises(ConfigError, match=message):
        Query(**given)


def test_an_address_that_cannot_be_is_refused_and_strange_parameters_are_passed_over():
    assert Query.from_address({"set": "demo", "group": "all", "label": "any"}) == Query()
    for name, text in (("label", "one"), ("score", "0.1"), ("score", "a..b"), ("descending", "2")):
        with pytest.raises(ConfigError):
            Query.from_address({name: text})
    with pytest.raises(ConfigError, match="has no 'colour'"):
        Query.from_json({"colour": "red"})


def test_a_query_that_is_as_usual_says_nothing():
    assert Query().as_address() == {}
    assert Query(order="score", descending=True).as_address() == {"order": "score"}
    assert Query(tagged="no") == Query()  # of no word
    assert Query(like="a.jpg").order == "similarity"


def test_a_query_is_told_in_words():
    query = Query(group="men", label=1, prediction=0, tag="hat", tagged="untagged", text="00")
    told = ["men", "label 1", "predicted 0", "not tagged hat yet", "“00” in the file name"]
    assert list(conditions(query).values()) == told
    assert order_words(Query(like="a.jpg")) == "Similarity to a.jpg, most alike first"


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_likeness_is_the_cosine_in_any_precision(dtype):
    values = np.random.default_rng(0).normal(50, 3, (2500, 7)).astype(dtype)
    values[5] = np.float16(6e-8)  # the smallest half
    exact = values.astype(np.float64)
    standard = (exact - exact.mean(axis=0)) / exact.std(axis=0)
    standard /= np.linalg.norm(standard, axis=1, keepdims=True)
    np.testing.assert_allclose(Likeness(values).to(3), standard @ standard[3], atol=2e-4)
