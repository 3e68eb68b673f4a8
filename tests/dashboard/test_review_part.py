"""The part Review: which faces stand in which queue, what is asked, and what comes of it."""

import numpy as np
import pytest

from dashboard.widgets.audit.context import Audit
from dashboard.widgets.reviewing.asking import asking_of
from dashboard.widgets.reviewing.outcome import ENOUGH, corrections_csv, outcome_of
from dashboard.widgets.reviewing.queues import QUEUES, queue_of
from dashboard.widgets.reviewing.rounds import last_round, next_round
from softbio.faces.reviews import Reviews, sample_order
from softbio.faces.tags import Tags


@pytest.fixture
def faces(make_faces, tmp_path):
    return make_faces(tmp_path / "faces", n=60, size=16)


@pytest.fixture
def audit(faces):
    return Audit(faces, None, "val_select", None, Tags(faces))


def names_of(faces, rows):
    return faces.table["filename"].iloc[rows].tolist()


def round_of(audit, name="tagged", who="Ann", blind=False):
    return next_round(audit.faces, queue_of(audit, name, who), who, blind)


def tag(audit, n=30):
    audit.tags.add("wrong label", names_of(audit.faces, range(n)), "yes")


def test_an_empty_queue_says_what_to_do(audit):
    told = {name: queue_of(audit, name, "Ann") for name in QUEUES}
    assert all(queue.why for queue in told.values())
    assert {name for name, queue in told.items() if len(queue.rows)} == {"sample"}
    assert "choose a run" in told["suspects"].why
    assert "“wrong label”" in told["tagged"].why


def test_tagged_faces_are_asked_about_once(audit):
    tag(audit, 5)
    audit.reviews.add(names_of(audit.faces, [1, 3]), 1, "Ann")
    queue = queue_of(audit, "tagged", "Ann")
    assert queue.rows.tolist() == [0, 1, 2, 3, 4]
    assert queue.left.tolist() == [0, 2, 4]
    assert queue_of(audit, "tagged", "Bob").left.tolist() == [0, 1, 2, 3, 4]


def test_what_was_seen_elsewhere_is_asked_again_in_the_random_sample(audit):
    order = sample_order(audit.faces)
    names = names_of(audit.faces, order)
    audit.reviews.add(names[0], 1, "Ann", queue="suspects")
    audit.reviews.add(names[1], 1, "Ann", blind=True, queue="sample")
    queue = queue_of(audit, "sample", "Ann")
    np.testing.assert_array_equal(queue.rows, order)
    assert queue.left.tolist() == np.delete(order, 1).tolist()


def test_a_second_reviewer_gets_what_the_others_had(audit):
    audit.reviews.add(names_of(audit.faces, [7, 4]), 1, "Bob")
    audit.reviews.add(names_of(audit.faces, [4, 9]), 0, "Ann")
    assert queue_of(audit, "second", "Ann").left.tolist() == [7]
    assert queue_of(audit, "second", "Eve").left.tolist() == [4, 7, 9]


def test_a_disagreement_stays_in_the_queue_until_it_was_looked_at_there(audit):
    names = names_of(audit.faces, [2, 5])
    audit.reviews.add(names, [1, 1], "Ann")
    audit.reviews.add(names, [0, 0], "Bob")
    assert queue_of(audit, "disagreed", "Ann").left.tolist() == [2, 5]
    audit.reviews.add(names[0], 0, "Ann", queue="disagreed")  # settled
    queue = queue_of(audit, "disagreed", "Ann")
    assert queue.left.tolist() == [5] and queue.rows.tolist() == [2, 5]
    assert queue_of(audit, "disagreed", "Bob").left.tolist() == [5]


def test_what_is_said_is_written_with_queue_and_blindness(audit):
    tag(audit)
    asked = round_of(audit, blind=True)
    message = {"said": [[0, "1"], [1, "unsure"], [2, "0"]]}
    asked.hear(message, audit.reviews)
    asked.hear(message, audit.reviews)
    told = audit.reviews.history()
    assert told["says"].tolist() == ["1", "unsure", "0"]
    assert told["blind"].all() and (told["queue"] == "tagged").all()
    asked.hear({"said": [[0, "0"], [2, "0"], [3, "keep"]]}, audit.reviews)
    assert audit.reviews.said_by("Ann")[:4].tolist() == [0, -1, 0, -1]


def test_the_last_answer_can_be_taken_back_after_a_reload(audit):
    tag(audit)
    first = round_of(audit)
    first.hear({"said": [[1, "1"]]}, audit.reviews)
    first.hear({"said": [[1, "1"], [0, "0"]]}, audit.reviews)
    asked = round_of(audit)
    queue = queue_of(audit, "tagged", "Ann")
    asked.before = last_round(audit.faces, audit.reviews, queue, "Ann", blind=False)
    assert asked.rows[0] == 2
    again = asked.step_back(audit.reviews)
    assert again.rows[:2].tolist() == [0, 2]
    assert audit.reviews.said_by("Ann")[:2].tolist() == [-1, 1]
    assert again.step_back(audit.reviews).rows[:3].tolist() == [1, 0, 2]
    assert last_round(audit.faces, audit.reviews, queue, "Ann", blind=True) is None


def test_the_answers_follow_the_given_label_and_count_what_was_said_before(audit):
    tag(audit)
    given = audit.faces.labels()
    audit.reviews.add(
        names_of(audit.faces, range(3)), [int(1 - given[0]), int(given[1]), "unsure"], "Ann"
    )
    asked = round_of(audit)
    asking = asking_of(audit, asked, queue_of(audit, "tagged", "Ann"), "blond")
    assert (asking.first, asking.total) == (3, 30)
    assert asking.counted == {"flipped": 1, "kept": 1, "unsure": 1}
    for place, label in enumerate(asked.given):
        keep, flip, unsure = asking.answers[asking.which[place]]
        label_or_one = label if label >= 0 else 1  # without a label there is none to keep
        assert (keep.value, flip.value) == (str(label_or_one), str(1 - label_or_one))
        assert (keep.keys[0], flip.keys[0]) == (("k", "f") if label >= 0 else ("1", "0"))
        assert unsure.value == "unsure"
        assert dict(asking.facts[place])["Given"] == (str(label) if label >= 0 else "none")
    assert "blond" in asking.texts.question


def test_blind_nothing_tells_the_given_label(audit):
    tag(audit)
    given = audit.faces.labels()
    audit.reviews.add(
        names_of(audit.faces, range(3)), [int(1 - label) for label in given[:3]], "Ann"
    )
    asked = round_of(audit, blind=True)
    asking = asking_of(audit, asked, queue_of(audit, "tagged", "Ann"), "")
    assert set(asking.which) == {0} and len(asking.answers) == 1
    assert [answer.value for answer in asking.answers[0]] == ["1", "0", "unsure"]
    assert len({answer.tone for answer in asking.answers[0][:2]}) == 1  # none looks right
    assert {name for facts in asking.facts for name, _ in facts} == {"File"}
    assert "flipped" not in asking.kinds


def test_the_outcome_tells_what_training_would_change_and_who_agrees(audit):
    faces = audit.faces
    given = faces.labels()
    rows = faces.rows("train")[:20]
    says = [int(label) for label in given[rows]]
    says[0] = 1 - says[0]
    audit.reviews.add(names_of(faces, rows), says, "Ann")
    audit.reviews.add(names_of(faces, rows[: ENOUGH - 1]), says[: ENOUGH - 1], "Bob")
    audit.reviews.add(names_of(faces, rows[:ENOUGH]), says[:ENOUGH], "Eve")
    told = outcome_of(audit.reviews, audit, "Ann")
    assert told.training == 1
    assert sum(counts.flipped for counts in told.groups.values()) == 1
    assert list(told.agreements) == ["Eve"] and told.agreements["Eve"].n == ENOUGH
    assert told.short == {"Bob": ENOUGH - 1}
    lines = corrections_csv(audit).decode().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"{names_of(faces, rows[:1])[0]},train,")
    assert lines[1].endswith(f",{1 - says[0]},{says[0]}")


def test_the_part_shows_what_the_reviews_come_to_and_takes_them_back(world, said):
    faces = world.add_set(cut=True)
    rows = faces.rows("train")[:2]
    labels = [int(1 - label) for label in faces.labels()[rows]]
    Reviews.open(faces).add(names_of(faces, rows), labels, "Ann")
    app = world.open("faces", faces="review", queue="sample", who="Ann")
    assert not app.exception
    text = said(app)
    assert "2 training faces have another label now" in text
    assert "softbio train" in text and "labels.use=corrected" in text
    assert "always blind" in text
    app.button(key="review_undo").click().run()
    assert not app.exception
    assert Reviews.open(faces).reviewers() == ()


def test_every_queue_opens_with_a_run_and_without(world):
    faces = world.add_set(cut=True)
    for run in (None, world.add_run(faces)):
        for name in QUEUES:
            app = world.open("faces", faces="review", queue=name, run=run.id if run else "none")
            assert not app.exception, name
            assert app.selectbox(key="choice_queue").value == name
