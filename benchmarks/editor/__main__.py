"""`python -m benchmarks.editor [FOLDER]`: open, edit and save every Markdown document of a folder; status 0 always.

The documents are those of FOLDER with all below it, the starter materials and the awkward ones beside this file, each
text once; what counts is what the served editor makes of them, loaded under the policy of the product's pages.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.editor import inside
from benchmarks.table import Table, machine

BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
WORDS = 3  # replaced in each document, one at a time
EDITS = 2_500  # at least so many structural ones
SHOWN = 10  # of what went wrong


class Tally:
    """How often something was tried and held, and the first times it did not."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []

    def note(self, name: str, result: dict[str, Any], expected: dict[str, Any]) -> None:
        """Count a result; what differs from what was expected is kept to be shown."""
        self.counts["all"] += 1
        for key, value in expected.items():
            self.counts[key] += result[key] == value
        missed = [key for key, value in expected.items() if result[key] != value]
        if missed:
            self.wrong.append(f"{name}: {', '.join(missed)}")

    def share(self, key: str) -> float:
        """Return in how many of a hundred something held."""
        return 100 * self.counts[key] / max(1, self.counts["all"])


def measure(table: Table, page: Page, found: list[tuple[str, str]]) -> list[str]:
    """Measure opening, words and structural edits; return what went wrong."""
    opened, worded = Tally(), Tally()
    for name, text in found:
        opened.note(f"opened, {name}", page.evaluate("text => edits.open(text)", text), {"identical": True})
    for seed, (name, text) in enumerate(found, 1):
        for result in page.evaluate("given => edits.replace(...given)", [text, seed, WORDS]):
            expected = {"reads": True, "outside": True, "lines": 1}
            worded.note(f"«{result['word']}» replaced, {name}", result, expected)
    edited = structural(page, found)
    table.section("The editor's save")
    table.say("documents", f"{len(found):,}")
    table.least("opened and saved: identical bytes", opened.share("identical"), 100, " %")
    table.say("one word replaced", f"{worded.counts['all']:,} times")
    table.least("  exactly one line of the source changed", worded.share("lines"), 99.8, " %")
    table.least("  exactly one block changed", worded.share("outside"), 100, " %")
    table.least("  reads back as the edited document", worded.share("reads"), 100, " %")
    total = sum((tally.counts for tally in edited.values()), Counter())
    table.least("structural edits", total["all"], EDITS)
    for name, tally in edited.items():
        table.least(
            f"  {name}: nothing else changed", tally.share("outside"), 100, " %", f" of {tally.counts['all']:,}"
        )
        table.least(f"  {name}: reads back as edited", tally.share("reads"), 100, " %")
    table.say("edited blocks written anew, of all but inserted ones", f"{total['rewritten']:,}")
    return [line for tally in (opened, worded, *edited.values()) for line in tally.wrong]


def structural(page: Page, found: list[tuple[str, str]]) -> dict[str, Tally]:
    """Edit every document in every way, again with other words until there are enough of them."""
    tallies: dict[str, Tally] = {}
    rounds = 0
    while rounds == 0 or (found and sum(tally.counts["all"] for tally in tallies.values()) < EDITS):
        for seed, (name, text) in enumerate(found, 1 + rounds * 100_003):
            for result in page.evaluate("given => edits.edit(...given)", [text, seed]):
                tally = tallies.setdefault(result["name"], Tally())
                tally.note(f"{result['name']}, {name}", result, {"reads": True, "outside": True})
                tally.counts["rewritten"] += 0 if result["name"] == "insert" else result["rewritten"]
        rounds += 1
    return tallies


def main() -> None:
    """Run everything, or say in one sentence what is missing."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CORPUS") or BESIDE)
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if executable is None:
        print("Chromium is not installed: the editor runs in it.")
        return
    if not folder.is_dir():
        print(f"There is no folder {folder}: only the materials and the awkward documents are measured.")
    began = time.monotonic()
    print(machine())
    table = Table()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page()
        inside.open_editor(page)
        wrong = measure(table, page, list(inside.documents(folder)))
        browser.close()
    table.close()
    for line in wrong[:SHOWN]:
        print(f"  {line}")
    print(f"Took {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()
