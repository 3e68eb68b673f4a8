"""Training: from a face set and a config to a finished run. Loads no network until it trains."""

from softbio.training.plan import TrainingPlan, plan_training
from softbio.training.start import find_or_train, new_run, train

__all__ = ["TrainingPlan", "find_or_train", "new_run", "plan_training", "train"]
