"""Where it looked: Grad-CAM and occlusion over the face, and the share of each of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from dashboard.widgets.face.known import Known
from dashboard.widgets.face.network import fault_of, network_of, waiting
from dashboard.widgets.face.opening import Look
from dashboard.widgets.face.overlays import Overlay, overlays
from dashboard.widgets.nodes import Node, draw, node
from dashboard.widgets.numbers import percent
from softbio.audit.looking import ASSUMPTION, BANDS, band_areas, band_shares
from softbio.runs import Run

__all__ = ["show"]

_STYLE = """
table { border-collapse: collapse; }
th { text-align: left; font-weight: 500; color: var(--st-gray-text-color); font-size: 0.85rem;
  padding: 0.2rem 1.3rem 0.3rem 0; }
td { padding: 0.15rem 1.3rem 0.15rem 0; border-top: 1px solid var(--st-border-color); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
"""


@dataclass(frozen=True, eq=False)
class Maps:
    """Where a network looked on one face.

    Attributes
    ----------
    occlusion : ndarray, shape (H, W), float32
        How much the logit falls when a place is hidden.
    grad_cam : dict of int to ndarray, shape (H, W), float32
        What speaks for each label, in 0 … 1.
    """

    occlusion: np.ndarray
    grad_cam: dict[int, np.ndarray]


def show(look: Look, known: Known) -> None:
    """Show both maps over the face, and how much of the evidence lies in each part of it."""
    if fault := fault_of(look):
        st.info(fault, icon=":material/info:")
        return
    with waiting():
        maps = _maps(look)
    toward = 1 if known.said is None or known.said.prediction is None else known.said.prediction
    strongest = float(np.abs(maps.occlusion).max())
    overlays(
        look,
        [
            Overlay(
                "Occlusion",
                maps.occlusion,
                f"hiding it lowers the logit, by up to {strongest:.2g}",
                f"hiding it raises the logit, by up to {strongest:.2g}",
            ),
            Overlay(
                f"Grad-CAM for {toward}",
                maps.grad_cam[toward] * (1 if toward else -1),
                "speaks for 1",
                "speaks for 0",
            ),
        ],
    )
    draw("face_bands", [_shares(maps.occlusion)], style=_STYLE, key="face_bands")
    st.caption(
        "Occlusion: a patch of an eighth of the frame is laid over each place. It tells hair from "
        "eyes; Grad-CAM's cells, coarse as the last layer's, do not. Each map is coloured up to "
        f"its own strongest place. {ASSUMPTION}"
    )


def _maps(look: Look) -> Maps:
    assert look.run is not None
    state = look.run.state
    return _asked(
        look.run,
        np.asarray(look.faces.images[look.row]),
        (str(look.run.path), state.weights_sha256, state.head_sha256),
        (look.faces.fingerprint, look.row),
    )


@st.cache_resource(show_spinner=False, max_entries=128)
def _asked(
    _run: Run, _pixels: np.ndarray, network: tuple[str | None, ...], face: tuple[str, int]
) -> Maps:
    from softbio.networks.saliency import grad_cam, occlusion

    del network, face  # the key
    pixels = np.ascontiguousarray(_pixels)[None]

    def asked(model: Any) -> Maps:
        cams = {label: grad_cam(model, pixels, toward=label)[0] for label in (0, 1)}
        return Maps(occlusion(model, pixels)[0], cams)

    return network_of(_run).ask(asked)


def _shares(occlusion: np.ndarray) -> Node:
    """Return how much of what speaks for 1, and for 0, lies in each part of the face."""
    parts = np.stack([np.maximum(occlusion, 0.0), np.maximum(-occlusion, 0.0)])
    shares = band_shares(parts)
    areas = band_areas(len(occlusion))
    heads = ("Speaks for 1", "Speaks for 0", "Its share of the frame")
    return node(
        "table",
        {},
        node(
            "thead",
            {},
            node(
                "tr",
                {},
                node("th", {"scope": "col"}, "Part of the face"),
                *(node("th", {"scope": "col", "class": "number"}, head) for head in heads),
            ),
        ),
        node(
            "tbody",
            {},
            *(
                node(
                    "tr",
                    {},
                    node("td", {}, name[:1].upper() + name[1:]),
                    *(
                        node("td", {"class": "number"}, percent(float(value)))
                        for value in (shares[0, place], shares[1, place], areas[place])
                    ),
                )
                for place, name in enumerate(BANDS)
            ),
        ),
    )
