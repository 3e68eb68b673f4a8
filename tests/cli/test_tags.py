"""``softbio tags``: tags travel as CSV, and an import can be undone."""

import json

import pytest
from typer.testing import CliRunner

from softbio.cli import app
from softbio.faces.tags import Tags


@pytest.fixture
def faces(make_faces, tmp_path):
    """A set with three tags."""
    faces = make_faces(tmp_path / "set", n=20)
    Tags.open(faces).add(
        "hat", ["0000.jpg", "0001.jpg", "0002.jpg"], ["yes", "no", "unsure"], "ada"
    )
    return faces


def tags(faces, *arguments):
    return CliRunner().invoke(app, ["tags", str(faces.path), *map(str, arguments)])


def test_words_are_listed_with_their_counts_and_what_they_lack(faces):
    done = tags(faces)
    assert done.exit_code == 0, done.stderr
    assert "hat" in done.stdout and "it needs 4 more yes and 4 more no" in done.stdout
    told = json.loads(tags(faces, "--json").stdout)
    lacks = told["words"]["hat"].pop("lacks")
    assert told["words"] == {"hat": {"yes": 1, "no": 1, "unsure": 1}} and lacks
    assert told["gone"] == 0


def test_exported_tags_are_imported_into_another_set(faces, make_faces, tmp_path):
    file = tmp_path / "tags.csv"
    assert f"Written: {file}" in tags(faces, "--export", file).stderr
    other = make_faces(tmp_path / "other", n=20, seed=1)
    done = tags(other, "--import", file, "--json")
    assert done.exit_code == 0 and json.loads(done.stdout)["added"] == 3
    assert (Tags.open(other).values("hat") == Tags.open(faces).values("hat")).all()


def test_an_import_is_undone_as_one(faces, tmp_path):
    file = tmp_path / "tags.csv"
    file.write_text("filename,word,value\n0003.jpg,hat,yes\n0000.jpg,hat,no\n")
    before = Tags.open(faces).values("hat").copy()
    assert "Added: 2 tags." in tags(faces, "--import", file, "--who", "bob").stderr
    assert Tags.open(faces).values("hat")[0] == 0
    done = tags(faces, "--undo", "--who", "bob")
    assert "Taken back: the last batch of bob, 2 tags." in done.stderr
    assert (Tags.open(faces).values("hat") == before).all()
    again = tags(faces, "--undo")
    assert again.exit_code == 0 and "ada, bob; say it with --who" in again.stderr


def test_history_tells_who_said_what(faces):
    tags(faces, "--undo", "--who", "ada")
    shown = tags(faces, "--history").stdout
    assert "ada" in shown and "0001.jpg" in shown and "undone" in shown
    events = json.loads(tags(faces, "--history", "--json").stdout)["history"]
    assert [event["value"] for event in events] == ["yes", "no", "unsure", "taken back"]
    assert "No face of set is tagged" in tags(faces).stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--undo", "--history"], "do not go together"),
        (["--who", "ada"], "--who says whose tags"),
        (["--import", "nowhere.csv"], "There is no file nowhere.csv."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(faces, arguments, sentence):
    done = tags(faces, *arguments)
    assert done.exit_code == 2 and sentence in done.stderr


def test_a_wrong_line_is_named_and_nothing_is_added(faces, tmp_path):
    file = tmp_path / "tags.csv"
    file.write_text("filename,word,value\n0003.jpg,hat,yes\n0004.jpg,hat,maybe\n")
    done = tags(faces, "--import", file)
    assert done.exit_code == 2 and "line 3" in done.stderr and "maybe" in done.stderr
    assert Tags.open(faces).words()["hat"] == (1, 1, 1)
