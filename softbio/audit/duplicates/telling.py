"""What duplicates say: in sentences, as JSON, as CSV."""

from __future__ import annotations

from typing import Any

from softbio.audit.duplicates.duplicates import DuplicateGroup, Duplicates
from softbio.faces.faceset import FaceSet
from softbio.faces.strict_csv import spreadsheet

__all__ = ["as_csv", "as_json", "told_of", "verdict"]


def told_of(group: DuplicateGroup) -> str:
    """Say what kind of copies these are, and what is wrong with them."""
    kind = "identical" if group.identical else f"{100 * group.alike:.1f} % alike"
    parts = [kind, *(["mirrored"] if group.mirrored else [])]
    if group.labels_differ:
        parts.append("labels differ")
    if group.crosses:
        parts.append(f"in {' and '.join(group.splits)}")
    if group.people_differ:
        parts.append("said to be different people")
    return ", ".join(parts)


def verdict(found: Duplicates) -> str:
    """Say what was found in a sentence or two."""
    if not found.groups:
        return f"No photograph stands twice among the {found.n:,} faces of this set."
    groups = found.groups
    labels = sum(group.labels_differ for group in groups)
    leaks = sum(group.leaks for group in groups)
    people = sum(group.people_differ for group in groups)
    several = "photograph stands" if len(groups) == 1 else "photographs stand"
    return (
        f"{len(groups):,} {several} more than once among {found.n:,} faces "
        f"({sum(group.identical for group in groups):,} with the same pixels). Of these, "
        f"{labels:,} have labels that differ, {leaks:,} were trained on under one name and judge "
        f"under another, {people:,} are said to show different people."
    )


def as_json(found: Duplicates, faces: FaceSet) -> dict[str, Any]:
    """Return everything as `softbio audit duplicates --json` prints it."""
    names = faces.table["filename"]
    labels = faces.labels()
    splits = faces.table["split"]
    return {
        "faces": found.n,
        "least": found.least,
        "verdict": verdict(found),
        "groups": [
            {
                "identical": group.identical,
                "alike": round(group.alike, 4),
                "mirrored": group.mirrored,
                "labels_differ": group.labels_differ,
                "people_differ": group.people_differ,
                "leaks": group.leaks,
                "faces": [
                    {
                        "filename": str(names.iloc[row]),
                        "label": None if labels[row] < 0 else int(labels[row]),
                        "split": str(splits.iloc[row]),
                        "row": int(row),
                    }
                    for row in group.rows
                ],
            }
            for group in found.groups
        ],
    }


def as_csv(found: Duplicates, faces: FaceSet) -> bytes:
    """Return a line for each copy, safe for spreadsheets."""
    kinds = ["identical", "alike", "mirrored", "labels_differ", "people_differ", "leaks"]
    lines = [
        [number, *face.values(), *(group[kind] for kind in kinds)]
        for number, group in enumerate(as_json(found, faces)["groups"], start=1)
        for face in group["faces"]
    ]
    return spreadsheet(["group", "filename", "label", "split", "row", *kinds], lines)
