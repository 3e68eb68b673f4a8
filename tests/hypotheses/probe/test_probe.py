"""A probe learns a trait from a few tags and says how good it is."""

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from softbio.errors import DataError
from softbio.hypotheses.probe import Features, learn, learn_all, missing_tags
from softbio.hypotheses.probe.probe import folds_of

GROUPS = ("women", "men")


def _learn(world, tags, **more):
    return learn(world.features, "hat", tags, world.group, GROUPS, **more)


def test_glasses_are_learned_from_sixty_tags_without_a_network(drawn_faces):
    faces = drawn_faces
    worn = faces.table["Eyeglasses"].to_numpy(np.int8)
    tags = np.full(len(faces), -1, np.int8)
    rows = np.random.default_rng(0).choice(len(faces), 60, replace=False)
    tags[rows] = worn[rows]
    words = SimpleNamespace(
        words=lambda: {"glasses": None, "beard": None},
        values=lambda word: tags if word == "glasses" else np.full(len(faces), -1, np.int8),
        asked=lambda word: np.where(np.isin(np.arange(len(faces)), rows[:20]), "check", "diverse"),
    )
    (probe,) = learn_all(Features.of(faces), words, faces)
    open_ = tags < 0
    assert (
        average_precision_score(worn[open_], probe.chances[open_]) > 0.8
    )  # a third of them wear glasses
    assert probe.word == "glasses"
    assert probe.source == "colours and edges"
    assert probe.quality.tagged.overall.n == 60
    assert probe.quality.checked.overall.n == 20


def test_words_are_learned_from_the_tags_of_a_set(make_faces, tmp_path):
    from softbio.faces.tags import Tags

    faces = make_faces(tmp_path / "set", n=120, split=["train"] * 120)
    red = faces.labels()  # the upper half is redder
    names = faces.table["filename"].tolist()
    tags = Tags(faces)
    for value, wanted in (("yes", 1), ("no", 0)):
        rows = np.flatnonzero(red == wanted)[:20]
        why = ["check" if number < 4 else "diverse" for number in range(20)]
        tags.add("red", [names[row] for row in rows], value, why=why)
    tags.add("scarf", names[:3], "yes")
    (probe,) = learn_all(Features.of(faces), tags, faces)
    assert (probe.word, probe.yes, probe.no) == ("red", 20, 20)
    assert probe.quality.checked.overall.n == 8
    assert probe.quality.tagged.overall.average_precision.value > 0.9


def test_what_a_person_said_stays_and_all_else_stays_open(world):
    tags = world.tags(100, yes=20)
    probe = _learn(world, tags)
    np.testing.assert_array_equal(probe.chances[probe.tagged], tags[tags >= 0])
    np.testing.assert_array_equal(probe.tagged, np.flatnonzero(tags >= 0))
    open_ = probe.chances[tags < 0]
    assert ((open_ > 0) & (open_ < 1)).all()
    assert probe.chances.dtype == np.float32
    assert (probe.yes, probe.no) == (20, 80)


def test_chances_say_how_many_there_are(world):
    # Half of the tags are yes, as where a person looked for them; a tenth of all faces is.
    probe = _learn(world, world.tags(200, yes=100))
    open_ = np.setdiff1d(np.arange(len(world.truth)), probe.tagged)
    expected = world.truth[open_].mean()
    assert probe.chances[open_].mean() == pytest.approx(expected, abs=0.05)


def test_the_same_tags_give_the_same_probe(world):
    tags = world.tags(100, yes=30)
    first, second = _learn(world, tags), _learn(world, tags)
    np.testing.assert_array_equal(first.chances, second.chances)
    assert first.quality.as_json() == second.quality.as_json()


def test_quality_comes_from_fits_that_did_not_see_the_face(world):
    # Labels without any meaning: a fit that saw them would tell them all.
    tags = np.full(len(world.truth), -1, np.int8)
    tags[:120] = world.draws.integers(0, 2, 120)
    judged = _learn(world, tags).quality.tagged.overall
    assert judged.average_precision.value < 0.75
    assert judged.n == 120


def test_the_check_sample_is_those_that_were_drawn_and_tagged(world):
    tags = world.tags(150)
    tags[:4] = 1, 0, 0, 1
    tags[4] = -1
    assert _learn(world, tags).quality.checked is None
    checked = _learn(world, tags, check=np.arange(5)).quality.checked
    assert (checked.overall.n, checked.overall.positives) == (4, 2)
    assert [one.n for one in checked.groups] == np.bincount(world.group[:4], minlength=2).tolist()


def test_a_person_stands_in_one_fold_and_each_fold_has_both_labels():
    draws = np.random.default_rng(1)
    owner = np.unique(draws.integers(0, 60, 150), return_inverse=True)[1]
    label = (draws.random(60) < 0.2)[owner].astype(int)
    folds = folds_of(label, owner)
    for person in range(owner.max() + 1):
        assert len(set(folds[owner == person])) == 1
    for fold in range(5):
        assert set(label[folds == fold]) == {0, 1}


def test_too_few_tags_are_refused_with_what_is_missing(world):
    tags = np.full(len(world.truth), -1, np.int8)
    rows = np.flatnonzero(world.truth == 1)[:3]
    tags[rows] = 1
    tags[np.flatnonzero(world.truth == 0)[:9]] = 0
    assert missing_tags(tags) == "it needs 2 more yes, each of another person"
    with pytest.raises(DataError, match="hat cannot be learned yet: it needs 2 more yes"):
        _learn(world, tags)
    tags[np.flatnonzero(world.truth == 1)[:6]] = 1
    assert missing_tags(tags) == ""
    person = np.arange(len(tags))
    person[np.flatnonzero(world.truth == 1)[:6]] = 0
    assert missing_tags(tags, person) == "it needs 4 more yes, each of another person"
    assert missing_tags(np.full(9, -1)).startswith("it needs 5 more yes and 5 more no")


def test_lengths_that_differ_are_refused(world):
    with pytest.raises(DataError, match="`tags` tells of 10 faces, the features of 2,000"):
        _learn(world, np.zeros(10))
