"""A folder of real revisions: `pairs/NNN/{old,new}.md`, `chains/NN/01.md…`, and `INDEX.tsv` that says what each is."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Pair:
    """One document before and after one commit."""

    name: str
    kind: str
    folder: Path
    old: str
    new: str

    @property
    def files(self) -> tuple[str, str]:
        """Return the paths of the two texts, for engines that are processes."""
        return str(self.folder / "old.md"), str(self.folder / "new.md")


@dataclass(frozen=True)
class Corpus:
    """All pairs, and all chains as lists of consecutive texts."""

    pairs: list[Pair]
    chains: list[list[str]]


def load(folder: Path) -> Corpus:
    """Read a folder of this shape; what is not UTF-8 is left out."""
    kinds = dict(_kinds(folder / "INDEX.tsv"))
    pairs = []
    for place in sorted((folder / "pairs").iterdir()):
        texts = [read(place / f"{side}.md") for side in ("old", "new")]
        if texts[0] is not None and texts[1] is not None:
            pairs.append(Pair(place.name, kinds.get(f"pairs/{place.name}", ""), place, texts[0], texts[1]))
    chains = [[read(file) for file in sorted(place.glob("*.md"))] for place in sorted((folder / "chains").glob("*"))]
    return Corpus(pairs, [[text for text in chain if text is not None] for chain in chains])


def read(path: Path) -> str | None:
    """Return the text of a file with the line ends it has, or None when it is no UTF-8."""
    try:
        return path.read_bytes().decode()
    except (UnicodeDecodeError, FileNotFoundError):
        return None


def _kinds(index: Path) -> Iterator[tuple[str, str]]:
    if index.is_file():
        with index.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file, delimiter="\t"):
                yield row[0], row[4] if len(row) > 4 else ""
