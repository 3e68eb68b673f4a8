"""A person tags faces by one key each, and the search finds what the label means."""

import io
import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from softbio.faces import FaceSet
from softbio.faces.readers.celeba import read_attributes
from softbio.faces.tags import Tags
from softbio.formula import parse
from softbio.hypotheses import Traits, search
from softbio.hypotheses.probe import Features, learn_all

ROOT = Path(__file__).resolve().parents[2]
CELEBA = Path(os.environ.get("SOFTBIO_SHARED", ROOT.parent / "shared")) / "celeba"
REAL = 2000
EPOCHS = 2


class Person:
    """Someone in front of the tagger, who knows the faces that are shown by their look."""

    def __init__(self, tab, faces):
        self.tab = tab
        self.faces = faces
        self.small = _small(faces.images)
        self.tagger = tab.page.locator(".tagger")

    def round(self):
        """Return which round is shown."""
        return self.tagger.get_attribute("data-round")

    def begin(self, word):
        """Type a word, and wait until it is asked about."""
        box = self.tab.page.locator(".st-key-tag_word input")
        box.fill(word)
        box.press("Enter")
        self.tab.sees(f"“{word}”?")
        self.tab.ready()
        self.tagger.locator(".stage").click(position={"x": 6, "y": 6})

    def shown(self, tiles=".strip .face"):
        """Return the rows of the faces of this round, found by their pixels in the picture."""
        found = self.tagger.locator(tiles)
        address, columns = found.first.evaluate(
            "one => [one.style.backgroundImage, one.style.backgroundSize]"
        )
        columns = int(re.search(r"calc\((\d+)|calc\(var\(--tile\) \* (\d+)", columns).group(1))
        answer = self.tab.page.request.get(self.tab.address + re.search(r'"(.+)"', address)[1])
        sheet = np.asarray(Image.open(io.BytesIO(answer.body())).convert("RGB"), np.float32)
        side = self.faces.size
        rows = []
        for place in range(found.count()):
            top, left = side * (place // columns), side * (place % columns)
            face = _small(sheet[None, top : top + side, left : left + side])
            rows.append(int(np.square(self.small - face).sum(axis=1).argmin()))
        return rows

    def answer(self, truth):
        """Tag a round from the first face to the last; return its rows."""
        rows, before = self.shown(), self.round()
        for row in rows:
            self.tab.page.keyboard.press("y" if truth[row] else "n")
        self.next_round(before)
        return rows

    def next_round(self, before):
        """Wait for another round than `before`."""
        self.tab.page.wait_for_function(
            "before => { for (const one of document.querySelectorAll('*')) {"
            " const found = one.shadowRoot?.querySelector('.tagger');"
            " if (found) return found.dataset.round !== before } }",
            arg=before,
        )
        self.tab.ready()

    def has_keys(self):
        """Tell whether the keys are heard by the tagger."""
        return self.tagger.evaluate("one => one.getRootNode().activeElement === one")


def _small(images):
    n, height, width, _ = images.shape
    cells = images.reshape(n, height // 8, 8, width // 8, 8, 3)
    return cells.mean(axis=(2, 4), dtype=np.float32).reshape(n, -1)


@pytest.fixture
def drawn(tag_site):
    """The drawn faces, with no tags."""
    faces = FaceSet.open(tag_site.data / "drawn")
    (faces.path / "tags.jsonl").unlink(missing_ok=True)
    return faces


@pytest.fixture
def person(browse_tags, drawn):
    return Person(browse_tags("/hypotheses?lab=tagging&set=drawn&tag_round=10"), drawn)


def test_keys_are_answered_at_once_written_at_once_and_can_be_taken_back(person, drawn):
    tags = Tags(drawn)
    person.begin("spectacles")
    rows = person.shown()
    assert len(set(rows)) == 10
    keys = person.tab.page.keyboard
    for key in "ynu":
        keys.press(key)
    assert person.tagger.get_attribute("data-at") == "3"
    person.tab.until(lambda: tags.words().get("spectacles") == (1, 1, 1))
    assert tags.values("spectacles")[rows[:2]].tolist() == [1, 0]

    keys.press("z")
    keys.press("z")
    keys.press("y")
    assert person.tagger.get_attribute("data-at") == "2"
    person.tab.until(lambda: tags.words()["spectacles"] == (2, 0, 0))

    # The arrow keys go to a face that was told, and its answer can be changed.
    keys.press("ArrowLeft")
    keys.press("ArrowLeft")
    keys.press("n")
    person.tab.until(lambda: tags.values("spectacles")[rows[:2]].tolist() == [0, 1])

    before = person.round()
    for _ in range(8):
        keys.press("n")
    person.next_round(before)
    assert person.has_keys()
    assert not set(person.shown()) & set(rows)
    person.tab.until(lambda: tags.words()["spectacles"] == (1, 9, 0))

    # Back over the edge: the last face of the round before stands first and is open again.
    before = person.round()
    keys.press("Backspace")
    person.next_round(before)
    assert person.shown()[0] == rows[9]
    assert tags.words()["spectacles"] == (1, 8, 0)


def test_a_closed_tab_loses_nothing_that_was_said(person, drawn, browse_tags):
    person.begin("spectacles")
    rows = person.shown()
    for key in "nyn":
        person.tab.page.keyboard.press(key)
    person.tab.until(lambda: Tags(drawn).words().get("spectacles") == (1, 2, 0))
    person.tab.page.close()
    again = Person(
        browse_tags("/hypotheses?lab=tagging&set=drawn&tag_round=10&word=spectacles"), drawn
    )
    again.tab.sees("“spectacles”?")
    assert not set(again.shown()) & set(rows[:3])


def test_many_at_once_takes_clicks_for_yes_and_one_button_for_all_others(person, drawn):
    person.begin("spectacles")
    person.tab.choose("choice_tag_mode", "Many at once")
    person.tab.sees("Which are “spectacles”?")
    tiles = person.tagger.locator(".tiles button")
    rows = person.shown(".tiles .face")
    for place in (1, 4, 7):
        tiles.nth(place).click()
    tiles.nth(4).click()
    assert tiles.nth(4).get_attribute("aria-pressed") == "false"
    tiles.nth(5).focus()
    person.tab.page.keyboard.press("u")
    before = person.round()
    person.tagger.get_by_role("button", name="The other 7 are not").click()
    person.next_round(before)
    tags = Tags(drawn)
    assert tags.words()["spectacles"] == (2, 7, 1)
    assert np.flatnonzero(tags.values("spectacles") == 1).tolist() == sorted([rows[1], rows[7]])


@pytest.fixture(scope="module")
def hidden(tag_site):
    """Real faces with what is known of them but their attributes, a run, and the attributes."""
    listing = CELEBA / "list_attr_celeba.txt"
    if not listing.is_file():
        pytest.skip("real faces are not here: set SOFTBIO_SHARED to the folder that holds celeba/")
    photographs = CELEBA / "img_align_celeba"
    names = sorted(path.name for path in photographs.iterdir())[:REAL]
    known = read_attributes(listing).loc[names]
    identity = pd.read_csv(
        CELEBA / "identity_CelebA.txt", sep=r"\s+", header=None, index_col=0, names=["who"]
    )
    table = pd.DataFrame(
        {
            "filename": names,
            "label": (known["Blond_Hair"] ^ known["Eyeglasses"]).to_numpy(),
            "gender": np.where(known["Male"] == 1, 1, -1),
            "identity": identity.loc[names, "who"].to_numpy(),
        }
    )
    table.to_csv(tag_site.folder / "faces.csv", index=False)
    tag_site.softbio(
        *("pack", photographs, "--format", "table", "--table", tag_site.folder / "faces.csv"),
        *("--out", tag_site.data / "hidden"),
    )
    tag_site.softbio(
        *("train", tag_site.data / "hidden", "--recipe", "fast", "--set", f"epochs={EPOCHS}"),
        *("--set", "test_time_flip=false", "--set", "optimizer.ema=0"),
        *("--set", "optimizer.learning_rate=0.002"),
        *("--models", tag_site.store.path),
    )
    faces = FaceSet.open(tag_site.data / "hidden")
    assert not faces.attributes
    return faces, known.loc[faces.table["filename"]]


def test_two_words_tagged_on_real_faces_lead_to_a_formula_of_both(hidden, tag_site, browse_tags):
    faces, known = hidden
    run = tag_site.newest()
    tab = browse_tags(f"/hypotheses?lab=tagging&set=hidden&lab_run={run.id}&tag_round=40")
    person = Person(tab, faces)
    tags = Tags(faces)
    for word, column in (("blond", "Blond_Hair"), ("glasses", "Eyeglasses")):
        truth = known[column].to_numpy() == 1
        person.begin(word)
        asked = [row for _ in range(3) for row in person.answer(truth)]
        assert len(set(asked)) == 120
        assert (tags.values(word)[asked] == truth[asked]).all()
        tab.sees(re.compile(f"“{word}” (is good enough|can be used)"))
    assert set(tags.asked("glasses")[asked]) >= {"diverse", "check"}

    probes = learn_all(Features.of(faces, run), tags, faces)
    traits = Traits.of(faces, tags, probes)
    found = search(traits.values, faces.labels(), faces.group_index(), ("women", "men"))
    best = parse(found.hypotheses[0].formula)
    assert found.explained
    assert set(best.names) == {"blond", "glasses"}

    tab.click("tag_search")
    tab.sees(re.compile(r"blond or glasses|glasses or blond", re.IGNORECASE))
