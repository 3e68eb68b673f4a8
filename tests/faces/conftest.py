"""Small photographs, and sources made of them."""

import json
import os
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from softbio.faces.source import GENDERS, Source


def _pixels(seed, height=48, width=40):
    """A smooth picture, different for each seed, that JPEG keeps well."""
    rng = np.random.default_rng(seed)
    small = rng.integers(30, 225, (4, 4, 3), dtype=np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def _jpeg(seed, **size):
    done, data = cv2.imencode(
        ".jpg", _pixels(seed, **size)[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95]
    )
    assert done
    return data.tobytes()


@pytest.fixture(scope="session")
def pixels():
    return _pixels


@pytest.fixture(scope="session")
def jpeg():
    return _jpeg


@pytest.fixture(scope="session")
def make_source():
    """A function that writes n photographs into a folder and returns their source."""

    def make(folder, n=40, *, broken=(), same=(), identities=False, **columns):
        folder.mkdir(parents=True, exist_ok=True)
        names = [f"{number:06d}.jpg" for number in range(n)]
        for number, name in enumerate(names):
            data = _jpeg(0 if number in same else number)
            (folder / name).write_bytes(data[: len(data) // 2] if number in broken else data)
        rows = pd.DataFrame(
            {
                "filename": pd.Series(names, dtype="str"),
                "path": pd.Series([str(folder / name) for name in names], dtype="str"),
                "label": pd.array(np.arange(n) % 3 == 0, dtype="Int8"),
                "gender": pd.array(np.where(np.arange(n) % 2, 1, -1), dtype="Int8"),
                "identity": pd.array(np.arange(n) // 3 if identities else [pd.NA] * n, "Int64"),
                "partition": pd.Series([None] * n, dtype="str"),
                "Hat": pd.array(np.arange(n) % 2, dtype="Int8"),
                **columns,
            }
        )
        meta = {
            "reader": "table",
            "source": str(folder),
            "label": {"column": "label", "coding": "0/1"},
            "of": n,
            "left_out": [],
        }
        return Source(rows, "gender", dict(GENDERS), ("Hat",), meta)

    return make


@pytest.fixture(scope="session")
def contents():
    """A function that reads every file of a folder: name → bytes."""

    def read(folder):
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}

    return read


@pytest.fixture(scope="session")
def shared():
    """The folder of real faces."""
    root = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("SOFTBIO_SHARED", root.parent / "shared"))
    if not (folder / "celeba").is_dir():
        pytest.skip("real faces are not here: set SOFTBIO_SHARED to the folder that holds celeba/")
    return folder


@pytest.fixture
def celeba(tmp_path, jpeg):
    """A tiny archive in CelebA's official layout, with its traps: six rows, four images."""
    folder = tmp_path / "celeba"
    images = folder / "img_align_celeba"
    images.mkdir(parents=True)
    rows = [
        ("000001.jpg", 1, -1, -1), ("000002.jpg", -1, 1, 1), ("000003.jpg", 1, 1, 1),
        ("000004.jpg", -1, -1, -1), ("000005.jpg", -1, 1, 1), ("000006.jpg", 1, -1, -1),
    ]  # fmt: skip
    lines = ["6", "Blond_Hair Eyeglasses Male "]
    lines += [f"{name} {a:2d} {b:2d} {c:2d}" for name, a, b, c in rows]
    (folder / "list_attr_celeba.txt").write_bytes("".join(f"{x}\r\n" for x in lines).encode())
    identity = "".join(f"{name} {number // 2 + 7}\r\n" for number, (name, *_) in enumerate(rows))
    (folder / "identity_CelebA.txt").write_bytes(identity.encode())
    partition = "".join(f"{name} {number % 3}\r\n" for number, (name, *_) in enumerate(rows))
    (folder / "list_eval_partition.txt").write_bytes(partition.encode())
    for number in (1, 2, 3, 5):
        (images / f"{number:06d}.jpg").write_bytes(jpeg(number))
    (images / "stray.jpg").write_bytes(jpeg(99))
    return folder


@pytest.fixture(scope="session")
def meta_of():
    return lambda folder: json.loads((Path(folder) / "meta.json").read_text(encoding="utf-8"))
