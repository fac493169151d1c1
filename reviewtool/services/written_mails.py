"""The mails of an installation without a mail server, which lie as files in its folder; for who coordinates it.

Only mails of notices are shown, their text without the secrets in its addresses: who coordinates reads what people are
told, and can do nothing in their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Final

from reviewtool.errors import NotFound

MOST: Final = 50
LARGEST: Final = 500_000  # bytes of a mail
_NAME: Final = re.compile(r"[0-9a-f]{32}")  # of a batch
_SECRET: Final = re.compile(r"(https?://[^\s<>]*?/)[\w.~-]{24,}")


@dataclass(frozen=True)
class Written:
    """A mail: to whom, by name, what about, when it was made; `text` is its plain part."""

    name: str
    to: str
    subject: str
    at: datetime
    text: str


def newest(folder: Path) -> tuple[Written, ...]:
    """Return the mails that were written last, the newest first."""
    files = sorted(_files(folder), key=lambda found: (found[0], found[1].name), reverse=True)
    read = (_read(path) for _when, path in files[: 2 * MOST])
    return tuple(mail for mail, _ in zip(filter(None, read), range(MOST), strict=False))


def get(folder: Path, name: str) -> Written:
    """Return a mail by the name of its file; raises NotFound."""
    mail = _read(folder / f"{name}.eml") if _NAME.fullmatch(name) else None
    if mail is None:
        raise NotFound("mail-unknown")
    return mail


def _files(folder: Path) -> Iterator[tuple[float, Path]]:
    try:
        for path in folder.iterdir():
            if path.suffix == ".eml" and _NAME.fullmatch(path.stem):
                yield path.stat().st_mtime, path
    except OSError:  # no folder yet, or a file that went meanwhile
        return


def _read(path: Path) -> Written | None:
    """Return a mail of notices; None for anything else, whatever lies there."""
    try:
        with path.open("rb") as file:
            message = message_from_bytes(file.read(LARGEST), policy=default)
        if not isinstance(message, EmailMessage) or not str(message["List-Id"]).startswith("<avisos."):
            return None
        body = message.get_body(("plain",))
        addresses = message["To"].addresses
        text = str(body.get_content()) if body is not None else ""
        return Written(
            path.stem,
            addresses[0].display_name if addresses else "",
            str(message["Subject"]),
            message["Date"].datetime,
            _SECRET.sub(r"\1…", text),
        )
    except Exception:  # no mail of ours: whatever the parser trips over, the page goes without it
        return None
