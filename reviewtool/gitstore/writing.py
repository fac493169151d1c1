"""Blobs, trees, commits, tags and refs. Objects are on disk, flushed, before a function returns their id.

Called by services, `record` and `importing`. Only `update_ref` publishes; what no ref reaches stays unseen.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reviewtool.errors import InvalidInput, Unavailable
from reviewtool.gitstore import locks, paths, reading, trailers, trees
from reviewtool.gitstore.ids import EMPTY_TREE, NO_OBJECT, BlobId, CommitId, TreeId
from reviewtool.gitstore.objects import Batch
from reviewtool.gitstore.reading import EXECUTABLE, FILE, SUBMODULE, SYMLINK, Signature
from reviewtool.gitstore.store import Store

message = trailers.compose

_MODES: Final = frozenset({FILE, EXECUTABLE, SYMLINK, SUBMODULE})
_REFS: Final = re.compile(
    r"refs/(heads/main|group|proposals/[1-9]\d*/[1-9]\d*|reviews/[1-9]\d*|tags/edicion/(?P<edition>.+))\Z", re.ASCII
)
# git-check-ref-format(1), for one component.
_NOT_IN_REFS: Final = re.compile(r"[\x00-\x20\x7f~^:?*\[\\/]|\.\.|@\{|^[.-]|\.$|\.lock$|^@$")
_CRUD: Final = " .,:;<>\"\\'"  # what git itself takes off both ends of a name (ident.c, crud())


@dataclass(frozen=True, slots=True)
class Edit:
    """What one path of a tree shall hold: a blob, or None for nothing; `mode` None keeps the present one."""

    path: str
    blob: BlobId | None
    mode: str | None = None


def write_blob(store: Store, data: bytes) -> BlobId:
    """Store these bytes exactly as they are."""
    return write_blobs(store, [data])[0]


def write_blobs(store: Store, contents: Iterable[bytes]) -> list[BlobId]:
    """Store many blobs with one process; the ids come in the order of the contents."""
    batch = Batch(store)
    ids = [BlobId(batch.add("blob", data)) for data in contents]
    batch.write()
    return ids


def write_tree(store: Store, base: CommitId | None, edits: Sequence[Edit]) -> TreeId:
    """Store the tree of a commit (or an empty one) with these edits: first what is removed, then what is set.

    A path that the base does not have must pass `paths.check` unchanged; removing what is not there changes nothing.
    Raises Conflict("path-taken") where a file and a folder would share a name.
    """
    batch = Batch(store)
    root = reading.tree_of(store, base) if base is not None else EMPTY_TREE
    tree = plan_tree(store, root, edits, batch)
    batch.write()
    return tree


def plan_tree(store: Store, root: TreeId, edits: Sequence[Edit], batch: Batch) -> TreeId:
    """Add to a batch the trees that these edits make of a root tree and return the new root."""
    plan = trees.Plan()
    seen: set[tuple[str, bool]] = set()
    for edit in sorted(edits, key=lambda edit: edit.blob is not None):
        if (edit.path, edit.blob is not None) in seen:
            raise ValueError(f"two edits of one path: {edit.path!r}")
        seen.add((edit.path, edit.blob is not None))
        plan.set(edit.path, _row(store, root, edit))
    tree = trees.build(store, root, plan, batch)
    if tree == EMPTY_TREE:
        batch.add("tree", b"")
    return tree


def _row(store: Store, root: TreeId, edit: Edit) -> trees.Row | None:
    present = trees.find(store, root, edit.path)
    if edit.blob is None:
        return None
    if present is None and paths.check(edit.path) != edit.path:
        raise InvalidInput("bad-path", field="path", path=paths.shown(edit.path), reason="form")
    kept = FILE if present is None or trees.is_directory(present) else present[0]
    mode = edit.mode or kept
    if mode not in _MODES and mode != kept:
        raise ValueError(f"not a file's mode: {mode!r}")
    return mode, edit.blob


def commit_tree(
    store: Store,
    tree: TreeId,
    parents: Sequence[CommitId],
    message: str,
    author: Signature,
    committer: Signature,
) -> CommitId:
    """Store a commit with exactly these people, instants and message; no ref moves."""
    batch = Batch(store)
    made = plan_commit(batch, (tree, parents), message, author, committer)
    batch.write()
    return made


def plan_commit(
    batch: Batch, content: tuple[TreeId, Sequence[CommitId]], message: str, author: Signature, committer: Signature
) -> CommitId:
    """Add to a batch a commit of (tree, parents), signed if its store has a key, and return its id."""
    tree, parents = content
    lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
    lines += [f"author {_line(author)}", f"committer {_line(committer)}", "", _text(message)]
    return CommitId(batch.add_signed("commit", "\n".join(lines).encode("utf-8")))


def create_tag(store: Store, name: str, commit: CommitId, message: str, tagger: Signature) -> str:
    """Store an annotated tag object and return its id; `update_ref` publishes it under refs/tags/edicion/<name>."""
    check_ref(f"refs/tags/edicion/{name}")
    lines = [f"object {commit}", "type commit", f"tag edicion/{name}", f"tagger {_line(tagger)}", "", _text(message)]
    batch = Batch(store)
    made = batch.add_signed("tag", "\n".join(lines).encode("utf-8"))
    batch.write()
    return made


def clean_name(name: str) -> str:
    """Return a person's name as it will stand in a commit: one line, no control characters, none of < and >."""
    plain = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f<>]", " ", name).split())
    return plain.strip(_CRUD)


def _line(person: Signature) -> str:
    name, email, seconds = _person(person)
    return f"{name} <{email}> {seconds} +0000"


def _person(person: Signature) -> tuple[str, str, int]:
    if person.at.tzinfo is None:
        raise ValueError("a signature needs an aware instant")
    name = clean_name(person.name)
    email = re.sub(r"[\x00-\x20\x7f-\x9f<>]", "", person.email).strip(_CRUD)
    if not name or not email:
        raise ValueError("a signature needs a name and an address")
    return name, email, int(person.at.timestamp())


def _text(message: str) -> str:
    return message.replace("\0", "").rstrip("\n") + "\n"


def check_ref(ref: str) -> None:
    """Refuse with ValueError every ref that is not one of the product's own."""
    match = _REFS.match(ref)
    if match is None or (match["edition"] is not None and _NOT_IN_REFS.search(match["edition"])):
        raise ValueError(f"not a ref of ours: {ref!r}")


def update_ref(store: Store, ref: str, new: str, old: str | None) -> bool:
    """Move a ref from old (None: it must not exist) to new; True if it stands at new afterwards, by whose hand ever.

    False: it stands elsewhere. Raises Unavailable if git failed and the ref is still at old: nothing has happened.
    """
    check_ref(ref)
    command = ("update-ref", "--no-deref", "-m", "reviewtool", ref, new, old or NO_OBJECT)
    try:
        try:
            store.run(*command)
        except Unavailable as error:
            if error.code != "store-busy" or not locks.release(store, (ref, *locks.SHARED)):
                raise
            store.run(*command)
    except Unavailable as error:
        present = reading.head(store, ref)
        if present == new:
            return True
        if present != old:
            return False
        code = "store-busy" if error.code == "store-failed" else error.code
        raise Unavailable(code, **(error.facts | {"ref": ref})) from error
    return True


def update_refs(store: Store, moves: Mapping[str, tuple[str, str | None]]) -> bool:
    """Move several refs, each from old (None: it must not exist) to new, all or none; False: nothing has moved."""
    for ref in moves:
        check_ref(ref)
    lines = "".join(f"update {ref} {new} {old or NO_OBJECT}\n" for ref, (new, old) in moves.items())
    try:
        store.run("update-ref", "--no-deref", "-m", "reviewtool", "--stdin", stdin=lines.encode("ascii"))
    except Unavailable:
        return False
    return True


def seal(store: Store, base: CommitId, version: CommitId | TreeId) -> str:
    """Return the seal of a version or its tree: SHA-256 of `git diff-tree -r -z --no-renames BASE VERSION`."""
    return hashlib.sha256(store.run("diff-tree", "-r", "-z", "--no-renames", base, version)).hexdigest()


def edits_of(contents: Mapping[str, bytes | None], batch: Batch) -> list[Edit]:
    """Add the contents to a batch as blobs and return the edits that put each at its path."""
    return [Edit(path, None if data is None else BlobId(batch.add("blob", data))) for path, data in contents.items()]
