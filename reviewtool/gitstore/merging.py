"""What git makes of two sides, and the three texts of every document that both touched. The words are `prose.merge3`'s.

Called by services/merging, which decides what kind of merge it is and writes the result with `writing.write_tree`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reviewtool.errors import Unavailable
from reviewtool.gitstore import history, reading, trees
from reviewtool.gitstore.ids import BlobId, CommitId, TreeId
from reviewtool.gitstore.store import Store


@dataclass(frozen=True, slots=True)
class Sides:
    """A path that both sides changed: its three blobs, None where it is not; where a side renamed it, the new name."""

    base: BlobId | None
    ours: BlobId | None
    theirs: BlobId | None
    ours_path: str | None = None
    theirs_path: str | None = None


@dataclass(frozen=True, slots=True)
class Stages:
    """`tree` is git's own merge, by lines, if it is clean; `paths` are those that both sides changed, clean or not."""

    tree: TreeId | None
    paths: Mapping[str, Sides]


def stages(store: Store, base: CommitId, ours: CommitId, theirs: CommitId) -> Stages:
    """Merge two commits without moving anything; `base` must be where they part.

    One git process, and one more for each side that removed or renamed what the other changed.
    """
    root = reading.tree_of(store, base)
    mine = trees.changed(store, root, reading.tree_of(store, ours))
    other = trees.changed(store, root, reading.tree_of(store, theirs))
    both = sorted(mine.keys() & other.keys())
    status, out, _ = store.attempt("merge-tree", "--write-tree", "-z", "--no-messages", ours, theirs, accept=(0, 1))
    found = out.split(b"\0", 1)[0].decode("ascii").strip()
    if len(found) != len(root):
        raise Unavailable("store-failed", command="merge-tree")
    ours_names = _renames(store, base, ours) if any(mine[path][1] is None for path in both) else {}
    theirs_names = _renames(store, base, theirs) if any(other[path][1] is None for path in both) else {}
    sides = {
        path: Sides(
            base=_blob(mine[path][0]),
            ours=_blob(mine[path][1]),
            theirs=_blob(other[path][1]),
            ours_path=ours_names.get(path),
            theirs_path=theirs_names.get(path),
        )
        for path in both
    }
    return Stages(TreeId(found) if status == 0 else None, sides)


def _blob(row: trees.Row | None) -> BlobId | None:
    return None if row is None else BlobId(row[1])


def _renames(store: Store, base: CommitId, side: CommitId) -> dict[str, str]:
    return {
        change.old_path: change.path
        for change in history.diff_paths(store, base, side)
        if change.status == "R" and change.old_path is not None
    }
