"""Which faces are proposed: open ones, as many of each group, for a reason."""

import numpy as np
import pytest

from softbio.errors import DataError
from softbio.hypotheses.probe import learn, propose

GROUPS = ("women", "men")


def _tagged(world, n=60, yes=20):
    tags = world.tags(n, yes=yes)
    return tags, learn(world.features, "hat", tags, world.group, GROUPS)


@pytest.mark.parametrize("learned", [False, True])
@pytest.mark.parametrize("n", [1, 7, 20, 33])
def test_open_faces_are_proposed_evenly_and_once(world, learned, n):
    tags, probe = _tagged(world)
    if not learned:
        tags[tags == 1] = 0
    tags[:200] = -2  # somebody was unsure
    proposal = propose(world.features, tags, probe if learned else None, world.group, n=n)
    assert len(np.unique(proposal.rows)) == n == len(proposal.why)
    assert (tags[proposal.rows] == -1).all()
    counts = np.bincount(world.group[proposal.rows], minlength=2)
    assert abs(counts[0] - counts[1]) <= 1
    assert (
        set(proposal.why) <= {"check", "likely", "uncertain"} if learned else {"check", "diverse"}
    )


def test_the_same_tags_and_seed_give_the_same_faces(world):
    tags, probe = _tagged(world)
    first, again, other = (
        propose(world.features, tags, probe, world.group, n=20, seed=seed) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.rows, again.rows)
    np.testing.assert_array_equal(first.why, again.why)
    assert set(first.rows) != set(other.rows)


def test_a_fifth_is_drawn_at_random_in_the_long_run(world):
    tags, probe = _tagged(world)
    why = np.concatenate(
        [
            propose(world.features, tags, probe, world.group, n=12, seed=seed).why
            for seed in range(60)
        ]
    )
    assert (why == "check").mean() == pytest.approx(0.2, abs=0.03)


def test_checks_do_not_look_at_the_probe(world):
    tags, probe = _tagged(world)
    drawn = []
    for seed in range(40):
        proposal = propose(world.features, tags, probe, world.group, n=40, seed=seed)
        drawn.append(proposal.rows[proposal.why == "check"])
    open_ = world.truth[tags == -1].mean()
    assert world.truth[np.concatenate(drawn)].mean() == pytest.approx(open_, abs=0.06)


def test_likely_faces_are_sought_while_yes_are_scarce(world):
    tags, probe = _tagged(world, yes=6)
    proposal = propose(world.features, tags, probe, world.group, n=20)
    likely = proposal.rows[proposal.why == "likely"]
    assert len(likely) >= 6
    assert world.truth[likely].mean() > 5 * world.truth.mean()
    tags, probe = _tagged(world, n=120, yes=60)
    assert "likely" not in propose(world.features, tags, probe, world.group, n=20).why


def test_uncertain_faces_are_those_that_the_probe_cannot_tell(world):
    tags, probe = _tagged(world, n=120, yes=60)
    proposal = propose(world.features, tags, probe, world.group, n=20)
    doubt = np.abs(probe.chances[proposal.rows[proposal.why == "uncertain"]] - 0.5)
    assert doubt.max() < np.median(np.abs(probe.chances[tags == -1] - 0.5))


def test_one_yes_and_one_no_already_lead_to_likely_faces(world):
    tags = np.full(len(world.truth), -1, np.int8)
    tags[np.flatnonzero(world.truth == 1)[:2]] = 1
    tags[np.flatnonzero(world.truth == 0)[:8]] = 0
    proposal = propose(world.features, tags, None, world.group, n=20)
    likely = proposal.rows[proposal.why == "likely"]
    assert world.truth[likely].mean() > 3 * world.truth.mean()


def test_the_first_faces_are_further_apart_than_random_ones(world):
    tags = np.full(len(world.truth), -1, np.int8)
    values = world.features.values

    def nearest(rows):
        apart = np.linalg.norm(values[rows][:, None] - values[rows][None], axis=2)
        return (apart + 1e9 * np.eye(len(rows))).min(axis=1).mean()

    diverse, random = [], []
    for seed in range(10):
        proposal = propose(world.features, tags, None, world.group, n=30, seed=seed)
        diverse.append(nearest(proposal.rows[proposal.why == "diverse"][:20]))
        random.append(nearest(world.draws.choice(len(tags), 20, replace=False)))
    assert np.mean(diverse) > np.mean(random)


def test_fewer_come_where_fewer_are_left(world):
    tags = np.zeros(len(world.truth), np.int8)
    men = np.flatnonzero(world.group == 1)
    women = np.flatnonzero(world.group == 0)
    tags[men[:9]] = -1
    tags[women[:2]] = -1
    proposal = propose(world.features, tags, None, world.group, n=8)
    assert set(women[:2]) <= set(proposal.rows)
    assert len(proposal.rows) == 8
    assert len(propose(world.features, tags, None, world.group, n=50).rows) == 11
    tags[:] = 0
    assert len(propose(world.features, tags, None, world.group, n=5).rows) == 0


def test_faces_of_no_known_group_are_proposed_where_no_group_is_known(world):
    tags = np.full(len(world.truth), -1, np.int8)
    group = world.group.copy()
    group[:1900] = -1
    assert (propose(world.features, tags, None, group, n=10).rows >= 1900).all()
    nobody = np.full(len(tags), -1)
    assert len(propose(world.features, tags, None, nobody, n=10).rows) == 10


def test_what_cannot_be_asked_for_is_refused(world):
    tags = np.full(len(world.truth), -1, np.int8)
    with pytest.raises(DataError, match="`tags` tells of 5 faces"):
        propose(world.features, tags[:5], None, world.group, n=3)
    with pytest.raises(ValueError, match="`n` must be at least 1"):
        propose(world.features, tags, None, world.group, n=0)
