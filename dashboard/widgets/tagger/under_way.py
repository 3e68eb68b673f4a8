"""The rounds that a reader has under way, by what they are about."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import streamlit as st

from dashboard.widgets.tagger.component import message_of
from dashboard.widgets.tagger.round import Round
from softbio.errors import SoftbioError

__all__ = ["UnderWay"]

_Kind = TypeVar("_Kind", bound=Round[Any])


class UnderWay(Generic[_Kind]):
    """The rounds of this session.

    Parameters
    ----------
    key : str
        Of the tagger that shows them.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self._rounds_key, self._error_key = f"_{key}_rounds", f"_{key}_error"

    @property
    def _rounds(self) -> dict[tuple[str, ...], _Kind]:
        rounds: dict[tuple[str, ...], _Kind] = st.session_state.setdefault(self._rounds_key, {})
        return rounds

    def at(self, place: tuple[str, ...]) -> _Kind | None:
        """Return the round about something, under way or closed."""
        return self._rounds.get(place)

    def begin(self, place: tuple[str, ...], asked: _Kind) -> None:
        """Put another round in the place of the one before, whose last answer can be taken back."""
        before = self._rounds.get(place)
        if before is not None:
            before.before = None  # one step back is enough, and keeps no chain alive
            asked.before = before
        self._rounds[place] = asked

    def forget(self) -> None:
        """Forget all rounds, after something came or went by another road."""
        st.session_state.pop(self._rounds_key, None)

    def over(self, asked: _Kind) -> bool:
        """Tell whether a round is closed, or another stands in its place."""
        return asked.closed or self._find(asked.id) is not asked

    def tell_error(self) -> None:
        """Show why what was said last could not be written down, if it could not."""
        if error := st.session_state.pop(self._error_key, None):
            st.error(error, icon=":material/error:")

    def hear(self, kept: Any) -> None:
        """Write down what the reader said last."""
        # Once writing begins nothing of the session is looked at: Streamlit may break off there,
        # and what was written would not be known as written.
        id, message = message_of(self.key)
        asked = self._find(id)
        if asked is None:
            return
        rounds = self._rounds
        try:
            if message.get("back"):
                again = asked.step_back(kept)
                if again is not None:
                    place = next(key for key, one in rounds.items() if one is asked)
                    rounds[place] = again
            else:
                asked.hear(message, kept)
        except SoftbioError as error:
            st.session_state[self._error_key] = str(error)

    def _find(self, id: str) -> _Kind | None:
        return next((one for one in self._rounds.values() if one.id == id), None)
