"""Editions: the list, the link to the state they name, and publishing by the coordination alone."""

from __future__ import annotations

import re
from html import unescape
from time import process_time

import pytest

from benchmarks import texts
from reviewtool import clock
from reviewtool.gitstore import reading, writing
from tests.support.materials import ADJUSTMENTS, GLOSSARY, INTRODUCTION, PICTURE
from tests.support.words import said


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


def publish(client, name):
    assert client.post("/ediciones", data={"name": name, "note": ""}).status_code == 303


def put(store, files):
    """Commit files (None: removed) on top of the published text."""
    tip = reading.head(store)
    blobs = {path: data if data is None else writing.write_blob(store, data) for path, data in files.items()}
    tree = writing.write_tree(store, tip, [writing.Edit(path, blob, "100644") for path, blob in blobs.items()])
    person = reading.Signature("Ignacio Riquelme", "p4@grupo.invalid", clock.now())
    made = writing.commit_tree(store, tree, [tip], "Cambia", person, person)
    assert writing.update_ref(store, reading.MAIN, made, tip)
    return made


def test_two_editions_are_compared_document_by_document(sign_in, group, store):
    client = sign_in(group.coordinator)
    old = reading.head(store)
    publish(client, "Edición 1")
    text = reading.data(store, reading.find(store, old, INTRODUCTION).blob).replace("30 días".encode(), b"45 d")
    put(store, {INTRODUCTION: text, "nuevo/01.md": b"# Un documento nuevo\n", GLOSSARY: None, PICTURE: b"\x89PNG"})
    publish(client, "Edición 2")
    put(store, {ADJUSTMENTS: b"# Otro texto\n"})
    reader = sign_in(group.reader)
    form = reader.get("/ediciones").text
    assert re.search(r'<option value="edicion-1" selected>', form)
    assert re.search(r'<option value="edicion-2" selected>', form)
    page = reader.get("/ediciones/comparar?desde=edicion-1&hasta=edicion-2")
    assert "Cambiaron 4 documentos o archivos" in said(page)
    assert "Antes: «Edición 1»," in said(page)
    assert "Después: «Edición 2»," in said(page)
    for line in ("El valor de transacción modificado", "Un documento nuevo nuevo", "Glosario suprimido"):
        assert line in said(page)
    assert "Los ajustes del artículo 8" not in said(page)
    links = re.findall(rf'href="(/comparar/{old}/[^"]+)"', page.text)
    assert len(links) == 4
    assert all(reader.get(unescape(link)).status_code == 200 for link in links)
    assert re.search(r"<del>.*?30.*?</del><ins>.*?45", page.text)
    assert page.text.count('class="redline"') == 1
    redline = next(reader.get(unescape(link)) for link in links if "introduccion" in link)
    assert re.search(r"<del>.*?30.*?</del><ins>.*?45", redline.text)
    assert "Después: «Edición 2»," in said(redline)


def test_two_editions_with_large_differences_stay_a_small_page_and_any_document_is_opened_on_it(sign_in, group, store):
    before = texts.document(200)
    after = texts.changed(before, 150)
    names = [f"manual/{n}.md" for n in range(6)]
    rows = "\n".join(f"{n};arancel" for n in range(300))
    put(store, dict.fromkeys(names, before.encode()) | {"a.csv": rows.encode(), "b.bin": b"\0"})
    publish(sign_in(group.coordinator), "Edición 1")
    put(store, dict.fromkeys(names, after.encode()) | {"a.csv": rows.replace("7;", "8;").encode(), "b.bin": b"\1"})
    reader = sign_in(group.reader)
    began = process_time()
    page = reader.get("/ediciones/comparar?desde=edicion-1&hasta=")
    assert process_time() - began < 8
    assert len(page.data) < 250 * 1024
    assert len(re.findall("Mostrar los cambios<", page.text)) >= 4
    for link in re.findall(r'href="(\?[^"]+todo=[^"]+)">Mostrar', page.text):
        query, _hash, anchor = unescape(link).partition("#")
        opened = reader.get(f"/ediciones/comparar{query}").text
        assert not anchor or f'id="{anchor}"' in opened
    number = re.search(r"todo=(\d)#document-\1", page.text)[1]
    opened = reader.get(f"/ediciones/comparar?desde=edicion-1&hasta=&todo={number}").text
    assert opened.count(f'id="change-{number}-') == 150


def test_an_edition_is_compared_with_the_present_text_or_with_itself(sign_in, group, store):
    client = sign_in(group.coordinator)
    publish(client, "Edición 1")
    assert "Los dos textos son idénticos" in said(client.get("/ediciones/comparar?desde=edicion-1&hasta=edicion-1"))
    put(store, {GLOSSARY: b"# Glosario\n"})
    page = client.get("/ediciones/comparar?desde=edicion-1&hasta=")
    assert "Cambió 1 documento o archivo" in said(page)
    assert "Después: texto vigente," in said(page)


@pytest.mark.parametrize("query", ["", "desde=nada", "desde=edicion-1&hasta=nada"])
def test_an_edition_that_does_not_exist_cannot_be_compared(sign_in, group, query):
    client = sign_in(group.coordinator)
    publish(client, "Edición 1")
    assert client.get(f"/ediciones/comparar?{query}").status_code == 404
