"""The pages of the materials, asked as a person's browser asks them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import process_time
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from benchmarks import texts
from reviewtool import clock
from reviewtool.db import Database
from reviewtool.gitstore import reading, writing
from reviewtool.gitstore.ids import CommitId
from reviewtool.gitstore.store import Store
from reviewtool.models import Edition, Merge, Person, Proposal, Revision, Touch
from tests import factories
from tests.support import materials

LONG_NAME = "modulo/" + "nombre larguísimo con ñandúes y espacios " * 4 + "fin.md"
SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
TEXT = """# La carga de la prueba

Primer párrafo con **énfasis** y un [enlace](../glosario.md#canon), otro [roto](../../fuera.md) y otro
a [la guía](<../kit del instructor/Sesión 1 – guía de la facilitadora.md>).

![Esquema](dibujo.svg)

## Los plazos

La administración dispone de 60 días.

<script>alert("no")</script>
"""


@pytest.fixture
def reader(database: Database, sign_in: Callable[[Person], FlaskClient]) -> FlaskClient:
    with database.write() as session:
        person = factories.make_person(session, "Marisol Vega", "reader", administration="")
    return sign_in(person)


@pytest.fixture
def member(database: Database, sign_in: Callable[[Person], FlaskClient]) -> FlaskClient:
    with database.write() as session:
        person = factories.make_person(session, "Rosa Quispe", "member")
    return sign_in(person)


def put(store: Store, files: dict[str, bytes | str | None], subject: str = "Cambia", minutes: int = 0) -> CommitId:
    """Commit files (None: removed) on top of main."""
    tip = reading.head(store)
    edits = []
    for path, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        edits.append(writing.Edit(path, None if data is None else writing.write_blob(store, data), "100644"))
    at = datetime(2026, 6, 4, 15, tzinfo=UTC) + timedelta(minutes=minutes)
    person = reading.Signature("Ignacio Riquelme", "p4@grupo.invalid", at)
    tree = writing.write_tree(store, tip, edits)
    made = writing.commit_tree(store, tree, [tip] if tip else [], subject, person, person)
    assert writing.update_ref(store, reading.MAIN, made, tip)
    return made


def address(prefix: str, path: str) -> str:
    return f"{prefix}/{quote(path)}"


def shown(client: FlaskClient, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, (url, response.status_code)
    return response.get_data(as_text=True)


def words(page: str) -> str:
    """Return what a page says, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


# -- reading ---------------------------------------------------------------------------------------------------------


def test_the_overview_lists_every_document_by_its_title(reader: FlaskClient) -> None:
    page = words(shown(reader, "/materiales"))
    assert "6 documentos vigentes" in page
    for title in ("El valor de transacción", "Los ajustes del artículo 8", "Mercancías idénticas", "Glosario"):
        assert title in page


def test_every_file_of_the_materials_has_a_page(reader: FlaskClient, store: Store) -> None:
    put(store, {LONG_NAME: "# Corto", "vacio.md": "", "datos.csv": "a;b\r\n1;2\r\n", "nada.txt": "", "x.pdf": b"%\x00"})
    commit = reading.head(store)
    assert commit is not None
    for path in reading.files(store, commit):
        page = shown(reader, address("/materiales", path))
        assert page.count("<h1") == 1, path
        assert shown(reader, address("/historial", path)).count("<h1") == 1, path


def test_a_document_is_rendered_with_its_links_pictures_and_outline(reader: FlaskClient, store: Store) -> None:
    commit = put(store, {"modulo/a.md": TEXT, "modulo/dibujo.svg": SCRIPT})
    page = shown(reader, "/materiales/modulo/a.md")
    assert '<h1 id="la-carga-de-la-prueba" lang="es">La carga de la prueba</h1>' in page
    assert "<strong>énfasis</strong>" in page
    assert 'href="/materiales/glosario.md#canon"' in page
    assert f'href="{address("/materiales", materials.ODD_NAME)}"' in page
    assert '<span class="broken-link">roto</span>' in page
    assert f'src="/archivo/{commit}/modulo/dibujo.svg"' in page
    assert 'href="#los-plazos"' in page
    assert "<script>alert" not in page
    assert "1 minuto de lectura" in page
    assert "Ignacio Riquelme" in page


def test_a_folder_shows_the_list_of_its_documents(reader: FlaskClient) -> None:
    for url in ("/materiales/valor-de-transaccion", "/materiales/valor-de-transaccion/"):
        page = words(shown(reader, url))
        assert "2 documentos" in page
        assert "Los ajustes del artículo 8" in page
        assert "ajustes.svg" in page


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (materials.OLD_ENCODING, "«último recurso»"),
        (materials.OLD_ENCODING, "codificación antigua"),
        (materials.WINDOWS_LINES, "Mismo nivel comercial."),
        (materials.GLOSSARY, "Maquila"),
        ("vacio.md", "todavía no tiene texto"),
        ("vacio.txt", "está vacío"),
        ("datos.bin", "no puede mostrarse aquí"),
        ("grande.md", "demasiado grande"),
    ],
)
def test_an_odd_file_is_shown_as_well_as_it_can_be(reader: FlaskClient, store: Store, path: str, says: str) -> None:
    put(store, {"vacio.md": "", "vacio.txt": "", "datos.bin": b"\x00\x01", "grande.md": "palabra " * 200_000})
    assert says in words(shown(reader, address("/materiales", path)))


def test_only_who_may_propose_is_offered_to(reader: FlaskClient, member: FlaskClient) -> None:
    url = address("/materiales", materials.ODD_NAME)
    assert "Proponer un cambio" not in shown(reader, url)
    page = shown(member, url)
    assert "Proponer un cambio" in page
    assert f'name="path" value="{materials.ODD_NAME}"' in page


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, store: Store) -> None:
    tip = reading.head(store)
    for url in ("/materiales", "/materiales/glosario.md", "/archivo/glosario.md", f"/archivo/{tip}/glosario.md",
                "/historial/glosario.md", "/buscar?q=canon", f"/estado/{tip}/", "/por-que/glosario.md"):  # fmt: skip
        assert client.get(url).status_code == 302


def test_pages_of_materials_answer_to_nothing_but_reading(app: Flask) -> None:
    methods = {m for rule in app.url_map.iter_rules() if rule.endpoint.startswith("documents.") for m in rule.methods}
    assert methods == {"GET", "HEAD", "OPTIONS"}


# -- what is not there -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["/materiales", "/archivo", "/historial", "/por-que"])
@pytest.mark.parametrize(
    "path",
    [
        "no-existe.md",
        "../../../etc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "valor-de-transaccion/../../config",
        ".git/config",
        "HEAD",
        "glosario.md%00.png",
        "glosario.md/mas",
        "%ff%fe.md",
        "-rf",
        "a" * 3000,
    ],
)
def test_what_is_not_in_the_materials_is_not_found(reader: FlaskClient, prefix: str, path: str) -> None:
    assert reader.get(f"{prefix}/{path}").status_code in {404, 308}
    assert "Esta página no existe" in words(
        reader.get(f"{prefix}/{path}", follow_redirects=True).get_data(as_text=True)
    )


@pytest.mark.parametrize("query", ["", "?bloque=", "?bloque=x", "?bloque=-1", "?bloque=999", "?bloque=" + "9" * 30])
def test_a_block_that_is_not_there_is_not_found(reader: FlaskClient, query: str) -> None:
    assert reader.get("/por-que/glosario.md" + query).status_code == 404


def test_a_state_that_was_never_published_is_not_found(reader: FlaskClient, store: Store) -> None:
    tip = reading.head(store)
    assert tip is not None
    person = reading.Signature("X", "x@grupo.invalid", datetime(2026, 7, 1, tzinfo=UTC))
    aside = writing.commit_tree(store, reading.tree_of(store, tip), [tip], "Aparte", person, person)
    for commit in (aside, "0" * 40, reading.tree_of(store, tip), "HEAD", tip[:12], "main", "--help"):
        for url in (f"/estado/{commit}/", f"/estado/{commit}/glosario.md", f"/archivo/{commit}/glosario.md",
                    f"/cambio/{commit}/glosario.md"):  # fmt: skip
            assert reader.get(url).status_code == 404, url


# -- older states and changes ----------------------------------------------------------------------------------------


def test_an_older_state_says_so_and_its_links_stay_in_it(reader: FlaskClient, store: Store, database: Database) -> None:
    old = put(store, {"modulo/a.md": TEXT, "modulo/dibujo.svg": SCRIPT})
    put(store, {"modulo/a.md": TEXT.replace("60 días", "90 días")}, minutes=1)
    with database.write() as session:
        person = factories.make_person(session)
        session.add(
            Edition(name="2026-1", tag="2026-1", commit=old, published_by_id=person.id, published_at=clock.now())
        )
    page = shown(reader, f"/estado/{old}/modulo/a.md")
    said = words(page)
    assert "60 días" in said
    assert "«2026-1». Está leyendo los materiales como estaban" in said
    assert f'href="/estado/{old}/glosario.md#canon"' in page
    assert f'src="/archivo/{old}/modulo/dibujo.svg"' in page
    assert 'href="/materiales/modulo/a.md"' in page
    assert "¿Por qué dice esto?" not in said
    assert "7 documentos en este estado" in words(shown(reader, f"/estado/{old}/"))
    assert "La carga de la prueba" in words(shown(reader, f"/estado/{old}/modulo"))


def test_a_change_is_read_as_a_redline(reader: FlaskClient, store: Store) -> None:
    put(store, {"modulo/a.md": TEXT, "modulo/dibujo.svg": SCRIPT})
    commit = put(store, {"modulo/a.md": TEXT.replace("60 días", "90 días")}, "Amplía el plazo", 1)
    listed = shown(reader, "/historial/modulo/a.md")
    assert f'href="/cambio/{commit}/modulo/a.md"' in listed
    page = shown(reader, f"/cambio/{commit}/modulo/a.md")
    assert re.search(r"<del>.*?60.*?</del><ins>.*?90.*?</ins>", page)
    assert 'id="change-1"' in page
    assert 'id="change-2"' not in page
    assert "Mostrar 3 párrafos sin cambios" in page
    assert "Primer párrafo" not in page
    assert "Primer párrafo" in shown(reader, f"/cambio/{commit}/modulo/a.md?todo=1")


@pytest.mark.parametrize(
    ("files", "path", "says"),
    [
        ({"nuevo.md": "# Nuevo"}, "nuevo.md", "entró en los materiales"),
        ({materials.GLOSSARY: None}, materials.GLOSSARY, "se retiró de los materiales"),
        ({materials.PICTURE: b"otra"}, materials.PICTURE, "Después"),
        ({"kit del instructor/module.toml": 'title = "Otro"\n'}, "kit del instructor/module.toml", "Otro"),
        ({materials.OLD_ENCODING: b"\x00"}, materials.OLD_ENCODING, "no puede compararse"),
    ],
)
def test_every_kind_of_change_is_told(
    reader: FlaskClient, store: Store, files: dict[str, bytes | str | None], path: str, says: str
) -> None:
    commit = put(store, files)
    assert says in words(shown(reader, address(f"/cambio/{commit}", path)))


def test_a_rename_is_told_in_the_history_and_in_the_change(reader: FlaskClient, store: Store) -> None:
    put(store, {"modulo/a.md": TEXT})
    commit = put(store, {"modulo/a.md": None, "modulo/b.md": TEXT}, "Cambia el nombre", 1)
    page = words(shown(reader, "/historial/modulo/b.md"))
    assert page.index("Cambió de nombre o de lugar") < page.rindex("Cambia.")
    for path in ("modulo/a.md", "modulo/b.md"):
        assert "estaba en «modulo/a.md» y pasó a «modulo/b.md»" in words(shown(reader, f"/cambio/{commit}/{path}"))
    assert "ya no forma parte" in words(shown(reader, "/historial/modulo/a.md"))


def test_a_document_is_compared_with_the_present_text_from_its_history_and_from_an_older_state(
    reader: FlaskClient, store: Store
) -> None:
    old = put(store, {"modulo/a.md": TEXT})
    put(store, {"modulo/a.md": TEXT.replace("60 días", "90 días")}, "Amplía el plazo", 1)
    put(store, {"modulo/a.md": TEXT.replace("60 días", "120 días")}, "Lo amplía más", 2)
    link = f"/comparar/{old}/modulo/a.md"
    assert f'href="{link}"' in shown(reader, "/historial/modulo/a.md")
    assert f'href="{link}"' in shown(reader, f"/estado/{old}/modulo/a.md")
    page = shown(reader, link)
    assert re.search(r"<del>.*?60.*?</del><ins>.*?120.*?</ins>", page)
    assert "90" not in words(page)
    said = words(page)
    assert "Qué cambió en «La carga de la prueba»" in said
    assert "Después: texto vigente," in said
    assert "Mostrar 3 párrafos sin cambios" in said
    assert "Primer párrafo" in shown(reader, f"{link}?todo=1")


def test_two_older_states_of_a_document_are_compared(reader: FlaskClient, store: Store) -> None:
    old = put(store, {"modulo/a.md": TEXT})
    new = put(store, {"modulo/a.md": TEXT.replace("60 días", "90 días")}, "Amplía el plazo", 1)
    put(store, {"modulo/a.md": TEXT.replace("60 días", "120 días")}, "Lo amplía más", 2)
    page = shown(reader, f"/comparar/{old}/modulo/a.md?hasta={new}")
    assert re.search(r"<del>.*?60.*?</del><ins>.*?90.*?</ins>", page)
    assert "texto vigente" not in words(page)
    assert f'href="?hasta={new}&amp;todo=1"' in page
    assert "Primer párrafo" in shown(reader, f"/comparar/{old}/modulo/a.md?hasta={new}&todo=1")


@pytest.mark.parametrize(
    ("files", "path", "says"),
    [
        ({"nuevo.md": "# Nuevo"}, "nuevo.md", "Antes no estaba en los materiales"),
        ({materials.GLOSSARY: None}, materials.GLOSSARY, "Después ya no está en los materiales"),
        ({materials.PICTURE: b"otra"}, materials.PICTURE, "Imagen PNG, 4 bytes"),
        ({"nuevo.md": "# Nuevo"}, materials.GLOSSARY, "El contenido es idéntico"),
        ({materials.OLD_ENCODING: b"\x00"}, materials.OLD_ENCODING, "Descargar el nuevo (1 byte)"),
        ({materials.GLOSSARY: None, "otro.md": "# Otro"}, "otro.md", "Antes no estaba"),
    ],
)
def test_every_kind_of_difference_between_two_states_is_told(
    reader: FlaskClient, store: Store, files: dict[str, bytes | str | None], path: str, says: str
) -> None:
    old = reading.head(store)
    put(store, files)
    assert says in words(shown(reader, address(f"/comparar/{old}", path)))


def test_a_renamed_document_is_compared_with_itself(reader: FlaskClient, store: Store) -> None:
    old = put(store, {"modulo/a.md": TEXT})
    put(store, {"modulo/a.md": None, "modulo/b.md": TEXT.replace("60 días", "90 días")}, "Cambia el nombre", 1)
    page = shown(reader, f"/comparar/{old}/modulo/a.md")
    assert "estaba en «modulo/a.md» y pasó a «modulo/b.md»" in words(page)
    assert re.search(r"<del>.*?60.*?</del><ins>.*?90.*?</ins>", page)


def test_states_that_were_never_published_and_files_of_neither_state_are_not_compared(
    reader: FlaskClient, store: Store
) -> None:
    old = reading.head(store)
    put(store, {"modulo/a.md": TEXT})
    for asked in (
        f"/comparar/{'a' * 40}/glosario.md",
        f"/comparar/{old}/glosario.md?hasta={'a' * 40}",
        f"/comparar/{old}/glosario.md?hasta=main",
        f"/comparar/{old}/nunca.md",
        f"/comparar/{old}/*",
    ):
        assert reader.get(asked).status_code == 404, asked


def test_a_difference_of_500_kb_stays_a_small_page_and_the_rest_is_a_link_away(
    reader: FlaskClient, store: Store
) -> None:
    before = texts.document(500)
    old = put(store, {"manual.md": before})
    put(store, {"manual.md": texts.changed(before, 400)}, minutes=1)
    page = shown(reader, f"/comparar/{old}/manual.md")
    assert len(page.encode()) < 200 * 1024
    anchor = re.search(r'<a href="\?todo=1#([^"]+)">Mostrar \d+ cambios más', page)[1]
    whole = shown(reader, f"/comparar/{old}/manual.md?todo=1")
    assert whole.count('id="change-') == 400
    assert f'id="{anchor}"' in whole


@pytest.mark.parametrize("rewritten", [False, True], ids=["few lines", "every line"])
def test_two_plain_texts_of_500_kb_are_compared_line_by_line_and_folded(
    reader: FlaskClient, store: Store, rewritten: bool
) -> None:
    rows = [f"{n};{n * 17 % 9973};arancel {n % 97};origen {n % 31}" for n in range(17_000)]
    after = [row.replace("arancel", "canon") if rewritten or n in {50, 9000} else row for n, row in enumerate(rows)]
    old = put(store, {"datos.csv": "\n".join(rows)})
    put(store, {"datos.csv": "\n".join(after)}, minutes=1)
    began = process_time()
    page = shown(reader, f"/comparar/{old}/datos.csv")
    assert process_time() - began < 8  # seconds; a worker is given up after 120
    assert len(page.encode()) < 200 * 1024
    assert page.count("</ins>") == 2 or rewritten
    url, more = re.findall(r'<a href="\?(todo=1#[^"]+)">Mostrar ([\d.]+ líneas (?:sin cambios|más))', page)[-1]
    assert more.endswith("más") == rewritten
    began = process_time()
    whole = shown(reader, f"/comparar/{old}/datos.csv?{url.partition('#')[0]}")
    assert process_time() - began < 8
    assert f'id="{url.partition("#")[2]}"' in whole
    assert whole.count('class="line') >= 17_000


def test_a_folder_has_no_history_of_its_own(reader: FlaskClient, store: Store) -> None:
    put(store, {"modulo/a.md": TEXT})
    assert reader.get("/historial/modulo").status_code == 404
    put(store, {"modulo/a.md": None}, minutes=1)
    assert reader.get("/historial/modulo").status_code == 404
    assert reader.get("/historial/*").status_code == 404


def test_a_deleted_document_keeps_its_history(reader: FlaskClient, store: Store) -> None:
    put(store, {materials.GLOSSARY: None}, "Retira el glosario")
    assert reader.get("/materiales/glosario.md").status_code == 404
    page = words(shown(reader, "/historial/glosario.md"))
    assert "ya no forma parte de los materiales" in page
    assert "Retira el glosario" in page


def test_a_long_history_has_pages(reader: FlaskClient, store: Store) -> None:
    for number in range(21):
        put(store, {"modulo/a.md": f"{TEXT}\n{number}\n"}, f"Cambio número {number:02}", number)
    first, second = (words(shown(reader, f"/historial/modulo/a.md?pagina={n}")) for n in (1, 2))
    assert "Cambio número 20" in first
    assert "Cambio número 00" not in first
    assert "Cambio número 00" in second
    assert reader.get("/historial/modulo/a.md?pagina=3").status_code == 404
    assert "Cambio número 20" in words(shown(reader, "/historial/modulo/a.md?pagina=nada"))


# -- proposals beside the text ---------------------------------------------------------------------------------------

DECIDED = """Amplía el plazo

Motivo.

Proposal: 7
Revision: 1
Approved-by: Rosa Quispe <p1@grupo.invalid> # PE
Approved-by: Lucía Fernández <p2@grupo.invalid> # AR
Abstained-by: Byron Cevallos <p3@grupo.invalid> # EC
"""


def proposal(database: Database, number: int, state: str, **merge: str) -> None:
    """Add a proposal on `modulo/a.md`; `merge` gives the commit it became, or `old` and `new` the blobs it touches."""
    now = clock.now()
    with database.write() as session:
        author = factories.make_person(session, "Xiomara Téllez", "member", administration="NI")
        session.add(
            Proposal(number=number, title="Noventa días", reason="El plazo era corto.", kind="substance",
                     author_id=author.id, state=state, state_changed_at=now, created_at=now,
                     consultation_closes_at=now + timedelta(days=9))
        )  # fmt: skip
        session.flush()
        version = Revision(proposal_number=number, number=1, base="0" * 40, commit=f"{number:040}", seal="",
                           author_id=author.id, submitted_at=now)  # fmt: skip
        session.add(version)
        session.flush()
        if "commit" in merge:
            session.add(Merge(proposal_number=number, revision=1, ballot_number=1, commit=merge["commit"], base="",
                              tip="", kind="exact", merged_by_id=author.id, merged_at=now))  # fmt: skip
        else:
            session.add(Touch(revision_id=version.id, path="modulo/a.md", status="M", old_blob=merge["old"],
                              new_blob=merge["new"], module="modulo"))  # fmt: skip


def test_a_passage_tells_the_decision_behind_it(reader: FlaskClient, store: Store, database: Database) -> None:
    put(store, {"modulo/a.md": TEXT}, "Trae la lección")
    commit = put(store, {"modulo/a.md": TEXT.replace("60 días", "90 días")}, DECIDED, 1)
    proposal(database, 7, "merged", commit=commit)
    page = shown(reader, "/materiales/modulo/a.md")
    links = re.findall(r'href="(/por-que/modulo/a\.md\?bloque=\d+)"', page)
    said = [words(shown(reader, link)) for link in links]
    decided = [text for text in said if "La administración dispone de 90 días." in text]
    assert len(decided) == 1
    for part in ("viene de la propuesta P-7", "El plazo era corto.", "2 a favor y 1 abstención", "Nicaragua"):
        assert part in decided[0]
    assert sum("está como llegó con los materiales" in text for text in said) == len(said) - 1
    assert "P-7" in words(shown(reader, "/historial/modulo/a.md"))


def test_an_open_proposal_is_told_beside_the_text_and_at_its_passage(
    reader: FlaskClient, store: Store, database: Database
) -> None:
    commit = put(store, {"modulo/a.md": TEXT})
    entry = reading.find(store, commit, "modulo/a.md")
    assert entry is not None
    new = writing.write_blob(store, TEXT.replace("60 días", "90 días").encode())
    proposal(database, 9, "consultation", old=entry.blob, new=new)
    page = words(shown(reader, "/materiales/modulo/a.md"))
    notice = page.index("Hay una propuesta abierta sobre este pasaje. P-9, Nicaragua: Noventa días")
    assert notice < page.index("dispone de 60 días") < page.index("Propuestas abiertas aquí")
    assert "En consulta" in page
    assert "1 propuesta abierta" in words(shown(reader, "/materiales"))
    assert "1 propuesta abierta" in words(shown(reader, "/materiales/modulo"))


def test_the_number_of_queries_does_not_grow_with_the_proposals(
    reader: FlaskClient, store: Store, database: Database
) -> None:
    commit = put(store, {"modulo/a.md": TEXT})
    entry = reading.find(store, commit, "modulo/a.md")
    assert entry is not None
    counted: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda _c, _u, statement, *_: counted.append(statement))

    def queries() -> int:
        counted.clear()
        shown(reader, "/materiales/modulo/a.md")
        return len(counted)

    proposal(database, 1, "consultation", old=entry.blob, new=entry.blob)
    queries()  # the first page of a visit writes it down
    one = queries()
    for number in range(2, 12):
        proposal(database, number, "consultation", old=entry.blob, new=entry.blob)
    assert queries() == one


# -- files -----------------------------------------------------------------------------------------------------------


def test_a_picture_is_shown_in_a_sandbox_and_all_else_is_sent_as_a_file(reader: FlaskClient, store: Store) -> None:
    commit = put(store, {"a.svg": SCRIPT, "a.html": b"<script>alert(1)</script>"})
    for prefix in ("/archivo", f"/archivo/{commit}"):
        picture = reader.get(f"{prefix}/a.svg")
        assert picture.data == SCRIPT
        assert picture.mimetype == "image/svg+xml"
        assert "sandbox" in picture.headers["Content-Security-Policy"]
        assert "script-src" not in picture.headers["Content-Security-Policy"]
        assert picture.headers.get("Content-Disposition", "inline").startswith("inline")
        page = reader.get(f"{prefix}/a.html")
        assert page.mimetype == "application/octet-stream"
        assert page.headers["Content-Disposition"].startswith("attachment")
        for response in (picture, page):
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Cache-Control"].startswith("private")


def test_the_bytes_of_a_document_come_back_as_they_are(reader: FlaskClient) -> None:
    for path, data in materials.files().items():
        if path != materials.INTRODUCTION:
            assert reader.get(address("/archivo", path)).data == data, path


def test_a_browser_that_has_a_file_is_not_sent_it_again(reader: FlaskClient, store: Store) -> None:
    first = reader.get(address("/archivo", materials.PICTURE))
    tag = first.headers["ETag"]
    again = reader.get(address("/archivo", materials.PICTURE), headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    put(store, {materials.PICTURE: b"otra"})
    assert reader.get(address("/archivo", materials.PICTURE), headers={"If-None-Match": tag}).data == b"otra"


def test_a_download_keeps_the_name_of_the_document(reader: FlaskClient) -> None:
    response = reader.get(address("/archivo", materials.ODD_NAME))
    name = quote(materials.ODD_NAME.rpartition("/")[2])
    assert f"filename*=UTF-8''{name}" in response.headers["Content-Disposition"]


# -- search ----------------------------------------------------------------------------------------------------------


def test_a_search_ignores_accents_and_capitals_and_marks_what_it_found(reader: FlaskClient) -> None:
    page = shown(reader, "/buscar?q=CANONES")
    assert "1 documento contiene «CANONES»" in words(page)
    assert "<mark>cánones</mark>" in page
    assert f'href="/materiales/{materials.ADJUSTMENTS}#ajustes"' in page


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "Buscar en los materiales"),
        ("x", "Escriba al menos dos letras"),
        ("inexistente", "Ningún documento contiene todas esas palabras"),
        ("<script>alert(1)</script>", "Ningún documento"),
        ("%00", "Buscar en los materiales"),
        ("a" * 5000, "Ningún documento"),
    ],
)
def test_a_search_without_result_says_what_to_do(reader: FlaskClient, query: str, says: str) -> None:
    page = shown(reader, f"/buscar?q={quote(query, safe='%')}")
    assert says in words(page)
    assert "<script>alert" not in page


# -- cost and an empty installation ----------------------------------------------------------------------------------


def test_a_warm_page_starts_no_git_process(reader: FlaskClient, store: Store) -> None:
    urls = ["/materiales", address("/materiales", materials.ADJUSTMENTS), "/materiales/valor-de-transaccion",
            address("/historial", materials.ADJUSTMENTS), "/buscar?q=canon",
            address("/por-que", materials.ADJUSTMENTS) + "?bloque=2"]  # fmt: skip
    for url in urls:
        shown(reader, url)
    before = store.processes
    for url in urls:
        shown(reader, url)
    assert store.processes == before


def test_before_anything_was_imported_the_page_says_so(reader: FlaskClient, store: Store) -> None:
    (store.path / "refs" / "heads" / "main").unlink()
    assert "Todavía no hay materiales" in words(shown(reader, "/materiales"))
    for url in ("/materiales/a.md", "/historial/a.md", "/buscar?q=a", "/archivo/a.md"):
        assert reader.get(url).status_code == 404
