"""Looking with a run that has weights: page's and command's way, from the split to the table."""

import csv
import io
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from softbio.audit.looking import look, look_at_split, looks_csv, sample_cells
from softbio.cli import app
from softbio.config import recipe
from softbio.errors import CancelledError, ConfigError, DataError, RunError
from softbio.fairness import common_rule
from softbio.runs import RunConfig, RunStore, sha256_of


@pytest.fixture(scope="module")
def faces(make_faces, tmp_path_factory):
    return make_faces(tmp_path_factory.mktemp("sets") / "noise", n=120)


@pytest.fixture(scope="module")
def run(faces, tmp_path_factory):
    """A finished run with first weights and scores that are right for three faces of four."""
    from softbio.networks.architectures import build

    run = RunStore(tmp_path_factory.mktemp("store") / "models").create(
        RunConfig(
            data=str(faces.path),
            data_fingerprint=faces.fingerprint,
            size=faces.size,
            group_column="gender",
            groups={-1: "women", 1: "men"},
            train=recipe("fast"),
        )
    )
    build(recipe("fast").network, faces.size, "float32").save_weights(run.weights_path)
    frame = faces.table[["filename", "split", "label", "gender"]].copy()
    label = frame["label"].fillna(0).to_numpy(dtype=float)
    frame["score"] = np.where(np.arange(len(frame)) % 4, label, 1 - label).astype(np.float32)
    run.write_predictions(frame)
    run.update_state(status="done", weights_sha256=sha256_of(run.weights_path))
    return run


@pytest.fixture(scope="module")
def sampled(run, faces):
    return look_at_split(run, faces, "val", most=2)


def test_each_cell_gives_at_most_so_many_faces_and_says_of_how_many(sampled, run, faces):
    selection = run.predictions().select("val", faces=faces)
    assert sum(sampled.of.values()) == len(selection)
    for (group, label, right), of in sampled.of.items():
        inside = (
            (sampled.group == sampled.groups.index(group))
            & (sampled.label == label)
            & ((sampled.prediction == (sampled.label == 1)) == right)
        )
        assert inside.sum() == min(2, of)
    place = {name: row for row, name in enumerate(faces.table["filename"])}
    assert [place[name] for name in sampled.filename] == sampled.looks.rows.tolist()
    assert sampled.by().cell("women", 1, True).n == min(2, sampled.of["women", 1, True])


def test_a_sample_is_the_same_again_and_depends_on_the_seed():
    cell = np.repeat([0, 1, 5], [40, 3, 40])
    one = sample_cells(cell, 10, 0)
    assert np.bincount(cell[one]).tolist() == [10, 3, 0, 0, 0, 10]
    np.testing.assert_array_equal(one, sample_cells(cell, 10, 0))
    assert set(one) != set(sample_cells(cell, 10, 1))
    # Another cell's faces change nothing.
    kept = np.flatnonzero(cell != 5)
    np.testing.assert_array_equal(sample_cells(cell[kept], 10, 0), one[cell[one] != 5])


def test_maps_are_those_of_the_network(run, faces, sampled):
    from softbio.networks.load import load_network
    from softbio.networks.saliency import grad_cam, occlusion

    rows = sampled.looks.rows[:3]
    pixels = np.asarray(faces.images[rows])
    np.testing.assert_allclose(
        sampled.looks.maps[:3], occlusion(load_network(run), pixels), atol=1e-4
    )
    cams = look(run, faces, rows, "grad-cam")
    np.testing.assert_allclose(cams.maps, grad_cam(load_network(run), pixels), atol=1e-4)
    assert cams.method == "grad-cam" and len(look(run, faces, []).maps) == 0


def test_progress_ends_at_the_last_face_and_a_stop_stops(run, faces):
    told = []
    look(run, faces, [1, 2], progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (2, 2) and told == sorted(told)
    with pytest.raises(CancelledError):
        look(run, faces, [1, 2], stop=lambda: True)


def test_what_cannot_be_looked_at_is_told_in_a_sentence(run, faces, make_faces, tmp_path):
    with pytest.raises(ConfigError, match="no method"):
        look(run, faces, [1], "x-ray")
    with pytest.raises(ConfigError, match="At least one"):
        look_at_split(run, faces, "val", most=0)
    with pytest.raises(RunError, match="has both a label"):
        look_at_split(run, faces, "val_fit")
    other = make_faces(tmp_path / "large", n=4, size=30)
    with pytest.raises(DataError, match="24×24"):
        look(run, other, [1])
    imported = RunStore(tmp_path / "models").create(
        RunConfig.model_validate(
            run.config.model_dump()
            | {
                "kind": "imported",
                "train": None,
                "imported": {"file": "them.csv", "sha256": "0" * 64, "scores": True, "faces": 4},
            }
        )
    )
    with pytest.raises(RunError, match="was imported"):
        look(imported, faces, [1])


def test_csv_holds_every_cell_and_gap_of_each_band(sampled):
    lines = list(csv.DictReader(io.StringIO(looks_csv(sampled, sampled.by()).decode())))
    assert [line["kind"] for line in lines].count("cell") == 8 * 4
    assert [line["kind"] for line in lines].count("gap") == 4 * 4
    first = lines[0]
    cell = sampled.by().cells[0]
    assert float(first["share"]) == pytest.approx(cell.share[0], abs=1e-6)
    assert first["low"] == "" and first["of"] == str(sampled.of["women", 1, True])


def test_the_rule_decides_which_faces_are_wrong(run, faces):
    everything = look_at_split(run, faces, "val", common_rule(1.0), method="grad-cam", most=1)
    assert not everything.prediction.any()


def test_the_command_tells_the_same(run, sampled, tmp_path):
    models = str(run.path.parent)
    base = ["audit", "looks", run.id, "--models", models, "--split", "val", "--n", "2"]
    answer = CliRunner().invoke(app, [*base, "--json", "--csv", str(tmp_path / "looks.csv")])
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    expected = sampled.by().cells[0].share[0]
    assert told["cells"][0]["share"]["hair"]["value"] == pytest.approx(expected, abs=1e-4)
    assert sum(told["bands"].values()) == pytest.approx(1, abs=1e-5)
    assert (tmp_path / "looks.csv").read_text().startswith("kind,group,label")
    answer = CliRunner().invoke(app, [*base, "--method", "grad-cam", "--evidence", "any"])
    assert answer.exit_code == 0 and "a uniform map" in answer.output
