"""A whole store as one file, `git bundle`: for backups. Called by `backups` only."""

from __future__ import annotations

from pathlib import Path

from reviewtool.errors import Unavailable
from reviewtool.gitstore import reading
from reviewtool.gitstore.store import Store


def write(store: Store, file: Path) -> dict[str, str]:
    """Write every ref with all it reaches into a new file; return the refs that are in it."""
    store.run("bundle", "create", "--quiet", str(file.resolve()), "--all")
    return heads(store, file)


def heads(store: Store, file: Path) -> dict[str, str]:
    """Return the refs of a bundle, by name; Unavailable if it is none."""
    out = store.run("bundle", "list-heads", str(file.resolve())).decode("utf-8", "surrogateescape")
    pairs = (line.split(" ", 1) for line in out.splitlines())
    return {ref: commit for commit, ref in pairs if ref.startswith("refs/")}


def take_in(store: Store, file: Path) -> int:
    """Add the refs of a bundle that the store does not have, with all they reach; return how many.

    What the store has stays: after a loss it may be further than its backup. Every object is checked on its way.
    """
    present = reading.refs(store, "refs/")
    wanted = [ref for ref in heads(store, file) if ref not in present]
    if not wanted:
        return 0
    store.run(
        *("fetch", "--quiet", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules", "--atomic"),
        *("--no-tags", "--stdin", str(file.resolve())),
        stdin="".join(f"{ref}:{ref}\n" for ref in wanted).encode("utf-8", "surrogateescape"),
    )
    if set(wanted) - reading.refs(store, "refs/").keys():
        raise Unavailable("store-failed", command="fetch", detail="refs are missing after the fetch")
    return len(wanted)
