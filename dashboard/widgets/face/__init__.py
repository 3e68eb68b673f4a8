"""The large view: one face with everything known of it, and why the run says what it says."""

from dashboard.widgets.face.opening import open_face

__all__ = ["open_face"]
