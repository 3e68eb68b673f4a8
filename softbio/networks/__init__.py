"""Networks: architectures, losses, optimizers and embeddings, in Keras 3.

Importing this package loads Keras and its backend, which takes seconds: import
it where a network is really needed, and not at the head of a module outside.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__: list[str] = []

# What the backend's C++ side logs once it is up.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")


@contextmanager
def _without_chatter() -> Iterator[None]:
    """Send standard error to nowhere: TensorFlow writes to it before logging can be set up.

    Python's exceptions are not lost, they are told after the block.
    """
    try:
        kept = os.dup(2)
    except OSError:  # there is no standard error
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


with _without_chatter():
    import keras  # noqa: F401


def _worth_telling(record: logging.LogRecord) -> bool:
    # Several networks in one process, such as folds, are compiled once each, as they must be.
    return "triggered tf.function retracing" not in record.getMessage()


logging.getLogger("tensorflow").addFilter(_worth_telling)
