"""The face grid: many faces, one picture, one message, on every page the same."""

from dashboard.widgets.face_grid.grid import Tile, face_grid

__all__ = ["Tile", "face_grid"]
