"""What the maps say in sentences: the trait, or the whole picture? And what they cannot say."""

from __future__ import annotations

import numpy as np

from softbio.audit.looking.bands import ASSUMPTION, BANDS
from softbio.audit.looking.looking import Looks
from softbio.audit.looking.summary import FEWEST, BandGap, LookCell, LooksBy

__all__ = ["limits", "telling"]

_BACKGROUND = BANDS.index("background")
_OF = {"for": "evidence for label 1", "against": "evidence against label 1", "any": "evidence"}


def telling(found: LooksBy) -> list[str]:
    """Return what the maps say, the most telling first.

    Of each group's rightly found faces of label 1 (rightly refused ones of label 0, where evidence
    against it is asked for): which bands hold more than their part of the frame, and whether the
    background counts. Then which groups differ where, if the intervals tell.
    """
    label = 0 if found.evidence == "against" else 1
    cells = [cell for cell in found.cells if cell.label == label and cell.right]
    told = [sentence for cell in cells if (sentence := _of_cell(cell, found))]
    if not told:
        few = ", ".join(f"{cell.n} of {cell.group}" for cell in cells)
        return [
            f"Too few rightly predicted faces of label {label} were looked at to say anything "
            f"({few}): it takes {FEWEST} people of a group."
        ]
    sentences = [*told, _whole_picture(cells, found)]
    sentences += [_gap(gap, found) for gap in found.gaps if _told_bands(gap)]
    if len(found.gaps) and not any(_told_bands(gap) for gap in found.gaps):
        sentences.append(
            "No difference between the groups stands out: every interval of a difference, taken "
            "together, holds 0."
        )
    return sentences


def limits(found: LooksBy, looks: Looks) -> list[str]:
    """Return what must be kept in mind when the maps are read."""
    told = [ASSUMPTION]
    if looks.method == "occlusion":
        told.append(
            "One place is hidden at a time: where several places tell the same, such as hair on "
            "both sides, hiding one costs little, and the map shows less than the network uses. "
            "What stands within half a patch (a sixteenth of the frame) of a band's border counts "
            "partly in the next band."
        )
    else:
        told.append(
            "Grad-CAM is as coarse as the network's last block, whose cells are too large to tell "
            "eyes from hair, and each cell has seen more than its place. For bands take occlusion."
        )
    told.append(
        "A share says where evidence lies, not how much there is: see its strength. That evidence "
        "lies in a band does not show that the network knows the trait, for other things stand "
        "there too."
    )
    if found.by == "face":
        told.append("Nobody knows who is on the photographs, so the intervals are by face.")
    return told


def _of_cell(cell: LookCell, found: LooksBy) -> str:
    if np.isnan(cell.low).all():
        return ""
    more = [band for band in np.argsort(-cell.share) if cell.low[band] > found.areas[band]]
    which = _OF[found.evidence]
    begin = f"On {cell.group} rightly predicted {cell.prediction} ({cell.n} faces)"
    if not more:
        return f"{begin} no band holds more of the {which} than its part of the frame."
    parts = [
        f"{_share(cell, band)} in {_place(band)}, {100 * found.areas[band]:.0f} % of the frame"
        for band in more
    ]
    return f"{begin} the {which} lies for {'; for '.join(parts)}."


def _whole_picture(cells: list[LookCell], found: LooksBy) -> str:
    area = found.areas[_BACKGROUND]
    known = [cell for cell in cells if not np.isnan(cell.low[_BACKGROUND])]
    told = _joined([f"{_share(cell, _BACKGROUND)} of {cell.group}'s" for cell in known])
    begin = f"The background, {100 * area:.0f} % of the frame, holds {told}"
    less = [cell.high[_BACKGROUND] < area for cell in known]
    more = [cell.low[_BACKGROUND] > area for cell in known]
    if any(more):
        return (
            f"{begin}: more than its part for {_names(known, more)}. What decides stands beside "
            "the face there, so the network goes by the whole picture."
        )
    if not all(less):
        return (
            f"{begin}: for {_names(known, [not each for each in less])} not less than a map would "
            "that knows no place. It cannot be said that the network goes by the face alone."
        )
    much = [cell.low[_BACKGROUND] > area / 4 for cell in known]
    if any(much):
        return (
            f"{begin}: less than its part, but far from nothing for {_names(known, much)}. The "
            "network goes by hair and face first and uses the picture around them too."
        )
    return f"{begin}: little. The network goes by hair and face, not by the whole picture."


def _gap(gap: BandGap, found: LooksBy) -> str:
    of = "evidence" if found.evidence == "any" else _OF[found.evidence]
    parts = [
        f"{abs(100 * gap.gap[band]):.0f} points {'more' if gap.gap[band] > 0 else 'less'} in "
        f"{_place(band)}"
        for band in _told_bands(gap)
    ]
    return (
        f"On faces with label {gap.label} that are predicted {gap.prediction}, {gap.first} have "
        f"{_joined(parts)} than {gap.second}, of the {of}."
    )


def _told_bands(gap: BandGap) -> list[int]:
    told = np.flatnonzero((gap.low > 0) | (gap.high < 0))
    return sorted(told.tolist(), key=lambda band: -abs(gap.gap[band]))


def _share(cell: LookCell, band: int) -> str:
    low, value, high = (100 * each[band] for each in (cell.low, cell.share, cell.high))
    return f"{value:.0f} % ({low:.0f} to {high:.0f})"


def _place(band: int) -> str:
    name = BANDS[band]
    return name if name == "hair" else f"the {name}"


def _names(cells: list[LookCell], wanted: list[bool]) -> str:
    return _joined([cell.group for cell, yes in zip(cells, wanted, strict=True) if yes])


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
