"""Pictures sent into a draft: drawn anew beside the document, put into its text, refused in words, proposed with it."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from sqlalchemy import select

from reviewtool.gitstore import reading
from reviewtool.models import Draft, DraftFile, RoleTerm
from reviewtool.services import drafts, people, proposals, revisions
from tests.support import journey, sent
from tests.support.materials import FIGURE, GLOSSARY, INTRODUCTION
from tests.support.words import said

FOLDER = "valor-de-transaccion/imagenes"
SAYS = {"alternative": "Esquema del valor: 100 más 20"}


@pytest.fixture
def author(group, sign_in):
    return sign_in(group.members[0])


@pytest.fixture
def address(author):
    """The form for pictures of a draft that has the introduction."""
    return author.post("/borradores", data={"path": INTRODUCTION}).location + "/imagen"


def send(client, address, data, name="Figura 1.png", **more):
    return client.post(address, data=SAYS | more | {"file": (io.BytesIO(data), name)})


def files(database):
    with database.read() as session:
        return {entry.path: entry for entry in session.scalars(select(DraftFile))}


def test_a_picture_is_drawn_anew_beside_the_document_and_stands_in_its_text(author, address, database):
    page = author.get(address)
    assert "Al terminar" not in page.text
    after = re.search(r'<option value="(\d+)"[^>]*>El valor en aduana de las mercancías', page.text)[1]
    answer = send(author, address, sent.photograph((4000, 1000)), "Mi foto.jpeg", after=after)
    assert answer.status_code == 303
    found = files(database)
    kept = found[f"{FOLDER}/mi-foto.jpg"].data
    assert Image.open(io.BytesIO(kept)).size == (1600, 400)
    assert sent.PLACE.encode() not in kept
    text = found[INTRODUCTION].text
    line = "![Esquema del valor: 100 más 20](imagenes/mi-foto.jpg)"
    assert f"de importación.\n\n{line}\n\n## Condiciones" in text
    look = author.get(answer.location)
    src = re.search(r'<img src="([^"]+)" alt="Esquema del valor: 100 más 20"', look.text)[1]
    shown = author.get(src)
    assert (shown.data, shown.mimetype) == (kept, "image/jpeg")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"


def test_the_editor_gets_what_a_text_says_and_its_own_text_stays(author, address, database):
    answer = author.post(
        address,
        data=SAYS | {"file": (io.BytesIO(sent.picture()), "a.png")},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 201
    assert answer.json["markdown"] == "![Esquema del valor: 100 más 20](imagenes/a.png)"
    assert answer.json["path"] == "imagenes/a.png"
    assert author.get(answer.json["url"]).mimetype == "image/png"
    assert files(database)[INTRODUCTION].text is None
    refused = author.post(
        address, data={"file": (io.BytesIO(b"MZ"), "a.png"), **SAYS}, headers={"Accept": "application/json"}
    )
    assert refused.status_code == 400
    assert refused.json == {
        "error": "Se admiten imágenes PNG, JPEG, WebP y GIF, y dibujos SVG. Este archivo es de otro tipo.",
        "field": "file",
    }


def test_names_are_counted_on_and_the_same_picture_is_one(author, address, database):
    for data in (sent.picture(size=(10, 10)), sent.picture(size=(11, 11)), sent.picture(size=(10, 10))):
        assert send(author, address, data, "../../.git/Config.PNG").status_code == 303
    assert set(files(database)) == {INTRODUCTION, f"{FOLDER}/config.png", f"{FOLDER}/config-2.png"}


def test_what_is_said_of_a_picture_is_text(author, address, database):
    tricky = "](javascript:alert(1)) <b>\r\n# `x` *y*"
    assert send(author, address, sent.picture(), alternative=tricky).status_code == 303
    look = author.get(address.removesuffix("/imagen") + "?vista=vista").text
    assert 'alt="](javascript:alert(1)) &lt;b&gt; # `x` *y*"' in look
    assert "<h1" in look
    assert 'href="javascript' not in look


@pytest.mark.parametrize("what", [what for what in sent.HOSTILE if "moving" not in what])
def test_a_hostile_file_is_no_picture_and_what_was_typed_stays(author, address, database, what):
    answer = send(author, address, sent.HOSTILE[what], "figura.png")
    assert answer.status_code == 400
    assert 'href="#file"' in answer.text
    assert 'value="Esquema del valor: 100 más 20"' in answer.text
    assert set(files(database)) == {INTRODUCTION}


def test_a_drawing_comes_through_without_what_runs(author, address, database):
    hostile = sent.drawing('<script>alert(1)</script><g onload="alert(1)"/>')
    assert send(author, address, hostile, "esquema.svg").status_code == 303
    entry = files(database)[f"{FOLDER}/esquema.svg"]
    assert "alert" not in entry.text
    assert "<rect" in entry.text


def test_a_drawing_that_was_typed_is_cleaned_before_it_is_proposed(author, workshop, group, database):
    with database.write() as session:
        draft = drafts.start(session, workshop, by=people.get(session, group.members[0].id))
        entry = drafts.add_document(workshop, draft, FIGURE)
        drafts.save_text(workshop, draft, entry, sent.drawing("<script>alert(1)</script>").decode(), saves=None)
        drafts.save_meta(draft, journey.META)
        session.flush()
        draft_id = draft.id
    number = revisions.submit(workshop, draft_id, by_id=group.members[0].id)
    with database.read() as session:
        made = proposals.revision(session, number, 1)
        blob = made.touches[0].new_blob
    assert b"alert" not in reading.data(workshop.store, blob)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"alternative": " "}, "alternative"),
        ({"alternative": "x" * 501}, "alternative"),
    ],
)
def test_a_picture_needs_words_for_those_who_do_not_see_it(author, address, database, form, field):
    answer = author.post(address, data=form | {"file": (io.BytesIO(sent.picture()), "a.png")})
    assert answer.status_code == 400
    assert f'href="#{field}"' in answer.text
    assert set(files(database)) == {INTRODUCTION}


def test_a_picture_that_only_adorns_needs_no_words(author, address, database):
    answer = send(author, address, sent.picture(), alternative="", decorative="1")
    assert answer.status_code == 303
    assert "![](imagenes/figura-1.png)" in files(database)[INTRODUCTION].text


@pytest.mark.parametrize("times", [1, 3], ids=["just above", "three times"])
def test_without_a_file_and_with_one_that_is_too_large_the_reason_is_said(author, address, workshop, times):
    answer = author.post(address, data=SAYS)
    assert "Elija un archivo de su equipo." in said(answer)
    large = b"x" * (workshop.limits.upload_bytes * times + 1)
    answer = send(author, address, large)
    answer.request.environ["wsgi.input"].close()  # the test client leaves its temporary file open
    assert answer.status_code == 400
    assert "El archivo pasa de 10 MB." in said(answer)
    assert 'value="Esquema del valor: 100 más 20"' in answer.text


def test_what_is_typed_is_kept_on_the_way_to_the_form(author, address, database):
    document = address.removesuffix("/imagen")
    page = author.get(document)
    assert 'value="image"' in page.text
    saves = re.search(r'name="saves" value="(\d+)"', page.text)[1]
    answer = author.post(document, data={"text": "# Mi texto\n", "saves": saves, "act": "image"})
    assert (answer.status_code, answer.location) == (303, address)
    assert files(database)[INTRODUCTION].text == "# Mi texto\n"


def test_the_drafts_of_others_are_not_there(author, address, group, sign_in):
    send(author, address, sent.picture())
    picture = address.rsplit("/", 2)[0] + "/archivos/2"
    assert author.get(picture).status_code == 200
    other = sign_in(group.members[1])
    assert other.get(address).status_code == 404
    assert other.get(picture).status_code == 404
    assert send(other, address, sent.picture()).status_code == 404


def test_who_may_no_longer_propose_is_told_so(author, address, group, database):
    with database.write() as session:
        for term in session.scalars(select(RoleTerm).where(RoleTerm.person_id == group.members[0].id)):
            term.role = "observer"
    assert send(author, address, sent.picture()).status_code == 403
    assert set(files(database)) == {INTRODUCTION}


def test_a_document_that_went_meanwhile_is_said(author, address, database):
    change = address.replace("/imagen", "/cambiar")
    author.post(change, data={"act": "delete"})
    assert send(author, address, sent.picture()).status_code == 404
    author.post(change, data={"act": "drop"})
    assert send(author, address, sent.picture()).status_code == 404


def test_a_proposal_shows_the_new_picture(author, address, database, workshop, group):
    send(author, address, sent.picture())
    with database.write() as session:
        draft = session.scalars(select(Draft)).one()
        drafts.save_meta(draft, journey.META)
        draft_id = draft.id
    number = revisions.submit(workshop, draft_id, by_id=group.members[0].id)
    page = author.get(f"/propuestas/{number}").text
    assert re.search(r'<img src="/estado/[^"]+/figura-1.png" alt="Esquema del valor', page) or "figura-1.png" in page


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("informe.pdf", b"MZ", "Este es de otro tipo"),
        ("informe.pdf", sent.office(), "El contenido del archivo no es del tipo que dice su nombre"),
        ("programa.exe", b"MZ", "Este archivo es de otro tipo"),
        ("pagina.html", b"<script>alert(1)</script>", "Este archivo es de otro tipo"),
        ("nota.md", b"\xff\xfe\x00", "codificación UTF-8"),
        ("nota.md", b"", "El archivo está vacío"),
        ("figura.png", b"<svg>", "dibujo SVG está dañado"),
    ],
)
def test_of_other_files_too_the_content_is_looked_at(author, address, database, name, data, sentence):
    documents = address.rsplit("/", 2)[0] + "/documentos"
    answer = author.post(documents, data={"act": "upload", "file": (io.BytesIO(data), name)})
    assert answer.status_code == 400
    assert sentence in said(answer)
    assert set(files(database)) == {INTRODUCTION}


def test_a_file_of_the_materials_follows_its_content(author, address, database):
    documents = address.rsplit("/", 2)[0] + "/documentos"
    for name, data in {
        "plan.pdf": sent.PDF,
        "tabla.csv": "a;b\nñ;1\n".encode(),
        "foto.png": sent.photograph(),
        "nuevo.md": b"# Nuevo\n",
    }.items():
        answer = author.post(documents, data={"act": "upload", "folder": "kit", "file": (io.BytesIO(data), name)})
        assert answer.status_code == 303, name
    assert {"kit/plan.pdf", "kit/tabla.csv", "kit/foto.jpg", "kit/nuevo.md"} <= set(files(database))
    replacing = {"act": "upload", "file": (io.BytesIO(b"# Glosario\n"), GLOSSARY)}
    assert author.post(documents, data=replacing).status_code == 303
    assert files(database)[GLOSSARY].old_path == GLOSSARY
