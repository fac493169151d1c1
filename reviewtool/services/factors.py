"""The second factor as a whole: what a person has of it, whether they need one, and forgetting it for who lost it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from reviewtool.clock import now
from reviewtool.models import CodeApp, FactorRule, Passkey, Person, RecoveryCode
from reviewtool.rules.permissions import Act, may
from reviewtool.services import code_apps, factor_changes, passkeys, people, recovery_codes, sign_ins
from reviewtool.services.factor_changes import Kind


@dataclass(frozen=True)
class Held:
    """What a person has besides the password."""

    app: bool
    passkeys: tuple[Passkey, ...]
    codes: int  # recovery codes that are not used

    def __bool__(self) -> bool:
        """Say whether there is a factor; recovery codes alone are none."""
        return self.app or bool(self.passkeys)


def held(session: Session, person_id: int) -> Held:
    """Return what a person has besides the password."""
    keys = tuple(passkeys.of(session, person_id))
    return Held(code_apps.is_set_up(session, person_id), keys, recovery_codes.left(session, person_id))


def accepts(session: Session, key: str, person_id: int, code: str, at: datetime) -> bool:
    """Use a code of a person's app or of their paper; say whether it was right."""
    return code_apps.accepts(session, key, person_id, code, at) or recovery_codes.accepts(session, person_id, code, at)


def first_codes(session: Session, *, by: Person) -> list[str]:
    """Return the recovery codes that come with the first factor; none when there are some."""
    return [] if recovery_codes.left(session, by.id) else recovery_codes.make(session, by=by)


def tidy(session: Session, *, by: Person) -> None:
    """Take the recovery codes away with the last factor."""
    session.flush()
    if not held(session, by.id):
        session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == by.id))


def rule(session: Session) -> FactorRule | None:
    """Return what the coordination decided last about who needs a second factor."""
    newest = select(FactorRule).order_by(FactorRule.id.desc()).limit(1)
    return session.scalar(newest.options(joinedload(FactorRule.made_by)))


def decide(session: Session, *, needed: bool, by: Person) -> None:
    """Decide whether those who vote need a second factor. Raises NotAllowed."""
    people.ensure_may(by, Act.manage_people)
    session.add(FactorRule(needed=needed, made_by_id=by.id, made_at=now()))
    session.flush()


def lacks(session: Session, person: Person) -> bool:
    """Say whether a person votes, the group asks a second factor of those who do, and they have none."""
    if not may(people.roles(person), Act.vote):
        return False
    needed = session.scalar(select(FactorRule.needed).order_by(FactorRule.id.desc()).limit(1))
    return bool(needed) and not held(session, person.id)


def who_has(session: Session) -> frozenset[int]:
    """Return who has a factor, by their ids."""
    apps = session.scalars(select(CodeApp.person_id).where(CodeApp.confirmed_at.is_not(None)))
    return frozenset([*apps, *session.scalars(select(Passkey.person_id))])


def forget(session: Session, person_id: int, *, by: Person) -> Person:
    """Take every factor of a person who lost theirs away, and close their sessions. Raises NotAllowed, NotFound."""
    people.ensure_may(by, Act.manage_people)
    person = people.get(session, person_id)
    erase(session, person, by=by.id)
    return person


def erase(session: Session, person: Person, *, by: int | None = None) -> None:
    """Do what `forget` does; `by` is nobody for whoever administers the installation."""
    for table in (CodeApp, Passkey, RecoveryCode):
        session.execute(delete(table).where(table.person_id == person.id))
    sign_ins.end_all(session, person)
    factor_changes.note(session, person.id, Kind.forgotten, by=by)
