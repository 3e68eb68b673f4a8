"""The lines between the rooms, held: who imports whom, and what is loaded when."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

#: A room imports only itself and rooms that stand before it (docs/architecture.md).
ORDER = [
    "errors", "cores", "formula", "config", "faces", "fairness", "runs", "networks", "training",
    "audit", "hypotheses", "jobs", "predict", "cli",
]  # fmt: skip

#: Where a library may be imported, by the path of the file from the root.
ALLOWED = {
    "keras": ("softbio/networks/",),
    "tensorflow": ("softbio/networks/",),
    "streamlit": ("dashboard/",),
}


def sources(*folders):
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def imported_modules(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            assert node.module
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(path):
    return path.relative_to(ROOT / "softbio").parts[0].removesuffix(".py")


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in sources("softbio")
        if path.parent != ROOT / "softbio" or room_of(path) in ORDER
    ],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_a_room_imports_only_the_rooms_above_it(path):
    room = ORDER.index(room_of(path))
    for module in imported_modules(path):
        parts = module.split(".")
        assert parts[0] != "dashboard" or (room_of(path) == "cli"), module
        if parts[0] == "softbio" and len(parts) > 1 and parts[1] in ORDER:
            assert ORDER.index(parts[1]) <= room, f"{path.name} reaches down to {module}"


def test_every_room_stands_in_the_order():
    found = {room_of(path) for path in sources("softbio")} - {"__init__", "__main__"}
    assert found == set(ORDER)


def test_heavy_libraries_are_imported_only_where_they_belong():
    for path in sources("softbio", "dashboard"):
        place = path.relative_to(ROOT).as_posix()
        for module in imported_modules(path):
            library = module.split(".")[0]
            if library in ALLOWED:
                assert place.startswith(ALLOWED[library]), f"{place} imports {library}"


@pytest.mark.parametrize(
    "code",
    [
        "import softbio",
        "import softbio.cli",
        "import softbio.faces, softbio.fairness, softbio.runs, softbio.audit, softbio.hypotheses",
        "import softbio.jobs",
    ],
)
def test_nothing_loads_tensorflow_or_streamlit_before_it_is_needed(code):
    check = f"{code}; import sys; print([m for m in ('tensorflow', 'keras', 'streamlit') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_command_and_the_package_load_no_data_frames_to_greet():
    check = "import softbio.cli, sys; print([m for m in ('pandas', 'pyarrow', 'sklearn', 'plotly') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
