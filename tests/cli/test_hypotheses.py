"""``softbio hypotheses``: searches, examines, lets two meet, keeps; and its refusals."""

import csv
import json
import shutil

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from softbio.cli import app
from softbio.faces.attributes_only import attribute_set
from softbio.faces.faceset import FaceSet
from softbio.faces.pack import pack
from softbio.faces.readers import read_source
from softbio.faces.tags import Tags
from softbio.formula import parse
from softbio.runs import RunStore

ATTRIBUTES = ("Blond_Hair", "Eyeglasses", "Wearing_Hat", "Smiling")


def annotations(n=800, seed=0):
    """Faces of which the label is blond xor glasses, two in a hundred flipped."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"filename": [f"{i:05d}.jpg" for i in range(n)]})
    for name, share in zip(ATTRIBUTES, (0.3, 0.3, 0.1, 0.5), strict=True):
        table[name] = (rng.random(n) < share).astype(int)
    table["gender"] = rng.choice([-1, 1], n)
    table["identity"] = np.arange(n) // 2
    flipped = rng.random(n) < 0.02
    table["label"] = table["Blond_Hair"] ^ table["Eyeglasses"] ^ flipped.astype(int)
    return table


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """An annotation file with a label."""
    path = tmp_path_factory.mktemp("annotated") / "faces.csv"
    annotations().to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def packed_once(table):
    """The same as a face set without images, to which nothing is added."""
    return pack(read_source(table, attributes_only=True), table.parent / "packed" / "set")


@pytest.fixture
def packed(packed_once, tmp_path):
    """A copy of that set."""
    return FaceSet.open(shutil.copytree(packed_once.path, tmp_path / "set"))


@pytest.fixture
def judged(packed, run_config, tmp_path):
    """A run of that set, which errs on hats; its store is ``tmp_path / "models"``."""
    config = run_config.model_copy(update={"data_fingerprint": packed.fingerprint})
    run = RunStore(tmp_path / "models").create(config)
    frame = packed.table[["filename", "split", "label", "gender"]].copy()
    predicted = frame["label"].to_numpy(int) ^ packed.table["Wearing_Hat"].to_numpy(int)
    frame["score"] = np.where(predicted == 1, 0.9, 0.1).astype(np.float32)
    run.write_predictions(frame)
    run.update_state(status="done")
    return run


def ask(data, *arguments):
    return CliRunner().invoke(app, ["hypotheses", str(data), *map(str, arguments)])


def told(data, *arguments):
    done = ask(data, *arguments, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_an_annotation_file_is_searched_and_nothing_is_written_beside_it(table):
    before = sorted(table.parent.iterdir())
    done = ask(table)
    assert done.exit_code == 0, done.stderr
    ranked = done.stdout.index("blond hair or eyeglasses, but not both")
    assert ranked < done.stdout.index("Blond_Hair xor Eyeglasses")
    assert "women" in done.stdout and "men" in done.stdout
    assert "on the other half it agrees" in done.stdout
    assert "chance gives some formula m bits" in done.stdout
    assert "━" not in done.stdout and done.stderr == ""  # no bar where nobody watches
    assert sorted(table.parent.iterdir()) == before


def test_figures_in_json_are_those_counted_from_the_table(table):
    answer = told(table, "--top", 3)
    faces = annotations()
    best = answer["hypotheses"][0]
    assert answer["explained"] and best["explains"] and best["rank"] == 1
    assert parse(best["formula"]) == parse("Blond_Hair xor Eyeglasses")
    assert best["words"] == "blond hair or eyeglasses, but not both"
    stated = faces["Blond_Hair"] ^ faces["Eyeglasses"]
    for name, code in (("women", -1), ("men", 1)):
        of = faces["gender"] == code
        agreement = (stated == faces["label"])[of].mean()
        assert best["groups"][name]["agreement"] == pytest.approx(agreement)
        assert best["groups"][name]["n"] == of.sum()
    assert answer["run"] is None and answer["target"]["spec"] == "label"
    assert answer["searched"] == [*ATTRIBUTES] and answer["held_out"]["by"] == "person"


def test_where_no_group_is_known_all_faces_are_one(tmp_path):
    faces = annotations(600).drop(columns=["gender", "identity"])
    faces.to_csv(tmp_path / "faces.csv", index=False)
    answer = told(tmp_path / "faces.csv")
    assert answer["hypotheses"][0]["formula"] == "Blond_Hair xor Eyeglasses"
    assert list(answer["hypotheses"][0]["groups"]) == ["all"] and answer["faces"] == 600
    asked = ("--test", "Blond_Hair or Eyeglasses", "--against", "Blond_Hair xor Eyeglasses")
    shown = ask(tmp_path / "faces.csv", *asked)
    assert shown.exit_code == 0 and "women" not in shown.stdout


def test_another_formula_is_made_the_label(table):
    answer = told(table, "--label", "wearing_hat or smiling")
    assert parse(answer["hypotheses"][0]["formula"]) == parse("Wearing_Hat or Smiling")


def test_that_nothing_explains_the_label_is_an_answer(tmp_path):
    faces = annotations(400, seed=1)
    faces["label"] = np.random.default_rng(2).permutation(faces["label"])
    faces.to_csv(tmp_path / "faces.csv", index=False)
    done = ask(tmp_path / "faces.csv", "--permutations", 3)
    assert done.exit_code == 0, done.stderr
    assert "Nothing explains the label." in done.stdout
    assert "these are what chance offers" in done.stdout.lower()
    assert "On 3 shuffled labels" in done.stdout and "p = " in done.stdout
    answer = told(tmp_path / "faces.csv")
    assert not answer["explained"]


def test_an_attribute_is_left_out(table):
    answer = told(table, "--without", "EYEGLASSES")
    assert "Eyeglasses" not in answer["searched"]
    assert answer["hypotheses"][0]["formula"] == "Blond_Hair"


def test_a_formula_is_examined(table):
    faces = annotations()
    answer = told(table, "--test", "blond_hair or eyeglasses")
    assert answer["formula"] == "Blond_Hair or Eyeglasses"
    stated = faces["Blond_Hair"] | faces["Eyeglasses"]
    counts = pd.crosstab(stated, faces["label"]).to_numpy().tolist()
    assert answer["overall"]["table"] == counts
    rate = answer["groups"]["men"]["label_0_given_1"]
    men = (faces["gender"] == 1) & (stated == 1)
    assert rate["value"] == pytest.approx((faces["label"][men] == 0).mean())
    assert rate["low"] < rate["value"] < rate["high"]
    shown = ask(table, "--test", "blond_hair or eyeglasses")
    assert "it says 1, but it is 0" in shown.stdout and "Against the label." in shown.stdout


def test_two_formulas_meet_on_the_faces_where_they_differ(table, tmp_path):
    faces = annotations()
    both = (faces["Blond_Hair"] & faces["Eyeglasses"]) == 1
    asked = ("--test", "Blond_Hair or Eyeglasses", "--against", "Blond_Hair xor Eyeglasses")
    file = tmp_path / "disputed.csv"
    answer = told(table, *asked, "--csv", file)
    disputed = answer["disputed"]
    assert disputed["n"] == both.sum()
    assert disputed["for_first"] == (faces["label"][both] == 1).sum()
    assert answer["favours"] == "second" and answer["strength"] == "decisive"
    assert answer["first"]["formula"] == "Blond_Hair or Eyeglasses"
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["filename"] for row in rows] == faces["filename"][both].tolist()
    assert [int(row["label"]) for row in rows] == faces["label"][both].tolist()
    shown = ask(table, *asked)
    assert answer["sentence"] in shown.stdout and "disputed faces" in shown.stdout


def test_known_totals_rule_formulas_out(table):
    share = annotations()["label"].mean()
    answer = told(table, "--total", f"all: {100 * share:.1f}%")
    checks = {parse(line["formula"]): line["totals"][0]["agrees"] for line in answer["hypotheses"]}
    assert checks[parse("Blond_Hair xor Eyeglasses")]
    shown = ask(table, "--total", "all: 90%")
    assert "ruled out" in shown.stdout


def test_the_ranking_is_written_for_a_spreadsheet(table, tmp_path):
    done = ask(table, "--top", 2, "--csv", tmp_path / "ranking.csv")
    assert done.exit_code == 0, done.stderr
    frame = pd.read_csv(tmp_path / "ranking.csv")
    assert set(frame["group"]) == {"women", "men", "all"}
    assert frame["n"][frame["group"] == "all"].eq(800).all()
    assert "cannot be written" in ask(table, "--csv", tmp_path / "no" / "x.csv").stderr


def test_what_a_run_gets_wrong_is_explained(packed, judged, tmp_path):
    asked = ("--run", judged.id[:12], "--models", tmp_path / "models", "--split", "train")
    answer = told(packed.path, "--target", "error:men", *asked)
    assert answer["hypotheses"][0]["formula"] == "Wearing_Hat"
    assert answer["target"]["title"] == "errors among men" and answer["split"] == "train"
    shown = ask(packed.path, "--target", "error:men", *asked)
    assert "women" not in shown.stdout  # no face of theirs is asked about
    scored = told(packed.path, "--test", "Wearing_Hat", *asked)["scores"]
    assert scored["split"] == "train" and scored["trained_on"]


def test_looks_at_test_are_counted_for_what_a_run_predicts(packed, judged, tmp_path):
    asked = ("--run", judged.id, "--models", tmp_path / "models", "--split", "test")
    done = ask(packed.path, "--target", "prediction", *asked)
    assert done.exit_code == 0 and "looked at 1 time." in done.stderr
    assert judged.state.test_looks == 1


def test_a_hypothesis_is_kept_and_listed(packed, tmp_path):
    nothing = ask(packed.path, "--kept")
    assert nothing.exit_code == 0 and "Nothing is kept" in nothing.stdout
    done = ask(packed.path, "--keep", "the rule", "--note", "told by [nobody]")
    assert done.exit_code == 0 and "Kept Blond_Hair xor Eyeglasses" in done.stderr
    answer = told(packed.path, "--test", "Wearing_Hat", "--keep", "a hat")
    kept = told(packed.path, "--kept", "--markdown", tmp_path / "kept.md")["hypotheses"]
    assert [one["name"] for one in kept] == ["the rule", "a hat"]
    assert kept[1]["id"] == answer["kept"]
    assert kept[0]["figures_now"]["overall"]["n"] == 800
    shown = ask(packed.path, "--kept").stdout
    assert "the rule" in shown and "told by [nobody]" in shown
    assert "the rule" in (tmp_path / "kept.md").read_text()


def test_nothing_is_kept_where_nothing_explains(tmp_path):
    faces = annotations(300, seed=3)
    faces["label"] = np.random.default_rng(4).integers(0, 2, 300)
    faces.to_csv(tmp_path / "faces.csv", index=False)
    found = read_source(tmp_path / "faces.csv", attributes_only=True)
    path = pack(found, tmp_path / "set").path
    done = ask(path, "--keep", "luck", "--json")
    assert done.exit_code == 0 and json.loads(done.stdout)["kept"] is None
    assert "Nothing is kept" in done.stderr


def test_attributes_are_learned_from_tags_and_answers_say_so(make_faces, tmp_path):
    label = np.random.default_rng(0).integers(0, 2, 160)
    faces = make_faces(tmp_path / "set", label=label, split=["train"] * 160)
    tags = Tags.open(faces)
    assert "has no attributes" in ask(faces.path).stderr
    names = faces.table["filename"]
    tags.add("red", names[:80].tolist(), ["yes" if one else "no" for one in label[:80]])
    tags.add("rare", names[:3].tolist(), "no")
    done = ask(faces.path)
    assert done.exit_code == 0, done.stderr
    assert "rests on a probe: red" in done.stdout
    assert "rare is tagged and cannot be learned yet" in done.stdout
    answer = told(faces.path)
    assert answer["probed"] == ["red"]
    assert [probe["word"] for probe in answer["probes"]] == ["red"]
    assert answer["hypotheses"][0]["probed"] == ["red"]
    assert "may echo" not in done.stdout  # no network was trained on this label
    without = ask(faces.path, "--no-probe")
    assert "probe" not in without.stdout
    # A tag does not explain itself.
    itself = ask(faces.path, "--target", "red")
    assert itself.exit_code == 2 and "Nothing can be searched" in itself.stderr


def test_celeba_s_annotation_file_is_taken_as_it_is(tmp_path):
    lines = ["4", "Blond_Hair Eyeglasses Male "]
    lines += [f"{i:06d}.jpg {a:2d} {b:2d}  1" for i, (a, b) in enumerate([(1, -1), (-1, 1), (1, 1), (-1, -1)], 1)]  # fmt: skip
    path = tmp_path / "list_attr_celeba.txt"
    path.write_bytes("\r\n".join([*lines, ""]).encode())
    assert len(attribute_set(path)) == 4
    answer = told(path, "--label", "Blond_Hair xor Eyeglasses", "--test", "Blond_Hair")
    assert answer["overall"]["table"] == [[1, 1], [1, 1]]
    assert "has no label of its own" in ask(path).stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--test", "Blond_Har"], "Did you mean 'Blond_Hair'?"),
        (["--test", "(Blond_Hair"], "is not closed"),
        (["--without", "Glases"], "--without Glases: there is no attribute 'Glases'."),
        (["--target", "beauty"], "There is no target 'beauty'"),
        (["--target", "error"], "name one with --run"),
        (["--against", "Smiling"], "--against needs --test"),
        (["--test", "Smiling", "--permutations", "9"], "leave it out with --test"),
        (["--note", "x"], "give its name with --keep"),
        (["--kept", "--test", "Smiling"], "leave out --test"),
        (["--markdown", "x.md"], "give --kept too"),
        (["--keep", "x", "--split", "train"], "leave out --split"),
        (["--total", "many"], "--total: A total reads like"),
        (["--label", "Smiling"], "--label cannot give it another"),
        (["--probe"], "--import TAGS.csv"),
        (["--run", "1999"], "1999"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(packed_once, tmp_path, arguments, sentence):
    done = ask(packed_once.path, *arguments, "--models", tmp_path / "models")
    assert done.exit_code == 2
    assert sentence in " ".join(done.stderr.split()), done.stderr
    assert done.stdout == ""


def test_what_is_no_set_of_attributes_is_refused(table, tmp_path):
    assert "There is nothing at" in ask(tmp_path / "none").stderr
    assert "kept in a face set" in ask(table, "--keep", "x").stderr
    faces = annotations(20).assign(label="maybe")
    faces.to_csv(tmp_path / "words.csv", index=False)
    assert "`softbio pack --attributes-only`" in ask(tmp_path / "words.csv").stderr
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(b"")
    assert "photographs without attributes" in ask(tmp_path / "photos").stderr
