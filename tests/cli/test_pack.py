"""`softbio pack` as a person uses it: what stands where, and how mistakes are told."""

import json

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from softbio.cli import app
from softbio.faces import FaceSet


@pytest.fixture
def cli():
    def call(*arguments):
        return CliRunner().invoke(app, ["pack", *map(str, arguments)])

    return call


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    lines = ["filename,label,gender"]
    for number in range(24):
        picture = np.full((20, 16, 3), number * 10, np.uint8)
        cv2.imwrite(str(folder / f"{number:02d}.png"), picture)
        lines.append(f"{number:02d}.png,{number % 3 % 2},{'FM'[number % 2]}")
    (folder / "labels.csv").write_text("\n".join(lines))
    return folder


def test_the_path_is_all_that_stands_on_standard_output(cli, photos, tmp_path):
    done = cli(photos, "--out", tmp_path / "set", "--size", 16)
    assert done.exit_code == 0
    assert done.stdout == f"{tmp_path / 'set'}\n"
    assert "is read as table: labels.csv has a column `filename`" in done.stderr
    assert "Identities unknown: split by row" in done.stderr
    assert "women" in done.stderr and "label rate" in done.stderr
    assert len(FaceSet.open(tmp_path / "set")) == 24


def test_options_reach_the_set(cli, photos, tmp_path):
    done = cli(
        photos, "--out", tmp_path / "set", "--size", 16, "--split", "50/25/25", "--seed", 3,
        "--limit", 20, "--balanced-test", 2,
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    faces = FaceSet.open(tmp_path / "set")
    assert faces.meta["split"]["ratios"] == [0.5, 0.25, 0.25]
    assert faces.meta["split"]["seed"] == 3 and len(faces) == 20
    tested = faces.table[faces.table["split"] == "test"]
    assert (tested.groupby(["gender", "label"]).size() == 2).all()


def test_skipped_images_are_listed_and_too_many_fail(cli, photos, tmp_path):
    (photos / "03.png").write_bytes(b"")
    done = cli(photos, "--out", tmp_path / "set", "--size", 16)
    assert done.exit_code == 0
    assert "Skipped: 1" in done.stderr and "0 bytes" in done.stderr
    (photos / "04.png").write_text("[bold]no image[/]")
    done = cli(photos, "--out", tmp_path / "other", "--size", 16)
    assert done.exit_code == 2
    assert "2 of 24 images cannot be read" in done.stderr and "--max-skipped 1" in done.stderr
    assert "Traceback" not in done.stderr and done.stdout == ""
    done = cli(photos, "--out", tmp_path / "other", "--size", 16, "--max-skipped", 1)
    assert done.exit_code == 0
    meta = json.loads((tmp_path / "other" / "meta.json").read_text())
    assert [face["filename"] for face in meta["skipped"]] == ["03.png", "04.png"]
    done = cli(photos, "--out", tmp_path / "third", "--size", 16, "--on-error", "fail")
    assert done.exit_code == 2 and "03.png" in done.stderr


def test_a_set_that_is_there_is_said_to_be_there(cli, photos, tmp_path):
    cli(photos, "--out", tmp_path / "set", "--size", 16)
    done = cli(photos, "--out", tmp_path / "set", "--size", 16)
    assert done.exit_code == 0 and "already packed" in done.stderr
    assert done.stdout == f"{tmp_path / 'set'}\n"
    done = cli(photos, "--out", tmp_path / "set", "--size", 24)
    assert done.exit_code == 2 and "--overwrite" in done.stderr
    assert cli(photos, "--out", tmp_path / "set", "--size", 24, "--overwrite").exit_code == 0
    assert FaceSet.open(tmp_path / "set").size == 24


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere"], "There is nothing at nowhere"),
        (["synthetic:x"], "synthetic"),
        (["{photos}", "--split", "1/2"], "three shares"),
        (["{photos}", "--format", "zip"], "format 'zip' is unknown"),
        (["{photos}", "--label", "not a formula ("], "Column 7"),
        (["{photos}", "--label", "smile"], "no attribute 'smile'"),
        (["{photos}", "--use-partition"], "in which split"),
    ],
)
def test_a_mistake_is_one_sentence(cli, photos, tmp_path, arguments, told):
    arguments = [argument.format(photos=photos) for argument in arguments]
    done = cli(*arguments, "--out", tmp_path / "set", "--size", 16)
    assert done.exit_code == 2
    assert told in done.stderr and "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]
