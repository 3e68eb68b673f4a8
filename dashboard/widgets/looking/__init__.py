"""Where a network looks, drawn: maps over mean faces, and the share of each band."""

from dashboard.widgets.looking.maps import MapTile, mean_maps
from dashboard.widgets.looking.shares import gap_table, share_table

__all__ = ["MapTile", "gap_table", "mean_maps", "share_table"]
