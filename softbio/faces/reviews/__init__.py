"""Reviews: what people say that the label of a face should be, kept beside a face set."""

from softbio.faces.reviews.agreement import Agreement, Kappa, kappa
from softbio.faces.reviews.lines import QUEUES, TAKEN_BACK
from softbio.faces.reviews.reviews import Reviews
from softbio.faces.reviews.sampling import sample_order
from softbio.faces.reviews.standing import DISAGREED, NOBODY, UNSURE
from softbio.faces.reviews.summary import ReviewCounts, summary_of
from softbio.faces.reviews.table import COLUMNS

__all__ = [
    "COLUMNS",
    "DISAGREED",
    "NOBODY",
    "QUEUES",
    "TAKEN_BACK",
    "UNSURE",
    "Agreement",
    "Kappa",
    "ReviewCounts",
    "Reviews",
    "kappa",
    "sample_order",
    "summary_of",
]
