"""``softbio reviews``: what people say of labels is told, travels as CSV, and can be undone."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from softbio.cli import app
from softbio.faces.reviews import Reviews

NAMES = [f"{number:04d}.jpg" for number in range(20)]


@pytest.fixture
def faces(make_faces, tmp_path):
    """A set of which Ada reviewed twenty faces and Bob ten of these; they differ on one."""
    faces = make_faces(tmp_path / "set", n=30)
    given = [max(0, int(label)) for label in faces.labels()[:20]]
    reviews = Reviews.open(faces)
    reviews.add(NAMES, [1 - given[0], *given[1:19], "unsure"], "Ada")
    reviews.add(NAMES[:10], [*given[:9], 1 - given[9]], "Bob", blind=True, queue="sample")
    return faces


def reviews(faces, *arguments):
    return CliRunner().invoke(app, ["reviews", str(faces.path), *map(str, arguments)])


def test_the_summary_counts_by_group_and_names_the_reviewers(faces):
    done = reviews(faces)
    assert done.exit_code == 0, done.stderr
    assert "Ada 20, Bob 10" in done.stdout
    assert "Blind in the random sample: 10 faces" in done.stdout
    told = json.loads(reviews(faces, "--json").stdout)
    assert sum(group["reviewed"] for group in told["groups"].values()) == 20
    assert sum(group["disagreed"] for group in told["groups"].values()) == 2
    assert sum(group["unsure"] for group in told["groups"].values()) == 1
    assert told["reviewers"] == {"Ada": 20, "Bob": 10}
    assert told["changed"] == told["gone"] == 0


def test_agreement_is_told_with_its_interval_and_table(faces):
    told = json.loads(reviews(faces, "--agreement", "Ada", "Bob", "--json").stdout)
    found = Reviews.open(faces).agreement("Ada", "Bob")
    assert told["n"] == 10 and told["same"] == 0.8
    assert told["kappa"]["value"] == found.kappa.value
    assert told["kappa"]["low"] < told["kappa"]["value"] < told["kappa"]["high"]
    assert np.sum(told["table"]) == 10
    shown = reviews(faces, "--agreement", "Ada", "Bob").stdout
    assert "80.0 %" in shown and f"{found.kappa.value:.3f}" in shown


def test_an_unknown_reviewer_is_told_who_there_is(faces):
    done = reviews(faces, "--agreement", "Ada", "Carl")
    assert done.exit_code != 0
    assert "no reviewer 'Carl'. Reviewers: Ada, Bob." in done.stderr.replace("\n", " ")


def test_exported_reviews_are_imported_into_another_set_and_undone_as_one(
    faces, make_faces, tmp_path
):
    file = tmp_path / "reviews.csv"
    assert f"Written: {file}" in reviews(faces, "--export", file).stderr
    other = make_faces(tmp_path / "other", n=30, seed=1)
    done = reviews(other, "--import", file, "--json")
    assert done.exit_code == 0 and json.loads(done.stdout)["added"] == 30
    np.testing.assert_array_equal(Reviews.open(other).labels(), Reviews.open(faces).labels())
    done = reviews(other, "--undo", "--who", "Bob")
    assert "the last batch of Bob, 10 reviews." in done.stderr
    assert Reviews.open(other).reviewers() == ("Ada",)
    assert "Ada; say it with --who" in reviews(other, "--undo").stderr


def test_history_tells_who_said_what(faces):
    shown = reviews(faces, "--history").stdout
    assert "Ada" in shown and "sample, blind" in shown and "holds" in shown
    told = json.loads(reviews(faces, "--history", "--json").stdout)["history"]
    assert len(told) == 30 and told[0]["says"] in ("0", "1")


def test_without_reviews_it_says_how_to_begin(make_faces, tmp_path):
    done = reviews(make_faces(tmp_path / "none", n=20))
    assert done.exit_code == 0 and "page Faces" in done.stdout


def test_two_things_at_once_are_refused(faces, tmp_path):
    done = reviews(faces, "--undo", "--history")
    assert done.exit_code != 0 and "do not go together" in done.stderr
    assert reviews(faces, "--who", "Ada").exit_code != 0
