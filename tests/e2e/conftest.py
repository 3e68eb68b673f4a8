"""A server of its own over synthetic faces, and a real Chromium in front of it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock

from softbio.config import recipe
from softbio.faces import FaceSet
from softbio.jobs.process import end_tree
from softbio.jobs.record import read_record
from softbio.runs import RunConfig, RunStore

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FACES = 320
#: Seconds after which something is given up. A busy machine is slow; that is no fault of what is
#: tested, and what comes in time is not waited for.
PATIENCE = 60
#: Notes in the page whether the server has begun the run that was last asked of it. The page itself
#: knows of a run only once it has begun, which on a busy machine is long after the click. Field
#: numbers are those of Streamlit's BackMsg (rerun_script 11) and ForwardMsg (hash 1, metadata 2,
#: new_session 4).
ASKED = """
window.runAsked = false;
window.WebSocket = class extends WebSocket {
  constructor(...where) {
    super(...where);
    window.runAsked = false;
    this.addEventListener("message", ({ data }) => {
      const bytes = new Uint8Array(data);
      let at = 0;
      while (bytes[at] === 0x0a || bytes[at] === 0x12) {
        let length = 0, shift = 0;
        do { length |= (bytes[++at] & 0x7f) << shift; shift += 7 } while (bytes[at] & 0x80);
        at += 1 + length;
      }
      if (bytes[at] === 0x22) window.runAsked = false;
    });
  }
  send(message) {
    if (new Uint8Array(message.buffer ?? message)[message.byteOffset ?? 0] === 0x5a)
      window.runAsked = true;
    super.send(message);
  }
};
"""


def pytest_collection_modifyitems(items):
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.e2e)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="there is no Chromium on this machine"))


class Site:
    """The served page: where it is, its faces and runs; it can be stopped and started again."""

    def __init__(self, folder):
        self.folder = folder
        self.data = folder / "data"
        self.store = RunStore(folder / "models")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.process = None

    def softbio(self, *arguments):
        subprocess.run(
            [sys.executable, "-m", "softbio", *map(str, arguments)],
            check=True,
            capture_output=True,
            text=True,
        )

    def start(self):
        self.log = (self.folder / "server.log").open("ab")
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "softbio", "dashboard", "--no-browser"),
                *("--data", str(self.data), "--models", str(self.store.path)),
                *("--port", str(self.port)),
            ],
            stdout=self.log,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        end = time.monotonic() + PATIENCE
        while True:
            with (
                suppress(OSError),
                urllib.request.urlopen(f"{self.address}/_stcore/health") as answer,
            ):
                if answer.status == 200:
                    return
            assert self.process.poll() is None, (self.folder / "server.log").read_text()
            assert time.monotonic() < end, "the server did not start"
            time.sleep(0.1)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def newest(self):
        return self.store.list()[0]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    made = Site(tmp_path_factory.mktemp("site"))
    made.softbio("pack", f"synthetic:{FACES}", "--out", made.data / "demo")
    made.start()
    yield made
    made.stop()
    for run in made.store.list():
        if record := read_record(run.path):
            end_tree(record.pid, record.pid_created)


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()


class Tab:
    """A page of the browser, and how to wait for Streamlit in it."""

    def __init__(self, page, address):
        self.page = page
        self.address = address

    def open(self, path="/"):
        self.page.goto(self.address + path)
        self.ready()
        return self

    def ready(self):
        self.page.wait_for_selector("[data-testid=stApp][data-test-connection-state=CONNECTED]")
        still = "[data-testid=stApp][data-test-script-state=notRunning]"
        self.page.wait_for_selector(still)
        # What was just done may not have been sent yet.
        self.page.wait_for_timeout(80)
        self.page.wait_for_function("() => !window.runAsked")
        self.page.wait_for_selector(still)

    def click(self, key):
        self.page.locator(f".st-key-{key} button").first.click()

    def choose(self, key, text):
        self.page.locator(f".st-key-{key}").get_by_text(text, exact=True).click()
        self.ready()

    def fill(self, key, value):
        box = self.page.locator(f".st-key-{key} input")
        box.fill(str(value))
        box.press("Enter")
        self.ready()

    def sees(self, text, inside="body"):
        from playwright.sync_api import expect

        expect(self.page.locator(inside).get_by_text(text).first).to_be_visible()

    @staticmethod
    def until(condition, told="waited in vain"):
        """Wait for what is seen behind the page: in files, or in figures read from it."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, told
            time.sleep(0.05)


@contextmanager
def _tabs(chromium, site):
    contexts = []

    def open_tab(path="/", **options):
        options.setdefault("viewport", {"width": 1280, "height": 1000})
        context = chromium.new_context(**options)
        context.set_default_timeout(PATIENCE * 1000)
        context.add_init_script(ASKED)
        contexts.append(context)
        return Tab(context.new_page(), site.address).open(path)

    yield open_tab
    for context in contexts:
        context.close()


@pytest.fixture
def browse(chromium, site):
    """A function (path, options of a browser context) that opens a tab as a reader of its own."""
    with _tabs(chromium, site) as open_tab:
        yield open_tab


@pytest.fixture(scope="module")
def browse_module(chromium, site):
    """As `browse`, for fixtures of a module."""
    with _tabs(chromium, site) as open_tab:
        yield open_tab


@pytest.fixture(scope="session")
def tag_site(tmp_path_factory):
    """A site of its own, where faces are tagged: over 240 drawn faces."""
    made = Site(tmp_path_factory.mktemp("tag_site"))
    made.softbio("pack", "synthetic:240,seed=5", "--out", made.data / "drawn")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def browse_tags(chromium, tag_site):
    """As `browse`, on `tag_site`."""
    with _tabs(chromium, tag_site) as open_tab:
        yield open_tab


#: Two faces of the set of `faces_site` with the same pixels and opposite labels.
TWINS = (3, 17)


@pytest.fixture(scope="session")
def faces_folder(tmp_path_factory):
    """Drawn faces and a barely trained run with scores that are made up; made once for all processes.

    The rows `TWINS` have the same pixels and opposite labels, in different splits.
    """
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder = shared / "faces_folder"
    with FileLock(shared / "faces_folder.lock"):
        if not (folder / "made").exists():
            _make_faces_folder(folder)
            (folder / "made").touch()
    return folder


def _make_faces_folder(folder):
    made = Site(folder)
    made.softbio("pack", "synthetic:320,seed=9", "--out", made.data / "drawn")
    table_path = made.data / "drawn" / "table.parquet"
    table = pd.read_parquet(table_path)
    first, second = TWINS
    table.loc[[first, second], "label"] = [1, 0]
    table.loc[[first, second], "split"] = ["train", "val_select"]
    table.to_parquet(table_path)
    images = np.load(made.data / "drawn" / "images.npy", mmap_mode="r+")
    images[second] = images[first]
    images.flush()
    small = ["network.name=report_cnn", "network.filters=8", "network.dense=32", "epochs=1"]
    options = ["--recipe", "report", *(word for one in small for word in ("--set", one))]
    options += ["--models", made.store.path]
    made.softbio("train", made.data / "drawn", *options)
    run = made.newest()
    frame = run.predictions().frame
    label = frame["label"].fillna(0).to_numpy(dtype=float)
    noise = np.random.default_rng(0).normal(0, 0.45, len(frame))
    frame["score"] = np.clip(0.2 + 0.6 * label + noise, 0.01, 0.99).astype(np.float32)
    run.write_predictions(frame)


@pytest.fixture(scope="session")
def faces_site(faces_folder, tmp_path_factory):
    """A site of its own over a copy of `faces_folder`: faces are tagged and reviewed there."""
    made = Site(tmp_path_factory.mktemp("faces_site"))
    shutil.copytree(faces_folder / "data", made.data)
    shutil.copytree(faces_folder / "models", made.store.path, dirs_exist_ok=True)
    for run in made.store.list():
        config = run.path / "config.json"
        text = config.read_text(encoding="utf-8")
        config.write_text(
            text.replace(str(faces_folder.resolve()), str(made.folder.resolve())), encoding="utf-8"
        )
    made.start()
    yield made
    made.stop()


@pytest.fixture
def browse_faces(chromium, faces_site):
    """As `browse`, on `faces_site`."""
    with _tabs(chromium, faces_site) as open_tab:
        yield open_tab


@pytest.fixture(scope="session")
def scored_site(site):
    """The site with two finished runs whose scores are made up, so that nothing has to train."""
    faces = FaceSet.open(site.data / "demo")
    made = []
    for seed in (0, 1):
        run = site.store.create(
            RunConfig(
                data=str(faces.path.resolve()),
                data_fingerprint=faces.fingerprint,
                size=faces.size,
                group_column=faces.group_column,
                groups=faces.group_names,
                train=recipe("fast"),
            )
        )
        rng = np.random.default_rng(seed)
        frame = faces.table[["filename", "split", "label", "gender"]].copy()
        label = frame["label"].fillna(0).to_numpy(dtype=float)
        frame["score"] = np.clip(rng.normal(label, 0.5), 0, 1).astype(np.float32)
        run.write_predictions(frame)
        for epoch in (1, 2, 3):
            run.append_history({**dict.fromkeys(run.history().columns, 0.5), "epoch": epoch})
        run.update_state(status="done", finished=time.time(), best_epoch=2, seconds=3.0)
        made.append(run)
    made.sort(key=lambda run: run.id)
    site.older, site.newer = made
    return site
