"""The large view of a face: opened by a click, gone through by keys, explained, closed."""

import re

from playwright.sync_api import expect

PATH = "/errors?baseline=none&errors=wrong&split=train"


def test_a_face_is_opened_gone_through_explained_and_closed(browse_faces):
    tab = browse_faces(PATH)
    page = tab.page
    grid = page.locator("[class*='st-key-grid_now_0_1']").first
    grid.locator("button").nth(1).click()
    dialog = page.get_by_role("dialog")
    face = dialog.locator("img.face")
    expect(face).to_be_visible()
    page.wait_for_function("image => image.naturalWidth === 80", arg=face.element_handle())
    place = dialog.locator(".place")
    expect(place).to_have_text(re.compile(r"^2 of \d+$"))
    expect(dialog.get_by_text("wrong: a false negative")).to_be_visible()
    name = dialog.get_by_text(re.compile(r"^\d+\.(jpg|png)$")).first
    first = name.text_content()

    # The arrow keys go through the faces of the grid, and so does what is told of them.
    expect(dialog).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(place).to_have_text(re.compile(r"^3 of"))
    expect(name).not_to_have_text(first)
    assert name.text_content() in face.get_attribute("alt")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(place).to_have_text(re.compile(r"^1 of"))
    expect(dialog.locator(".previous")).to_be_disabled()

    # Its explanation: maps over the face, as strong as the reader wants, without asking Python.
    dialog.get_by_text("Where it looked", exact=True).click()
    maps = dialog.locator(".pair canvas")
    expect(maps).to_have_count(2)
    page.keyboard.press("ArrowRight")  # chosen with the mouse: the arrows still go through faces
    expect(place).to_have_text(re.compile(r"^2 of"))
    expect(maps).to_have_count(2)
    slider = dialog.get_by_role("slider", name="Strength")
    slider.fill("20")
    for canvas in maps.all():
        expect(canvas).to_have_css("opacity", "0.2")
    # Arrows belong to the slider while it has the focus.
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(maps.first).to_have_css("opacity", "0.21")
    expect(place).to_have_text(re.compile(r"^2 of"))

    # Another face from here takes its place, with a way back.
    dialog.get_by_text("Similar faces", exact=True).click()
    dialog.locator("[class*='st-key-face_alike_1'] button").first.click()
    back = dialog.get_by_role("button", name=re.compile("^Back to"))
    expect(back).to_be_visible()
    back.click()
    expect(place).to_have_text(re.compile(r"^2 of"))
    expect(page.get_by_role("dialog")).to_have_count(1)
    assert page.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() == 0

    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    tab.ready()
    expect(grid.locator("button").nth(1)).to_be_visible()
