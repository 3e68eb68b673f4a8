"""Every setting of a training: its title, meaning, bounds and default.

`TrainConfig` is the one description from which the command line's ``--set``, the
page's sliders and tooltips and the documentation are generated, so a new setting is
added in its section and nowhere else. `HeadConfig` is the same for a refit of the
last layer alone.
"""

from softbio.config.faces import Augmentation, Balancing, LabelsConfig
from softbio.config.head import HeadConfig, parse_head
from softbio.config.loss import LossConfig, ObjectivesConfig
from softbio.config.network import NetworkConfig
from softbio.config.optimizer import EarlyStopping, OptimizerConfig
from softbio.config.presets import PRESETS
from softbio.config.recipes import RECIPES, recipe
from softbio.config.schema import TrainConfig
from softbio.config.settings import Setting, apply_settings, parse_config, settings
from softbio.config.space import Choice, Range, Space, parse_space

__all__ = [
    "PRESETS",
    "RECIPES",
    "Augmentation",
    "Balancing",
    "Choice",
    "EarlyStopping",
    "HeadConfig",
    "LabelsConfig",
    "LossConfig",
    "NetworkConfig",
    "ObjectivesConfig",
    "OptimizerConfig",
    "Range",
    "Setting",
    "Space",
    "TrainConfig",
    "apply_settings",
    "parse_config",
    "parse_head",
    "parse_space",
    "recipe",
    "settings",
]
