"""Avisos: everything in one list, with a count in the navigation; how a person is written to, and stops it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from reviewtool import clock
from reviewtool.models import Event, Notice, NoticeChoice
from reviewtool.rules.mailing import Choice, Pace
from reviewtool.services import editions, notice_choices, notice_words, notices, outbox, unsubscribing
from reviewtool.worker import Worker
from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.words import said


@pytest.fixture
def number(workshop, group) -> int:
    made = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    with workshop.database.write() as session:  # that its consultation opened is not looked at here
        session.execute(delete(Notice))
    journey.open_ballot(workshop, made, group.coordinator)
    return made


def choice(workshop, person) -> Choice:
    with workshop.database.read() as session:
        return notice_choices.of(session, person.id)


def test_what_a_person_is_told_stands_in_one_list_and_is_counted_on_every_page(sign_in, workshop, group, number):
    client = sign_in(group.members[2])
    page = client.get("/avisos")
    assert "1 aviso sin leer" in said(page)
    assert f"Le toca votar: se abrió la votación sobre «{journey.META.title}»" in said(page)
    assert "Avisos 1 sin leer" in said(client.get("/materiales"))
    newest = re.search(r'name="newest" value="(\d+)"', page.text)[1]
    assert client.post("/avisos/todos-leidos", data={"newest": newest}).status_code == 303
    page = said(client.get("/avisos"))
    assert "No tiene avisos sin leer" in page
    assert "Le toca votar" in page, "what is read stays"


def test_what_came_after_the_page_was_shown_stays_unread(sign_in, workshop, group, number):
    client = sign_in(group.members[2])
    client.post("/avisos/todos-leidos", data={"newest": "0"})
    with workshop.database.read() as session:
        assert notices.count_unread(session, group.members[2].id) == 1


def test_a_notice_of_every_kind_that_is_owed_has_words(workshop, group, number, sign_in):
    kinds = notice_words.KINDS - {"registered"}  # whose words are the act's, which these tests look at elsewhere
    with workshop.database.write() as session:
        event_id = session.scalars(select(Notice.event_id)).first()
        session.execute(update(Event).values(facts={"outcome": "approved", "days": 7}))
        for kind in kinds:
            session.add(Notice(person_id=group.members[2].id, event_id=event_id, kind=kind, created_at=clock.now()))
    page = sign_in(group.members[2]).get("/avisos")
    assert page.status_code == 200
    assert page.text.count('class="task"') == len(kinds) + 1


def test_a_person_chooses_how_soon_they_are_written_to_and_when_not(sign_in, workshop, group):
    person = group.members[2]
    assert choice(workshop, person) == Choice(Pace.at_once, Pace.weekly, 21, 7)
    client = sign_in(person)
    sent = {"asked": "daily", "rest": "never", "quiet_from": "18", "quiet_until": "9"}
    assert client.post("/perfil/avisos", data=sent).status_code == 303
    assert choice(workshop, person) == Choice(Pace.daily, Pace.never, 18, 9)
    assert 'value="18" selected' in client.get("/perfil").text
    client.post("/perfil/avisos", data=sent | {"quiet_until": ""})
    assert choice(workshop, person).quiet_from is None


@pytest.mark.parametrize(
    ("field", "value"), [("asked", "never"), ("rest", "x"), ("quiet_from", "24"), ("quiet_until", "-1")]
)
def test_a_choice_that_is_none_is_refused_and_changes_nothing(sign_in, workshop, group, field, value):
    sent = {"asked": "daily", "rest": "daily", "quiet_from": "1", "quiet_until": "2"} | {field: value}
    answer = sign_in(group.members[2]).post("/perfil/avisos", data=sent)
    assert answer.status_code == 400
    assert "Elija una opción de la lista" in said(answer)
    assert 'value="daily" selected' in answer.text
    assert choice(workshop, group.members[2]) == Choice()


def test_mails_that_only_inform_are_stopped_with_one_click_by_who_has_the_mail_and_not_by_who_opens_it(
    app, client, workshop, group
):
    app.config["WTF_CSRF_ENABLED"] = True
    address = f"/avisos/baja/{unsubscribing.token(app.config['SECRET_KEY'], group.members[2].id)}"
    assert "¿Dejar de recibir correos que solo informan?" in said(client.get(address))
    assert choice(workshop, group.members[2]) == Choice(), "a scanner that follows links changes nothing"
    answer = client.post(address, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert choice(workshop, group.members[2]) == Choice(rest=Pace.never)
    assert client.post(address).status_code == 200
    assert choice(workshop, group.members[3]) == Choice()


@pytest.mark.parametrize("token", ["x", "MQ.falso", "MQ"])
def test_a_token_that_was_never_given_out_stops_nothing(client, workshop, group, token):
    assert client.post(f"/avisos/baja/{token}").status_code == 404


def test_the_coordination_sees_which_mails_did_not_arrive_and_why(sign_in, workshop, group, number):
    at = clock.now() + timedelta(days=2)
    while at.hour != 18:  # noon in Guatemala: nobody is asleep
        at += timedelta(hours=1)
    with workshop.database.write() as session:
        outbox.gather(session, at)
        for code, for_good in (("recipient:550", True), ("unreachable", False)):
            batch = outbox.claim(session, at)
            outbox.postpone(session, batch, code, at, for_good=for_good)
    page = sign_in(group.coordinator).get("/avisos/correos")
    assert "2 correos no han llegado" in said(page)
    assert "El servidor de correo no acepta esa dirección. (550)" in said(page)
    assert "No se pudo hablar con el servidor de correo." in said(page)
    assert "@" not in said(page), "addresses are not shown"
    assert sign_in(group.members[2]).get("/avisos/correos").status_code == 403


def test_a_new_edition_is_told_to_everybody_and_read_with_the_page_of_the_editions(sign_in, workshop, group):
    editions.publish(workshop, "Edición 2026.2", by_id=group.coordinator.id, note="Con los ejemplos nuevos")
    client = sign_in(group.reader)
    page = said(client.get("/avisos"))
    assert "1 aviso sin leer" in page
    assert "Se publicó la edición «Edición 2026.2»" in page
    assert "Con los ejemplos nuevos" in page
    client.get("/ediciones")
    assert "No tiene avisos sin leer" in said(client.get("/avisos"))
    assert "No tiene avisos sin leer" in said(sign_in(group.coordinator).get("/avisos")), "who did it knows it"


@pytest.fixture
def written(app, workshop, settings, group, number) -> Path:
    """Let the mails of an opened ballot be written as files; return their folder."""
    with workshop.database.write() as session:
        session.execute(update(Notice).values(created_at=clock.now() - timedelta(hours=1)))
        session.add_all(
            NoticeChoice(person_id=each.id, asked=Pace.at_once, rest=Pace.at_once) for each in group.members
        )
    assert Worker(workshop, settings).turn() > 5
    return Path(app.config["MAIL_FOLDER"])


def test_without_a_mail_server_the_coordination_reads_the_mails_that_were_written(sign_in, group, written):
    client = sign_in(group.coordinator)
    page = client.get("/avisos/correos")
    assert f"P-1 · Le toca votar: se abrió la votación sobre «{journey.META.title}»" in said(page)
    assert group.members[2].name in said(page)
    for address in re.findall(r'href="(/avisos/correos/[0-9a-f]{32})"', page.text):
        mail = client.get(address)
        assert "[insertado: efectivamente]" in said(mail)
        assert "@" not in said(mail), "addresses are not shown"
    assert sign_in(group.members[2]).get(address).status_code == 403


def test_a_mail_with_secrets_or_marks_is_shown_as_harmless_words(sign_in, group, written):
    path = next(written.glob("*.eml"))
    secret = "WzEsImFiY2RlZmdoaWprbG1ub3Bx.abcdefghijkl"
    body = f"<script>x</script> http://localhost/avisos/baja/{secret} http://localhost/propuestas/1"
    head = "List-Id: <avisos.example.org>\nTo: A <a@b.org>\nSubject: <b>S</b>\nDate: Mon, 1 Jun 2026 10:00:00 +0000"
    path.write_text(f"{head}\n\n{body}")
    page = sign_in(group.coordinator).get(f"/avisos/correos/{path.stem}")
    assert "&lt;script&gt;x&lt;/script&gt; http://localhost/avisos/baja/… http://localhost/propuestas/1" in page.text
    assert secret not in page.text


@pytest.mark.parametrize("name", ["..%2f..%2fsecret_key", "x", "0" * 32, "..", "a" * 31 + "%00"])
def test_only_a_mail_of_notices_is_shown(sign_in, group, written, name):
    assert sign_in(group.coordinator).get(f"/avisos/correos/{name}").status_code == 404


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, b"To: A <a@b.org>\n\nSu enlace", b"List-Id: <avisos.x>\n\nx"])
def test_a_file_that_is_no_mail_of_notices_is_left_out(sign_in, group, written, content):
    (written / f"{'0' * 32}.eml").write_bytes(content)
    page = sign_in(group.coordinator).get("/avisos/correos")
    assert page.status_code == 200
    assert "0" * 32 not in page.text
    assert sign_in(group.coordinator).get(f"/avisos/correos/{'0' * 32}").status_code == 404
