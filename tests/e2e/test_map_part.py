"""The lasso: what lies within it is selected, shown in the grid below, and opened by a click."""

import re

import numpy as np
from playwright.sync_api import expect

from dashboard.widgets.mapping.component import Placed
from softbio.audit.map import map_of
from softbio.faces import FaceSet


def test_a_lasso_selects_exactly_the_faces_within(browse_faces, faces_site):
    faces = FaceSet.open(faces_site.data / "drawn")
    placed = Placed.of(map_of(faces_site.newest()), np.arange(len(faces)))
    tab = browse_faces("/faces?faces=map&colour=error")
    page = tab.page
    canvas = page.locator(".points")
    expect(page.locator(".map")).to_have_attribute("data-drawn", "points")
    box = canvas.bounding_box()
    side = 0.94 * min(box["width"], box["height"])
    unit = placed.places / 65_535 - 0.5
    across = box["x"] + box["width"] / 2 + unit[:, 0] * side
    down = box["y"] + box["height"] / 2 - unit[:, 1] * side
    # A rhombus about the middle point: not what a rectangle would select.
    x, y, half = float(np.median(across)), float(np.median(down)), 0.15 * side
    away = np.abs(across - x) + np.abs(down - y)
    edge = np.sort(np.abs(away - half))
    assert edge[0] > 0.01, "a point lies on the lasso itself"
    wanted = np.sort(placed.rows[away < half])
    assert 10 < len(wanted) < len(faces) - 10

    page.get_by_role("button", name="Lasso").click()
    page.mouse.move(x + half, y)
    page.mouse.down()
    for corner in ((x, y - half), (x - half, y), (x, y + half), (x + half, y)):
        page.mouse.move(*corner, steps=2)
    page.mouse.up()
    # A few points may lie between the pixels that the mouse went through and the rhombus.
    expect(page.get_by_role("heading", name=re.compile("faces selected"))).to_be_visible()
    told = int(page.locator(".map").get_attribute("data-selected"))
    near = int((np.abs(away - half) < 1.5).sum())
    assert abs(told - len(wanted)) <= near
    expect(page.get_by_role("heading", name=f"{told} faces selected")).to_be_visible()
    tiles = page.locator(".st-key-map_grid .tile")
    expect(tiles).to_have_count(min(told, 60))
    names = {tile.get_attribute("aria-label").split(":")[0] for tile in tiles.all()}
    sure = np.flatnonzero(away[np.argsort(placed.rows)] < half + 1.5)
    assert names <= set(faces.table["filename"].iloc[sure])

    # Escape selects nothing; a click opens the face under the pointer.
    canvas.focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name=re.compile("faces selected"))).to_have_count(0)
    page.get_by_role("button", name="Move", exact=True).click()
    moved = canvas.bounding_box()["y"] - box["y"]  # the page may have been scrolled
    lone = int(np.argmax(np.where(np.abs(unit).max(1) < 0.49, (unit**2).sum(1), 0)))
    page.mouse.click(float(across[lone]), float(down[lone]) + moved)
    dialog = page.get_by_role("dialog")
    name = faces.table["filename"].iloc[int(placed.rows[lone])]
    expect(dialog.get_by_text(name, exact=True)).to_be_visible()
