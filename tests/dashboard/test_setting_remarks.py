"""Settings that fight, or that do not do what they seem to, are told in a sentence."""

import pytest

from dashboard.widgets.setting_remarks import remarks
from softbio.config import RECIPES, TrainConfig, apply_settings


def told(*assignments, base=None):
    return list(remarks(apply_settings(base or TrainConfig(), list(assignments))))


def warnings(*assignments):
    return [sentence for kind, sentence in told(*assignments) if kind == "warning"]


@pytest.mark.parametrize(
    ("assignments", "sentence"),
    [
        (["loss.name=focal", "loss.gamma=5"], "γ = 5 stresses"),
        (["loss.name=forward_correction"], "without flip rates is cross-entropy"),
        (["weights.men=0", "weights.women=1"], "learns nothing from men"),
        (["cell_weights.men 1=0"], "learns nothing from men 1"),
        (["augmentation.brightness=0.2"], "Changing brightness changes how light hair looks"),
        (["augmentation.contrast=0.2"], "Changing contrast"),
        (["balancing.method=batches", "batch_size=8"], "hold 2 faces of each cell: 16 faces"),
        (["objectives.group_dro=0.1", "optimizer.weight_decay=0.01"], "strong weight decay"),
        (["objectives.group_dro=0.1", "optimizer.name=adam"], "strong weight decay"),
        (["objectives.soft_gap=1", "batch_size=16"], "no face of a scarce cell"),
        (["epochs=1"], "never reaches its full size"),
    ],
)
def test_what_is_likely_a_mistake_is_a_warning(assignments, sentence):
    assert any(sentence in one for one in warnings(*assignments))


@pytest.mark.parametrize(
    "assignments",
    [
        [],
        ["loss.name=forward_correction", "loss.flip_rates.women 1=0.2"],
        ["balancing.method=batches", "batch_size=16"],
        ["balancing.method=batches", "balancing.by=group", "batch_size=8"],
        ["objectives.group_dro=0.1", "optimizer.weight_decay=0.1"],
        ["objectives.mmd=1", "balancing.method=batches", "batch_size=16"],
        ["augmentation.mixup=0.4", "augmentation.rotation=10", "augmentation.noise=0.1"],
    ],
)
def test_what_goes_together_is_no_warning(assignments):
    assert not warnings(*assignments)


@pytest.mark.parametrize(
    ("assignments", "sentence"),
    [
        (["weights.men=0.5", "balancing.method=weights"], "men × 0.5) come on top of balancing"),
        (["balancing.method=weights", "balancing.mixture=0"], "does nothing"),
        (["balancing.method=augment_minority", "balancing.variation=0"], "as by over-sampling"),
        (["objectives.group_dro=0.1", "cell_weights.men 1=2"], "GroupDRO weighs the cells itself"),
        (["augmentation.mixup=0.4", "objectives.mmd=1"], "the score distance count it in both"),
        (["early_stopping.patience=2"], "reckons with all 12 epochs"),
        (["folds=1"], "folds begin at 2"),
    ],
)
def test_what_is_worth_knowing_is_a_note(assignments, sentence):
    found = [kind for kind, one in told(*assignments) if sentence in one]
    assert found == ["note"]
    assert not any(sentence in one for _, one in told())


def test_published_weights_that_are_not_here_are_told_with_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("SOFTBIO_WEIGHTS", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    found = [sentence for _, sentence in told("network.name=resnet50") if "ImageNet" in sentence]
    [sentence] = found
    name = "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"
    assert name in sentence and str(tmp_path) in sentence
    (tmp_path / name).touch()
    for assignments in (
        ["network.name=resnet50"],
        ["network.name=efficientnet_v2_b0", "network.weights=none"],
        ["network.name=bn_cnn"],
    ):
        assert not any("ImageNet" in sentence for _, sentence in told(*assignments))


def test_the_recommended_recipes_have_nothing_to_warn_of():
    for name in ("recommended", "fast"):
        assert not [one for kind, one in remarks(RECIPES[name]) if kind == "warning"]
