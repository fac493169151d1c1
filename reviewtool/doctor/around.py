"""What the installation stands on: Git, the disk and its file system."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from reviewtool.doctor.finding import Finding, ok, warning, wrong
from reviewtool.errors import Unavailable
from reviewtool.gitstore import store
from reviewtool.settings import Settings

LITTLE, TOO_LITTLE = 2 * 1024**3, 200 * 1024**2  # bytes free
MOUNTS = Path("/proc/self/mounts")
OVER_THE_NETWORK = frozenset(
    {"9p", "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.sshfs", "nfs", "nfs4", "smb3", "smbfs"}
)


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at the machine."""
    yield _git()
    yield _disk(settings)
    yield _file_system(settings)


def _git() -> Finding:
    try:
        version = store.check_git()
    except Unavailable as error:
        facts = " ".join(f"{key} {value}" for key, value in error.facts.items())
        seen = f"{error.code.replace('-', ' ')} {facts}".strip()
        return wrong("git", seen, "sudo apt-get install -y git")
    return ok("git", ".".join(map(str, version)))


def _disk(settings: Settings) -> Finding:
    folder = next(each for each in (settings.var, *settings.var.parents) if each.is_dir())
    free = shutil.disk_usage(folder).free
    seen = f"{free / 1024**3:.1f} GB free for {folder}"
    if free < TOO_LITTLE:
        return wrong("disk", seen, "free some: acts are refused when it is full")
    return warning("disk", seen, "free some soon") if free < LITTLE else ok("disk", seen)


def _file_system(settings: Settings) -> Finding:
    kind = kind_of(settings.var, MOUNTS.read_text(encoding="utf-8") if MOUNTS.exists() else "")
    if kind in OVER_THE_NETWORK:
        seen = f"{settings.var} is on {kind}: locks there are not to be relied on"
        if settings.sqlite_path is not None:
            return wrong("file-system", seen, "put the installation on a disk of this machine, or use PostgreSQL")
        return warning("file-system", seen, "put the repository on a disk of this machine")
    return ok("file-system", kind or "not known")


def kind_of(path: Path, mounts: str) -> str:
    """Return the kind of file system that holds a path, from the kernel's list of mounts; empty when it has none."""
    whole = path.resolve()
    found = [line.split()[1:3] for line in mounts.splitlines() if len(line.split()) > 2]
    holding = [(len(place), kind) for place, kind in found if whole.is_relative_to(place.replace("\\040", " "))]
    return max(holding, key=lambda each: each[0])[1] if holding else ""
