"""Readers: what is recognised, what is found, and how mistakes are told."""

import pandas as pd
import pytest

from softbio.errors import DataError, FormulaError
from softbio.faces.readers import TableOptions, read_source

LABEL = "Blond_Hair xor Eyeglasses"


def edit(path, old, new):
    path.write_bytes(path.read_bytes().replace(old.encode(), new.encode(), 1))


def test_celeba_takes_the_images_that_are_present(celeba):
    source = read_source(celeba, label=LABEL)
    rows = source.rows
    assert source.meta["reader"] == "celeba" and "img_align_celeba" in source.meta["because"]
    assert list(rows["filename"]) == ["000001.jpg", "000002.jpg", "000003.jpg", "000005.jpg"]
    assert list(rows["label"]) == [1, 1, 0, 1]
    assert list(rows["gender"]) == [-1, 1, 1, 1]
    assert list(rows["identity"]) == [7, 7, 8, 9]
    assert list(rows["partition"]) == ["train", "val", "test", "val"]
    assert source.attributes == ("Blond_Hair", "Eyeglasses", "Male")
    assert list(rows["Eyeglasses"]) == [0, 1, 1, 1]
    assert source.meta["of"] == 6
    reasons = {note["reason"]: note["first"] for note in source.meta["left_out"]}
    assert ["000004.jpg", "000006.jpg"] in reasons.values()
    assert ["stray.jpg"] in reasons.values()


def test_celeba_is_found_from_its_image_folder_and_in_the_archives_layout(celeba):
    assert len(read_source(celeba / "img_align_celeba", label="Male")) == 4
    (celeba / "Anno").mkdir()
    for name in ("list_attr_celeba.txt", "identity_CelebA.txt"):
        (celeba / name).rename(celeba / "Anno" / name)
    assert read_source(celeba, label="Male").rows["identity"].notna().all()


def test_celeba_without_identities_and_partition_is_read(celeba):
    (celeba / "identity_CelebA.txt").unlink()
    (celeba / "list_eval_partition.txt").unlink()
    rows = read_source(celeba, label="Male").rows
    assert rows["identity"].isna().all() and rows["partition"].isna().all()


def test_celeba_needs_a_label(celeba):
    with pytest.raises(DataError, match=f'--label "{LABEL}"'):
        read_source(celeba)
    with pytest.raises(FormulaError, match="Did you mean 'Eyeglasses'"):
        read_source(celeba, label="glasses")


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("list_attr_celeba.txt", "000003.jpg  1", "000003.jpg  3", "row 5: Blond_Hair is '3'"),
        ("list_attr_celeba.txt", "000003.jpg  1", "000003.jpg  x", "row 5: Blond_Hair is 'x'"),
        ("list_attr_celeba.txt", "000003.jpg  1", "000003.jpg", "row 5: 3 fields; 4 are expected"),
        ("list_attr_celeba.txt", "000003.jpg", "000002.jpg", "'000002.jpg' stands there more"),
        ("list_attr_celeba.txt", "6\r\n", "7\r\n", "announces 7 images .* lists 6"),
        ("list_attr_celeba.txt", "6\r\n", "", "first line should be the number"),
        ("list_attr_celeba.txt", "Male", "Mail", "no column `Male`"),
        ("identity_CelebA.txt", "000002.jpg 7", "000002.jpg ?", "row 2: '\\?' is not a number"),
        ("list_eval_partition.txt", "000002.jpg 1", "000002.jpg 9", "000002.jpg is 9"),
    ],
)
def test_a_damaged_annotation_is_told_with_file_and_row(celeba, file, old, new, told):
    edit(celeba / file, old, new)
    with pytest.raises(DataError, match=told) as error:
        read_source(celeba, label="Blond_Hair")
    assert file in str(error.value)


@pytest.fixture
def challenge(tmp_path, jpeg):
    folder = tmp_path / "challenge"
    for name, numbers in (("train", (10, 11, 12)), ("test", (1, 2))):
        (folder / name).mkdir(parents=True)
        for number in numbers:
            (folder / name / f"{number:06d}.jpg").write_bytes(jpeg(number))
    (folder / "train.txt").write_text("000010.jpg\t1\t-1\n000011.jpg\t-1\t1\n000013.jpg\t-1\t1\n")
    return folder


def test_the_challenge_has_labelled_and_unlabelled_faces(challenge):
    source = read_source(challenge)
    rows = source.rows
    assert source.meta["reader"] == "challenge"
    assert list(rows["filename"]) == [
        "000010.jpg", "000011.jpg", "000013.jpg", "000001.jpg", "000002.jpg"
    ]  # fmt: skip
    assert list(rows["label"].fillna(-1)) == [1, 0, 0, -1, -1]
    assert list(rows["gender"].fillna(0)) == [-1, 1, 1, 0, 0]
    assert source.meta["left_out"][0]["first"] == ["000012.jpg"]
    assert source.meta["label"] == {"column": "label", "coding": "-1/1"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("000011.jpg\t-1\t1", "000011.jpg\t5\t1", "row 2: label is '5'"),
        ("000011.jpg\t-1\t1", "000011.jpg\t-1\tx", "row 2: gender is 'x'"),
        ("000011.jpg\t-1\t1", "000011.jpg -1 1", "row 2: .* separated by tabs"),
        ("000011.jpg", "../../x.jpg", "row 2: .* no plain file name"),
        ("000011.jpg", "000010.jpg", "'000010.jpg'"),
        ("000011.jpg", "000001.jpg", r"train/ and in test/, such as '000001.jpg'"),
    ],
)
def test_a_mistake_in_the_challenge_is_told(challenge, old, new, told):
    edit(challenge / "train.txt", old, new)
    with pytest.raises(DataError, match=told):
        read_source(challenge)


@pytest.fixture
def photos(tmp_path, jpeg):
    folder = tmp_path / "photos"
    (folder / "sub").mkdir(parents=True)
    for name in ("a.jpg", "b.jpg", "sub/c.jpg", "extra.jpg"):
        (folder / name).write_bytes(jpeg(1))
    return folder


def write(folder, text, name="labels.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_a_table_is_read_by_its_column_names(photos):
    write(
        photos,
        "filename,label,gender,identity,split,hat,note\n"
        "a.jpg,1,female,x,train,1,hello\nb.jpg,-1,M,y,test,-1,\nsub/c.jpg,,F,,,,\n",
    )
    source = read_source(photos)
    rows = source.rows
    assert source.meta["reader"] == "table" and "labels.csv" in source.meta["because"]
    assert list(rows["label"].fillna(-1)) == [1, 0, -1]
    assert list(rows["gender"]) == [-1, 1, -1] and source.groups == {-1: "women", 1: "men"}
    assert list(rows["identity"].fillna(-1)) == [0, 1, -1]
    assert list(rows["partition"].fillna("none")) == ["train", "test", "none"]
    assert source.attributes == ("hat",)
    assert list(rows["hat"].fillna(-1)) == [1, 0, -1]
    assert source.meta["left_out"][0]["first"] == ["extra.jpg"]


def test_columns_are_named_by_options_and_words_are_mapped(photos):
    table = write(photos, "file;verdict;team\na.jpg;yes;red\nb.jpg;no;blue\n", "t.csv")
    options = TableOptions(
        filename_column="file", label_column="verdict", group_column="team",
        positive="yes", negative="no",
    )  # fmt: skip
    source = read_source(table, table=options)
    assert list(source.rows["label"]) == [1, 0]
    assert source.group_column == "team" and source.groups == {0: "blue", 1: "red"}
    assert list(source.rows["team"]) == [1, 0]
    assert source.meta["label"]["coding"] == "no/yes"


def test_parquet_and_a_formula_over_its_columns(photos):
    pd.DataFrame({"filename": ["a.jpg", "b.jpg"], "p": [1.0, None], "q": [True, False]}).assign(
        q=[1, 0]
    ).to_parquet(photos / "t.parquet")
    source = read_source(photos, label="p or not q")
    assert list(source.rows["label"].fillna(-1)) == [1, 1]
    assert source.meta["label"]["formula"] == "p or not q"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("filename,label\na.jpg,2\n", "row 2: label is '2'"),
        ("filename,label\na.jpg,yes\nb.jpg,no\n", "--positive"),
        ("filename,label\na.jpg,0\nb.jpg,-1\n", "row 2: label is '0'.*which of the codings"),
        ("filename,gender\na.jpg,1\nb.jpg,robot\n", "row 3: gender is 'robot'"),
        ("filename,split\na.jpg,tain\n", "row 2: split is 'tain'"),
        ("filename\na.jpg\na.jpg\n", "'a.jpg'"),
        ("filename\n../a.jpg\n", "row 2: '../a.jpg' leads out"),
        ("filename\n/etc/passwd\n", "row 2: '/etc/passwd' leads out"),
        ("filename\nC:/a.jpg\n", "leads out"),
        ("filename,label\n,1\n", "row 2: the file name is empty"),
        ("filename,filename\n", "has no rows"),
    ],
)
def test_a_mistake_in_a_table_is_told_with_row_and_value(photos, text, told):
    write(photos, text)
    with pytest.raises(DataError, match=told):
        read_source(photos, format="table")


def test_a_link_that_leads_out_of_the_folder_is_refused(photos, tmp_path, jpeg):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "x.jpg").write_bytes(jpeg(1))
    (photos / "link.jpg").symlink_to(tmp_path / "outside" / "x.jpg")
    (photos / "away").symlink_to(tmp_path / "outside")
    (photos / "inside.jpg").symlink_to(photos / "a.jpg")
    write(photos, "filename\ninside.jpg\n")
    assert len(read_source(photos)) == 1
    for name in ("link.jpg", "away/x.jpg"):
        write(photos, f"filename\n{name}\n")
        with pytest.raises(DataError, match="link that leads out"):
            read_source(photos)


def test_a_column_that_is_not_there_is_told_with_those_that_are(photos):
    write(photos, "filename,label\na.jpg,1\n")
    with pytest.raises(DataError, match=r"'sex' \(--group-column\).*filename, label"):
        read_source(photos, table=TableOptions(group_column="sex"))


def test_a_folder_is_read_by_suffix_or_content(photos, jpeg):
    (photos / "photo").write_bytes(jpeg(2))
    (photos / "readme.txt").write_text("hello")
    (photos / ".hidden.jpg").write_bytes(jpeg(2))
    (photos / "fake.png").write_text("not an image, and told when it is decoded")
    source = read_source(photos)
    assert source.meta["reader"] == "folder"
    assert list(source.rows["filename"]) == [
        "a.jpg", "b.jpg", "extra.jpg", "fake.png", "photo", "sub/c.jpg"
    ]  # fmt: skip
    assert source.rows["label"].isna().all() and source.rows["gender"].isna().all()
    assert source.meta["left_out"][0]["first"] == ["readme.txt"]


def test_what_is_not_recognised_lists_what_was_looked_for(tmp_path):
    with pytest.raises(DataError, match=r"celeba.*challenge.*table.*folder"):
        read_source(tmp_path)
    with pytest.raises(DataError, match="There is nothing at"):
        read_source(tmp_path / "none")
    with pytest.raises(DataError, match="format 'zip' is unknown"):
        read_source(tmp_path, format="zip")
    with pytest.raises(DataError, match="There is no image"):
        read_source(tmp_path, format="folder")


def test_a_limit_keeps_the_first_and_says_so(celeba):
    source = read_source(celeba, label="Male", limit=2)
    assert list(source.rows["filename"]) == ["000001.jpg", "000002.jpg"]
    assert any("limit" in note["reason"] for note in source.meta["left_out"])


def test_synthetic_faces_are_a_source():
    source = read_source("synthetic:12,seed=4")
    assert len(source) == 12 and source.meta["reader"] == "synthetic"
    assert source.extra == ("true_label",) and "true_label" not in source.attributes
    assert source.draw is not None
    assert source.draw(source.rows[:2], 24, 0).shape == (2, 24, 24, 3)


def test_the_real_archives_are_read_as_they_are(shared):
    celeba = read_source(shared / "celeba", label=LABEL)
    assert celeba.meta["of"] == 202_599 and len(celeba) == 10_000
    assert len(celeba.attributes) == 40 and celeba.rows["identity"].notna().all()
    challenge = read_source(shared / "challenge")
    assert len(challenge) == 4_000 and challenge.rows["label"].isna().sum() == 600
