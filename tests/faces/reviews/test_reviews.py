"""Reviews: what people say of labels, by whom, blind or not; the given labels stay."""

import json
import signal
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softbio.errors import DataError
from softbio.faces.event_log import EVENT_FILES
from softbio.faces.faceset import FaceSet
from softbio.faces.reviews import Reviews, sample_order, summary_of

NAMES = [f"{number:04d}.jpg" for number in range(160)]


@pytest.fixture
def faces(make_faces, tmp_path):
    return make_faces(tmp_path / "set")


@pytest.fixture
def reviews(faces):
    return Reviews(faces)


def test_a_set_that_nobody_reviewed_knows_nothing(reviews):
    assert (reviews.labels() == -1).all() and reviews.labels().dtype == np.int8
    assert not reviews.blind_sample().any()
    assert reviews.reviewers() == ()
    assert (reviews.said_by("Ann") == -1).all()
    assert len(reviews.told_by("Ann")) == len(reviews.history()) == 0
    assert reviews.undo("Ann") == ()
    assert reviews.as_csv() == b"filename,label,who,blind,queue,given,when\n"
    assert not reviews.path.exists()


@pytest.mark.parametrize(
    ("said", "agreed"),
    [
        ([1], 1),
        ([0], 0),
        (["unsure"], -1),
        ([1, 1], 1),
        ([1, "unsure"], 1),
        (["unsure", "unsure"], -1),
        ([1, 0], -2),
        ([1, 1, 0], -2),
        ([0, "unsure", 0], 0),
        ([1, "taken back"], 1),
        (["taken back"], -1),
    ],
)
def test_all_who_are_sure_must_agree_and_the_unsure_abstain(reviews, said, agreed):
    for number, one in enumerate(said):
        reviews.add(NAMES[3], one, who=f"reviewer {number}")
    assert reviews.labels()[3] == agreed
    assert (np.delete(reviews.labels(), 3) == -1).all()


def test_the_latest_word_of_each_reviewer_counts(reviews):
    reviews.add(NAMES[:3], [1, 0, "unsure"], "Ann")
    reviews.add(NAMES[0], 0, "Bob")
    assert reviews.labels()[:3].tolist() == [-2, 0, -1]
    reviews.add(NAMES[0], 0, "Ann")
    assert reviews.labels()[0] == 0
    assert reviews.said_by("Ann")[:4].tolist() == [0, 0, -2, -1]
    reviews.add(NAMES[0], "taken back", "Bob")
    assert reviews.said_by("Bob")[0] == -1
    assert reviews.reviewers() == ("Ann",)


def test_the_given_labels_and_the_set_stay_as_they_are(faces, reviews):
    before = {path.name: path.read_bytes() for path in faces.path.iterdir()}
    labels, fingerprint = faces.labels().copy(), faces.fingerprint
    reviews.add(NAMES, [1 - max(0, int(label)) for label in labels], "Ann")
    after = {path.name: path.read_bytes() for path in faces.path.iterdir()}
    assert after.pop("reviews.jsonl")
    assert after == before
    again = FaceSet.open(faces.path)
    np.testing.assert_array_equal(again.labels(), labels)
    assert again.fingerprint == fingerprint
    assert "reviews.jsonl" in EVENT_FILES  # packing anew carries them along


def test_a_line_says_who_when_of_which_face_what_the_label_was_and_how_it_was_asked(faces, reviews):
    reviews.add(NAMES[5], 1, "Ann", blind=True, queue="sample")
    reviews.undo("Ann")
    said, undo = (json.loads(line) for line in reviews.path.read_text().splitlines())
    assert list(said) == ["id", "who", "when", "filename", "says", "given", "blind", "queue"]
    assert said["given"] == faces.labels()[5] and said["says"] == 1 and said["blind"] is True
    assert undo["of"] == said["id"].split(".")[0]


def test_only_what_was_said_blind_in_the_random_sample_is_the_sample(reviews):
    reviews.add(NAMES[:2], 1, "Ann", blind=True, queue="sample")
    reviews.add(NAMES[2], 1, "Ann", blind=False, queue="sample")
    reviews.add(NAMES[3], 1, "Ann", blind=True, queue="suspects")
    assert np.flatnonzero(reviews.blind_sample()).tolist() == [0, 1]
    # What Ann or Bob say later with the label before them leaves the sample's labels alone.
    reviews.add(NAMES[0], 0, "Ann", queue="suspects")
    reviews.add(NAMES[1], 0, "Bob")
    assert reviews.labels()[:2].tolist() == [0, -2]
    assert reviews.labels(sample=True)[:4].tolist() == [1, 1, -1, -1]
    assert reviews.said_by("Ann", sample=True)[0] == 1
    assert np.flatnonzero(reviews.blind_sample()).tolist() == [0, 1]


def test_what_one_says_is_told_in_the_order_in_which_it_was_said(reviews):
    reviews.add([NAMES[7], NAMES[2]], [1, "unsure"], "Ann", queue="tagged")
    reviews.add(NAMES[5], 0, "Ann", blind=True, queue="second")
    reviews.add(NAMES[7], 0, "Ann", queue="disagreed")
    told = reviews.told_by(" Ann ")
    assert told["row"].tolist() == [2, 5, 7]
    assert told["says"].tolist() == [-2, 0, 0]
    assert told["queue"].tolist() == ["tagged", "second", "disagreed"]
    assert told["blind"].tolist() == [False, True, False]


def test_undo_takes_back_the_last_batch_of_that_person_only(reviews):
    reviews.add(NAMES[:2], 1, "Ann")
    reviews.add(NAMES[0], 0, "Ann")
    reviews.add(NAMES[9], 0, "Bob")
    assert reviews.undo("Ann") == (NAMES[0],)
    assert reviews.labels()[[0, 1, 9]].tolist() == [1, 1, 0]
    assert reviews.undo("Ann") == (NAMES[0], NAMES[1])
    assert reviews.undo("Ann") == ()
    assert reviews.reviewers() == ("Bob",)


def test_the_history_keeps_everything_and_says_what_stands(faces, reviews):
    reviews.add(NAMES[:2], [1, "unsure"], "Ann")
    reviews.add(NAMES[0], 0, "Bob", blind=True)
    reviews.add(NAMES[0], 0, "Ann")
    reviews.undo("Bob")
    history = reviews.history()
    assert history["says"].tolist() == ["1", "unsure", "0", "0", "taken back"]
    assert history["stands"].tolist() == [False, True, False, True, False]
    assert history["undone"].tolist() == [False, False, True, False, False]
    assert history["present"].tolist() == [True] * 4 + [False]
    assert history["given"].tolist()[:2] == faces.labels()[:2].tolist()
    assert str(history["when"].dt.tz) == "UTC"


def test_reviews_of_others_are_seen_at_the_next_look(faces, reviews):
    assert Reviews.open(faces) is Reviews.open(faces)
    before = reviews.version
    Reviews(faces).add(NAMES[0], 1, "Bob")
    assert reviews.version != before
    assert reviews.labels()[0] == 1


def test_a_set_packed_anew_with_another_label_is_noticed(faces, reviews):
    reviews.add(NAMES[:4], 1, "Ann")
    assert reviews.changed == 0
    table = faces.table.copy()
    table.loc[:1, "label"] = 1 - table.loc[:1, "label"]
    anew = Reviews(FaceSet(faces.path, faces.images, table, faces.meta))
    assert anew.changed == 2
    fewer = FaceSet(faces.path, faces.images[1:], table[1:].reset_index(drop=True), faces.meta)
    assert Reviews(fewer).gone == 1


def test_the_summary_counts_each_reviewed_face_once_in_its_group(faces, reviews):
    labels, group = faces.labels(), faces.group_index()
    women = np.flatnonzero((group == 0) & (labels == 1))
    men = np.flatnonzero((group == 1) & (labels == 0))
    names = np.array(NAMES)
    reviews.add(names[women[:5]].tolist(), [1, 0, 0, "unsure", 1], "Ann")
    reviews.add(names[women[4]], 0, "Bob")
    reviews.add(names[men[:3]].tolist(), [1, 0, 0], "Ann")
    told = reviews.summary()
    assert told["women"] == (5, 1, 0, 2, 0, 1, 1)
    assert told["men"] == (3, 2, 1, 0, 0, 0, 0)
    assert told["women"].flipped == 2 and told["men"].flipped == 1
    within = np.zeros(len(faces), bool)
    within[men[0]] = True
    only = summary_of(faces, reviews.labels(), reviews.said_by("Ann") != -1, within)
    assert only["men"].reviewed == only["men"].to_one == 1 and only["women"].reviewed == 0


def test_a_face_without_a_label_gets_a_new_one(faces, reviews):
    table = faces.table.copy()
    table.loc[0, "label"] = None
    bare = Reviews(FaceSet(faces.path, faces.images, table, faces.meta))
    bare.add(NAMES[0], 1, "Ann")
    assert sum(counts.new for counts in bare.summary().values()) == 1
    assert json.loads(bare.path.read_text())["given"] is None
    assert bare.changed == 0


def test_the_random_sample_is_of_the_test_faces_and_the_same_for_all(faces):
    order = sample_order(faces)
    assert sorted(order) == faces.rows("test").tolist()
    np.testing.assert_array_equal(order, sample_order(faces))
    assert sample_order(faces, seed=1).tolist() != order.tolist()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"filenames": "9999.jpg"}, "has no face '9999.jpg'"),
        ({"filenames": [NAMES[0], NAMES[0]]}, "stands there twice; review it once"),
        ({"says": 2}, "1, 0 or unsure"),
        ({"says": True}, "Received: True"),
        ({"says": "1"}, "Received: '1'"),
        ({"queue": "elsewhere"}, "A queue is suspects"),
        ({"who": "x" * 101}, "Who reviews is told in at most 100"),
    ],
)
def test_what_is_not_allowed_is_told_and_nothing_is_added(reviews, given, said):
    with pytest.raises(DataError, match=said):
        reviews.add(**{"filenames": NAMES[:1], "says": 1} | given)
    assert not reviews.path.exists()
    with pytest.raises(ValueError, match="1 entries for 2 faces"):
        reviews.add(NAMES[:2], [1])


@pytest.mark.parametrize(
    "line",
    [
        '{"id":"a.0","who":"","filename":"0000.jpg","says":2,"given":1,"blind":false,"queue":"grid"}',
        '{"id":"a.0","who":"","filename":"0000.jpg","says":1,"given":1,"blind":0,"queue":"grid"}',
        '{"id":"a.0","who":"","filename":"0000.jpg","says":1,"given":1,"blind":false,"queue":"x"}',
        '{"id":"a.0","who":"","filename":"0000.jpg","says":[],"given":1,"blind":false,"queue":"x"}',
    ],
)
def test_a_line_that_is_no_review_is_told_with_its_number_until_it_is_mended(reviews, line):
    reviews.add(NAMES[0], 1)
    good = reviews.path.read_text()
    reviews.path.write_text(good + line + "\n")
    for _ in range(2):
        with pytest.raises(DataError, match=r"reviews\.jsonl, line 2: this is no review"):
            reviews.labels()
    reviews.path.write_text(good)
    assert reviews.labels()[0] == 1


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["Ann", "Bob", "Eve"]),
            st.dictionaries(
                st.integers(0, 4),
                st.sampled_from([1, 0, "unsure", "taken back"]),
                min_size=1,
                max_size=3,
            ),
        ),
        st.sampled_from(["Ann", "Bob", "Eve"]),
    ),
    max_size=10,
)


@given(STEPS)
@settings(max_examples=25)
def test_any_course_of_reviewing_is_its_batches_replayed_without_the_undone_ones(
    tmp_path_factory, make_faces, steps
):
    reviews = Reviews(make_faces(tmp_path_factory.mktemp("reviews") / "set", n=12, size=8))
    batches = []
    for step in steps:
        if isinstance(step, tuple):
            who, said = step
            reviews.add([NAMES[row] for row in said], list(said.values()), who)
            batches.append(step)
        else:
            reviews.undo(step)
            mine = [place for place, batch in enumerate(batches) if batch[0] == step]
            if mine:
                del batches[mine[-1]]
    held = {}
    for who, said in batches:
        held.setdefault(who, {}).update(said)
    expected = []
    for row in range(12):
        sure = {said[row] for said in held.values() if said.get(row) in (0, 1)}
        expected.append(-1 if not sure else -2 if len(sure) == 2 else sure.pop())
    for read in (reviews, Reviews(reviews.faces)):
        assert read.labels().tolist() == expected


_WRITER = """
import sys
from softbio.faces.faceset import FaceSet
from softbio.faces.reviews import Reviews

faces, who, times = FaceSet.open(sys.argv[1]), sys.argv[2], int(sys.argv[3])
reviews, names = Reviews.open(faces), faces.table["filename"].tolist()
print("ready", flush=True)
sys.stdin.readline()
for number in range(times):
    reviews.add(names[:5], number % 2, who)
    print(number, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no process can be killed in this way there")
def test_two_writers_at_once_of_whom_one_is_killed_lose_nothing_that_was_kept(faces):
    processes = []
    for who, times in (("Ann", 20), ("Bob", 100_000)):
        arguments = [sys.executable, "-c", _WRITER, str(faces.path), who, str(times)]
        processes.append(
            subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
    ann, bob = processes
    try:
        for process in processes:
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        for _ in range(5):
            told = int(bob.stdout.readline())
        bob.send_signal(signal.SIGKILL)
        told = max([told, *map(int, bob.stdout.read().split())])
        bob.wait()
        ann.communicate()
        assert ann.returncode == 0
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    history = Reviews(faces).history()
    assert (history["who"] == "Ann").sum() == 100
    assert (history["who"] == "Bob").sum() >= 5 * (told + 1)
    assert len(history) % 5 == 0  # no batch is torn
