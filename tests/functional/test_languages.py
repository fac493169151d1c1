"""Every page of the demonstration as an English and as a Portuguese reader: none of its words is left in Spanish.

What people wrote, the materials and what is quoted of them are in whatever language they are; the rest is ours. A
Spanish word is one that the catalogue's Spanish texts use and no translation does, or of a country's Spanish name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import html5lib
import pytest
from sqlalchemy import JSON, String, select

from reviewtool import demonstration
from reviewtool.app import create_app
from reviewtool.db import Base
from reviewtool.errors import Unavailable
from reviewtool.gitstore import reading, record
from reviewtool.group import Group
from reviewtool.models import Revision
from reviewtool.rules.voting import SeatOnRoll
from reviewtool.services import people, record_files
from reviewtool.settings import Settings
from reviewtool.web import seats
from tests.conftest import ROOT
from tests.support import signed_in
from tests.support.catalogues import spanish_words, words_of
from tests.support.pages import LESSON, MEMBER, PAGES, Page

ENGLISH = "modulo-1-valor-de-transaccion/en/lesson-6-royalties-and-licence-fees.md"
SAID = ("aria-label", "title", "alt", "placeholder")
QUOTED = re.compile(r"[«“][^»”]*[»”]")
OURS = {("seat", "label"), ("ballot", "roll")}  # what the program made of the group's file, not what people wrote
RUN = 3  # so many words one after the other as somebody wrote them are theirs


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("languages") / "var"
    settings = Settings(var=folder, group_file=ROOT / "config" / "group.toml", secret_key="only-for-tests" * 4)
    workshop = demonstration.ensure(settings, lambda _line: None)
    made = create_app(settings, workshop)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    yield made
    workshop.database.dispose()
    workshop.store.close()


@pytest.fixture(scope="module")
def written(app) -> set[tuple[str, ...]]:
    """Return what people wrote as runs of words; a shorter text is a run of its own."""
    found: set[tuple[str, ...]] = set()
    for text in _texts(app.extensions["workshop"]):
        words = words_of(text)
        found.update(zip(*(words[at:] for at in range(min(RUN, len(words)))), strict=False))
    return found


def _texts(workshop: Any) -> Iterator[str]:
    with workshop.database.read() as session:
        for table in Base.metadata.sorted_tables:
            kept = [c for c in table.c if isinstance(c.type, String | JSON) and (table.name, c.name) not in OURS]
            for row in session.execute(select(*kept)) if kept else ():
                yield from (text for value in row for text in _flat(value))
        commits = [reading.head(workshop.store), *session.scalars(select(Revision.commit))]
    files = {path: entry.blob for commit in commits for path, entry in reading.files(workshop.store, commit).items()}
    for path, blob in files.items():
        yield path
        if path.endswith((".md", ".toml", ".svg")):
            yield reading.data(workshop.store, blob).decode()
    yield from (value for page in PAGES.values() for value in (page.sent or {}).values())


def _flat(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _flat(each)


def spanish(language: str) -> frozenset[str]:
    """Return the Spanish words that must not be read in a language: of our texts, and of the countries' names."""
    places = Group.load(ROOT / "config" / "group.toml").administrations
    named, said = ({word for place in places for word in words_of(place.name(chosen))} for chosen in ("es", language))
    return spanish_words(language) | (named - said)


def said_on(html: str) -> Iterator[str]:
    """Yield the texts of a page, also those for screen readers and scripts, but for what is marked as Spanish."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    yield from _said(root, root.get("lang", ""))


def _said(node: Any, language: str) -> Iterator[str]:
    language = node.get("lang", language)
    if not isinstance(node.tag, str) or node.get("id") == "timezone":  # its places have names of their own
        return
    if language != "es":
        yield node.text or ""
        yield from (value for name, value in node.attrib.items() if name in SAID or _is_of_script(name))
    for child in node:
        yield from _said(child, language)
        if language != "es":
            yield child.tail or ""


def _is_of_script(name: str) -> bool:
    return name.startswith("data-") and any(part in name for part in ("text", "confirm", "label"))


def left_in_spanish(html: str, written: set[tuple[str, ...]], known: set[str]) -> list[str]:
    """Return the texts of a page with a Spanish word that nobody wrote and nobody quotes."""
    texts = (" ".join(each.split()) for each in said_on(html))
    return [
        text
        for text in texts
        if all(known.intersection(ours(words_of(each), written)) for each in (text, QUOTED.sub("", text)))
    ]


def ours(words: list[str], written: set[tuple[str, ...]]) -> list[str]:
    """Return the words of a text that are not part of a run that somebody wrote."""
    theirs: set[int] = set()
    for length in range(1, RUN + 1):
        for at in range(len(words) - length + 1):
            if tuple(words[at : at + length]) in written:
                theirs.update(range(at, at + length))
    return [word for at, word in enumerate(words) if at not in theirs]


def reader(app: Any, who: str, language: str) -> Any:
    """Return a client of a person whose language is this one, or of a stranger whose browser asks for it."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    if who:
        with app.extensions["workshop"].database.write() as session:
            person = people.find_by_email(session, f"{who}@demo.example")
            person.language = language
        signed_in.enter(client, person)
    return client


def opened(app: Any, page: Page, language: str) -> Any:
    """Open a page in a language, or send the form that it answers."""
    client = reader(app, page.who, language)
    app.config["WTF_CSRF_ENABLED"] = "csrf_token" in (page.sent or {})  # a page that is sent a bad one says so
    if page.sent is None:
        answer = client.get(page.path)
    else:
        answer = client.post(page.path, data=page.sent, headers={"Origin": "http://localhost"})
    return client.get(re.search(rf'href="({page.follow}[^"]*)"', answer.text)[1]) if page.follow else answer


def report(found: dict[str, list[str]]) -> None:
    """Fail with every text that is left and the first page it stands on."""
    first: dict[str, str] = {}
    for name, texts in found.items():
        for text in texts:
            first.setdefault(text, name)
    assert not first, "\n" + "\n".join(f"{name}: {text}" for text, name in first.items())


@pytest.mark.parametrize("language", ["en", "pt"])
def test_no_spanish_word_of_ours_is_left_on_any_page(app, written, language):
    known = spanish(language)
    found = {}
    for name, page in PAGES.items():
        answer = opened(app, page, language)
        assert answer.status_code == page.status, name
        shown = re.sub(r"http://localhost/\S*", "", answer.text)  # an address that is read is the same in all languages
        found[name] = left_in_spanish(shown, written, known)
    report(found)


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [("es", "República Dominicana", "Perú (usted)"), ("en", "Dominican Republic", "Peru (you)"),
     ("pt", "República Dominicana", "Peru (você)")],
)  # fmt: skip
def test_a_seat_is_named_in_the_readers_language_with_its_number(app, language, first, second):
    page = opened(app, PAGES["proposal-13"], language).text
    assert [name for name in (first, second, "Argentina (2)") if f"<span>{name}</span>" not in page] == []


MODULE = "Módulo 1. El valor de transacción y los ajustes del artículo 8"
NAMING = (
    "materials",
    "module",
    "document",
    "history",
    "search",
    "proposals",
    "desk",
    "home-member",
    "decisions",
    "why",
)


@pytest.mark.parametrize("name", NAMING)
def test_titles_of_the_materials_are_marked_as_spanish_on_an_english_page(app, name):
    root = html5lib.parse(opened(app, PAGES[name], "en").text, namespaceHTMLElements=False)
    titles = list(spoken(root.find("body"), "en"))
    assert "es" in {language for text, language in titles if MODULE in text}
    assert "en" not in {language for text, language in titles if text in {MODULE, "Lección 4. Las personas vinculadas"}}


def spoken(node: Any, language: str) -> Iterator[tuple[str, str]]:
    """Yield each text of a page with the language that it is marked with."""
    language = node.get("lang", language)
    for text in (node.text or "", *(node.get(name, "") for name in SAID)):
        yield " ".join(text.split()), language
    for child in node:
        yield from spoken(child, language)
        yield " ".join((child.tail or "").split()), language


def test_an_english_document_is_marked_in_a_spanish_list_and_not_in_an_english_one(app):
    title = "Lesson 6. Royalties and licence fees; proceeds of resale"
    for language, marked in (("es", f'<span lang="en">{title}</span>'), ("en", f">{title}</a>")):
        assert marked in opened(app, PAGES["module"], language).text


def test_no_reader_sees_the_path_of_a_document_where_it_has_a_title(app):
    for name in ("draft-editor", "draft-documents", "thread", "comments"):
        page = opened(app, PAGES[name], "es").text
        shown = re.sub(r"<(?:select|textarea)\b.*?</(?:select|textarea)>|<[^>]*>", " ", page, flags=re.S)
        assert ".md" not in shown, name


@pytest.mark.parametrize("view", ["cambios", "completo", "columnas", "fuente"])
def test_the_words_beside_a_change_are_the_readers_and_the_change_is_in_the_language_of_the_document(app, view):
    page = opened(app, Page(MEMBER, f"/propuestas/16?vista={view}"), "en").text
    said = list(spoken(html5lib.parse(page, namespaceHTMLElements=False), "en"))
    assert {language for text, language in said if text == "[inserted:"} == {"en"}
    assert "[insertado:" not in {text for text, _language in said}
    assert {language for text, language in said if text == "Opinión Consultiva 4.11"} == {"es"}


def test_what_a_conversation_quotes_is_marked_with_the_language_of_the_document(app):
    page = opened(app, PAGES["comments"], "en").text
    quotes = re.findall(r'<p class="quote[^>]*>', page)
    assert quotes
    assert all('lang="es"' in quote for quote in quotes)
    assert 'lang="es"' not in "".join(re.findall(r'<p class="quote[^>]*>', opened(app, PAGES["comments"], "es").text))


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_votes_stand_in_the_order_of_the_readers_alphabet(app, language):
    votes = opened(app, PAGES["proposal-13"], language).text.partition('<ul class="votes">')[2].partition("</ul>")[0]
    names = re.findall(r"</span><span>([^<]+)</span>", votes)
    plain = [name.translate(str.maketrans("úé", "ue")).casefold() for name in names]
    assert len(names) == 12
    assert plain == sorted(plain)


def test_a_seat_whose_administration_has_left_the_group_keeps_its_label(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert seats.seat_name(SeatOnRoll("XX-2", "Antiguo país (2)", administration="XX")) == "Antiguo país (2)"
        assert seats.seat_name(SeatOnRoll("DO-2", "Nombre viejo (2)", administration="DO")) == "Dominican Republic (2)"


def test_what_is_recorded_of_a_decision_stays_spanish_whoever_reads_it(app):
    opened(app, PAGES["proposal-10"], "en")
    minutes = record.read(app.extensions["workshop"].store, record_files.ref_of(10), "record.md").decode()
    assert "| República Dominicana |" in minutes
    assert "- Perú, " in minutes


def test_the_editor_says_in_which_language_the_document_is(app):
    client = reader(app, MEMBER, "pt")
    for path, language in ((ENGLISH, "en"), (LESSON, "es")):
        page = client.post("/borradores", data={"path": path}, follow_redirects=True).text
        assert re.search(rf'<textarea class="markdown"[^>]* lang="{language}"', page), path
        client.post(re.search(r'action="(/borradores/\d+/descartar)"', page)[1])


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("error", [Unavailable("store-busy"), RuntimeError("a bug")], ids=["busy", "bug"])
def test_a_page_that_failed_says_so_in_the_readers_language(app, written, monkeypatch, language, error):
    def fail() -> None:
        raise error

    monkeypatch.setitem(app.view_functions, "home.accessibility", fail)
    page = reader(app, MEMBER, language).get("/accesibilidad")
    assert page.status_code == (503 if isinstance(error, Unavailable) else 500)
    assert left_in_spanish(page.text, written, spanish(language)) == []
