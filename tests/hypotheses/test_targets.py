"""Targets: the label, what a run makes of it, its errors, a tag."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from softbio.errors import ConfigError, DataError
from softbio.fairness.rules import common_rule
from softbio.hypotheses.targets import target_of, target_specs
from softbio.runs import RunStore


@pytest.fixture
def judged(make_faces, run_config, tmp_path):
    """A set and a run that scored it."""
    faces = make_faces(tmp_path / "set")
    config = run_config.model_copy(update={"data_fingerprint": faces.fingerprint})
    run = RunStore(tmp_path / "models").create(config)
    frame = faces.table[["filename", "split", "label", "gender"]].copy()
    frame["score"] = np.random.default_rng(1).random(len(faces)).astype(np.float32)
    run.write_predictions(frame)
    run.update_state(status="done")
    return faces, run


def test_the_label_is_a_target_where_there_is_one(make_faces, tmp_path):
    faces = make_faces(tmp_path / "set", n=40)
    assert target_specs(faces) == ["label"]
    np.testing.assert_array_equal(target_of("label", faces).values, faces.labels())
    faces.table["label"] = pd.array([None] * 40, dtype="Int8")
    assert target_specs(faces) == []
    with pytest.raises(DataError, match="no labels"):
        target_of("label", faces)


def test_predictions_and_errors_agree_with_the_scores(judged):
    faces, run = judged
    score = run.predictions().frame["score"].to_numpy()
    label, women = faces.labels(), faces.group_index() == 0
    there = (faces.table["split"] == "val").to_numpy() & (label >= 0)
    rule = common_rule(0.3)
    predicted = target_of("prediction", faces, run=run, rule=rule)
    np.testing.assert_array_equal(predicted.values, np.where(there, score > np.float32(0.3), -1))
    wrong = (score > np.float32(0.3)) != label
    error = target_of("error:Women", faces, run=run, rule=rule)
    assert error.spec == "error:women" and error.title == "errors among women"
    np.testing.assert_array_equal(error.values, np.where(there & women, wrong, -1))
    missed = target_of("false-negative", faces, run=run, rule=rule)
    np.testing.assert_array_equal(missed.values, np.where(there & (label == 1), wrong, -1))
    for spec in target_specs(faces, run):
        assert target_of(spec, faces, run=run, rule=rule).spec == spec


def test_a_tag_is_a_target(make_faces, tmp_path):
    faces = make_faces(tmp_path / "set", n=3)
    values = np.array([1, 0, -1], np.int8)
    tags = SimpleNamespace(words=lambda: {"Hat": None}, values=lambda word: values)
    assert target_of("hat", faces, tags=tags).spec == "tag:Hat"
    assert target_of("tag:hat", faces, tags=tags).values is values


def test_what_is_no_target_is_refused_in_words(judged, make_faces, tmp_path):
    faces, run = judged
    with pytest.raises(ConfigError, match="There are: label, prediction"):
        target_of("labels", faces, run=run)
    with pytest.raises(ConfigError, match="name the run"):
        target_of("error", faces)
    with pytest.raises(ConfigError, match="the groups are women, men"):
        target_of("error:children", faces, run=run)
    with pytest.raises(DataError, match="another face set"):
        target_of("prediction", make_faces(tmp_path / "other", n=20), run=run)
