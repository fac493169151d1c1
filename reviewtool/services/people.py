"""People: finding them, adding them, their roles and seats on a day, signing in."""

from __future__ import annotations

from collections.abc import Collection, Container
from datetime import date, datetime, timedelta
from zoneinfo import available_timezones

from sqlalchemy import Select, bindparam, event, func, inspect, select, update
from sqlalchemy.orm import InstanceState, Session, joinedload, selectinload

from reviewtool.clock import now
from reviewtool.errors import Conflict, InvalidInput, NotAllowed, NotFound
from reviewtool.group import Group
from reviewtool.i18n import LANGUAGES
from reviewtool.models import (
    Edition,
    Installation,
    Person,
    RoleTerm,
    RuleSet,
    Seat,
    SeatHolding,
    Withdrawal,
    WorkingCalendar,
)
from reviewtool.rules.permissions import Act, Role, may
from reviewtool.services import passwords

VISIT = timedelta(hours=2)  # a longer silence begins a new visit


# What people are to each other and may do, as one number: whatever is remembered of a page with names on it is
# remembered under it, and an act that finds another number reads its person anew.
VERSION = select(Installation.people_version).limit(1).scalar_subquery()
_VERSION = select(VERSION)
_COUNTED = ("name", "administration", "active", "certified_on", "certified_until", "session_version")


@event.listens_for(Session, "before_flush")
def _count_changes(session: Session, *_rest: object) -> None:
    """Raise the installation's `people_version` with every change that the group's record tells, whoever makes it."""
    if any(_is_counted(row) for rows in (session.new, session.dirty, session.deleted) for row in rows):
        session.execute(update(Installation).values(people_version=Installation.people_version + 1))


def _is_counted(row: object) -> bool:
    if isinstance(row, Person):
        state: InstanceState[Person] = inspect(row)
        return not state.persistent or any(state.attrs[name].history.has_changes() for name in _COUNTED)
    return isinstance(row, (RoleTerm, Seat, SeatHolding, RuleSet, WorkingCalendar, Edition, Withdrawal))


def get(session: Session, person_id: int) -> Person:
    """Return a person with roles and seats loaded; raises NotFound."""
    found = find(session, person_id)
    if found is None:
        raise NotFound("person-unknown")
    return found


def find(session: Session, person_id: int) -> Person | None:
    """Return a person with roles and seats loaded, or None."""
    return read(session, person_id)[0]


def read(session: Session, person_id: int) -> tuple[Person | None, int]:
    """Return a person as `find` does, and the `people_version` under which they were read."""
    found = session.execute(_ONE, {"id": person_id}).unique().one_or_none()
    return (found[0], found[1] or 0) if found else (None, 0)


def acting(session: Session, person: Person, known: int) -> Person:
    """Return a person of another session in this one, as `get` does; not asked for again while nobody changed.

    `known` is the `people_version` under which they were read. Raises NotFound.
    """
    unchanged = session.scalar(_VERSION) == known
    return session.merge(person, load=False) if unchanged else get(session, person.id)


def find_by_email(session: Session, email: str) -> Person | None:
    """Return who has this address, upper and lower case alike."""
    return session.scalar(_complete().where(func.lower(Person.email) == address_key(email)))


def address_key(email: str) -> str:
    """Return an address as it is looked for; PostgreSQL takes no zero byte, whatever somebody types."""
    return email.replace("\x00", "").strip().lower()


def everybody(session: Session) -> list[Person]:
    """Return all people by name, with roles and seats."""
    return list(session.scalars(_complete().order_by(Person.name)))


def taking_part(session: Session) -> list[int]:
    """Return who takes part in the discussion: active people whose role reads it."""
    active = (each for each in everybody(session) if each.active)
    return [each.id for each in active if may(roles(each), Act.read_discussion)]


# Asked at the beginning of every request and act: one statement, made once.
_ONE = (
    select(Person, VERSION)
    .options(joinedload(Person.terms), joinedload(Person.holdings).joinedload(SeatHolding.seat))
    .where(Person.id == bindparam("id"))
)


def _complete() -> Select[Person]:
    return select(Person).options(
        selectinload(Person.terms), selectinload(Person.holdings).joinedload(SeatHolding.seat)
    )


def roles(person: Person, on: date | None = None) -> frozenset[Role]:
    """Return the roles a person has on a day (today); an account out of use has none."""
    if not person.active:
        return frozenset()
    return frozenset(Role(term.role) for term in person.terms if holds(term, on))


def is_deputy(person: Person) -> bool:
    """Say whether all of the person's present terms in the coordination are as deputy."""
    terms = [term for term in person.terms if term.role == Role.coordination and holds(term, None)]
    return bool(terms) and all(term.deputy for term in terms)


def is_certified(person: Person, on: date | None = None) -> bool:
    """Say whether the person is a certified expert trainer on a day (today)."""
    day = on or now().date()
    since, until = person.certified_on, person.certified_until
    return since is not None and since <= day and (until is None or day <= until)


def seat_of(person: Person, on: date | None = None) -> Seat | None:
    """Return the seat a member holds on a day, as titular before alternate; None without one."""
    if Role.member not in roles(person, on):
        return None
    held = sorted((holding for holding in person.holdings if holds(holding, on)), key=lambda h: h.alternate)
    return held[0].seat if held else None


def holds_as_alternate(person: Person, seat: Seat) -> bool:
    """Say whether the person holds the seat today only as its alternate."""
    held = [holding for holding in person.holdings if holding.seat_id == seat.id and holds(holding, None)]
    return bool(held) and all(holding.alternate for holding in held)


def holds(term: RoleTerm | SeatHolding, on: date | None) -> bool:
    """Say whether a role or a seat is held on a day (today)."""
    day = on or now().date()
    return term.starts_on <= day and (term.ends_on is None or day <= term.ends_on)


def ensure_may(person: Person, act: Act, group: Group | None = None) -> None:
    """Raise NotAllowed unless one of the person's roles allows the act."""
    discussion = group.readers_see_discussion if group else False
    if not may(roles(person), act, readers_see_discussion=discussion):
        raise NotAllowed("not-allowed", act=act.value)


def coordination(session: Session) -> list[int]:
    """Return who coordinates the group today."""
    terms = session.scalars(select(RoleTerm).where(RoleTerm.role == Role.coordination))
    return [term.person_id for term in terms if holds(term, None)]


def seats(session: Session) -> list[Seat]:
    """Return the seats in use by label, with who holds them."""
    return list(
        session.scalars(
            select(Seat)
            .where(Seat.active)
            .options(selectinload(Seat.holdings).joinedload(SeatHolding.person))
            .order_by(Seat.label)
        )
    )


def holders(seat: Seat) -> list[int]:
    """Return who holds the seat today, the alternate included."""
    return [holding.person_id for holding in seat.holdings if holds(holding, None)]


def titular(seat: Seat) -> Person | None:
    """Return who holds the seat today, the titular before the alternate."""
    held = sorted((holding for holding in seat.holdings if holds(holding, None)), key=lambda h: h.alternate)
    return held[0].person if held else None


def called(seat: Seat, away: Container[int]) -> Person | None:
    """Return who is called to act for the seat: its titular, or the alternate in the place of one who is away.

    An account out of use is called to nothing; where all are away, the titular is called.
    """
    held = [each for each in seat.holdings if holds(each, None) and each.person.active]
    held.sort(key=lambda each: (each.person_id in away, each.alternate))
    return held[0].person if held else None


def add(
    session: Session,
    group: Group,
    *,
    name: str,
    email: str,
    administration: str,
    roles: Collection[Role],
    language: str = "es",
) -> Person:
    """Add a person with roles from today; a member gets a seat. Raises InvalidInput, Conflict("email-taken")."""
    name = checked_name(name)
    place = group.find_administration(administration)
    if place is None:
        raise InvalidInput("administration-unknown", field="administration", administration=administration)
    email = free_address(session, email)
    person = Person(
        name=name, email=email, administration=place.code, language=language, timezone=place.zone, created_at=now()
    )
    session.add(person)
    session.flush()
    for role in roles:
        session.add(RoleTerm(person_id=person.id, role=role, starts_on=now().date()))
    if Role.member in roles:
        seat = new_seat(session, place.code, place.name("es"))
        session.add(SeatHolding(seat_id=seat.id, person_id=person.id, starts_on=now().date()))
    session.flush()
    session.expire(person)
    return get(session, person.id)


def new_seat(session: Session, code: str, label: str) -> Seat:
    """Make another seat for an administration, numbered from the second on."""
    count = session.scalar(select(func.count()).select_from(Seat).where(Seat.administration == code)) or 0
    seat = Seat(
        key=code if count == 0 else f"{code}-{count + 1}",
        administration=code,
        label=label if count == 0 else f"{label} ({count + 1})",
    )
    session.add(seat)
    session.flush()
    return seat


def set_address(session: Session, person: Person, email: str) -> None:
    """Give a person another e-mail address; raises InvalidInput, Conflict("email-taken")."""
    if email.strip().lower() != person.email.lower():
        person.email = free_address(session, email)


def checked_name(name: str) -> str:
    """Return a name with single blanks; raises InvalidInput("name-bad")."""
    name = " ".join(name.split())
    if not name or len(name) > 200 or any(not character.isprintable() or character in "<>" for character in name):
        raise InvalidInput("name-bad", field="name")
    return name


def free_address(session: Session, email: str) -> str:
    """Return an address that nobody has yet; raises InvalidInput("email-bad"), Conflict("email-taken")."""
    email = email.strip()
    if email.count("@") != 1 or " " in email or not email.isprintable() or len(email) > 320:
        raise InvalidInput("email-bad", field="email")
    if find_by_email(session, email):
        raise Conflict("email-taken", email=email)
    return email


def set_password(person: Person, password: str) -> None:
    """Store the hash of a new password and sign the person out everywhere; raises InvalidInput for a bad one."""
    passwords.ensure_good(password, (person.name, person.email))
    person.password_hash = passwords.hashed(password)
    person.session_version += 1


def authenticate(session: Session, email: str, password: str) -> Person | None:
    """Return who has this address and password, or None; an unknown address costs the same time."""
    person = find_by_email(session, email)
    right = passwords.matches(person.password_hash if person else None, password)
    return person if person and person.active and right else None


def strengthen(person: Person, password: str) -> None:
    """Store a right password anew when its hash was made with weaker parameters than today's."""
    if person.password_hash and passwords.is_outdated(person.password_hash):
        person.password_hash = passwords.hashed(password)


def note_visit(person: Person, at: datetime) -> None:
    """Remember when this visit began, and the one before it; call it inside a writing transaction."""
    if person.seen_at is None or at - person.seen_at > VISIT:
        person.previous_seen_at = person.seen_at
        person.seen_at = at


def is_new_visit(person: Person, at: datetime) -> bool:
    """Say whether `note_visit` would change anything now."""
    return person.seen_at is None or at - person.seen_at > VISIT


def choose(person: Person, *, language: str, timezone: str) -> None:
    """Set the language and the time zone a person reads in; raises InvalidInput for unknown ones."""
    ensure_choice(language, timezone)
    person.language, person.timezone = language, timezone


def ensure_choice(language: str, timezone: str) -> None:
    """Refuse a language or a time zone that is none; raises InvalidInput of the field."""
    if language not in LANGUAGES:
        raise InvalidInput("language-unknown", field="language")
    if timezone not in available_timezones():
        raise InvalidInput("timezone-unknown", field="timezone")
