"""Names of layers that every network has."""

from __future__ import annotations

__all__ = ["BODY", "FEATURES", "LOGIT"]

#: The layer that ends the body of a network of keras.applications.
BODY = "body"
#: The layer whose outputs are the inputs of the last layer.
FEATURES = "features"
#: The last layer.
LOGIT = "logit"
