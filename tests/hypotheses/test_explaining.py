"""The one call under page and command."""

import json

import numpy as np
import pandas as pd
import pytest

from softbio.errors import CancelledError, DataError
from softbio.hypotheses import SearchPlan, explain
from softbio.hypotheses.explaining import PHASES
from softbio.hypotheses.targets import Target
from softbio.hypotheses.traits import Traits

PLAN = SearchPlan(max_attributes=2, beam_literals=3, threads=1, top=5)


class Faces:
    """What an explanation asks of a face set."""

    def __init__(self, group, person=None):
        self.group_names = {-1: "women", 1: "men"}
        self.has_identities = person is not None
        self.table = pd.DataFrame(
            {"identity": pd.array([None] * len(group) if person is None else person, "Int64")}
        )
        self._group = group

    def group_index(self):
        return self._group


@pytest.fixture(scope="module")
def question():
    rng = np.random.default_rng(0)
    n = 1200
    values = {f"a{index}": (rng.random(n) < 0.4).astype(np.int8) for index in range(5)}
    label = values["a0"] ^ values["a1"] ^ (rng.random(n) < 0.1)
    score = 2.5 * values["a1"] + rng.normal(size=n)
    chance = 1 / (1 + np.exp(-(2.5 * score - 3.125 + np.log(0.4 / 0.6))))
    chance[:30] = values["a1"][:30]
    values["a1"] = chance.astype(np.float32)
    kinds = dict.fromkeys(values, "annotated") | {"a1": "probed"}
    label = np.where(np.arange(n) < 100, -1, label).astype(np.int8)
    return (
        Traits(n, values, kinds),
        Target("label", label, "the label", "label 1", "label 0"),
        Faces(rng.integers(0, 2, n), np.arange(n) // 4),
    )


@pytest.fixture(scope="module")
def explanation(question):
    return explain(*question, plan=PLAN, permutations=2)


def test_everything_is_told_by_person_and_says_what_rests_on_a_probe(explanation):
    told = explanation.as_json()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["explained"] and told["faces"] == 1100
    assert told["probed"] == ["a1"] and told["left_out"]["without_target"] == 100
    first = told["hypotheses"][0]
    assert first["formula"] == "a0 xor a1" and first["words"] == "a0 or a1, but not both"
    assert first["probed"] == ["a1"] and first["wins"] > 0.9 and first["explains"]
    assert first["groups"].keys() == {"women", "men"}
    for figures in (first["overall"], *first["groups"].values()):
        assert figures["label_1_given_0"] == pytest.approx(0.1, abs=0.07)
        assert figures["n"] == sum(map(sum, figures["counts"]))
        assert figures.keys() >= {
            "agreement", "balanced_agreement", "mutual_information", "precision", "recall"
        }  # fmt: skip
    assert told["held_out"]["formula"] == "a0 xor a1"
    assert {told[part]["by"] for part in ("stability", "held_out", "chance")} == {"person"}
    assert len(told["chance"]["by_chance"]) == 2 and told["chance"]["p_value"] == 1 / 3


def test_progress_tells_each_phase_to_its_end(question):
    seen = []
    explain(*question, plan=PLAN, permutations=1, progress=lambda *now: seen.append(now))
    ends = {phase: (done, total) for phase, done, total in seen}
    assert tuple(ends) == PHASES
    assert all(done == total for done, total in ends.values())


@pytest.mark.parametrize("phase", PHASES)
def test_it_can_be_stopped_in_every_phase(question, phase):
    now = []
    with pytest.raises(CancelledError):
        explain(
            *question, plan=PLAN, permutations=3,
            progress=lambda name, done, total: now.append(name),
            stop=lambda: bool(now) and now[-1] == phase,
        )  # fmt: skip


def test_without_identities_faces_are_drawn_and_nothing_is_shuffled_unasked(question):
    traits, target, faces = question
    told = explain(traits, target, Faces(faces.group_index()), plan=PLAN).as_json()
    assert told["stability"]["by"] == told["held_out"]["by"] == "face"
    assert told["chance"] is None and told["faces_as_one"] == [1, 1]


def test_a_label_that_nothing_tells_is_not_explained(question):
    traits, _, faces = question
    random = np.random.default_rng(1).integers(0, 2, traits.n).astype(np.int8)
    told = explain(traits, Target("label", random, "the label", "1", "0"), faces, plan=PLAN)
    assert not told.explained
    assert told.held_out.saved_bits_per_face < 0.02


def test_a_half_that_cannot_be_searched_is_no_reason_to_fail():
    values = {"a": np.array([0, 1, 1], np.int8)}
    target = Target("label", np.array([0, 1, 1], np.int8), "the label", "1", "0")
    faces = Faces(np.zeros(3, np.int64))
    told = explain(Traits(3, values, {"a": "annotated"}), target, faces, plan=PLAN)
    assert told.held_out is None and told.as_json()["held_out"] is None
    with pytest.raises(DataError, match="Nothing can be searched"):
        nothing = Target("label", np.full(3, -1, np.int8), "the label", "1", "0")
        explain(Traits(3, values, {"a": "annotated"}), nothing, faces)
