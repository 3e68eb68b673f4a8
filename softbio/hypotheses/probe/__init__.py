"""Tag to learn: attributes learned from a few faces that a person tagged."""

from softbio.hypotheses.probe.features import Features
from softbio.hypotheses.probe.judged import Judged, Judgement, ProbeQuality, Rate
from softbio.hypotheses.probe.probe import ENOUGH, Probe, learn, learn_all, missing_tags
from softbio.hypotheses.probe.proposing import Proposal, propose

__all__ = [
    "ENOUGH",
    "Features",
    "Judged",
    "Judgement",
    "Probe",
    "ProbeQuality",
    "Proposal",
    "Rate",
    "learn",
    "learn_all",
    "missing_tags",
    "propose",
]
