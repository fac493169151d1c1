"""Writing block by block, without scripts: only the block changes, and one that changed meanwhile stays."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select

from reviewtool.models import Draft
from reviewtool.services import drafts, people
from tests import factories
from tests.support import journey
from tests.support.materials import ADJUSTMENTS, GLOSSARY, INTRODUCTION, WINDOWS_LINES

FIELD = re.compile(r'<textarea[^>]*name="(\w+)"[^>]*>\n(.*?)</textarea>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@pytest.fixture
def author(group, sign_in):
    return sign_in(group.members[0])


def begin(client, path):
    return client.post("/borradores", data={"path": path}).location


@pytest.fixture
def stored(workshop, database):
    """Return a function that gives the bytes of the only document of the only draft."""

    def data():
        with database.read() as session:
            return drafts.content(workshop, session.scalars(select(Draft)).one().files[0])

    return data


def links(client, address):
    return re.findall(r'href="([^"]+/bloques/\d+)"', client.get(f"{address}?vista=vista").text)


def fields(page):
    return {name: html.unescape(text) for name, text in [*HIDDEN.findall(page.text), *FIELD.findall(page.text)]}


def opened(client, address, words):
    """Return the address and the fields of the block that says some words."""
    for link in links(client, address):
        found = fields(client.get(link))
        if words in found["seen"]:
            return link, found
    raise AssertionError(words)


def as_sent(text):
    return text.replace("\n", "\r\n")  # as a browser does


@pytest.mark.parametrize(
    ("path", "words", "old", "new"),
    [
        (INTRODUCTION, "title:", "El valor de transacción", "Otro título"),
        (INTRODUCTION, "1. No existen", "La venta o el precio", "El precio"),
        (INTRODUCTION, "::: nota", "30 días", "45 días"),
        (ADJUSTMENTS, "| Elemento", "625,00", "630,00"),
        (ADJUSTMENTS, "[^canones]:", "8.1 c)", "8.1 d)"),
        (WINDOWS_LINES, "Mismo momento", "uno aproximado", "uno\ncercano"),
        (GLOSSARY, "Maquila", "régimen", "sistema"),
    ],
)
def test_a_block_is_changed_and_every_other_byte_stays(author, stored, path, words, old, new):
    address = begin(author, path)
    before = stored()
    link, form = opened(author, address, words)
    answer = author.post(link, data=form | {"text": as_sent(form["text"].replace(old, new, 1)), "act": "save"})
    assert answer.status_code == 303
    ending = "\r\n" if b"\r\n" in before else "\n"
    assert stored() == before.replace(old.encode(), new.replace("\n", ending).encode(), 1)


def test_a_block_is_added_and_one_is_taken_out(author, stored):
    address = begin(author, WINDOWS_LINES)
    link, form = opened(author, address, "Mismo momento")
    page = author.get(f"{link}?despues=1")
    assert fields(page)["text"] == ""
    assert author.post(link, data=fields(page) | {"text": "Nuevo.\r\n", "act": "add"}).status_code == 303
    assert "uno aproximado.\r\n\r\nNuevo.\r\n\r\nMismo nivel" in stored().decode()
    link, form = opened(author, address, "Nuevo.")
    assert author.post(link, data=form | {"act": "remove"}).status_code == 303
    assert "uno aproximado.\r\n\r\nMismo nivel" in stored().decode()


def test_the_first_block_of_an_empty_document_is_written(author, stored):
    address = begin(author, GLOSSARY)
    for _ in range(3):
        link = links(author, address)[0]
        author.post(link, data=fields(author.get(link)) | {"act": "remove"})
    assert stored() == b"\xef\xbb\xbf"
    (link,) = links(author, address)
    assert author.post(link, data=fields(author.get(link)) | {"text": "# Uno", "act": "add"}).status_code == 303
    assert stored() == b"\xef\xbb\xbf# Uno\n"


def test_a_block_that_changed_in_another_tab_is_not_overwritten_and_the_text_is_kept(author, stored):
    address = begin(author, INTRODUCTION)
    link, form = opened(author, address, "::: nota")
    first = form | {"text": form["text"].replace("30 días", "45 días"), "act": "save"}
    assert author.post(link, data=first).status_code == 303
    answer = author.post(link, data=form | {"text": form["text"].replace("30 días", "60 días"), "act": "save"})
    assert answer.status_code == 409
    assert "45 días" in stored().decode()
    again = fields(answer)
    assert "60 días" in again["text"]
    assert "45 días" in again["seen"]
    assert "Poner su texto en lugar de ese bloque" in answer.text
    assert author.post(link, data=again | {"act": "save"}).status_code == 303
    assert "60 días" in stored().decode()
    assert "45 días" not in stored().decode()


def test_a_block_that_only_moved_is_found_again(author, stored):
    address = begin(author, INTRODUCTION)
    link, form = opened(author, address, "::: nota")
    other, title = opened(author, address, "# El valor")
    author.post(other, data=title | {"text": "Un bloque nuevo.", "act": "add"})
    sent = form | {"text": form["text"].replace("30 días", "45 días"), "act": "save"}
    assert author.post(link, data=sent).status_code == 303
    assert "45 días" in stored().decode()
    assert "Un bloque nuevo." in stored().decode()


def test_of_two_blocks_that_read_the_same_none_is_guessed_once_the_text_changed(author, stored):
    address = begin(author, GLOSSARY)
    for _ in range(2):
        link, form = opened(author, address, "Maquila")
        author.post(link, data=form | {"text": "Igual.", "act": "add"})
    link = links(author, address)[3]
    form = fields(author.get(link))
    assert form["seen"] == "Igual."
    other, title = opened(author, address, "# Glosario")
    author.post(other, data=title | {"text": "# Glosario nuevo", "act": "save"})
    answer = author.post(link, data=form | {"text": "Distinto.", "act": "save"})
    assert answer.status_code == 409
    assert "Distinto." not in stored().decode()
    assert fields(answer)["text"] == "Distinto."


def test_the_text_of_a_block_that_is_gone_may_stand_at_the_end(author, stored):
    address = begin(author, WINDOWS_LINES)
    link, form = opened(author, address, "Mismo momento")
    author.post(link, data=form | {"act": "remove"})
    answer = author.post(link, data=form | {"text": "Mi texto.", "act": "save"})
    assert answer.status_code == 409
    assert "ya no está en el borrador" in answer.text
    assert author.post(link, data=fields(answer) | {"act": "add"}).status_code == 303
    assert stored().decode().endswith("Mismo nivel comercial.\r\n\r\nMi texto.\r\n")


@pytest.mark.parametrize(
    ("typed", "sentence"), [("  \n", "Escriba el texto del bloque"), ("x" * 2_000_000, "El documento pasa de")]
)
def test_what_cannot_be_saved_is_said_beside_the_field_and_kept(author, app, typed, sentence):
    app.config["MAX_FORM_MEMORY_SIZE"] = 9_000_000
    address = begin(author, INTRODUCTION)
    link, form = opened(author, address, "::: nota")
    answer = author.post(link, data=form | {"text": typed, "act": "save"})
    assert answer.status_code == 400
    assert sentence in answer.text
    assert fields(answer)["text"] == typed.strip(" ") or typed.strip() == ""


def test_a_block_is_its_authors_alone_and_an_unknown_one_does_not_exist(group, author, sign_in):
    address = begin(author, INTRODUCTION)
    link = links(author, address)[0]
    assert sign_in(group.members[1]).get(link).status_code == 404
    assert sign_in(group.members[1]).post(link, data={"text": "x", "act": "save"}).status_code == 404
    assert author.get(f"{address}/bloques/99").status_code == 404
    assert author.get(f"{address}/bloques/0").status_code == 404


def test_a_page_opened_before_the_text_moved_does_not_take_back_what_others_changed(group, workshop, author, database):
    address = begin(author, INTRODUCTION)
    with database.read() as session:
        other, desk = people.get(session, group.members[1].id), people.get(session, group.coordinator.id)
    page = author.get(address).text
    old = dict(HIDDEN.findall(page)) | {"title": "Un título", "reason": "Un motivo", "kind": "substance"}
    text = html.unescape(re.search(r'<textarea class="markdown"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)[1])
    number = journey.propose(workshop, other, INTRODUCTION, "30 días", "90 días")
    journey.approve(workshop, number, factories.Group(group.members, group.seats, group.observers, desk, desk, desk))
    journey.merge(workshop, number, desk)
    with database.write() as session:
        drafts.rebase(workshop, session.scalars(select(Draft)).one())
    answer = author.post(f"{address}/guardar", data=old | {"text": text.replace("El valor en", "El Valor en")})
    assert answer.status_code == 409
