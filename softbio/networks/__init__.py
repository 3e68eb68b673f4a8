"""Networks: architectures, losses, optimizers and embeddings, in Keras 3.

Importing this package loads neither Keras nor its backend; its modules do. It
is imported before any of them, so here is the one place that quietens the
backend's start-up messages.
"""

from __future__ import annotations

import os

__all__: list[str] = []

#: TensorFlow's C++ side writes to standard error before anybody can configure it.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
