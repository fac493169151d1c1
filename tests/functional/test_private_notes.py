"""The private note of a delegation: who holds its seat reads and writes it, nobody else, and no record has it."""

from __future__ import annotations

import pytest

from reviewtool.models import PrivateNote, SeatHolding
from reviewtool.services import people, recording, threads, withdrawals
from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.objects import reached
from tests.support.words import said

NOTE = "Instrucción: no apoyar sin la nota al pie"


@pytest.fixture
def number(workshop, group):
    return journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")


@pytest.fixture
def alternate(workshop, group):
    """Return the second member, who from now on is also the alternate of the first one's seat alone."""
    with workshop.database.write() as session:
        other = people.get(session, group.members[1].id)
        (held,) = other.holdings
        session.delete(held)
        session.add(
            SeatHolding(seat_id=group.seats[0].id, person_id=other.id, alternate=True, starts_on=held.starts_on)
        )
    with workshop.database.read() as session:
        return people.get(session, group.members[1].id)


def test_a_note_is_read_by_the_titular_and_the_alternate_only(sign_in, workshop, group, number, alternate):
    page, form = f"/propuestas/{number}", f"/propuestas/{number}/nota"
    titular = sign_in(group.members[0])
    assert "Escribir una nota" in titular.get(page).text
    done = titular.post(form, data={"seen": "0", "body": f"  {NOTE}  "})
    assert (done.status_code, done.location) == (303, f"{page}#note")
    assert NOTE in said(titular.get(page))
    assert NOTE in said(sign_in(alternate).get(page))
    for other in (group.members[4], group.coordinator, group.observers[0], group.reader):
        assert NOTE not in sign_in(other).get(page).text
    assert sign_in(group.members[4]).get(form).status_code == 200
    assert NOTE not in sign_in(group.members[4]).get(form).text
    for other in (group.coordinator, group.observers[0], group.reader):
        assert sign_in(other).get(form).status_code == 403


def test_of_two_who_write_at_once_the_second_sees_both(sign_in, workshop, group, number, alternate):
    form = f"/propuestas/{number}/nota"
    sign_in(group.members[0]).post(form, data={"seen": "0", "body": NOTE})
    client = sign_in(alternate)
    lost = client.post(form, data={"seen": "0", "body": "Otra cosa"})
    assert lost.status_code == 409
    text = said(lost)
    assert "Alguien de su puesto cambió la nota mientras usted la escribía." in text
    assert NOTE in text
    assert "Otra cosa" in text
    assert client.post(form, data={"seen": "1", "body": "Otra cosa"}).status_code == 303
    assert client.post(form, data={"seen": "2", "body": "x" * 20_001}).status_code == 400
    assert client.post(form, data={"seen": "2", "body": "  "}).status_code == 303
    with workshop.database.read() as session:
        assert session.query(PrivateNote).count() == 0
    assert client.post("/propuestas/99/nota", data={"seen": "0", "body": NOTE}).status_code == 404


def test_no_record_has_it_and_a_withdrawal_takes_its_words_out(sign_in, workshop, group, number):
    sign_in(group.members[0]).post(f"/propuestas/{number}/nota", data={"seen": "0", "body": f"Dice: {NOTE}"})
    with workshop.database.write() as session:
        by = people.get(session, group.members[1].id)
        threads.comment(session, workshop, number, threads.Place(1), threads.Message(NOTE), by=by)
    recording.record(workshop, number)
    assert b"Dice: " not in reached(workshop.store)
    withdrawals.withdraw(workshop, "comment", 1, ground="Artículo 10", by_id=group.coordinator.id)
    with workshop.database.read() as session:
        assert NOTE not in session.query(PrivateNote).one().body
