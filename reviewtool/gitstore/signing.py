"""Whether commits and tags carry a signature of this installation, in git's own judgement; and which keys count.

The keys stand in a file of git's «allowed signers» form (ssh-keygen(1)): the present one and those it replaced. Who
administers the installation may limit one by hand, as with `valid-before="20270101"` after it was lost.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

from reviewtool.errors import NotFound, Unavailable
from reviewtool.gitstore.environment import with_setting
from reviewtool.gitstore.objects import object_id
from reviewtool.gitstore.store import Store

Verdict = Literal["good", "unsigned", "wrong"]

_ARMOUR: Final = b"-----BEGIN SSH SIGNATURE-----"
_IN_COMMIT: Final = re.compile(rb"^(gpgsig.*)$", re.MULTILINE)
_IN_TAG: Final = re.compile(
    rb"^(-----BEGIN (?:SSH SIGNATURE|PGP SIGNATURE|PGP MESSAGE|SIGNED MESSAGE)-----)", re.MULTILINE
)


def check(store: Store, ids: Iterable[str], allowed: Path) -> dict[str, Verdict]:
    """Say of each commit or tag whether a key of the file signed exactly what it says; NotFound for anything else.

    "wrong" is a signature by another key, or of another text, and an object that is not what its id says. One git
    process for all signed commits and one for all signed tags, each of which starts two `ssh-keygen` a signature.
    """
    found: dict[str, Verdict] = {}
    asked: dict[str, list[str]] = {"commit": [], "tag": []}
    for each in dict.fromkeys(ids):
        kind, data = store.object(each)
        if kind not in asked:
            raise NotFound("no-commit", object=each)
        found[each] = seen = _at_sight(kind, data)
        if object_id(kind, data) != each:  # git takes the word of the file's name
            found[each] = "wrong"
        elif seen == "good":
            found[each] = "wrong"  # until git finds it good
            asked[kind].append(each)
    good = [*_good_commits(store, asked["commit"], allowed), *_good_tags(store, asked["tag"], allowed)]
    return found | dict.fromkeys(good, "good")


def _at_sight(kind: str, data: bytes) -> Verdict:
    """Say "good" of what has one signature by an SSH key: at a strange one git ends and says nothing of the others."""
    if kind == "tag":  # text of the tag may look like a signature; git takes the last one
        found = _IN_TAG.findall(data)[-1:]
        wanted = [_ARMOUR]
    else:
        found = _IN_COMMIT.findall(data.partition(b"\n\n")[0])
        wanted = [b"gpgsig " + _ARMOUR]
    return "unsigned" if not found else "good" if found == wanted else "wrong"


def _good_commits(store: Store, ids: list[str], allowed: Path) -> list[str]:
    if not ids:
        return []
    listed = store.run(
        *("log", "--no-walk=unsorted", "--stdin", "--format=%H %G?"),
        stdin="".join(f"{each}\n" for each in ids).encode("ascii"),
        env=_with(allowed),
    )
    rows = [line.split(" ") for line in listed.decode("ascii").splitlines()]
    return [name for name, grade in rows if grade == "G"]


def _good_tags(store: Store, ids: list[str], allowed: Path) -> list[str]:
    if not ids:
        return []
    # It writes the format for those alone that are good, and ends with 1 if one is not.
    _, listed, _ = store.attempt("verify-tag", "--format=%(objectname)", *ids, env=_with(allowed), accept=(0, 1))
    return listed.decode("ascii").split()


def _with(allowed: Path) -> dict[str, str]:
    return with_setting("gpg.ssh.allowedSignersFile", str(allowed.resolve()))


def remember(allowed: Path, principal: str, public: str) -> None:
    """Add a public key («type base64») to the file unless it stands there; Unavailable("signers-file") if it cannot."""
    try:
        if allowed.exists() and public in _keys(allowed.read_text("utf-8")):
            return
        with allowed.open("a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # given back with the file
            file.seek(0)
            present = file.read()
            if public not in _keys(present):
                separator = "" if not present or present.endswith("\n") else "\n"
                file.write(f'{separator}{principal} namespaces="git" {public}\n')
                file.flush()
                os.fsync(file.fileno())
    except (OSError, UnicodeDecodeError) as error:
        detail = getattr(error, "strerror", None) or "it is not text"
        raise Unavailable("signers-file", path=str(allowed), detail=detail) from error


def _keys(text: str) -> set[str]:
    # Principals and options come first; the key's type and itself are the first two words that look like it.
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    found = (re.search(r"(?:^|\s)([a-z][\w@.-]*) (AAAA[\w+/=]+)", line) for line in lines)
    return {f"{match[1]} {match[2]}" for match in found if match}
