"""Invitations of one and of a list, links that open once, new passwords, and accounts out of use."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from reviewtool import clock
from reviewtool.errors import Conflict
from reviewtool.models import Invitation, Person
from reviewtool.rules.permissions import Role
from reviewtool.services import accounts, invitation_lists, invitations, people, role_terms
from reviewtool.services.invitations import Chosen
from tests.support.together import refusals

PASSWORD = "nubes verdes bajo la mesa"
HEADING = "correo;nombre;administración;función\n"
ONE = {"email": "ana.pereyra@aduana.example", "name": "Ana Pereyra", "administration": "UY", "role": "observer"}


@pytest.fixture
def coordination(sign_in, group):
    return sign_in(group.coordinator)


def links(answer):
    assert answer.status_code == 200, answer.text
    return re.findall(r"/invitacion/[\w.-]+", answer.text)


def account(**more):
    return {
        "name": "Ana Pereyra Silva",
        "language": "pt",
        "timezone": "America/Montevideo",
        "password": PASSWORD,
    } | more


def count(database, model):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_who_is_invited_sets_name_language_zone_and_password_and_enters(coordination, client, database):
    [link] = links(coordination.post("/grupo/invitar", data=ONE))
    page = client.get(link).text
    assert "Ana Pereyra" in page
    assert "ana.pereyra@aduana.example" in page
    assert client.post(link, data=account()).location == "/entrar"
    assert client.post("/entrar", data={"email": ONE["email"], "password": PASSWORD}).status_code == 303
    with database.read() as session:
        made = people.find_by_email(session, ONE["email"])
        assert (made.name, made.language, made.timezone) == ("Ana Pereyra Silva", "pt", "America/Montevideo")
        assert people.roles(made) == {Role.observer}


def test_a_link_opens_once_and_not_after_a_week(coordination, client):
    [used] = links(coordination.post("/grupo/invitar", data=ONE))
    client.post(used, data=account())
    [late] = links(coordination.post("/grupo/invitar", data=ONE | {"email": "otra@aduana.example"}))
    assert client.get(used).status_code == client.post(used, data=account()).status_code == 404
    assert client.get("/invitacion/inventado").status_code == 404
    with clock.at(clock.now() + invitations.FOR_ACCOUNT):
        assert client.get(late).status_code == client.post(late, data=account()).status_code == 404


def test_a_second_invitation_ends_the_link_of_the_first(coordination, client):
    [first] = links(coordination.post("/grupo/invitar", data=ONE))
    [second] = links(coordination.post("/grupo/invitar", data=ONE | {"email": ONE["email"].upper()}))
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200


def test_a_bad_password_loses_nothing_and_keeps_the_link(coordination, client, database):
    [link] = links(coordination.post("/grupo/invitar", data=ONE))
    before = count(database, Person)
    answer = client.post(link, data=account(password="anapereyra2026"))
    assert answer.status_code == 400
    assert "las primeras que alguien probaría" in answer.text
    assert "Ana Pereyra Silva" in answer.text
    assert count(database, Person) == before
    assert client.post(link, data=account()).status_code == 303


def test_the_database_keeps_no_token_and_the_list_shows_no_link(coordination, database):
    [link] = links(coordination.post("/grupo/invitar", data=ONE))
    token = link.rpartition("/")[2]
    with database.read() as session:
        row = session.scalars(select(Invitation)).one()
        assert token not in [getattr(row, column.key) for column in Invitation.__table__.columns]
    page = coordination.get("/grupo/cuentas").text
    assert ONE["email"] in page
    assert token not in page


def test_a_withdrawn_link_opens_nothing(coordination, client):
    [link] = links(coordination.post("/grupo/invitar", data=ONE))
    address = re.search(r"/grupo/invitaciones/\d+/retirar", coordination.get("/grupo/cuentas").text)[0]
    assert coordination.post(address).status_code == 303
    assert client.get(link).status_code == 404
    assert coordination.post(address).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "sin-arroba"}, "dirección de correo válida"),
        ({"name": " "}, "Escriba el nombre"),
        ({"administration": "XX"}, "no figura en el grupo"),
        ({"role": "owner"}, "Elija una función: miembro"),
    ],
)
def test_who_cannot_be_invited_is_told_and_what_was_typed_stays(coordination, database, wrong, said):
    answer = coordination.post("/grupo/invitar", data=ONE | wrong)
    assert answer.status_code == 400
    assert said in answer.text
    assert all(ONE[name] in answer.text for name in ("email", "name") if name not in wrong)
    assert count(database, Invitation) == 0


def test_whose_account_there_is_already_cannot_be_invited(coordination, group):
    answer = coordination.post("/grupo/invitar", data=ONE | {"email": group.reader.email.upper()})
    assert answer.status_code == 409
    assert "Ya hay una cuenta" in answer.text


def test_a_list_is_shown_first_and_done_when_confirmed(coordination, database):
    text = HEADING + "ana@a.example;Ana Pereyra;Uruguay;observador\nluis@a.example;Luis Roa;PY;miembro, coordinación\n"
    shown = coordination.post("/grupo/invitar/lista", data={"list": text})
    assert "Se invitará a 2 personas" in shown.text
    assert count(database, Invitation) == 0
    assert len(links(coordination.post("/grupo/invitar/lista", data={"list": text, "confirm": "1"}))) == 2
    with database.read() as session:
        rows = session.scalars(select(Invitation).order_by(Invitation.id)).all()
    assert [(row.administration, row.roles) for row in rows] == [("UY", "observer"), ("PY", "coordination,member")]


def test_a_list_with_one_bad_line_invites_nobody_even_when_confirmed(coordination, database, group):
    text = (
        HEADING
        + "ana@a.example;Ana Pereyra;UY;observador\n;;;\nmal;Luis Roa;PY;miembro\nANA@a.example;Ana Otra;UY;lector\n"
        + f"{group.reader.email};Ya Está;GT;lector\nx@a.example;Equis;Francia;lector\ny@a.example;Ye;GT;jefe\n"
    )
    answer = coordination.post("/grupo/invitar/lista", data={"list": text, "confirm": "1"})
    assert answer.status_code == 400
    assert "5 líneas no se pueden tomar" in answer.text
    assert "está dos veces en la lista" in answer.text
    assert "Ya hay una cuenta" in answer.text
    assert "«Francia» no figura" in answer.text
    assert 'name="confirm"' not in answer.text
    assert "ana@a.example;Ana Pereyra" in answer.text
    assert count(database, Invitation) == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_file_is_read_as_spreadsheets_write_it(coordination, encoding, separator):
    rows = (["correo", "nombre", "administración", "función"], ["ana@a.example", '"Pérez, Ana"', "UY", "observadora"])
    content = "".join(separator.join(row) + "\r\n" for row in rows).encode(encoding)
    answer = coordination.post("/grupo/invitar/lista", data={"file": (BytesIO(content), "lista.csv"), "list": ""})
    assert answer.status_code == 200
    assert "Pérez, Ana" in answer.text


@pytest.mark.parametrize(
    "text", ["", "nada", "nombre;correo\nx;y\n", HEADING, "\x00\ud800", HEADING + "a;b;c;d\n" * 300, '"' * 99]
)
def test_what_is_no_list_is_refused_with_a_sentence(coordination, database, text):
    answer = coordination.post("/grupo/invitar/lista", data={"list": text.encode("utf-8", "replace"), "confirm": "1"})
    assert answer.status_code == 400
    assert count(database, Invitation) == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04\x00\x00 una hoja de verdad", "no es un texto"),
        (
            ("correo;nombre;administraci\xf3n;funci\xf3n\na@a.example;A\x81na;UY;lector\n").encode("latin-1"),
            "no se pudieron leer",
        ),
        (HEADING.encode() + b"a@a.example;Ana;UY;lector\n" * 16_000, "demasiado grande"),
        (HEADING.encode("utf-16") + b"\x00", "primera línea"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(coordination, database, content, said):
    sent = {"file": (BytesIO(content), "lista.csv"), "list": "", "confirm": "1"}
    answer = coordination.post("/grupo/invitar/lista", data=sent)
    assert answer.status_code == 400
    assert said in answer.text
    assert count(database, Invitation) == 0


def test_lines_keep_their_numbers_below_what_spreadsheets_put_above(workshop, database):
    with database.read() as session:
        lines = invitation_lists.read(
            session,
            workshop.group,
            "\ufeffsep=;\r\n" + HEADING + "a@a.example;Ana;PE;lector\nA@A.example;Ana;PE;lector\n",
        )
    assert [(line.number, line.error.code if line.error else "") for line in lines] == [(3, ""), (4, "email-twice")]


def test_a_list_that_became_wrong_between_looking_and_confirming_invites_nobody(coordination, database, group):
    text = HEADING + f"a@a.example;Ana;PE;lector\n{ONE['email']};Ana;UY;lector\n"
    assert coordination.post("/grupo/invitar/lista", data={"list": text}).status_code == 200
    with database.write() as session:
        people.set_address(session, people.get(session, group.reader.id), ONE["email"])
    answer = coordination.post("/grupo/invitar/lista", data={"list": text, "confirm": "1"})
    assert answer.status_code == 400
    assert "Ya hay una cuenta" in answer.text
    assert count(database, Invitation) == 0


def test_a_list_is_read_into_lines_with_their_numbers(workshop, database, group):
    with database.read() as session:
        lines = invitation_lists.read(session, workshop.group, HEADING + "\n\na@a.example;Ana;PE;lector\n")
    assert [(line.number, line.error) for line in lines] == [(4, None)]


def test_a_new_password_comes_by_a_link_and_closes_the_open_sessions(coordination, client, sign_in, group):
    theirs = sign_in(group.reader)
    [first] = links(coordination.post(f"/grupo/cuentas/{group.reader.id}/enlace"))
    [link] = links(coordination.post(f"/grupo/cuentas/{group.reader.id}/enlace"))
    assert client.get(first).status_code == 404
    assert theirs.get("/perfil").status_code == 200
    assert client.post(link, data={"password": PASSWORD, "name": "Otro Nombre"}).status_code == 303
    assert theirs.get("/perfil").status_code == 302
    assert client.post("/entrar", data={"email": group.reader.email, "password": PASSWORD}).status_code == 303
    assert group.reader.name in client.get("/perfil").text
    assert client.get(link).status_code == 404


def test_an_account_out_of_use_keeps_its_name_and_opens_nothing(coordination, client, sign_in, group, database):
    person = group.members[2]
    theirs = sign_in(person)
    [link] = links(coordination.post(f"/grupo/cuentas/{person.id}/enlace"))
    assert coordination.post(f"/grupo/cuentas/{person.id}/uso", data={"active": "0"}).status_code == 303
    assert theirs.get("/perfil").status_code == 302
    assert client.get(link).status_code == 404
    assert coordination.post(f"/grupo/cuentas/{person.id}/enlace").status_code == 400
    assert "Fuera de uso" in coordination.get("/grupo/cuentas").text
    with database.read() as session:
        kept = people.get(session, person.id)
        assert (kept.name, people.roles(kept)) == (person.name, frozenset())
    assert coordination.post(f"/grupo/cuentas/{person.id}/uso", data={"active": "1"}).status_code == 303
    assert sign_in(person).get("/perfil").status_code == 200


def test_nobody_closes_their_own_account_nor_the_last_of_the_coordination(coordination, workshop, group, database):
    answer = coordination.post(f"/grupo/cuentas/{group.coordinator.id}/uso", data={"active": "0"})
    assert answer.status_code == 400
    last = clock.now().date() + timedelta(days=1)
    with database.write() as session:
        by = people.get(session, group.deputy.id)
        own = next(term for term in by.terms if term.role == Role.coordination)
        role_terms.end(session, workshop.group, own.id, last, "Oficio 9", by=by)
    with database.writing() as session:
        by = people.get(session, group.deputy.id)
        with pytest.raises(Conflict, match="coordination-needed"):
            accounts.put_out_of_use(session, workshop.group, group.coordinator.id, by=by)
    with database.read() as session:
        assert people.get(session, group.coordinator.id).active


def test_two_who_open_one_link_at_once_make_one_account(coordination, workshop, database, settings):
    [link] = links(coordination.post("/grupo/invitar", data=ONE))
    token, chosen = link.rpartition("/")[2], Chosen(PASSWORD, "Ana", "es", "America/Lima")

    def accept():
        with database.write() as session:
            return invitations.accept(session, workshop.group, settings.secret_key, token, chosen).id

    before = count(database, Person)
    assert sorted(map(str, refusals(accept, accept))) == ["None", "link-over"]
    assert count(database, Person) == before + 1


def test_without_a_mail_server_the_page_says_to_ask_the_coordination_whoever_asks(client, group, database):
    assert "Pida un enlace a la coordinación" in client.get("/entrar/contrasena").text
    answers = {client.post("/entrar/contrasena", data={"email": email}).text for email in (group.reader.email, "x@y")}
    assert len(answers) == 1
    assert count(database, Invitation) == 0


def test_without_a_mail_server_whose_password_it_is_sees_that_the_coordination_has_the_link(
    coordination, sign_in, group
):
    theirs = sign_in(group.reader)
    [link] = links(coordination.post(f"/grupo/cuentas/{group.reader.id}/enlace"))
    assert f"{group.coordinator.name} tiene un enlace" in theirs.get("/avisos").text
    again = re.search(r"/grupo/invitaciones/\d+/mostrar", coordination.get("/grupo/cuentas").text)[0]
    assert links(coordination.post(again)) == [link]
    assert theirs.get("/avisos").text.count("tiene un enlace") == 2


def test_who_failed_to_sign_in_before_asking_for_a_link_need_not_wait_afterwards(coordination, client, group):
    typed = {"email": group.reader.email, "password": "no es esta"}
    for _ in range(6):
        refused = client.post("/entrar", data=typed)
    assert refused.status_code == 429
    [link] = links(coordination.post(f"/grupo/cuentas/{group.reader.id}/enlace"))
    client.post(link, data={"password": PASSWORD})
    assert client.post("/entrar", data=typed | {"password": PASSWORD}).status_code == 303
