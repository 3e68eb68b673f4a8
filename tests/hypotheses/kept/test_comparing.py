"""Kept hypotheses on the data as they are now, and as a report."""

import csv
import io
import json

import numpy as np
import pytest

from softbio.hypotheses import Traits
from softbio.hypotheses.kept import (
    Kept,
    KeptHypotheses,
    as_csv,
    as_json,
    as_markdown,
    compare,
    figures_of,
)

XOR = "Blond_Hair xor Eyeglasses"


@pytest.fixture
def keep():
    """A function that keeps a formula with the figures of its examination."""
    from softbio.hypotheses import target_of
    from softbio.hypotheses.examination import examine

    def keep(faces, formula, **about):
        traits = Traits.of(faces)
        figures = figures_of(examine(traits, formula, target_of("label", faces), faces))
        return KeptHypotheses(faces).add(Kept(formula, figures=figures, **about))

    return keep


def now(faces, **given):
    return compare(KeptHypotheses(faces).list(), Traits.of(faces), faces, **given)


def shares(faces, formula):
    """Agreement by group, counted by hand."""
    table = faces.table.astype({"label": int})
    blond, glasses = table["Blond_Hair"] == 1, table["Eyeglasses"] == 1
    said = blond ^ glasses if formula == XOR else blond | glasses
    right = said == (table["label"] == 1)
    return {name: right[table["gender"] == code].mean() for code, name in faces.group_names.items()}


def test_figures_are_those_of_the_data_as_they_are_now(faces, keep, make):
    for formula in (XOR, "Blond_Hair or Eyeglasses"):
        keep(faces, formula)
    later = make(faces.path, n=300, seed=1, fingerprint="e" * 64)
    for one in now(later):
        for name in ("women", "men"):
            value, low, high = one.rate("agreement", name)
            assert value == pytest.approx(shares(later, one.kept.formula)[name])
            assert low < value < high
            then = one.rate("agreement", name, kept=True)[0]
            assert then == pytest.approx(shares(faces, one.kept.formula)[name])
        assert one.n() == 300 == one.n("women") + one.n("men")
        assert one.changes == (
            "The face set is another than when this was kept: it had 400 faces and has 300.",
        )
        assert one.groups == ("women", "men")


def test_nothing_is_flagged_while_nothing_has_changed(faces, keep):
    keep(faces, XOR)
    (one,) = now(faces)
    assert one.changes == ()
    assert one.missing == ""
    assert json.loads(json.dumps(one.figures)) == one.kept.figures


def test_what_cannot_be_examined_any_more_says_why_and_keeps_its_evidence(faces, keep, make):
    keep(faces, XOR)
    KeptHypotheses(faces).add(Kept("Blond_Hair", target="error"))
    later = make(faces.path, fingerprint="e" * 64, attributes=("Blond_Hair",))
    first, second = now(later)
    assert "no attribute 'Eyeglasses'" in first.missing
    assert first.groups == ("women", "men")
    assert first.rate("agreement", "men") == (None, None, None)
    assert first.rate("agreement", "men", kept=True)[0] > 0.8
    assert "name the run" in second.missing


def test_a_run_other_than_the_kept_one_is_flagged(faces):
    class Run:
        id = "run-2"

    KeptHypotheses(faces).add(Kept(XOR, run="run-1"))
    (other,), (none,) = now(faces, run=Run()), now(faces)
    assert other.changes == ("It was kept of the run run-1; now these figures are of run-2.",)
    assert none.changes == ("It was kept of the run run-1; now no run is chosen.",)
    Run.id = "run-1"
    assert now(faces, run=Run())[0].changes == ()


def test_what_rests_on_a_probe_now_or_did_then_is_flagged(faces):
    class Probe:
        word = "bald"
        chances = np.linspace(0, 1, 400, dtype=np.float32)

    store = KeptHypotheses(faces)
    store.add(Kept("Eyeglasses xor bald"))
    store.add(Kept("Eyeglasses xor bald", probed=("bald", "Eyeglasses")))
    first, second = compare(store.list(), Traits.of(faces, probes=[Probe()]), faces)
    assert first.changes == ("bald rests on a probe now and did not when this was kept.",)
    assert second.changes == ("Eyeglasses rested on a probe when this was kept and does not now.",)


def test_figures_of_another_shape_than_an_examination_are_no_harm(faces):
    store = KeptHypotheses(faces)
    for figures in ({}, {"bits": 3}, {"groups": [1], "overall": 2}, {"groups": {"women": 0.5}}):
        store.add(Kept(XOR, figures=figures))
    for one in now(faces):
        assert one.rate("agreement", "women", kept=True) == (None, None, None)
    assert as_csv(now(faces)).count(b"\n") == 5


def test_the_report_tells_formula_words_figures_note_and_data(faces, keep):
    keep(faces, XOR, name="the *truth*", note="- one\n= two", who="ann", probed=("Eyeglasses",))
    text = as_markdown(now(faces), "Kept")
    share = shares(faces, XOR)["women"]
    for told in (
        r"## the \*truth\*",
        f"`{XOR}`: blond hair or eyeglasses, but not both. Explains the label.",
        "> \\- one\n> = two",
        f"| women | {(faces.table['gender'] == -1).sum()} | {100 * share:.1f} % (",
        "It rests on a probe of Eyeglasses",
        "95% intervals, which count faces",
        "by ann",
        f"of 400 faces (data {'f' * 12})",
    ):
        assert told in text
    assert "None is kept." in as_markdown([])


def test_the_table_has_a_line_each_and_no_formulas_of_spreadsheets(faces, keep):
    keep(faces, XOR, name="=1+1", note="@x")
    keep(faces, "Blond_Hair")
    lines = list(csv.DictReader(io.StringIO(as_csv(now(faces)).decode())))
    assert [line["formula"] for line in lines] == [XOR, "Blond_Hair"]
    assert (lines[0]["name"], lines[0]["note"]) == ("'=1+1", "'@x")
    agreement = shares(faces, XOR)
    for name in ("women", "men"):
        assert float(lines[0][f"{name} agreement"]) == pytest.approx(agreement[name])
        assert float(lines[0][f"{name} agreement when kept"]) == pytest.approx(agreement[name])
    assert lines[0]["all n"] == "400"


def test_the_json_has_the_evidence_of_then_and_the_figures_of_now(faces, keep, make):
    keep(faces, XOR)
    later = make(faces.path, n=300, seed=1, fingerprint="e" * 64)
    document = json.loads(as_json(now(later)))
    (one,) = document["hypotheses"]
    assert one["formula"] == XOR
    assert (one["figures"]["overall"]["n"], one["figures_now"]["overall"]["n"]) == (400, 300)
    assert one["changes"]
    assert one["missing"] is None
