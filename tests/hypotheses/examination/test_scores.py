import numpy as np
import pytest

from softbio.errors import RunError
from softbio.hypotheses import Target, Traits, examine
from softbio.hypotheses.examination import network_scores


@pytest.fixture
def parts(scored_run, face_set):
    """A run over 600 faces, and a set of these faces in another order."""
    frame = scored_run.predictions().frame.sample(frac=1, random_state=0)
    smiling = np.random.default_rng(5).integers(0, 2, len(frame))
    faces = face_set({"Smiling": smiling}, frame["label"], frame["gender"])
    faces.table["filename"] = frame["filename"].to_numpy(dtype=object)
    target = Target("label", faces.labels(), "the label", "label 1", "label 0")
    return faces, examine(Traits.of(faces), "Smiling", target, faces)


def test_each_cell_has_the_mean_score_of_its_faces_in_the_split(scored_run, parts):
    faces, examined = parts
    found = network_scores(examined, scored_run, faces, split="val")
    joined = faces.table[["filename", "Smiling", "label", "gender"]].merge(
        scored_run.predictions().frame[["filename", "split", "score"]],
        on="filename",
        suffixes=("_set", ""),
    )
    joined = joined.dropna(subset=["label", "gender"])
    joined = joined[joined["split"] == "val"]
    assert found.groups == ("women", "men", "all")
    for index, codes in enumerate(([-1], [1], [-1, 1])):
        mine = joined[joined["gender"].isin(codes)]
        for said in (0, 1):
            for label in (0, 1):
                cell = mine[(mine["Smiling"] == said) & (mine["label"] == label)]["score"]
                assert found.n[index, said, label] == len(cell)
                assert found.mean[index, said, label] == pytest.approx(cell.mean(), rel=1e-5)
    assert not found.flatters


def test_faces_that_the_network_was_trained_on_flatter_it(scored_run, parts):
    faces, examined = parts
    assert network_scores(examined, scored_run, faces, split="train").flatters


def test_a_cell_without_scored_faces_is_undefined(scored_run, parts):
    faces, examined = parts
    found = network_scores(examined, scored_run, faces, split="unlabelled")
    assert not found.n.any()
    assert np.isnan(found.mean).all()


def test_scores_of_other_faces_are_refused(scored_run, parts):
    faces, examined = parts
    faces.table.loc[0, "filename"] = "other.jpg"
    with pytest.raises(RunError, match="another face set"):
        network_scores(examined, scored_run, faces)
    with pytest.raises(RunError, match="no split"):
        network_scores(examined, scored_run, faces, split="everything")
