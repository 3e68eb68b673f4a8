"""Uploads: images come out, nothing else does, and nothing is written elsewhere."""

import io
import stat
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from softbio.errors import DataError
from softbio.faces.archive import extract_images


def zipped(members, **options):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_files_and_zips_give_their_images(tmp_path, jpeg):
    archive = zipped([("a/one.jpg", jpeg(1)), ("b/one.jpg", jpeg(2)), ("notes.txt", "hello")])
    done = extract_images([("one.jpg", jpeg(0)), ("more.zip", archive)], tmp_path)
    assert names(tmp_path) == ["one-2.jpg", "one-3.jpg", "one.jpg"]
    assert done.written == {
        "one.jpg": "one.jpg", "one-2.jpg": "more.zip/a/one.jpg", "one-3.jpg": "more.zip/b/one.jpg"
    }  # fmt: skip
    assert (tmp_path / "one-3.jpg").read_bytes() == jpeg(2)
    assert done.ignored == [{"filename": "more.zip/notes.txt", "reason": "not an image"}]


def test_open_files_are_taken_as_bytes_are(tmp_path, jpeg):
    upload = io.BytesIO(zipped([("a.jpg", jpeg(1))]))
    upload.seek(3)
    assert list(extract_images([("x.zip", upload), ("b.jpg", io.BytesIO(jpeg(2)))], tmp_path).written) == [
        "a.jpg", "b.jpg"
    ]  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    wild=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=300)
    )
)
def test_no_name_leads_out_of_the_folder(tmp_path_factory, jpeg, wild):
    folder = tmp_path_factory.mktemp("upload")
    inside = folder / "in"
    fixed = [
        "../../up.jpg",
        "/etc/cron.d/x.jpg",
        "..\\..\\w.jpg",
        "C:\\x.jpg",
        "a.jpg",
        "A.JPG",
        "..",
    ]
    files = [(name, jpeg(1)) for name in [*fixed, *wild]]
    done = extract_images(files, inside)
    assert names(folder) == ["in"]
    assert len(list(inside.iterdir())) == len(files) == len(done.written)


def test_wild_names_inside_a_zip_stay_inside_too(tmp_path, jpeg):
    archive = zipped([("../../up.jpg", jpeg(1)), ("/abs.jpg", jpeg(2))])
    extract_images([("x.zip", archive)], tmp_path / "in")
    assert names(tmp_path) == ["in"] and names(tmp_path / "in") == ["abs.jpg", "up.jpg"]


def test_hidden_files_nested_zips_and_empty_files_are_ignored_and_told(tmp_path, jpeg):
    inner = zipped([("deep.jpg", jpeg(1))])
    archive = zipped(
        [
            ("__MACOSX/._a.jpg", b"x"),
            (".hidden.jpg", b"x"),
            ("in.jpg", inner),
            ("no.jpg", b""),
            ("a.jpg", jpeg(1)),
        ]
    )
    done = extract_images([("x.zip", archive)], tmp_path)
    assert names(tmp_path) == ["a.jpg"]
    reasons = {face["filename"].removeprefix("x.zip/"): face["reason"] for face in done.ignored}
    assert reasons == {
        "__MACOSX/._a.jpg": "a hidden file", ".hidden.jpg": "a hidden file",
        "in.jpg": "a zip inside a zip", "no.jpg": "empty",
    }  # fmt: skip


def test_links_in_a_zip_become_no_links(tmp_path, jpeg):
    link = zipfile.ZipInfo("link.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    extract_images([("x.zip", zipped([(link, "/etc/passwd"), ("a.jpg", jpeg(1))]))], tmp_path)
    assert not any(path.is_symlink() for path in tmp_path.iterdir())


def test_a_zip_bomb_is_stopped_while_it_unpacks(tmp_path):
    bomb = zipped([(f"{number}.jpg", b"\xff\xd8\xff" + b"\0" * 5_000_000) for number in range(4)])
    assert len(bomb) < 100_000
    with pytest.raises(DataError, match="unpacks to more than"):
        extract_images([("x.zip", bomb)], tmp_path, max_total_bytes=8_000_000)


def test_too_many_files_are_refused(tmp_path, jpeg):
    with pytest.raises(DataError, match="more than 2 images"):
        extract_images([(f"{number}.jpg", jpeg(1)) for number in range(3)], tmp_path, max_files=2)


def test_broken_and_encrypted_zips_are_told(tmp_path, jpeg):
    good = zipped([("a.jpg", jpeg(1) * 20)])
    with pytest.raises(DataError, match=r"x\.zip is no zip that can be read"):
        extract_images([("x.zip", good[: len(good) // 2])], tmp_path)
    damaged = bytearray(good)
    damaged[60] ^= 255
    with pytest.raises(DataError, match=r"x\.zip is no zip that can be read"):
        extract_images([("x.zip", bytes(damaged))], tmp_path)
    locked = bytearray(good)
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[good.index(signature) + flags] |= 1
    with pytest.raises(DataError, match="encrypted"):
        extract_images([("x.zip", bytes(locked))], tmp_path)


def test_an_upload_without_images_is_told(tmp_path):
    with pytest.raises(DataError, match=r"no image in the upload \(a\.txt: not an image\)"):
        extract_images([("a.txt", b"hello")], tmp_path)
