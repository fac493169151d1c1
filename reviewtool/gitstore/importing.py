"""Taking in materials that exist already: a folder as one commit, or a repository with its history.

Called by `reviewtool init`. Every byte and id stays; what people may not create (links, odd names) is carried.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from reviewtool.errors import Conflict, InvalidInput, Unavailable
from reviewtool.gitstore import paths, reading, trees, writing
from reviewtool.gitstore.ids import EMPTY_TREE, CommitId
from reviewtool.gitstore.objects import Batch
from reviewtool.gitstore.reading import EXECUTABLE, FILE, MAIN, SYMLINK, Signature
from reviewtool.gitstore.store import Store

_URL: Final = re.compile(r"(?:https|ssh|git|file)://[^\s-][^\s]*\Z", re.IGNORECASE)
_BRANCH: Final = re.compile(r"(?!-)[^\x00-\x20\x7f~^:?*\[\\]+\Z")
_BATCH: Final = 32 * 1024 * 1024  # bytes held in memory at once


def import_folder(store: Store, folder: Path, author: Signature, message: str) -> CommitId:
    """Make the first commit of `main` from all files of a folder, byte for byte, links as links; `.git` stays out."""
    _ensure_empty(store)
    if not folder.is_dir():
        raise InvalidInput("no-folder", field="source", path=str(folder))
    batch, plan = Batch(store), trees.Plan()
    for name, file in _files(folder):
        mode, data = _content(file)
        plan.set(name, (mode, batch.add("blob", data)))
        if batch.size > _BATCH:
            batch.write()
    tree = trees.build(store, EMPTY_TREE, plan, batch)
    if tree == EMPTY_TREE:
        raise InvalidInput("empty-folder", field="source", path=str(folder))
    commit = writing.plan_commit(batch, (tree, ()), message, author, author)
    batch.write()
    if not writing.update_ref(store, MAIN, commit, None):
        raise Conflict("store-not-empty")
    return commit


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if paths.is_git_name(entry.name) and entry.name.casefold() == ".git":
            continue
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            yield from ((f"{entry.name}/{name}", file) for name, file in _files(path))
        elif entry.is_symlink() or entry.is_file(follow_symlinks=False):
            yield entry.name, path


def _content(file: Path) -> tuple[str, bytes]:
    if file.is_symlink():
        return SYMLINK, os.fsencode(file.readlink())
    executable = file.stat().st_mode & stat.S_IXUSR
    return EXECUTABLE if executable else FILE, file.read_bytes()


def import_repository(store: Store, source: str | Path, branch: str | None = None) -> CommitId:
    """Fetch one branch (the one its HEAD names, if none is given) as `main`, and its tags, with the ids they have."""
    _ensure_empty(store)
    place = _place(str(source))
    if branch is not None and not _BRANCH.match(branch):
        raise InvalidInput("bad-branch", field="branch")
    from_ref = "HEAD" if branch is None else f"refs/heads/{branch}"
    try:
        store.run(
            *("fetch", "--quiet", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules"),
            *("--atomic", "--no-tags", place, f"{from_ref}:{MAIN}", "refs/tags/*:refs/tags/*"),
        )
    except Unavailable as error:
        detail = str(error.facts.get("detail", ""))
        if error.code == "store-full":
            raise
        if error.code == "store-owner":
            raise Unavailable("store-owner", path=str(source)) from error
        absent = "couldn't find remote ref" in detail
        raise InvalidInput("no-branch" if absent else "no-import", field="source", detail=detail) from error
    tip = reading.head(store)
    if tip is None:
        raise InvalidInput("no-branch", field="source")
    return tip


def _place(source: str) -> str:
    if _URL.match(source):
        return source
    if not source or source.startswith("-") or not Path(source).is_dir():
        raise InvalidInput("bad-source", field="source", path=source)
    return str(Path(source).resolve())  # absolute: git takes neither an option nor a host from it


def _ensure_empty(store: Store) -> None:
    if reading.head(store) is not None:
        raise Conflict("store-not-empty")
