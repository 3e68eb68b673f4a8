"""Runs: all of them in a Pareto plot and in a table; predictions made elsewhere come in here."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from dashboard.places import data_root, face_set_paths
from dashboard.widgets.choice import choose
from dashboard.widgets.evaluations import split_sizes
from dashboard.widgets.import_form import import_form
from dashboard.widgets.judged_runs import JudgedRun, judge_runs, points_of, pooled_points
from dashboard.widgets.loading import job_queue, load_predictions
from dashboard.widgets.numbers import count
from dashboard.widgets.pareto import AXES, pareto_plot
from dashboard.widgets.pickers import SPLIT_NAMES, done_runs, pick_split, test_looks
from dashboard.widgets.run_actions import FAIRNESS, run_actions, table_key
from dashboard.widgets.run_lines import FIGURES_SHOWN, all_lines, figures_on, matching, table_of
from dashboard.widgets.told import empty_state, telling_errors
from softbio.fairness import METRICS
from softbio.runs import Run
from softbio.runs.listing import spreadsheet

ALL = "all"
KINDS = (ALL, "trained", "refit", "imported")
#: Lines of the table that need no scroll bar of their own.
ROWS = 12

st.caption("All runs side by side: what each gains in one figure, and what it pays in another.")


def of_one_set(runs: Sequence[Run]) -> list[Run]:
    """Let the reader choose a face set where the runs were made from several."""
    sets: dict[str, list[Run]] = {}
    for run in runs:
        sets.setdefault(run.config.data_fingerprint, []).append(run)

    def shown(fingerprint: str) -> str:
        made = sets[fingerprint]
        name = Path(made[0].config.data).name
        plural = "run" if len(made) == 1 else "runs"
        return f"{name} ({fingerprint[:6]}), {count(len(made))} {plural}"

    if len(sets) == 1:
        return list(runs)
    return sets[
        choose(
            "Judged on the faces of",
            list(sets),
            "faces",
            shown=shown,
            help="Runs are compared on the same faces. A set that was packed anew is another set.",
        )
    ]


def pareto(runs: Sequence[Run]) -> tuple[str, list[JudgedRun]]:
    """The plot with its choices; returns the split and what was judged on it."""
    runs = of_one_set(runs)
    split = pick_split(split_sizes(load_predictions(runs[0])))
    titles = {name: METRICS[name].title for name in AXES}
    with st.grid(3, min_column_width=190):
        x = choose("Across", AXES, "x", default="accuracy", shown=titles.__getitem__)
        y = choose("Upwards", AXES, "y", default="worst_cell_accuracy", shown=titles.__getitem__)
        pooled = choose(
            "Seeds",
            ["each", "pooled"],
            "seeds",
            segments=True,
            shown={"each": "Each run", "pooled": "Pooled"}.__getitem__,
            help="Pooled: runs that differ in nothing but their seed are one point, their mean; "
            "the bars are one standard deviation between seeds.",
        )
    judged, passed_over = judge_runs(runs, split)
    if split == "test":
        for one in judged:
            test_looks(one.run)
    points = (pooled_points if pooled == "pooled" else points_of)(judged, (x, y))
    drawn = sum(all(value == value for value in point.values) for point in points)
    if drawn:
        clicked = pareto_plot(points, x, y, key="pareto")
        if clicked is not None:
            st.switch_page(FAIRNESS, query_params={"run": clicked})
    explained = (
        "Filled points are on the front: no other run is as good in both figures and better in "
        "one. Bars are 95 % intervals"
        + (" (of pooled seeds: one standard deviation)" if pooled == "pooled" else "")
        + ", and where they overlap the order may be chance. Each run decides by its own rule. "
        "Click a point to open the run."
    )
    st.caption(explained if drawn else "No run has both figures on these faces.")
    undefined = len(points) - drawn
    if undefined and drawn:
        st.caption(f"{count(undefined)} not drawn: a figure is undefined there.")
    for run_id, why in passed_over.items():
        st.caption(f":material/warning: {run_id}: {why}")
    return split, judged


def table(split: str, judged: Sequence[JudgedRun]) -> None:
    """All runs, with filters, their figures on a split, and what can be done to the selected ones."""
    lines = all_lines()
    for name, why in job_queue().store.damaged().items():
        st.warning(f"{name} cannot be read: {why}", icon=":material/warning:")
    sets = sorted({Path(line.data).name for _, line in lines.values()})
    states = sorted({line.status for _, line in lines.values()})
    with st.grid(4, min_column_width=170):
        text = st.text_input(
            "Find", key="runs_filter", placeholder="name, recipe, note …", icon=":material/search:"
        )
        kind = choose("Kind", KINDS, "kind")
        status = choose("Status", [ALL, *states], "runs_status")
        data = choose("Face set", [ALL, *sets], "runs_of")
    shown = matching([line for _, line in lines.values()], text, kind, data, status)
    if not shown:
        st.info("No run matches.", icon=":material/filter_alt:")
        return
    figures = figures_on(judged)
    frame = table_of(shown, figures)
    empty = [name for name in ("Name", "Note", "Refit of") if not frame[name].any()]
    event = st.dataframe(
        frame,
        key=table_key(),
        hide_index=True,
        placeholder="–",
        on_select="rerun",
        selection_mode="multi-row",
        height="content" if len(frame) <= ROWS else 460,
        column_order=[name for name in frame if name not in empty],
        column_config={
            "Created": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm"),
            "Name": st.column_config.TextColumn(width="medium"),
            "Run": st.column_config.TextColumn(width=255),
            "Refit of": st.column_config.TextColumn(width=255),
            **{
                METRICS[name].title: st.column_config.NumberColumn(format="%.3f")
                for name in FIGURES_SHOWN
            },
        },
    )
    chosen = [lines[shown[row].id] for row in event["selection"]["rows"] if row < len(shown)]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{count(len(shown))} of {count(len(lines))} runs. "
            + (
                f"Figures on {SPLIT_NAMES[split].lower()}, by each run's own rule. "
                if figures
                else ""
            )
            + "Tick runs to name, note on or delete them; click a heading to sort.",
            width="stretch",
        )
        st.download_button(
            "CSV",
            spreadsheet(shown, split, figures),
            "runs.csv",
            "text/csv",
            key="runs_csv",
            icon=":material/download:",
            help="The runs shown, with all their columns.",
        )
    if chosen:
        with st.container(border=True, key="selected_runs"):
            run_actions(chosen)


judgeable = done_runs()
if not job_queue().store.list() and not job_queue().store.damaged():
    place = next(iter(face_set_paths().values()), data_root() / "demo")
    empty_state(
        "No run yet",
        "Train one on the page *Train*, or in a shell. Predictions that were made elsewhere can be "
        "imported here as soon as there is a face set.",
        f"softbio train {place} --recipe recommended",
    )
else:
    st.header("Who gains, who pays", anchor=False)
    split, judged = "val_select", list[JudgedRun]()
    if judgeable:
        with telling_errors():
            split, judged = pareto(judgeable)
    else:
        st.info("No run has scored its faces yet.", icon=":material/hourglass_empty:")
    st.header("All runs", anchor=False)
    table(split, judged)
if face_set_paths():
    with (
        st.expander("Import predictions made elsewhere", icon=":material/upload_file:"),
        telling_errors(),
    ):
        import_form()
