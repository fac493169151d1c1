"""New documents of a draft: from a template, in a module, under a name that is free; others renamed and deleted."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from reviewtool.models import DraftFile
from reviewtool.services import document_templates, modules
from reviewtool.services.documents import tip
from tests.support import sent
from tests.support.materials import GLOSSARY, INTRODUCTION
from tests.support.words import said

TEMPLATE = "# Lección\n\nDe qué trata.\n\n## Objetivos\n"


@pytest.fixture
def author(group, sign_in):
    return sign_in(group.members[0])


@pytest.fixture
def address(author):
    """The page of the documents of a draft that has the introduction."""
    return author.post("/borradores", data={"path": INTRODUCTION}).location.rsplit("/", 1)[0] + "/documentos"


@pytest.fixture
def templates(app, workshop, tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "leccion.md").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "templates" / "binario.md").write_bytes(b"\xff\x00")
    app.extensions["workshop"] = replace(workshop, templates=document_templates.load(tmp_path / "templates"))


def files(database):
    with database.read() as session:
        return {entry.path: entry for entry in session.scalars(select(DraftFile))}


def new(client, address, **more):
    return client.post(address, data={"act": "new", "heading": "Lección 9. El control", "module": "kit"} | more)


def test_a_document_begins_from_a_template_in_a_module_named_by_its_title(author, address, templates, database):
    page = author.get(address).text
    assert '<option value="leccion" lang="es">Lección</option>' in page
    assert "binario" not in page
    assert '<option value="valor-de-transaccion"' in page
    answer = new(author, address, module="valor-de-transaccion", template="leccion")
    assert answer.status_code == 303
    made = files(database)["valor-de-transaccion/leccion-9-el-control.md"]
    assert made.text == TEMPLATE.replace("# Lección", "# Lección 9. El control", 1)
    assert "Lección 9. El control" in author.get(answer.location).text


def test_an_empty_document_has_its_title_and_goes_into_a_folder_of_the_module(author, address, database):
    assert new(author, address, folder="/anexos/", name="tabla", template="vacio").status_code == 303
    assert files(database)["kit/anexos/tabla.md"].text == "# Lección 9. El control\n"


@pytest.mark.parametrize(
    ("form", "field", "sentence"),
    [
        ({"name": "glosario", "module": ""}, "name", f"Ya hay un documento en «{GLOSSARY}»."),
        ({"name": ".git"}, "name", "Ese nombre no sirve"),
        ({"folder": "../fuera"}, "name", "Ese nombre no sirve"),
        ({"module": ".git/hooks"}, "name", "Ese nombre no sirve"),
        ({"name": "con/barra"}, "name", "sin barras"),
        ({"heading": " "}, "heading", "Escriba un título"),
        ({"template": "otra"}, "template", "Elija una opción de la lista."),
    ],
)
def test_a_refusal_stands_beside_its_field_and_what_was_typed_stays(
    author, address, templates, database, form, field, sentence
):
    answer = new(author, address, **form)
    assert answer.status_code in {400, 409}
    assert sentence in said(answer)
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    if "heading" not in form:
        assert 'value="Lección 9. El control"' in answer.text
    assert "<details open><summary>Un documento nuevo" in answer.text
    assert set(files(database)) == {INTRODUCTION}


def test_a_name_that_clashes_is_refused_beside_it_with_what_was_typed(author, address, database):
    entry = files(database)[INTRODUCTION].id
    change = f"{address.rsplit('/', 1)[0]}/{entry}/cambiar"
    answer = author.post(change, data={"act": "rename", "path": GLOSSARY})
    assert answer.status_code == 409
    assert f'href="#path-{entry}"' in answer.text
    assert re.search(rf'id="path-{entry}" name="path" value="{GLOSSARY}"', answer.text)
    for path in (".git/config", "../fuera.md"):
        assert author.post(change, data={"act": "rename", "path": path}).status_code == 400
    answer = author.post(change, data={"act": "rename", "path": "valor-de-transaccion/01.svg"})
    assert "tiene que seguir terminando igual: «md»" in said(answer)
    assert author.post(change, data={"act": "rename", "path": "valor-de-transaccion/01.md"}).status_code == 303
    assert set(files(database)) == {"valor-de-transaccion/01.md"}


def test_a_file_that_is_refused_is_said_beside_its_field(author, address):
    for name, status in (("..", 400), ("nota.exe", 400)):
        answer = author.post(address, data={"act": "upload", "module": "kit", "file": (io.BytesIO(sent.PDF), name)})
        assert answer.status_code == status
        assert 'href="#file"' in answer.text
        assert "<details open><summary>Una imagen u otro archivo" in answer.text


def test_a_document_that_left_the_draft_in_another_window_is_said(author, address, database):
    change = f"{address.rsplit('/', 1)[0]}/{files(database)[INTRODUCTION].id}/cambiar"
    assert author.post(change, data={"act": "delete"}).status_code == 303
    assert files(database)[INTRODUCTION].deleted
    assert author.post(change, data={"act": "keep"}).status_code == 303
    assert author.post(change, data={"act": "drop"}).status_code == 303
    answer = author.post(change, data={"act": "rename", "path": "otro.md"})
    assert answer.status_code == 404
    assert "Ese documento no está en el borrador." in said(answer)


def test_the_templates_that_come_along_are_whole(request):
    shipped = document_templates.load(request.config.rootpath / "config" / "templates")
    assert [each.title for each in shipped] == ["Caso práctico", "Lección", "Prueba"]
    for each in shipped:
        begun = document_templates.begun(shipped, each.key, "Título \\1").decode()
        assert begun.startswith("# Título \\1\n\n")
        assert begun.count("\n# ") == 0
    assert document_templates.load(request.config.rootpath / "no-such-folder") == ()


def test_the_modules_offered_are_those_of_the_materials(author, address, workshop):
    page = author.get(address).text
    for module in modules.tree(workshop, tip(workshop)).modules:
        assert f'<option value="{module.folder}"' in page
