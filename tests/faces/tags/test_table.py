"""Tags as CSV: what was written comes back, and every fault has its line."""

import numpy as np
import pandas as pd
import pytest

from softbio.errors import DataError
from softbio.faces.faceset import FaceSet
from softbio.faces.tags import Tags

NAMES = ["1.jpg", "=2.jpg", "'=2.jpg", "ö,4.jpg"]


def make(folder):
    folder.mkdir()
    (folder / "meta.json").write_text("{}")
    table = pd.DataFrame({"filename": pd.Series(NAMES, dtype="str")})
    meta = {"attributes": ["Hat"], "fingerprint": "x"}
    return FaceSet(folder, np.zeros((len(NAMES), 0, 0, 3), np.uint8), table, meta)


@pytest.fixture
def tags(tmp_path):
    return Tags(make(tmp_path / "set"))


def test_what_was_written_comes_back_with_its_people_and_reasons(tmp_path, tags):
    tags.add("glasses", NAMES, ["yes", "no", "unsure", "yes"], who="=ann", why="check")
    tags.add("glasses", NAMES[0], "no", who="bob")
    tags.add("blond", NAMES[2], "yes", who="bob", why="likely")
    tags.add("blond", NAMES[1], "yes", who="bob")
    tags.undo("bob")
    tags.write_csv(tmp_path / "tags.csv")
    text = (tmp_path / "tags.csv").read_text(encoding="utf-8")
    assert "\n'=2.jpg,glasses,no,'=ann," in text

    copy = Tags(make(tmp_path / "copy"))
    assert copy.read_csv(tmp_path / "tags.csv", who="me") == 5
    columns = ["who", "filename", "word", "value", "why"]
    ours, theirs = (
        one.history().query("stands")[columns].sort_values(columns, ignore_index=True)
        for one in (tags, copy)
    )
    pd.testing.assert_frame_equal(ours, theirs)


def test_each_person_named_in_a_file_can_take_theirs_back(tmp_path, tags):
    file = tmp_path / "tags.csv"
    file.write_text(
        "word,filename,who,value\nblond,1.jpg,ann,yes\nblond,=2.jpg,,no\nhood,1.jpg,ann,YES\n"
    )
    assert tags.read_csv(file, who="me") == 3
    assert tags.undo("me") == ("=2.jpg",)
    assert tags.words() == {"blond": (1, 0, 0), "hood": (1, 0, 0)}
    assert tags.undo("ann") == ("1.jpg", "1.jpg")
    assert tags.words() == {}


def test_a_file_without_lines_adds_nothing(tmp_path, tags):
    file = tmp_path / "tags.csv"
    file.write_text("filename,word,value\n")
    assert tags.read_csv(file) == 0
    assert not tags.path.exists()


HEAD = "filename,word,value\n1.jpg,blond,yes\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "9.jpg,blond,yes\n", r"line 3, column filename: '9\.jpg' is not allowed"),
        (HEAD + "1.jpg,glasses,perhaps\n", "line 3, column value: 'perhaps' is not allowed"),
        (HEAD + "1.jpg,glasses,taken back\n", "line 3, column value: 'taken back'"),
        (HEAD + "1.jpg,a+b,yes\n", r"line 3, column word: The word 'a\+b' has '\+'"),
        (HEAD + "1.jpg,hat,yes\n", "line 3, column word: The set has the annotated attribute Hat"),
        (HEAD + "1.jpg,Blond,no\n", r"line 3: 1\.jpg and Blond stand in line 2 already"),
        (HEAD + "1.jpg,glasses\n", "line 3: 2 cells where the first line has 3"),
        ("filename,word,value,word\n1.jpg,a,yes,b\n", "has the column 'word' twice"),
        ("filename,word\n1.jpg,a\n", "has no column `value`"),
        ("filename,word,value,colour\n1.jpg,a,yes,b\n", "column 'colour' that means nothing"),
        ("filename;word;value\n", "separated by semicolons"),
        ("", "is empty"),
    ],
)
def test_a_fault_is_told_with_its_line_and_nothing_is_added(tmp_path, tags, text, said):
    file = tmp_path / "tags.csv"
    file.write_text(text)
    with pytest.raises(DataError, match=said):
        tags.read_csv(file)
    assert not tags.path.exists()


def test_a_place_that_cannot_be_written_is_told(tmp_path, tags):
    with pytest.raises(DataError, match="cannot be written"):
        tags.write_csv(tmp_path / "nowhere" / "tags.csv")
