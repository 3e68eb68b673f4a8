"""A person reviews labels by one key a face; a second one follows, and they are compared."""

import numpy as np
import pytest

from softbio.faces import FaceSet
from softbio.faces.reviews import UNSURE, Reviews, sample_order
from softbio.faces.tags import Tags

PART = "/faces?faces=review&set=drawn"


class Reviewer:
    """Someone in front of the faces, who presses keys."""

    def __init__(self, tab):
        self.tab = tab
        self.keys = tab.page.keyboard
        self.tagger = tab.page.locator(".tagger[data-at]")
        self.tagger.locator(".stage").click(position={"x": 6, "y": 6})

    def round(self):
        return self.tagger.get_attribute("data-round")

    def count(self):
        return self.tagger.locator(".count").inner_text()

    def facts(self):
        """Return what is told of the face that is shown."""
        names, values = (self.tagger.locator(f".facts {one}") for one in ("dt", "dd"))
        return dict(zip(names.all_inner_texts(), values.all_inner_texts(), strict=True))

    def next_round(self, before):
        self.tab.page.wait_for_function(
            "before => { for (const one of document.querySelectorAll('*')) {"
            " const found = one.shadowRoot?.querySelector('.tagger');"
            " if (found) return found.dataset.round !== before } }",
            arg=before,
        )
        self.tab.ready()


@pytest.fixture
def drawn(faces_site):
    """The drawn faces, with no reviews."""
    faces = FaceSet.open(faces_site.data / "drawn")
    for name in ("reviews.jsonl", "tags.jsonl"):
        (faces.path / name).unlink(missing_ok=True)
    return faces


def test_twenty_faces_are_reviewed_by_keyboard_with_a_reload_in_between(browse_faces, drawn):
    address = f"{PART}&queue=tagged&who=Ann"
    reviews, given = Reviews(drawn), drawn.labels()
    labelled = drawn.table["filename"][given >= 0].tolist()
    Tags(drawn).add("wrong label", labelled[:25], "yes")
    ann = Reviewer(browse_faces(address))
    assert list(ann.facts())[:4] == ["Given", "Score", "Gender", "File"]
    names = drawn.table["filename"].tolist()
    seen = []
    for key in "kfukkfkkff":
        seen.append(names.index(ann.facts()["File"]))
        ann.keys.press(key)
    for _ in range(2):  # back, twice, and another answer to the first of the two
        ann.keys.press("z")
    ann.keys.press("u")
    seen.pop()
    assert ann.count() == "Face 10 of 25 · 2 flipped, 5 kept, 2 unsure"
    ann.tab.until(
        lambda: len(reviews.told_by("Ann")) == 9 and reviews.said_by("Ann")[seen[8]] == UNSURE
    )
    says = reviews.said_by("Ann")[seen]
    flips = np.array([False, True, False, False, False, True, False, False, False])
    sure = says >= 0
    np.testing.assert_array_equal((says != given[seen])[sure], flips[sure])
    assert np.flatnonzero(says == UNSURE).tolist() == [2, 8]

    ann.tab.page.close()
    ann = Reviewer(browse_faces(address))
    assert ann.count() == "Face 10 of 25 · 2 flipped, 5 kept, 2 unsure"
    before = ann.round()
    ann.keys.press("z")  # what was said before the reload is taken back too
    ann.next_round(before)
    assert ann.count() == "Face 9 of 25 · 2 flipped, 5 kept, 1 unsure"
    assert names.index(ann.facts()["File"]) == seen[-1]
    before = ann.round()
    ann.keys.press("ArrowRight")
    ann.keys.press("ArrowLeft")
    for _ in range(12):
        ann.keys.press("k")
    ann.tab.until(lambda: len(reviews.told_by("Ann")) == 20)
    assert ann.round() == before  # nothing moved under the reader's fingers
    ann.tab.sees("Flipped 0 to 1")
    assert (drawn.labels() == FaceSet.open(drawn.path).labels()).all()
    told = reviews.summary()
    assert sum(one.flipped for one in told.values()) == 2
    assert sum(one.kept for one in told.values()) == 17


def test_the_random_sample_is_blind_and_two_reviewers_are_compared(browse_faces, drawn):
    reviews, order = Reviews(drawn), sample_order(drawn)[:20]
    names = drawn.table["filename"].iloc[order].tolist()
    truth = [1 if label == 1 else 0 for label in drawn.labels()[order]]
    reviews.add(names, truth, "Bob", blind=True, queue="sample")
    ann = Reviewer(browse_faces(f"{PART}&queue=sample&who=Ann"))
    before = ann.round()
    assert list(ann.facts()) == ["File"]  # neither label nor score nor gender
    assert "Keep" not in ann.tagger.inner_text()
    for place, name in enumerate(names):
        assert ann.facts()["File"] == name  # the faces that Bob had, in his order
        ann.keys.press(str(1 - truth[place] if place == 0 else truth[place]))
    ann.next_round(before)
    assert reviews.blind_sample().sum() == 20
    np.testing.assert_array_equal(reviews.labels(sample=True)[order[1:]], truth[1:])
    kappa = reviews.agreement("Ann", "Bob").kappa
    ann.tab.sees("Cohen's κ")
    ann.tab.sees(f"{kappa.value:.2f}")
    ann.tab.sees(f"{kappa.low:.2f} to {kappa.high:.2f}")
