"""Who belongs to the demonstration: invented people, one known password. Called by `load`, and only there.

The services add them as an administrator would; what no service does yet (deputy, certified on) is set on the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.group import Group
from reviewtool.models import Notice, Person
from reviewtool.rules.permissions import Role
from reviewtool.services import people

PASSWORD = "demostracion-2026"  # noqa: S105  # known to everybody by design: it opens demonstrations only
DOMAIN = "demo.example"
READ_AFTER = timedelta(hours=2)


@dataclass(frozen=True)
class Invented:
    """A person of the demonstration. `certified` is how many years they have been certified expert trainers."""

    key: str
    name: str
    administration: str
    role: Role
    certified: int = 0
    deputy: bool = False
    language: str = "es"

    @property
    def email(self) -> str:
        """Return the address: given name and first surname without accents."""
        return f"{self.key}@{DOMAIN}"


EVERYBODY = (
    Invented("lucia.fernandez", "Lucía Fernández", "AR", Role.member, certified=6),
    Invented("martin.acosta", "Martín Acosta", "AR", Role.member),
    Invented("wilma.choque", "Wilma Choque", "BO", Role.member),
    Invented("ignacio.riquelme", "Ignacio Riquelme", "CL", Role.member, certified=4),
    Invented("adriana.solano", "Adriana Solano", "CR", Role.member),
    Invented("yokasta.peralta", "Yokasta Peralta", "DO", Role.member),
    Invented("byron.cevallos", "Byron Cevallos", "EC", Role.member),
    Invented("xiomara.tellez", "Xiomara Téllez", "NI", Role.member),
    Invented("derlis.benitez", "Derlis Benítez", "PY", Role.member),
    Invented("rosa.quispe", "Rosa Quispe", "PE", Role.member, certified=8),
    Invented("gonzalo.silveira", "Gonzalo Silveira", "UY", Role.member, certified=3),
    Invented("nohely.rondon", "Nohely Rondón", "VE", Role.member),
    Invented("ixchel.cumes", "Ixchel Cumes", "GT", Role.observer),
    Invented("otto.barrientos", "Otto Barrientos", "GT", Role.observer),
    Invented("karla.monzon", "Karla Monzón", "GT", Role.observer),
    Invented("edgar.sical", "Edgar Sical", "GT", Role.observer),
    Invented("elena.marroquin", "Elena Marroquín", "CR", Role.coordination),
    Invented("tomas.irigoyen", "Tomás Irigoyen", "UY", Role.coordination, deputy=True),
    Invented("marisol.vega", "Marisol Vega", "ORFC", Role.reader),
)
SHOWN = (  # one account of each kind, as `make run` prints them
    ("rosa.quispe", "member (Peru)"),
    ("gonzalo.silveira", "member (Uruguay)"),
    ("ixchel.cumes", "observer (Guatemala)"),
    ("elena.marroquin", "coordination"),
    ("tomas.irigoyen", "deputy coordination"),
    ("marisol.vega", "reader (Regional Office)"),
)


def add_all(session: Session, group: Group) -> dict[str, int]:
    """Add everybody with roles, seats and the known password; return their ids by key."""
    added = {invented.key: _add(session, group, invented) for invented in EVERYBODY}
    first, *others = added.values()
    people.set_password(first, PASSWORD)
    for person in others:  # one hash for all: a salt hides nothing of a password that is printed, and each costs 0.1 s
        person.password_hash = first.password_hash
    session.flush()
    return {key: person.id for key, person in added.items()}


def _add(session: Session, group: Group, invented: Invented) -> Person:
    person = people.add(
        session,
        group,
        name=invented.name,
        email=invented.email,
        administration=invented.administration,
        roles=[invented.role],
        language=invented.language,
    )
    if invented.certified:
        person.certified_on = _years_ago(invented.certified)
    for term in person.terms:
        term.deputy = invented.deputy
    session.flush()
    return person


def _years_ago(years: int) -> date:
    return now().date() - timedelta(days=365 * years + 41)


def read_notices(session: Session, *, until: datetime) -> None:
    """Take everybody's notices as read some hours after they came, up to an instant: a mailbox in use is not full."""
    for notice in session.scalars(select(Notice).where(Notice.created_at < until)):
        notice.read_at = notice.created_at + READ_AFTER


def account_lines() -> list[str]:
    """Return what `make run` prints of the accounts: one of each kind, and the password of all."""
    width = max(len(f"{key}@{DOMAIN}") for key, _ in SHOWN)
    lines = [f"{key + '@' + DOMAIN:<{width}}  {role}" for key, role in SHOWN]
    return [*lines, f"Password of all {len(EVERYBODY)} accounts: {PASSWORD}"]
