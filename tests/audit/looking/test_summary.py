import numpy as np
import pytest

from softbio.audit.looking import (
    BANDS,
    EVIDENCE,
    FEWEST,
    Looks,
    band_areas,
    band_shares,
    bands,
    looks_by,
)  # fmt: skip
from softbio.errors import ConfigError, DataError
from softbio.fairness import IntervalPlan

PLAN = IntervalPlan(replicates=400)


def shares_of(maps, evidence="for"):
    part = {"for": np.maximum(maps, 0), "against": np.maximum(-maps, 0), "any": np.abs(maps)}
    sums = np.array([part[evidence][:, band].sum() for band in bands(maps.shape[1]).values()])
    return sums / sums.sum()


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_a_cells_map_and_shares_are_of_its_faces(made, evidence):
    given = made()
    found = looks_by(**given, evidence=evidence, plan=PLAN)
    assert len(found.cells) == 8 and sum(cell.n for cell in found.cells) == 60
    for cell in found.cells:
        index = [
            i for i in range(60)
            if given["groups"][given["group"][i]] == cell.group
            and given["label"][i] == cell.label
            and (given["prediction"][i] == given["label"][i]) == cell.right
        ]  # fmt: skip
        assert cell.index.tolist() == index and cell.people == len(index)
        maps = given["looks"].maps[index]
        np.testing.assert_allclose(cell.mean, maps.mean(0), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(cell.share, shares_of(maps, evidence), rtol=1e-5)
        assert cell.prediction == given["prediction"][index[0]]
    np.testing.assert_allclose(found.areas, band_areas(20))


def brute_force(given, replicates, seed=0):
    """Draw people anew, one by one, and look at the faces that they bring along."""
    rng = np.random.default_rng(seed)
    person = np.arange(60) if given["person"] is None else given["person"]
    names = np.unique(person)
    cells = [
        (group, label, right)
        for group in (0, 1)
        for label, right in ((1, 1), (1, 0), (0, 1), (0, 0))
    ]
    drawn = np.full((len(cells), replicates, len(BANDS)), np.nan)
    right = given["prediction"] == given["label"]
    for replicate in range(replicates):
        faces = np.concatenate([np.flatnonzero(person == p) for p in rng.choice(names, len(names))])
        for number, (group, label, was) in enumerate(cells):
            inside = faces[
                (given["group"][faces] == group)
                & (given["label"][faces] == label)
                & (right[faces] == was)
            ]
            if len(inside):
                drawn[number, replicate] = shares_of(given["looks"].maps[inside])
    return drawn


@pytest.mark.parametrize("people", [None, 25])
def test_intervals_are_those_of_drawing_people_one_by_one(made, people):
    given = made(people=people, seed=4)
    found = looks_by(**given, plan=IntervalPlan(replicates=4000))
    assert found.by == ("person" if people else "face")
    drawn = brute_force(given, 500)
    low, high = np.nanquantile(drawn, [0.025, 0.975], axis=1)
    compared = 0
    for number, cell in enumerate(found.cells):
        if cell.people < FEWEST:
            assert np.isnan(cell.low).all() and np.isnan(cell.high).all()
            continue
        compared += 1
        width = high[number] - low[number]
        assert (np.abs(cell.low - low[number]) < 0.25 * width + 0.002).all()
        assert (np.abs(cell.high - high[number]) < 0.25 * width + 0.002).all()
        assert (cell.low <= cell.share).all() and (cell.share <= cell.high).all()
    assert compared


def test_gaps_are_first_minus_second_and_their_intervals_hold_together(made):
    given = made(n=400, seed=2)
    found = looks_by(**given, plan=PLAN)
    assert len(found.gaps) == 4
    for gap in found.gaps:
        first, second = (found.cell(name, gap.label, gap.right) for name in (gap.first, gap.second))
        np.testing.assert_allclose(gap.gap, first.share - second.share)
        np.testing.assert_allclose(gap.gap.sum(), 0, atol=1e-9)
        # Wider than each by itself, and in the middle of their bounds.
        assert (
            gap.high - gap.low > np.hypot(first.high - first.low, second.high - second.low)
        ).all()
        np.testing.assert_allclose((gap.low + gap.high) / 2, gap.gap)


def test_alike_groups_seldom_differ_and_different_ones_do(made):
    told = 0
    for seed in range(20):
        found = looks_by(**made(n=240, seed=seed), plan=PLAN)
        told += any((gap.low > 0).any() or (gap.high < 0).any() for gap in found.gaps)
    assert told <= 4  # one of twenty families by chance
    given = made(n=240)
    maps = given["looks"].maps.copy()
    maps[given["group"] == 1] *= np.where(bands(20)["eyes"], 3.0, 1.0).astype(np.float32)
    given["looks"] = Looks(np.arange(240), maps, band_shares(np.maximum(maps, 0)))
    eyes = BANDS.index("eyes")
    assert all(gap.high[eyes] < 0 for gap in looks_by(**given, plan=PLAN).gaps)


def test_people_who_repeat_make_intervals_wider(made):
    """Each face four times over, as four photographs of a person: no more is known."""
    given = made(n=120, seed=1)
    four = {name: np.repeat(given[name], 4) for name in ("label", "prediction", "group")}
    maps = np.repeat(given["looks"].maps, 4, axis=0)
    looks = Looks(np.arange(480), maps, np.repeat(given["looks"].shares, 4, axis=0))
    by_face = looks_by(looks, **four, groups=given["groups"], plan=PLAN)
    by_person = looks_by(
        looks, **four, groups=given["groups"], person=np.repeat(np.arange(120), 4), plan=PLAN
    )
    for one, other in zip(by_person.cells, by_face.cells, strict=True):
        np.testing.assert_allclose(one.share, other.share)
        if one.people >= FEWEST:
            assert ((one.high - one.low) > 1.5 * (other.high - other.low)).all()


def test_empty_cells_and_maps_without_evidence_are_undefined(made):
    given = made()
    given["label"][:] = 1
    found = looks_by(**given, plan=PLAN)
    cell = found.cell("women", 0, True)
    assert cell.n == 0 and np.isnan(cell.share).all() and np.isnan(cell.strength)
    assert not cell.mean.any()
    looks = Looks(np.arange(60), -np.abs(given["looks"].maps), given["looks"].shares)
    found = looks_by(**{**given, "looks": looks}, plan=PLAN)
    assert all(np.isnan(cell.share).all() for cell in found.cells)
    none = Looks(np.zeros(0, int), np.zeros((0, 20, 20), np.float32), np.zeros((0, 4)))
    empty = np.zeros(0, int)
    assert all(c.n == 0 for c in looks_by(none, empty, empty, empty, ("women", "men")).cells)


def test_faces_of_unknown_group_are_left_out_and_wrong_arrays_refused(made):
    given = made()
    given["group"][:10] = -1
    assert sum(cell.n for cell in looks_by(**given, plan=PLAN).cells) == 50
    with pytest.raises(DataError, match="`label`"):
        looks_by(**{**given, "label": given["label"][:3]}, plan=PLAN)
    with pytest.raises(ConfigError, match="sideways"):
        looks_by(**given, evidence="sideways", plan=PLAN)
