"""People as Git names them: `Name <p17@RECORD_DOMAIN>`; real addresses only where the group asked for them."""

from __future__ import annotations

import re
from datetime import datetime

from reviewtool.gitstore.reading import Signature
from reviewtool.group import Group
from reviewtool.models import Person

ENGINE = "reviewtool"
_PERSON = re.compile(r"(?:^|<)p([1-9]\d*)@")


def address(group: Group, person: Person) -> str:
    """Return the address of a person in Git."""
    return person.email if group.record_addresses == "real" else f"p{person.id}@{group.record_domain}"


def of(group: Group, person: Person, at: datetime) -> Signature:
    """Return a person's signature at an instant."""
    return Signature(person.name, address(group, person), at)


def line(group: Group, person: Person) -> str:
    """Return `Name <address>` for a trailer."""
    return f"{person.name} <{address(group, person)}>"


def of_engine(group: Group, at: datetime) -> Signature:
    """Return the signature of the tool itself, which writes the record."""
    return Signature(group.name("es"), principal(group), at)


def principal(group: Group) -> str:
    """Return the address of the tool itself: to it belong the keys that sign what it writes."""
    return f"{ENGINE}@{group.record_domain}"


def person_id(address: str) -> int | None:
    """Return whose address in Git this is, alone or in «Name <address>»; None for a real one and for the tool's."""
    found = _PERSON.search(address)
    return int(found[1]) if found else None
