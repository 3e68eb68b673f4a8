"""The networks that can be trained, one small function each."""

from softbio.networks.architectures.anatomy import block_names, multiplications
from softbio.networks.architectures.names import FEATURES
from softbio.networks.architectures.registry import NETWORKS, SMALLEST, build

__all__ = ["FEATURES", "NETWORKS", "SMALLEST", "block_names", "build", "multiplications"]
