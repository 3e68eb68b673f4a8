"""Sets without images: what an annotation file alone tells, in memory and packed."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from softbio.cli import app
from softbio.config import recipe
from softbio.errors import DataError, FormulaError
from softbio.faces import FaceSet, SplitPlan, attribute_set, read_source
from softbio.faces.pack import pack
from softbio.predict import predict
from softbio.training import plan_training

NAMES = ["Blond_Hair", "Eyeglasses", "Male", "Young"]
LABEL = "Blond_Hair xor Eyeglasses"


@pytest.fixture(scope="module")
def annotation(tmp_path_factory):
    """The three official files, of 90 faces of 30 people, and none of their photographs."""
    folder = tmp_path_factory.mktemp("anno")
    values = np.random.default_rng(0).integers(0, 2, (90, 4)) * 2 - 1
    names = [f"{number:06d}.jpg" for number in range(1, 91)]
    lines = ["90", " ".join(NAMES) + " "]
    lines += [
        f"{n} " + " ".join(f"{v:2d}" for v in row) for n, row in zip(names, values, strict=True)
    ]
    (folder / "list_attr_celeba.txt").write_bytes("\r\n".join([*lines, ""]).encode())
    people = [f"{name} {at // 3}" for at, name in enumerate(names)]
    (folder / "identity_CelebA.txt").write_text("\n".join(people) + "\n")
    parts = [f"{name} {at // 3 % 3}" for at, name in enumerate(names)]
    (folder / "list_eval_partition.txt").write_text("\n".join(parts) + "\n")
    return folder, names, values == 1


def test_every_listed_face_is_there_although_no_photograph_is(annotation):
    folder, names, truth = annotation
    for source in (folder / "list_attr_celeba.txt", folder):
        faces = attribute_set(source, LABEL)
        assert faces.images.shape == (90, 0, 0, 3) and not faces.has_images and faces.size == 0
        assert list(faces.table["filename"]) == names
        assert np.array_equal(faces.table[list(faces.attributes)].to_numpy() == 1, truth)
        assert np.array_equal(faces.labels() == 1, truth[:, 0] != truth[:, 1])
        assert np.array_equal(faces.group_index() == 1, truth[:, 2])
        assert faces.has_identities and faces.meta["split"]["by"] == "identity"


def test_a_label_is_optional(annotation):
    faces = attribute_set(annotation[0] / "list_attr_celeba.txt")
    assert (faces.labels() == -1).all()
    assert set(faces.table["split"]) == {"unlabelled"}
    assert faces.meta["label"] == {"column": None, "coding": None}


def test_a_label_that_names_nothing_is_refused(annotation):
    with pytest.raises(FormulaError, match="Blond"):
        attribute_set(annotation[0], "Blond_Hare")


def test_packed_and_opened_in_memory_are_the_same_set(annotation, tmp_path, contents):
    source = read_source(annotation[0], label=LABEL, attributes_only=True)
    packed = pack(source, tmp_path / "set")
    opened = attribute_set(annotation[0], LABEL)
    pd.testing.assert_frame_equal(packed.table, opened.table)
    assert packed.fingerprint == opened.fingerprint and not packed.has_images
    assert packed.images.shape == (90, 0, 0, 3) and packed.meta["resize"] == "no images"
    assert packed.meta["size"] == 0 and packed.meta["counts"] == {
        "faces": 90,
        "of": 90,
        "skipped": 0,
    }
    before = contents(tmp_path / "set")
    assert pack(source, tmp_path / "set", overwrite=True).fingerprint == packed.fingerprint
    assert contents(tmp_path / "set") == before
    assert not (tmp_path / ".set.packing").exists()


def test_another_label_makes_another_set_and_needs_overwrite(annotation, tmp_path):
    pack(read_source(annotation[0], label=LABEL, attributes_only=True), tmp_path / "set")
    other = read_source(annotation[0], label="Young", attributes_only=True)
    with pytest.raises(DataError, match="--overwrite"):
        pack(other, tmp_path / "set")
    assert pack(other, tmp_path / "set", overwrite=True).meta["label"]["column"] == "Young"


def test_the_sources_partition_can_be_taken(annotation):
    faces = attribute_set(annotation[0], LABEL, split=SplitPlan(use_partition=True))
    expected = np.array(["train", "val", "test"])[np.arange(90) // 3 % 3]
    assert np.array_equal(faces.table["split"].str.split("_").str[0], expected)


def test_a_table_needs_no_photograph_either(tmp_path):
    table = tmp_path / "faces.csv"
    table.write_text(
        "filename,label,gender,Hat,Beard,note\n"
        + "".join(
            f"{n}.jpg,{n % 2},{'FM'[n % 3 % 2]},{n % 2},{-1 if n % 5 else 1},x\n" for n in range(30)
        )
    )
    faces = attribute_set(table)
    assert faces.attributes == ("Hat", "Beard")
    assert faces.table["Beard"].tolist() == [0 if n % 5 else 1 for n in range(30)]
    assert faces.labels().tolist() == [n % 2 for n in range(30)]
    assert attribute_set(table, "Hat and Beard").labels().sum() == 3  # 5, 15, 25


def test_synthetic_faces_keep_their_attributes_without_being_drawn():
    faces = attribute_set("synthetic:50,seed=1")
    assert len(faces) == 50 and not faces.has_images and "Eyeglasses" in faces.attributes


def test_what_has_no_attribute_is_refused(tmp_path):
    (tmp_path / "bare.csv").write_text("filename,label\na.jpg,1\nb.jpg,0\n")
    with pytest.raises(DataError, match="has no attribute"):
        attribute_set(tmp_path / "bare.csv")
    with pytest.raises(DataError, match="knows no attributes"):
        read_source(tmp_path, format="folder", attributes_only=True)


def test_an_annotation_file_without_the_option_says_which_option_there_is(annotation, tmp_path):
    done = CliRunner().invoke(
        app, ["pack", str(annotation[0] / "list_attr_celeba.txt"), "--out", str(tmp_path / "set")]
    )
    assert done.exit_code == 2 and "--attributes-only" in done.stderr


def test_the_command_packs_and_says_that_there_are_no_images(annotation, tmp_path):
    out = tmp_path / "set"
    done = CliRunner().invoke(
        app, ["pack", str(annotation[0]), "--attributes-only", "--label", LABEL, "--out", str(out)]
    )
    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"{out}\n" and "attributes only, no images" in done.stderr
    assert len(FaceSet.open(out)) == 90


def test_what_needs_pixels_says_so_in_a_sentence(annotation):
    faces = attribute_set(annotation[0], LABEL)
    with pytest.raises(DataError, match="Training needs photographs"):
        plan_training(faces, recipe("report"))
    run = SimpleNamespace(verify_weights=lambda: None, config=SimpleNamespace(size=80))
    for source in (faces, read_source(annotation[0], attributes_only=True)):
        with pytest.raises(DataError, match="Prediction needs photographs"):
            predict(run, source)
    with pytest.raises(DataError, match="holds attributes only"):
        next(faces.batches(np.arange(3), 2))


def test_all_of_celeba_is_read_from_its_annotation_file(shared):
    faces = attribute_set(shared / "celeba" / "list_attr_celeba.txt", LABEL)
    assert len(faces) == 202_599 and len(faces.attributes) == 40
    assert (faces.labels() == 1).sum() == 42_142  # as counted for the facts
    assert faces.table["identity"].nunique() == 10_177
