"""Which options of ``softbio hypotheses`` go together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from softbio.errors import ConfigError

if TYPE_CHECKING:
    from softbio.cli.evaluate import Split

__all__ = ["check_options"]


def check_options(
    test: str | None,
    against: str | None,
    keep: str | None,
    note: str,
    kept: bool,
    total: list[str] | None,
    permutations: int,
    markdown: Path | None,
    split: Split | None,
    target: str,
) -> None:
    """Refuse options that do not go together, before anything is read."""
    if against is not None and test is None:
        raise ConfigError(
            "--against needs --test: give both formulas, the one with --test, the other with "
            "--against."
        )
    if test is not None and permutations:
        raise ConfigError("--permutations is about a search: leave it out with --test.")
    if note and keep is None:
        raise ConfigError("--note is kept beside a hypothesis: give its name with --keep.")
    if kept and (asked := [name for name, value in (
        ("--test", test), ("--keep", keep), ("--total", total),
    ) if value]):  # fmt: skip
        raise ConfigError(f"--kept lists what is kept: leave out {asked[0]}.")
    if markdown is not None and not kept:
        raise ConfigError("--markdown writes what is kept: give --kept too.")
    if keep is not None and split is not None and (target == "label" or target.startswith("tag:")):
        raise ConfigError(
            "--keep keeps the figures of all faces that have the label or tag: leave out --split."
        )
