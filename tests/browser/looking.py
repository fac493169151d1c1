"""Looking at a page at three widths, light and dark: what overflows, and what axe finds."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.support import accessible

WIDTHS = (1440, 768, 360)


def check(page: Page, name: str, load: Callable[[], object] | None = None) -> None:
    """Fail when a page overflows at some width, or axe finds something there in light or in dark.

    `load` opens it anew at each width, as a person with that screen does.
    """
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if load:
            load()
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} overflows by {wide} px at {width}"
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            said = accessible.violations(page, only_colours=scheme == "dark")
            assert not said, f"{name} at {width} {scheme}: " + "; ".join(said)
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
