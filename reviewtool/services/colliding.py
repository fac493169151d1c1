"""Where a version and the text of today meet: the passages that hold words of both, each with its three texts.

`combining` says that they meet and of what kind it is; the page of the collision asks here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from reviewtool.gitstore import reading
from reviewtool.gitstore.ids import BlobId, CommitId
from reviewtool.models import Revision
from reviewtool.prose import blocks
from reviewtool.services.combining import Combination, Joined, Kind
from reviewtool.services.workshop import Workshop


@dataclass(frozen=True)
class Passage:
    """The three texts of one passage, as Markdown; empty where a side does not have it."""

    base: str
    today: str
    proposed: str


@dataclass(frozen=True)
class Collided:
    """One document that collides; `cause` says why where there are no passages: deleted, exists, edited, binary."""

    path: str
    kind: Kind
    cause: str
    passages: tuple[Passage, ...]


def of_revision(workshop: Workshop, revision: Revision, combination: Combination) -> tuple[Collided, ...]:
    """Return the documents of a version that cannot be merged as they are, with the passages to decide."""
    found = []
    for touch, joined in zip(revision.touches, combination.documents, strict=True):
        if joined.kind is Kind.conflict:
            passages = tuple(Passage(each.base, each.ours, each.theirs) for each in joined.collisions)
            found.append(Collided(touch.path, joined.kind, joined.cause, passages))
        elif joined.kind is Kind.woven:
            base = _text(workshop, combination.base, touch.old_path)
            today = _text(workshop, combination.tip, joined.old_path)
            proposed = _blob(workshop, touch.new_blob)
            found.append(Collided(touch.path, joined.kind, "", _woven(joined, base, today, proposed)))
    return tuple(found)


def _text(workshop: Workshop, commit: str, path: str | None) -> str:
    entry = reading.find(workshop.store, CommitId(commit), path) if path else None
    return _blob(workshop, entry.blob) if entry else ""


def _blob(workshop: Workshop, blob: str | None) -> str:
    return reading.text(reading.data(workshop.store, BlobId(blob))).text if blob else ""


def _woven(joined: Joined, base: str, today: str, proposed: str) -> tuple[Passage, ...]:
    """Return the passages of a combined text that neither side wrote alone."""
    sides = [_blocks(text) for text in (today, proposed)]
    combined = _blocks(reading.text(joined.data or b"").text)
    both = [block for block in combined if all(block not in side for side in sides)]
    return tuple(Passage(*(_nearest(block, _blocks(text)) for text in (base, today, proposed))) for block in both)


def _blocks(text: str) -> list[str]:
    return [text[block.start : block.end] for block in blocks.split(text)]


def _nearest(block: str, among: Sequence[str]) -> str:
    """Return the block that has most words in common, in their order."""
    words = block.split()
    return max(among, key=lambda each: SequenceMatcher(None, words, each.split(), autojunk=False).ratio(), default="")
