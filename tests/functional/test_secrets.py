"""What may not stand in a log: whole journeys with everything logged, searched for what opens something."""

from __future__ import annotations

import logging
import re

import pytest

from reviewtool.models import Invitation, Person, SignIn
from reviewtool.services import people
from tests import factories
from tests.support import journey, signed_in
from tests.support.materials import INTRODUCTION

PASSWORD, NEW = "una frase bastante larga", "otra frase bastante larga"


@pytest.fixture
def everything(caplog):
    """Log all that anybody says, whatever its level, as a server that is being looked into would."""
    caplog.set_level(logging.DEBUG)
    for name in ("reviewtool", "werkzeug", "sqlalchemy.engine", "flask-limiter", "git"):
        caplog.set_level(logging.DEBUG if name != "sqlalchemy.engine" else logging.WARNING, logger=name)
    return caplog


def said(caplog):
    """Return what the log would show, tracebacks too."""
    form = logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    return "\n".join(form.format(record) for record in caplog.records)


def cookie_of(client):
    found = client.get_cookie("session")
    return found.value if found else "nothing"


def test_no_journey_of_an_account_leaves_a_secret_in_the_log(app, client, database, group, everything):
    with database.write() as session:
        rosa = factories.make_person(session, "Rosa Prueba", "member")
        people.set_password(rosa, PASSWORD)
    secrets = {PASSWORD, NEW, "una que es falsa", app.secret_key}
    client.post("/entrar", data={"email": rosa.email, "password": "una que es falsa"})
    client.post("/entrar", data={"email": rosa.email, "password": PASSWORD})
    secrets.add(cookie_of(client))
    token = client.get("/sesion").get_data(as_text=True)
    client.post("/perfil/contrasena", data={"current": PASSWORD, "password": NEW})
    secrets |= {cookie_of(client), token}
    coordination = signed_in.client(app, group.coordinator)
    invited = {"email": "ana@example.org", "name": "Ana", "administration": "PE", "role": "reader"}
    page = coordination.post("/grupo/invitar", data=invited).get_data(as_text=True)
    link = re.search(r"/invitacion/([\w.-]+)", page).group(1)
    secrets |= {link, cookie_of(coordination)}
    stranger = app.test_client()
    stranger.get(f"/invitacion/{link}")
    stranger.post(f"/invitacion/{link}", data={"password": "corta", "name": "Ana"})
    stranger.post(f"/invitacion/{link}", data={"password": NEW, "name": "Ana"})
    stranger.get(f"/invitacion/{link}")
    client.post("/salir")
    log = said(everything)
    assert "sessions.enter 303" in log, "the log is on"
    found = [secret for secret in secrets if secret in log]
    with database.read() as session:
        hashes = {*session.scalars(Person.__table__.select().with_only_columns(Person.password_hash))} - {None}
        hashes |= {*session.scalars(SignIn.__table__.select().with_only_columns(SignIn.token_hash))}
        hashes |= {*session.scalars(Invitation.__table__.select().with_only_columns(Invitation.nonce))}
    assert not found + [each for each in hashes if each in log]
    assert rosa.email not in log, "an address is nobody's business either"
    assert "ana@example.org" not in log


def test_a_bug_logs_its_traceback_without_what_was_sent(app, group, database, everything, monkeypatch):
    """The database's own complaints repeat the values of a statement: they are left out."""
    text = "Un comentario confidencial"

    def breaks(session, *_args, **_more):
        session.add(Person(id=group.members[0].id, name=text, email=text, password_hash="$argon2id$secreto"))
        session.flush()

    monkeypatch.setattr("reviewtool.web.views.threads.threads.comment", breaks)
    app.config["TESTING"] = False
    number = journey.propose(app.extensions["workshop"], group.members[0], INTRODUCTION, "30 días", "45 días")
    client = signed_in.client(app, group.members[1])
    answer = client.post(f"/propuestas/{number}/comentarios", data={"version": "1", "body": text})
    log = said(everything)
    assert answer.status_code == 500
    assert "IntegrityError" in log
    assert "argon2id" not in log
    assert text not in log
    assert "IntegrityError" not in answer.get_data(as_text=True)
    assert "Traceback" not in answer.get_data(as_text=True)


def test_no_line_of_the_log_can_be_forged_by_what_is_asked(client, everything):
    client.get("/no-existe%0d%0a2026-01-01 ERROR forged", headers={"User-Agent": "x\ty"})
    client.post("/entrar", data={"email": "a@b.example\r\nERROR forged", "password": "x"})
    assert "forged" not in said(everything)


def test_settings_show_no_secret_when_they_are_printed(settings):
    shown = repr(
        settings.model_copy(
            update={
                "secret_key": "clave-secreta-1",
                "mail_password": "clave-secreta-2",
                "database": "postgresql://u:clave-secreta-3@h/d",
                "limits_url": "redis://:clave-secreta-4@h/0",
            }
        )
    )
    assert "clave-secreta" not in shown


def test_the_server_keeps_no_log_of_addresses():
    """Addresses of pages hold the tokens of invitations; the server's own log of requests is off."""
    from reviewtool.serving import Server

    config = Server("127.0.0.1", 8000, 1, 1).cfg
    assert config.accesslog is None
    assert (config.limit_request_line, config.limit_request_fields, config.limit_request_field_size) == (4094, 60, 8190)


def test_what_is_refused_is_logged(app, client, group, sign_in, everything):
    client.get("/entrar", headers={"Host": "malo.example"})
    client.post("/entrar", data={"email": "nadie@example.org", "password": "x"})
    reader = sign_in(group.reader)
    reader.get("/coordinacion")
    app.config["RATES"] = dict.fromkeys(app.config["RATES"], 1)
    for _ in range(2):
        reader.get("/buscar?q=plazo")
    log = said(everything)
    assert "refused under another name" in log
    assert "POST sessions.enter 400 person=None" in log
    assert "refused GET desk.index: not-allowed" in log
    assert f"too often: documents.search person={group.reader.id}" in log
