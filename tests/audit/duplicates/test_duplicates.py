"""Duplicates: planted copies are found, faces that are merely alike are not, and harm comes first."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageEnhance
from sklearn.metrics.pairwise import cosine_similarity

from softbio.audit.duplicates import alike, as_csv, as_json, duplicates, told_of, verdict
from softbio.audit.duplicates.descriptors import MIRROR, descriptors
from softbio.errors import CancelledError, DataError
from softbio.faces.faceset import FaceSet
from softbio.faces.synthetic import draw_attributes, draw_faces

N = 240


def jpeg(face, quality=50):
    kept = io.BytesIO()
    Image.fromarray(face).save(kept, "JPEG", quality=quality)
    return np.asarray(Image.open(kept))


def resized(face):
    image = Image.fromarray(face)
    return np.asarray(image.resize((44, 44), Image.BILINEAR).resize(image.size, Image.BILINEAR))


def darker(face):
    return np.asarray(ImageEnhance.Brightness(Image.fromarray(face)).enhance(0.7))


def mirrored(face):
    return jpeg(np.ascontiguousarray(face[:, ::-1]), 70)


COPIES = {0: np.copy, 1: jpeg, 2: resized, 3: darker, 4: mirrored}


def scenes(n, seed=0):
    """Smooth random pictures, no two alike, as photographs of different scenes are."""
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (n, 9, 9, 3), dtype=np.uint8)
    return np.stack(
        [np.asarray(Image.fromarray(one).resize((80, 80), Image.BICUBIC)) for one in small]
    )


@pytest.fixture
def planted(tmp_path):
    """Scenes, and after them a copy of each of the first five: another label, split and person."""
    images = scenes(N)
    copies = np.stack([made(images[row]) for row, made in COPIES.items()])
    return write(tmp_path / "set", np.concatenate([images, copies]))


def write(folder, images, **columns):
    n = len(images)
    folder.mkdir(parents=True)
    np.save(folder / "images.npy", images)
    table = pd.DataFrame(
        {
            "filename": [f"{row:06d}.jpg" for row in range(n)],
            "label": pd.array([0] * N + [1] * (n - N), dtype="Int8"),
            "gender": pd.array([1] * n, dtype="Int8"),
            "identity": pd.array(range(n), dtype="Int64"),
            "split": ["train"] * N + ["test"] * (n - N),
        }
    )
    table.assign(**columns).to_parquet(folder / "table.parquet")
    meta = {
        "format_version": 1, "fingerprint": "0" * 64, "group_column": "gender",
        "groups": {"-1": "women", "1": "men"}, "attributes": [], "skipped": [], "conflicts": [],
    }  # fmt: skip
    (folder / "meta.json").write_text(json.dumps(meta))
    return FaceSet.open(folder)


def test_a_planted_pair_of_identical_faces_with_opposite_labels_is_found(planted):
    found = duplicates(planted)
    first = found.groups[0]
    assert first.rows.tolist() == [0, N] and first.identical and first.labels_differ
    assert first.leaks and first.people_differ and first.alike == 1
    assert "identical, labels differ, in train and test" in told_of(first)


def test_copies_are_found_and_nothing_else(planted):
    found = duplicates(planted)
    pairs = {tuple(group.rows.tolist()): group for group in found.groups}
    assert set(pairs) == {(row, N + row) for row in COPIES}
    assert [row for row, _ in pairs if pairs[row, N + row].mirrored] == [4]
    assert sum(group.identical for group in found.groups) == 1
    assert "5 photographs stand more than once" in verdict(found)


def test_labels_that_differ_come_first_then_what_crosses_splits(tmp_path):
    images = scenes(N)
    images = np.concatenate([images, images[:3]])
    label = pd.array([0] * N + [0, 0, 1], dtype="Int8")
    split = ["train"] * N + ["train", "test", "train"]
    person = pd.array([*range(N), 0, 1, 2], dtype="Int64")
    faces = write(tmp_path / "set", images, label=label, split=split, identity=person)
    assert [group.rows[0] for group in duplicates(faces).groups] == [2, 1, 0]


def test_many_identical_faces_are_one_group(tmp_path):
    images = np.concatenate([scenes(N), np.repeat(scenes(1), 2000, axis=0)])
    groups = duplicates(write(tmp_path / "set", images)).groups
    assert [len(group.rows) for group in groups] == [2001]


def test_a_set_without_copies_says_so(tmp_path):
    found = duplicates(write(tmp_path / "set", scenes(N)))
    assert found.groups == () and verdict(found).startswith("No photograph stands twice")


def test_the_descriptor_of_a_mirrored_photograph_follows_by_signs():
    images = draw_faces(draw_attributes(6, 0, 0.0), 0)
    turned = descriptors(np.ascontiguousarray(images[:, :, ::-1]))
    assert turned == pytest.approx(descriptors(images) * MIRROR, abs=1e-4)


def test_what_is_told_agrees_in_json_and_csv(planted):
    found = duplicates(planted)
    told = as_json(found, planted)
    assert [len(group["faces"]) for group in told["groups"]] == [2] * 5
    lines = as_csv(found, planted).decode().splitlines()
    assert len(lines) == 11 and lines[1].startswith("1,000000.jpg,0,train,0,True")


def test_it_can_be_stopped_and_says_how_far_it_is(planted):
    with pytest.raises(CancelledError):
        duplicates(planted, stop=lambda: True)
    told = []
    duplicates(planted, progress=lambda *done: told.append(done))
    assert told[0] == ("read", N + 5, N + 5) and told[-1] == ("compare", 6, 6)


def test_alike_pairs_are_the_nearest_of_the_other_label_in_both_directions():
    random = np.random.default_rng(0)
    values = random.normal(size=(300, 7)).astype(np.float16)
    label = random.integers(-1, 2, 300)
    pairs = alike(values, label, most=10_000)
    known = values[label >= 0].astype(np.float64)
    standard = (values.astype(np.float64) - known.mean(axis=0)) / known.std(axis=0)
    cosine = cosine_similarity(standard)
    ones, zeros = np.flatnonzero(label == 1), np.flatnonzero(label == 0)
    expected = {(one, zeros[cosine[one, zeros].argmax()]) for one in ones}
    expected |= {(ones[cosine[ones, zero].argmax()], zero) for zero in zeros}
    assert set(zip(pairs.one, pairs.zero, strict=True)) == expected
    assert pairs.similarity == pytest.approx(cosine[pairs.one, pairs.zero], abs=1e-4)
    assert (np.diff(pairs.similarity) <= 0).all()


def test_alike_needs_both_labels_and_an_embedding_for_each_face():
    assert len(alike(np.ones((3, 2)), np.ones(3))) == 0
    with pytest.raises(DataError, match="3 embeddings of 2 faces"):
        alike(np.ones((3, 2)), np.ones(2))
