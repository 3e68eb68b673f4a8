import numpy as np
import pandas as pd
import pytest
from scipy.stats import betabinom

from softbio.errors import FormulaError
from softbio.hypotheses import duel
from softbio.hypotheses.examination.evidence import PRIOR

OR, XOR = "blond or glasses", "blond xor glasses"


def two_attributes(n, seed, blond=0.4, glasses=0.4):
    rng = np.random.default_rng(seed)
    columns = {"blond": rng.random(n) < blond, "glasses": rng.random(n) < glasses}
    return {name: values.astype(np.int8) for name, values in columns.items()}, rng


@pytest.fixture
def fight(face_set, parts_of):
    """A function that holds two formulas against each other on faces made by hand."""

    def fought(columns, label, gender, first=OR, second=XOR, person=None, probed=(), rows=None):
        faces = face_set(columns, label, gender, person)
        traits, target = parts_of(faces, probed)
        return duel(traits, first, second, target, faces, rows=rows)

    return fought


def test_the_bayes_factor_is_that_of_beta_binomials_learned_where_the_two_agree(fight):
    columns, rng = two_attributes(300, 0)
    both = columns["blond"] & columns["glasses"]
    neither = 1 - (columns["blond"] | columns["glasses"])
    gender = rng.choice([-1, 1], 300)
    label = (columns["blond"] ^ columns["glasses"]) ^ (rng.random(300) < 0.2)
    found = fight(columns, label, gender)
    expected = 0.0
    for part, code in zip(found.disputed, (-1, 1), strict=True):
        mine = gender == code
        zero, one = mine & (neither == 1), mine & (both == 0) & (neither == 0)
        alpha = PRIOR[0] + label[zero].sum(), PRIOR[1] + (1 - label[zero]).sum()
        beta = PRIOR[0] + (1 - label[one]).sum(), PRIOR[1] + label[one].sum()
        disputed = mine & (both == 1)
        n, ones = disputed.sum(), label[disputed].sum()
        factor = betabinom.logpmf(n - ones, n, *beta) - betabinom.logpmf(ones, n, *alpha)
        expected += factor / np.log(10)
        assert part.log10_bayes_factor == pytest.approx(factor / np.log(10), abs=1e-6)
        assert part.votes.tolist() == [[n - ones, ones], [0, 0]]
        assert part.rows[0].tolist() == np.flatnonzero(disputed & (label == 1)).tolist()
        assert part.rows[1].tolist() == np.flatnonzero(disputed & (label == 0)).tolist()
    assert found.log10_bayes_factor == pytest.approx(expected, abs=1e-6)
    assert (found.favours, found.strength, found.misfit) == ("second", "decisive", None)
    assert f"decisive evidence for {XOR}" in found.sentence


def test_the_other_way_round_the_evidence_has_the_other_sign(fight):
    columns, rng = two_attributes(200, 1)
    label, gender = columns["blond"] ^ (rng.random(200) < 0.1), rng.choice([-1, 1], 200)
    one = fight(columns, label, gender, "blond", "glasses")
    other = fight(columns, label, gender, "glasses", "blond")
    assert one.log10_bayes_factor == pytest.approx(-other.log10_bayes_factor)
    assert (one.for_first, one.for_second) == (other.for_second, other.for_first)
    assert (one.favours, other.favours) == ("first", "second")


def test_many_photographs_of_few_people_are_worth_as_much_as_one_of_each(fight):
    columns, rng = two_attributes(40, 2)
    gender = rng.choice([-1, 1], 40)
    label = columns["blond"] ^ columns["glasses"] ^ (rng.random(40) < 0.2)
    once = fight(columns, label, gender, person=np.arange(40))
    often = fight(
        {name: np.repeat(values, 7) for name, values in columns.items()},
        np.repeat(label, 7),
        np.repeat(gender, 7),
        person=np.repeat(np.arange(40), 7),
    )
    assert often.log10_bayes_factor == pytest.approx(once.log10_bayes_factor)
    assert often.people == once.people == once.n_disputed
    assert often.n_disputed == 7 * once.n_disputed


def test_equal_functions_are_told_to_be_equal(fight):
    columns, _ = two_attributes(60, 3)
    found = fight(columns, columns["blond"], np.ones(60, int), "blond and not glasses",
                  "not (glasses or not blond)")  # fmt: skip
    assert found.equal
    assert found.log10_bayes_factor == 0
    assert "same function" in found.sentence
    assert found.needed.disputed is None


def test_functions_that_only_agree_on_these_faces_are_told_so(fight):
    columns, _ = two_attributes(60, 4)
    columns["glasses"] = columns["glasses"] & (1 - columns["blond"])
    found = fight(columns, columns["blond"], np.ones(60, int))
    assert not found.equal
    assert (found.n_disputed, found.log10_bayes_factor, found.favours) == (0, 0, "neither")
    assert "differ on none of the 60 faces" in found.sentence


def test_disputed_faces_without_a_label_wait_and_tell_how_many_are_needed(fight):
    columns, rng = two_attributes(400, 5, 0.2, 0.2)
    label = pd.array(columns["blond"] ^ columns["glasses"], dtype="Int8")
    both = np.flatnonzero(columns["blond"] & columns["glasses"])
    label[both] = pd.NA
    found = fight(columns, label, rng.choice([-1, 1], 400))
    assert found.waiting.tolist() == both.tolist()
    assert found.n_disputed == 0
    assert 1 <= found.needed.disputed <= 4
    assert found.needed.labelled == np.ceil(found.needed.disputed / found.needed.share)
    assert found.needed.share == pytest.approx(len(both) / 400)
    assert "wait for a label" in found.needed.sentence


def test_what_cannot_be_compared_is_counted(fight):
    columns, _ = two_attributes(30, 6)
    glasses = pd.array(columns["glasses"], dtype="Int8")
    glasses[:4] = pd.NA
    label = pd.array(columns["blond"], dtype="Int8")
    label[2:7] = pd.NA
    gender = pd.array([1] * 30, dtype="Int8")
    gender[6:9] = pd.NA
    found = fight(
        {"blond": columns["blond"], "glasses": glasses}, label, gender, "blond", "glasses"
    )
    assert (found.without_target, found.without_group, found.without_attributes) == (5, 2, 2)
    assert found.n + 9 == 30
    assert found.disputed[0].n == 0
    assert fight(columns, label, gender, rows=np.array([], int)).sentence.startswith("No face")


def test_opposites_have_no_face_to_learn_from_and_are_still_told_apart(fight):
    columns, rng = two_attributes(200, 7)
    label = columns["blond"] ^ (rng.random(200) < 0.1)
    found = fight(columns, label, np.ones(200, int), "blond", "not blond")
    assert found.n_disputed == 200
    assert found.favours == "first"


def test_a_favourite_that_the_faces_contradict_is_told_to_fit_no_better(fight):
    columns, rng = two_attributes(2_000, 8)
    both = columns["blond"] & columns["glasses"]
    label = np.where(both, rng.random(2_000) < 0.3, columns["blond"] ^ columns["glasses"])
    found = fight(columns, label, np.ones(2_000, int))
    assert found.favours == "second"
    assert found.misfit.against == found.for_first
    assert "does not fit these faces either" in found.sentence


def test_a_favourite_of_the_fewer_votes_says_why(fight):
    """Four in ten of blond are labelled 1, whether with glasses or not, and of others none."""
    columns, rng = two_attributes(4_000, 9)
    label = columns["blond"] & (rng.random(4_000) < 0.4)
    found = fight(columns, label, np.ones(4_000, int), "blond", "blond and not glasses")
    assert (found.favours, found.misfit) == ("first", None)
    assert found.for_first < found.for_second
    assert "foresees that more speak for blond and not glasses" in found.sentence


def test_a_few_votes_favour_nobody(fight):
    columns = {"blond": np.array([1] * 6, np.int8), "glasses": np.array([1] * 6, np.int8)}
    found = fight(columns, np.array([0, 1] * 3), np.array([1, 1, 1, -1, -1, -1]))
    assert found.favours == "neither"
    assert "not worth more than a bare mention" in found.sentence
    assert found.needed.disputed > 0


@pytest.mark.parametrize("truth", [OR, XOR])
def test_a_probes_doubt_is_not_taken_for_a_vote(fight, truth):
    """Most faces that look disputed are mistakes of the probe, and labelled 1 by either formula."""
    rng, n = np.random.default_rng(10), 3_000
    chance = {"blond": rng.beta(0.4, 0.6, n), "glasses": rng.beta(0.2, 0.8, n)}
    blond, glasses = (rng.random(n) < chance[name] for name in ("blond", "glasses"))
    label = blond ^ glasses if truth == XOR else blond | glasses
    found = fight({}, label.astype(np.int8), rng.choice([-1, 1], n), probed=chance.items())
    assert found.favours == ("second" if truth == XOR else "first")
    assert found.misfit is None
    assert found.probed == ("blond", "glasses")
    assert found.unsure > 0
    assert "rest on a probe" in found.caveat


def test_chances_of_nought_and_one_are_values(fight):
    columns, rng = two_attributes(300, 11)
    label = columns["blond"] ^ columns["glasses"] ^ (rng.random(300) < 0.15)
    gender = rng.choice([-1, 1], 300)
    sure = {name: values.astype(np.float32) for name, values in columns.items()}
    known, probed = fight(columns, label, gender), fight({}, label, gender, probed=sure.items())
    assert probed.log10_bayes_factor == pytest.approx(known.log10_bayes_factor)
    assert probed.needed == known.needed


def test_names_that_are_not_there_are_told(fight):
    columns, _ = two_attributes(20, 12)
    with pytest.raises(FormulaError, match="beard"):
        fight(columns, columns["blond"], np.ones(20, int), "blond", "beard")
