"""Where a run was trained: what ``environment.json`` says."""

from __future__ import annotations

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from softbio import __version__
from softbio.cores import cores
from softbio.runs import Run, write_atomically

__all__ = ["write_environment"]

_PACKAGES = ("keras", "tensorflow", "jax", "torch", "numpy", "pandas")


def write_environment(run: Run, backend: str, precision: str, devices: list[str]) -> None:
    """Write versions, backend, devices, precision in force and cores."""
    data: dict[str, Any] = {
        "softbio": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: found for name in _PACKAGES if (found := _version(name))},
        "backend": backend,
        "devices": devices,
        "precision": precision,
        "cores": cores(),
    }
    write_atomically(run.path / "environment.json", json.dumps(data, indent=2).encode() + b"\n")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
