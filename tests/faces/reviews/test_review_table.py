"""Reviews as CSV: what was written comes back, and every fault has its line."""

import pytest

from softbio.errors import DataError
from softbio.faces.reviews import Reviews


@pytest.fixture
def reviews(make_faces, tmp_path):
    return Reviews(make_faces(tmp_path / "set", n=20))


def test_what_was_written_comes_back_with_its_people(reviews, make_faces, tmp_path):
    reviews.add(["0000.jpg", "0001.jpg"], [1, "unsure"], "=Ann", blind=True, queue="sample")
    reviews.add("0000.jpg", 0, "Bob", queue="suspects")
    reviews.add("0003.jpg", 0)
    reviews.add("0004.jpg", 0, "Bob")
    reviews.undo("Bob")
    reviews.write_csv(tmp_path / "reviews.csv")
    assert b"0000.jpg,1,'=Ann,yes,sample," in (tmp_path / "reviews.csv").read_bytes()

    copy = Reviews(make_faces(tmp_path / "copy", n=20))
    assert copy.read_csv(tmp_path / "reviews.csv", who="") == 4
    for who in ("=Ann", "Bob", ""):
        assert copy.said_by(who).tolist() == reviews.said_by(who).tolist()
    assert copy.blind_sample().tolist() == reviews.blind_sample().tolist()
    assert copy.undo("Bob") == ("0000.jpg",)


def test_two_columns_are_enough(reviews, tmp_path):
    file = tmp_path / "reviews.csv"
    file.write_text("label,filename\nUNSURE,0001.jpg\n1,0002.jpg\n")
    assert reviews.read_csv(file, who="Ann") == 2
    told = reviews.history()
    assert told["queue"].tolist() == ["import"] * 2 and not told["blind"].any()
    assert reviews.said_by("Ann")[1:3].tolist() == [-2, 1]


HEAD = "filename,label,who,blind,queue\n0001.jpg,1,Ann,yes,sample\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "9.jpg,1,,,\n", r"line 3, column filename: '9\.jpg' is not allowed"),
        (HEAD + "0002.jpg,-1,,,\n", "line 3, column label: '-1' is not allowed; it must be 1, 0"),
        (HEAD + "0002.jpg,1,,maybe,\n", "line 3, column blind: 'maybe'"),
        (HEAD + "0002.jpg,1,,,elsewhere\n", "line 3, column queue: 'elsewhere'"),
        (HEAD + "0001.jpg,0, Ann ,,\n", "line 3: 0001.jpg was reviewed in line 2 already by Ann"),
        ("filename,label,colour\n0001.jpg,1,red\n", "column 'colour' that means nothing here"),
        ("filename\n0001.jpg\n", "has no column `label`"),
    ],
)
def test_a_fault_is_told_with_its_line_and_nothing_is_added(reviews, tmp_path, text, said):
    file = tmp_path / "reviews.csv"
    file.write_text(text)
    with pytest.raises(DataError, match=said):
        reviews.read_csv(file)
    assert not reviews.path.exists()


def test_a_place_that_cannot_be_written_is_told(reviews, tmp_path):
    with pytest.raises(DataError, match="cannot be written"):
        reviews.write_csv(tmp_path / "nowhere" / "reviews.csv")
