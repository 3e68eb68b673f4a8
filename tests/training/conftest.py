"""Small face sets that train in a second."""

import pytest

from softbio.config import (
    Augmentation,
    Balancing,
    EarlyStopping,
    LossConfig,
    NetworkConfig,
    OptimizerConfig,
    TrainConfig,
)


@pytest.fixture(scope="session")
def faces(make_faces, tmp_path_factory):
    """160 faces of 24×24 in all four splits."""
    return make_faces(tmp_path_factory.mktemp("sets") / "small")


@pytest.fixture(scope="session")
def quick():
    """Settings that use every random draw there is, for three short epochs."""
    return TrainConfig(
        recipe="quick",
        network=NetworkConfig(name="report_cnn", depth=1, filters=8, dense=16, dropout=0.3),
        weights={"women": 1.0, "men": 0.5},
        balancing=Balancing(method="weights", by="cell"),
        loss=LossConfig(name="cross_entropy"),
        optimizer=OptimizerConfig(name="adamw", learning_rate=3e-3, warmup_epochs=0.5, ema=0.9),
        epochs=3,
        batch_size=32,
        early_stopping=EarlyStopping(monitor="loss", patience=None, restore_best=True),
        augmentation=Augmentation(flip=True, shift=0.1, mixup=0.2),
        test_time_flip=True,
        precision="float32",
        seed=1,
    )
