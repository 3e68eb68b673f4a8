"""What only a browser can tell: painted faces, contrast and names, requests, narrow windows."""

import http.client

import pytest
from axe_playwright_python.sync_playwright import Axe

PAGES = [
    "",
    "train",
    "search",
    "runs",
    "fairness",
    "decide",
    "errors",
    "hypotheses",
    "hypotheses?lab=examination",
    "predict",
]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 800}
#: Nothing is wider than the window. Charts are drawn wide and brought to its width a moment later.
FITS = """() => { const main = document.querySelector('[data-testid=stMain]');
                  return main.scrollWidth - main.clientWidth <= 1 }"""

#: The ground is nearer to white than to black on a light page, and the other way on a dark one.
GROUND = """scheme => {
  const ground = getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor
  const [red, green, blue] = ground.match(/[\\d.]+/g).map(Number)
  return (red + green + blue > 382) === (scheme === "light")
}"""


def test_every_page_can_be_read_by_anybody_in_light_and_dark_and_narrow(browse, scored_site):
    """One load of each page: faults for people who see or move less, width, and requests."""
    faults = []
    outside = []
    tab = browse("/", color_scheme="light", viewport=WIDE)
    tab.page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(
                (tab.address, "data:", "blob:", tab.address.replace("http", "ws"))
            )
            else outside.append(request.url)
        ),
    )
    for page in PAGES:
        tab.page.emulate_media(color_scheme="light")
        tab.open(f"/{page}")
        tab.page.wait_for_timeout(400)
        # A dark page differs in its colours alone.
        for scheme, only in (("light", {}), ("dark", {"runOnly": ["color-contrast"]})):
            tab.page.emulate_media(color_scheme=scheme)
            # The page follows the reader's light or dark, and has done so once colours stand still.
            tab.page.wait_for_function(GROUND, arg=scheme)
            tab.page.wait_for_timeout(250)
            for fault in (
                Axe()
                .run(tab.page, options={"resultTypes": ["violations"], **only})
                .response["violations"]
            ):
                if fault["impact"] in ("serious", "critical"):
                    faults += [
                        (page, scheme, fault["id"], node["target"], node.get("failureSummary"))
                        for node in fault["nodes"]
                    ]
        tab.page.set_viewport_size(NARROW)
        tab.page.wait_for_function(FITS)
        tab.page.set_viewport_size(WIDE)
    assert not faults
    assert not outside, "the page asks nobody but its own server"


def test_a_grid_is_one_picture_that_the_browser_keeps(browse, scored_site):
    tab = browse("/runs")  # where no faces are
    pictures = []
    tab.page.on(
        "response", lambda answer: pictures.append(answer) if "/faces/" in answer.url else None
    )
    tab.open("/")
    grid = tab.page.locator(".st-key-cell_0_0 ul")
    grid.wait_for()
    assert grid.locator("li").count() == 28
    assert grid.locator(".tile").first.get_attribute("aria-label").endswith("label 0")
    for group in (0, 1):
        for label in (0, 1):
            tab.page.locator(f".st-key-cell_{group}_{label} ul").wait_for()
    tab.page.wait_for_load_state("networkidle")
    assert len(pictures) == 4, "one for each group and label"
    assert {answer.status for answer in pictures} == {200}
    assert all("immutable" in answer.headers["cache-control"] for answer in pictures)


@pytest.mark.parametrize("page", ["fairness"])
def test_nothing_is_wider_than_a_window_that_was_narrow_from_the_start(browse, scored_site, page):
    tab = browse(f"/{page}", viewport=NARROW)
    tab.page.wait_for_function(FITS)


def test_choices_follow_the_reader_from_page_to_page_and_back(browse, scored_site):
    tab = browse(f"/fairness?run={scored_site.older.id}&split=test")
    tab.sees("These are the test faces")
    tab.page.get_by_role("link", name="Errors").click()
    tab.sees("false negatives")
    assert f"run={scored_site.older.id}" in tab.page.url
    assert "split=test" in tab.page.url
    tab.page.go_back()
    tab.sees("Confusion matrices")
    assert f"run={scored_site.older.id}" in tab.page.url


def test_back_undoes_what_the_reader_did_and_not_what_the_page_wrote(browse, scored_site):
    tab = browse("/hypotheses?set=demo&lab=examination")
    tab.sees("Formula and label")
    tab.choose("choice_lab", "Two against each other")
    tab.sees("How the disputed faces vote")
    tab.page.go_back()
    tab.sees("Formula and label")
    assert "lab=examination" in tab.page.url


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/faces/x.jpg"])
def test_another_host_name_is_refused(site, path):
    connection = http.client.HTTPConnection("127.0.0.1", site.port)
    connection.request("GET", path, headers={"Host": "somebody.example"})
    assert connection.getresponse().status == 400
    connection.close()
