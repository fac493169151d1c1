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
    """The three texts of one passage, as Markdown; empty where a side does not have it. `joined` is of both sides."""

    base: str
    today: str
    proposed: str
    joined: str = ""


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


def notes(joined: Joined, base: str, today: str, proposed: str) -> list[dict[str, str]]:
    """Return what the writer of a draft has to look at, as the draft keeps it: a cause, with passages three texts.

    `ours` are today's words, `theirs` the writer's, and `result` is what stands in the draft until they decide.
    """
    if joined.kind is Kind.woven:
        found = _woven(joined, base, today, proposed)
        told = [{"ours": each.today, "theirs": each.proposed, "result": each.joined} for each in found]
        return [{"cause": "woven"} | each for each in told] or [{"cause": "woven"}]
    if joined.kind is not Kind.conflict:
        return []
    cause = {"cause": joined.cause or joined.kind.value}
    told = [{"ours": each.ours, "theirs": each.theirs, "result": each.theirs} for each in joined.collisions]
    return [cause | each for each in told] or [cause]


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
    sources = [_blocks(text) for text in (base, today, proposed)]
    found = []
    for block in both:
        was, now_there, wanted = (_nearest(block, source) for source in sources)
        found.append(Passage(was, now_there, wanted, joined=block))
    return tuple(found)


def _blocks(text: str) -> list[str]:
    return [text[block.start : block.end] for block in blocks.split(text)]


def _nearest(block: str, among: Sequence[str]) -> str:
    """Return the block that has most words in common, in their order."""
    words = block.split()
    return max(among, key=lambda each: SequenceMatcher(None, words, each.split(), autojunk=False).ratio(), default="")
