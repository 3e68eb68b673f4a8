import numpy as np

from softbio.audit.looking import (
    BANDS,
    Looks,
    band_shares,
    bands,
    limits,
    looks_by,
    telling,
)  # fmt: skip
from softbio.fairness import IntervalPlan

PLAN = IntervalPlan(replicates=300)


def looked(place_of, n=80, size=40, method="occlusion"):
    """Rightly found faces whose evidence lies where `place_of` a group says, and a little anywhere."""
    rng = np.random.default_rng(0)
    group = np.arange(n) % 2
    maps = rng.uniform(0, 0.05, (n, size, size)).astype(np.float32)
    for code, place in enumerate(place_of):
        if place:
            scale = rng.uniform(0.5, 1.5, (n // 2, 1, 1)).astype(np.float32)
            maps[group == code] += scale * bands(size)[place]
    ones = np.ones(n, int)
    looks = Looks(np.arange(n), maps, band_shares(maps), method)
    found = looks_by(looks, ones, ones.astype(bool), group, ("women", "men"), plan=PLAN)
    return looks, found


def test_it_says_where_the_evidence_lies_and_that_the_background_counts_little():
    _, found = looked(("hair", "eyes"))
    told = telling(found)
    assert "women rightly predicted 1 (40 faces)" in told[0] and "in hair" in told[0]
    assert "men rightly predicted 1" in told[1] and "in the eyes" in told[1]
    assert "not by the whole picture" in told[2]
    assert "women have" in told[3] and "more in hair" in told[3] and "less in the eyes" in told[3]


def test_it_says_when_the_background_decides():
    _, found = looked(("background", "hair"))
    whole = next(each for each in telling(found) if each.startswith("The background"))
    assert "more than its part for women" in whole and "whole picture" in whole


def test_a_map_that_knows_no_place_is_not_called_a_trait():
    _, found = looked(("", ""))
    told = " ".join(telling(found))
    assert "cannot be said that the network goes by the face alone" in told
    assert "No difference between the groups stands out" in told
    assert "not by the whole picture" not in told


def test_too_few_faces_say_nothing():
    _, found = looked(("hair", "eyes"), n=8)
    assert len(telling(found)) == 1 and "Too few" in telling(found)[0]


def test_limits_fit_the_method():
    looks, found = looked(("hair", "eyes"))
    told = " ".join(limits(found, looks))
    assert "One place is hidden at a time" in told and "by face" in told
    looks, found = looked(("hair", "eyes"), method="grad-cam")
    assert "coarse" in " ".join(limits(found, looks))
    assert set(BANDS) == {"hair", "eyes", "lower face", "background"}
