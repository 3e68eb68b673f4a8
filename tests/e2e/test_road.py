"""The road of a person: train from the page, look, predict, download. In a real Chromium."""

import io
import os
import re
import signal
import zipfile

import pytest

from softbio.faces import FaceSet, to_jpeg

LONG = 400  # epochs: a training that outlasts any test


def queue_training(tab, epochs):
    tab.choose("cfg_recipe", "fast")
    tab.fill("cfg_epochs", epochs)
    tab.click("train")


@pytest.fixture(scope="module")
def trained(site, browse_module):
    """A run that was trained from the page, by a click."""
    tab = browse_module("/train")
    before = set(site.store.list())
    queue_training(tab, 1)
    tab.until(lambda: set(site.store.list()) - before)
    [run] = set(site.store.list()) - before
    tab.sees(run.id)
    tab.sees("Done", inside=f".st-key-line_{run.id}")
    assert run.state.status == "done"
    return run


def test_a_run_trains_from_the_page_and_is_judged_on_the_next(site, browse, trained):
    tab = browse("/train")
    tab.page.locator(f".st-key-line_{trained.id}").get_by_role("link", name="Look").click()
    tab.sees("Confusion matrices")
    assert trained.id in tab.page.url
    matrices = tab.page.locator(".st-key-matrices td b")
    matrices.first.wait_for()
    cells = matrices.all_inner_texts()
    judged = len(trained.predictions().select("val_select"))
    assert sum(int(cell.replace(",", "")) for cell in cells) == judged > 0
    assert trained.config.train.epochs == 1


def test_a_training_outlives_reload_second_tab_server_and_even_its_own_death(site, browse, trained):
    tab = browse("/train")
    before = set(site.store.list())
    queue_training(tab, LONG)
    tab.until(lambda: set(site.store.list()) - before)
    [run] = set(site.store.list()) - before
    tab.sees(re.compile(rf"Epoch \d+ of at most {LONG}"))

    tab.page.reload()
    tab.ready()
    tab.sees(re.compile(rf"Epoch \d+ of at most {LONG}"))
    other = browse("/train")
    other.sees(run.id)
    other.sees(re.compile(rf"Epoch \d+ of at most {LONG}"))

    queue_training(other, LONG)
    other.sees("1. in line")
    waiting = site.newest()
    other.click(f"cancel_{waiting.id}")
    tab.until(lambda: waiting.state.status == "cancelled")
    assert run.state.status == "running"

    before = run.state.progress
    site.stop()
    site.start()
    tab.page.reload()
    tab.ready()
    tab.sees(re.compile(rf"Epoch \d+ of at most {LONG}"))
    after = run.state.progress
    assert run.state.status == "running"
    assert (after.epoch, after.step) > (before.epoch, before.step)

    os.kill(run.state.pid, signal.SIGKILL)
    tab.sees("Interrupted")
    epochs = len(run.history())
    tab.click(f"resume_{run.id}")
    tab.until(lambda: run.state.status == "running" and len(run.history()) > epochs)
    assert run.history()["epoch"].tolist() == list(range(1, len(run.history()) + 1))
    tab.sees(re.compile(rf"Epoch \d+ of at most {LONG}"))

    tab.click(f"cancel_{run.id}")
    tab.until(lambda: run.state.status == "cancelled")
    tab.sees("Cancelled")


def test_uploads_are_scored_and_downloaded_in_both_formats(site, browse, trained, tmp_path):
    faces = FaceSet.open(site.data / "demo")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for index in (3, 1, 2):
            archive.writestr(f"inside/{index}.jpg", to_jpeg(faces.images[index], 95))
        archive.writestr("inside/broken.jpg", b"\xff\xd8\xff no photograph")
        archive.writestr("notes.txt", "nothing to see")
    tab = browse(f"/predict?run={trained.id}")
    tab.page.locator(".st-key-uploads input[type=file]").set_input_files(
        [
            {"name": "faces.zip", "mimeType": "application/zip", "buffer": packed.getvalue()},
            {"name": "0.jpg", "mimeType": "image/jpeg", "buffer": to_jpeg(faces.images[0], 95)},
        ]
    )
    tab.sees("faces.zip")
    tab.ready()
    tab.click("predict")
    tab.sees("Scored 4 faces")
    tab.sees("2 files could not be read")

    texts = {}
    for kind in ("table", "challenge"):
        with tab.page.expect_download() as download:
            tab.click(f"download_{kind}")
        path = tmp_path / f"{kind}.csv"
        download.value.save_as(path)
        texts[kind] = path.read_text().splitlines()
    header, *lines = texts["table"]
    assert header == "filename,label"
    names, labels = zip(*(line.split(",") for line in lines), strict=True)
    assert sorted(names) == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]
    assert set(labels) <= {"-1", "1"}
    by_name = [label for _, label in sorted(zip(names, labels, strict=True))]
    assert texts["challenge"] == by_name


def test_a_broken_zip_is_a_sentence_on_the_page(browse, trained):
    tab = browse(f"/predict?run={trained.id}")
    tab.page.locator(".st-key-uploads input[type=file]").set_input_files(
        [{"name": "faces.zip", "mimeType": "application/zip", "buffer": b"PK\x03\x04 cut off"}]
    )
    tab.sees("faces.zip")
    tab.ready()
    tab.click("predict")
    tab.sees("faces.zip is no zip that can be read")
    assert "Traceback" not in tab.page.inner_text("body")
