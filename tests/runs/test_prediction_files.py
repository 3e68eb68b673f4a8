import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softbio.errors import DataError
from softbio.runs.prediction_files import read_judged

TRUTH = "filename,label,gender\nb.jpg,1,-1\na.jpg,-1,1\nc.jpg,1,1\n"


@pytest.fixture
def judge(tmp_path):
    def read(predictions, truth=TRUTH):
        for name, content in (("predictions.csv", predictions), ("truth.csv", truth)):
            data = content if isinstance(content, bytes) else content.encode()
            (tmp_path / name).write_bytes(data)
        return read_judged(tmp_path / "predictions.csv", tmp_path / "truth.csv")

    return read


def test_predictions_are_matched_by_name_whatever_their_order(judge):
    judged = judge("filename,label\nc.jpg,1\nb.jpg,-1\na.jpg,-1\n")
    assert judged.filename == ["b.jpg", "a.jpg", "c.jpg"]
    assert judged.label.tolist() == [1, 0, 1]
    assert [judged.groups[g] for g in judged.group] == ["women", "men", "men"]
    assert judged.prediction.tolist() == [0, 0, 1]
    assert judged.score is None
    assert not judged.by_order


@pytest.mark.parametrize(
    "text",
    [
        "filename,label\r\na.jpg,0\r\nb.jpg,1\r\nc.jpg,1\r\n",
        "\ufefffilename,label\na.jpg,0\nb.jpg,1\nc.jpg,1",
        'label,"filename"\n0,"a.jpg"\n\n1,b.jpg\n1,c.jpg\n',
        "filename, label\na.jpg, 0\nb.jpg, 1\nc.jpg, 1\n",
    ],
    ids=["windows", "byte-order mark", "quotes", "blanks"],
)
def test_the_ways_in_which_programs_write_csv_are_all_read(judge, text):
    assert judge(text).prediction.tolist() == [1, 0, 1]


def test_one_column_without_header_is_matched_by_name_order(judge):
    judged = judge("-1\n1\n-1\n")
    assert dict(zip(judged.filename, judged.prediction.tolist(), strict=True)) == {
        "a.jpg": 0,
        "b.jpg": 1,
        "c.jpg": 0,
    }
    assert judged.by_order


@given(st.permutations(range(7)))
def test_name_order_holds_for_any_order_of_the_truth(tmp_path_factory, order):
    folder = tmp_path_factory.mktemp("order")
    names = [f"{i:02d}.jpg" for i in range(7)]
    labels = [1, 0, 0, 1, 1, 0, 1]
    truth = "".join(f"{names[i]},{labels[i]},1\n" for i in order)
    (folder / "truth.csv").write_text("filename,label,gender\n" + truth)
    (folder / "p.csv").write_text("".join(f"{label}\n" for label in labels))
    judged = read_judged(folder / "p.csv", folder / "truth.csv")
    np.testing.assert_array_equal(judged.prediction, judged.label)


def test_scores_are_read_alone_or_beside_labels(judge):
    judged = judge("filename,score\na.jpg,0.25\nb.jpg,1\nc.jpg,1e-3\n")
    assert judged.prediction is None
    np.testing.assert_array_equal(judged.score, np.array([1, 0.25, 1e-3], dtype=np.float32))
    judged = judge("filename,label,score\na.jpg,-1,0.25\nb.jpg,1,1\nc.jpg,-1,0\n")
    assert judged.prediction.tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "predictions.csv is empty"),
        ("filename,label\n", "no prediction for b.jpg, a.jpg, c.jpg of"),
        ("filename,label\na.jpg,1\nb.jpg,1\n", "no prediction for c.jpg"),
        ("filename,label\na.jpg,1\nx.jpg,1\n", "line 3, column filename: 'x.jpg' is not in"),
        ("filename,label\na.jpg,1\nb.jpg,1\na.jpg,1\n", "line 4, column filename: 'a.jpg' stands in line 2"),
        ("filename,label\na.jpg,1\n,1\n", "line 3, column filename: the name is empty"),
        ("filename,label\na.jpg,1\nb.jpg,yes\nc.jpg,1\n", "line 3, column label: 'yes' is not allowed"),
        ("filename,label\na.jpg,1\nb.jpg,\nc.jpg,1\n", "line 3, column label: '' is not allowed"),
        ("filename,label\na.jpg,1.0\nb.jpg,1\nc.jpg,1\n", "line 2, column label: '1.0' is not allowed"),
        ("filename,label\na.jpg,-1\nb.jpg,0\nc.jpg,1\n", "line 3, column label: '0' is not allowed; it must be -1 or 1"),
        ("filename,score\na.jpg,1\nb.jpg,nan\nc.jpg,1\n", "line 3, column score: 'nan' is not allowed"),
        ("filename,score\na.jpg,1\nb.jpg,1.5\nc.jpg,1\n", "line 3, column score: '1.5' is not allowed"),
        ("filename,score\na.jpg,1\nb.jpg,-0.1\nc.jpg,1\n", "line 3, column score: '-0.1'"),
        ("filename,label\na.jpg,1,0\n", "line 2: 3 cells where the first line has 2"),
        ("filename,label,label\na.jpg,1,1\n", "the column 'label' twice"),
        ("filename,answer\na.jpg,1\n", "needs a column `label` or `score`"),
        ("name,label\na.jpg,1\n", "has no column `filename`"),
        ('filename,label\n"a.jpg,1\n', "line 2: unexpected end of data"),
        ("1\n-1\n", "2 lines without file names.*3 faces"),
        ("1\n-1\n2\n", "line 3, column label: '2'"),
        (b"filename,label\n\xff\xfe,1\n", "not text in UTF-8"),
        (b"PK\x03\x04\x00\x00", "has no column `filename`|not text"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place(judge, text, message):
    with pytest.raises(DataError, match=message):
        judge(text)


@pytest.mark.parametrize(
    ("truth", "message"),
    [
        ("filename,label\na.jpg,1\n", "truth.csv has no column `gender`"),
        ("filename,label,gender\na.jpg,1,0\n", "line 2, column gender: '0' is not allowed.*women"),
        ("filename,label,gender\na.jpg,1,\n", "line 2, column gender: ''"),
        ("filename,label,gender\na.jpg,1,1\na.jpg,1,1\n", "truth.csv, line 3, column filename"),
        ("filename,label,gender\n", "a header and no faces"),
    ],
)
def test_faults_of_the_truth_are_told_too(judge, truth, message):
    with pytest.raises(DataError, match=message):
        judge("filename,label\na.jpg,1\n", truth)


def test_a_missing_file_and_a_huge_one_are_told(judge, tmp_path):
    judge("1\n1\n1\n")
    with pytest.raises(DataError, match="There is no file"):
        read_judged(tmp_path / "none.csv", tmp_path / "truth.csv")
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    with pytest.raises(DataError, match="more than 64 MiB"):
        read_judged(tmp_path / "huge.csv", tmp_path / "truth.csv")
