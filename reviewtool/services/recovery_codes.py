"""Recovery codes: ten, shown once, each good once, for who has lost the telephone. Kept as hashes.

A code has 80 random bits, so that a fast hash gives nothing away.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from reviewtool.models import Person, RecoveryCode
from reviewtool.services import factor_changes
from reviewtool.services.factor_changes import Kind

COUNT: Final = 10
BYTES: Final = 10  # 16 letters and figures


def make(session: Session, *, by: Person) -> list[str]:
    """Return ten new codes in place of whatever there was."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == by.id))
    codes = [_written(base64.b32encode(secrets.token_bytes(BYTES)).decode("ascii")) for _ in range(COUNT)]
    session.add_all(RecoveryCode(person_id=by.id, code_hash=_hash(by.id, code)) for code in codes)
    factor_changes.note(session, by.id, Kind.codes_made, by=by.id)
    return codes


def accepts(session: Session, person_id: int, code: str, at: datetime) -> bool:
    """Use a code up; say whether it was one of this person that nobody had used."""
    found = update(RecoveryCode).where(
        RecoveryCode.person_id == person_id,
        RecoveryCode.code_hash == _hash(person_id, code),
        RecoveryCode.used_at.is_(None),
    )
    used = session.scalar(found.values(used_at=at).returning(RecoveryCode.id)) is not None
    if used:
        factor_changes.note(session, person_id, Kind.code_used, by=person_id)
    return used


def left(session: Session, person_id: int) -> int:
    """Return how many codes a person has not used."""
    unused = select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def _written(letters: str) -> str:
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def _hash(person_id: int, code: str) -> str:
    """Hash a code however it was typed: small letters, blanks for dashes, and the figures that base32 leaves out."""
    plain = "".join(each for each in code.upper() if each.isalnum()).translate(str.maketrans("018", "OIB"))
    return hashlib.sha256(f"{person_id} {plain}".encode("utf-8", "surrogatepass")).hexdigest()
