"""Links that let in once: invitations to an account of one's own, and links to a new password.

The database keeps no token: it is signed with the installation's key over the link's number and a random nonce when the
link is mailed or shown. Who is given another link loses the one before.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnExpressionArgument, delete, exists, func, select, update
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import InvalidInput, NotFound
from reviewtool.group import Group
from reviewtool.models import Invitation, Notice, Person
from reviewtool.rules.permissions import Act, Role
from reviewtool.services import account_notices, identities, people

FOR_ACCOUNT: Final = timedelta(days=7)
FOR_PASSWORD: Final = timedelta(days=1)
ASKED_FOR: Final = timedelta(hours=1)  # on the sign-in page
_SALT: Final = "invitation"


@dataclass(frozen=True)
class Invitee:
    """Who is to be invited: address, name, code of the administration, roles."""

    email: str
    name: str
    administration: str
    roles: frozenset[Role]


@dataclass(frozen=True)
class Chosen:
    """What a person sets on opening a link; for a new password only that counts."""

    password: str
    name: str = ""
    language: str = "es"
    timezone: str = ""


# -- making ----------------------------------------------------------------------------------------------------------


def check(session: Session, group: Group, invitee: Invitee) -> None:
    """Refuse who cannot be invited. Raises InvalidInput of a field, and Conflict("email-taken")."""
    people.checked_name(invitee.name)
    if group.find_administration(invitee.administration) is None:
        raise InvalidInput("administration-unknown", field="administration", administration=invitee.administration[:40])
    if not invitee.roles:
        raise InvalidInput("role-unknown", field="role")
    people.free_address(session, invitee.email)


def invite(
    session: Session, group: Group, invitees: Iterable[Invitee], *, by: Person, mailed: bool
) -> list[Invitation]:
    """Invite people, all or none, by mail or for the coordination to pass on. Raises NotAllowed, and as `check`."""
    people.ensure_may(by, Act.manage_people)
    made = []
    for invitee in invitees:
        check(session, group, invitee)
        email = invitee.email.strip()
        _end(session, Invitation.for_account, func.lower(Invitation.email) == email.lower())
        link = Invitation(
            for_account=True,
            email=email,
            name=people.checked_name(invitee.name),
            administration=invitee.administration,
            roles=",".join(sorted(invitee.roles)),
            made_by_id=by.id,
        )
        _add(session, link, FOR_ACCOUNT)
        if mailed:
            account_notices.tell(session, account_notices.INVITED, None, by_id=by.id, link=link)
        made.append(link)
    session.flush()
    return made


def for_password(session: Session, person_id: int, *, by: Person, mailed: bool) -> Invitation:
    """Make the link by which a person sets a new password; they hear of it at once. Raises NotAllowed, NotFound."""
    people.ensure_may(by, Act.manage_people)
    person = people.get(session, person_id)
    if not person.active:
        raise InvalidInput("account-closed", field="person")
    end_of_person(session, person.id)
    link = _for(person.id, person.email, person.name, person.administration)
    link.made_by_id = by.id
    _add(session, link, FOR_PASSWORD)
    kind = account_notices.LINK_MAILED if mailed else account_notices.LINK_SHOWN
    account_notices.tell(session, kind, person.id, by_id=by.id, link=link)
    session.flush()
    return link


def ask(session: Session, email: str) -> None:
    """Make a link for whoever forgot their password; for an address that nobody has the same is written.

    The worker, which mails it, finds nobody to mail the latter to: neither answer nor time tells who has an account.
    """
    active = Person.active, func.lower(Person.email) == people.address_key(email)
    row = session.execute(select(Person.id, Person.email, Person.name, Person.administration).where(*active)).first()
    person_id, *known = row or (None, "", "", "")
    _forget_nobodys(session)
    link = _for(person_id, *known)
    _add(session, link, ASKED_FOR)
    account_notices.tell(session, account_notices.LINK_ASKED, person_id, link=link)
    session.flush()


def _forget_nobodys(session: Session) -> None:
    """Delete what was asked for addresses that nobody has, once the worker has looked at it."""
    nobodys = Invitation.person_id.is_(None), Invitation.for_account.is_(False)
    asked = select(Invitation.id).where(*nobodys)
    apart = {"synchronize_session": False}
    looked_at = Notice.invitation_id.in_(asked), Notice.settled_at.is_not(None)
    session.execute(delete(Notice).where(*looked_at), execution_options=apart)
    unsaid = ~exists().where(Notice.invitation_id == Invitation.id)
    session.execute(delete(Invitation).where(*nobodys, unsaid), execution_options=apart)


def _for(person_id: int | None, email: str, name: str, administration: str) -> Invitation:
    return Invitation(
        for_account=False, person_id=person_id, email=email, name=name, administration=administration, roles=""
    )


def _add(session: Session, link: Invitation, lasting: timedelta) -> None:
    link.nonce, link.made_at = secrets.token_hex(16), now()
    link.expires_at = link.made_at + lasting
    session.add(link)
    session.flush()


# -- ending ----------------------------------------------------------------------------------------------------------


def _end(session: Session, *which: ColumnExpressionArgument[bool]) -> None:
    session.execute(
        update(Invitation)
        .where(*which, Invitation.used_at.is_(None), Invitation.ended_at.is_(None))
        .values(ended_at=now())
    )


def end_of_person(session: Session, person_id: int) -> None:
    """Let no link of a person open anything any more."""
    _end(session, Invitation.person_id == person_id)


def withdraw(session: Session, invitation_id: int, *, by: Person) -> None:
    """Let a link open nothing any more. Raises NotAllowed, NotFound."""
    people.ensure_may(by, Act.manage_people)
    link = _open(session, invitation_id)
    link.ended_at = now()
    session.flush()


def show(session: Session, invitation_id: int, *, by: Person) -> Invitation:
    """Return a link of the coordination's to pass on, when its mail did not arrive; whose password it is hears of it.

    Raises NotAllowed, and NotFound also for what somebody asked for on the sign-in page: that is for them alone.
    """
    people.ensure_may(by, Act.manage_people)
    link = _open(session, invitation_id)
    if link.made_by_id is None:
        raise NotFound("link-over")
    if link.person_id is not None:
        account_notices.tell(session, account_notices.LINK_SHOWN, link.person_id, by_id=by.id, link=link)
    session.flush()
    return link


def _open(session: Session, invitation_id: int) -> Invitation:
    link = session.get(Invitation, invitation_id, with_for_update=True)
    if link is None or not link.is_open(now()):
        raise NotFound("link-over")
    return link


# -- opening ---------------------------------------------------------------------------------------------------------


def token(secret: str, link: Invitation) -> str:
    """Return what stands in a link's address."""
    return str(URLSafeSerializer(secret, salt=_SALT).dumps([link.id, link.nonce]))


def find(session: Session, secret: str, said: str, at: datetime) -> Invitation:
    """Return what a link opens. Raises NotFound("link-over"), the same for used, expired and invented ones."""
    try:
        number, nonce = URLSafeSerializer(secret, salt=_SALT).loads(said)
    except BadSignature as error:
        raise NotFound("link-over") from error
    found = session.get(Invitation, number)
    if found is None or found.nonce != nonce or not found.is_open(at):
        raise NotFound("link-over")
    return found


def accept(session: Session, group: Group, secret: str, said: str, chosen: Chosen) -> Person:
    """Use a link: make the account with what the person chose, or set their password.

    A new password closes the person's sessions and their other links, and they hear of it.
    Raises NotFound("link-over"), InvalidInput of a field, and Conflict("email-taken").
    """
    link = find(session, secret, said, now())
    session.refresh(link, with_for_update=True)
    if not link.is_open(now()):
        raise NotFound("link-over")
    person = _new(session, group, link, chosen) if link.for_account else _whose(session, link)
    people.set_password(person, chosen.password)
    link.used_at = now()
    session.flush()
    if not link.for_account:
        end_of_person(session, person.id)
        account_notices.tell(session, account_notices.LINK_USED, person.id, by_id=link.made_by_id, link=link)
    session.flush()
    return person


def accept_with_identity(
    session: Session, group: Group, invitation_id: int, chosen: Chosen, issuer: str, subject: str
) -> Person:
    """Use a link to an account whose person signs in at the provider instead of by a password.

    Raises NotFound("link-over"), InvalidInput of a field, Conflict("email-taken") and Conflict("identity-taken").
    """
    link = _open(session, invitation_id)
    if not link.for_account:
        raise NotFound("link-over")
    person = _new(session, group, link, chosen)
    identities.link(session, person, issuer, subject)
    link.used_at = now()
    session.flush()
    return person


def _new(session: Session, group: Group, link: Invitation, chosen: Chosen) -> Person:
    person = people.add(
        session,
        group,
        name=chosen.name,
        email=link.email,
        administration=link.administration,
        roles=[Role(role) for role in link.roles.split(",")],
    )
    people.choose(person, language=chosen.language, timezone=chosen.timezone)
    return person


def _whose(session: Session, link: Invitation) -> Person:
    person = people.find(session, link.person_id or 0)
    if person is None or not person.active:
        raise NotFound("link-over")
    return person
