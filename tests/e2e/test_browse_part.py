"""Browse in a browser: faces are found by a link, selected and tagged by keys, and Back works."""

import pytest
from playwright.sync_api import expect

from softbio.faces import FaceSet
from softbio.faces.reviews import Reviews
from softbio.faces.tags import Tags


@pytest.fixture
def drawn(faces_site):
    return FaceSet.open(faces_site.data / "drawn")


def _shown(tab):
    return [text.split("\n")[0] for text in tab.page.locator(".tile .caption").all_inner_texts()]


def test_many_faces_are_tagged_and_mended_by_keys_and_it_is_undone(browse_faces, drawn):
    # A reader of its own name: other tests say something of these faces too.
    tab = browse_faces("/faces?faces=browse&set=drawn&label=1&order=score&who=Grid")
    tab.sees("label 1")
    wanted = min(100, int((drawn.labels() == 1).sum()))
    expect(tab.page.locator(".st-key-browse_grid .tile")).to_have_count(wanted)
    names = _shown(tab)
    keys = tab.page.keyboard
    tab.page.locator(".tile").nth(4).focus()
    for key in (" ", "Shift+ArrowRight", "Shift+ArrowRight"):
        keys.press(key)
    keys.press("w")
    tab.sees("wrong label", inside=".st-key-browse_said")
    tags, reviews = Tags(drawn), Reviews(drawn)
    rows = [drawn.table["filename"].tolist().index(name) for name in names[4:7]]
    tab.until(lambda: (tags.values("wrong label")[rows] == 1).all())
    assert _shown(tab) == names

    keys.press("0")  # the selection is still there
    tab.until(lambda: (reviews.said_by("Grid")[rows] == 0).all())
    assert (reviews.said_by("Grid") != -1).sum() == 3
    tab.sees("label should be 0", inside=".st-key-browse_said")
    tab.ready()

    tab.click("browse_undo")
    tab.until(lambda: (reviews.said_by("Grid") == -1).all())
    tab.sees("Undone")
    tab.ready()
    tab.page.locator(".tile").nth(4).focus()
    keys.press("z")
    tab.until(lambda: (tags.values("wrong label")[rows] == -1).all())


def test_filters_stand_in_the_address_and_back_undoes_a_step(browse_faces, drawn):
    tab = browse_faces("/faces?faces=browse&set=drawn")
    tab.sees("All 320 faces")
    tab.fill("browse_formula", f"not {drawn.attributes[0]}")
    n = int((drawn.table[drawn.attributes[0]] == 0).sum())
    tab.sees(f"{n} of 320 faces")
    tab.page.wait_for_function("() => location.search.includes('filters=1')")
    tab.page.go_back()
    tab.sees("All 320 faces")
    tab.page.go_forward()
    tab.sees(f"{n} of 320 faces")
    box = tab.page.locator(".st-key-browse_formula input")
    expect(box).to_have_value(f"not {drawn.attributes[0]}")
    tab.ready()
    first = set(_shown(tab))
    tab.click("browse_next")
    tab.page.wait_for_function("() => location.search.includes('page=2')")
    tab.until(lambda: not first & set(_shown(tab)))
    tab.page.reload()
    tab.sees(f"{n} of 320 faces")
    assert "page=2" in tab.page.url
