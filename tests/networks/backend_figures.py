"""What a backend makes of given numbers: the same script runs in each, and a test compares them.

``python backend_figures.py FACES MODELS OUT`` does all of it in the backend that the environment
names, trains on the face set FACES into MODELS, and writes the figures to OUT.
"""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from softbio.config import (
    EarlyStopping,
    LossConfig,
    NetworkConfig,
    ObjectivesConfig,
    OptimizerConfig,
    TrainConfig,
)
from softbio.networks.losses import ConfiguredLoss
from softbio.networks.objectives import group_dro, mmd, soft_gap
from softbio.networks.trainer import Trainer

GROUPS = ("women", "men", "others")
RATES = {"women 0": 0.1, "women 1": 0.3, "others 1": 0.2}
LOSSES = {
    "cross_entropy": LossConfig(name="cross_entropy", label_smoothing=0.1),
    "focal": LossConfig(name="focal", gamma=1.5, alpha=0.3, class_balancing=True),
    "generalised_cross_entropy": LossConfig(name="generalised_cross_entropy", q=0.6),
    "forward_correction": LossConfig(name="forward_correction", flip_rates=RATES),
}
#: Everything that moves a network without a draw of the backend's own.
STEPPED = TrainConfig(
    network=NetworkConfig(name="report_cnn", depth=2, filters=8, dense=16, dropout=0.0),
    loss=LOSSES["forward_correction"],
    objectives=ObjectivesConfig(group_dro=0.5, mmd=1.0, soft_gap=1.0),
    optimizer=OptimizerConfig(learning_rate=1e-3, clip_norm=5.0, ema=0.9),
    epochs=2,
)
#: A whole training, with dropout, batch norm and averaged weights.
WHOLE = TrainConfig(
    network=NetworkConfig(name="bn_cnn", dropout=0.3),
    loss=LossConfig(name="cross_entropy"),
    objectives=ObjectivesConfig(soft_gap=0.5),
    optimizer=OptimizerConfig(learning_rate=1e-2, schedule="constant", ema=0.5),
    early_stopping=EarlyStopping(monitor="loss", restore_best=False),
    epochs=2,
    batch_size=32,
    precision="float32",
)
STEPS = 6


def batches():
    """Return the batches of the steps; the first lacks a whole group."""
    draws = np.random.default_rng(5)
    made = []
    for number in range(STEPS):
        labels = draws.integers(0, 2, 32).astype(np.float32)
        pixels = draws.integers(0, 200, (32, 24, 24, 3), dtype=np.uint8)
        pixels[labels == 1, :12, :, 0] += 50
        group = draws.integers(0, 3 if number else 2, 32)
        weights = draws.uniform(0.2, 2, 32).astype(np.float32)
        made.append(SimpleNamespace(pixels=pixels, labels=labels, weights=weights, group=group))
    return made


def values():
    """Return losses and objectives of some faces, by name."""
    draws = np.random.default_rng(4)
    labels = np.concatenate([draws.integers(0, 2, 16), draws.random(8)]).astype(np.float32)
    logits = draws.normal(0, 3, 24).astype(np.float32)
    weights, group = draws.uniform(0, 2, 24).astype(np.float32), draws.integers(0, 3, 24)
    targets = np.stack([labels, group], axis=1).astype(np.float32)
    found = {
        name: ConfiguredLoss(config, GROUPS).call(targets, logits[:, None])
        for name, config in LOSSES.items()
    }
    batch = (labels, logits, weights, group, 3)
    found |= {"mmd": mmd(*batch), "soft_gap": soft_gap(*batch)}
    both = np.stack([np.logaddexp(0, logits), np.logaddexp(0, -logits)], axis=1)
    found["group_dro"], found["cells"] = group_dro(
        both, labels, weights, group, 3, np.full(6, 1 / 6, np.float32), 0.4
    )
    return {name: np.asarray(value) for name, value in found.items()}


def stepped():
    """Return the loss of each step from given weights, and what the steps left, by name."""
    trainer = Trainer(STEPPED, 24, "float32", STEPS, GROUPS)
    draws = np.random.default_rng(6)
    trainer.set_weights(
        [
            draws.normal(0, 1 / np.sqrt(max(np.prod(array.shape[:-1]), 1)), array.shape)
            for array in trainer.weights()
        ]
    )
    trainer.begin_epoch(1)
    half = STEPS // 2
    losses = [trainer.step(batch) for batch in batches()[:half]]
    state = trainer.state()
    losses += [trainer.step(batch) for batch in batches()[half:]]
    end = flat(trainer)
    trainer.set_state(state)
    trainer.begin_epoch(1)
    again = [trainer.step(batch) for batch in batches()[half:]]
    same = again == losses[half:] and all(
        np.array_equal(one, other) for one, other in zip(end, flat(trainer), strict=True)
    )
    cells = trainer.state()["objectives"][0]
    return {
        "steps": np.array(losses),
        "cell_weights": cells,
        "same": np.array(same),
        **{f"weights.{number}": array for number, array in enumerate(trainer.weights())},
    }


def flat(trainer):
    """Return all arrays of a trainer's state."""
    return [array for arrays in trainer.state().values() for array in arrays]


def whole(faces, models):
    """Train on a face set, from the first batch to the predictions."""
    from softbio.faces.faceset import FaceSet
    from softbio.runs import RunStore
    from softbio.training import new_run, train

    train(new_run(RunStore(models), FaceSet.open(faces), WHOLE))


def on_device():
    """Return what bench/on_device.py makes of a few faces; it is for JAX alone."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
    import jax
    from on_device import OnDevice, augmented

    images = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3), dtype=np.uint8)
    side = OnDevice(images, 4, "float32")
    before = [np.array(value) for value in side.state[0]]
    losses = side.train()
    after = [np.asarray(value) for value in side.state[0]]
    return {
        "device_images": images,
        "device_flipped": np.asarray(augmented(images, jax.random.key(1), 0)),
        "device_moved": np.asarray(augmented(images, jax.random.key(1), 2)),
        "device_losses": np.asarray(losses),
        "device_learns": np.array([(a != b).any() for a, b in zip(before, after, strict=True)]),
    }


if __name__ == "__main__":
    import keras

    figures = {**values(), **stepped()}
    whole(*sys.argv[1:3])
    if keras.backend.backend() == "jax":
        figures |= on_device()
    np.savez(sys.argv[3], backend=np.array(keras.backend.backend()), **figures)
