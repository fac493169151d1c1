"""The ids of Git objects as types of their own, and the check that a text from outside is one."""

from __future__ import annotations

import re
from typing import NewType

from reviewtool.errors import InvalidInput

CommitId = NewType("CommitId", str)
BlobId = NewType("BlobId", str)
TreeId = NewType("TreeId", str)

EMPTY_TREE = TreeId("4b825dc642cb6eb9a060e54bf8d69288fbee4904")
NO_OBJECT = "0" * 40

_HEX = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")


def check_commit(text: str) -> CommitId:
    """Accept only a full lowercase hexadecimal id, so that nothing typed can reach git as an option or a ref."""
    if not _HEX.match(text):
        raise InvalidInput("bad-commit", field="commit")
    return CommitId(text)
