"""The page Fairness in a browser: sliders that answer, links that say it all, refits that stay."""

import hashlib
import json
import re
import time

import numpy as np
import pytest
from playwright.sync_api import expect

from softbio.config import recipe
from softbio.config.head import HeadConfig
from softbio.faces import FaceSet
from softbio.fairness import GroupCounts, common_rule
from softbio.runs import RunConfig
from softbio.runs.judging import faces_of, judge
from softbio.training.head import fit_head
from softbio.training.refit import head_data, last_inputs

WIDTH = 8


@pytest.fixture(scope="module")
def run(site):
    """A finished run with made-up scores, and with what a refit starts from."""
    faces = FaceSet.open(site.data / "demo")
    made = site.store.create(
        RunConfig(
            data=str(faces.path.resolve()),
            data_fingerprint=faces.fingerprint,
            size=faces.size,
            group_column=faces.group_column,
            groups=faces.group_names,
            train=recipe("fast"),
        )
    )
    rng = np.random.default_rng(7)
    label = np.maximum(faces.labels(), 0)
    values = rng.normal(size=(len(faces), WIDTH)) + label[:, None] * np.linspace(0.2, 1.2, WIDTH)
    np.save(made.path / "embeddings.npy", values.astype(np.float16))
    (made.path / "embeddings.json").write_text(json.dumps({"features": [0, WIDTH]}))
    made.weights_path.write_bytes(b"weights")
    frame = faces.table[["filename", "split", "label", "gender"]].copy()
    score = 1 / (1 + np.exp(1.5 - values[:, 5:].sum(axis=1)))
    made.write_predictions(frame.assign(score=score.astype(np.float32)))
    made.update_state(
        status="done",
        finished=time.time(),
        seconds=3.0,
        weights_sha256=hashlib.sha256(b"weights").hexdigest(),
    )
    return made


def counts(tab):
    cells = tab.page.locator(".st-key-matrices td b")
    cells.first.wait_for()
    return np.array([int(text.replace(",", "")) for text in cells.all_inner_texts()])


def judged(run, threshold, split="val_select"):
    return judge(run, split, threshold=threshold).counts.values.ravel()


def refitted(run, cell_weights=None):
    """The matrices of a last layer that is fitted here, to the training faces."""
    settings = HeadConfig(cell_weights=cell_weights or {}, fitted_on="train")
    faces = faces_of(run)
    head = fit_head(head_data(run, faces, "train"), settings)
    chosen = run.predictions().select("val_select")
    right = head.scores(last_inputs(run)[chosen.row]) > np.float32(0.5)
    made = GroupCounts.from_predictions(chosen.label, right, chosen.group, chosen.groups)
    return made.values.ravel()


def shows(tab, expected):
    """Wait until the matrices hold `expected`."""
    tab.until(lambda: np.array_equal(counts(tab), expected), expected)


def test_matrices_follow_a_threshold_while_it_is_dragged_and_a_link_tells_the_same(browse, run):
    tab = browse(f"/fairness?run={run.id}")
    shows(tab, judged(run, 0.5))
    slider = tab.page.locator(".st-key-thresholds input[type=range]")
    box = slider.bounding_box()
    tab.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.page.mouse.down()
    for step in range(1, 9):
        tab.page.mouse.move(box["x"] + box["width"] * (0.5 - 0.04 * step), box["y"] + 4)
    value = float(slider.input_value())
    assert value < 0.35
    shows(tab, judged(run, value))  # the button is still held
    assert "threshold=0.5" in tab.page.url
    tab.page.mouse.up()
    tab.page.wait_for_url(f"**threshold={value:g}*")
    expect(tab.page.locator(".st-key-matrices small", has_text="was").first).to_be_visible()
    slider.focus()
    tab.page.keyboard.press("ArrowRight")
    tab.page.wait_for_url(f"**threshold={value + 0.01:g}*")
    shows(tab, judged(run, value + 0.01))
    headline = tab.page.locator(".st-key-headline .large").all_inner_texts()
    other = browse(tab.page.url.removeprefix(tab.address))
    shows(other, judged(run, value + 0.01))
    shown = other.page.locator(".st-key-headline .large").all_inner_texts()
    assert shown == headline


def test_a_link_with_a_threshold_for_each_group_opens_as_it_was(browse, run):
    tab = browse(f"/fairness?run={run.id}&rule=per_group&thresholds=0.3,0.7&split=val_fit")
    women, men = judged(run, 0.3, "val_fit")[:4], judged(run, 0.7, "val_fit")[4:]
    shows(tab, np.concatenate([women, men]))
    sliders = tab.page.locator(".st-key-thresholds input[type=range]")
    assert [float(one.input_value()) for one in sliders.all()] == [0.3, 0.7]
    tab.page.reload()
    tab.ready()
    shows(tab, np.concatenate([women, men]))


def test_a_cell_leads_to_its_faces_by_mouse_and_by_keyboard(browse, run):
    tab = browse(f"/fairness?run={run.id}&threshold=0.4")
    cell = tab.page.locator(".st-key-matrices td a").nth(1)  # women, label 0, predicted 1
    number = cell.locator("b").inner_text()
    cell.focus()
    tab.page.keyboard.press("Enter")
    tab.sees("Women: label 0, predicted 1 (wrong)")
    tab.sees(f"{number} faces, the most confident first.")
    assert "cell=women" in tab.page.url
    expect(tab.page.locator(".st-key-grid_cell li")).to_have_count(min(28, int(number)))
    tab.page.go_back()
    shows(tab, judged(run, 0.4))
    with tab.page.context.expect_page() as opened:
        tab.page.locator(".st-key-matrices td a").nth(1).click(modifiers=["Control"])
    opened.value.get_by_text("Women: label 0, predicted 1 (wrong)").wait_for()


def test_a_weight_is_dragged_and_the_refit_kept_as_a_run(browse, run, site):
    tab = browse(f"/fairness?run={run.id}&fitted_on=train")  # the other half is tiny here
    shows(tab, judged(run, 0.5))
    tab.page.locator(".st-key-refit_switch").get_by_text("Refit the last layer").click()
    tab.sees("A refit of the last layer only")
    shows(tab, refitted(run))
    slider = tab.page.get_by_label("Weight of men, label 1", exact=True)
    slider.focus()
    for _ in range(3):
        tab.page.keyboard.press("PageUp")
    tab.page.wait_for_url(re.compile(r"men.1%22%3A4\.0"))
    changed = refitted(run, {"men 1": 4.0})
    assert (changed != refitted(run)).any()
    shows(tab, changed)
    tab.page.locator(".st-key-refit_keep button").first.click()
    tab.page.get_by_label("Name", exact=True).fill("more men")
    tab.page.get_by_role("button", name="Keep as a run").click()
    tab.page.wait_for_url(re.compile(r"run=[\d-]+-refit-"))
    kept = next(one for one in site.store.list() if one.config.kind == "refit")
    assert (kept.name, kept.config.parent) == ("more men", run.id)
    shows(tab, changed)
    assert (judge(kept, rule=common_rule(0.5)).counts.values.ravel() == changed).all()
    tab.sees("last layer of")
    assert f"baseline={run.id}" in tab.page.url
    site.store.remove(kept)


def test_metrics_are_sorted_by_a_click_and_stay_so_while_a_slider_moves(browse, run):
    tab = browse(f"/fairness?run={run.id}")
    table = tab.page.locator(".st-key-metrics table").first
    table.wait_for()

    def values():
        cells = table.locator("tbody tr td:nth-child(2)").all()
        return [float(cell.get_attribute("data-v")) for cell in cells]

    def sorted_down():
        return values() == sorted(values(), reverse=True)

    tab.until(lambda: not sorted_down())
    table.get_by_role("button", name="Women", exact=True).click()
    assert sorted_down()
    expect(table.locator("th[aria-sort=descending]")).to_have_count(1)
    old = values()
    tab.page.locator(".st-key-thresholds input[type=range]").focus()
    tab.page.keyboard.press("PageDown")
    shows(tab, judged(run, 0.4))
    tab.until(lambda: values() != old)
    assert sorted_down()
    table.locator(".term").first.focus()
    expect(tab.page.locator(".st-key-metrics .tip")).to_be_visible()


def test_a_narrow_window_holds_the_page_with_everything_on_it(browse, run, scored_site):
    link = f"run={run.id}&baseline={scored_site.older.id}&refit=%7B%7D&metrics=all&cross=Young"
    tab = browse(f"/fairness?{link}", viewport={"width": 390, "height": 800})
    tab.page.locator(".st-key-who_paid .verdict").wait_for()
    wide = tab.page.evaluate(
        """() => { const main = document.querySelector('[data-testid=stMain]');
                   return main.scrollWidth - main.clientWidth }"""
    )
    assert wide <= 1
