import numpy as np
import pytest

from softbio.errors import ConfigError, DataError
from softbio.hypotheses import Total, check_totals


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("unlabelled: 5001 of 10023", Total("unlabelled", 5001, 10023)),
        ("Unlabelled : 5,001 of 10,023", Total("unlabelled", 5001, 10023)),
        ("test women: 50%", Total("test", 0.5, None, "women")),
        ("test: half", Total("test", 0.5)),
        ("all: 21.5 % ± 2 %", Total("all", 0.215, tolerance=0.02)),
        ("validation men: 12 of 60 +- 0%", Total("val", 12, 60, "men", 0.0)),
        ("train: half of 1'000", Total("train", 500, 1000)),
    ],
)
def test_totals_are_read_as_people_write_them(text, expected):
    assert Total.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "5001 of 10023", "test: 50", "test: many", "exam: 50%", "test: 120%", "test: 7 of 6",
     "test: -3 of 6", "test: 50% ± 200%"],
)  # fmt: skip
def test_what_is_no_total_is_told(text):
    with pytest.raises(ConfigError):
        Total.parse(text)


def test_several_totals_stand_on_lines_or_between_semicolons():
    assert len(Total.parse_all("test: half; test women: 40%\n\n unlabelled: 3 of 9;")) == 3
    assert Total.parse_all("  ") == []


@pytest.mark.parametrize(
    "total",
    [Total("unlabelled", 5001, 10023), Total("test", 0.5, None, "women")],
    ids=str,
)
def test_a_total_that_is_written_is_read_again(total):
    assert Total.parse(str(total)) == total


def noisy_set(face_set, seed, n=4_000, people=None):
    """Labels of the attribute with 10 % and 4 % flipped among women, and none known in test."""
    rng = np.random.default_rng(seed)
    gender = rng.choice([-1, 1], n)
    split = rng.choice(["train", "test"], n)
    stated = (rng.random(n) < np.where(split == "test", 0.6, 0.2)).astype(np.int8)
    rate = np.where(stated == 1, 0.1, 0.04) * (gender == -1)
    truth = stated ^ (rng.random(n) < rate)
    label = np.where(split == "test", -1, truth).astype(float)
    label[label < 0] = np.nan
    person = None if people is None else rng.integers(0, people, n)
    faces = face_set({"a": stated}, label, gender, person, split)
    return faces, truth, split == "test", gender == -1


def test_the_true_total_lies_in_the_interval_as_often_as_it_says(face_set, parts_of):
    inside = 0
    for seed in range(60):
        faces, truth, test, _ = noisy_set(face_set, seed, 1_500)
        traits, target = parts_of(faces)
        totals = [Total("test", int(truth[test].sum()), int(test.sum()), None, 0.0)]
        (found,) = check_totals(traits, "a", totals, target, faces)
        inside += found.agrees
        assert found.low < found.expected < found.high
    assert inside >= 56  # 59.4 expected; fewer has a chance below 0.1 %


def test_noise_learned_elsewhere_is_carried_over(face_set, parts_of):
    faces, truth, test, women = noisy_set(face_set, 1, 20_000)
    traits, target = parts_of(faces)
    stated = traits.evaluate("a")
    totals = [Total("test", 0.5, None, "women")]
    (found,) = check_totals(traits, "a", totals, target, faces)
    mine = test & women
    assert found.n == found.of == mine.sum()
    assert found.expected == pytest.approx(
        0.9 * (stated[mine] == 1).sum() + 0.04 * (stated[mine] == 0).sum(), rel=0.01
    )
    assert found.expected == pytest.approx(truth[mine].sum(), rel=0.02)


def test_the_tolerance_of_a_total_is_granted(face_set, parts_of):
    faces, truth, test, _ = noisy_set(face_set, 2)
    traits, target = parts_of(faces)
    n, known = int(test.sum()), int(truth[test].sum())
    agrees = [
        check_totals(traits, "a", [Total("test", known + n // 8, n, None, slack)], target, faces)
        for slack in (0.0, 0.125)
    ]
    assert [found.agrees for (found,) in agrees] == [False, True]
    assert "ruled out" in agrees[0][0].sentence
    assert "it agrees" in agrees[1][0].sentence


def test_faces_of_one_person_widen_the_interval(face_set, parts_of):
    widths = []
    for people in (None, 100):
        faces, *_ = noisy_set(face_set, 3, people=people)
        traits, target = parts_of(faces)
        (found,) = check_totals(traits, "a", [Total("test", 0.5)], target, faces)
        widths.append(found.high - found.low)
    assert widths[1] > 2 * widths[0]


def test_a_total_of_more_faces_than_the_set_has_is_scaled_and_told(face_set, parts_of):
    faces, _, test, _ = noisy_set(face_set, 4)
    traits, target = parts_of(faces)
    n = int(test.sum())
    one, ten = (
        check_totals(traits, "a", [Total("test", 5, of)], target, faces)[0] for of in (n, 10 * n)
    )
    assert ten.expected == pytest.approx(10 * one.expected)
    assert ten.high - ten.low > 12 * (one.high - one.low)
    assert f"The set has {n:,}" in ten.sentence
    assert "The set has" not in one.sentence


def test_totals_of_no_face_or_group_are_told(face_set, parts_of):
    faces, *_ = noisy_set(face_set, 5, 200)
    traits, target = parts_of(faces)
    with pytest.raises(DataError, match="no face"):
        check_totals(traits, "a", [Total("val", 0.5)], target, faces)
    with pytest.raises(ConfigError, match="women, men"):
        check_totals(traits, "a", [Total("test", 0.5, None, "children")], target, faces)
