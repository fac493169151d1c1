"""Editions: the list, the link to the state they name, and publishing by the coordination alone."""

from __future__ import annotations

import re
from html import unescape

import pytest

from reviewtool.gitstore import reading
from reviewtool.services import people
from tests import factories


@pytest.fixture
def group(database):
    with database.write() as session:
        made = factories.make_group(session)
    with database.read() as session:
        load = lambda person: people.get(session, person.id)  # noqa: E731  (short and used once)
        return factories.Group(
            tuple(map(load, made.members)),
            made.seats,
            tuple(map(load, made.observers)),
            load(made.coordinator),
            load(made.deputy),
            load(made.reader),
        )


def said(answer) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def test_without_editions_the_page_says_so_and_only_the_coordination_has_the_form(sign_in, group):
    reader = sign_in(group.reader).get("/ediciones")
    assert "Nadie ha publicado una edición todavía." in said(reader)
    assert 'name="note"' not in reader.text
    assert 'name="note"' in sign_in(group.deputy).get("/ediciones").text


def test_publishing_names_the_present_text_and_leads_to_it(sign_in, group, store):
    client = sign_in(group.coordinator)
    answer = client.post("/ediciones", data={"name": " Edición  2026-1 ", "note": "Primera, con seis documentos"})
    assert (answer.status_code, answer.location) == (303, "/ediciones")
    page = client.get("/ediciones")
    tip = reading.head(store)
    assert "La edición más reciente es «Edición 2026-1»" in said(page)
    assert "Primera, con seis documentos" in said(page)
    assert f'href="/estado/{tip}/"' in page.text
    assert client.get(f"/estado/{tip}/").status_code == 200
    assert "El texto no ha cambiado desde la edición más reciente." in said(page)
    assert reading.refs(store, "refs/tags/")


@pytest.mark.parametrize(
    ("name", "status", "message"),
    [
        ("  ", 400, "Escriba un nombre para la edición"),
        ("a" * 81, 400, "Escriba un nombre para la edición"),
        ("¿?", 400, "Escriba un nombre para la edición"),
        ("edición 2026-1", 409, "Ya hay una edición con ese nombre."),
    ],
)
def test_a_refused_name_is_said_at_the_field_with_the_note_kept(sign_in, group, name, status, message):
    client = sign_in(group.coordinator)
    client.post("/ediciones", data={"name": "Edición 2026-1", "note": ""})
    answer = client.post("/ediciones", data={"name": name, "note": "Una nota escrita con cuidado"})
    assert answer.status_code == status
    assert re.search(rf'id="name-error">.*{message}', unescape(answer.text))
    assert "Una nota escrita con cuidado" in answer.text


def test_only_the_coordination_publishes(sign_in, group, store):
    for person in (group.members[0], group.observers[0], group.reader):
        assert sign_in(person).post("/ediciones", data={"name": "Edición 2026-1"}).status_code == 403
    assert reading.refs(store, "refs/tags/") == {}
