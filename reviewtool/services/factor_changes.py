"""What happened to a person's second factor, noted for that person."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from reviewtool.clock import now
from reviewtool.models import FactorChange
from reviewtool.services import account_notices

SHOWN: Final = 20


class Kind(StrEnum):
    """What can happen to a second factor."""

    app_added = "app_added"
    app_removed = "app_removed"
    passkey_added = "passkey_added"
    passkey_removed = "passkey_removed"
    codes_made = "codes_made"
    code_used = "code_used"
    forgotten = "forgotten"


_TOLD: Final = {
    Kind.code_used: account_notices.RECOVERY_CODE_USED,
    Kind.forgotten: account_notices.FACTOR_FORGOTTEN,
}


def note(session: Session, person_id: int, kind: Kind, *, by: int | None) -> None:
    """Note what happened to a person's factor and tell them; `by` is None for whoever administers the installation."""
    session.add(FactorChange(person_id=person_id, kind=kind, made_by_id=by, made_at=now()))
    told = _TOLD.get(kind, account_notices.FACTOR_CHANGED)
    account_notices.tell(session, told, person_id, by_id=None if by == person_id else by)
    session.flush()


def of(session: Session, person_id: int) -> list[FactorChange]:
    """Return what happened last to a person's factor, the newest first."""
    query = select(FactorChange).where(FactorChange.person_id == person_id).options(joinedload(FactorChange.made_by))
    return list(session.scalars(query.order_by(FactorChange.id.desc()).limit(SHOWN)))
