"""The labels of a set, audited with a run: only faces that the scoring network has not seen."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from softbio.audit.label_issues import as_csv, audit_labels, cautions, label_issues, verdict
from softbio.config.head import HeadConfig
from softbio.errors import RunError
from softbio.runs import RunStore

N = 400


@pytest.fixture
def faces(make_faces, tmp_path):
    return make_faces(tmp_path / "set", n=N, size=8)


@pytest.fixture
def run(tmp_path, run_config, faces):
    """A function that makes a run of the set from columns of its predictions."""

    def make(config=run_config, **columns):
        frame = faces.table[["filename", "split", "label", "gender"]].copy()
        random = np.random.default_rng(3)
        lean = 0.35 + 0.3 * frame["label"].fillna(0).to_numpy(dtype=float)
        frame["score"] = np.clip(random.normal(lean, 0.2), 0, 1).astype(np.float32)
        made = RunStore(tmp_path / "models").create(config)
        made.write_predictions(frame.assign(**columns))
        made.update_state(status="done")
        return made

    return make


def test_training_faces_are_left_out_and_the_sentence_says_so_and_what_to_do(run, faces):
    audited = audit_labels(run(), faces)
    seen = int(((faces.table["split"] == "train") & faces.table["label"].notna()).sum())
    assert set(audited.split) == {"val", "test"}
    assert (audited.seen, audited.folds) == (seen, 0)
    assert f"{seen:,} training faces are not" in audited.sentence
    assert "softbio train --folds" in audited.sentence


def test_with_folds_every_labelled_face_is_audited(run, faces):
    train = (faces.table["split"] == "train").to_numpy()
    fold = pd.array(np.where(train, np.arange(N) % 4 + 1, 0), dtype="Int16")
    fold[~train] = pd.NA
    audited = audit_labels(run(out_of_sample=np.ones(N, bool), fold=fold), faces)
    assert len(audited) == (faces.labels() >= 0).sum()
    assert (audited.seen, audited.folds) == (0, 4)
    assert "4 folds" in audited.sentence and "softbio train" not in audited.sentence


def test_a_refit_of_a_run_with_folds_has_seen_the_faces_of_the_folds(run, faces, run_config):
    train = (faces.table["split"] == "train").to_numpy()
    fold = pd.array(np.where(train, 1, 0), dtype="Int16")
    fold[~train] = pd.NA
    changes = {"kind": "refit", "parent": "other", "head": HeadConfig()}
    refit = run_config.model_copy(update=changes)
    audited = audit_labels(run(refit, out_of_sample=np.ones(N, bool), fold=fold), faces)
    assert "train" not in audited.split


def test_arrays_are_the_sets_and_the_audit_is_of_them(run, faces):
    made = run()
    audited = audit_labels(made, faces, split="test")
    assert set(faces.table["split"].iloc[audited.rows]) == {"test"}
    assert (audited.filename == faces.table["filename"].iloc[audited.rows]).all()
    assert (audited.label == faces.labels()[audited.rows]).all()
    assert (audited.group == faces.group_index()[audited.rows]).all()
    by_hand = label_issues(audited.label, audited.score, audited.group, audited.groups)
    assert (by_hand.flagged == audited.issues.flagged).all()
    assert (audited.ranked == audited.rows[by_hand.order]).all()
    every = audited.suspicion_of_all(N)
    assert np.isnan(every).sum() == N - len(audited)
    assert (every[audited.rows] == audited.issues.suspicion).all()


def test_the_table_is_ranked_and_names_the_faces(run, faces):
    audited = audit_labels(run(), faces)
    table = audited.table()
    assert table["suspicion"].is_monotonic_decreasing and len(table) == len(audited)
    assert (table["row"].to_numpy() == audited.ranked).all()
    assert (faces.table["filename"].iloc[table["row"]].to_numpy() == table["filename"]).all()
    assert set(table["group"]) == {"women", "men"}


def test_the_labels_are_the_sets_even_where_the_run_was_trained_on_others(run, faces):
    flipped = (1 - faces.table["label"]).astype("Int8")
    audited = audit_labels(run(label=flipped), faces)
    assert (audited.label == faces.labels()[audited.rows]).all()


def test_lines_in_another_order_are_matched_by_file_name(tmp_path, run, run_config, faces):
    made = run()
    audited = audit_labels(made, faces)
    other = RunStore(tmp_path / "others").create(run_config)
    other.write_predictions(made.predictions().frame.iloc[::-1].reset_index(drop=True))
    again = audit_labels(other, faces)
    assert (again.rows == audited.rows).all() and (again.score == audited.score).all()


def test_intervals_are_drawn_by_person_where_people_are_known(make_faces, tmp_path, run):
    alone = audit_labels(run(), make_faces(tmp_path / "alone", n=N, size=8))
    assert alone.person is None and alone.issues.by == "face"
    faces = make_faces(tmp_path / "known", n=N, size=8)
    faces.table["identity"] = pd.array(np.arange(N) // 20, dtype="Int64")
    known = audit_labels(run(), faces)
    assert known.issues.by == "person" and len(np.unique(known.person)) == N // 20


def test_the_focal_loss_is_told(run, faces, run_config):
    assert audit_labels(run(), faces).gamma == 5
    from softbio.config import recipe

    plain = run_config.model_copy(update={"train": recipe("recommended")})
    assert audit_labels(run(plain), faces).gamma is None


@pytest.mark.parametrize(
    ("columns", "options", "said"),
    [
        ({"out_of_sample": np.zeros(N, bool)}, {}, "softbio train --folds 5"),
        ({}, {"split": "train"}, "of the split 'train'"),
        ({}, {"split": "holdout"}, "no split 'holdout'"),
    ],
)
def test_what_cannot_be_audited_is_told(run, faces, columns, options, said):
    with pytest.raises(RunError, match=said):
        audit_labels(run(**columns), faces, **options)


def test_another_set_is_refused(make_faces, tmp_path, run):
    with pytest.raises(RunError, match="another face set"):
        audit_labels(run(), make_faces(tmp_path / "larger", n=N + 1, size=8))


def test_a_network_that_tells_labels_apart_poorly_is_warned_of(run, faces):
    weak = audit_labels(run(), faces)
    known = faces.labels() >= 0
    auc = [
        roc_auc_score(weak.label[weak.group == index], weak.score[weak.group == index])
        for index in (0, 1)
    ]
    assert weak.auc == pytest.approx(auc)
    assert max(auc) < 0.9
    said = " ".join(cautions(weak))
    assert f"women {auc[0]:.2f}, men {auc[1]:.2f}" in said and "upper bounds" in said
    sure = np.where(known, 0.05 + 0.9 * faces.labels(), 0.5).astype(np.float32)
    assert "upper bounds" not in " ".join(cautions(audit_labels(run(score=sure), faces)))


def test_the_verdict_names_the_kind_of_label_that_is_wrong_most_often(run, faces):
    audited = audit_labels(run(), faces)
    worst = max(audited.issues.noise, key=lambda rate: rate.wrong.value)
    said = verdict(audited)
    assert f"The largest share is that of {worst.group} with label {worst.given}" in said
    assert f"{audited.issues.flagged.sum():,} are flagged" in said


def test_a_verdict_without_suspects_flags_none(run, faces):
    labels = np.maximum(faces.labels(), 0)
    audited = audit_labels(run(score=(0.1 + 0.8 * labels).astype(np.float32)), faces)
    assert verdict(audited).startswith("None of the")


def test_no_spreadsheet_runs_a_file_name(run, faces):
    made = run()
    names = faces.table["filename"].str.replace("0", "=", n=1)
    faces.table["filename"] = names
    made.write_predictions(made.predictions().frame.assign(filename=names))
    lines = as_csv(audit_labels(made, faces)).decode().splitlines()
    assert lines[0].startswith("filename,split,group,label,score,suspicion,flagged")
    assert all(line.startswith("'=") for line in lines[1:])
