"""What a version would do to the text of today: one of four kinds, document by document.

`gitstore` gives the three sides, `prose.merge3` the blocks. Exact and apart may be merged on votes for the version;
woven and conflict become a new version (git-record, «What is merged»).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewtool.gitstore import history, reading, writing
from reviewtool.gitstore.ids import BlobId, CommitId, TreeId
from reviewtool.gitstore.objects import Batch
from reviewtool.models import Revision, Touch
from reviewtool.prose import ALGORITHM_VERSION, merge3
from reviewtool.services.workshop import Workshop


class Kind(StrEnum):
    """How a version meets the present text, from harmless to impossible."""

    exact = "exact"
    apart = "apart"
    woven = "woven"
    conflict = "conflict"


ORDER = list(Kind)
MERGEABLE = frozenset({Kind.exact, Kind.apart})


@dataclass(frozen=True)
class Wanted:
    """What a version wants of one document: where it stood, where it shall stand, its bytes (None: deleted)."""

    old_path: str | None
    path: str
    data: bytes | None


@dataclass(frozen=True)
class Joined:
    """One document of the combination. `data` None: deleted, or in conflict; `cause` says why it is in conflict."""

    kind: Kind
    old_path: str | None
    path: str
    data: bytes | None
    cause: str = ""  # words | deleted | exists | binary
    collisions: tuple[merge3.Collision, ...] = ()


@dataclass(frozen=True)
class Combination:
    """A version joined to a tip of the published text."""

    kind: Kind
    base: str
    tip: str
    documents: tuple[Joined, ...]

    @property
    def mergeable(self) -> bool:
        """Say whether votes for the version hold for this combination."""
        return self.kind in MERGEABLE


def of_revision(workshop: Workshop, revision: Revision, tip: CommitId) -> Combination:
    """Join a revision to `tip`; remembered, since all three commits are immutable."""
    key = ("combination", ALGORITHM_VERSION, revision.base, revision.commit, tip)
    touches = tuple(revision.touches)
    return workshop.cache.get(
        key, lambda: combine(workshop, revision.base, tip, wanted_of(workshop, revision, touches))
    )


def wanted_of(workshop: Workshop, revision: Revision, touches: Sequence[Touch]) -> list[Wanted]:
    """Return what a revision wants of each document."""
    return [
        Wanted(
            touch.old_path if touch.status != "A" else None,
            touch.path,
            reading.data(workshop.store, BlobId(touch.new_blob)) if touch.new_blob else None,
        )
        for touch in touches
    ]


def combine(workshop: Workshop, base: str, tip: str, wanted: Sequence[Wanted]) -> Combination:
    """Join wanted documents, written on `base`, to the text at `tip`."""
    sides = _Sides(workshop, CommitId(base), CommitId(tip))
    joined = tuple(_join(sides, want) for want in wanted)
    kind = max((document.kind for document in joined), key=ORDER.index, default=Kind.exact)
    return Combination(kind, base, tip, joined)


def plan_tree(workshop: Workshop, combination: Combination, batch: Batch) -> TreeId:
    """Add to a batch the combined tree on top of its tip, and what it holds; the combination must be mergeable."""
    edits: list[writing.Edit] = []
    files = reading.files(workshop.store, CommitId(combination.tip))
    for document in combination.documents:
        mode = files[document.old_path].mode if document.old_path in files else "100644"
        if document.old_path and (document.data is None or document.old_path != document.path):
            edits.append(writing.Edit(document.old_path, None, mode))
        if document.data is not None:
            edits.append(writing.Edit(document.path, BlobId(batch.add("blob", document.data)), mode))
    root = reading.tree_of(workshop.store, CommitId(combination.tip))
    return writing.plan_tree(workshop.store, root, edits, batch)


class _Sides:
    def __init__(self, workshop: Workshop, base: CommitId, tip: CommitId) -> None:
        self.store = workshop.store
        self.base, self.tip = base, tip
        self.renamed: dict[str, str] = {}
        if base != tip:
            changes = workshop.cache.get(
                ("renames", base, tip), lambda: tuple(history.diff_paths(workshop.store, base, tip))
            )
            self.renamed = {c.old_path: c.path for c in changes if c.status == "R" and c.old_path}

    def at(self, commit: CommitId, path: str | None) -> reading.Entry | None:
        return reading.find(self.store, commit, path) if path else None

    def data(self, entry: reading.Entry) -> bytes:
        return reading.data(self.store, entry.blob)


def _join(sides: _Sides, want: Wanted) -> Joined:
    before = sides.at(sides.base, want.old_path)
    now_path = sides.renamed.get(want.old_path, want.old_path) if want.old_path else None
    today = sides.at(sides.tip, now_path)
    path = now_path if now_path and want.path == want.old_path else want.path
    taken = sides.at(sides.tip, path) if path != now_path else None
    if before is None or want.old_path is None:
        return _add(sides, want, taken or sides.at(sides.tip, want.path))
    if today is None:
        gone_alike = want.data is None
        return Joined(
            Kind.exact if gone_alike else Kind.conflict, None, want.path, None, "" if gone_alike else "deleted"
        )
    if taken is not None:
        return Joined(Kind.conflict, now_path, want.path, None, "exists")
    if today.blob == before.blob:
        kind = Kind.exact if now_path == want.old_path else Kind.apart
        return Joined(kind, now_path, path, want.data)
    if want.data is None:
        return Joined(Kind.conflict, now_path, want.path, None, "edited")
    return _merge_words(sides, want, (before, today), (now_path, path))


def _add(sides: _Sides, want: Wanted, taken: reading.Entry | None) -> Joined:
    if taken is None or (want.data is not None and sides.data(taken) == want.data):
        return Joined(Kind.exact, None, want.path, want.data)
    return Joined(Kind.conflict, None, want.path, None, "exists")


def _merge_words(
    sides: _Sides, want: Wanted, entries: tuple[reading.Entry, reading.Entry], paths: tuple[str | None, str]
) -> Joined:
    theirs = want.data or b""
    base, ours = (sides.data(entry) for entry in entries)
    old_path, path = paths
    if theirs in (base, ours):
        return Joined(Kind.exact if theirs == ours else Kind.apart, old_path, path, ours)
    texts = [reading.text(data) for data in (base, ours, theirs)]
    if not all(text.exact for text in texts):
        return Joined(Kind.conflict, old_path, path, None, "binary")
    merged = merge3.merge(*(text.text for text in texts))
    if merged.text is None:
        return Joined(Kind.conflict, old_path, path, None, "words", tuple(merged.conflicts))
    bom = b"\xef\xbb\xbf" if texts[1].bom else b""
    return Joined(Kind(merged.kind), old_path, path, bom + merged.text.encode())
