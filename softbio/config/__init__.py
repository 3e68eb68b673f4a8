"""Every setting of a training: its title, meaning, bounds and default.

`TrainConfig` is the one description from which the command line's ``--set``, the
page's sliders and tooltips and the documentation are generated, so a new setting is
added in ``schema.py`` and nowhere else. `HeadConfig` is the same for a refit of the
last layer alone.
"""

from softbio.config.head import HeadConfig, parse_head
from softbio.config.recipes import RECIPES, recipe
from softbio.config.schema import (
    Augmentation,
    Balancing,
    EarlyStopping,
    LabelsConfig,
    LossConfig,
    NetworkConfig,
    OptimizerConfig,
    TrainConfig,
)
from softbio.config.settings import Setting, apply_settings, parse_config, settings

__all__ = [
    "RECIPES",
    "Augmentation",
    "Balancing",
    "EarlyStopping",
    "HeadConfig",
    "LabelsConfig",
    "LossConfig",
    "NetworkConfig",
    "OptimizerConfig",
    "Setting",
    "TrainConfig",
    "apply_settings",
    "parse_config",
    "parse_head",
    "recipe",
    "settings",
]
