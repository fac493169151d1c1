"""What the tests of the store share: git as somebody else would use it, fixed people, commits in one line."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from reviewtool.gitstore import writing
from reviewtool.gitstore.ids import CommitId
from reviewtool.gitstore.reading import MAIN, Signature
from reviewtool.gitstore.store import Store

START = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)
ANA = Signature("Ana Núñez", "p1@record.example", START)
LUIS = Signature("Luis Ortega", "p2@record.example", START + timedelta(hours=1))

ENV = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "LC_ALL": "C",
    "TZ": "UTC",
    "GIT_AUTHOR_NAME": "Otra Mano",
    "GIT_AUTHOR_EMAIL": "otra@record.example",
    "GIT_AUTHOR_DATE": "@1700000000 +0000",
    "GIT_COMMITTER_NAME": "Otra Mano",
    "GIT_COMMITTER_EMAIL": "otra@record.example",
    "GIT_COMMITTER_DATE": "@1700000000 +0000",
}


def git(path: Path, *args: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
    """Run git as another program would and return what it wrote."""
    return subprocess.run(
        ["git", *args], cwd=path, input=stdin, env=ENV | dict(env or {}), check=True, capture_output=True
    ).stdout


def fsck(store: Store) -> str:
    """Return what git finds wrong in the store."""
    found = subprocess.run(
        ["git", "fsck", "--strict", "--full", "--no-dangling"],
        cwd=store.path,
        env=ENV,
        capture_output=True,
        check=False,
    )
    return (found.stdout + found.stderr).decode() + ("" if found.returncode == 0 else f"status {found.returncode}")


def grow(
    store: Store,
    files: Mapping[str, bytes | None],
    *parents: CommitId,
    message: str = "Un cambio",
    at: datetime = START,
) -> CommitId:
    """Make a commit that sets these files on top of the first parent; no ref moves."""
    edits = [
        writing.Edit(path, None if data is None else writing.write_blob(store, data)) for path, data in files.items()
    ]
    tree = writing.write_tree(store, parents[0] if parents else None, edits)
    who = Signature(ANA.name, ANA.email, at)
    return writing.commit_tree(store, tree, parents, message, who, who)


def publish(store: Store, commit: CommitId, old: CommitId | None = None) -> CommitId:
    """Make a commit the tip of main."""
    assert writing.update_ref(store, MAIN, commit, old)
    return commit


def contents(store: Store, commit: str) -> dict[str, bytes]:
    """Return the files of a commit as git itself lists and reads them."""
    listed = git(store.path, "ls-tree", "-r", "-z", commit).split(b"\0")[:-1]
    rows = [line.split(b"\t", 1) for line in listed]
    return {
        os.fsdecode(name): git(store.path, "cat-file", "blob", head.split()[2].decode())
        for head, name in rows
        if head.split()[1] == b"blob"
    }
