"""Links that are mailed, asked for on the sign-in page or shown; and whose account it is hears of all of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from reviewtool import clock
from reviewtool.models import Invitation, Notice, Person
from reviewtool.services import account_notices, accounts, invitations, outbox, people, personal_data
from reviewtool.services.sign_in_failures import LINKS
from reviewtool.worker import Worker
from tests.support import mailbox

PASSWORD = "nubes verdes bajo la mesa"
OLD = "una frase bastante larga"
ADDRESS = "https://revision.example.org"
ONE = {"email": "ana.pereyra@aduana.example", "name": "Ana Pereyra", "administration": "UY", "role": "observer"}
ACCOUNT = {"name": "Ana Pereyra", "language": "es", "timezone": "America/Montevideo", "password": PASSWORD}
NOBODY = "nadie@aduana.example"


@pytest.fixture
def inbox():
    with mailbox.running() as started:
        yield started


@pytest.fixture
def settings(settings, inbox):
    return settings.model_copy(
        update={
            "mail_server": "127.0.0.1",
            "mail_port": inbox.port,
            "mail_security": "none",
            "mail_from": "avisos@example.org",
            "public_url": ADDRESS,
            "extra_hosts": "localhost",
        }
    )


@pytest.fixture
def worker(workshop, settings):
    return Worker(workshop, settings)


@pytest.fixture
def coordination(sign_in, group):
    return sign_in(group.coordinator)


@pytest.fixture
def reader(database, group):
    with database.write() as session:
        people.set_password(people.get(session, group.reader.id), OLD)
    return group.reader


def post(opened, address, **data):
    return opened.post(address, data=data, base_url=ADDRESS)


def ask(client, email):
    return post(client, "/entrar/contrasena", email=email)


def mailed(inbox, worker):
    """Let the worker send and return what came since: address, subject and link of each mail."""
    before = len(inbox.mails)
    worker.turn()
    found = []
    for envelope, message in inbox.mails[before:]:
        plain, html = mailbox.parts(message)
        links = re.findall(rf"{ADDRESS}(/invitacion/[\w.-]+)", plain)
        assert all(f'href="{ADDRESS}{link}"' in html for link in links)
        found.append((envelope.rcpt_tos[0], str(message["Subject"]), links[0] if links else ""))
    return found


def told(database, person):
    with database.read() as session:
        return list(session.scalars(select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id)).all())


def count(database, model):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model))


def enters(app, email, password):
    return post(app.test_client(), "/entrar", email=email, password=password).status_code == 303


def test_who_is_invited_gets_a_mail_whose_link_opens_their_account(app, coordination, client, inbox, worker):
    answer = coordination.post("/grupo/invitar", data=ONE)
    assert answer.location == "/grupo/cuentas"
    page = coordination.get("/grupo/cuentas").text
    assert "Se envía 1 enlace por correo" in page
    assert "/invitacion/" not in page
    [(address, subject, link)] = mailed(inbox, worker)
    assert (address, subject) == (ONE["email"], "Invitación a Revisión de materiales")
    assert "Se envió por correo" in coordination.get("/grupo/cuentas").text
    assert client.get(link).status_code == 200
    assert client.post(link, data=ACCOUNT).status_code == 303
    assert client.get(link).status_code == 404
    assert enters(app, ONE["email"], PASSWORD)
    assert mailed(inbox, worker) == []


@pytest.mark.parametrize(("language", "said"), [("es", "le invita a"), ("en", "invites you"), ("pt", "convida você")])
def test_an_invitation_speaks_the_language_of_the_group(workshop, coordination, inbox, settings, language, said, group):
    coordination.post("/grupo/invitar", data=ONE)
    mailed(inbox, Worker(workshop, settings.model_copy(update={"default_language": language})))
    [(_envelope, message)] = inbox.mails
    plain, html = mailbox.parts(message)
    assert f"{group.coordinator.name} {said}" in plain
    assert f"{group.coordinator.name} {said}" in html
    assert message["Content-Language"] == language
    assert message["Auto-Submitted"] == "auto-generated"
    for trace in ("<img", "<script", "<link ", "url("):
        assert trace not in html


def test_neither_the_database_nor_another_key_opens_a_link(coordination, client, database, inbox, worker, app):
    coordination.post("/grupo/invitar", data=ONE)
    [(_address, _subject, link)] = mailed(inbox, worker)
    token = link.rpartition("/")[2]
    with database.read() as session:
        row = session.scalars(select(Invitation)).one()
        kept = [
            getattr(each, column.key)
            for each in (row, *session.scalars(select(Notice)))
            for column in each.__table__.columns
        ]
        forged = invitations.token("another key" * 4, row)
    assert token not in kept
    assert client.get(f"/invitacion/{forged}").status_code == 404
    assert client.get(f"/invitacion/{row.nonce}").status_code == 404
    assert client.get(f"{link}x").status_code == 404
    assert client.get(link).status_code == 200


def test_a_mail_that_does_not_arrive_is_told_to_the_coordination_who_passes_the_link_on(
    coordination, client, inbox, worker
):
    inbox.refused[ONE["email"]] = "550 5.1.1 No such user"
    coordination.post("/grupo/invitar", data=ONE)
    assert mailed(inbox, worker) == []
    assert ONE["name"] in coordination.get("/avisos/correos").text
    page = coordination.get("/grupo/cuentas").text
    assert "El correo no llegó" in page
    assert "no acepta esa dirección" in page
    address = re.search(r"/grupo/invitaciones/\d+/mostrar", page)[0]
    [link] = set(re.findall(r"/invitacion/[\w.-]+", coordination.post(address).text))
    assert client.post(link, data=ACCOUNT).status_code == 303


def test_a_server_that_is_away_gets_the_letter_later_under_the_same_name(coordination, database, inbox, worker):
    inbox.answers = ["451 Try again later"]
    coordination.post("/grupo/invitar", data=ONE)
    assert mailed(inbox, worker) == []
    with database.read() as session:
        key = session.scalars(select(Notice.batch)).one()
        [failure] = outbox.failures(session)
    assert (failure.person, failure.given_up_at) == (ONE["name"], None)
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert len(mailed(inbox, worker)) == 1
    assert inbox.mails[0][1]["Message-ID"] == f"<{key}@example.org>"


def test_a_link_that_is_over_before_its_letter_goes_is_not_mailed(coordination, client, reader, inbox, worker):
    coordination.post("/grupo/invitar", data=ONE)
    ask(client, reader.email)
    with clock.at(clock.now() + invitations.FOR_ACCOUNT):
        assert mailed(inbox, worker) == []
    with worker._workshop.database.read() as session:
        assert not outbox.something_waits(session)


# -- forgotten passwords ---------------------------------------------------------------------------------------------


def test_who_forgot_gets_a_link_for_an_hour_that_ends_everything_else(app, client, reader, inbox, worker, sign_in):
    theirs = sign_in(reader)
    assert "¿Olvidó su contraseña?" in client.get("/entrar").text
    assert "Si esa dirección tiene una cuenta" in client.get(ask(client, reader.email.upper()).location).text
    ask(client, reader.email)
    [(address, subject, first), (_again, _subject, link)] = mailed(inbox, worker)
    assert address == reader.email
    assert "Alguien pidió en la página de entrada" in subject
    assert post(client, link, password=PASSWORD).status_code == 303
    assert theirs.get("/perfil").status_code == 302
    assert client.get(first).status_code == client.get(link).status_code == 404
    assert enters(app, reader.email, PASSWORD)
    assert not enters(app, reader.email, OLD)
    [(address, subject, link)] = mailed(inbox, worker)
    assert (address, link) == (reader.email, "")
    assert "se cambió con el enlace que se pidió en la página de entrada" in subject
    ask(client, reader.email)
    [(_address, _subject, late)] = mailed(inbox, worker)
    with clock.at(clock.now() + invitations.ASKED_FOR):
        assert client.get(late).status_code == 404


def test_nothing_tells_whether_an_address_has_an_account_neither_the_answer_nor_the_work(
    client, database, group, reader, inbox, worker
):
    with database.write() as session:
        people.get(session, group.members[3].id).active = False
    ask(client, "primero@aduana.example")  # the first from an address begins its count
    seen = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    answers, work = [], []
    for email in (NOBODY, reader.email, group.members[3].email):
        seen.clear()
        answer = ask(client, email)
        answers.append((answer.status_code, answer.location, answer.text))
        work.append(sorted(seen))  # the two counts come in the order of their hashes
    assert answers[0] == answers[1] == answers[2]
    assert work[0] == work[1] == work[2]
    assert len(work[0]) > 5
    assert [address for address, _subject, _link in mailed(inbox, worker)] == [reader.email]


def test_what_was_asked_for_nobody_is_forgotten_once_the_worker_has_looked_at_it(client, database, reader, worker):
    ask(client, NOBODY)
    ask(client, "otro@aduana.example")
    assert count(database, Invitation) == 2
    worker.turn()
    ask(client, reader.email)
    assert (count(database, Invitation), count(database, Notice)) == (1, 1)


@pytest.mark.parametrize("known", [True, False])
def test_asking_again_and_again_has_to_wait_whoever_has_the_address(client, reader, database, known):
    email = reader.email if known else NOBODY
    for _ in range(LINKS.free["account"]):
        assert ask(client, email).status_code == 303
    refused = ask(client, f" {email.upper()}")
    assert refused.status_code == 429
    assert "Demasiados pedidos" in refused.text
    assert count(database, Invitation) == LINKS.free["account"]
    assert ask(client, "otra@aduana.example").status_code == 303
    with clock.at(clock.now() + LINKS.first):
        assert ask(client, email).status_code == 303
        assert ask(client, email).status_code == 429


def test_one_address_cannot_ask_for_everybody_and_sign_ins_are_counted_apart(app, client, reader):
    for number in range(LINKS.free["address"]):
        assert ask(client, f"p{number}@aduana.example").status_code == 303
    assert ask(client, reader.email).status_code == 429
    assert enters(app, reader.email, OLD)


@pytest.mark.parametrize("email", ["", "\x00", "\ud800", "a" * 5000, "'; --@x", "ñ@ñ"])
def test_odd_addresses_get_the_same_answer(client, email):
    assert ask(client, email.encode("utf-8", "surrogatepass")).status_code == 303


def test_what_a_person_asked_for_is_shown_to_nobody_else(coordination, client, reader, database):
    ask(client, reader.email)
    page = coordination.get("/grupo/cuentas").text
    assert "pedido en la página de entrada" in page
    assert "/mostrar" not in page
    with database.read() as session:
        number = session.scalars(select(Invitation.id)).one()
    assert coordination.post(f"/grupo/invitaciones/{number}/mostrar").status_code == 404


# -- whose account it is hears of it ---------------------------------------------------------------------------------


def test_a_link_of_the_coordination_goes_to_whose_password_it_is_and_is_told_at_once(
    coordination, client, sign_in, group, reader, inbox, worker, database
):
    theirs = sign_in(reader)
    assert coordination.post(f"/grupo/cuentas/{reader.id}/enlace").location == "/grupo/cuentas"
    said = f"{group.coordinator.name} hizo un enlace para una contraseña nueva de su cuenta"
    assert said in theirs.get("/").text
    assert said in theirs.get("/avisos").text
    [(address, subject, link)] = mailed(inbox, worker)
    assert address == reader.email
    assert said in subject
    page = coordination.get("/grupo/cuentas").text
    show = re.search(r"/grupo/invitaciones/\d+/mostrar", page)[0]
    assert link in coordination.post(show).text
    [(address, subject, without)] = mailed(inbox, worker)
    assert (address, without) == (reader.email, "")
    assert f"{group.coordinator.name} tiene un enlace" in subject
    assert post(client, link, password=PASSWORD).status_code == 303
    [(_address, subject, _link)] = mailed(inbox, worker)
    assert f"se cambió con el enlace que hizo {group.coordinator.name}" in subject
    assert told(database, reader) == ["link_mailed", "link_shown", "link_used"]
    over = coordination.get("/grupo/cuentas").text.partition('id="over"')[2]
    assert reader.name in over
    assert f"de {group.coordinator.name}" in over
    assert "Usado" in over
    with clock.at(clock.now() + accounts.SHOWN_FOR + timedelta(days=2)):
        assert 'id="over"' not in sign_in(group.coordinator).get("/grupo/cuentas").text


def test_an_account_out_of_use_and_in_use_again_is_told_by_mail(coordination, reader, inbox, worker, group):
    coordination.post(f"/grupo/cuentas/{reader.id}/uso", data={"active": "0"})
    coordination.post(f"/grupo/cuentas/{reader.id}/uso", data={"active": "1"})
    subjects = [subject for address, subject, _link in mailed(inbox, worker) if address == reader.email]
    assert [group.coordinator.name in subject for subject in subjects] == [True, True]
    assert "fuera de uso" in subjects[0]
    assert "en uso" in subjects[1]


def test_a_password_changed_in_the_profile_is_told_and_ends_the_links(client, app, reader, inbox, worker, sign_in):
    ask(client, reader.email)
    [(_address, _subject, link)] = mailed(inbox, worker)
    assert sign_in(reader).post("/perfil/contrasena", data={"current": OLD, "password": PASSWORD}).status_code == 303
    [(address, subject, _link)] = mailed(inbox, worker)
    assert address == reader.email
    assert "se cambió desde su perfil" in subject
    assert client.get(link).status_code == 404


def test_every_kind_has_a_sentence_in_the_list_and_in_the_mail(database, sign_in, group, reader, inbox, worker):
    with database.write() as session:
        for kind in account_notices.KINDS:
            account_notices.tell(session, kind, reader.id, by_id=group.coordinator.id)
    page = sign_in(reader).get("/avisos").text
    assert page.count("Su cuenta ·") == len(account_notices.KINDS)
    assert (
        len(mailed(inbox, worker)) == len(account_notices.KINDS) - 1
    )  # what was asked for brings nothing but its link


def test_no_address_is_shown_to_others_than_the_coordination(app, database, group, sign_in):
    with database.read() as session:
        coordinating = set(people.coordination(session))
        addresses = [each.email for each in session.scalars(select(Person)) if each.id not in coordinating]
    pages = sorted(rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments)
    for person in (group.members[1], group.observers[0], group.reader):
        opened = sign_in(person)
        for page in pages:
            shown = opened.get(page)
            if shown.mimetype == "text/html":
                others = set(addresses) - {person.email}
                assert [each for each in others if each in shown.text] == [], (page, person.name)


def test_an_erased_account_takes_its_links_and_letters_along(coordination, client, reader, group, workshop, database):
    ask(client, reader.email)
    coordination.post(f"/grupo/cuentas/{reader.id}/enlace")
    coordination.post(f"/grupo/cuentas/{reader.id}/uso", data={"active": "0"})
    assert (count(database, Invitation), count(database, Notice)) == (2, 3)
    with database.write() as session:
        by = people.get(session, group.coordinator.id)
        personal_data.erase(session, workshop.group, reader.id, "Carta 3", by=by)
    assert (count(database, Invitation), count(database, Notice)) == (0, 0)
