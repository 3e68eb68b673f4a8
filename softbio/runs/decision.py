"""``decision.json``: the rule that turns a run's scores into predictions."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from softbio.errors import RunError
from softbio.fairness import DecisionRule
from softbio.runs.files import write_atomically

__all__ = ["read_decision", "write_decision"]


def read_decision(path: Path) -> DecisionRule | None:
    """Return the rule in a ``decision.json``; None where there is no such file.

    Raises
    ------
    RunError
        If the file is damaged, or was written by a later version of softbio:
        deciding otherwise than was chosen would be worse than not deciding.
    """
    try:
        return DecisionRule.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise RunError(
            f"{path} cannot be used ({place}: {first['msg'].lower()}). It is damaged, or a later "
            "version of softbio wrote it; choose again with `softbio decide`, or take it away "
            "with `softbio decide --clear`."
        ) from None


def write_decision(path: Path, rule: DecisionRule | None) -> None:
    """Write the rule to `path`, or take the file away (None); a reader sees the old or the new."""
    if rule is None:
        path.unlink(missing_ok=True)
    else:
        write_atomically(path, rule.model_dump_json(indent=2).encode() + b"\n")
