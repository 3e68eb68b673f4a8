"""The parts of the page *Hypotheses*: each module shows one, through ``show(lab)``."""
