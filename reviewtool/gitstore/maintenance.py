"""Keeping the store fast: fewer files, and a commit-graph that knows which commit touched which path.

Called by the worker and `reviewtool maintain`. Nothing is ever pruned: an object that no ref reaches may be one that a
pending move is about to publish.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from reviewtool.gitstore import locks
from reviewtool.gitstore.store import Store

log = logging.getLogger(__name__)

_TOO_MANY_PACKS: Final = 20
_LOCKED: Final = ("packed-refs", "objects/info/commit-graph", "objects/info/commit-graphs/commit-graph-chain")


def pack(store: Store) -> None:
    """Pack refs and loose objects and write the commit-graph; readers and writers may go on meanwhile."""
    locks.release(store, _LOCKED)
    store.run("pack-refs", "--all")
    packs = len(list((store.path / "objects" / "pack").glob("*.pack")))
    # Many packs are joined into one, unreachable objects kept (-k); else only what is loose goes into a new pack.
    everything = ("-a", "-k") if packs >= _TOO_MANY_PACKS else ()
    store.run("repack", "-d", "-l", "-q", *everything)
    store.run("commit-graph", "write", "--reachable", "--changed-paths", "--no-progress")
    log.info("store packed: packs_before=%d joined=%s", packs, bool(everything))


def drop_unreachable(store: Store, rewritten: Sequence[str]) -> None:
    """Drop every object that no ref reaches, and the logs of refs that were written anew, which name such objects.

    Nobody may write meanwhile: an object that a pending move is about to publish would go too.
    """
    for ref in rewritten:
        (store.path / "logs" / ref).unlink(missing_ok=True)
    store.run("pack-refs", "--all")
    store.run("repack", "-a", "-d", "-l", "-q")
    store.run("prune", "--expire=now")
    store.run("commit-graph", "write", "--reachable", "--changed-paths", "--no-progress")
    store.close()
    store.forget()
    log.info("unreachable objects dropped; records written anew: %d", len(rewritten))


def check(store: Store) -> list[str]:
    """Return what `git fsck --strict` finds wrong, one finding a line; an empty list is a sound store."""
    status, *said = store.attempt("fsck", "--strict", "--full", "--no-dangling", "--no-progress", accept=range(256))
    findings = [line for text in said for line in text.decode("utf-8", "replace").splitlines() if line]
    return [line for line in findings if not line.startswith("notice: ")] or ([f"status {status}"] if status else [])
