"""Kept hypotheses: nothing that was kept is lost, and what was done to it can be undone."""

import json
import time

import numpy as np
import pytest

from softbio import __version__
from softbio.errors import ConfigError, DataError, FormulaError
from softbio.hypotheses.kept import Kept, KeptHypotheses


@pytest.fixture
def store(faces):
    return KeptHypotheses(faces)


def test_what_is_kept_knows_the_data_it_was_kept_of(store, faces):
    figures = {"overall": {"n": np.int64(400), "agreement": float("nan")}, "bits": (1.5, None)}
    kept = store.add(
        Kept(
            "Blond_Hair xor Eyeglasses",
            name="  the   truth ",
            note=" a note\n",
            target="error:men",
            target_title="errors among men",
            run="run-1",
            split="val_select",
            figures=figures,
            probed=("Eyeglasses",),
            who="ann",
        )
    )
    assert abs(kept.when - time.time()) < 60
    assert (kept.fingerprint, kept.faces, kept.softbio_version) == ("f" * 64, 400, __version__)
    assert (kept.name, kept.note) == ("the truth", "a note")
    assert kept.figures == {"overall": {"n": 400, "agreement": None}, "bits": [1.5, None]}
    assert KeptHypotheses(faces).list() == [kept]
    assert kept.words == "Blond hair or eyeglasses, but not both".casefold()


def test_the_list_has_the_order_in_which_they_were_kept(store):
    kept = [store.add(Kept(formula)) for formula in ("a", "b", "c")]
    assert store.list() == kept
    assert len({one.id for one in kept}) == 3


def test_a_name_and_a_note_can_be_changed_one_by_one(store):
    id = store.add(Kept("a", name="first", note="kept")).id
    assert store.change(id, name="second") == store.get(id)
    assert (store.get(id).name, store.get(id).note) == ("second", "kept")
    store.change(id, note="")
    assert (store.get(id).name, store.get(id).note) == ("second", "")
    with pytest.raises(ConfigError, match="at most 200"):
        store.change(id, name="x" * 201)


def test_what_is_removed_is_gone_until_it_is_brought_back(store):
    first, second = store.add(Kept("a")), store.add(Kept("b"))
    store.change(first.id, name="one")
    assert store.remove(first.id).name == "one"
    assert store.list() == [second]
    with pytest.raises(DataError, match="No kept hypothesis"):
        store.remove(first.id)
    store.restore(first.id)
    store.restore(first.id)
    assert [one.name for one in store.list()] == ["one", ""]


def test_an_id_may_be_shortened_until_it_is_ambiguous(store):
    kept = [store.add(Kept("a")) for _ in range(17)]
    assert store.get(kept[3].id) == kept[3]
    twice = next(
        one.id[0] for one in kept if sum(other.id[0] == one.id[0] for other in kept) > 1
    )  # of 17 ids, two begin with the same of 16 digits
    with pytest.raises(DataError, match="kept hypotheses have ids that begin"):
        store.get(twice)
    with pytest.raises(DataError, match="No kept hypothesis"):
        store.get("")
    with pytest.raises(DataError, match="never was"):
        store.restore("00")


def test_every_change_is_seen_by_others_and_in_the_version(store, faces):
    versions = {store.version}
    id = store.add(Kept("a")).id
    versions.add(store.version)
    other = KeptHypotheses(faces)
    other.change(id, note="x")
    versions.add(store.version)
    assert store.get(id).note == "x"
    other.remove(id)
    versions.add(store.version)
    assert store.list() == []
    assert len(versions) == 4


@pytest.mark.parametrize(
    ("kept", "error", "said"),
    [
        (Kept("a xor"), FormulaError, "the formula ends"),
        (Kept("a", name="x" * 201), ConfigError, "at most 200"),
        (Kept("a", note="x" * 4001), ConfigError, "at most 4000"),
        (Kept("a", figures={"a": object()}), ValueError, "object"),
    ],
)
def test_what_cannot_be_kept_is_told_and_nothing_is_written(store, kept, error, said):
    with pytest.raises(error, match=said):
        store.add(kept)
    assert not store.path.exists()


@pytest.mark.parametrize("event", ["changed", "forgotten"])
def test_a_line_that_means_nothing_is_told_with_its_number(store, event):
    store.add(Kept("a"))
    with store.path.open("a") as file:
        file.write(json.dumps({"event": event, "id": "nobody"}) + "\n")
    with pytest.raises(DataError, match=r"hypotheses\.jsonl, line 2"):
        store.list()


def test_keys_of_a_later_version_are_passed_over(store):
    kept = store.add(Kept("a"))
    line = json.loads(store.path.read_text()) | {"colour": "red"}
    store.path.write_text(json.dumps(line) + "\n")
    assert store.list() == [kept]
