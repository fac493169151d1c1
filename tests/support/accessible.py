"""What axe-core finds on a page: its rules for WCAG 2.2 AA and its advice, each with the first element it is about."""

from __future__ import annotations

import json

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
_SCRIPT = Axe().axe_script


def violations(page: Page, *, only_colours: bool = False) -> list[str]:
    """Return what is wrong with a page; `only_colours` asks what another scheme of colours can change."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(_SCRIPT)
    rules = {"type": "rule", "values": COLOURS} if only_colours else {"type": "tag", "values": RULES}
    options = json.dumps({"runOnly": rules, "resultTypes": ["violations"]})
    found = page.evaluate(f"axe.run({options}).then(results => results.violations)")
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]
