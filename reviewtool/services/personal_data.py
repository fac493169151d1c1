"""What the database knows of a person: given to them as one file, and taken out when they ask for it.

The file holds every row that names them. Erasing takes out what is theirs alone; what they did in the group stays with
their name, as its decisions rest on it. Their address was never in Git, unless `record_addresses = "real"`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Column, LargeBinary, Table, delete, func, or_, select, tuple_
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.db import Base
from reviewtool.errors import AlreadyDecided, InvalidInput
from reviewtool.group import Group
from reviewtool.models import (
    Absence,
    CodeApp,
    Comment,
    CommentEdit,
    Departure,
    Draft,
    DraftFile,
    FactorChange,
    Identity,
    Invitation,
    LastRead,
    MailReply,
    Notice,
    NoticeChoice,
    Passkey,
    Person,
    RecoveryCode,
    RoleTerm,
    SeatHolding,
    SignIn,
    Suggestion,
    WordUpload,
)
from reviewtool.rules.permissions import Act
from reviewtool.services import people, role_terms, rulesets, sign_in_failures

#: parts of names of columns that open something, and tell the person nothing of themselves
SECRET: Final = ("hash", "token", "secret", "nonce", "verifier")
#: rows that name nobody themselves, and what they belong to
INSIDE: Final[dict[type[Base], type[Base]]] = {DraftFile: Draft, CommentEdit: Comment, Suggestion: Comment}
#: tables whose rows are the person's alone: they go when the person is erased, all others stay
OWN: Final[tuple[type[Base], ...]] = (
    *(Notice, NoticeChoice, SignIn, LastRead, Absence, WordUpload, Draft),
    *(CodeApp, RecoveryCode, Passkey, FactorChange, Identity, Departure),
    *(CodeApp, RecoveryCode, Passkey, FactorChange, MailReply),
)
#: columns that name who did something to somebody else: their rows hold the other's data
OTHERS: Final = frozenset({("invitation", "made_by_id"), ("notice", "by_id")})
NOWHERE: Final = "invalid"  # a domain that no mail reaches (RFC 2606)


def gathered(session: Session, person: Person) -> dict[str, Any]:
    """Return everything that names a person, by table, as plain values; no secrets and no bytes of files."""
    found: dict[str, Any] = {"made_at": _plain(now()), "person": _rows(session, Person.__table__, person.id)}
    for table in Base.metadata.sorted_tables:
        if table.name != Person.__tablename__ and naming(table):
            found[table.name] = _rows(session, table, person.id)
    for inner, outer in INSIDE.items():
        found[inner.__tablename__] = _inside(session, inner.__table__, outer.__table__, person.id)
    return {name: rows for name, rows in found.items() if rows}


def erase(session: Session, group: Group, person_id: int, reference: str, *, by: Person) -> Person:
    """Take out of an account that is out of use all but the name and what its person did in the group.

    Their roles and seat end today, with the reference of what they asked. Raises NotAllowed, NotFound,
    InvalidInput("still-in-use"), InvalidInput of the reference, AlreadyDecided("erased-already").
    """
    people.ensure_may(by, Act.manage_people)
    role_terms.lock(session)
    person = people.get(session, person_id)
    if person.erased_at is not None:
        raise AlreadyDecided("erased-already")
    if person.active:
        raise InvalidInput("still-in-use", field="person")
    _end_everything(person, rulesets.today(group), role_terms.checked_reference(reference))
    address = person.email.lower()
    sign_in_failures.forget(session, address)
    theirs = or_(Invitation.person_id == person.id, func.lower(Invitation.email) == address)
    links = select(Invitation.id).where(theirs)
    session.execute(delete(Notice).where(Notice.invitation_id.in_(links)))
    session.execute(delete(Invitation).where(theirs))
    for table in OWN:
        for row in session.scalars(select(table).where(*_own(table, person.id))):
            session.delete(row)
    person.email = f"p{person.id}@{NOWHERE}"
    person.password_hash = None
    person.language, person.timezone, person.view = "es", group.calendar.zone, "redline"
    person.seen_at = person.previous_seen_at = None
    person.erased_at = now()
    person.session_version += 1
    session.flush()
    return person


def _end_everything(person: Person, today: date, reference: str) -> None:
    everything: list[RoleTerm | SeatHolding] = [*person.terms, *person.holdings]
    for held in everything:
        if held.ends_on is None or held.ends_on > today:
            held.ends_on = max(today, held.starts_on)
            held.reference = role_terms.ended_reference(held.reference, reference)


def _own(table: type[Base], person_id: int) -> list[Any]:
    return [column == person_id for column in naming(table.__table__) if column.name in {"person_id", "author_id"}]


def naming(table: Any) -> list[Column[Any]]:
    """Return the columns of a table that name a person."""
    return [each.parent for key in table.foreign_key_constraints for each in key.elements if _names_person(each)]


def _names_person(key: Any) -> bool:
    return bool(key.column.table is Person.__table__)


def _rows(session: Session, table: Any, person_id: int) -> list[dict[str, Any]]:
    named = naming(table) if table is not Person.__table__ else [table.c.id]
    named = [column for column in named if (table.name, column.name) not in OTHERS]
    return _plain_rows(session, table, or_(*(column == person_id for column in named)))


def _inside(session: Session, inner: Any, outer: Any, person_id: int) -> list[dict[str, Any]]:
    key = next(key for key in inner.foreign_key_constraints if key.referred_table is outer)
    pairs = [(each.parent, each.column) for each in key.elements]
    owned = select(*(theirs for _ours, theirs in pairs)).where(or_(*(each == person_id for each in naming(outer))))
    return _plain_rows(session, inner, tuple_(*(ours for ours, _theirs in pairs)).in_(owned))


def _plain_rows(session: Session, table: Table, which: Any) -> list[dict[str, Any]]:
    shown = [column for column in table.columns if not is_secret(column)]
    rows = session.execute(select(*shown).where(which).order_by(*table.primary_key)).mappings()
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def is_secret(column: Column[Any]) -> bool:
    """Say whether a column opens something, or holds the bytes of a file."""
    return isinstance(column.type, LargeBinary) or any(part in column.name for part in SECRET)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value
