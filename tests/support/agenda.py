"""Proposals at every step of the way, for the pages that list them: open to comments, to votes, approved, stuck."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import event

from reviewtool import clock
from reviewtool.models import RuleSet
from reviewtool.rules import presets
from reviewtool.services import ballots, objections, people, proposals, rulesets, threads
from reviewtool.services.drafts import Meta
from tests import factories
from tests.support import journey
from tests.support.materials import INTRODUCTION

if TYPE_CHECKING:
    from reviewtool.db import Database
    from reviewtool.models import Person
    from reviewtool.services.workshop import Workshop
    from tests.factories import Group

OLD = "precio realmente"


def loaded_group(database: Database) -> Group:
    """Add the founding group and return it with roles and seats loaded, as services want people."""
    with database.write() as session:
        made = factories.make_group(session)
    with database.read() as session:
        return factories.Group(
            tuple(people.get(session, member.id) for member in made.members),
            made.seats,
            tuple(people.get(session, observer.id) for observer in made.observers),
            *(people.get(session, person.id) for person in (made.coordinator, made.deputy, made.reader)),
        )


def propose(workshop: Workshop, by: Person, title: str, new: str = "precio efectivamente") -> int:
    """Submit a proposal with a title of its own; all of them change the same words."""
    return journey.propose(workshop, by, INTRODUCTION, OLD, new, Meta(title=title, reason="Falta precisión."))


def comment(
    workshop: Workshop, number: int, by: Person, body: str, *, quote: str = "", suggestion: str | None = None
) -> int:
    """Begin a conversation on a proposal; return its id."""
    place = threads.Place(1, INTRODUCTION if quote else None, quote)
    with workshop.database.write() as session:
        writer = people.get(session, by.id)
        return threads.comment(session, workshop, number, place, threads.Message(body, suggestion), by=writer).id


def in_ballot(workshop: Workshop, group: Group, author: Person, title: str) -> int:
    """Submit a proposal and open its ballot, with two votes and a formal objection in it."""
    number = propose(workshop, author, title)
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[5])
    journey.vote(workshop, number, group.members[6], "against", "Debilita el vínculo")
    with workshop.database.write() as session:
        objections.raise_one(session, number, by=people.get(session, group.members[6].id), reason="Debilita el vínculo")
    return number


def approved(workshop: Workshop, group: Group, author: Person, title: str, new: str = "precio efectivamente") -> int:
    """Submit a proposal that the group approves at once; other open ballots stay open."""
    number = propose(workshop, author, title, new)
    journey.open_ballot(workshop, number, group.coordinator)
    for member in [each for each in group.members if each.id != author.id][:8]:
        journey.vote(workshop, number, member)
    with workshop.database.write() as session:
        ballot = proposals.open_ballot(session, number)
        assert ballot is not None
        ballots.decide(session, proposals.lock(session, number), ballot, at=clock.now(), by=None)
    return number


def set_rules(workshop: Workshop, **changes: object) -> None:
    """Put another rule set into force today."""
    with workshop.database.write() as session:
        present = rulesets.in_force(session, workshop.group)
        changed = presets.RuleSet(replace(present.rules, **changes), present.documents)
        day = rulesets.today(workshop.group)
        session.add(RuleSet(effective_on=day, rules=changed.to_json(), created_at=clock.now()))


def some_of_each(workshop: Workshop, group: Group, times: int) -> None:
    """Make proposals in consultation with talk and without, in ballot, in silence and approved: six, so many times."""
    author, member = group.members[0], group.members[1]
    for turn in range(times):
        talked = propose(workshop, author, f"En consulta {turn}")
        comment(workshop, talked, member, f"@{author.name} ¿y el plazo?")
        comment(workshop, talked, group.observers[0], "Mejor así", quote="precio efectivamente", suggestion="el precio")
        in_ballot(workshop, group, group.members[2], f"En votación {turn}")
        in_ballot(workshop, group, author, f"En votación, propia {turn}")
        silent = propose(workshop, group.members[3], f"En silencio {turn}")
        journey.open_ballot(workshop, silent, group.coordinator, preset="silencio")
        propose(workshop, group.members[4], f"En consulta sin comentarios {turn}")
        approved(workshop, group, author, f"Aprobada {turn}")


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Collect the statements that a block sends to the database."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
