"""Where the page finds face sets and runs: two folders, told through the environment.

The server sets them, and Streamlit's script, which has no arguments of its own,
reads them.
"""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["DATA_VARIABLE", "MODELS_VARIABLE", "data_root", "face_set_paths", "models_root"]

DATA_VARIABLE = "SOFTBIO_DATA"
MODELS_VARIABLE = "SOFTBIO_MODELS"

_DEPTH = 3


def data_root() -> Path:
    """Return the folder that holds face sets, ``data`` unless told otherwise."""
    return Path(os.environ.get(DATA_VARIABLE) or "data")


def models_root() -> Path:
    """Return the folder that holds runs, ``models`` unless told otherwise."""
    return Path(os.environ.get(MODELS_VARIABLE) or "models")


def face_set_paths() -> dict[str, Path]:
    """Return the face sets under `data_root` by their place in it, in alphabetical order.

    Half a set that is being packed has a hidden or temporary name and no
    ``meta.json`` yet, so that it is not listed.
    """
    root = data_root()
    if (root / "meta.json").is_file():
        return {root.resolve().name: root}
    found: dict[str, Path] = {}
    _search(root, root, _DEPTH, found)
    return dict(sorted(found.items()))


def _search(root: Path, folder: Path, depth: int, found: dict[str, Path]) -> None:
    try:
        children = [child for child in folder.iterdir() if child.is_dir()]
    except OSError:
        return
    for child in children:
        if child.name.startswith("."):
            continue
        if (child / "meta.json").is_file() and (child / "images.npy").is_file():
            found[child.relative_to(root).as_posix()] = child
        elif depth > 1 and not (child / "meta.json").is_file():
            _search(root, child, depth - 1, found)
