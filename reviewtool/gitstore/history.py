"""What changed when, who wrote which line, and how two commits differ. Each answer costs one git process.

Called by services, which cache by commit id. Renames are followed where git sees them (half of the text alike).
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Final

from reviewtool.errors import NotFound
from reviewtool.gitstore import reading, trees
from reviewtool.gitstore.ids import EMPTY_TREE, BlobId, CommitId
from reviewtool.gitstore.reading import Commit
from reviewtool.gitstore.store import Store

_COMMIT: Final = re.compile(rb"[0-9a-f]{40}(?: |\Z)")
_RUN: Final = re.compile(rb"^([0-9a-f]{40}) \d+ (\d+) (\d+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A commit of a history; `path` is the document's name in it, `old_path` the one before if this renamed it."""

    commit: Commit
    path: str | None
    old_path: str | None


@dataclass(frozen=True, slots=True)
class BlameRun:
    """Lines of a file, counted from 1, that one commit wrote."""

    commit: CommitId
    first_line: int
    lines: int


@dataclass(frozen=True, slots=True)
class PathChange:
    """One path that differs: A added, M modified, D removed, R renamed from `old_path` (and perhaps modified)."""

    status: str
    path: str
    old_path: str | None
    old_blob: BlobId | None
    new_blob: BlobId | None
    old_mode: str | None
    new_mode: str | None


@dataclass(frozen=True, slots=True)
class _Step:
    commit: CommitId
    parents: tuple[CommitId, ...]
    changes: tuple[tuple[str, str, str | None], ...]  # status, path, old path


def log(store: Store, commit: CommitId, path: str | None = None, *, limit: int, skip: int = 0) -> list[LogEntry]:
    """Return the commits up to this one, newest first; with a path those that touched it, under earlier names too."""
    if path is None:
        tokens = store.tokens("log", "-z", "--format=%H", f"--skip={skip}", f"--max-count={limit}", commit, "--")
        ids = [CommitId(token.decode("ascii")) for token in tokens if token]
        return [LogEntry(reading.commit(store, each), None, None) for each in ids]
    with closing(_touching(store, commit, path)) as steps:
        page = list(islice(steps, skip, skip + limit))
    return [LogEntry(reading.commit(store, each), name, old) for each, name, old in page]


def _touching(store: Store, commit: CommitId, path: str) -> Generator[tuple[CommitId, str, str | None], None, None]:
    # Not `--follow`: it cannot skip and makes no use of the commit-graph's changed paths. The whole diff of each commit
    # that touched the path shows a rename; the walk then goes on from there with the old name.
    tips: tuple[CommitId, ...] = (commit,)
    while tips:
        start, tips = tips, ()
        with closing(_steps(store, "--full-diff", "-M", *start, "--", path)) as steps:
            for step in steps:
                old = next((old for _, name, old in step.changes if name == path), None)
                yield step.commit, path, old
                if old is not None:
                    path, tips = old, step.parents
                    break


def last_changes(store: Store, commit: CommitId) -> dict[str, Commit]:
    """Return for each path of the commit's tree the newest commit that touched it; reads no further than needed."""
    with store.lock:
        remembered = list(store.touched.items())
    found: dict[str, CommitId] | None = dict(remembered).get(commit)
    if found is None and remembered:
        found = _since(store, commit, CommitId(remembered[-1][0]), remembered[-1][1])
    if found is None:
        found = _newest(store, commit)
    with store.lock:
        store.touched[commit] = found
    return {path: reading.commit(store, found[path]) for path in sorted(found)}


def _newest(store: Store, commit: CommitId) -> dict[str, CommitId]:
    wanted = {path for path, _ in trees.walk(store, reading.tree_of(store, commit))}
    found: dict[str, CommitId] = {}
    with closing(_steps(store, "--no-renames", "-c", commit, "--")) as steps:
        while wanted and (step := next(steps, None)) is not None:
            touched = wanted.intersection(path for _, path, _ in step.changes)
            found.update(dict.fromkeys(touched, step.commit))
            wanted -= touched
    return found


def _since(store: Store, commit: CommitId, before: CommitId, known: dict[str, CommitId]) -> dict[str, CommitId] | None:
    """Bring what is known of an earlier commit up to this one; None if that is no ancestor of this."""
    present = {path for path, _ in trees.walk(store, reading.tree_of(store, commit))}
    found: dict[str, CommitId] = {}
    joined = False
    for step in _steps(store, "--no-renames", "-c", commit, f"^{before}", "--"):
        joined = joined or before in step.parents
        for _, path, _ in step.changes:
            found.setdefault(path, step.commit)
    if not joined:
        return None
    return {path: at for path, at in (known | found).items() if path in present}


def _steps(store: Store, *args: str) -> Generator[_Step, None, None]:
    # A record is "<id> <parents>", then status and path in turn; the first status follows a line feed or "".
    # Where a status is due only a status or the next record can stand, so no name can be taken for either.
    step: tuple[CommitId, tuple[CommitId, ...]] | None = None
    changes: list[tuple[str, str, str | None]] = []
    tokens = store.tokens("log", "-z", "--format=%H %P", "--name-status", *args)
    with closing(tokens):
        for raw in tokens:
            token = raw.removeprefix(b"\n")
            if _COMMIT.match(token):
                if step is not None:
                    yield _Step(*step, tuple(changes))
                ids = [CommitId(each) for each in token.decode("ascii").split()]
                step, changes = (ids[0], tuple(ids[1:])), []
            elif token:
                status = token.decode("ascii")
                first = os.fsdecode(next(tokens))
                renamed = status.startswith("R")
                changes.append((status, os.fsdecode(next(tokens)), first) if renamed else (status, first, None))
    if step is not None:
        yield _Step(*step, tuple(changes))


def blame(store: Store, commit: CommitId, path: str) -> list[BlameRun]:
    """Return who wrote the lines of a file, as runs in its order; changes of white space alone do not count."""
    if reading.find(store, commit, path) is None:
        raise NotFound("no-path", path=path)
    out = store.run("blame", "--incremental", "-w", commit, "--", path)
    runs: list[BlameRun] = []
    for at, first, lines in sorted(((m[1], int(m[2]), int(m[3])) for m in _RUN.finditer(out)), key=lambda run: run[1]):
        run = BlameRun(CommitId(at.decode("ascii")), first, lines)
        if runs and runs[-1].commit == run.commit:
            run = BlameRun(run.commit, runs.pop().first_line, 0)
            run = BlameRun(run.commit, run.first_line, first + lines - run.first_line)
        runs.append(run)
    return runs


def diff_paths(store: Store, base: CommitId | None, other: CommitId) -> list[PathChange]:
    """Return the paths that differ between two commits (None: nothing at all), in order; a rename is one change."""
    tokens = store.tokens("diff-tree", "-r", "-z", "--raw", "--no-abbrev", "-M", base or EMPTY_TREE, other)
    return [_change(token, tokens) for token in tokens]


def _change(token: bytes, rest: Iterator[bytes]) -> PathChange:
    old_mode, new_mode, old_blob, new_blob, status = token.removeprefix(b":").decode("ascii").split()
    first = os.fsdecode(next(rest))
    letter = status[0].replace("T", "M")
    return PathChange(
        status=letter,
        path=os.fsdecode(next(rest)) if letter == "R" else first,
        old_path=None if letter == "A" else first,
        old_blob=None if letter == "A" else BlobId(old_blob),
        new_blob=None if letter == "D" else BlobId(new_blob),
        old_mode=None if letter == "A" else old_mode,
        new_mode=None if letter == "D" else new_mode,
    )
