"""The documents that are measured, and the served editor on an empty page: for the benchmark and for tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, Route

from reviewtool.web import assets, security

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ADDRESS = "http://editor.test/"


def documents(*folders: Path) -> Iterator[tuple[str, str]]:
    """Yield name and text of every document, each text once; the awkward ones with both kinds of line ending."""
    seen = set()
    for home in (*folders, ROOT / "materials", HERE / "awkward"):
        for path in sorted(home.rglob("*.md")):
            text = path.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
            endings = [text, text.replace("\n", "\r\n")] if home.name == "awkward" else [text]
            for each in endings:
                if each not in seen:
                    seen.add(each)
                    yield str(path.relative_to(home)), each


def open_editor(page: Page) -> None:
    """Load the served editor and the edits of this benchmark on an empty page."""
    files = {"editor.js": assets.load(assets.FOLDER)["editor.js"].data, "edits.js": (HERE / "edits.js").read_bytes()}

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        kind = "text/javascript" if name in files else "text/html"
        body = files.get(name, b"<!doctype html><title>editor</title>")
        route.fulfill(body=body, content_type=kind, headers={"Content-Security-Policy": security.POLICY})

    page.route("**/*", answer)
    page.goto(ADDRESS)
    page.evaluate("async () => { window.edits = await import('/edits.js'); }")
