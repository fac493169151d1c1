"""What reached the coordination otherwise and is entered in somebody's name: shown so, told at once, in the record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewtool import clock
from reviewtool.db import Database
from reviewtool.errors import AlreadyDecided, InvalidInput, NotAllowed, NotFound
from reviewtool.models import Notice, Objection
from reviewtool.services import notices, objections, people, rebuilding, recording, revisions
from reviewtool.services.receiving import Received
from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.words import said

NOTE = {"channel": "note", "received_on": "2026-06-05", "reference": "N.º 114"}
LIFTING = NOTE | {"reason": "La versión 2 lo resuelve"}


@pytest.fixture
def number(workshop, group) -> int:
    return journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")


@pytest.fixture
def objection(workshop, group, number) -> int:
    """Chile's open objection."""
    with workshop.database.write() as session:
        by = people.get(session, group.members[3].id)
        return objections.raise_one(session, number, by=by, reason="Debilita el vínculo").id


def lift(workshop, number, objection, by, channel="note", on=None, reference="N.º 114"):
    received = Received(channel, on or clock.now().date(), reference)
    with workshop.database.write() as session:
        by = people.get(session, by.id)
        objections.register_lifting(session, number, objection, by=by, reason="Ya no hace falta", received=received)


def told(workshop, person, kind="registered"):
    with workshop.database.read() as session:
        return [each.act for each in notices.unread(session, person.id, (kind,))]


def record_and_rebuild(workshop, template, folder):
    """Bring the record up to date, prove it, and return the installation that it alone gives."""
    recording.record_group(workshop)
    recording.catch_up(workshop)
    assert journey.findings(workshop) == ()
    path = folder / "empty.sqlite"
    path.write_bytes(template.read_bytes())
    again = replace(workshop, database=Database(f"sqlite:///{path}"))
    rebuilding.rebuild(again)
    assert journey.findings(again) == ()
    return again


# The lifting of a formal objection


def test_a_lifting_that_came_by_note_is_entered_shown_and_told(sign_in, workshop, group, number, objection):
    page = f"/propuestas/{number}/objeciones/{objection}/registrar"
    coordination, member = sign_in(group.coordinator), sign_in(group.members[3])
    assert page in coordination.get(f"/propuestas/{number}").text
    assert page not in member.get(f"/propuestas/{number}").text
    assert "Debilita el vínculo" in said(coordination.get(page))
    done = coordination.post(page, data=LIFTING)
    assert (done.status_code, done.location) == (303, f"/propuestas/{number}#objections")
    shown = said(sign_in(group.members[5]).get(f"/propuestas/{number}"))
    assert (
        "La versión 2 lo resuelve Registrado por la coordinación según oficio N.º 114 del 5 de junio de 2026" in shown
    )
    assert "Registró el retiro de la objeción formal de Chile según oficio N.º 114" in said(member.get("/registro"))
    with workshop.database.read() as session:
        lifted = session.get_one(Objection, objection)
        assert lifted.lifted_by_id == group.members[3].id
    assert told(workshop, group.members[3]) == ["objection_lifted"]
    assert f"{group.coordinator.name} registró el retiro de su objeción formal" in said(member.get("/"))
    assert "Ignacio Riquelme retiró su objeción formal" in said(sign_in(group.members[0]).get("/"))


def test_the_alternate_is_told_too(database, workshop, group, number, objection):
    with database.write() as session:
        from tests import factories

        seat = session.merge(group.seats[3])
        alternate = factories.make_person(session, "Paulina Araya", "member", seat=seat, alternate=True).id
    lift(workshop, number, objection, group.coordinator)
    with database.read() as session:
        assert session.query(Notice).filter_by(person_id=alternate, kind="registered").count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reference": " "}, "Escriba el número o la referencia de lo recibido."),
        ({"channel": "telephone"}, "Elija cómo se recibió."),
        ({"received_on": "ayer"}, "Escriba una fecha"),
        ({"received_on": "2999-01-01"}, "no puede estar en el futuro"),
        ({"reason": "x" * 5_001}, "5000"),
    ],
)
def test_a_lifting_that_is_refused_keeps_what_was_typed(sign_in, group, number, objection, wrong, sentence):
    page = f"/propuestas/{number}/objeciones/{objection}/registrar"
    typed = LIFTING | wrong
    refused = sign_in(group.coordinator).post(page, data=typed)
    assert refused.status_code == 400
    assert sentence in said(refused)
    assert typed["reason"] in refused.text
    assert typed["reference"].strip() in refused.text


def test_a_lifting_is_entered_once_by_the_coordination_alone(sign_in, workshop, group, number, objection):
    with pytest.raises(NotAllowed):
        lift(workshop, number, objection, group.members[1])
    with pytest.raises(InvalidInput, match="channel-unknown"):
        lift(workshop, number, objection, group.coordinator, channel="telephone")
    with pytest.raises(NotFound):
        lift(workshop, number, 99, group.coordinator)
    lift(workshop, number, objection, group.coordinator)
    with pytest.raises(AlreadyDecided, match="objection-lifted"):
        lift(workshop, number, objection, group.coordinator)
    page = f"/propuestas/{number}/objeciones/{objection}/registrar"
    again = sign_in(group.coordinator).post(page, data=LIFTING)
    assert again.status_code == 409
    assert "La objeción ya fue retirada." in said(again)
    assert LIFTING["reason"] in said(again)
    assert "<textarea" not in again.text


def test_a_registered_lifting_is_in_the_minutes_and_comes_back(
    workshop, group, number, objection, sqlite_template, tmp_path
):
    lift(workshop, number, objection, group.coordinator)
    again = record_and_rebuild(workshop, sqlite_template, tmp_path)
    minutes = revisions.text_at(workshop, f"refs/reviews/{number}", "record.md").decode()
    assert "Ya no hace falta Registrado por la coordinación según oficio N.º 114 del " in minutes
    with again.database.read() as session:
        assert objections.registered_liftings(session, number)[objection].reference == "N.º 114"
    again.database.dispose()
