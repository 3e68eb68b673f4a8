"""The errors that softbio raises for what a person can mend.

Each message is one sentence or two that say what happened, where (file, row,
setting), and what to do. The command line and the page print the message and
no traceback; any other exception is a defect of softbio.
"""

__all__ = [
    "CancelledError",
    "ConfigError",
    "DataError",
    "FormulaError",
    "RunError",
    "SoftbioError",
]


class SoftbioError(Exception):
    """Base of every error that tells a person what to mend."""


class DataError(SoftbioError):
    """A photograph, a table, an archive or a face set cannot be used as given."""


class FormulaError(SoftbioError):
    """A formula cannot be read, or names an attribute that is not there."""


class ConfigError(SoftbioError):
    """A setting is unknown, of the wrong type, or out of bounds."""


class RunError(SoftbioError):
    """A run is missing, ambiguous, unfinished, or damaged."""


class CancelledError(SoftbioError):
    """The person asked for the work to stop, and it stopped."""
