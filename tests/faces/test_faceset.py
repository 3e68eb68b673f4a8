"""FaceSet: what an opened set tells of its faces."""

import pandas as pd


def test_faces_of_no_known_group_are_one_group(make_faces, tmp_path):
    known = make_faces(tmp_path / "known", n=8)
    assert known.in_groups() is known
    known.table["gender"] = pd.array([None] * 8, dtype="Int8")
    one = known.in_groups()
    assert one.group_names == {0: "all"} and one.group_index().tolist() == [0] * 8
    assert (known.group_index() == -1).all()
