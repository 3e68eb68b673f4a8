"""Judgements of a photograph are tags like others, and no traits of a face."""

import numpy as np
import pytest

from softbio.faces import FaceSet
from softbio.faces.pack import pack
from softbio.faces.readers import read_source
from softbio.faces.tags import JUDGEMENTS, Tags, is_judgement
from softbio.hypotheses import Traits
from softbio.hypotheses.probe import Features, learn_all


@pytest.fixture(scope="module")
def tagged(tmp_path_factory):
    """Twenty faces of each answer for a trait and for both judgements."""
    folder = tmp_path_factory.mktemp("judged") / "set"
    pack(read_source("synthetic:80,seed=4"), folder, workers=1)
    faces = FaceSet.open(folder)
    tags = Tags(faces)
    names = faces.table["filename"]
    for word in ("hat", "Wrong Label", "unusable"):
        tags.add(word, names[:40].tolist(), ["yes", "no"] * 20)
    return faces, tags


def test_they_are_kept_and_exported_as_tags(tagged):
    _, tags = tagged
    assert list(tags.words()) == ["hat", "Wrong Label", "unusable"]
    assert list(tags.trait_words()) == ["hat"]
    assert b"Wrong Label" in tags.as_csv()
    assert [is_judgement(word) for word in tags.words()] == [False, True, True]
    assert all(map(is_judgement, JUDGEMENTS))


def test_no_formula_of_the_search_names_them(tagged):
    faces, tags = tagged
    assert not set(map(str.casefold, Traits.of(faces, tags).names)) & set(JUDGEMENTS)
    assert "hat" in Traits.of(faces, tags).names


def test_they_are_never_learned(tagged):
    faces, tags = tagged
    features = Features(np.random.default_rng(0).normal(size=(80, 4)).astype(np.float32), {}, "")
    assert [probe.word for probe in learn_all(features, tags, faces)] == ["hat"]
