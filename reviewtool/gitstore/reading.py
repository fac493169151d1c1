"""Refs, trees, blobs and commits of the store as frozen values; a warm read starts no process.

Called by services. What changed when, and who wrote which line, is in `history`.
"""

from __future__ import annotations

import os
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from reviewtool.errors import NotFound
from reviewtool.gitstore import packed, trailers, trees
from reviewtool.gitstore.failures import unavailable
from reviewtool.gitstore.ids import BlobId, CommitId, TreeId
from reviewtool.gitstore.store import Store

MAIN: Final = "refs/heads/main"

FILE: Final = "100644"
EXECUTABLE: Final = "100755"
SYMLINK: Final = "120000"
SUBMODULE: Final = "160000"

_ID: Final = re.compile(r"[0-9a-f]{40}\Z")
_SIGNATURE: Final = re.compile(r"(?P<name>.*?) ?<(?P<email>[^>]*)> ?(?P<at>-?\d+)?")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who did it and when; the instant is aware UTC, to the second."""

    name: str
    email: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a tree; `blob` of a submodule is a commit elsewhere, `size` counts bytes."""

    path: str
    mode: str
    kind: Literal["file", "symlink", "submodule"]
    blob: BlobId
    size: int


@dataclass(frozen=True, slots=True)
class Text:
    """The characters of a file: without its byte order mark, and `exact` only if encoding them gives its bytes back."""

    text: str
    bom: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit; `body` is the message below the subject, trailers included."""

    id: CommitId
    tree: TreeId
    parents: tuple[CommitId, ...]
    author: Signature
    committer: Signature
    subject: str
    body: str
    trailers: tuple[tuple[str, str], ...]


# -- refs ------------------------------------------------------------------------------------------------------------


def head(store: Store, ref: str = MAIN) -> CommitId | None:
    """Return the object a ref stands at, read from its file or from packed-refs, or None if there is no such ref."""
    if ".." in ref or not (ref == "HEAD" or ref.startswith("refs/")):
        raise ValueError(f"not a ref: {ref!r}")
    try:
        text = (store.path / ref).read_text("ascii").strip()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        _there(store)
        return packed.find(store.path / "packed-refs", ref)
    if text.startswith("ref: "):
        return head(store, text.removeprefix("ref: ").strip())
    if not _ID.match(text):  # emptied by a full disk or a power cut
        raise unavailable("store-damaged", ref=ref)
    return CommitId(text)


def refs(store: Store, prefix: str) -> dict[str, CommitId]:
    """Return every ref whose name is the prefix or lies below it, by name."""
    prefix = prefix.rstrip("/")
    # Loose files first: git writes packed-refs before it removes them, so that nothing can be missed in between.
    loose = {ref: found for ref in _loose(store.path, prefix) if (found := head(store, ref)) is not None}
    return dict(sorted((packed.below(store.path / "packed-refs", prefix) | loose).items()))


def _loose(root: Path, prefix: str) -> Iterator[str]:
    if (root / prefix).is_file():
        yield prefix
    for folder, _, names in os.walk(root / prefix):
        relative = Path(folder).relative_to(root).as_posix()
        yield from (f"{relative}/{name}" for name in names if not name.endswith(".lock"))


def _there(store: Store) -> None:
    if not (store.path / "refs").is_dir():
        raise unavailable("store-missing", path=str(store.path))


# -- trees and blobs -------------------------------------------------------------------------------------------------


def files(store: Store, commit_id: CommitId) -> dict[str, Entry]:
    """Return every file of a commit's tree, by path, in the order of the paths."""
    found = dict(trees.walk(store, tree_of(store, commit_id)))
    sizes = store.size_of([row[1] for row in found.values() if row[0] != SUBMODULE])
    return {path: _entry(path, found[path], sizes) for path in sorted(found)}


def find(store: Store, commit_id: CommitId, path: str) -> Entry | None:
    """Return the file at exactly this path of a commit's tree, or None (also for a folder)."""
    row = trees.find(store, tree_of(store, commit_id), path)
    if row is None or trees.is_directory(row):
        return None
    return _entry(path, row, {} if row[0] == SUBMODULE else store.size_of([row[1]]))


def _entry(path: str, row: trees.Row, sizes: dict[str, int]) -> Entry:
    mode, object_id = row
    kinds: dict[str, Literal["symlink", "submodule"]] = {SYMLINK: "symlink", SUBMODULE: "submodule"}
    return Entry(path, mode, kinds.get(mode, "file"), BlobId(object_id), sizes.get(object_id, 0))


def tree_of(store: Store, commit_id: CommitId) -> TreeId:
    """Return the root tree of a commit."""
    return commit(store, commit_id).tree


def data(store: Store, blob: BlobId) -> bytes:
    """Return the bytes of a blob exactly as they were written."""
    kind, content = store.object(blob)
    if kind != "blob":
        raise NotFound("no-blob", object=blob)
    return content


def text(data: bytes) -> Text:
    """Decode strict UTF-8; what is not UTF-8 is shown with replacement characters and marked as not exact."""
    bom = data.startswith(BOM_UTF8)
    content = data[len(BOM_UTF8) :] if bom else data
    try:
        return Text(content.decode("utf-8"), bom=bom, exact=True)
    except UnicodeDecodeError:
        return Text(content.decode("utf-8", "replace"), bom=bom, exact=False)


# -- commits ---------------------------------------------------------------------------------------------------------


def commit(store: Store, commit_id: CommitId) -> Commit:
    """Return a commit with its people, message and trailers; NotFound if the id is none of a commit."""
    with store.lock:
        known: Commit | None = store.commits.get(commit_id)
    if known is None:
        kind, raw = store.object(commit_id)
        if kind != "commit":
            raise NotFound("no-commit", object=commit_id)
        known = _parse_commit(commit_id, raw)
        with store.lock:
            store.commits[commit_id] = known
    return known


def is_ancestor(store: Store, older: CommitId, newer: CommitId) -> bool:
    """Tell whether a commit is another one or among those it was made from; a tag stands for its commit."""
    if older == newer:
        return True
    status, _, _ = store.attempt("merge-base", "--is-ancestor", older, newer, accept=(0, 1))
    return status == 0


def between(store: Store, start: CommitId, tip: CommitId) -> list[Commit]:
    """Return the commits that lead to the tip and not to `start`, oldest first."""
    out = store.run("rev-list", "--reverse", "--topo-order", tip, f"^{start}", "--")
    return [commit(store, CommitId(each)) for each in out.decode("ascii").split()]


def peeled(store: Store, tag: str) -> CommitId:
    """Return the commit that an annotated tag names; a commit is itself."""
    kind, raw = store.object(tag)
    while kind == "tag":
        tag = raw.partition(b"\n")[0].removeprefix(b"object ").decode("ascii")
        kind, raw = store.object(tag)
    return CommitId(tag)


def _parse_commit(commit_id: CommitId, raw: bytes) -> Commit:
    head, _, message = raw.partition(b"\n\n")
    fields: dict[bytes, list[bytes]] = {}
    for line in head.split(b"\n"):
        if not line.startswith(b" "):  # a signature's further lines
            key, _, value = line.partition(b" ")
            fields.setdefault(key, []).append(value)
    encoding = fields.get(b"encoding", [b"utf-8"])[0].decode("ascii", "replace")
    whole = _decode(message, encoding)
    subject, _, body = whole.lstrip("\n").partition("\n\n")
    return Commit(
        id=commit_id,
        tree=TreeId(fields[b"tree"][0].decode("ascii")),
        parents=tuple(CommitId(parent.decode("ascii")) for parent in fields.get(b"parent", ())),
        author=_parse_signature(_decode(fields[b"author"][0], encoding)),
        committer=_parse_signature(_decode(fields[b"committer"][0], encoding)),
        subject=" ".join(subject.split()),
        body=body.strip("\n"),
        trailers=trailers.parse(whole),
    )


def _decode(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return raw.decode("utf-8", "replace")


def _parse_signature(line: str) -> Signature:
    match = _SIGNATURE.match(line)
    if match is None:
        return Signature(line, "", _EPOCH)
    try:
        at = _EPOCH + timedelta(seconds=int(match["at"] or 0))
    except OverflowError:
        at = _EPOCH
    return Signature(match["name"], match["email"], at)
