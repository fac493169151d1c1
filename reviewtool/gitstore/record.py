"""A chain of commits as a place where files are kept: the review records and the group's. Two git processes an entry.

Called by the recorder. The chain is the hash chain: an entry is never taken back, only followed by another.
"""

from __future__ import annotations

from collections.abc import Mapping

from reviewtool.errors import OutOfDate
from reviewtool.gitstore import reading, writing
from reviewtool.gitstore.ids import EMPTY_TREE, CommitId
from reviewtool.gitstore.objects import Batch
from reviewtool.gitstore.reading import Signature
from reviewtool.gitstore.store import Store


def tip(store: Store, ref: str) -> CommitId | None:
    """Return the newest entry of a record, or None before the first."""
    return reading.head(store, ref)


def append(
    store: Store,
    ref: str,
    files: Mapping[str, bytes | None],
    message: str,
    author: Signature,
    expected: CommitId | None,
    *,
    committer: Signature | None = None,
) -> CommitId:
    """Add an entry that sets these files (None removes one) on top of `expected`, None for the first; return it.

    Raises OutOfDate("record-moved") if the record stands elsewhere. The same entry repeated is one.
    """
    writing.check_ref(ref)
    batch = Batch()
    root = reading.tree_of(store, expected) if expected is not None else EMPTY_TREE
    tree = writing.plan_tree(store, root, writing.edits_of(files, batch), batch)
    parents = [expected] if expected is not None else []
    entry = writing.plan_commit(batch, (tree, parents), message, author, committer or author)
    present = reading.head(store, ref)
    if present not in (expected, entry):
        raise OutOfDate("record-moved", ref=ref, expected=expected, found=present)
    batch.write(store)
    if not writing.update_ref(store, ref, entry, expected):
        raise OutOfDate("record-moved", ref=ref, expected=expected, found=reading.head(store, ref))
    return entry


def read(store: Store, ref: str, path: str) -> bytes | None:
    """Return a file of the newest entry, or None if there is no such file or no entry yet."""
    newest = tip(store, ref)
    if newest is None:
        return None
    entry = reading.find(store, newest, path)
    return None if entry is None else reading.data(store, entry.blob)
