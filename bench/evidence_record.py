"""docs/evidence.csv: what each training reached on its test faces, so that no machine repeats it."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from pathlib import Path

__all__ = ["Key", "Record"]

#: What tells a training from others: the fingerprint of its set, and its config as JSON.
Key = tuple[str, str]

#: Columns that say which training it is; the figures stand after them.
_TELL = ("part", "line", "planted", "fold", "seed", "seconds", "set", "config")
#: Hexadecimal digits of a fingerprint that are written.
_DIGITS = 16


class Record:
    """Figures by training, kept in a CSV file that goes with the page.

    The same set, config and seed give the same network, on any machine of a kind: what stands here
    need not be trained again. A setting that is new to the config makes all lines void.

    Parameters
    ----------
    path : Path
        The file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: dict[Key, dict[str, str]] = {}
        if path.exists():
            with path.open(newline="", encoding="utf-8") as file:
                self._lines = {(line["set"], line["config"]): line for line in csv.DictReader(file)}

    def __contains__(self, key: Key) -> bool:
        return _short(key) in self._lines

    def figures(self, key: Key) -> dict[str, float]:
        """Return the figures of a training, `KeyError` where there are none."""
        line = self._lines[_short(key)]
        return {name: float(value) for name, value in line.items() if name not in _TELL}

    def add(self, key: Key, told: Mapping[str, object], figures: Mapping[str, float]) -> None:
        """Put a training in; `told` is what its columns say, set and config aside."""
        place = dict(zip(("set", "config"), _short(key), strict=True))
        values = {name: f"{value:.6g}" for name, value in figures.items()}
        self._lines[_short(key)] = {n: str(v) for n, v in told.items()} | place | values

    def write(self) -> None:
        """Write the file."""
        lines = list(self._lines.values())
        if lines:
            with self.path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(lines[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows(lines)


def _short(key: Key) -> Key:
    fingerprint, config = key
    return fingerprint[:_DIGITS], hashlib.sha256(config.encode()).hexdigest()[:_DIGITS]
