"""One hypothesis, examined: how it agrees with the label, and against another one."""

from softbio.hypotheses.examination.agreement import Examination, GroupAgreement, examine

__all__ = ["Examination", "GroupAgreement", "examine"]
