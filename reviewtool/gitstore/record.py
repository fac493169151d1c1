"""A chain of commits as a place where files are kept: the review records and the group's. Two git processes an entry.

Called by the recorder. The chain is the hash chain: an entry is never taken back, only followed by another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reviewtool.errors import OutOfDate, Unavailable
from reviewtool.gitstore import reading, trees, writing
from reviewtool.gitstore.ids import EMPTY_TREE, BlobId, CommitId
from reviewtool.gitstore.objects import Batch, object_id
from reviewtool.gitstore.reading import Signature
from reviewtool.gitstore.store import Store


def tip(store: Store, ref: str) -> CommitId | None:
    """Return the newest entry of a record, or None before the first."""
    return reading.head(store, ref)


@dataclass(frozen=True)
class Entry:
    """An entry to be added: the files it sets (None removes one) on top of `expected`, None for the first."""

    ref: str
    files: Mapping[str, bytes | None]
    message: str
    author: Signature
    expected: CommitId | None


def append(store: Store, entry: Entry) -> CommitId:
    """Add an entry to a record; return it. The same entry repeated is one.

    Raises OutOfDate("record-moved") if the record stands elsewhere.
    """
    batch = Batch(store)
    made = _plan(store, entry, batch)
    present = reading.head(store, entry.ref)
    if present not in (entry.expected, made):
        raise OutOfDate("record-moved", ref=entry.ref, expected=entry.expected, found=present)
    batch.write()
    if not writing.update_ref(store, entry.ref, made, entry.expected):
        found = reading.head(store, entry.ref)
        raise OutOfDate("record-moved", ref=entry.ref, expected=entry.expected, found=found)
    return made


def append_all(store: Store, entries: Sequence[Entry]) -> frozenset[str]:
    """Add one entry to each of several records with two processes; return the refs of those that did not move.

    Git moves all of the refs or none: where one has moved, the others are moved one by one.
    """
    if not entries:
        return frozenset()
    batch = Batch(store)
    moves = {entry.ref: (_plan(store, entry, batch), entry.expected) for entry in entries}
    batch.write()
    if writing.update_refs(store, moves):
        return frozenset()
    return frozenset(ref for ref, (new, old) in moves.items() if not _moves(store, ref, new, old))


def _moves(store: Store, ref: str, new: CommitId, old: CommitId | None) -> bool:
    try:
        return writing.update_ref(store, ref, new, old)
    except Unavailable:  # git will say why to whoever moves it alone
        return False


def _plan(store: Store, entry: Entry, batch: Batch) -> CommitId:
    writing.check_ref(entry.ref)
    root = reading.tree_of(store, entry.expected) if entry.expected is not None else EMPTY_TREE
    tree = writing.plan_tree(store, root, writing.edits_of(entry.files, batch), batch)
    parents = [entry.expected] if entry.expected is not None else []
    return writing.plan_commit(batch, (tree, parents), entry.message, entry.author, entry.author)


def read(store: Store, ref: str, path: str, entry: CommitId | None = None) -> bytes | None:
    """Return a file of an entry, the newest one unless it is named; None if there is no such file or no entry yet."""
    newest = entry or tip(store, ref)
    if newest is None:
        return None
    found = reading.find(store, newest, path)
    return None if found is None else reading.data(store, found.blob)


def files(store: Store, entry: CommitId) -> dict[str, BlobId]:
    """Return the files of an entry, by path, with the ids of their contents."""
    return {path: BlobId(row[1]) for path, row in trees.walk(store, reading.tree_of(store, entry))}


def differing(store: Store, entry: CommitId | None, wanted: Mapping[str, bytes]) -> dict[str, bytes | None]:
    """Return what has to be set (None: removed) for an entry to hold just these files; empty when it does."""
    present = files(store, entry) if entry is not None else {}
    changed: dict[str, bytes | None] = {p: data for p, data in wanted.items() if present.get(p) != blob_id(data)}
    return changed | dict.fromkeys(present.keys() - wanted.keys())


def blob_id(data: bytes) -> BlobId:
    """Return the id that Git gives to these bytes."""
    return BlobId(object_id("blob", data))


def plan_rewrite(store: Store, tip: CommitId, change: Callable[[str, bytes], bytes]) -> dict[str, str]:
    """Write a whole chain anew with `change(path, bytes)` of every file; return its entries, old id -> new.

    People, instants and messages stay. Entries before the first changed one keep their ids and are left out. The
    objects are on disk; no ref has moved.
    """
    batch = Batch(store)
    blobs: dict[tuple[str, str], str] = {}
    renamed: dict[str, str] = {}
    listed = store.run("rev-list", "--reverse", "--topo-order", tip, "--").decode("ascii").split()
    for old in map(CommitId, listed):
        edits = []
        for path, blob in files(store, old).items():
            if (path, blob) not in blobs:
                data = reading.data(store, blob)
                changed = change(path, data)
                blobs[path, blob] = batch.add("blob", changed) if changed != data else blob
            if blobs[path, blob] != blob:
                edits.append(writing.Edit(path, BlobId(blobs[path, blob])))
        made = reading.commit(store, old)
        parents = [CommitId(renamed.get(parent, parent)) for parent in made.parents]
        if edits or parents != list(made.parents):
            tree = writing.plan_tree(store, made.tree, edits, batch)
            message = store.object(old)[1].partition(b"\n\n")[2].decode("utf-8")
            renamed[old] = writing.plan_commit(batch, (tree, parents), message, made.author, made.committer)
    batch.write()
    return renamed
