"""The map of faces in a browser: frames a second while it is moved, time to the first picture.

``python bench/map.py [--faces 40000 202599] [--json]`` makes sets as ``bench/grid.py`` does, serves
the page, and opens the map in headless Chromium, whose WebGL runs in software on the same cores as
the server: a graphics card is far faster. For each number of faces, coloured by label:

- ``fps``: frames a second over three seconds of dragging to and fro, the whole map in sight;
- ``fps_near``: the same, zoomed in eight times;
- ``first_ms``: from opening the page to the first picture of the map, embeddings placed before;
- ``lasso_ms``: from letting go of a lasso around about a tenth to the table of who is within;
- ``sent_mb``: what the browser was sent for the map;
- ``place_s``: seconds to place the faces by PCA.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from pathlib import Path

from grid import Served, make_run, make_set

from softbio.audit.map import map_of
from softbio.cores import cores
from softbio.faces import FaceSet
from softbio.runs import Run

SECONDS = 3.0


def watch(served: Served) -> dict[str, float | str]:
    """Open the map and use it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        page = browser.new_page(viewport={"width": 1400, "height": 1200})
        sent = []
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda frame: sent.append(len(frame))),
        )
        began = time.perf_counter()
        page.goto(f"{served.address}/faces?faces=map&set=large&colour=label")
        page.wait_for_function(
            """() => {
              const look = (root) => root.querySelector(".map[data-frames]") ??
                [...root.querySelectorAll("*")].map((one) => one.shadowRoot && look(one.shadowRoot))
                  .find(Boolean)
              return look(document)
            }""",
            timeout=120_000,
        )
        first = time.perf_counter() - began
        figures: dict[str, float | str] = {
            "first_ms": 1000 * first,
            "sent_mb": sum(sent) / 2**20,
            "drawn": str(page.locator(".map").get_attribute("data-drawn")),
        }
        box = page.locator(".points").bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

        def rate() -> float:
            def frames() -> int:
                return int(page.locator(".map").get_attribute("data-frames") or 0)

            page.mouse.move(x, y)
            page.mouse.down()
            start, before, step = time.perf_counter(), frames(), 0
            while time.perf_counter() - start < SECONDS:
                step += 1
                page.mouse.move(x + 40 * (step % 2), y + 2 * (step % 20))
            took = time.perf_counter() - start
            seen = frames() - before
            page.mouse.up()
            return seen / took

        rate()  # warms up
        figures["fps"] = rate()
        page.mouse.move(x, y)
        for _ in range(14):
            page.mouse.wheel(0, -100)
        page.wait_for_timeout(300)
        figures["fps_near"] = rate()
        figures["drawn_near"] = str(page.locator(".map").get_attribute("data-drawn"))
        page.get_by_role("button", name="Whole map").click()
        page.get_by_role("button", name="Lasso").click()
        half = 0.12 * box["height"]
        page.mouse.move(x - half, y - half)
        page.mouse.down()
        for to in ((x + half, y - half), (x + half, y + half), (x - half, y + half)):
            page.mouse.move(*to, steps=4)
        began = time.perf_counter()
        page.mouse.up()
        page.get_by_role("heading", name="faces selected").wait_for(timeout=60_000)
        figures["lasso_ms"] = 1000 * (time.perf_counter() - began)
        figures["selected"] = float(page.locator(".map").get_attribute("data-selected") or 0)
        browser.close()
    return figures


def main() -> None:
    """Make the sets, watch, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faces", type=int, nargs="+", default=[40_000, 202_599])
    parser.add_argument("--folder", type=Path, help="A folder of bench/grid.py to use again.")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found: dict[str, object] = {}
    for faces in options.faces:
        folder = options.folder or Path(tempfile.mkdtemp(prefix="softbio-map-"))
        try:
            if options.folder is None:
                run = make_run(folder, make_set(folder, faces))
            else:
                run = Run(next((folder / "models").iterdir()))
                faces = len(FaceSet.open(folder / "data" / "large"))
            (run.path / "map-pca.npy").unlink(missing_ok=True)
            began = time.perf_counter()
            map_of(run)
            place = time.perf_counter() - began
            served = Served(folder)
            try:
                figures = watch(served)
            finally:
                served.stop()
        finally:
            if options.folder is None:
                shutil.rmtree(folder, ignore_errors=True)
        found[str(faces)] = {**figures, "place_s": place}
        if not options.json:
            print(f"{faces:,} faces")
            for name, value in {**figures, "place_s": place}.items():
                print(
                    f"  {name:12} {value:.2f}"
                    if isinstance(value, float)
                    else f"  {name:12} {value}"
                )
    if options.json:
        print(json.dumps({**found, "cores": cores()}, indent=2))


if __name__ == "__main__":
    main()
