"""The address in a mail to which an answer becomes a comment: who may answer, where, and until when, signed.

Mail servers may write a local part in capitals and cut it at 64 octets: so it is base32, and short.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

HOLDS: Final = timedelta(days=60)
TOKEN: Final = 40  # characters
LOCAL_PART: Final = 64  # octets, RFC 5321
_FIRST_DAY: Final = date(2020, 1, 1)
_PLAIN: Final = struct.Struct(">IIIB")  # person, proposal, conversation, and a nought that later forms may use
_DAY: Final = struct.Struct(">H")
_SIGNED: Final = 10  # bytes of the signature: 80 bits


@dataclass(frozen=True)
class Target:
    """What an answer becomes: a comment of a person on a proposal, in a conversation where one is given."""

    person: int
    proposal: int
    thread: int = 0  # 0: begins one of its own


def address(secret: str, base: str, target: Target, at: datetime) -> str:
    """Return the address of a target below the installation's own, such as `respuestas+…@example.org`."""
    local, _, domain = base.partition("@")
    return f"{local}+{token(secret, target, at)}@{domain}"


def token(secret: str, target: Target, at: datetime) -> str:
    """Return the signed text of a target, which holds for 60 days from an instant."""
    day = (at.astimezone(UTC).date() + HOLDS - _FIRST_DAY).days
    said = _PLAIN.pack(target.person, target.proposal, target.thread, 0) + _DAY.pack(day)
    return base64.b32encode(said + _signature(secret, said)).decode("ascii").lower()


def token_in(base: str, address: str) -> str:
    """Return the token of an address below the installation's own; empty where it is another address."""
    local, _, domain = base.lower().partition("@")
    there, _, of = address.strip().lower().rpartition("@")
    return there.removeprefix(f"{local}+") if of == domain and there.startswith(f"{local}+") else ""


def target_of(secret: str, said: str) -> tuple[Target, date] | None:
    """Return the target of a token and the last day on which it holds; None for one that was never given out."""
    try:
        raw = base64.b32decode(said.upper()) if len(said) == TOKEN and said.isascii() else b""
    except ValueError:
        raw = b""
    plain, signature = raw[:-_SIGNED], raw[-_SIGNED:]
    if not plain or not hmac.compare_digest(signature, _signature(secret, plain)):
        return None
    person, proposal, thread, _form = _PLAIN.unpack_from(plain)
    (day,) = _DAY.unpack_from(plain, _PLAIN.size)
    return Target(person, proposal, thread), _FIRST_DAY + timedelta(days=day)


def _signature(secret: str, said: bytes) -> bytes:
    return hmac.digest(secret.encode(), b"reply address " + said, hashlib.sha256)[:_SIGNED]
