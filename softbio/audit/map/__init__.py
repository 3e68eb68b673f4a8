"""The map: every face as a point, near to those that the network finds alike."""

from softbio.audit.map.pca import principal_plane
from softbio.audit.map.placing import METHODS, flat, installed, map_of

__all__ = ["METHODS", "flat", "installed", "map_of", "principal_plane"]
