"""One prediction for every face, the same as training would give, in files that are exact."""

import csv

import numpy as np
import pytest
from PIL import Image

from softbio.config import NetworkConfig, TrainConfig
from softbio.errors import ConfigError, DataError, RunError
from softbio.faces.decode import read_face
from softbio.faces.faceset import FaceSet
from softbio.predict import PredictedFaces, predict, skipped_path, write_predictions
from softbio.runs import RunConfig, RunStore, sha256_of

SIZE = 24


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of 24×24 with untrained weights."""
    from softbio.networks.architectures import build

    config = TrainConfig(network=NetworkConfig(name="report_cnn"), precision="float32")
    made = RunStore(tmp_path_factory.mktemp("models")).create(
        RunConfig(
            data="gone",
            data_fingerprint="0",
            size=SIZE,
            group_column="gender",
            groups={-1: "women", 1: "men"},
            train=config,
        )
    )
    build(config.network, SIZE, "float32").save_weights(made.weights_path)
    made.update_state(status="done", weights_sha256=sha256_of(made.weights_path))
    return made


@pytest.fixture(scope="module")
def packed(make_faces, tmp_path_factory):
    """Sixty packed faces of 24×24 in all splits."""
    return make_faces(tmp_path_factory.mktemp("sets") / "packed", n=60, size=SIZE)


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    """Thirty-five noise photographs of different shapes, in a folder."""
    folder = tmp_path_factory.mktemp("photographs")
    draws = np.random.default_rng(0)
    for number in range(35):
        shape = (int(draws.integers(20, 90)), int(draws.integers(20, 90)), 3)
        pixels = draws.integers(0, 256, shape, dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"face{number:03d}.{'png' if number % 5 else 'jpg'}")
    return folder


def test_photographs_are_scored_one_by_one_in_name_order(run, photographs):
    from softbio.networks.load import load_network

    predicted = predict(run, photographs, batch_size=8)
    names = sorted(path.name for path in photographs.iterdir())
    assert list(predicted.filename) == names and predicted.score.dtype == np.float32
    pixels = np.stack([read_face(photographs / name, SIZE) for name in names])
    logits = load_network(run).predict_on_batch(pixels)[:, 0]
    np.testing.assert_allclose(predicted.score, 1 / (1 + np.exp(-logits)), atol=1e-6)
    assert predicted.skipped == ()


def test_a_packed_set_gets_the_scores_of_its_pixels(run, packed):
    everyone = predict(run, packed.path, split="all")
    assert list(everyone.filename) == list(packed.table["filename"])
    unlabelled = predict(run, packed)
    rows = packed.rows("unlabelled")
    np.testing.assert_allclose(unlabelled.score, everyone.score[rows], atol=1e-6)
    test = predict(run, packed, split="test", batch_size=7)
    np.testing.assert_allclose(test.score, everyone.score[packed.rows("test")], atol=1e-6)


def test_a_packed_set_without_unlabelled_faces_is_predicted_whole(run, packed):
    table = packed.table.assign(split="train")
    labelled = FaceSet(packed.path, packed.images, table, packed.meta)
    assert len(predict(run, labelled)) == len(labelled)
    with pytest.raises(DataError, match="no face in its split 'test'"):
        predict(run, labelled, split="test")


def test_an_unreadable_photograph_is_named_or_skipped(run, photographs, tmp_path):
    for path in photographs.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "face007.png").write_bytes((photographs / "face007.png").read_bytes()[:60])
    (tmp_path / "face020.jpg").write_bytes(b"\xff\xd8\xff nothing")
    with pytest.raises(DataError, match=r"face007\.png"):
        predict(run, tmp_path, batch_size=8)
    predicted = predict(run, tmp_path, on_error="skip", batch_size=8)
    assert [name for name, _ in predicted.skipped] == ["face007.png", "face020.jpg"]
    whole = predict(run, photographs)
    kept = ~np.isin(whole.filename, ["face007.png", "face020.jpg"])
    assert list(predicted.filename) == list(whole.filename[kept])
    np.testing.assert_allclose(predicted.score, whole.score[kept], atol=1e-6)


def test_progress_ends_with_all_faces(run, photographs):
    told = []
    predict(
        run, photographs, batch_size=16, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(16, 35), (32, 35), (35, 35)]


def test_a_run_without_weights_or_with_other_weights_is_refused(run, photographs, tmp_path):
    bare = RunStore(tmp_path).create(run.config)
    with pytest.raises(RunError, match="no weights yet"):
        predict(bare, photographs)
    bare.weights_path.write_bytes(run.weights_path.read_bytes() + b"\0")
    bare.update_state(status="done", weights_sha256=run.state.weights_sha256)
    with pytest.raises(RunError, match="SHA-256"):
        predict(bare, photographs)


def test_a_set_of_another_size_and_an_unknown_split_are_refused(run, packed, photographs):
    wide = FaceSet(
        packed.path, np.zeros((len(packed), 32, 32, 3), np.uint8), packed.table, packed.meta
    )
    with pytest.raises(DataError, match="--size 24"):
        predict(run, wide)
    with pytest.raises(ConfigError, match="no split 'tests'"):
        predict(run, packed, split="tests")
    with pytest.raises(ConfigError, match="needs a packed set"):
        predict(run, photographs, split="test")


@pytest.fixture
def scored():
    return PredictedFaces(
        np.array(["b,1.jpg", "c.jpg", "a.jpg"], dtype=object),
        np.array([0.5, 0.50001, 0.1], dtype=np.float32),
    )


def test_the_table_is_the_reports_file_exactly(scored, tmp_path):
    write_predictions(tmp_path / "p.csv", scored)
    text = (tmp_path / "p.csv").read_bytes()
    assert text == b'filename,label\n"b,1.jpg",-1\nc.jpg,1\na.jpg,-1\n'


def test_the_challenges_file_is_one_column_in_name_order(scored, tmp_path):
    write_predictions(tmp_path / "p.csv", scored, "challenge")
    assert (tmp_path / "p.csv").read_bytes() == b"-1\n-1\n1\n"


def test_scores_can_be_read_back_exactly_and_agree_with_the_labels(scored, tmp_path):
    write_predictions(tmp_path / "p.csv", scored, scores=True, threshold=0.3)
    with (tmp_path / "p.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [np.float32(row["score"]) for row in rows] == list(scored.score)
    assert [row["label"] for row in rows] == ["1", "1", "-1"]


def test_skipped_faces_are_listed_beside_the_file_and_an_old_list_goes(scored, tmp_path):
    out = tmp_path / "p.csv"
    skipping = PredictedFaces(scored.filename, scored.score, (("d.jpg", "is damaged, badly"),))
    write_predictions(out, skipping)
    assert skipped_path(out).read_text() == 'filename,reason\nd.jpg,"is damaged, badly"\n'
    assert skipped_path(out).name == "p.skipped.csv"
    write_predictions(out, scored)
    assert not skipped_path(out).exists()


def test_a_wrong_threshold_format_or_place_is_refused(scored, tmp_path):
    with pytest.raises(ConfigError, match="threshold"):
        write_predictions(tmp_path / "p.csv", scored, threshold=1.5)
    with pytest.raises(ConfigError, match="one column"):
        write_predictions(tmp_path / "p.csv", scored, "challenge", scores=True)
    with pytest.raises(DataError, match="cannot be written"):
        write_predictions(tmp_path / "none" / "p.csv", scored)
    assert list(tmp_path.iterdir()) == []
