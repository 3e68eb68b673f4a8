"""The batches of an epoch hold every face once, in an order that the seed decides."""

import threading

import numpy as np
import pytest

from softbio.config import Augmentation, Balancing, TrainConfig
from softbio.training.batches import epoch_batches, prefetch, steps_per_epoch
from softbio.training.plan import plan_training

PLAIN = TrainConfig(augmentation=Augmentation(flip=False, shift=0.0), batch_size=32)


@pytest.fixture(scope="module")
def plan(faces):
    return plan_training(faces, PLAIN)


def drawn(faces, plan, config, epoch):
    return list(epoch_batches(faces.images, plan, config, epoch))


def test_every_face_counts_once_and_all_batches_have_one_size(faces, plan):
    batches = drawn(faces, plan, PLAIN, 1)
    assert len(batches) == steps_per_epoch(plan, PLAIN)
    assert {batch.pixels.shape for batch in batches} == {(32, 24, 24, 3)}
    counted = [
        face.tobytes()
        for batch in batches
        for face, weight in zip(batch.pixels, batch.weights, strict=True)
        if weight > 0
    ]
    assert sorted(counted) == sorted(face.tobytes() for face in faces.images[plan.rows])


def test_the_mean_over_the_filled_batch_is_the_mean_over_its_faces(faces, plan):
    last = drawn(faces, plan, PLAIN, 1)[-1]
    real = len(plan.rows) % 32
    assert 0 < real < 32 and not last.weights[real:].any()
    assert (last.weights * 7.0).mean() == pytest.approx((plan.weights[:real] * 7.0).mean())


def test_order_and_augmentation_follow_from_seed_epoch_and_step(faces, plan):
    config = TrainConfig(batch_size=32, seed=4)
    first, again = drawn(faces, plan, config, 2), drawn(faces, plan, config, 2)
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.pixels, other.pixels)
    assert not np.array_equal(first[0].pixels, drawn(faces, plan, config, 3)[0].pixels)
    other_seed = config.model_copy(update={"seed": 5})
    assert not np.array_equal(first[0].pixels, drawn(faces, plan, other_seed, 2)[0].pixels)


def test_a_batch_larger_than_the_set_is_the_set(faces, plan):
    config = PLAIN.model_copy(update={"batch_size": 4096})
    (batch,) = drawn(faces, plan, config, 1)
    assert len(batch.pixels) == len(plan.rows)


def test_balanced_batches_hold_as_many_of_each_cell_and_keep_the_steps(faces):
    config = PLAIN.model_copy(update={"balancing": Balancing(method="batches", by="cell")})
    plan = plan_training(faces, config)
    batches = drawn(faces, plan, config, 1)
    assert len(batches) == steps_per_epoch(plan, config) == steps_per_epoch(plan, PLAIN)
    for batch in batches:
        cell = 2 * batch.group + batch.labels.astype(int)
        np.testing.assert_array_equal(np.bincount(cell), [8, 8, 8, 8])
        np.testing.assert_array_equal(batch.weights, np.ones(32))
    first, again = drawn(faces, plan, config, 2), drawn(faces, plan, config, 2)
    np.testing.assert_array_equal(first[0].pixels, again[0].pixels)
    assert not np.array_equal(first[0].pixels, batches[0].pixels)


def test_repeated_faces_are_new_variants_in_every_epoch_and_first_copies_stay(faces):
    balancing = Balancing(method="augment_minority", by="cell")
    config = PLAIN.model_copy(update={"balancing": balancing})
    plan = plan_training(faces, config)
    originals = {image.tobytes() for image in faces.images[plan.rows]}

    def new(epoch):
        return {
            face.tobytes()
            for batch in drawn(faces, plan, config, epoch)
            for face in batch.pixels[batch.weights > 0]
            if face.tobytes() not in originals
        }

    first, again, second = new(1), new(1), new(2)
    assert len(first) == len(second) == plan.variants.sum() > 0
    assert first == again
    assert not first & second


def test_variation_0_is_over_sampling(faces):
    one, other = (
        PLAIN.model_copy(update={"balancing": Balancing(method=method, variation=0.0)})
        for method in ("augment_minority", "over_sample")
    )
    first, second = (drawn(faces, plan_training(faces, each), each, 1) for each in (one, other))
    for batch, same in zip(first, second, strict=True):
        np.testing.assert_array_equal(batch.pixels, same.pixels)


def test_prefetching_changes_nothing_and_ends_its_thread(faces, plan):
    ahead = list(prefetch(epoch_batches(faces.images, plan, PLAIN, 1)))
    for one, other in zip(ahead, drawn(faces, plan, PLAIN, 1), strict=True):
        np.testing.assert_array_equal(one.pixels, other.pixels)
    assert not any(thread.name == "batches" for thread in threading.enumerate())


def test_prefetching_stops_when_nobody_wants_more(faces, plan):
    batches = prefetch(epoch_batches(faces.images, plan, PLAIN, 1), ahead=1)
    next(batches)
    batches.close()
    assert not any(thread.name == "batches" for thread in threading.enumerate())


def test_what_goes_wrong_in_the_thread_is_raised_by_the_iterator():
    def broken():
        yield from ()
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        list(prefetch(broken()))
