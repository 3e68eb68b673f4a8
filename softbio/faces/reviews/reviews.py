"""Reviews: who said of which face what its label should be, kept beside the face set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from softbio.faces.reviews.agreement import Agreement, agreement_of
from softbio.faces.reviews.lines import QUEUES, ReviewLine, checked_queue, checked_says, events_of
from softbio.faces.reviews.standing import NOBODY, ReviewLedger
from softbio.faces.reviews.summary import ReviewCounts, summary_of
from softbio.faces.reviews.table import as_csv, history_of, read_lines_of
from softbio.faces.sayings import Sayings, each

__all__ = ["Reviews"]


class Reviews(Sayings[ReviewLedger]):
    """The reviews of a face set: an append-only file, and what it says now.

    The labels of the set stay as they are. Of several reviews of a face by the same person the
    latest holds; what is said without a name is one person's. Safe between threads and processes;
    each look takes in what others have added meanwhile.

    Parameters
    ----------
    faces : FaceSet
    """

    file = "reviews.jsonl"
    what = "review"
    whose = "Who reviews"

    def add(
        self,
        filenames: str | Sequence[str],
        says: int | str | Sequence[int | str],
        who: str = "",
        blind: bool = False,
        queue: str = "grid",
    ) -> str:
        """Say what the labels of faces should be.

        Parameters
        ----------
        filenames : str or sequence of str
            Faces of the set, each once.
        says : {0, 1, "unsure", "taken back"} or a sequence of them
            One for all, or one for each. What is taken back leaves the face as if this person
            had not reviewed it.
        who : str
            Who says so; may be empty.
        blind : bool
            Whether the given label, and what any run says, was hidden from them.
        queue : str
            From where the faces came, one of `QUEUES`.

        Returns
        -------
        str
            The batch, which `undo` takes back as one.

        Raises
        ------
        DataError
            If a face, a label or a text is not allowed, or nothing can be written. Nothing is
            added then.
        """
        names = [filenames] if isinstance(filenames, str) else list(filenames)
        said = [checked_says(one) for one in each(says, len(names), "says")]
        checked_queue(queue)
        with self._guard:
            self._check_names(names)
            return self._append(
                ReviewLine(name, one, None, bool(blind), queue, who)
                for name, one in zip(names, said, strict=True)
            )

    def labels(self, *, sample: bool = False) -> np.ndarray:
        """Return what the reviewers of each face agree on.

        Those who are unsure abstain. The others must all say the same: a single reviewer who is
        sure of something else keeps a face from being corrected, so that nothing is changed that
        is disputed, whoever is in the majority.

        Parameters
        ----------
        sample : bool
            Only what was said blind in the random sample counts: what somebody says who has seen
            the given label leans towards it or away from it.

        Returns
        -------
        ndarray, shape (N,), int8
            1 or 0; −1 nobody said anything or all are unsure; −2 they disagree.
        """
        with self._guard:
            return self._read().standing(sample).agreed(len(self.faces))

    def said_by(self, who: str, *, sample: bool = False) -> np.ndarray:
        """Return what one reviewer says of each face: 1, 0, −1 nothing, −2 unsure.

        Parameters
        ----------
        who : str
        sample : bool
            As for `labels`.

        Returns
        -------
        ndarray, shape (N,), int8
        """
        with self._guard:
            ledger = self._read()
            number = ledger.reviewers.get(" ".join(who.split()), NOBODY)
            return ledger.standing(sample).of(number, len(self.faces))

    def told_by(self, who: str) -> pd.DataFrame:
        """Return what one reviewer says now, in the order in which they said it.

        Returns
        -------
        DataFrame
            ``row`` of the set (int64), ``says`` (int8: 1, 0, −2 unsure), ``blind`` (bool),
            ``queue`` (str).
        """
        with self._guard:
            ledger = self._read()
            standing = ledger.standing()
            mine = standing.reviewer == ledger.reviewers.get(" ".join(who.split()), NOBODY)
        order = np.flatnonzero(mine)[np.argsort(standing.event[mine])]
        return pd.DataFrame(
            {
                "row": standing.row[order],
                "says": standing.code[order],
                "blind": standing.blind[order],
                "queue": np.array(QUEUES, dtype=object)[standing.queue[order]],
            }
        )

    def blind_sample(self) -> np.ndarray:
        """Return which faces somebody reviewed blind in the random sample, shape (N,), bool."""
        with self._guard:
            sampled = np.zeros(len(self.faces), dtype=bool)
            sampled[self._read().standing(sample=True).row] = True
            return sampled

    def reviewers(self) -> tuple[str, ...]:
        """Return everybody of whom a review stands, in the order of their first one."""
        with self._guard:
            ledger = self._read()
            standing = set(ledger.standing().reviewer.tolist())
            return tuple(who for who, number in ledger.reviewers.items() if number in standing)

    @property
    def changed(self) -> int:
        """How many reviewed faces have another given label now than when they were reviewed.

        Since the set was packed anew with another label, perhaps: what the reviews say would then
        be about something else.
        """
        with self._guard:
            standing = self._read().standing()
            now = self.faces.labels()[standing.row]
            return len(np.unique(standing.row[now != standing.given]))

    def agreement(self, first: str, second: str) -> Agreement:
        """Return how well two reviewers agree on the faces that both reviewed, see `Agreement`."""
        return agreement_of(
            self.said_by(first),
            self.said_by(second),
            self.faces.group_index(),
            tuple(self.faces.group_names.values()),
        )

    def summary(self) -> dict[str, ReviewCounts]:
        """Return what the reviews come to in each group, by its name, see `summary_of`."""
        with self._guard:
            standing = self._read().standing()
        reviewed = np.zeros(len(self.faces), dtype=bool)
        reviewed[standing.row] = True
        return summary_of(self.faces, standing.agreed(len(self.faces)), reviewed)

    def history(self) -> pd.DataFrame:
        """Return everything that was ever said, in its order.

        Returns
        -------
        DataFrame
            ``id``, ``when`` (UTC), ``who``, ``filename``, ``says`` (``1``, ``0``, ``unsure``,
            ``taken back``), ``given`` (Int8: the label then), ``blind``, ``queue``; ``undone``:
            whether it was undone later; ``stands``: whether it is what this person says now;
            ``present``: whether the set has the face. An undo is a line without a face, and
            ``of`` is the batch that it took back.
        """
        return history_of(*self._whole())

    def as_csv(self) -> bytes:
        """Return the reviews that stand as a CSV file, see `softbio.faces.reviews.table`."""
        history = self.history()
        return as_csv(history[history["stands"]])

    def read_csv(self, path: str | Path, who: str = "") -> int:
        """Add the reviews of a CSV file; each person's are one batch.

        Parameters
        ----------
        path : path
            ``filename,label`` and perhaps ``who``, ``blind`` and ``queue``, in any order.
        who : str
            Whose they are where the file does not say.

        Returns
        -------
        int
            How many were added.

        Raises
        ------
        DataError
            If anything in the file is not allowed; nothing is added then.
        """
        with self._guard:
            lines = read_lines_of(Path(path), self._rows(), who)
            self._append(lines)
        return len(lines)

    def _append(self, lines: Iterable[ReviewLine]) -> str:
        rows, labels = self._rows(), self.faces.labels()
        filled = []
        for line in lines:
            label = int(labels[rows[line.filename]])
            filled.append(line._replace(given=None if label < 0 else label))
        events, batch = events_of(filled)
        self._log.append(events)
        return batch

    def _new_ledger(self, rows: Mapping[str, int]) -> ReviewLedger:
        return ReviewLedger(rows)
