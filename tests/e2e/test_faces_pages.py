"""The pages Errors and Faces in a browser: every part opens, and the sets' faces are there."""

import pytest


@pytest.mark.parametrize(
    "path",
    [
        "/errors?errors=wrong",
        "/faces?faces=browse",
        "/faces?faces=suspects",
        "/faces?faces=review",
    ],
)
def test_every_part_opens(browse_faces, path):
    tab = browse_faces(path)
    assert tab.page.locator("[data-testid=stException]").count() == 0
