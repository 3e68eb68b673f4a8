"""Every setting of a training: its title, meaning, bounds and default.

`TrainConfig` is the one description from which the command line's ``--set``, the
page's sliders and tooltips and the documentation are generated, so a new setting is
added in ``schema.py`` and nowhere else.
"""

from softbio.config.recipes import RECIPES, recipe
from softbio.config.schema import (
    Augmentation,
    Balancing,
    EarlyStopping,
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
    "LossConfig",
    "NetworkConfig",
    "OptimizerConfig",
    "Setting",
    "TrainConfig",
    "apply_settings",
    "parse_config",
    "recipe",
    "settings",
]
