"""Tree objects: parsed and rebuilt without a process for each. Used by `reading` and `writing`.

Names are text; a byte that is not UTF-8 (an imported repository may have it) is a lone surrogate here and comes back.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeGuard

from reviewtool.errors import Conflict, NotFound
from reviewtool.gitstore.ids import EMPTY_TREE, TreeId
from reviewtool.gitstore.objects import Batch
from reviewtool.gitstore.store import Store

DIRECTORY: Final = "40000"

Row = tuple[str, str]  # mode as git writes it in a tree ("100644", "40000"), id
Rows = Mapping[str, Row]  # by name


def rows(store: Store, tree: str) -> Rows:
    """Return the entries of one tree by name; remembered, as a tree never changes."""
    with store.lock:
        known: Rows | None = store.trees.get(tree)
    if known is not None:
        return known
    if tree == EMPTY_TREE:
        return {}
    kind, data = store.object(tree)
    if kind != "tree":
        raise NotFound("no-tree", object=tree)
    parsed = _parse(data)
    with store.lock, contextlib.suppress(ValueError):  # too large to be kept
        store.trees[tree] = parsed
    return parsed


def _parse(data: bytes) -> dict[str, Row]:
    parsed: dict[str, Row] = {}
    at = 0
    while at < len(data):
        space = data.index(b" ", at)
        end = data.index(b"\0", space)
        name = data[space + 1 : end].decode("utf-8", "surrogateescape")
        mode = data[at:space].decode("ascii").lstrip("0")  # very old tools padded it; a tree we rewrite must not
        parsed[name] = (mode, data[end + 1 : end + 21].hex())
        at = end + 21
    return parsed


def _serialise(entries: Rows) -> bytes:
    # git orders names as bytes, a directory as if its name ended in "/".
    lines = sorted(
        (name.encode("utf-8", "surrogateescape"), mode.encode("ascii"), bytes.fromhex(object_id))
        for name, (mode, object_id) in entries.items()
    )
    lines.sort(key=lambda line: line[0] + b"/" if line[1] == b"40000" else line[0])
    return b"".join(b"%s %s\0%s" % (mode, name, object_id) for name, mode, object_id in lines)


def is_directory(row: Row | None) -> TypeGuard[Row]:
    """Tell whether an entry is a folder."""
    return row is not None and row[0] == DIRECTORY


def walk(store: Store, tree: str, prefix: str = "") -> Iterator[tuple[str, Row]]:
    """Yield every entry below a tree that is not a folder, with its full path."""
    for name, row in rows(store, tree).items():
        if is_directory(row):
            yield from walk(store, row[1], f"{prefix}{name}/")
        else:
            yield prefix + name, row


def find(store: Store, tree: str, path: str) -> Row | None:
    """Return the entry at a path, a folder too, or None."""
    row: Row = (DIRECTORY, tree)
    for name in path.split("/"):
        if not is_directory(row):
            return None
        found = rows(store, row[1]).get(name)
        if found is None:
            return None
        row = found
    return row


@dataclass
class Plan:
    """What is to be in a tree: entries set or removed here, and plans for folders below."""

    here: dict[str, Row | None] = field(default_factory=dict)
    below: dict[str, Plan] = field(default_factory=dict)

    def set(self, path: str, row: Row | None) -> None:
        """Note that an entry shall be at this path, or with None that nothing shall be."""
        *folders, name = path.split("/")
        plan = self
        for folder in folders:
            plan = plan.below.setdefault(folder, Plan())
        plan.here[name] = row

    def adds(self) -> bool:
        """Tell whether anything is to be set here or below, and not only removed."""
        return any(row is not None for row in self.here.values()) or any(plan.adds() for plan in self.below.values())


def build(store: Store, tree: str, plan: Plan, batch: Batch, prefix: str = "") -> TreeId:
    """Add to the batch the trees that the plan changes and return the id of the uppermost; emptied folders vanish.

    Raises Conflict("path-taken") where a file would stand in the place of a folder that is not emptied, or the reverse.
    """
    entries = dict(rows(store, tree))
    before = dict(entries)
    for name, below in plan.below.items():
        present = entries.get(name)
        if present is not None and not is_directory(present) and plan.here.get(name, present) is not None:
            if not below.adds():
                continue  # removals below what is a file: nothing to remove
            raise Conflict("path-taken", path=prefix + name)
        start = present[1] if is_directory(present) else EMPTY_TREE
        made = build(store, start, below, batch, f"{prefix}{name}/")
        if made != EMPTY_TREE:
            entries[name] = (DIRECTORY, made)
        elif is_directory(present):
            del entries[name]
    for name, row in plan.here.items():
        if row is None:
            if not is_directory(entries.get(name)):
                entries.pop(name, None)
        elif is_directory(entries.get(name)):
            raise Conflict("path-taken", path=prefix + name)
        else:
            entries[name] = row
    if entries == before:
        return TreeId(tree)
    return TreeId(batch.add("tree", _serialise(entries))) if entries or not prefix else EMPTY_TREE
