"""The page Hypotheses in a real browser: search, read, go on from a line, reload, cancel."""

import re
from urllib.parse import parse_qs, urlparse

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


@pytest.fixture
def tab(browse):
    return browse("/hypotheses?lab=searching&set=demo")


def address(tab):
    return {name: values[0] for name, values in parse_qs(urlparse(tab.page.url).query).items()}


def test_a_search_ranks_formulas_and_leads_on_to_each(tab):
    tab.click("search")
    tab.sees("of all formulas searched, this tells the label best")
    table = tab.page.get_by_role("region", name="Formulas, best first")
    first = table.get_by_role("rowheader").first
    expect(first).to_contain_text("but not both")
    # The rule with which the faces were labelled, without the noise.
    expect(first.locator("code")).to_have_text(
        re.compile(r"blond\w* xor glasses|Blond_Hair xor Eyeglasses", re.I)
    )
    first.get_by_text("Details").click()
    expect(first.get_by_text("0 where it says 1")).to_be_visible()
    assert [fault["id"] for fault in Axe().run(tab.page, options={"resultTypes": ["violations"]}).response["violations"]
            if fault["impact"] in ("serious", "critical")] == []  # fmt: skip

    tab.page.reload()
    tab.ready()
    tab.sees("of all formulas searched, this tells the label best")

    formula = first.locator("code").inner_text()
    first.get_by_role("link").first.click()
    tab.sees("Formula and label")
    assert address(tab)["lab"] == "examination" and address(tab)["formula"] == formula
    tab.page.go_back()
    tab.ready()
    tab.sees("of all formulas searched, this tells the label best")

    rows = tab.page.get_by_role("region", name="Formulas, best first").locator("tr[data-k]")
    rows.nth(1).get_by_text("Details").click()
    rows.nth(1).get_by_role("link", name="Hold it against the first").click()
    tab.page.wait_for_url(re.compile("lab=duel"))
    tab.ready()
    assert address(tab)["first"] == formula and address(tab)["second"] != formula


def test_known_totals_rule_lines_out_and_what_is_left_out_is_not_named(tab):
    tab.click("search")
    tab.sees("Totals known from elsewhere")
    tab.page.get_by_text("Totals known from elsewhere").click()
    tab.fill("totals", "all: 90%")
    table = tab.page.get_by_role("region", name="Formulas, best first")
    expect(table.get_by_text("ruled out").first).to_be_visible()
    name = re.split(r" (?:xor|or) ", table.locator("code").first.inner_text())[0]
    tab.page.goto(tab.page.url + f'&without=["{name}"]')
    tab.ready()
    tab.click("search")
    table = tab.page.get_by_role("region", name="Formulas, best first")
    expect(table.locator("code").first).to_be_visible()
    assert all(name not in text for text in table.locator("code").all_inner_texts())


def test_a_long_search_can_be_cancelled(tab):
    tab.choose("choice_most", "4")
    tab.page.get_by_text("Also shuffled labels").click()
    tab.ready()
    tab.click("search")
    tab.page.get_by_role("button", name="Cancel").click()
    expect(tab.page.get_by_role("button", name="Cancel")).to_have_count(0)
    tab.ready()
    expect(tab.page.get_by_role("button", name="Search", exact=True).first).to_be_enabled()
    assert tab.page.get_by_text("What explains it").count() == 0
