"""Rounds of tagging, what is said of a word, and the part of the page around them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.widgets.lab.rounds import SAYINGS, WordRound, open_faces
from dashboard.widgets.lab.standing import group_counts, standing
from softbio.faces.tags import Tags
from softbio.hypotheses.probe import Features, Probe, learn, missing_tags
from softbio.hypotheses.probe.judged import Judged, Judgement, ProbeQuality, Rate


@pytest.fixture
def faces(make_faces, tmp_path):
    return make_faces(tmp_path / "faces", n=12, size=16)


def round_of(faces, rows=(3, 5, 8, 9), word="smiling"):
    rows = np.array(rows)
    names = tuple(faces.table["filename"].iloc[rows])
    return WordRound(
        word, rows, names, ("diverse", "check", "diverse", "check")[: len(rows)], "Ann"
    )


def standing_of(tags, asked):
    said = {}
    for place, row in enumerate(asked.rows):
        value = tags.values(asked.word)[row]
        if value >= 0:
            said[place] = "yes" if value else "no"
    return said


def test_what_differs_is_written_and_a_repeated_message_is_not(faces):
    tags, asked = Tags(faces), round_of(faces)
    message = {"said": [[0, "yes"], [2, "no"]]}
    asked.hear(message, tags)
    asked.hear(message, tags)
    told = tags.history()
    assert told[["filename", "value", "who", "why"]].values.tolist() == [
        ["0003.jpg", "yes", "Ann", "diverse"],
        ["0008.jpg", "no", "Ann", "diverse"],
    ]
    assert not asked.closed
    assert asked.left.tolist() == [5, 9]

    asked.hear({"said": [[2, "no"], [0, "no"], [1, "unsure"], [3, "yes"]]}, tags)
    assert standing_of(tags, asked) == {0: "no", 2: "no", 3: "yes"}
    assert asked.closed


def test_an_answer_that_is_not_in_the_message_is_taken_back(faces):
    tags, asked = Tags(faces), round_of(faces)
    asked.hear({"said": [[0, "yes"], [1, "no"]]}, tags)
    asked.hear({"said": [[0, "yes"]]}, tags)
    assert tags.words()["smiling"] == (1, 0, 0)
    assert asked.left.tolist() == [5, 8, 9]


@given(
    st.lists(
        st.dictionaries(st.integers(0, 3), st.sampled_from(SAYINGS)).map(
            lambda said: [[place, value] for place, value in said.items()]
        ),
        min_size=1,
        max_size=6,
    ),
    st.data(),
)
def test_messages_that_are_lost_or_come_twice_change_nothing(
    tmp_path_factory, make_faces, all, data
):
    faces = make_faces(tmp_path_factory.mktemp("round") / "faces", n=12, size=8)
    tags, asked = Tags(faces), round_of(faces)
    heard = data.draw(st.lists(st.sampled_from(all), max_size=6))
    for said in (*heard, all[-1]):
        asked.hear({"said": said}, tags)
    assert standing_of(tags, asked) == {
        place: value for place, value in all[-1] if value != "unsure"
    }
    assert asked.closed == (len(all[-1]) == 4)


@pytest.mark.parametrize(
    "said",
    [None, "yes", {"0": "yes"}, [[9, "yes"]], [[0, "maybe"]], [[0]], [["0", "yes"]], [[-1, "no"]]],
)
def test_what_is_no_answer_is_passed_over(faces, said):
    tags, asked = Tags(faces), round_of(faces)
    asked.hear({"said": said}, tags)
    assert not tags.words()
    assert not asked.said


def test_the_last_answer_of_the_round_before_can_be_taken_back(faces):
    tags, before = Tags(faces), round_of(faces)
    before.hear({"said": [[1, "no"], [0, "yes"], [3, "no"], [2, "yes"]]}, tags)
    asked = round_of(faces, rows=(1, 2))
    asked.before = before
    again = asked.step_back(tags)
    assert again.rows.tolist() == [8, 1, 2]
    assert again.why[0] == "diverse"
    assert tags.words()["smiling"] == (1, 2, 0)
    assert again.step_back(tags).rows.tolist() == [9, 8, 1, 2]
    assert round_of(faces).step_back(tags) is None


def test_faces_that_could_not_be_told_are_not_asked_about_again():
    values = np.array([1, 0, -1, -1], np.int8)
    assert open_faces(values, np.array([2])).tolist() == [1, 0, -2, -1]
    assert values.tolist() == [1, 0, -1, -1]


def rate(value):
    return Rate(value, value, value)


def probe_of(*groups):
    """A probe with (positives, n, average precision) for women, men and all."""
    judged = [
        Judged(name, n, positives, rate(0.9), rate(0.9), rate(precision))
        for name, (positives, n, precision) in zip(("women", "men", "all"), groups, strict=True)
    ]
    quality = ProbeQuality(Judgement(tuple(judged[:2]), judged[2]), None)
    chances = np.zeros(groups[2][1], np.float32)
    chances[: groups[2][0]] = 1
    return Probe("blond", chances, np.arange(groups[2][1]), quality, "colours", 1.0)


@pytest.mark.parametrize(
    ("groups", "short", "said"),
    [
        (((20, 50, 0.95), (9, 50, 0.9), (29, 100, 0.93)), "learned", "is good enough"),
        (((20, 50, 0.95), (9, 50, 0.4), (29, 100, 0.85)), "usable", "still weak among men:"),
        (((20, 50, 0.95), (0, 50, np.nan), (20, 100, 0.9)), "usable", "no yes among men"),
        (((20, 50, 0.95), (2, 50, 0.9), (22, 100, 0.9)), "usable", "only 2 yes among men"),
        (((20, 50, 0.9), (9, 50, 0.9), (29, 100, 0.7)), "usable", "another round makes it surer"),
        (((20, 50, 0.5), (9, 50, 0.3), (29, 100, 0.4)), "weak", "not good enough"),
    ],
)
def test_a_plain_line_says_what_a_word_is_good_for(groups, short, said):
    probe = probe_of(*groups)
    told = standing("blond", probe, "")
    assert told.short == short
    assert said in told.sentence
    assert f"{probe.yes} yes and {probe.no} no" in told.sentence


def test_a_word_without_enough_tags_says_what_it_needs():
    told = standing("blond", None, "it needs 3 more yes, each of another person")
    assert "cannot be learned yet: it needs 3 more yes" in told.sentence


def test_counts_are_kept_apart_for_groups():
    counts = group_counts(
        np.array([1, 0, 0, -1, 1, -1]), np.array([3, 5]), np.array([0, 0, 1, 0, 1, -1]), ["w", "m"]
    )
    assert counts == {"w": (1, 1, 1), "m": (1, 1, 0)}


def tag_some(faces, word="red", n=60):
    """Say the truth of the first faces: whether their upper half is red, which is the label."""
    tags = Tags.open(faces)
    label = np.load(faces.path / "images.npy").astype(int)
    red = label[:, : label.shape[1] // 2, :, 0].mean(axis=(1, 2)) > 112
    names = faces.table["filename"].iloc[:n].tolist()
    tags.add(word, names, ["yes" if one else "no" for one in red[:n]], "Ann")
    return tags


def test_the_part_shows_what_was_learned_and_takes_tags_back(world, make_faces, said):
    faces = make_faces(world.data / "noise", n=160, size=24)
    tags = tag_some(faces)
    features = Features.of(faces)
    values = tags.values("red")
    assert not missing_tags(values)
    group, groups = faces.group_index(), tuple(faces.group_names.values())
    expected = learn(features, "red", values, group, groups).quality.tagged.overall

    app = world.open("hypotheses", set="noise", lab="tagging", word="red", who="Ann")
    assert not app.exception
    text = said(app)
    assert f"{100 * expected.precision.value:.1f} %" in text
    assert f"{100 * expected.recall.value:.1f} %" in text
    yes, no, _ = tags.words()["red"]
    assert f"{yes} yes and {no} no" in text
    assert "Most likely “red”" in text

    app.button("tag_undo").click().run()
    assert not tags.words()


def test_a_word_that_formulas_could_not_name_is_refused_in_a_sentence(world, said):
    world.add_set()
    app = world.open("hypotheses", lab="tagging", word="blond or red")
    assert not app.exception
    assert "joins words in a formula" in said(app)
    app = world.open("hypotheses", lab="tagging", word="eyeglasses")
    assert "annotated attribute Eyeglasses" in said(app)


def test_without_a_word_the_part_says_what_to_do(world, said):
    world.add_set(attributes=False)
    app = world.open("hypotheses", lab="tagging")
    assert not app.exception
    assert "Type a word" in said(app)
