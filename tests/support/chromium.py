"""Debian's Chromium driven by Playwright: how it is started, and a page that must not complain or call outside.

Playwright's own browser download is never used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

ARGUMENTS = (
    "--no-sandbox",  # tests may run as root, where Chromium's sandbox refuses to start
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
OUTSIDE = re.compile(r"^(?:https?|wss?)://(?!127\.0\.0\.1[:/]|localhost[:/])")
# Tells of everything that the page's policy keeps from running or loading.
REFUSED = """addEventListener('securitypolicyviolation', (said) => {
    policyRefused(`${said.violatedDirective} ${said.blockedURI} ${said.sourceFile}:${said.lineNumber}`);
});"""
PATIENCE = 10_000  # milliseconds: a page of this machine answers sooner, or never


@contextmanager
def running(executable: str) -> Iterator[Browser]:
    """Run one browser until the block ends."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def page(browser: Browser, **options: Any) -> Iterator[Page]:
    """Lend a page of a profile of its own, in Spanish; fail at the end if it complained or called outside.

    What the policy refused, a script error and a request to another machine are complaints; an error page is not.
    """
    settings: dict[str, Any] = {"locale": "es", "timezone_id": "America/Guatemala", "reduced_motion": "reduce"}
    context = browser.new_context(**settings | options)
    context.set_default_timeout(PATIENCE)
    complaints: list[str] = []

    def refuse(route: Route) -> None:
        complaints.append(f"called outside: {route.request.url}")
        route.abort()

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    try:
        context.route(OUTSIDE, refuse)
        context.on("console", note)
        context.expose_binding("policyRefused", lambda _source, what: complaints.append(f"the policy refused: {what}"))
        context.add_init_script(REFUSED)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        yield context.new_page()
    finally:
        context.close()
    assert not complaints, "the page complained:\n" + "\n".join(complaints)
