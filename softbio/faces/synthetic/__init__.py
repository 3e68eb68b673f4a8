"""Synthetic faces: people who do not exist, drawn by our own code from a seed.

`draw_attributes` says who is on each photograph and what shows; `draw_faces` draws it.
"""

from __future__ import annotations

from softbio.faces.synthetic.attributes import draw_attributes
from softbio.faces.synthetic.draw import draw_faces
from softbio.faces.synthetic.frequencies import ATTRIBUTES, frequency
from softbio.faces.synthetic.spec import LabelNoise, SyntheticSpec, parse_synthetic

__all__ = [
    "ATTRIBUTES",
    "LabelNoise",
    "SyntheticSpec",
    "draw_attributes",
    "draw_faces",
    "frequency",
    "parse_synthetic",
]
