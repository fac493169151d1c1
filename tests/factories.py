"""Makes rows for tests: people with their roles and seats, and the whole founding group.

Each function adds to the session and flushes; the test commits. Defaults are plain and believable; a test names only
what it is about.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewtool import clock
from reviewtool.group import Group as GroupFile
from reviewtool.models import Person, RoleTerm, RuleSet, Seat, SeatHolding
from reviewtool.rules import presets
from reviewtool.services import installations

ADMINISTRATIONS = {
    "AR": "Argentina",
    "BO": "Bolivia",
    "CL": "Chile",
    "CR": "Costa Rica",
    "DO": "República Dominicana",
    "EC": "Ecuador",
    "GT": "Guatemala",
    "NI": "Nicaragua",
    "PE": "Perú",
    "PY": "Paraguay",
    "UY": "Uruguay",
    "VE": "Venezuela",
}
MEMBERS = (  # name, administration, certified expert trainer
    ("Lucía Fernández", "AR", True),
    ("Martín Acosta", "AR", False),
    ("Wilma Choque", "BO", False),
    ("Ignacio Riquelme", "CL", True),
    ("Adriana Solano", "CR", False),
    ("Yokasta Peralta", "DO", False),
    ("Byron Cevallos", "EC", False),
    ("Xiomara Téllez", "NI", False),
    ("Rosa Quispe", "PE", True),
    ("Derlis Benítez", "PY", False),
    ("Gonzalo Silveira", "UY", True),
    ("Nohely Rondón", "VE", False),
)
OBSERVERS = ("Ixchel Cumes", "Otto Barrientos", "Karla Monzón", "Edgar Sical")

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Group:
    """The founding group's people: the unit is the member, so there are as many seats as members."""

    members: tuple[Person, ...]
    seats: tuple[Seat, ...]
    observers: tuple[Person, ...]
    coordinator: Person
    deputy: Person
    reader: Person


def make_installation(session: Session, group: GroupFile) -> RuleSet:
    """Make what `reviewtool init` writes: the installation's row and the group's first rule set."""
    rules = RuleSet(effective_on=long_ago(), rules=presets.from_group(group).to_json(), created_at=clock.now())
    session.add(rules)
    installations.create(session, demonstration=False)
    return rules


def long_ago() -> date:
    """Return the day on which made roles and seats begin, two years back."""
    return clock.now().date() - timedelta(days=730)


def make_person(
    session: Session,
    name: str = "Rosa Quispe",
    *roles: str,
    administration: str = "PE",
    seat: Seat | str | None = None,
    alternate: bool = False,
    deputy: bool = False,
    certified: bool = False,
    **columns: object,
) -> Person:
    """Add a person with roles; a member gets a seat, the one given or a new one. Further columns pass through."""
    number = next(_numbers)
    values: dict[str, object] = {
        "name": name,
        "email": f"persona{number}@example.org",
        "administration": administration,
        "certified_on": long_ago() if certified else None,
        "created_at": clock.now(),
    }
    person = Person(**values | columns)
    session.add(person)
    session.flush()
    for role in roles:
        make_term(session, person, role, deputy=deputy and role == "coordination")
    if "member" in roles:
        held = seat if isinstance(seat, Seat) else make_seat(session, administration, key=seat)
        make_holding(session, held, person, alternate=alternate)
    return person


def make_term(session: Session, person: Person, role: str, *, deputy: bool = False, **columns: object) -> RoleTerm:
    """Give a person a role, from two years back on unless other dates are given."""
    values: dict[str, object] = {"person_id": person.id, "role": role, "deputy": deputy, "starts_on": long_ago()}
    term = RoleTerm(**values | columns)
    session.add(term)
    session.flush()
    return term


def make_seat(session: Session, administration: str = "PE", *, key: str | None = None, **columns: object) -> Seat:
    """Add a voting seat; a second one of an administration gets a number."""
    country = ADMINISTRATIONS.get(administration, administration)
    taken = session.scalar(select(func.count()).select_from(Seat).where(Seat.administration == administration)) or 0
    suffix, shown = ("", "") if not taken else (f"-{taken + 1}", f" ({taken + 1})")
    values: dict[str, object] = {
        "key": key or f"{administration}{suffix}",
        "administration": administration,
        "label": f"{country}{shown}",
    }
    seat = Seat(**values | columns)
    session.add(seat)
    session.flush()
    return seat


def make_holding(
    session: Session, seat: Seat, person: Person, *, alternate: bool = False, **columns: object
) -> SeatHolding:
    """Let a person hold a seat, as titular or alternate, from two years back on unless other dates are given."""
    values: dict[str, object] = {
        "seat_id": seat.id,
        "person_id": person.id,
        "alternate": alternate,
        "starts_on": long_ago(),
    }
    holding = SeatHolding(**values | columns)
    session.add(holding)
    session.flush()
    return holding


def make_group(session: Session) -> Group:
    """Add the founding group: twelve members of eleven administrations, four observers, coordination, a reader."""
    members, seats = [], []
    for name, administration, certified in MEMBERS:
        seat = make_seat(session, administration)
        seats.append(seat)
        members.append(
            make_person(session, name, "member", administration=administration, seat=seat, certified=certified)
        )
    observers = [make_person(session, name, "observer", administration="GT") for name in OBSERVERS]
    return Group(
        members=tuple(members),
        seats=tuple(seats),
        observers=tuple(observers),
        coordinator=make_person(session, "Elena Marroquín", "coordination", administration=""),
        deputy=make_person(session, "Tomás Irigoyen", "coordination", administration="", deputy=True),
        reader=make_person(session, "Marisol Vega", "reader", administration=""),
    )
