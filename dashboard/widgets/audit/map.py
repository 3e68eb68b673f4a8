"""Map: every face as a point, near to those that the network finds alike; a lasso selects."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.theme import group_colours
from dashboard.widgets.audit.context import Audit
from dashboard.widgets.choice import choose
from dashboard.widgets.face import open_face
from dashboard.widgets.face_grid import Tile, face_grid
from dashboard.widgets.mapping.colouring import colourings
from dashboard.widgets.mapping.component import Placed, face_map
from dashboard.widgets.numbers import count, percent
from dashboard.widgets.pickers import SPLIT_NAMES
from dashboard.widgets.plain_table import plain_table
from dashboard.widgets.told import tells_errors
from softbio.audit.map import METHODS, installed, map_of
from softbio.faces.strict_csv import spreadsheet
from softbio.faces.tags import checked_word
from softbio.runs import Run

__all__ = ["show"]

_PAGE = 60
_EVERY = "all"


@st.fragment
@tells_errors
def show(audit: Audit) -> None:
    """Show the part."""
    run = audit.run
    if run is None:
        st.info(
            "The map places faces by what a run saw in them. Choose a run above, or train one.",
            icon=":material/scatter_plot:",
        )
        return
    ways = colourings(audit)
    with st.grid(3, min_column_width=220):
        by = choose("Coloured by", list(ways), "colour", shown=_shown)
        sizes = {
            split: len(audit.faces.rows(split)) for split in SPLIT_NAMES if split != "reviewed"
        }
        split = choose(
            "Faces",
            [_EVERY, *(one for one, size in sizes.items() if size)],
            "map_split",
            shown=lambda one: (
                f"All ({count(len(audit.faces))})"
                if one == _EVERY
                else f"{SPLIT_NAMES[one]} ({count(sizes[one])})"
            ),
        )
        methods = [method for method in METHODS if installed(method)]
        method = choose(
            "Places",
            methods,
            "map_method",
            shown={"pca": "PCA", "umap": "UMAP"}.__getitem__,
            help="PCA keeps the two directions in which the faces differ most. UMAP keeps who is "
            "whose neighbour; it takes minutes the first time, and distances between far groups "
            "mean little."
            + ("" if "umap" in methods else " It is offered once umap-learn is installed."),
        )
    key = (str(run.path), _changed(run), method, split)
    placed = _placed(run, *key, _rows(audit, split))
    selected, opened = face_map(
        audit.faces,
        placed,
        ways[by](),
        label=f"Map of {count(len(placed.rows))} faces, coloured by {_shown(by)}. Arrow keys move "
        "it, plus and minus zoom, Enter selects all faces in sight.",
        key="face_map",
    )
    if opened is not None:
        among = selected if opened in selected else np.array([opened])
        open_face(audit.faces, opened, run=run, rule=audit.rule, among=among)
    if len(selected):
        _selected(audit, selected)
    else:
        st.caption("Draw a lasso around points to see their faces here.")


def _rows(audit: Audit, split: str) -> np.ndarray:
    return np.arange(len(audit.faces)) if split == _EVERY else audit.faces.rows(split)


def _changed(run: Run) -> int:
    try:
        return (run.path / "embeddings.npy").stat().st_mtime_ns
    except OSError:
        return 0  # what is missing is told where the map is made


@st.cache_resource(show_spinner="Placing the faces …", max_entries=4)
def _placed(
    _run: Run, path: str, changed: int, method: str, split: str, _rows: np.ndarray
) -> Placed:
    del path, changed, split  # the key
    return Placed.of(map_of(_run, method), _rows)


def _selected(audit: Audit, rows: np.ndarray) -> None:
    """Show who was selected, and what can be done with them."""
    faces = audit.faces
    label, group = faces.labels()[rows], faces.group_index()[rows]
    score = None
    if audit.predictions is not None:
        score = audit.predictions.frame["score"].to_numpy(dtype=np.float32, na_value=np.nan)[rows]
    st.header(f"{count(len(rows))} faces selected", anchor=False)
    head, lines = _table(audit, label, group, score)
    plain_table(head, lines, label="The selected faces by group and label", key="map_table")
    with st.container(horizontal=True, vertical_alignment="bottom", key="map_actions"):
        word = st.text_input(
            "Tag them", key="map_word", placeholder="a word, such as hat", width=220
        )
        if st.button("Tag", key="map_tag", icon=":material/sell:", disabled=not word):
            names = faces.table["filename"].iloc[rows].tolist()
            known = checked_word(word, faces.attributes)
            audit.tags.add(known, names, "yes", why="map")
            st.success(
                f"{count(len(rows))} faces are tagged {known}. `softbio tags --undo` takes it back."
            )
        st.download_button(
            "Download as CSV",
            lambda: _csv(audit, rows),
            f"map-{faces.name}.csv",
            "text/csv",
            key="map_csv",
            icon=":material/download:",
            on_click="ignore",
        )
    pages = -(-len(rows) // _PAGE)
    slot, page = st.container(), 1
    if pages > 1:
        page = st.pagination(pages, key="map_page")
    start = (min(page, pages) - 1) * _PAGE
    names = tuple(faces.group_names.values())
    colours = group_colours(names)
    tiles = []
    for place in range(start, min(start + _PAGE, len(rows))):
        who = names[group[place]] if group[place] >= 0 else "group not known"
        given = f"label {label[place]}" if label[place] >= 0 else "no label"
        said = "" if score is None or np.isnan(score[place]) else f", score {score[place]:.3f}"
        name = str(faces.table["filename"].iloc[int(rows[place])])
        tiles.append(
            Tile(
                int(rows[place]),
                f"{name}: {who}, {given}{said}",
                f"{given}{said}".replace("score ", ""),
                colours.get(who, ""),
            )
        )
    with slot:
        face_grid(
            faces,
            tiles,
            label="Selected faces",
            key="map_grid",
            size=80,
            run=audit.run,
            rule=audit.rule,
        )


def _table(
    audit: Audit, label: np.ndarray, group: np.ndarray, score: np.ndarray | None
) -> tuple[list[str], list[list[str]]]:
    """Return counts by group and label, and the share of wrong ones beside the whole set's."""
    head = ["Faces", "selected", "of all such faces"]
    all_label, all_group = audit.faces.labels(), audit.faces.group_index()
    mine = everybody = None
    if score is not None and audit.predictions is not None:
        every = audit.predictions.frame["score"].to_numpy(dtype=np.float32, na_value=np.nan)
        mine = _wrong(audit, score, label, group)
        everybody = _wrong(audit, every, all_label, all_group)
        head += ["wrong", "wrong of all such faces"]
    lines = []
    for place, name in enumerate(audit.faces.group_names.values()):
        for one in (1, 0):
            inside = (group == place) & (label == one)
            whole = (all_group == place) & (all_label == one)
            n, total = int(inside.sum()), int(whole.sum())
            line = [f"{name}, label {one}", count(n), percent(_share(n, total))]
            if mine is not None and everybody is not None:
                line += [
                    percent(_share(int((mine & inside).sum()), n)),
                    percent(_share(int((everybody & whole).sum()), total)),
                ]
            lines.append(line)
    return head, lines


def _wrong(audit: Audit, score: np.ndarray, label: np.ndarray, group: np.ndarray) -> np.ndarray:
    assert audit.rule is not None
    found = np.zeros(len(score), dtype=bool)
    known = ~np.isnan(score) & (label >= 0) & (group >= 0)
    if known.any():
        names = tuple(audit.faces.group_names.values())
        found[known] = audit.rule.predict(score[known], group[known], names) != (label[known] == 1)
    return found


def _share(part: int, whole: int) -> float | None:
    return float(part / whole) if whole else None


def _csv(audit: Audit, rows: np.ndarray) -> bytes:
    names = [*audit.faces.group_names.values(), ""]
    table = audit.faces.table.iloc[rows]
    columns = [
        table["filename"].tolist(),
        [names[at] for at in audit.faces.group_index()[rows]],
        ["" if one < 0 else str(one) for one in audit.faces.labels()[rows]],
    ]
    head = ["filename", "group", "label"]
    if audit.predictions is not None:
        score = audit.predictions.frame["score"].iloc[rows]
        columns.append(["" if np.isnan(one) else f"{one:.6f}" for one in score])
        head.append("score")
    return spreadsheet(head, zip(*columns, strict=True))


def _shown(name: str) -> str:
    words = {
        "label": "Label",
        "error": "Right and wrong",
        "prediction": "Prediction",
        "score": "Score",
        "suspicion": "How suspect the label is",
        "split": "Split",
    }
    return words.get(name, name.replace("_", " "))
