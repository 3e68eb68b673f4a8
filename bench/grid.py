"""A page of 100 faces out of 202,599: from the click to all painted, and filters on the server.

``python bench/grid.py [--faces 202599] [--flips 200] [--json]`` packs a few thousand drawn faces,
repeats them to the wanted number with a run of made-up scores beside them, serves the page, and
turns pages and sets filters in real Chromium (headless; the server and the browser share the
cores). What is timed, in the browser:

- ``paint_ms``: from the click on the next page to the frame in which all its faces are shown,
  their picture fetched and decoded.
- ``filter_paint_ms``: the same from a choice in the filter bar.

And in this process, ``filter_ms``: one filter or order of the whole set, as the page asks for it,
the first time and again. ``server_mb`` is the server's memory before and after all flips.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import streamlit

from softbio.audit.browsing import Browser, Query
from softbio.config import recipe
from softbio.cores import cores
from softbio.faces import FaceSet
from softbio.faces.tags import Tags
from softbio.runs import Run, RunConfig, RunStore

DRAWN = 2000
ATTRIBUTES = 40

#: Run in the page before a click; resolves when the grid shows other faces, painted.
PAINTED = """grid => new Promise(done => {
  const from = grid.dataset.faces
  const watch = new MutationObserver(() => {
    if (grid.dataset.faces === from) return
    watch.disconnect()
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))
  })
  watch.observe(grid, { attributes: true })
  setTimeout(() => done(null), 20000)
  window.clicked = null
  document.addEventListener("pointerdown", () => { window.clicked ??= performance.now() },
    { capture: true, once: true })
})"""


def make_set(folder: Path, faces: int) -> FaceSet:
    """Pack drawn faces and repeat them, with random attributes, to `faces`."""
    small = folder / "small"
    subprocess.run(
        [sys.executable, "-m", "softbio", "pack", f"synthetic:{DRAWN}", "--out", str(small)],
        check=True,
        capture_output=True,
    )
    drawn = FaceSet.open(small)
    draws = np.random.default_rng(0)
    row = np.arange(faces) % len(drawn)
    large = folder / "data" / "large"
    large.mkdir(parents=True)
    shape = (faces, *drawn.images.shape[1:])
    images = np.lib.format.open_memmap(large / "images.npy", mode="w+", dtype=np.uint8, shape=shape)
    for start in range(0, faces, len(drawn)):
        images[start : start + len(drawn)] = drawn.images[: faces - start]
    images.flush()
    table = drawn.table.iloc[row].reset_index(drop=True)
    table = table.drop(columns=list(drawn.attributes))
    names = [f"Attribute_{number}" for number in range(ATTRIBUTES)]
    shares = draws.uniform(0.02, 0.8, ATTRIBUTES)
    held = (draws.random((faces, ATTRIBUTES)) < shares).astype(np.int8)
    table = pd.concat([table, pd.DataFrame(held, columns=names).astype("Int8")], axis=1)
    table["filename"] = [f"{number:06d}.jpg" for number in range(1, faces + 1)]
    table["identity"] = pd.array(np.arange(faces) // 20, dtype="Int64")
    table.to_parquet(large / "table.parquet")
    meta = dict(drawn.meta, attributes=names, fingerprint=f"bench-{faces}")
    (large / "meta.json").write_text(json.dumps(meta))
    return FaceSet.open(large)


def make_run(folder: Path, faces: FaceSet) -> Run:
    """Make a run of made-up scores and embeddings."""
    run = RunStore(folder / "models").create(
        RunConfig(
            data=str(faces.path.resolve()),
            data_fingerprint=faces.fingerprint,
            size=faces.size,
            group_column=faces.group_column,
            groups=faces.group_names,
            train=recipe("recommended"),
        )
    )
    draws = np.random.default_rng(1)
    frame = faces.table[["filename", "split", "label", faces.group_column]].copy()
    label = frame["label"].fillna(0).to_numpy(dtype=float)
    frame["score"] = np.clip(draws.normal(label, 0.4), 0, 1).astype(np.float32)
    run.write_predictions(frame)
    width = 256
    embeddings = np.lib.format.open_memmap(
        run.path / "embeddings.npy", mode="w+", dtype=np.float16, shape=(len(faces), width)
    )
    for start in range(0, len(faces), 10_000):
        part = embeddings[start : start + 10_000]
        part[:] = draws.standard_normal(part.shape, dtype=np.float32)
    embeddings.flush()
    (run.path / "embeddings.json").write_text(json.dumps({"features": [0, width]}))
    run.update_state(status="done", finished=time.time(), best_epoch=1, seconds=1.0)
    return run


def time_filters(faces: FaceSet, run: Run) -> dict[str, tuple[float, float]]:
    """Return the milliseconds of each kind of query: the first time, and with other values."""
    draws = np.random.default_rng(2)
    name = faces.table["filename"].iloc[len(faces) // 2]
    kinds: dict[str, list[dict[str, object]]] = {
        "split": [{"split": "train"}, {"split": "test"}],
        "group": [{"group": "women"}, {"group": "men"}],
        "label": [{"label": 1}, {"label": 0}],
        "prediction": [{"prediction": 1}, {"prediction": 0}],
        "error": [{"error": "wrong"}, {"error": "false-negative"}],
        "score range": [{"score": (0.2, 0.4)}, {"score": (0.5, 0.9)}],
        "formula": [
            {"formula": "Attribute_1 and not Attribute_2"},
            {"formula": "Attribute_3 xor (Attribute_4 or not Attribute_5)"},
        ],
        "text": [{"text": "77"}, {"text": "1234"}],
        "tag": [{"tag": "hat"}, {"tag": "hat", "tagged": "no"}],
        "by filename": [{"order": "filename", "descending": True}, {"order": "filename"}],
        "by score": [{"order": "score"}, {"order": "score", "group": "men"}],
        "by loss": [{"order": "loss"}, {"order": "loss", "group": "women"}],
        "by uncertainty": [{"order": "uncertainty"}, {"order": "uncertainty", "label": 1}],
        "by suspicion": [{"order": "suspicion"}, {"order": "suspicion", "label": 1}],
        "by similarity": [
            {"like": name},
            {"like": faces.table["filename"].iloc[len(faces) // 3]},
        ],
    }
    tags = Tags.open(faces)
    tags.add("hat", faces.table["filename"].iloc[:200].tolist(), "yes")
    suspicion = draws.random(len(faces)).astype(np.float32)
    browser = Browser(faces, run, tags=tags, suspicion=suspicion)
    found = {}
    for kind, queries in kinds.items():
        took = []
        for query in queries:
            began = time.perf_counter()
            browser.select(Query(**query))  # type: ignore[arg-type]
            took.append(1000 * (time.perf_counter() - began))
        found[kind] = (took[0], max(took[1:]))
    return found


class Served:
    """The page over `folder`, on a port of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "softbio", "dashboard", "--no-browser"),
                *("--data", str(folder / "data"), "--models", str(folder / "models")),
                *("--port", str(port)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.address}/_stcore/health"):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the server did not start")

    def megabytes(self) -> float:
        """Return the memory that the server has taken; pages of mapped files are the system's."""
        status = Path(f"/proc/{self.process.pid}/status")
        if status.is_file():
            return int(re.search(r"RssAnon:\s+(\d+)", status.read_text())[1]) / 2**10  # type: ignore[index]
        return psutil.Process(self.process.pid).memory_full_info().uss / 2**20

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(10)


def watch_pages(served: Served, flips: int) -> dict[str, object]:
    """Turn pages and set filters in Chromium."""
    from playwright.sync_api import Page, sync_playwright

    def timed(page: Page, act: object) -> float | None:
        grid = page.locator(".grid").first.element_handle()
        waiting = page.evaluate_handle("grid => ({ painted: (" + PAINTED + ")(grid) })", grid)
        act()  # type: ignore[operator]
        painted = waiting.evaluate("one => one.painted")
        clicked = page.evaluate("window.clicked")
        return None if painted is None else painted - clicked

    def ready(page: Page) -> None:
        page.wait_for_selector(
            "[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000
        )

    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        page = browser.new_page(viewport={"width": 1400, "height": 1200})
        page.goto(f"{served.address}/faces?faces=browse&set=large")
        page.wait_for_selector(".grid .tile", timeout=60_000)
        ready(page)
        pager = page.get_by_test_id("stPagination")
        following = pager.get_by_role("button", name=re.compile("next", re.IGNORECASE))
        paint, filtered, memory = [], [], []
        for flip in range(flips):
            took = timed(page, following.click)
            ready(page)
            if flip >= 5:  # the first ones warm everything up
                paint.append(took)
            if flip in (4, flips - 1):
                memory.append(served.megabytes())
        assert page.locator(".grid .tile").count() == 100
        for group in ("women", "men", "women", "All", "men", "women"):
            box = page.locator(".st-key-browse_group, .st-key-choice_group").first
            box.locator("input, button, [role=combobox]").first.click()
            option = page.get_by_role("option", name=re.compile(f"^{group}$", re.IGNORECASE))
            took = timed(page, option.click)
            ready(page)
            filtered.append(took)
        browser.close()
    lost = sum(one is None for one in (*paint, *filtered))
    paint, filtered = ([one for one in many if one is not None] for many in (paint, filtered))
    return {
        "paint_ms_p50": float(np.percentile(paint, 50)),
        "paint_ms_p95": float(np.percentile(paint, 95)),
        "filter_paint_ms_p50": float(np.percentile(filtered, 50)) if filtered else None,
        "filter_paint_ms_max": max(filtered) if filtered else None,
        "lost": lost,
        "server_mb": memory,
    }


def main() -> None:
    """Make the set, time, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faces", type=int, default=202_599)
    parser.add_argument("--flips", type=int, default=200)
    parser.add_argument("--folder", type=Path, help="Keep the made set here and use it again.")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="softbio-grid-"))
    try:
        if (folder / "data" / "large").exists():
            faces = FaceSet.open(folder / "data" / "large")
            run = RunStore(folder / "models").list()[0]
        else:
            faces = make_set(folder, options.faces)
            run = make_run(folder, faces)
        filters = time_filters(faces, run)
        served = Served(folder)
        try:
            pages = watch_pages(served, options.flips)
        finally:
            served.stop()
    finally:
        if options.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
    each = [took for both in filters.values() for took in both]
    found = {
        **pages,
        "filter_ms_p95": float(np.percentile(each, 95)),
        "filter_ms_max": max(each),
        "filter_ms": filters,
        "faces": len(faces),
        "cores": cores(),
        "versions": {"python": platform.python_version(), "streamlit": streamlit.__version__},
    }
    if options.json:
        print(json.dumps(found, indent=2))
        return
    print(f"{len(faces):,} faces, 100 a page, {options.flips} pages turned")
    for name in ("paint_ms_p50", "paint_ms_p95", "filter_paint_ms_p50", "filter_ms_p95"):
        print(f"  {name:22} {found[name]:8.1f}")
    before, after = pages["server_mb"]  # type: ignore[misc]
    print(f"  server memory          {before:8.0f} MB, after all pages {after:.0f} MB")
    for kind, (first, again) in filters.items():
        print(f"  {kind:22} {first:8.1f} ms, again {again:.1f} ms")


if __name__ == "__main__":
    main()
