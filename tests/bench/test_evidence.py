"""bench/evidence.py and its parts: what docs/evidence.md is made of, without any training."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.stats

from softbio.config import apply_settings, recipe
from softbio.faces import FaceSet
from softbio.fairness import evaluate
from softbio.jobs import queue as jobs

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "bench"))

import evidence  # noqa: E402
from evidence import Evidence, train_all  # noqa: E402
from evidence_figures import Judged, changes, one_run, pooled, spread  # noqa: E402
from evidence_page import write_page  # noqa: E402
from evidence_record import Record  # noqa: E402
from evidence_rows import PARTS, SEEDS, Row, rows  # noqa: E402
from evidence_sets import FOLDS, PLANTED, fold_sets, planted_set  # noqa: E402
from sections import put_head, put_section  # noqa: E402

GROUPS = ("women", "men")


def judge(seed, n=400, person=True):
    draws = np.random.default_rng(seed)
    label, group = draws.integers(0, 2, n), draws.integers(0, 2, n)
    score = np.clip(0.3 + 0.4 * label + draws.normal(0, 0.25, n), 0, 1)
    who = draws.integers(-1, 60, n) if person else None
    return Judged(label, score, (score > 0.5).astype(int), group, GROUPS, who)


@pytest.fixture(scope="module")
def faces(make_faces, tmp_path_factory):
    """600 faces of 90 people; of some the person is not known."""
    packed = make_faces(tmp_path_factory.mktemp("sets") / "small", n=600, size=24)
    table = packed.table.copy()
    person = np.random.default_rng(3).integers(0, 90, len(table))
    table["identity"] = person
    table["identity"] = table["identity"].astype("Int64").mask(person < 4)
    table["gender"] = np.where(person % 2, 1, -1)
    table["gender"] = table["gender"].astype("Int8")
    table.to_parquet(packed.path / "table.parquet")
    return FaceSet.open(packed.path)


@pytest.fixture(scope="module")
def folds(faces, tmp_path_factory):
    return fold_sets(faces, tmp_path_factory.mktemp("folds"))


def test_everybody_is_tested_once_and_stands_on_one_side_of_each_fold(faces, folds):
    tested = np.concatenate([fold.rows("test") for fold in folds])
    assert len(folds) == FOLDS
    assert np.array_equal(np.sort(tested), np.flatnonzero(faces.labels() >= 0))
    for fold in folds:
        known = fold.table[fold.table["identity"].notna() & (fold.table["split"] != "unlabelled")]
        sides = known["split"].replace({"val_select": "val", "val_fit": "val"})
        assert (sides.groupby(known["identity"]).nunique() == 1).all()
        assert min(len(fold.rows(name)) for name in ("train", "val_select", "val_fit")) > 20
    unknown = faces.table["identity"].isna() & (faces.labels() >= 0)
    together = [fold.rows("test")[unknown.to_numpy()[fold.rows("test")]] for fold in folds]
    assert sum(map(bool, map(len, together))) > 1, "they are not one person"


@pytest.mark.parametrize("flips", PLANTED)
def test_flips_are_planted_where_it_trains_and_validates_and_nowhere_else(folds, tmp_path, flips):
    fold = folds[0]
    planted = planted_set(fold, flips, tmp_path / "planted")
    changed = planted.labels() != fold.labels()
    assert not changed[fold.rows("test")].any() and planted.fingerprint != fold.fingerprint
    assert np.array_equal(planted.labels() < 0, fold.labels() < 0)
    chance = PLANTED[flips](fold.group_index(), fold.labels())
    assert not changed[chance == 0].any()
    rest = np.setdiff1d(np.flatnonzero((fold.labels() >= 0) & (chance > 0)), fold.rows("test"))
    assert abs(changed[rest].mean() - 0.2) < 4 * np.sqrt(0.16 / len(rest))
    assert np.array_equal(planted.images[:], fold.images[:])


def test_faces_of_all_folds_are_judged_as_one_set_and_people_are_not_mixed_up():
    parts = [judge(1), judge(2)]
    label, score, group = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("label", "score", "group")
    )
    found, plain = pooled(parts), evaluate(label, score, group, GROUPS)
    for name in ("balanced_fair_metric", "fair_metric", "worst_cell_accuracy"):
        assert found.overall[name] == pytest.approx(plain.overall[name])
        low, high = found.intervals.overall[name]
        assert low < found.overall[name] < high
    # The people of the second fold are others: numbering them apart beforehand changes nothing.
    apart = judge(2)
    apart.person[apart.person >= 0] += 1000
    again = pooled([parts[0], apart])
    assert again.intervals.overall == found.intervals.overall
    # One face a person is what it is where nobody is known.
    assert pooled([judge(1, person=False), parts[1]]).intervals.overall != found.intervals.overall


def test_the_spread_is_numpys_and_one_run_is_evaluated_alone():
    each = [one_run(judge(seed)) for seed in range(3)]
    values = [figures["fair_metric"] for figures in each]
    mean, deviation = spread(each)["fair_metric"]
    assert mean == pytest.approx(np.mean(values))
    assert deviation == pytest.approx(np.std(values, ddof=1))
    part = judge(0)
    plain = evaluate(part.label, part.score, part.group, GROUPS)
    assert each[0]["balanced_fair_metric"] == pytest.approx(plain.overall["balanced_fair_metric"])
    assert np.isnan(spread(each[:1])["fair_metric"][1])


def test_two_lines_are_compared_as_by_the_paired_t_test():
    draws = np.random.default_rng(0)
    base, other = draws.normal(0.8, 0.03, 5), draws.normal(0.83, 0.03, 5)
    found, deviation, freedom = changes(
        {"b": dict(enumerate(base)), "o": dict(enumerate(other))}, "b"
    )
    low, high = scipy.stats.ttest_rel(other, base).confidence_interval(0.95)
    assert freedom == 4
    assert deviation == pytest.approx(np.std(other - base, ddof=1) / np.sqrt(2))
    assert found["o"].value == pytest.approx(np.mean(other - base))
    assert (found["o"].low, found["o"].high) == pytest.approx((low, high))


def test_more_lines_tell_together_how_much_a_training_varies():
    values = np.random.default_rng(1).normal(0, 0.03, (7, 3)) + np.arange(3) * 0.05
    found, deviation, freedom = changes(
        {str(k): dict(enumerate(line)) for k, line in enumerate(values)}, "0"
    )
    left = values - values.mean(0) - values.mean(1, keepdims=True) + values.mean()
    reach = scipy.stats.t.ppf(0.975, 12) * np.sqrt(np.sum(left**2) / 12 * 2 / 3)
    assert freedom == 12
    assert deviation == pytest.approx(np.sqrt(np.sum(left**2) / 12))
    for name, change in found.items():
        assert change.value == pytest.approx(np.mean(values[int(name)] - values[0]))
        assert change.high - change.value == pytest.approx(reach)
        assert change.known == (abs(change.value) > reach)


def test_what_was_measured_once_is_compared_with_the_same_seed():
    found, deviation, freedom = changes({"a": {0: 0.5}, "b": {0: 0.75}}, "a")
    assert (found["b"].value, freedom) == (pytest.approx(0.25), 0)
    assert not found["b"].known
    assert np.isnan(deviation)
    # A second seed lies .1 higher for the two lines that have it: the third gains nothing by that.
    lines = {"a": {0: 0.5, 1: 0.6}, "b": {0: 0.75, 1: 0.85}, "c": {0: 0.7}}
    found, _, freedom = changes(lines, "a")
    assert (found["c"].value, freedom) == (pytest.approx(0.2), 1)


def test_every_row_changes_its_base_and_is_trained_with_every_seed():
    found = rows()
    assert [row.part for row in found] == sorted((row.part for row in found), key=PARTS.index)
    for row in found:
        assert {seed for _, seed in row.trainings} == set(SEEDS)
        base = [one for one in found if (one.part, one.title) == (row.part, row.base)]
        assert bool(base) == bool(row.base)
        assert all(one.config != row.config for one in base)


def test_a_section_takes_its_own_place_and_leaves_the_others():
    page = "# Title\n\nold\n\n## One\n\n1\n\n## Two\n\n2\n"
    assert put_head(page, "# New\n\nhead") == "# New\n\nhead\n\n## One\n\n1\n\n## Two\n\n2\n"
    assert put_section(page, "One", "uno\n") == "# Title\n\nold\n\n## One\n\nuno\n\n## Two\n\n2\n"
    assert put_section(page, "Three", "3").endswith("## Two\n\n2\n\n## Three\n\n3\n")


@pytest.fixture
def trained(monkeypatch):
    """Let the queue start processes that say at once that they have trained."""
    code = (
        "import sys; from softbio.runs import RunStore; run = RunStore(sys.argv[1]).get(sys.argv[2])\n"
        "seed = run.config.training.seed\n"
        "run.update_state(status=['done', 'failed'][seed == 1], error=[None, 'no number'][seed == 1])"
    )
    command = [sys.executable, "-c", code]
    monkeypatch.setattr(
        jobs, "worker_command", lambda run, at_once: [*command, run.path.parent, run.id]
    )
    monkeypatch.setattr(evidence, "_LOOK", 0.02)


def test_trainings_go_through_the_queue_and_are_made_once(faces, tmp_path, trained, capsys):
    row = Row("report", "report", recipe("report"), ((0, 0), (0, 1), (0, 2)))
    made = Evidence(faces, tmp_path, Record(tmp_path / "record.csv"))
    wanted = {made.key(row, 0, seed): (row, 0, seed) for seed in SEEDS}
    train_all(made, wanted, at_once=2)
    assert sorted(made.runs(row)) == [(0, 0), (0, 2)]
    told = capsys.readouterr().err
    assert "3 of 3: " in told and re.search("fold 1, seed 1: .*, failed, no number", told)
    train_all(made, {key: one for key, one in wanted.items() if one[2] == 0}, at_once=1)
    assert len(made.store.list()) == 3, "what is done is not trained again"


def test_trainings_that_are_interrupted_stop_and_go_on(faces, tmp_path, trained, monkeypatch):
    row = Row("report", "report", recipe("report"), ((0, 0),))
    made = Evidence(faces, tmp_path, Record(tmp_path / "record.csv"))
    wanted = {made.key(row, 0, 0): (row, 0, 0)}

    def interrupt(seconds):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "worker_command", lambda run, at_once: ["sleep", "60"])
        patch.setattr(evidence.time, "sleep", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train_all(made, wanted, at_once=1)
    (run,) = made.store.list()
    assert run.state.status == "cancelled"
    train_all(made, wanted, at_once=1)
    assert made.runs(row)[0, 0].id == run.id


def test_what_was_reached_is_on_record_and_not_trained_again(faces, tmp_path):
    row = Row("report", "report", recipe("report"), ((0, 0), (0, 1)))
    record = Record(tmp_path / "record.csv")
    made = Evidence(faces, tmp_path / "here", record)
    assert made.missing(row, 0, 0) and made.figures(row) == {}
    told = {"part": "report", "line": 'α, "β"', "planted": "none", "fold": 1, "seed": 0}
    record.add(made.key(row, 0, 0), told | {"seconds": 3}, {"fair_metric": 1 / 3})
    record.write()
    elsewhere = Evidence(faces, tmp_path / "there", Record(tmp_path / "record.csv"))
    assert elsewhere.figures(row) == {0: {"fair_metric": pytest.approx(1 / 3, abs=1e-6)}}
    assert [elsewhere.missing(row, 0, seed) for seed in (0, 1)] == [False, True]
    assert elsewhere.missing(Row("quality", "report", row.config, row.trainings), 0, 0)
    changed = Row("report", "γ", apply_settings(row.config, ["loss.gamma=2"]), row.trainings)
    assert elsewhere.missing(changed, 0, 0), "another config is another training"


def test_only_the_parts_asked_for_are_written(faces, tmp_path):
    page, begun = tmp_path / "page.md", "# Measured elsewhere\n\n## Another's section\n\nstays\n"
    page.write_text(begun, encoding="utf-8")
    write_page(page, Evidence(faces, tmp_path, Record(tmp_path / "record.csv")), ["report"])
    text = page.read_text(encoding="utf-8")
    assert text.startswith(begun)
    assert re.findall("^## .*", text, re.M)[1:] == ["## What each choice of the report takes"]
    assert "| γ 2 instead of 5 | not yet measured |" in text


def test_the_readme_says_what_the_evidence_says():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    evidence = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(\w+)`[^|]*((?:\| \.\d{3} \(\.\d{3} – \.\d{3}\) ){3})", readme, re.M)
    assert [name for name, _ in told] == ["report", "fast", "recommended"]
    for name, figures in told:
        line = re.search(rf"^\| `{name}` \| threshold 0\.5 ((?:\|[^|]*){{3}})", evidence, re.M)
        assert re.findall(r"\.\d{3}", figures) == re.findall(r"\.\d{3}", line[1])
