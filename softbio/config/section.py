"""What settings are made of: a group of settings, and one setting with what a widget needs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Section", "setting"]


def setting(
    default: Any,
    title: str,
    description: str,
    *,
    step: float | None = None,
    common: bool = False,
    each: Literal["groups", "cells"] | None = None,
    most: float = 100.0,
    **bounds: Any,
) -> Any:
    """Return a pydantic field that carries what a widget needs to show it."""
    extra: dict[str, Any] = {"common": common}
    if step is not None:
        extra["step"] = step
    if isinstance(default, dict):  # a number for each group or cell, from 0 to `most`
        extra |= {"each": each, "most": most}
        return Field(
            default_factory=lambda: dict(default),
            title=title,
            description=description,
            json_schema_extra=extra,
            **bounds,
        )
    return Field(default, title=title, description=description, json_schema_extra=extra, **bounds)


class Section(BaseModel):
    """A group of settings: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
