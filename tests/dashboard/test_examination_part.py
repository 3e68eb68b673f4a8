"""Two parts of the page Hypotheses: one formula examined, and two against each other."""

import numpy as np
import pandas as pd
import pytest

OR, XOR = "Blond_Hair or Eyeglasses", "Blond_Hair xor Eyeglasses"


@pytest.fixture
def lab(world):
    """A function that opens a part of the lab, with choices in the address."""

    def opened(part, **query):
        app = world.open("hypotheses", lab=part, **query)
        assert not app.exception, app.exception
        return app

    return opened


def typed(app, key, text):
    app.text_input(key=key).set_value(text).run()
    assert not app.exception, app.exception
    return app


def without_pixels(world):
    """Take the photographs out of the set."""
    faces = world.add_set()
    np.save(faces.path / "images.npy", np.zeros((len(faces), 0, 0, 3), np.uint8))


def test_a_formula_that_is_the_label_agrees_everywhere(world, lab, said):
    world.add_set()
    app = typed(lab("examination"), "formula", XOR)
    assert not app.error
    assert said(app).count("<td>100.0 % (") == 6  # agreement and balanced, of all, women and men
    assert "but not both" in said(app)


def test_a_formula_is_examined_by_group_with_its_faces(world, lab, said):
    faces = world.add_set()
    table = faces.table.dropna(subset="label")
    told = said(lab("examination", formula="blond_hair OR eyeglasses"))
    for code, name in ((-1, "Women"), (1, "Men")):
        mine = table[table["gender"] == code]
        both = ((mine["Blond_Hair"] == 1) & (mine["Eyeglasses"] == 1)).sum()
        assert f"**{name}: formula 1, label 0** · {both} faces" in told
        assert f"<b>{both}</b>" in told
    assert f"Read as `{OR}`" in told


@pytest.mark.parametrize(("part", "name"), [("examination", "formula"), ("duel", "second")])
def test_a_formula_that_cannot_be_read_is_told_as_a_sentence(world, lab, part, name):
    world.add_set()
    app = lab(part)
    for formula in ("Blond_Hair and", "((", "drop table", "Blond_Hare"):
        assert len(typed(app, name, formula).error) == 1
    assert "Blond_Hair" in app.error[0].value
    assert not typed(app, name, "Blond_Hair").error


def test_a_set_without_attributes_says_so(world, lab, said):
    world.add_set(attributes=False)
    for part in ("examination", "duel"):
        assert "no attributes" in said(lab(part))


@pytest.mark.parametrize("part", ["examination", "duel"])
def test_the_formulas_stand_in_the_address_and_survive_another_part(world, lab, part):
    world.add_set()
    name = {"examination": "formula", "duel": "first"}[part]
    app = typed(lab(part), name, "not Eyeglasses")
    assert app.query_params[name] in ("not Eyeglasses", ["not Eyeglasses"])
    app.query_params["lab"] = "kept"
    app.run()
    app.query_params["lab"] = part
    app.run()
    assert app.text_input(key=name).value == "not Eyeglasses"


def test_a_set_without_photographs_is_examined_all_the_same(world, lab, said):
    without_pixels(world)
    assert "formula 1, label 0" in said(lab("examination", formula=OR))
    assert "decisive evidence" in said(lab("duel", first=OR, second=XOR))


def test_a_run_tells_its_mean_score_on_each_cell(world, lab, said):
    faces = world.add_set()
    run = world.add_run(faces)
    told = said(lab("examination", formula=OR, lab_run=run.id, split="train"))
    frame = run.predictions().frame
    cell = (frame["split"] == "train").to_numpy() & (frame["label"] == 0).fillna(False).to_numpy()
    cell &= (faces.table["Blond_Hair"] == 1).to_numpy()
    mean, n = frame["score"][cell].mean(), int(cell.sum())
    assert f"<td>{mean:.2f} ({n})</td>" in told
    assert "trained on them" in told


def test_errors_of_a_run_are_examined_like_a_label(world, lab, said):
    run = world.add_run(world.add_set())
    told = said(lab("examination", formula="Eyeglasses", lab_run=run.id, target="error:men"))
    assert "formula 1, predicted wrongly" in told


def test_the_disputed_faces_decide_and_are_counted_by_group(world, lab, said):
    faces = world.add_set()
    table = faces.table.dropna(subset="label")
    both = table[(table["Blond_Hair"] == 1) & (table["Eyeglasses"] == 1)]
    app = lab("duel", first=OR, second=XOR)
    assert "decisive evidence for" in app.success[0].value
    told = said(app)
    for code, name in ((-1, "Women"), (1, "Men")):
        n = (both["gender"] == code).sum()
        assert f"**{name}: as the second says** · {n} faces" in told
        assert f"**{name}: as the first says** · 0 faces" in told
    assert "no more labels are needed" in told


def test_disputed_faces_without_a_label_are_shown_to_be_labelled(world, lab, said):
    faces = world.add_set()
    table = faces.table.copy()
    both = (table["Blond_Hair"] == 1) & (table["Eyeglasses"] == 1)
    table.loc[both, "label"] = pd.NA
    table.to_parquet(faces.path / "table.parquet")
    told = said(lab("duel", first=OR, second=XOR))
    assert "differ on none of the" in told.replace("\\", "")
    assert f"**Not known** · {both.sum()} faces" in told


def test_the_same_function_twice_is_told(world, lab, said):
    world.add_set()
    app = lab("duel", first=OR, second="Eyeglasses or Blond_Hair")
    assert "same function" in app.info[0].value


def test_known_totals_rule_a_formula_out(world, lab):
    faces = world.add_set()
    app = lab("duel", first=XOR, second=f"not ({XOR})", totals="all: 99 % ± 0%")
    assert [bool(app.success), bool(app.warning)] == [True, True]
    assert "ruled out" in app.warning[0].value
    app = typed(app, "totals", "all: as many as you like")
    assert "A total reads like" in app.error[0].value
    share = (faces.table["Blond_Hair"] ^ faces.table["Eyeglasses"]).mean()
    app = typed(lab("examination", formula=XOR), "totals", f"all: {100 * share:.1f}%")
    assert "it agrees" in app.success[0].value


def test_the_examined_formula_goes_into_the_duel_and_back(world, lab):
    world.add_set()
    app = lab("examination", formula="Eyeglasses")
    app.button(key="to_duel").click().run()
    assert app.text_input(key="first").value == "Eyeglasses"
    app.text_input(key="second").set_value(XOR).run()
    app.button(key="examine_second").click().run()
    assert not app.exception
    assert app.text_input(key="formula").value == XOR
