"""What reached the coordination otherwise and is entered in somebody's name: shown so, told at once, in the record."""

from __future__ import annotations

import pytest

from reviewtool import clock
from reviewtool.errors import AlreadyDecided, InvalidInput, NotAllowed, NotFound
from reviewtool.models import Notice, Objection
from reviewtool.services import notices, objections, people, recording, registering, revisions, threads
from reviewtool.services.receiving import Received
from reviewtool.services.threads import Message, Place
from tests import factories
from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.rebuilt import rebuilt
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
        seat = session.merge(group.seats[3])
        alternate = factories.make_person(session, "Paulina Araya", "member", seat=seat, alternate=True).id
    lift(workshop, number, objection, group.coordinator)
    with database.read() as session:
        assert session.query(Notice).filter_by(person_id=alternate, kind="registered").count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reference": " "}, "Escriba el número o la referencia de lo recibido."),
        ({"channel": "paloma"}, "Elija cómo se recibió."),
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
        lift(workshop, number, objection, group.coordinator, channel="paloma")
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
    again = rebuilt(workshop, sqlite_template, tmp_path)
    minutes = revisions.text_at(workshop, f"refs/reviews/{number}", "record.md").decode()
    assert "Ya no hace falta Registrado por la coordinación según oficio N.º 114 del " in minutes
    with again.database.read() as session:
        assert objections.registered_liftings(session, number)[objection].reference == "N.º 114"
    again.database.dispose()


def test_a_lifting_by_telephone_waits_until_its_seat_confirms_it(sign_in, workshop, group, number, objection):
    coordination, member = sign_in(group.coordinator), sign_in(group.members[3])
    register = f"/propuestas/{number}/objeciones/{objection}/registrar"
    done = coordination.post(register, data=LIFTING | {"channel": "telephone"}, follow_redirects=True)
    assert "La objeción sigue abierta hasta que confirme el retiro." in said(done)
    assert (
        "Retiro por confirmar. Registrado por la coordinación según teléfono N.º 114 del 5 de junio de 2026. "
        "Sigue abierta hasta que quien ocupa el puesto confirme el retiro." in said(done)
    )
    with workshop.database.read() as session:
        assert session.get_one(Objection, objection).lifted_at is None
    assert f"{group.coordinator.name} registró por teléfono el retiro de su objeción formal" in said(member.get("/"))
    assert "Registró que se retira la objeción formal de Chile" in said(member.get("/registro"))
    assert "Confirmar el retiro" in said(member.get(f"/propuestas/{number}"))
    assert "Confirmar el retiro" not in said(coordination.get(f"/propuestas/{number}"))
    confirm = f"/propuestas/{number}/objeciones/{objection}/retirar"
    assert LIFTING["reason"] in member.get(confirm).text
    assert coordination.post(confirm, data={"reason": ""}).status_code == 403
    assert member.post(confirm, data={"reason": LIFTING["reason"]}).status_code == 303
    shown = said(member.get(f"/propuestas/{number}"))
    assert "La versión 2 lo resuelve" in shown
    assert "Retiro por confirmar" not in shown
    assert "según teléfono" not in shown


def test_a_lifting_by_telephone_is_in_the_minutes_comes_back_and_gives_way_to_a_note(
    workshop, group, number, objection, sqlite_template, tmp_path
):
    lift(workshop, number, objection, group.coordinator, channel="telephone", reference="Llamada")
    again = rebuilt(workshop, sqlite_template, tmp_path)
    minutes = revisions.text_at(workshop, f"refs/reviews/{number}", "record.md").decode()
    assert "Sigue abierta. Retiro por confirmar. Registrado por la coordinación según teléfono Llamada del" in minutes
    with again.database.read() as session:
        assert session.get_one(Objection, objection).lifted_at is None
        assert objections.registered_liftings(session, number)[objection].reference == "Llamada"
    again.database.dispose()
    lift(workshop, number, objection, group.coordinator)
    with workshop.database.read() as session:
        assert session.get_one(Objection, objection).lifted_at is not None
        assert objections.registered_liftings(session, number)[objection].reference == "N.º 114"


# A comment


def comment(workshop, number, person, by, body="El plazo es corto", token=None, **changed):
    received = Received(changed.pop("channel", "e-mail"), clock.now().date(), changed.pop("reference", "Correo 7"))
    place, message = Place(1, changed.pop("path", None)), Message(body, token=token)
    with workshop.database.write() as session:
        by = people.get(session, by.id)
        return registering.comment(session, number, person.id, place, message, by=by, received=received).id


def test_a_comment_that_came_by_note_is_its_senders_and_says_who_entered_it(sign_in, workshop, group, number):
    page = f"/propuestas/{number}/comentarios/registrar"
    coordination, observer = sign_in(group.coordinator), sign_in(group.observers[0])
    assert f'href="{page}"' in coordination.get(f"/propuestas/{number}").text
    assert f'href="{page}"' not in observer.get(f"/propuestas/{number}").text
    form = coordination.get(page)
    assert "Ixchel Cumes, Observador/a, Guatemala" in said(form)
    typed = NOTE | {"version": "1", "person": str(group.observers[0].id), "path": INTRODUCTION, "form_token": "uno"}
    for _press in range(2):
        done = coordination.post(page, data=typed | {"body": "El plazo es corto"})
        assert (done.status_code, done.location) == (303, f"/propuestas/{number}#thread-1")
    shown = said(sign_in(group.members[5]).get(f"/propuestas/{number}"))
    assert shown.count("Registrado por la coordinación según oficio N.º 114 del 5 de junio de 2026") == 1
    assert "Ixchel Cumes Observador/a, Guatemala" in shown
    log = said(observer.get("/registro"))
    assert "Registró un comentario de Ixchel Cumes según oficio N.º 114" in log
    assert told(workshop, group.observers[0]) == ["comment_registered"]
    assert f"{group.coordinator.name} registró su comentario sobre" in said(observer.get("/"))
    assert "Ixchel Cumes comenta su propuesta" in said(sign_in(group.members[0]).get("/"))


def test_its_sender_may_edit_it_and_the_coordination_may_not(sign_in, workshop, group, number):
    thread = comment(workshop, number, group.members[2], group.coordinator)
    with workshop.database.read() as session:
        said_first = threads.get(session, thread).comments[0]
    edit = f"/comentarios/mensajes/{said_first.id}/editar"
    typed = {"seen": said_first.body, "body": "El plazo es corto para Bolivia"}
    assert sign_in(group.coordinator).post(edit, data=typed).status_code == 403
    assert sign_in(group.members[2]).post(edit, data=typed).status_code == 303
    page = said(sign_in(group.members[2]).get(f"/comentarios/{thread}"))
    assert "El plazo es corto para Bolivia" in page
    assert "Registrado por la coordinación según correo electrónico Correo 7" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"person": ""}, "Elija a quien lo envió: un miembro o un observador del grupo."),
        ({"body": " "}, "Escriba el comentario."),
        ({"reference": " "}, "Escriba el número o la referencia de lo recibido."),
        ({"received_on": "ayer"}, "Escriba una fecha"),
        ({"channel": "paloma"}, "Elija cómo se recibió."),
    ],
)
def test_a_comment_that_is_refused_keeps_what_was_typed(sign_in, workshop, group, number, wrong, sentence):
    typed = NOTE | {"version": "1", "person": str(group.observers[0].id), "body": "El plazo es corto"} | wrong
    refused = sign_in(group.coordinator).post(f"/propuestas/{number}/comentarios/registrar", data=typed)
    assert refused.status_code == 400
    assert sentence in said(refused)
    assert typed["body"] in refused.text
    assert typed["received_on"] in refused.text
    if typed["person"]:
        assert f'value="{typed["person"]}" selected' in refused.text


def test_nobody_enters_a_comment_in_the_name_of_a_reader_or_their_own(workshop, group, number):
    for person in (group.reader, group.coordinator):
        with pytest.raises(InvalidInput, match="whose-missing"):
            comment(workshop, number, person, group.coordinator)
    with pytest.raises(NotAllowed):
        comment(workshop, number, group.observers[0], group.members[1])
    with pytest.raises(NotFound):
        comment(workshop, number, group.observers[0], group.coordinator, path="no/esta.md")


def test_on_what_is_merged_nothing_is_entered_any_more(sign_in, workshop, group, merged):
    with pytest.raises(AlreadyDecided, match="state-forbids"):
        comment(workshop, merged, group.observers[0], group.coordinator)
    client = sign_in(group.coordinator)
    assert "comentarios/registrar" not in client.get(f"/propuestas/{merged}").text
    page = client.get(f"/propuestas/{merged}/comentarios/registrar")
    assert "La propuesta ya no admite este acto" in said(page)


def test_a_registered_comment_is_in_the_record_and_comes_back(workshop, group, number, sqlite_template, tmp_path):
    recording.record(workshop, number)
    thread = comment(workshop, number, group.observers[0], group.coordinator)
    again = rebuilt(workshop, sqlite_template, tmp_path)
    with again.database.read() as session:
        found = threads.get(session, thread).comments[0]
        assert (found.author_id, found.registered_by_id) == (group.observers[0].id, group.coordinator.id)
        assert (found.channel, found.channel_reference) == ("e-mail", "Correo 7")
    again.database.dispose()
