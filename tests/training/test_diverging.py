"""The sentence for a training that diverged names the likely setting."""

import pytest

from softbio.config import apply_settings, recipe
from softbio.training.diverging import diverged


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ([], "optimizer.learning_rate=0.0002, or with optimizer.clip_norm=1."),
        (["optimizer.clip_norm=1"], "optimizer.learning_rate=0.0002."),
        (["objectives.soft_gap=50", "objectives.mmd=20"], "objectives.soft_gap=5,"),
        (["objectives.mmd=20"], "objectives.mmd=2,"),
        (["objectives.mmd=1", "objectives.group_dro=0.1"], "optimizer.learning_rate="),
        (["objectives.group_dro=1"], "objectives.group_dro=0.1,"),
    ],
)
def test_the_likely_setting_is_named_with_a_value_to_try(changes, named):
    config = apply_settings(
        recipe("fast"),
        ["optimizer.learning_rate=0.002", "optimizer.clip_norm=none", *changes],
    )
    sentence = diverged(config, 2, 7, 90)
    assert "epoch 2, step 7 of 90" in sentence and f"train anew with {named}" in sentence
    assert f"The likely setting is {named.partition('=')[0]} = " in sentence
