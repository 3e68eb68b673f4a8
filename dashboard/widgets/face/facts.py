"""What is known of a face, drawn: what the run says of it beside the threshold, then the rest."""

from __future__ import annotations

from dashboard.widgets.face.known import Known, Said
from dashboard.widgets.face.sayings import Saying
from dashboard.widgets.nodes import Node, draw, node
from dashboard.widgets.numbers import count
from dashboard.widgets.pickers import SPLIT_NAMES
from softbio.fairness.rules import shown

__all__ = ["attributes", "headline", "suspicion", "verdict"]

_STYLE = """
dl { display: grid; grid-template-columns: minmax(5.2rem, max-content) 1fr; gap: 0.28rem 1rem; margin: 0; }
dt { color: var(--st-gray-text-color); }
dd { margin: 0; overflow-wrap: anywhere; }
.right { color: var(--st-green-text-color); font-weight: 600; }
.wrong { color: var(--st-orange-text-color); font-weight: 600; }
.score { margin: 0 0 0.9rem; }
.score .bar { position: relative; height: 10px; border-radius: 5px; margin: 1.5rem 0 1.25rem;
  background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color); }
.score .bar i { position: absolute; top: -3px; bottom: -3px; width: 2px; margin-left: -1px;
  background: var(--st-text-color); }
.score .bar b { position: absolute; top: 50%; width: 14px; height: 14px; border-radius: 50%;
  transform: translate(-50%, -50%); background: var(--st-primary-color);
  box-shadow: 0 0 0 2px var(--st-background-color); transition: left 0.15s; }
.score .bar span { position: absolute; font-size: 0.8rem; transform: translateX(-50%);
  white-space: nowrap; font-variant-numeric: tabular-nums; }
.score .bar .above { bottom: 13px; } .score .bar .below { top: 13px; }
.score .bar .from { left: 0; transform: none; } .score .bar .to { right: 0; transform: none; }
ul { list-style: none; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: 0.3rem; }
li { border: 1px solid var(--st-border-color); border-radius: 999px; padding: 0.06rem 0.6rem;
  font-size: 0.85rem; overflow-wrap: anywhere; }
li.no { color: var(--st-gray-text-color); border-style: dashed; }
summary { cursor: pointer; color: var(--st-gray-text-color); margin: 0.55rem 0 0.4rem; }
h3 { font-size: 0.95rem; font-weight: 600; margin: 0 0 0.45rem; }
@media (prefers-reduced-motion: reduce) { .score .bar b { transition: none; } }
"""


def verdict(known: Known) -> None:
    """Show what the run says of the face: right or wrong, and the score beside the threshold."""
    said = known.said
    if said is None:
        return
    kind = {True: "right", False: "wrong", None: "quiet"}[known.right]
    told = known.verdict
    if known.right is not None:
        told = f"Predicted {said.prediction}, {told}"
    more = [f"score {said.score:.3f}"] if said.scored else ["an imported prediction, no score"]
    if said.loss is not None:
        more.append(f"loss {said.loss:.2f}")
    if not said.out_of_sample:
        more.append("the network was trained on this face")
    tree = node(
        "div",
        {"class": "score"},
        node("div", {"class": kind}, told[:1].upper() + told[1:]),
        node("div", {"class": "quiet"}, " · ".join(more)),
        *([_bar(said)] if said.scored else []),
    )
    draw("face_verdict", [tree], style=_STYLE, key="face_verdict")


def headline(known: Known, tags: tuple[Saying, ...], reviews: tuple[Saying, ...]) -> None:
    """Show what is known of the photograph and its person, and what people said of it."""
    lines: list[tuple[str, Node]] = [
        ("Face", known.filename),
        ("Split", SPLIT_NAMES.get(known.split, known.split.capitalize())),
        ("Group", known.group or "not known"),
        ("Label", "none" if known.label is None else str(known.label)),
    ]
    if known.true_label is not None:
        flipped = known.label is not None and known.true_label != known.label
        lines.append(
            ("True label", f"{known.true_label}{': the given one is wrong' if flipped else ''}")
        )
    lines.append(("Person", _person(known)))
    lines += [("Reviewed", f"should be {said.value} ({said.by})") for said in reviews]
    lines += [("Tag", f"{said.word}: {said.value} ({said.by})") for said in tags]
    pairs = [part for name, told in lines for part in (node("dt", {}, name), node("dd", {}, told))]
    draw("face_facts", [node("dl", {}, *pairs)], style=_STYLE, key="face_facts")


def suspicion(told: str) -> None:
    """Show how suspect the label is."""
    if told:
        tree = node("dl", {}, node("dt", {}, "Suspicion"), node("dd", {}, told))
        draw("face_facts", [tree], style=_STYLE, key="face_suspicion")


def attributes(known: Known) -> None:
    """Show which attributes hold; which do not, and which are not known, behind a fold."""
    if not (known.holding or known.lacking or known.unknown):
        return
    tree: list[Node] = [node("h3", {}, "Attributes")]
    if known.holding:
        tree.append(_names(known.holding))
    else:
        tree.append(node("p", {"class": "quiet"}, "None holds."))
    for names, told in ((known.lacking, "do not hold"), (known.unknown, "are not known")):
        if names:
            tree.append(
                node(
                    "details",
                    {"data-k": told},
                    node("summary", {}, f"{count(len(names))} {told}"),
                    _names(names, "no"),
                )
            )
    draw("face_attributes", tree, style=_STYLE, key="face_attributes")


def _bar(said: Said) -> Node:
    """Return the score on its way from 0 to 1, with the threshold as a line."""
    parts: list[Node] = []
    told = f"Score {said.score:.3f} on a scale from 0 to 1"
    if said.threshold is not None:
        told += f", threshold {shown(said.threshold)}"
        parts += [
            node("i", {"style": f"left:{100 * said.threshold:.2f}%"}),
            node(
                "span",
                {"class": "above", "style": f"left:{_kept_inside(said.threshold)}"},
                f"threshold {shown(said.threshold)}",
            ),
        ]
    parts += [
        node("b", {"style": f"left:{100 * said.score:.2f}%"}),
        node("span", {"class": "below from"}, "0"),
        node("span", {"class": "below to"}, "1"),
    ]
    return node("div", {"class": "bar", "role": "img", "aria-label": told}, *parts)


def _kept_inside(share: float) -> str:
    """Return where the middle of a text stands so that it stays over the bar."""
    return f"clamp(2.8rem, {100 * share:.2f}%, calc(100% - 2.8rem))"


def _person(known: Known) -> str:
    if known.identity is None:
        return "not known"
    n = len(known.photographs)
    if not n:
        return f"{known.identity}, this photograph alone"
    return f"{known.identity}, {count(n)} other photograph{'' if n == 1 else 's'}"


def _names(names: tuple[str, ...], kind: str | None = None) -> Node:
    return node("ul", {}, *(node("li", {"class": kind}, name.replace("_", " ")) for name in names))
