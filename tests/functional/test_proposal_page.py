"""The page of a proposal: what it says first, its views, every kind of document, folding, versions, who sees what."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import event

from benchmarks import texts
from reviewtool import clock
from reviewtool.gitstore.reading import data, find, head
from reviewtool.services import ballots, drafts, people, revisions, threads, votes
from reviewtool.services.threads import PAGE_SIZE, Message, Place
from tests.support import journey
from tests.support.materials import ADJUSTMENTS, FIGURE, GLOSSARY, INTRODUCTION, OLD_ENCODING, PICTURE, WINDOWS_LINES

OLD = "Solo se añaden sobre la base de datos objetivos y cuantificables."
NEW = "Solo se añaden importes que tengan por base datos objetivos y cuantificables."
PARAGRAPH = "El importador declara {n} unidades y la administración puede pedir pruebas del precio pagado. "


@pytest.fixture
def number(workshop, group) -> int:
    return journey.propose(workshop, group.members[0], ADJUSTMENTS, OLD, NEW)


@pytest.fixture
def read(sign_in, group) -> Callable[..., str]:
    """Return a function that gives the text of a page as a member reads it."""

    def page(address: str, person=None) -> str:
        response = sign_in(person or group.members[1]).get(address)
        assert response.status_code == 200, response.text
        return unescape(response.text)

    return page


def submit(workshop, author, change: Callable[[drafts.Draft], None], number: int | None = None) -> int:
    with workshop.database.write() as session:
        by = people.get(session, author.id)
        draft = (
            drafts.start_revision(session, workshop, number, by=by)
            if number
            else drafts.start(session, workshop, by=by)
        )
        change(draft)
        if number is None:
            drafts.save_meta(draft, journey.META)
        session.flush()
        draft_id = draft.id
    return revisions.submit(workshop, draft_id, by_id=author.id)


def comment(workshop, number, person, body="Me parece bien.", place=None) -> int:
    with workshop.database.write() as session:
        by = people.get(session, person.id)
        return threads.comment(session, workshop, number, place or Place(1), Message(body), by=by).id


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_page_says_first_what_changes_and_where_it_stands(workshop, group, read) -> None:
    number = journey.propose(workshop, group.members[0], ADJUSTMENTS, "625,00", "650,00")
    page = read(f"/propuestas/{number}")
    assert "<h1>Aclarar el canon</h1>" in page
    head_of_page = words_of(page[: page.index('class="proposal"')])
    assert "Se sustituye «625,00» por «650,00» en «Ajustes»" in head_of_page
    for said in ("En consulta", f"P-{number}", "Lucía Fernández", "Argentina", "Versión 1", "Cambio de fondo"):
        assert said in head_of_page
    for said in ("Comentario 25.1", "El texto actual es incompleto.", "1 minuto de lectura"):
        assert said in head_of_page


def test_what_changes_takes_five_lines_at_most(workshop, group, read) -> None:
    def change(draft) -> None:
        entry = drafts.add_document(workshop, draft, ADJUSTMENTS)
        text = drafts.text_of(workshop, entry)
        for old, new in (("12 500,00", "12 600,00"), ("625,00", "630,00"), ("375,00", "380,00"), ("8.1 c)", "8.1 b)")):
            text = text.replace(old, new)
        drafts.save_text(workshop, draft, entry, text.replace("Solo se", "No se"), saves=None)
        drafts.mark_deleted(drafts.add_document(workshop, draft, GLOSSARY))

    page = read(f"/propuestas/{submit(workshop, group.members[0], change)}")
    lines = re.search(r'<ul class="changes">(.*?)</ul>', page, re.DOTALL)[1].count("<li>")
    assert lines == 5


@pytest.mark.parametrize(
    ("view", "has"),
    [
        ("cambios", 'class="redline'),
        ("completo", 'aria-current="page">Texto completo'),
        ("columnas", 'class="sides"'),
        ("propuesto", "Así quedaría el texto"),
        ("fuente", 'class="source'),
    ],
)
def test_each_view_has_an_address(read, number, view, has) -> None:
    page = read(f"/propuestas/{number}?vista={view}")
    assert has in page
    assert "importes que tengan" in words_of(page)


def tab_of(page: str, label: str) -> str:
    return re.search(rf'<a [^>]*href="([^"]+)"[^>]*>{label}</a>', page)[1]


def test_a_tab_is_remembered_and_leads_to_an_address_that_can_be_shared(group, number, sign_in) -> None:
    client = sign_in(group.members[1])
    tab = tab_of(unescape(client.get(f"/propuestas/{number}").text), "Dos columnas")
    answer = client.get(tab)
    assert (answer.status_code, answer.location) == (303, f"/propuestas/{number}?vista=columnas")
    assert 'aria-current="page">Dos columnas' in client.get(answer.location).text
    assert 'aria-current="page">Dos columnas' in client.get(f"/propuestas/{number}").text


def test_a_tab_keeps_what_is_compared(workshop, group, number, sign_in) -> None:
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, "objetivos y", "objetivos, reales y")
    client = sign_in(group.members[1])
    tab = tab_of(unescape(client.get(f"/propuestas/{number}?version=2&desde=1&todo=1").text), "Texto fuente")
    page = client.get(tab, follow_redirects=True)
    assert page.request.args.to_dict() == {"vista": "fuente", "version": "2", "desde": "1", "todo": "1"}
    assert "Se comparan la versión 1 y la versión 2" in page.text


def test_the_view_of_a_link_is_shown_and_not_remembered(group, number, read, sign_in) -> None:
    assert 'aria-current="page">Texto fuente' in read(f"/propuestas/{number}?vista=fuente")
    assert 'aria-current="page">Cambios marcados' in read(f"/propuestas/{number}")
    assert 'aria-current="page">Cambios marcados' in read(f"/propuestas/{number}?vista=inventada")
    for address in (f"/propuestas/{number}?vista=inventada&recordar=1", f"/propuestas/{number}?recordar=1"):
        sign_in(group.members[1]).get(address)
    assert 'aria-current="page">Cambios marcados' in read(f"/propuestas/{number}")


@pytest.mark.parametrize("query", ["version=9", "desde=9", "version=0", "version=x", "desde=-1", "version=99999999999"])
def test_a_version_that_does_not_exist_is_not_found(sign_in, group, number, query) -> None:
    assert sign_in(group.members[1]).get(f"/propuestas/{number}?{query}").status_code == 404


def test_a_proposal_that_does_not_exist_is_not_found(sign_in, group) -> None:
    assert sign_in(group.members[1]).get("/propuestas/4711").status_code == 404


def test_any_two_versions_can_be_compared(workshop, group, number, read) -> None:
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, "objetivos y", "objetivos, reales y")
    both = words_of(read(f"/propuestas/{number}"))
    only = words_of(read(f"/propuestas/{number}?version=2&desde=1"))
    assert "reales" in both
    assert "Se comparan la versión 1 y la versión 2" in only
    assert "8 palabras insertadas" not in only
    assert "1 palabra insertada" in only
    sides = words_of(read(f"/propuestas/{number}?version=2&desde=1&vista=columnas"))
    assert "Texto de partida Al precio" not in sides
    assert "Versión 1 Solo se añaden" in sides
    assert "Versión 2 Solo se añaden" in sides
    assert "No hay diferencias" in read(f"/propuestas/{number}?version=2&desde=2")
    assert "La más reciente es la versión 2" in read(f"/propuestas/{number}?version=1")


@pytest.mark.parametrize(
    ("language", "title", "spoken"),
    [("es", "Título", "Idioma"), ("en", "Title", "Language"), ("pt", "Título", "Idioma")],
)
def test_what_a_document_declares_of_itself_is_named_in_the_readers_language(
    workshop, group, read, language, title, spoken
) -> None:
    with workshop.database.write() as session:
        people.get(session, group.members[1].id).language = language
    number = journey.propose(
        workshop,
        group.members[0],
        INTRODUCTION,
        "title: El valor de transacción\nlang: es",
        "title: El valor\nlang: pt",
    )
    page = read(f"/propuestas/{number}")
    declared = words_of(page[page.index('class="front-matter') :].partition("</div>")[0])
    assert re.search(rf"{title}: \[.*{spoken}: \[", declared)
    assert "title:" not in declared
    assert "«title»" not in words_of(page)


def news_in(page: str) -> list[tuple[str, str]]:
    found = re.search(r"Ver lo que cambió en la versión \d+:(.*?)</p>", page, re.DOTALL)
    return re.findall(r'<a href="([^"]+)">([^<]+)</a>', found[1]) if found else []


def test_what_is_new_since_the_last_visit_is_offered_for_as_long_as_this_visit_lasts(
    workshop, group, number, read
) -> None:
    start = clock.now()
    with clock.at(start + timedelta(hours=1)):
        assert news_in(read(f"/propuestas/{number}")) == []
    with clock.at(start + timedelta(hours=9)):
        journey.revise(workshop, group.members[0], number, ADJUSTMENTS, "objetivos y", "objetivos, reales y")
    for minutes in (0, 5):
        with clock.at(start + timedelta(hours=10, minutes=minutes)):
            ((link, says),) = news_in(read(f"/propuestas/{number}"))
            assert says == "desde su última visita (versión 1)"
            assert "Se comparan la versión 1 y la versión 2" in read(link)
    with clock.at(start + timedelta(hours=20)):
        assert news_in(read(f"/propuestas/{number}")) == []
        assert news_in(read(f"/propuestas/{number}", group.members[2])) == []  # who never knew another version


def test_a_version_that_was_not_opened_is_new_however_many_follow_it(workshop, group, number, read) -> None:
    read(f"/propuestas/{number}")
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, "objetivos y", "objetivos, reales y")
    read(f"/propuestas/{number}?version=1")  # an older one, on purpose: the new one has not been read
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, "reales y", "reales, ciertos y")
    ((link, says),) = news_in(read(f"/propuestas/{number}"))
    assert says == "desde su última visita (versión 1)"
    assert "2 palabras insertadas" in read(link)


def test_a_page_that_is_opened_again_writes_nothing(workshop, group, number, sign_in, database) -> None:
    other = journey.propose(workshop, group.members[1], INTRODUCTION, "30 días", "45 días")
    with workshop.database.write() as session:  # a notice that the person has not read, about another proposal
        by = people.get(session, group.members[2].id)
        threads.comment(session, workshop, other, threads.Place(1), threads.Message("Conviene."), by=by)
    client = sign_in(group.members[1])
    client.get(f"/propuestas/{number}")
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        assert client.get(f"/propuestas/{number}").status_code == 200
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    assert not [sent for sent in statements if sent.startswith(("INSERT", "UPDATE", "BEGIN IMMEDIATE"))]


def test_what_is_new_since_ones_vote_or_opinion_is_offered(workshop, group, number, read) -> None:
    member, observer = group.members[1], group.observers[0]
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, member)
    with workshop.database.write() as session:
        by = people.get(session, observer.id)
        votes.give_opinion(session, number, by=by, revision=1, stance="favourable")
    with workshop.database.write() as session:
        by = people.get(session, group.coordinator.id)
        ballots.suspend(session, number, by=by, reason="Se enmendará")
    assert news_in(read(f"/propuestas/{number}")) == []
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, "objetivos y", "objetivos, reales y")
    said = dict(map(reversed, news_in(read(f"/propuestas/{number}"))))
    assert said.keys() == {"desde su última visita (versión 1)", "desde su voto (versión 1)"}
    assert "Se comparan la versión 1 y la versión 2" in read(said["desde su voto (versión 1)"])
    assert "desde su parecer (versión 1)" in dict(map(reversed, news_in(read(f"/propuestas/{number}", observer))))
    assert news_in(read(f"/propuestas/{number}", group.reader)) == []


def test_all_of_a_view_is_offered_where_something_is_folded(workshop, group, read) -> None:
    number = long_proposal(workshop, group.members[0], 40, [10, 30])
    page = read(f"/propuestas/{number}?version=2&desde=1&vista=columnas")
    whole = read(tab_of(page, "Mostrar todo"))
    assert "declara 5 unidades" in words_of(whole)
    assert "Mostrar todo" not in whole
    assert "Mostrar todo" not in read(f"/propuestas/{number}?version=2&desde=1&vista=propuesto")
    assert "declara 5 unidades" not in words_of(read(tab_of(whole, "Ocultar lo que no cambia")))


def test_the_full_text_is_a_view_with_an_address_that_is_remembered(workshop, group, sign_in) -> None:
    number = long_proposal(workshop, group.members[0], 40, [10, 30])
    client = sign_in(group.members[1])
    address = f"/propuestas/{number}?version=2&desde=1"
    answer = client.get(tab_of(unescape(client.get(address).text), "Texto completo"))
    assert answer.status_code == 303
    assert "vista=completo" in answer.location
    page = unescape(client.get(address).text)
    assert 'aria-current="page">Texto completo' in page
    assert "declara 5 unidades" in words_of(page)
    assert page.count('id="change-1-') == 2
    changes = client.get(tab_of(page, "Cambios marcados"), follow_redirects=True)
    assert "declara 5 unidades" not in words_of(unescape(changes.text))
    assert 'aria-current="page">Texto completo' in client.get(f"{address}&vista=cambios&todo=1").text


@pytest.mark.parametrize("view", ["cambios", "completo", "columnas", "propuesto", "fuente"])
def test_the_link_to_the_first_change_leads_to_one_in_every_view(workshop, group, read, view) -> None:
    number = long_proposal(workshop, group.members[0], 400, [390], times=20)
    page = read(f"/propuestas/{number}?version=2&desde=1&vista={view}")
    address, _, anchor = tab_of(page, 'Ir al primero <kbd aria-hidden="true">j</kbd>').partition("#")
    shown = read(address) if address else page
    assert f'id="{anchor}"' in shown
    assert "390 unidades" in words_of(shown[shown.index(f'id="{anchor}"') :])[:200]


def test_the_proposed_text_marks_the_paragraphs_that_change(workshop, group, read) -> None:
    number = long_proposal(workshop, group.members[0], 40, [10, 30])
    page = read(f"/propuestas/{number}?version=2&desde=1&vista=propuesto")
    found = re.findall(r'<div class="doc changed" id="(change-1-\d)">.*?declaró (\d+) unidades', page)
    assert found == [("change-1-1", "10"), ("change-1-2", "30")]


def test_every_kind_of_document_is_shown(workshop, group, read) -> None:
    new_picture = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'

    def change(draft) -> None:
        drafts.add_new(workshop, draft, "nuevo/01-canon.md", b"# El canon\n\nTexto nuevo.\n")
        drafts.add_new(workshop, draft, "nuevo/datos.bin", b"\x00\x01\x02")
        drafts.mark_deleted(drafts.add_document(workshop, draft, OLD_ENCODING))
        drafts.mark_deleted(drafts.add_document(workshop, draft, PICTURE))
        drafts.rename(workshop, draft, drafts.add_document(workshop, draft, GLOSSARY), "glosario-general.md")
        drafts.put(drafts.add_document(workshop, draft, FIGURE), new_picture)

    number = submit(workshop, group.members[0], change)
    for view in ("cambios", "columnas", "propuesto", "fuente"):
        page = read(f"/propuestas/{number}?vista={view}")
        said = words_of(page)
        assert "Documento nuevo, en «nuevo»." in said
        assert "Archivo nuevo, en «nuevo»." in said
        assert "Se propone suprimir este documento, que está en «Los métodos secundarios»." in said
        assert "Se propone suprimir esta imagen, que está en «El valor de transacción»." in said
        assert "no está en UTF-8" in said
        assert "Su archivo cambia de nombre: «glosario.md» pasa a ser «glosario-general.md»." in said
        assert "no se puede mostrar como texto" in said
        assert "«último recurso»" in said
        assert "Imagen vigente de ajustes.svg" in page
        assert "Imagen propuesta de ajustes.svg" in page
        assert "La imagen se suprime" in said


@pytest.mark.parametrize(
    ("path", "target", "says"),
    [
        (ADJUSTMENTS, "metodos-secundarios/03.md", "Pasa de «El valor de transacción» a «Los métodos secundarios»."),
        (ADJUSTMENTS, "valor-de-transaccion/09.md", "«02-ajustes-del-articulo-8.md» pasa a ser «09.md»."),
        (GLOSSARY, "metodos-secundarios/03.md", "Pasa a «Los métodos secundarios»."),
    ],
)
def test_a_document_that_moves_and_changes_is_shown_with_both(workshop, group, read, path, target, says) -> None:
    def change(draft) -> None:
        entry = drafts.add_document(workshop, draft, path)
        text = drafts.text_of(workshop, entry)
        drafts.save_text(workshop, draft, entry, text.replace("ajustes", "añadidos").replace("uso", "goce"), saves=None)
        drafts.rename(workshop, draft, entry, target)

    number = submit(workshop, group.members[0], change)
    for view in ("cambios", "columnas", "fuente"):
        page = read(f"/propuestas/{number}?vista={view}")
        assert says in words_of(page), view
        assert "<del>" in page
        assert re.search(r"<ins>.*?(añadidos|goce)", page, re.DOTALL), view


def test_several_documents_stand_below_each_other_with_their_titles(workshop, group, read) -> None:
    def change(draft) -> None:
        journey.edit(workshop, draft, ADJUSTMENTS, OLD, NEW)
        journey.edit(workshop, draft, INTRODUCTION, "30 días", "45 días")
        journey.edit(workshop, draft, WINDOWS_LINES, "Mismo nivel", "Semejante nivel")

    number = submit(workshop, group.members[0], change)
    for view in ("cambios", "columnas", "propuesto", "fuente"):
        page = read(f"/propuestas/{number}?vista={view}")
        titles = [words_of(each) for each in re.findall(r'<h2 class="document-title".*?</h2>', page)]
        assert titles == ["Mercancías idénticas", "El valor de transacción", "Los ajustes del artículo 8"], view
        for said in ("Semejante", "45", "importes que tengan"):
            assert said in words_of(page), view


def test_a_file_beyond_the_limit_is_shown_with_its_sizes_and_can_be_fetched(workshop, group, sign_in) -> None:
    much = b"# Enorme\n" + b"x" * workshop.limits.document_bytes
    number = submit(workshop, group.members[0], lambda d: drafts.add_new(workshop, d, "enorme.md", much) and None)
    client = sign_in(group.members[1])
    for view in ("cambios", "columnas", "propuesto", "fuente"):
        page = client.get(f"/propuestas/{number}?vista={view}").text
        assert "demasiado grande para compararlo" in words_of(page)
        link = re.search(r'<a href="([^"]+)" download>Descargar el nuevo \(1 MB\)', page)[1]
        assert client.get(link).data == much


def test_old_and_new_picture_are_each_sent(workshop, group, sign_in) -> None:
    new_picture = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'

    def change(draft) -> None:
        drafts.put(drafts.add_document(workshop, draft, FIGURE), new_picture)

    client = sign_in(group.members[1])
    page = client.get(f"/propuestas/{submit(workshop, group.members[0], change)}").text
    sent = [client.get(address).data for address in re.findall(r'<img src="([^"]+)"', page)]
    old = find(workshop.store, head(workshop.store), FIGURE)
    assert sent == [data(workshop.store, old.blob), new_picture]


def test_pictures_and_files_of_two_versions_are_named_by_them(workshop, group, read) -> None:
    author = group.members[0]
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="%s"/>'

    def put(picture: bytes, other: bytes, draft) -> None:
        drafts.put(drafts.add_document(workshop, draft, FIGURE), picture)
        entry = next((each for each in draft.files if each.path == "nuevo/datos.bin"), None)
        drafts.put(entry, other) if entry else drafts.add_new(workshop, draft, "nuevo/datos.bin", other)

    number = submit(workshop, author, lambda draft: put(drawing % b"1", b"\x00\x01", draft))
    submit(workshop, author, lambda draft: put(drawing % b"200", b"\x00\x01\x02", draft), number)
    first, later = (words_of(read(f"/propuestas/{number}{query}")) for query in ("", "?version=2&desde=1"))
    assert "Imagen vigente Imagen propuesta" in first
    assert "Imagen vigente Imagen propuesta" not in later
    assert "Versión 1 Imagen SVG, 51 bytes Versión 2 Imagen SVG, 53 bytes" in later
    assert "Versión 1 Descargar el anterior (2 bytes)" in later
    assert "Versión 2 Descargar el nuevo (3 bytes)" in later


def test_a_picture_that_stays_is_no_change_of_its_document(workshop, group, read, number) -> None:
    page = read(f"/propuestas/{number}?todo=1")
    assert "figuras/ajustes.svg" in page
    assert not re.search(r"<(ins|del)[^>]*><img", page)


def long_text(paragraphs: int) -> str:
    return "# Manual\n\n" + "\n".join(f"{PARAGRAPH.format(n=n)}\n" for n in range(paragraphs))


def long_proposal(workshop, author, paragraphs: int, changed: list[int], times: int = 1) -> int:
    text = long_text(paragraphs).replace("pagado. ", "pagado. " * times)
    number = submit(workshop, author, lambda d: drafts.add_new(workshop, d, "manual.md", text.encode()) and None)

    def change(draft) -> None:
        changing = text
        for n in changed:
            changing = changing.replace(f"declara {n} unidades", f"declaró {n} unidades")
        drafts.save_text(workshop, draft, draft.files[0], changing, saves=None)

    return submit(workshop, author, change, number)


def test_unchanged_runs_are_folded_behind_a_link_that_shows_them(workshop, group, read) -> None:
    number = long_proposal(workshop, group.members[0], 40, [10, 30])
    page = read(f"/propuestas/{number}?version=2&desde=1")
    said = words_of(page)
    assert "declara 5 unidades" not in said
    assert "declara 11 unidades" in said
    assert "Mostrar 9 párrafos sin cambios" in said  # the title stands above them
    assert "Mostrar 17 párrafos sin cambios" in said
    assert "Mostrar 8 párrafos siguientes" in said
    link = re.search(r'<p class="doc more"[^>]*><a href="([^"]+)"', page)[1]
    address, _, anchor = link.partition("#")
    whole = read(address)
    assert "declara 5 unidades" in whole
    assert f'id="{anchor}"' in whole
    assert "Mostrar 9" not in words_of(whole)


@pytest.mark.parametrize(
    ("view", "shown", "more"),
    [
        ("cambios", 50, r"Mostrar \d+ cambios más"),
        ("completo", 30, r"Mostrar \d+ cambios más"),
        ("columnas", 30, r"Mostrar \d+ cambios más"),
        ("propuesto", 0, r"Mostrar \d+ párrafos más"),
        ("fuente", 30, r"Mostrar \d+ líneas más"),
    ],
)
def test_of_a_document_of_500_kb_every_view_shows_what_has_room_and_the_rest_is_a_link_away(
    workshop, group, sign_in, view, shown, more
) -> None:
    before = texts.document(500)
    after = texts.changed(before, 400)
    number = submit(
        workshop, group.members[0], lambda d: drafts.add_new(workshop, d, "manual.md", before.encode()) and None
    )
    submit(workshop, group.members[0], lambda d: drafts.save_text(workshop, d, d.files[0], after, saves=None), number)
    client = sign_in(group.members[1])
    page = client.get(f"/propuestas/{number}?version=2&desde=1&vista={view}")
    assert len(page.data) <= 200 * 1024
    assert page.text.count("</ins>") >= shown
    assert "Qué cambia" in page.text
    link = re.search(rf'<a href="([^"#]+)#[^"]+">{more}', page.text)[1]
    whole = client.get(unescape(link)).text
    assert not re.search(more, whole)
    assert all(words_of(unescape(whole)).count(ending) > 100 for ending in texts.ENDINGS)


@pytest.mark.parametrize("view", ["cambios", "completo", "columnas", "propuesto", "fuente"])
def test_a_document_that_is_one_line_of_500_kb_opens_as_a_link(workshop, group, sign_in, view) -> None:
    line = ("aranceles " * 50_000).strip()
    number = submit(
        workshop, group.members[0], lambda d: drafts.add_new(workshop, d, "manual.md", line.encode()) and None
    )
    client = sign_in(group.members[1])
    page = client.get(f"/propuestas/{number}?vista={view}")
    assert len(page.data) < 50 * 1024
    more = re.search(r'<a href="([^"#]+)#[^"]+">Mostrar 1 ', page.text)[1]
    assert client.get(unescape(more)).text.count("aranceles") == 50_000


def test_what_finds_no_room_on_the_page_is_a_link_away(workshop, group, sign_in) -> None:
    text = long_text(400).replace("pagado. ", "pagado. " * 20).encode()
    number = submit(workshop, group.members[0], lambda d: drafts.add_new(workshop, d, "manual.md", text) and None)
    client = sign_in(group.members[1])
    page = client.get(f"/propuestas/{number}")
    assert len(page.data) <= 200 * 1024
    assert "declara 399 unidades" not in page.text
    more = re.search(r'<a href="([^"#]+)#[^"]+">Mostrar \d+ cambios más', page.text)[1]
    assert "declara 399 unidades" in client.get(unescape(more)).text


def test_a_thread_stands_right_after_the_block_of_its_passage(workshop, group, number, read) -> None:
    comment(workshop, number, group.observers[0], place=Place(1, ADJUSTMENTS, "datos objetivos"))
    page = read(f"/propuestas/{number}")
    assert re.search(
        r'<mark class="passage" id="passage-1">datos objetivos</mark><a class="num" href="#thread-1"', page
    )
    after = page[page.index('id="passage-1"') :]
    assert re.search(r'</div>\s*<aside class="thread" id="thread-1" data-passage="passage-1"', after)


def test_a_passage_over_several_blocks_is_marked_in_the_first(workshop, group, number, read) -> None:
    quote = "cuantificables. Al precio"
    number = journey.propose(
        workshop, group.members[0], ADJUSTMENTS, "Al precio se", "Hechos cuantificables.\n\nAl precio se"
    )
    comment(workshop, number, group.observers[0], place=Place(1, ADJUSTMENTS, quote))
    page = read(f"/propuestas/{number}")
    assert 'id="passage-1">cuantificables.</mark>' in page


def test_below_the_source_stand_the_comments_on_passages_with_quote_and_link(workshop, group, number, read) -> None:
    comment(workshop, number, group.observers[0], "¿Y los demás?", Place(1, ADJUSTMENTS, "datos objetivos"))
    comment(workshop, number, group.observers[0], "Falta la fuente.", Place(1, ADJUSTMENTS, "Al precio se"))
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, "datos objetivos y ", "")
    page = read(f"/propuestas/{number}?vista=fuente")
    below = page[page.index('class="source') :]
    links = re.findall(rf'href="/propuestas/{number}\?vista=cambios#(thread-\d)">([^<]+)<', below)
    assert links == [("thread-2", "Comentario 2, abierto"), ("thread-1", "Comentario 1, el fragmento se eliminó")]
    for said in ("Al precio se", "Falta la fuente.", "datos objetivos", "se eliminó en la versión 2", "¿Y los demás?"):
        assert said in words_of(below)


def test_a_passage_in_a_folded_run_is_shown(workshop, group, read) -> None:
    number = long_proposal(workshop, group.members[0], 40, [10])
    comment(workshop, number, group.observers[0], place=Place(2, "manual.md", "declara 33 unidades"))
    page = read(f"/propuestas/{number}?version=2&desde=1")
    assert 'id="passage-1">declara 33 unidades</mark>' in page
    assert "declara 25 unidades" not in page


def test_a_lost_passage_stays_listed_with_the_words_that_were_commented(workshop, group, number, read) -> None:
    comment(workshop, number, group.observers[0], place=Place(1, ADJUSTMENTS, "importes que tengan por base datos"))
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, NEW, "")
    page = read(f"/propuestas/{number}")
    said = words_of(page)
    assert "El fragmento se eliminó en la versión 2. Se comentó este texto:" in said
    assert "importes que tengan por base datos" in said
    assert 'class="thread outdated"' in page
    target = re.search(r'id="thread-1" data-passage="([^"]+)"', page)[1]
    assert f'id="{target}"' in page


def test_a_lost_passage_stays_at_the_nearest_block_through_later_versions(workshop, group, number, read) -> None:
    comment(workshop, number, group.observers[0], place=Place(1, ADJUSTMENTS, "importes que tengan por base datos"))
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, NEW, "")
    before = "".join(f"Párrafo {n} que se pone delante de todo lo demás.\n\n" for n in range(12))
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, "# Los ajustes", f"{before}# Los ajustes")
    page = read(f"/propuestas/{number}?todo=1")
    assert "El fragmento se eliminó en la versión 2." in words_of(page)
    assert page.index("Párrafo 11 que se pone") < page.index('id="thread-1"')


def test_an_edited_passage_shows_in_which_versions_and_how_it_changed(workshop, group, number, read) -> None:
    comment(workshop, number, group.observers[0], place=Place(1, ADJUSTMENTS, "datos objetivos y cuantificables"))
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, "objetivos y", "objetivos, reales y")
    assert "El fragmento cambió en la versión 2. Se comentó este texto:" in words_of(read(f"/propuestas/{number}"))
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, "# Los ajustes", "# Todos los ajustes")
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, "y cuantificables", "y medibles")
    page = read(f"/propuestas/{number}")
    said = words_of(page)
    assert "El fragmento cambió en las versiones 2 y 4. Se comentó este texto:" in said
    assert "datos objetivos y cuantificables Lo que cambió en él:" in said
    change = page[page.index("Lo que cambió en él:") :].split("</p>")[1]
    assert change.count("<del>") == change.count("<ins>") == 1
    assert "[suprimido: y cuantificables ]" in words_of(change)
    assert 'class="thread outdated"' in page
    assert 'id="passage-1"' in page


@pytest.mark.parametrize("address", ["/propuestas/{number}/comentarios", "/comentarios/{thread}"])
def test_every_page_of_a_comment_says_what_became_of_its_passage(workshop, group, number, read, address) -> None:
    thread = comment(
        workshop, number, group.observers[0], place=Place(1, ADJUSTMENTS, "datos objetivos y cuantificables")
    )
    place = address.format(number=number, thread=thread)
    assert words_of(read(place)).count("datos objetivos y cuantificables") == 1
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, "objetivos y", "objetivos, reales y")
    page = read(place)
    assert "El fragmento cambió en la versión 2." in words_of(page)
    assert words_of(page).count("datos objetivos y cuantificables") == 1
    assert "#passage-1" not in page
    journey.revise(
        workshop, group.members[0], number, ADJUSTMENTS, NEW.replace("objetivos y", "objetivos, reales y"), ""
    )
    assert "El fragmento se eliminó en la versión 3." in words_of(read(place))


def test_a_comment_on_a_document_that_a_version_no_longer_changes_is_listed_apart(
    workshop, group, number, read
) -> None:
    comment(workshop, number, group.observers[0], place=Place(1, ADJUSTMENTS, "datos objetivos y cuantificables"))

    def only_glossary(draft: drafts.Draft) -> None:
        journey.edit(workshop, draft, ADJUSTMENTS, NEW, OLD)
        journey.edit(workshop, draft, GLOSSARY, "Maquila", "La maquila")
        draft.note = "Solo el glosario"

    submit(workshop, group.members[0], only_glossary, number)
    page = read(f"/propuestas/{number}")
    said = words_of(page)
    assert "Sobre documentos que no se muestran aquí" in said
    assert "El fragmento se eliminó" not in said
    assert "datos objetivos y cuantificables" in said[said.index("Sobre documentos que no") :]
    assert "#passage-1" not in page


def test_threads_on_a_document_and_on_the_whole_proposal_are_listed(workshop, group, number, read) -> None:
    comment(workshop, number, group.observers[0], "Sobre el documento entero", Place(1, ADJUSTMENTS))
    comment(workshop, number, group.observers[0], "Sobre todo lo propuesto")
    page = read(f"/propuestas/{number}")
    document = page.index("Comentarios sobre este documento")
    general = page.index("Comentarios sobre la propuesta</h2>")
    assert document < page.index("Sobre el documento entero") < general < page.index("Sobre todo lo propuesto")


def test_a_comment_made_on_a_newer_version_is_listed_in_the_older_one(workshop, group, number, read) -> None:
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, "objetivos y", "objetivos, reales y")
    comment(workshop, number, group.observers[0], place=Place(2, ADJUSTMENTS, "objetivos, reales"))
    assert "Se comentó en la versión 2." in words_of(read(f"/propuestas/{number}?version=1"))


def test_no_more_than_a_page_of_threads_is_loaded(workshop, group, number, read) -> None:
    for _ in range(PAGE_SIZE + 2):
        comment(workshop, number, group.observers[0])
    page = read(f"/propuestas/{number}")
    assert page.count('<aside class="thread') == PAGE_SIZE
    assert "Hay más comentarios: ver todos" in page


def test_a_reader_sees_text_and_reasons_but_no_discussion(workshop, group, number, read, sign_in) -> None:
    thread_id = comment(
        workshop, number, group.observers[0], "Solo para el grupo", Place(1, ADJUSTMENTS, "datos objetivos")
    )
    page = read(f"/propuestas/{number}", group.reader)
    assert "importes que tengan" in page
    assert "El texto actual es incompleto." in page
    for hidden in ("Solo para el grupo", 'class="passage"', 'id="composer"', "Su posición", 'class="thread'):
        assert hidden not in page
    client = sign_in(group.reader)
    assert client.post(f"/propuestas/{number}/comentarios", data={"version": "1", "body": "x"}).status_code == 403
    assert client.get(f"/propuestas/{number}/comentarios").status_code == 403
    assert client.get(f"/comentarios/{thread_id}").status_code == 403


def test_a_link_to_a_document_that_the_proposal_adds_stays_on_the_page(workshop, group, read) -> None:
    def change(draft) -> None:
        drafts.add_new(workshop, draft, "nuevo/a.md", "# Primero\n\nVéase [el segundo](b.md).\n".encode())
        drafts.add_new(workshop, draft, "nuevo/b.md", b"# Segundo\n")

    page = read(f"/propuestas/{submit(workshop, group.members[0], change)}")
    assert '<a href="#document-2"' in page
    assert 'id="document-2"' in page


def test_a_warm_page_asks_the_database_the_same_for_few_and_many_rows(
    workshop, group, number, sign_in, database
) -> None:
    client, counts, processes = sign_in(group.members[0]), [], []
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        for more in (2, 18):
            for n in range(more):
                person = group.observers[n % 4]
                with database.write() as session:
                    by = people.get(session, person.id)
                    message = Message(f"Hola, @{group.members[n % 5].name}", "hechos objetivos")
                    place = Place(1, ADJUSTMENTS, "datos objetivos")
                    begun = threads.comment(session, workshop, number, place, message, by=by).id
                    threads.reply(session, begun, Message("Sí"), by=by)
            client.get(f"/propuestas/{number}")
            statements.clear()
            before = workshop.store.processes
            assert client.get(f"/propuestas/{number}").status_code == 200
            counts.append(len(statements))
            processes.append(workshop.store.processes - before)
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    assert counts[0] == counts[1]
    assert processes == [0, 0]


def test_what_a_text_says_is_never_taken_for_markup(workshop, group, sign_in) -> None:
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "## Condiciones", "## <script>alert(1)</script>")
    comment(workshop, number, group.observers[0], "<img src=x onerror=alert(2)>")
    for view in ("cambios", "columnas", "propuesto", "fuente"):
        page = sign_in(group.members[1]).get(f"/propuestas/{number}?vista={view}").text
        assert "alert(1)" in page
        assert "alert(2)" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_figures_that_change_are_listed_with_links_to_their_places(workshop, group, sign_in) -> None:
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    page = sign_in(group.members[1]).get(f"/propuestas/{number}?vista=cambios").text
    listed = re.search(r"Cifras y referencias</h3>.*?</ul>", page, re.DOTALL)
    assert listed
    assert "Cifras y referencias" in listed[0]
    link = re.search(r'href="#([^"]*)">«30» pasa a «45»', listed[0])
    assert link
    assert f'id="{link[1]}"' in page
