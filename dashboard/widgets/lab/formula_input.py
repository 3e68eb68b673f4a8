"""A box for a formula: durable in the address, its mistakes told as a sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.widgets.choice import own, recall, remember
from softbio.errors import FormulaError
from softbio.formula import Formula

if TYPE_CHECKING:
    from dashboard.widgets.lab.context import Lab

__all__ = ["example_of", "formula_input", "names_panel", "nothing_to_examine", "plain"]

_LONGEST = 2_000
_KNOWN = ("Blond_Hair", "Eyeglasses")


def formula_input(lab: Lab, label: str, name: str, default: str) -> Formula | None:
    """Let the reader type a formula, durably under `name`.

    Returns
    -------
    Formula or None
        With names as in the set; None, and the page says why, where it cannot be read.
    """
    own(name, name, recall(name, default))
    text = st.text_input(
        label,
        key=name,
        placeholder=default,
        max_chars=_LONGEST,
        help="`not`, `and`, `xor`, `or`, in this order of strength, and parentheses; names as in "
        "the list of attributes.",
    )
    remember(name, text)
    if not text.strip():
        st.info(f"Type a formula, such as `{default}`.", icon=":material/edit:")
        return None
    try:
        formula = lab.traits.resolve(text)
        st.caption(f"Read as `{formula}`: {plain(formula.words())}.")
        return formula
    except FormulaError as error:
        st.error(str(error), icon=":material/error:")
        return None


def names_panel(lab: Lab) -> None:
    """List what a formula can name, and where it is known from."""
    kinds = lab.traits.kinds
    with st.expander(f"The {len(kinds)} attributes", icon=":material/list:", key="attributes"):
        for kind, said in (
            ("annotated", ""),
            ("tagged", "Tagged, known of the tagged faces only: "),
            ("probed", "Learned from tags, known by chances: "),
        ):
            names = [name for name in kinds if kinds[name] == kind]
            if names:
                st.markdown(said + " · ".join(f"`{name}`" for name in names))


def example_of(lab: Lab, operator: str = "or") -> str:
    """Return a formula to begin with."""
    names = lab.traits.names
    two = _KNOWN if all(name in names for name in _KNOWN) else names[:2]
    return f" {operator} ".join(f'"{name}"' if " " in name else name for name in two)


def nothing_to_examine(lab: Lab) -> bool:
    """Say so where there is nothing that a formula could name, or nothing to hold it against."""
    if not lab.traits.names:
        st.info(
            "This set has no attributes to state a formula over. Teach the lab some on *Tag to "
            "learn*, or pack the set from a source that has them, such as CelebA's folder or "
            "`synthetic:6000`.",
            icon=":material/info:",
        )
        return True
    if lab.target is None:
        st.info(
            "There is nothing to explain: the set has no label, no run and no tags. Pack it with a "
            "label (`--label`), or tag some faces.",
            icon=":material/info:",
        )
        return True
    return False


def plain(text: str) -> str:
    """Return text with attributes' names in it so that none of it is taken for markup."""
    return re.sub(r"([\\`*_\[\]<>$~#|]|:(?=\w))", r"\\\1", text)
