"""What a mail about an account tells: to whom, who did what, and the link that it carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from reviewtool.clock import now
from reviewtool.group import Group
from reviewtool.models import Invitation, Notice
from reviewtool.services.account_notices import CARRYING, INVITED, LINK_ASKED
from reviewtool.services.outbox import Batch


@dataclass(frozen=True)
class Letter:
    """One mail about an account; `link` only where it carries one that still opens something."""

    kind: str
    name: str
    email: str
    language: str
    zone: str
    by: str  # who did it; empty where nobody of the group did
    at: datetime
    link: Invitation | None


def of_batch(session: Session, group: Group, batch: Batch, language: str) -> Letter | None:
    """Return what the mail of a batch tells, to who has no account yet in the group's language.

    None where there is nobody to tell, or where its link opens nothing any more and is all that it would bring.
    """
    loaded = (joinedload(Notice.person), joinedload(Notice.by), joinedload(Notice.invitation))
    notice = session.scalars(select(Notice).where(Notice.id == batch.notices[0]).options(*loaded)).one()
    link = notice.invitation if notice.kind in CARRYING else None
    if link is not None and not link.is_open(now()):
        link = None
    person = notice.person
    by = notice.by.name if notice.by else ""
    if notice.kind in {INVITED, LINK_ASKED} and link is None:
        return None
    if person is not None:
        return Letter(
            notice.kind, person.name, person.email, person.language, person.timezone, by, batch.batched_at, link
        )
    if link is None or not link.for_account:
        return None
    place = group.find_administration(link.administration)
    zone = place.zone if place else group.calendar.zone
    return Letter(notice.kind, link.name, link.email, language, zone, by, batch.batched_at, link)
