"""Judging by the test faces that people reviewed blind, against the labels that they gave."""

import numpy as np
import pytest

from softbio.errors import RunError
from softbio.faces.reviews import Reviews
from softbio.fairness import evaluate
from softbio.runs import REVIEWED, RunConfig, RunStore
from softbio.runs.judging import judge, judge_pair


@pytest.fixture
def faces(make_faces, tmp_path):
    return make_faces(tmp_path / "set", n=300)


@pytest.fixture
def runs(faces, tmp_path):
    store = RunStore(tmp_path / "models")
    made = []
    for seed in (0, 1):
        run = store.create(
            RunConfig(
                kind="imported",
                data=str(faces.path),
                data_fingerprint=faces.fingerprint,
                size=faces.size,
                group_column="gender",
                groups=faces.group_names,
                imported={"file": "made.csv", "sha256": "0", "scores": True, "faces": len(faces)},
            )
        )
        frame = faces.table[["filename", "split", "label", "gender"]].copy()
        frame["score"] = np.random.default_rng(seed).uniform(size=len(faces)).astype(np.float32)
        run.write_predictions(frame)
        run.update_state(status="done")
        made.append(run)
    return made


def review(faces, rows, says, **options):
    names = faces.table["filename"].iloc[rows].tolist()
    Reviews.open(faces).add(
        names, says, **{"who": "Ann", "blind": True, "queue": "sample"} | options
    )


def test_reviewed_faces_are_judged_by_what_people_say(faces, runs):
    run = runs[0]
    test = faces.rows("test")
    says = np.random.default_rng(3).integers(0, 2, 40)
    review(faces, test[:40], [int(one) for one in says])
    evaluation = judge(run, REVIEWED, faces=faces)
    score = run.predictions().frame["score"].to_numpy()[test[:40]]
    expected = evaluate(says, score, faces.group_index()[test[:40]], ("women", "men"), 0.5)
    np.testing.assert_array_equal(evaluation.counts.values, expected.counts.values)
    given = judge(run, "test", faces=faces)  # the given labels are judged by as before
    assert given.n == len(test)


def test_only_blind_reviews_of_the_random_sample_count(faces, runs):
    test, train = faces.rows("test"), faces.rows("train")
    review(faces, test[:10], 1)
    review(faces, test[10:20], 1, blind=False)
    review(faces, test[20:30], 1, queue="suspects")
    review(faces, train[:10], 1)
    review(faces, test[30:33], "unsure")
    chosen = runs[0].predictions().select(REVIEWED, faces=faces)
    np.testing.assert_array_equal(chosen.row, test[:10])


def test_what_is_reviewed_later_counts_at_once(faces, runs):
    test = faces.rows("test")
    predictions = runs[0].predictions()
    review(faces, test[:10], 1)
    assert len(predictions.select(REVIEWED, faces=faces)) == 10
    review(faces, test[10:15], 0)
    assert len(predictions.select(REVIEWED, faces=faces)) == 15
    review(faces, test[:1], 0, who="Bob")  # they disagree
    assert len(predictions.select(REVIEWED, faces=faces)) == 14


def test_who_paid_compares_two_runs_on_them(faces, runs):
    review(faces, faces.rows("test"), 1)
    comparison = judge_pair(*runs, REVIEWED, faces=faces)
    assert comparison.n == len(faces.rows("test"))


def test_without_reviews_the_sentence_tells_where_to_review(faces, runs):
    with pytest.raises(RunError, match="was reviewed blind"):
        judge(runs[0], REVIEWED, faces=faces)
    with pytest.raises(RunError, match="stands in the face set"):
        judge(runs[0], REVIEWED)
