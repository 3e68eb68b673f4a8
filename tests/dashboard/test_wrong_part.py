import re

import numpy as np
import pytest

from softbio.audit import transitions
from softbio.runs.judging import judge

KINDS = {1: "false negatives", 0: "false positives"}


@pytest.fixture
def pair(world):
    faces = world.add_set()
    return world.add_run(faces, noise=0.8, seed=1), world.add_run(faces, noise=0.4, seed=2)


def panel(app, group, label):
    """What stands under a panel's header."""
    heads = [head.value for head in app.header]
    sentences = [one.value for one in app.markdown if f"faces with label {label}" in one.value]
    title = f"{group.capitalize()}: {KINDS[label]}"
    assert title in heads
    of_label = [head for head in heads if KINDS[label] in head]
    return sentences[of_label.index(title)]


def cells(table):
    body = table.split("<tbody>")[1]
    lines = re.findall(r"<tr>(.*?)</tr>", body)
    return {
        re.search(r"<th[^>]*>(.*?)</th>", line)[1]: [
            int(cell.split(" ")[0].replace(",", "")) for cell in re.findall(r"<td>(.*?)</td>", line)
        ]
        for line in lines
    }


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.9])
def test_the_counts_and_rates_are_those_of_the_confusion_matrices(world, pair, threshold):
    run, _ = pair
    app = world.open("errors", run=run.id, threshold=str(threshold), baseline="none")
    assert not app.exception
    values = judge(run, "val_select", threshold=threshold).counts.values
    for index, group in enumerate(("women", "men")):
        for label in (0, 1):
            wrong, total = values[index, label, 1 - label], values[index, label].sum()
            told = panel(app, group, label)
            assert told.startswith(f"{wrong} of {total} faces with label {label} ")
            assert f"({100 * wrong / total:.1f} %)" in told


def test_by_default_there_is_no_second_run(world, pair):
    app = world.open("errors", run=pair[0].id)
    assert app.query_params["baseline"] in ("none", ["none"])
    assert not [one for one in app.get("html") if "What became" in one.proto.body]


@pytest.mark.parametrize("kind", ["fixed", "broken", "still_wrong"])
def test_against_a_second_run_each_kind_has_its_faces(world, pair, kind):
    run, other = pair
    app = world.open("errors", run=run.id, baseline=other.id, moved=kind)
    assert not app.exception
    moved = transitions(run, other, "val_select")
    counts = moved.counts(kind)
    for index, group in enumerate(("women", "men")):
        for label in (0, 1):
            expected = f"{counts[index, label]} of {moved.n[index, label]} faces with label {label}"
            assert panel(app, group, label).startswith(expected)


def test_the_table_adds_up_to_both_confusion_matrices(world, pair):
    run, other = pair
    app = world.open("errors", run=run.id, baseline=other.id)
    table = next(one.proto.body for one in app.get("html") if "What became" in one.proto.body)
    now, before = (judge(one, "val_select").counts.values for one in (run, other))
    for name, line in cells(table).items():
        group, kind = name.split(": ")
        index = ("Women", "Men").index(group)
        label = 1 if kind == "false negatives" else 0
        n, was, fixed, broken, still, wrong = line
        assert was == fixed + still == before[index, label, 1 - label]
        assert wrong == broken + still == now[index, label, 1 - label]
        assert n == now[index, label].sum()


def test_without_the_face_set_the_names_are_compared_all_the_same(world, pair):
    run, other = pair
    names = set(transitions(run, other, "val_select").fixed["filename"])
    for path in (world.data / "small").iterdir():
        path.unlink()
    app = world.open("errors", run=run.id, baseline=other.id, moved="fixed")
    assert not app.exception
    listed = [frame.value["filename"] for frame in app.dataframe]
    assert set(np.concatenate(listed)) == names


def test_the_cell_from_the_page_fairness_is_still_shown(world, pair):
    run, _ = pair
    app = world.open("errors", run=run.id, cell="men|1|0")
    assert "Men: label 1, predicted 0 (wrong)" in [head.value for head in app.header]
