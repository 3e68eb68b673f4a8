"""Sections of a page that several benches write: each replaces its own and leaves the others."""

from __future__ import annotations

__all__ = ["put_head", "put_section"]

_MARK = "\n## "


def put_head(page: str, head: str) -> str:
    """Return a page whose beginning, up to the first heading of the second level, is `head`."""
    _, mark, rest = page.partition(_MARK)
    return head.rstrip("\n") + "\n" + mark + rest


def put_section(page: str, title: str, text: str) -> str:
    """Return a page whose section `title` (of the second level) is `text`; a new one stands last."""
    head, *sections = page.rstrip("\n").split(_MARK)
    section = f"{title}\n\n{text.strip()}\n"
    found = [place for place, each in enumerate(sections) if each.split("\n", 1)[0] == title]
    if found:
        sections[found[0]] = section
    else:
        sections.append(section)
    return _MARK.join([head.rstrip("\n") + "\n", *(each.rstrip("\n") + "\n" for each in sections)])
