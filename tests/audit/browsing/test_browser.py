"""What a browser finds is what a table, filtered and sorted by hand, holds."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softbio.audit.browsing import Browser, Query, as_csv
from softbio.errors import ConfigError, FormulaError, RunError
from softbio.fairness import common_rule

THRESHOLD = np.float32(0.4)


@pytest.fixture(scope="session")
def frame(faces, run, suspicion, said):
    """Everything that is known of the faces, as one table."""
    tags, reviews = said
    score = run.frame.set_index("filename")["score"].loc[faces.table["filename"]].to_numpy()
    known = faces.table.copy()
    known["score"] = score
    known["predicted"] = pd.array(
        [None if np.isnan(one) else int(one > THRESHOLD) for one in score], dtype="Int8"
    )
    known["uncertainty"] = 1 - np.abs(2 * score - 1)
    exact = score.astype(np.float64)
    right = np.where(known["label"].fillna(0) == 1, exact, 1 - exact)
    loss = -np.log(np.clip(right, 1e-7, 1 - 1e-7)).astype(np.float32)
    known["loss"] = np.where(known["label"].isna(), np.nan, loss)
    known["suspicion"] = suspicion
    history = tags.history()
    known["hat"] = known["filename"].map(
        dict(zip(history["filename"], history["value"], strict=True))
    )
    known["reviewed"] = [_agreed(reviews.history(), name) for name in known["filename"]]
    return known


def _agreed(history, name):
    says = set(history[history["filename"] == name]["says"])
    if not says:
        return "nobody"
    sure = says - {"unsure"}
    return "unsure" if not sure else sure.pop() if len(sure) == 1 else "disputed"


def by_hand(frame, query):
    """The rows that a query asks for, by pandas."""
    kept = pd.Series(True, index=frame.index)
    codes = {"women": -1, "men": 1}
    if query.split:
        splits = ["val_select", "val_fit"] if query.split == "val" else [query.split]
        kept &= frame["split"].isin(splits)
    if query.group:
        kept &= (frame["gender"] == codes[query.group]).fillna(False)
    if query.label is not None:
        kept &= (frame["label"] == query.label).fillna(False)
    if query.prediction is not None:
        kept &= (frame["predicted"] == query.prediction).fillna(False)
    pair = {"false-positive": (0, 1), "false-negative": (1, 0)}.get(query.error)
    if pair:
        kept &= ((frame["label"] == pair[0]) & (frame["predicted"] == pair[1])).fillna(False)
    elif query.error:
        same = frame["label"] == frame["predicted"]
        kept &= (same if query.error == "right" else ~same).fillna(False)
    if query.score:
        kept &= frame["score"].between(*map(np.float32, query.score))
    if query.tag:
        said = frame["hat"].isna() if query.tagged == "untagged" else frame["hat"] == query.tagged
        kept &= said
    if query.review:
        agreed, label = frame["reviewed"], frame["label"].astype("string").fillna("?")
        sure = agreed.isin(["0", "1"])
        kept &= {
            "unreviewed": agreed == "nobody",
            "reviewed": agreed != "nobody",
            "confirmed": sure & (agreed == label),
            "corrected": sure & (agreed != label),
            "disputed": agreed == "disputed",
            "unsure": agreed == "unsure",
        }[query.review]
    if query.formula:
        kept &= ((frame["Male"] == 1) & (frame["Eyeglasses"] == 0)).fillna(False)
    if query.text:
        kept &= frame["filename"].str.lower().str.contains(query.text.lower(), regex=False)
    found = frame[kept].copy()
    found["row"] = found.index
    by = query.order
    return found.sort_values(
        [by, "row"], ascending=[not query.largest_first, True], na_position="last"
    ).index.tolist()


queries = st.builds(
    Query,
    split=st.sampled_from(["", "train", "val", "val_select", "test"]),
    group=st.sampled_from(["", "women", "men"]),
    label=st.sampled_from([None, 0, 1]),
    prediction=st.sampled_from([None, 0, 1]),
    error=st.sampled_from(["", "", "wrong", "right", "false-positive", "false-negative"]),
    score=st.sampled_from([None, None, (0.0, 0.4), (0.25, 0.9)]),
    tag=st.sampled_from(["", "", "hat"]),
    tagged=st.sampled_from(["yes", "no", "unsure", "untagged"]),
    review=st.sampled_from(
        ["", "", "unreviewed", "reviewed", "confirmed", "corrected", "disputed", "unsure"]
    ),
    formula=st.sampled_from(["", "", "male and not eyeglasses"]),
    text=st.sampled_from(["", "", "a_0", "Ä", "1."]),
    order=st.sampled_from(["filename", "score", "loss", "uncertainty", "suspicion"]),
    descending=st.sampled_from([None, True, False]),
)


@settings(max_examples=80, deadline=None)
@given(query=queries)
def test_any_query_finds_what_pandas_finds(browser, frame, query):
    assert browser.select(query).tolist() == by_hand(frame, query)


@settings(max_examples=60, deadline=None)
@given(query=queries)
def test_address_and_plain_data_say_the_same_query(query):
    assert Query.from_address(query.as_address()) == query
    assert Query.from_json(query.as_json()) == query


def test_a_face_is_most_like_itself_and_the_order_is_that_of_the_cosine(browser, faces, run):
    values = run.values[:, 3:].astype(np.float64)
    spread = values.std(axis=0)
    standard = (values - values.mean(axis=0)) / np.where(spread > 0, spread, np.inf)
    cosine = standard @ standard[7] / np.linalg.norm(standard, axis=1) / np.linalg.norm(standard[7])
    found = browser.select(Query(like=faces.table["filename"][7]))
    assert found[0] == 7
    assert np.all(np.diff(cosine[found]) <= 1e-5)


def test_what_is_not_known_never_matches(browser, frame):
    for formula in ("Male", "not Male"):
        found = browser.select(Query(formula=formula))
        assert frame["Male"].iloc[found].notna().all()
    assert len(browser.select(Query(formula="1"))) == len(frame)


def test_text_is_no_pattern(browser):
    assert not len(browser.select(Query(text=".*")))
    assert len(browser.select(Query(text=".JPG"))) == len(browser)


def test_columns_of_the_caller_take_the_place_of_those_of_the_set(faces):
    given = np.array([1, 0, -1] * (len(faces) // 3), np.int8)
    browser = Browser(faces, traits={"bearded": given})
    assert browser.select(Query(formula="not bearded")).size == len(faces) // 3
    with pytest.raises(FormulaError, match="no attribute 'Male'"):
        browser.select(Query(formula="Male"))


def test_a_word_that_was_tagged_can_be_named_at_once(faces, said):
    browser = Browser(faces, tags=said[0])
    assert set(browser.select(Query(formula="hat"))) == set(browser.select(Query(tag="hat")))
    assert len(browser.select(Query(tag="never said"))) == 0


def test_mistakes_are_told_in_a_sentence(browser, faces, run):
    with pytest.raises(FormulaError, match="Did you mean 'Eyeglasses'"):
        browser.select(Query(formula="Eyeglases"))
    with pytest.raises(ConfigError, match=r"no group 'boys'. The groups are: women, men\."):
        browser.select(Query(group="boys"))
    with pytest.raises(ConfigError, match="has no face"):
        browser.select(Query(like="nobody.jpg"))
    alone = Browser(faces)
    assert alone.columns() == ("filename",)
    name = faces.table["filename"][0]
    for query in (Query(order="loss"), Query(prediction=1), Query(error="wrong"), Query(like=name),
                  Query(score=(0, 1)), Query(order="suspicion")):  # fmt: skip
        with pytest.raises(ConfigError, match="Choose a run"):
            alone.select(query)


def test_a_run_of_other_faces_is_refused(faces, run, monkeypatch):
    monkeypatch.setattr(run.config, "data_fingerprint", "c" * 64)
    with pytest.raises(RunError, match="embeddings are of other faces"):
        Browser(faces, run).select(Query(like=faces.table["filename"][0]))
    monkeypatch.setattr(run, "frame", run.frame.assign(filename="x" + run.frame["filename"]))
    with pytest.raises(RunError, match="scored other faces"):
        Browser(faces, run, rule=common_rule(0.5)).select(Query(order="score"))


def test_the_list_is_safe_for_a_spreadsheet_and_empty_where_nothing_is_known(browser, frame):
    rows = browser.select(Query(order="score", descending=False))
    lines = as_csv(browser, rows).decode().splitlines()
    assert lines[0] == "filename,split,group,label,prediction,score"
    assert len(lines) == len(frame) + 1
    first = frame.iloc[rows[0]]
    cells = lines[1].split(",")
    assert (cells[0], float(cells[5])) == (first["filename"], first["score"])
    assert lines[-1].endswith(",,")  # no score: no prediction either
