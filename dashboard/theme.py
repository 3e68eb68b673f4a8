"""How the page looks: Streamlit options, and the colours that stand for groups.

The colours are checked by the browser tests against WCAG AA. Fonts are the
reader's own, so that nothing is fetched from elsewhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

__all__ = ["GROUP_COLOURS", "PAGE_STYLE", "THEME", "group_colours", "icon"]

#: Okabe and Ito's colours, which people with any colour vision tell apart: the first group's, the
#: second's, and so on. They hold 3:1 against the light and the dark background.
GROUP_COLOURS = ("#d55e00", "#0e84c8", "#159b77", "#c05f9b", "#a07c00", "#7a7f87")

_FONT = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"

_LIGHT = {
    "primaryColor": "#0f5f8c",
    "backgroundColor": "#ffffff",
    "secondaryBackgroundColor": "#f3f5f8",
    "textColor": "#0c131d",
    "linkColor": "#0f5f8c",
    "borderColor": "#d5dbe3",
    "codeTextColor": "#0c131d",
    "codeBackgroundColor": "#f3f5f8",
    "grayTextColor": "#4d5866",
    "greenTextColor": "#0b5c38",
    "redTextColor": "#9b1c1c",
    "blueTextColor": "#0b4a6f",
    "yellowTextColor": "#6b4700",
    "orangeTextColor": "#7f3b00",
    "dataframeHeaderTextColor": "#4d5866",
}
_DARK = {
    "primaryColor": "#62b5e5",
    "backgroundColor": "#11161d",
    "secondaryBackgroundColor": "#1b222c",
    "textColor": "#e9edf2",
    "linkColor": "#7cc4ef",
    "borderColor": "#323c49",
    "codeTextColor": "#e9edf2",
    "codeBackgroundColor": "#1b222c",
    "grayTextColor": "#b3bdc9",
    "dataframeHeaderTextColor": "#b3bdc9",
}

THEME: dict[str, Any] = {
    "theme.font": _FONT,
    "theme.headingFont": _FONT,
    "theme.baseFontSize": 15,
    "theme.baseRadius": "6px",
    "theme.buttonRadius": "6px",
    "theme.headingFontSizes": ["28px", "18px", "16px", "15px", "14px", "13px"],
    "theme.headingFontWeights": [650, 600, 600, 600, 600, 600],
    "theme.metricValueFontSize": "1.9rem",
    "theme.metricValueFontWeight": 600,
    "theme.paddingTop": "1rem",
    "theme.linkUnderline": True,
    **{f"theme.light.{name}": value for name, value in _LIGHT.items()},
    **{f"theme.dark.{name}": value for name, value in _DARK.items()},
    "theme.light.chartCategoricalColors": list(GROUP_COLOURS),
    "theme.dark.chartCategoricalColors": list(GROUP_COLOURS),
}


#: What Streamlit's theme cannot say. It writes white on a primary button; no blue is dark enough for that and light enough to be
#: read as text on the dark page, so the dark page's buttons get dark letters.
PAGE_STYLE = """<style>
.st-key-train button:not(:disabled), .st-key-predict button:not(:disabled),
.st-key-store_rule button:not(:disabled), .st-key-search button:not(:disabled),
.st-key-look button:not(:disabled), .st-key-search_start button:not(:disabled),
.st-key-search_train button:not(:disabled), .st-key-search_delete_now button:not(:disabled) {
  color: light-dark(#ffffff, #0c131d);
}
/* It shows nothing, and should take no room either. */
.st-key-steps { position: absolute; width: 0; overflow: hidden; }
</style>"""


def group_colours(groups: tuple[str, ...] | list[str]) -> dict[str, str]:
    """Return the colour of each group, by its place; the same on every page."""
    return {name: GROUP_COLOURS[index % len(GROUP_COLOURS)] for index, name in enumerate(groups)}


def icon() -> Image.Image:
    """Return the icon of the browser's tab: two equal bars in two colours.

    Drawn here, since a named Material icon would be fetched from the network.
    """
    image = np.zeros((32, 32, 4), dtype=np.uint8)
    for left, colour in ((4, GROUP_COLOURS[0]), (18, GROUP_COLOURS[1])):
        red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
        image[5:27, left : left + 10] = (red, green, blue, 255)
    return Image.fromarray(image)
