"""The grid by keyboard and mouse: move, select, ranges, letters, size, open."""

import re

from playwright.sync_api import expect

FOCUSED = """() => {
  let one = document.activeElement
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement
  return one?.getAttribute("aria-label")
}"""


def test_faces_are_selected_tagged_and_opened_without_a_mouse(browse_faces):
    tab = browse_faces("/faces?faces=browse")
    page = tab.page
    tiles = page.locator(".st-key-browse_grid .tile")
    expect(tiles).to_have_count(100)
    names = [tile.get_attribute("aria-label") for tile in tiles.all()]
    pressed = page.locator(".st-key-browse_grid .tile[aria-pressed=true]")

    # One stop for Tab; arrows move within; Down goes to the face below.
    assert page.locator(".st-key-browse_grid .tile[tabindex='0']").count() == 1
    tiles.nth(0).focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(FOCUSED) == names[1]
    tops = [tile.bounding_box()["y"] for tile in tiles.all()[:30]]
    row = next(at for at, top in enumerate(tops) if top > tops[0] + 5)
    page.keyboard.press("ArrowDown")
    assert page.evaluate(FOCUSED) == names[row + 1]
    page.keyboard.press("Home")
    assert page.evaluate(FOCUSED) == names[0]

    # Space selects one, Shift a range, and the page hears of it; Escape none.
    page.keyboard.press("Space")
    expect(pressed).to_have_count(1)
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    expect(pressed).to_have_count(4)
    expect(page.locator(".st-key-browse_words").get_by_text("Tag 4 selected")).to_be_visible()
    assert page.evaluate(FOCUSED) == names[3]  # a repaint leaves the focus where it was
    page.keyboard.press("Escape")
    expect(pressed).to_have_count(0)
    tiles.nth(2).click(modifiers=["ControlOrMeta"])
    tiles.nth(6).click(modifiers=["Shift"])
    expect(pressed).to_have_count(5)

    # The slider changes all faces at once, on every page, and is remembered.
    before = tiles.nth(0).bounding_box()["width"]
    slider = page.locator(".st-key-browse_grid input[type=range]")
    slider.fill("2")
    assert tiles.nth(0).bounding_box()["width"] > 1.6 * before
    page.reload()
    tab.ready()
    expect(slider).to_have_value("2")
    slider.fill("1")

    # Enter opens the face that has the focus; closed, the focus is back.
    tiles.nth(5).focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".place")).to_have_text(re.compile("^6 of 100"))
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
