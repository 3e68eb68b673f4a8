"""The pages Errors and Faces in a browser: every part opens, can be read by all, and fits a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

ERRORS = ("wrong", "looking", "slices")
FACES = ("browse", "map", "suspects", "duplicates", "review")
WIDER = """() => { const main = document.querySelector('[data-testid=stMain]');
                   return main.scrollWidth - main.clientWidth }"""


@pytest.mark.parametrize(
    "paths",
    [
        [f"/errors?errors={part}&split=train" for part in ERRORS],
        [f"/faces?faces={part}" for part in FACES],
    ],
    ids=["errors", "faces"],
)
def test_every_part_is_for_everybody(browse_faces, paths):
    tab = browse_faces(paths[0])
    page = tab.page
    for path in paths:
        page.set_viewport_size({"width": 1280, "height": 1000})
        tab.open(path)
        page.wait_for_timeout(200)
        assert not page.get_by_text("softbio failed unexpectedly").count(), path
        faults = [
            (path, fault["id"], node["target"], node.get("failureSummary"))
            for fault in Axe()
            .run(page, options={"resultTypes": ["violations"]})
            .response["violations"]
            if fault["impact"] in ("serious", "critical")
            for node in fault["nodes"]
        ]
        assert not faults
        page.set_viewport_size({"width": 390, "height": 800})
        page.wait_for_function(f"() => ({WIDER})() <= 1")
