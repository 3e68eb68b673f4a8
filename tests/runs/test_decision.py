"""``decision.json``: the rule that a run keeps, and how it is chosen on validation."""

import json

import numpy as np
import pytest

from softbio.errors import ConfigError, DataError, RunError
from softbio.fairness import Calibration, DecisionRule, choose_common, common_rule, fit_calibration
from softbio.runs import Run
from softbio.runs.deciding import Wish, choose_rule

EACH = DecisionRule(
    kind="per_group",
    thresholds={"women": 0.6, "men": 0.1 + 0.2},
    calibration=Calibration(method="temperature", slopes=(0.7,), intercepts=(0.0,)),
    why={"reason": "a test", "n": 12, "value": 1 / 3},
)


def test_a_run_keeps_its_rule_and_gives_it_up(scored_run):
    assert scored_run.rule() is None
    scored_run.write_rule(EACH)
    assert Run(scored_run.path).rule() == EACH
    scored_run.write_rule(common_rule(0.3))
    assert scored_run.rule() == common_rule(0.3)
    assert [path.name for path in scored_run.path.glob("*decision*")] == ["decision.json"]
    scored_run.write_rule(None)
    scored_run.write_rule(None)
    assert scored_run.rule() is None


def test_a_rule_that_cannot_be_written_leaves_the_old_one(scored_run, monkeypatch):
    scored_run.write_rule(EACH)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("softbio.runs.files._flush_to_disk", full)
    with pytest.raises(RunError, match=r"cannot be written.*No space left"):
        scored_run.write_rule(common_rule(0.9))
    assert scored_run.rule() == EACH


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "the file"),
        (b'{"kind": "common", "threshold": 7}', "threshold"),
        (b'{"kind": "common", "threshold": 0.5, "dice": 2}', "dice"),
    ],
)
def test_a_rule_that_cannot_be_read_is_told_and_not_replaced_by_one_half(scored_run, content, told):
    (scored_run.path / "decision.json").write_bytes(content)
    with pytest.raises(RunError, match=rf"decision\.json cannot be used \({told}.*--clear"):
        scored_run.rule()


def test_a_rule_is_chosen_on_the_named_split_and_says_so(scored_run):
    rule = choose_rule(scored_run, Wish(maximise="balanced_fair_metric"), "val_select")
    faces = scored_run.predictions().select("val_select")
    plain = choose_common(
        faces.label, faces.score, faces.group, faces.groups, "balanced_fair_metric"
    )
    assert rule.threshold == plain.threshold
    assert (rule.why["split"], rule.why["n"]) == ("val_select", len(faces))
    assert rule.group_column == "gender"
    other = choose_rule(scored_run, Wish(maximise="balanced_fair_metric"), "test")
    assert other.why["n"] == len(scored_run.predictions().select("test"))


def test_scores_are_calibrated_on_val_fit(scored_run, prediction_frame):
    frame = prediction_frame()
    half = (frame["split"] == "val") & (np.arange(len(frame)) % 2 == 0)
    frame.loc[frame["split"] == "val", "split"] = "val_select"
    frame.loc[half, "split"] = "val_fit"
    scored_run.write_predictions(frame)
    rule = choose_rule(scored_run, Wish(threshold=0.4, calibrate="platt"))
    faces = scored_run.predictions().select("val_fit")
    assert rule.calibration == fit_calibration(
        faces.label, faces.score, faces.group, faces.groups, "platt"
    )
    assert rule.why["calibrated_on"] == "val_fit" and "split" not in rule.why


def test_a_set_whose_validation_is_not_cut_is_calibrated_on_all_of_it(scored_run):
    rule = choose_rule(scored_run, Wish(per_group="accuracy", calibrate="temperature"))
    assert rule.why["calibrated_on"] == "val_select"
    assert rule.why["split"] == "val_select" and rule.needs_group


def test_a_prevalence_is_estimated_from_unlabelled_faces_without_their_labels(
    scored_run, prediction_frame
):
    frame = prediction_frame(6000)
    scored_run.write_predictions(frame)
    wish = Wish(target="estimate", unlabelled="test", calibrate="platt")
    rule = choose_rule(scored_run, wish)
    truth = frame.loc[frame["split"] == "test", "label"].mean()
    assert rule.why["target_prevalence"] == pytest.approx(truth, abs=0.05)
    assert rule.why["estimated_on"] == "test" and rule.why["estimated"]["all"] < 0.05
    hidden = frame.assign(label=frame["label"].mask(frame["split"] == "test"))
    scored_run.write_predictions(hidden)
    assert choose_rule(scored_run, wish) == rule


def test_each_group_may_have_a_named_or_an_estimated_prevalence(scored_run, prediction_frame):
    frame = prediction_frame(6000)
    # Men of the faces to come mostly have label 0.
    gone = (
        (frame["split"] == "test") & (frame["gender"] == 1) & (frame["label"] == 1)
        & (np.arange(len(frame)) % 4 > 0)
    )  # fmt: skip
    frame = frame[~gone.fillna(False).astype(bool)].reset_index(drop=True)
    scored_run.write_predictions(frame)
    rule = choose_rule(
        scored_run,
        Wish(
            target={"women": 0.5, "men": "estimate"},
            unlabelled="test",
            calibrate="platt",
            per_group_calibration=True,
        ),
    )
    men = frame[(frame["split"] == "test") & (frame["gender"] == 1)]["label"].mean()
    assert rule.why["target_prevalence"]["women"] == 0.5
    assert rule.why["target_prevalence"]["men"] == pytest.approx(men, abs=0.05)
    assert set(rule.why["estimated"]) == {"men"}
    assert rule.thresholds["men"] > rule.thresholds["women"]


@pytest.mark.parametrize(
    ("wish", "error", "told"),
    [
        (Wish(), ConfigError, "one thing"),
        (Wish(threshold=0.5, maximise="accuracy"), ConfigError, "one thing"),
        (Wish(threshold=1.5), ConfigError, r"0 … 1.*1\.5"),
        (Wish(target={"women": 0.5}), ConfigError, "each of women, men"),
        (Wish(target={"women": "estimate", "men": 0.5}, unlabelled="val_fit"), DataError,
         "'val_fit' has no faces of women"),
        (Wish(target="estimate", unlabelled="val_fit"), DataError, "no faces to estimate"),
    ],
)  # fmt: skip
def test_a_wish_that_cannot_be_met_is_told(scored_run, wish, error, told):
    with pytest.raises(error, match=told):
        choose_rule(scored_run, wish)


def test_a_split_without_faces_is_told(scored_run):
    with pytest.raises(RunError, match=r"'val_fit'.*no rule can be chosen"):
        choose_rule(scored_run, Wish(maximise="accuracy"), "val_fit")


def test_the_file_is_plain_json(scored_run):
    scored_run.write_rule(EACH)
    told = json.loads((scored_run.path / "decision.json").read_text(encoding="utf-8"))
    assert told["thresholds"] == {"women": 0.6, "men": 0.1 + 0.2}
    assert told["why"]["value"] == 1 / 3
