"""`python -m benchmarks.word [FOLDER]`: measure Word both ways and print the table; status 0 always.

On the starter materials and the Markdown files of a folder; `pairs/NNN/{old,new}.md` are also exported as proposals.
LibreOffice and pandoc are the other word processors, where they are installed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from benchmarks.table import Table, machine
from benchmarks.word import inward, outward
from benchmarks.word.office import office

ROOT = Path(__file__).resolve().parents[2]
BESIDE = ROOT.parent / "shared" / "corpus"
LEAST_WORDS = 30


def texts(folder: Path) -> list[str]:
    """Read the documents: one side of each pair, the first of each chain, any other Markdown file."""
    found = [p for p in sorted(folder.rglob("*.md")) if p.name not in ("new.md",) and p.parent.parent.name != "chains"]
    read = [path.read_bytes().decode("utf-8", "replace") for path in found]
    return [text for text in read if len(text.split()) >= LEAST_WORDS and "\ufffd" not in text]


def pairs(folder: Path) -> list[tuple[str, str]]:
    """Read the pairs of a text before and after."""
    out = []
    for old in sorted(folder.glob("pairs/*/old.md")):
        both = [
            path.read_bytes().decode("utf-8", "replace") for path in (old, old.with_name("new.md")) if path.exists()
        ]
        if len(both) == 2:
            out.append((both[0], both[1]))
    return out


def sampled(found: list[Any], most: int) -> list[Any]:
    """Take every n-th, so that at most so many are left."""
    return found[:: max(1, -(-len(found) // most))]


def main() -> None:
    """Run everything that can be run here."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CORPUS") or BESIDE)
    materials = texts(ROOT / "materials")
    documents = materials + (texts(folder) if folder.is_dir() else [])
    proposals = pairs(folder) if folder.is_dir() else []
    most = int(os.environ.get("SAMPLE", "400"))
    print(machine())
    table = Table()
    with office() as writer:
        if writer is None:
            print("LibreOffice is not installed (Debian: libreoffice-writer-nogui): its lines are left out.")
        inward.unedited(table, sampled(documents, most), sampled(documents, most // 4), writer)
        inward.one_word(table, sampled(documents, most), sampled(documents, most // 4), writer)
        inward.kinds(table, materials, sampled(documents, most))
        inward.remarks(table, sampled(documents, most))
        outward.proposals(table, sampled(proposals, most), sampled(proposals, most // 4), writer)
        inward.times(table, materials)
    table.close()


if __name__ == "__main__":
    main()
