"""Tags: the latest holds, undoing is as if it had never been, and others' tags are seen."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.faces.tags import Tags, checked_word

NAMES = [f"{number}.jpg" for number in range(6)]


def make(folder, names=NAMES, attributes=("Hat",)):
    folder.mkdir(exist_ok=True)
    (folder / "meta.json").write_text("{}")
    table = pd.DataFrame({"filename": pd.Series(names, dtype="str")})
    meta = {"attributes": list(attributes), "fingerprint": "-".join(names)}
    return FaceSet(folder, np.zeros((len(names), 0, 0, 3), np.uint8), table, meta)


@pytest.fixture
def faces(tmp_path):
    return make(tmp_path / "set")


@pytest.fixture
def tags(faces):
    return Tags(faces)


def test_a_set_that_was_never_tagged_knows_nothing(tags):
    assert tags.words() == {}
    assert tags.values("glasses").tolist() == [-1] * 6
    assert tags.asked("glasses").tolist() == [""] * 6
    assert not tags.unsure("glasses").any()
    assert tags.undo() == ()
    assert len(tags.history()) == 0
    assert tags.as_csv() == b"filename,word,value,who,when,why\n"
    assert not tags.path.exists()


def test_the_latest_tag_of_a_face_holds_whoever_gave_it(tags):
    tags.add("glasses", NAMES[:3], ["yes", "no", "unsure"], who="ann")
    assert tags.values("glasses").tolist() == [1, 0, -1, -1, -1, -1]
    assert tags.unsure("glasses").tolist() == [False, False, True, False, False, False]
    tags.add("glasses", NAMES[1], "yes", who="bob")
    tags.add("glasses", NAMES[0], "taken back", who="bob")
    assert tags.values("glasses").tolist() == [-1, 1, -1, -1, -1, -1]
    assert tags.words() == {"glasses": (1, 0, 1)}


def test_values_have_the_dtype_that_targets_have(tags):
    tags.add("glasses", NAMES[0], "yes")
    assert tags.values("glasses").dtype == np.int8
    assert tags.values("never tagged").dtype == np.int8


def test_words_are_matched_without_case_and_keep_their_first_spelling(tags):
    tags.add("Dark  Glasses", NAMES[0], "yes")
    tags.add("dark glasses", NAMES[1], "no")
    assert tags.words() == {"Dark Glasses": (1, 1, 0)}
    assert tags.values(" DARK glasses ").tolist() == [1, 0, -1, -1, -1, -1]


def test_why_a_face_was_proposed_first_is_known_also_after_its_tag_was_mended(tags):
    tags.add("glasses", NAMES[:3], "yes", why=["check", "diverse", "check"])
    tags.add("glasses", NAMES[0], "no")
    tags.add("glasses", NAMES[2], "taken back")
    tags.add("glasses", NAMES[2], "no", why="likely")
    assert tags.asked("glasses").tolist() == ["check", "diverse", "likely", "", "", ""]


def test_undo_takes_back_the_last_batch_of_that_person_and_then_the_one_before(tags):
    tags.add("glasses", NAMES[:2], "yes", who="ann")
    tags.add("glasses", NAMES[1:3], "no", who="ann", why="check")
    tags.add("blond", NAMES[5], "yes", who="bob")
    assert tags.undo("ann") == tuple(NAMES[1:3])
    assert tags.values("glasses").tolist() == [1, 1, -1, -1, -1, -1]
    assert tags.asked("glasses").tolist() == [""] * 6
    assert tags.undo("ann") == tuple(NAMES[:2])
    assert tags.undo("ann") == ()
    assert tags.words() == {"blond": (1, 0, 0)}


def test_the_history_keeps_everything_and_says_what_stands(tags):
    tags.add("glasses", NAMES[:2], ["yes", "no"], who="ann", why="diverse")
    tags.add("glasses", NAMES[0], "unsure", who="bob")
    tags.add("blond", NAMES[4], "yes", who="bob")
    tags.undo("bob")
    history = tags.history()
    assert history["who"].tolist() == ["ann", "ann", "bob", "bob", "bob"]
    assert history["value"].tolist() == ["yes", "no", "unsure", "yes", "taken back"]
    assert history["stands"].tolist() == [False, True, True, False, False]
    assert history["undone"].tolist() == [False, False, False, True, False]
    assert history["present"].tolist() == [True, True, True, True, False]
    assert history["id"].is_unique
    assert str(history["when"].dt.tz) == "UTC"
    assert (pd.Timestamp.now("UTC") - history["when"]).max() < pd.Timedelta("1min")


def test_each_line_of_the_file_says_what_the_docs_say(tags):
    tags.add("glasses", NAMES[0], "yes", who="ann", why="check")
    tags.undo("ann")
    tag, undo = map(json.loads, tags.path.read_text().splitlines())
    assert list(tag) == ["id", "who", "when", "filename", "word", "value", "why"]
    assert list(undo) == ["id", "who", "when", "value", "of"]
    assert tag["id"].split(".")[0] == undo["of"]


def test_tags_of_others_are_seen_at_the_next_look(faces, tags):
    other = Tags(faces)
    before = tags.version
    other.add("glasses", NAMES[0], "yes")
    assert tags.version != before
    assert tags.values("glasses")[0] == 1
    tags.add("glasses", NAMES[0], "no")
    assert other.values("glasses")[0] == 0


def test_the_same_set_is_read_once_by_all_who_open_it(faces):
    assert Tags.open(faces) is Tags.open(make(faces.path))


def test_faces_that_the_set_has_no_more_are_kept_skipped_and_counted(faces, tags):
    tags.add("glasses", NAMES, "yes")
    tags.add("blond", NAMES[5], "yes")
    fewer = Tags(make(faces.path, NAMES[:4]))
    assert fewer.gone == 2
    assert fewer.words() == {"glasses": (4, 0, 0)}
    assert fewer.history()["present"].tolist() == [True] * 4 + [False] * 3
    assert fewer.as_csv().count(b"\n") == 5
    fewer.undo()
    assert fewer.gone == 2
    fewer.undo()
    assert fewer.gone == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"filenames": "7.jpg"}, "has no face '7.jpg'"),
        ({"filenames": ["0.jpg", "1.jpg", "0.jpg"]}, "'0.jpg' stands there twice"),
        ({"value": "maybe"}, "Received: 'maybe'"),
        ({"word": "hat"}, "annotated attribute Hat"),
        ({"who": "x" * 101}, "Who tags is told in at most 100"),
        ({"why": "x" * 101}, "Why a face was proposed is told in at most 100"),
    ],
)
def test_what_is_not_allowed_is_told_and_nothing_is_added(tags, given, said):
    with pytest.raises(DataError, match=said):
        tags.add(**{"word": "glasses", "filenames": ["0.jpg"], "value": "yes"} | given)
    assert not tags.path.exists()


def test_as_many_values_as_faces_are_needed(tags):
    with pytest.raises(ValueError, match="2 entries for 3 faces"):
        tags.add("glasses", NAMES[:3], ["yes", "no"])


@pytest.mark.parametrize(
    "line", ['{"id": "a.0"}', '{"of": []}', '{"id":"a.0","who":"","filename":"0.jpg","word":"w","value":"?","why":""}']
)  # fmt: skip
def test_a_line_that_is_no_tag_is_told_with_its_number_until_it_is_mended(tags, line):
    tags.add("glasses", NAMES[0], "yes")
    good = tags.path.read_text()
    tags.path.write_text(good + line + "\n")
    for _ in range(2):
        with pytest.raises(DataError, match=r"tags\.jsonl, line 2: this is no tag"):
            tags.words()
    tags.path.write_text(good)
    assert tags.words() == {"glasses": (1, 0, 0)}


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("add"),
            st.sampled_from(["ann", "bob"]),
            st.sampled_from(["blond", "glasses"]),
            st.dictionaries(
                st.integers(0, 5), st.sampled_from(["yes", "no", "unsure", "taken back"]),
                min_size=1, max_size=3,
            ),
        ),
        st.tuples(st.just("undo"), st.sampled_from(["ann", "bob"])),
    ),
    max_size=10,
)  # fmt: skip


@given(STEPS)
@settings(max_examples=20)
def test_any_course_of_tagging_is_its_batches_replayed_without_the_undone_ones(
    tmp_path_factory, steps
):
    tags = Tags(make(tmp_path_factory.mktemp("tags") / "set"))
    batches = []
    for step in steps:
        if step[0] == "add":
            _, who, word, said = step
            tags.add(word, [NAMES[row] for row in said], list(said.values()), who=who)
            batches.append((who, word, said))
        else:
            mine = [batch for batch in batches if batch[0] == step[1]]
            undone = tags.undo(step[1])
            assert undone == (tuple(NAMES[row] for row in mine[-1][2]) if mine else ())
            if mine:
                at = max(place for place, batch in enumerate(batches) if batch is mine[-1])
                del batches[at]
    counted = {}
    for word in ("blond", "glasses"):
        held = {}
        for _, of, said in batches:
            if of == word:
                held |= said
        codes = {"yes": 1, "no": 0, "unsure": -1, "taken back": -1}
        expected = [codes[held.get(row, "unsure")] for row in range(6)]
        for read in (tags, Tags(tags.faces)):
            assert read.values(word).tolist() == expected
        counts = tuple(list(held.values()).count(value) for value in ("yes", "no", "unsure"))
        if any(counts):
            counted[word] = counts
    assert tags.words() == counted


@pytest.mark.parametrize(
    "word", ["glasses", "dark glasses", "T-shirt", "_x_", "Bärtig", "80s", "é"]
)
def test_a_word_may_have_letters_digits_blanks_and_dashes(word):
    assert checked_word(word) == word


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("", "empty"),
        (" \t", "empty"),
        ("x" * 41, "41 characters"),
        ("a&b", "has '&'"),
        ("a\x00", "has"),
        ('a"b', "has '\"'"),
        ("-x", "begins with -"),
        ("1", "always"),
        ("0", "never"),
        ("XOR", "'XOR', which joins words"),
        ("not bald", "'not', which joins words"),
        ("eyeglasses", "annotated attribute Eyeglasses"),
    ],
)
def test_a_word_that_formulas_could_not_name_is_refused_in_a_sentence(word, said):
    with pytest.raises(DataError, match=said):
        checked_word(word, ["Eyeglasses"])


def test_letters_that_look_the_same_are_the_same():
    assert checked_word("bärtig") == checked_word("ba\u0308rtig")


@given(st.text(max_size=45))
def test_a_formula_can_name_every_word_that_is_allowed(text):
    from softbio.formula import parse

    try:
        word = checked_word(text)
    except DataError:
        return
    assert parse(f'"{word}"').names == (word,)
    assert parse(str(parse(f'not "{word}"'))).names == (word,)
    assert checked_word(word) == word
