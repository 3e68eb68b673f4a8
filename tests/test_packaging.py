"""What is installed is what is declared."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pins(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith(("#", "-r"))]
    return {requirement.name.lower().replace("_", "-"): requirement for requirement in found}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_every_requirement_is_pinned_to_one_version(name):
    for requirement in pins(name).values():
        assert re.fullmatch(r"==[^,*]+", str(requirement.specifier)), requirement


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        (PROJECT["dependencies"], "requirements.txt"),
        (PROJECT["optional-dependencies"]["test"], "requirements-test.txt"),
    ],
    ids=["run", "test"],
)
def test_the_pins_satisfy_what_the_package_declares(declared, name):
    pinned = pins(name)
    for requirement in map(Requirement, declared):
        pin = next(iter(pinned[requirement.name].specifier)).version
        assert requirement.specifier.contains(pin), f"{requirement} against {pin}"


def test_the_requirements_are_complete():
    pinned = pins("requirements.txt")
    for name in list(pinned):
        assert version(name) == next(iter(pinned[name].specifier)).version
