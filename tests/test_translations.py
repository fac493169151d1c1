"""The catalogues: every text that is said today stands in both of them, translated, with the same places to fill.

`scripts/translations.sh` brings them up to the texts; what it leaves empty fails here until somebody writes it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import write_mo

from reviewtool import i18n
from tests.support.catalogues import (
    PLACE,
    Texts,
    catalogue,
    messages,
    pairs,
    spanish_words,
    texts_of,
    words_of,
)

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "scripts" / "translations.sh"
LANGUAGES = ("en", "pt")
GIT_WORDS = re.compile(
    r"\b(git|commits?|committed|merge[sd]?|merging|branch(es)?|diffs?)\b"
    r"|\b(repositor(y|ies|ios?)|patch(es)?|rebase|pull requests?)\b",
    re.IGNORECASE,
)
BETWEEN = re.compile(
    r"<style>.*?</style>|\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|<[^<>{}]*(?:(?:\{\{.*?\}\}|\{%.*?%\})[^<>{}]*)*>", re.DOTALL
)
NAMES_OF_FIELDS = {"new", "upload"}  # what a macro makes the id of a field of
CLOSES = datetime(2026, 6, 5, 23, 0, tzinfo=UTC)


@cache
def said_today() -> dict[Texts, str]:
    """Extract every text from code and templates as the script does: the texts, and a file that says them."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    words = re.findall(r" -k (\S+)", SCRIPT.read_text())
    assert words, "the script names no keywords"
    keywords = {**DEFAULT_KEYWORDS, **parse_keywords(words)}
    found: dict[Texts, str] = {}
    for name, _line, text, _comments, _context in extract_from_dir(ROOT, methods, options, keywords=keywords):
        found.setdefault((text,) if isinstance(text, str) else tuple(text), str(name))
    return found


def constants(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and value of every text in a module that is not a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.lineno, node.value


def test_texts_are_found_in_code_templates_and_macros():
    places = set(said_today().values())
    assert "reviewtool/web/sentences.py" in places
    assert any(place.startswith("reviewtool/web/templates/macros/") for place in places)
    # The record is written in Spanish; of the services only what says changes, findings and notices is translated.
    assert {place for place in places if place.startswith("reviewtool/services/")} == {
        "reviewtool/services/findings.py",
        "reviewtool/services/notice_words.py",
        "reviewtool/services/telling.py",
    }
    assert ("%(num)s propuesta", "%(num)s propuestas") in said_today()


def test_no_text_is_counted_with_two_different_plurals():
    keys = [texts[0] for texts in said_today() if len(texts) > 1]
    assert not sorted(key for key in set(keys) if keys.count(key) > 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_what_is_said_today_and_nothing_else(language: str):
    today = said_today()
    plurals = {texts[0]: texts for texts in today if len(texts) > 1}
    wanted = {plurals.get(texts[0], texts) for texts in today}
    kept = {texts_of(message) for message in messages(language)}
    missing = sorted(f"{texts[0]} ({today[texts]})" for texts in wanted - kept)
    assert not missing, "run scripts/translations.sh and translate"
    assert not sorted(texts[0] for texts in kept - wanted), "run scripts/translations.sh"
    assert not catalogue(language).obsolete


def test_no_text_of_a_page_is_said_past_the_catalogue():
    known = {text for texts in said_today() for text in texts}
    assert not [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in sorted((ROOT / "reviewtool" / "web").rglob("*.py"))
        for line, text in constants(path)
        if not text.startswith("/") and text not in known and len(spanish_words("en").intersection(words_of(text))) > 1
    ]
    bare = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in sorted((ROOT / "reviewtool" / "web" / "templates").rglob("*.html"))
        for text in BETWEEN.split(path.read_text(encoding="utf-8"))
        if re.search(r"(?<![\w-])[^\W\d_]{3,}(?![\w=\"-])", text) and text.strip() not in NAMES_OF_FIELDS
    ]
    assert not bare


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str):
    assert not [text for text, said in pairs(language) if not said.strip()]
    assert not [message.id for message in messages(language) if message.fuzzy]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_same_places_to_fill_and_the_same_spaces_around_it(language: str):
    wrong = [
        f"{text!r} -> {said!r}"
        for text, said in pairs(language)
        if sorted(PLACE.findall(text)) != sorted(PLACE.findall(said))
        or (text[:1].isspace(), text[-1:].isspace()) != (said[:1].isspace(), said[-1:].isspace())
    ]
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_ends_as_its_text_does(language: str):
    wrong = [
        f"{text!r} -> {said!r}"
        for text, said in pairs(language)
        if text[-1:] != said[-1:] and {text[-1:], said[-1:]} & set(".:?…")
    ]
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_git_word_is_on_any_screen(language: str):
    assert not [said for pair in pairs(language) for said in pair if GIT_WORDS.search(said)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_compiles_and_its_header_does_not_change_by_itself(language: str):
    write_mo(BytesIO(), catalogue(language))
    source = (i18n.FOLDER / language / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8")
    header = source.split("\n\n", 1)[0]
    assert f"Language: {language}" in header
    assert "nplurals=2; plural=(n != 1);" in header
    assert "Date" not in header
    assert not re.search(r"^#(?!, )", source, re.MULTILINE), "no place in the code, no comment, nothing obsolete"


@pytest.mark.parametrize(
    ("text", "english", "portuguese"),
    [
        ("Objeción formal", "Formal objection", "Objeção formal"),
        ("Panel de la coordinación", "Coordination desk", "Painel da coordenação"),
        ("Incorporada al texto", "Incorporated into the text", "Incorporada ao texto"),
        ("Segunda convocatoria", "Second call", "Segunda convocação"),
        ("Se excusa", "Recused", "Declara impedimento"),
        ("Su parecer", "Your opinion", "Seu parecer"),
    ],
)
def test_the_words_of_the_domain_are_the_ones_agreed(text: str, english: str, portuguese: str):
    assert [i18n.text(language, text) for language in i18n.LANGUAGES] == [text, english, portuguese]


def test_facts_are_put_into_the_translated_sentence():
    facts = {"in_favour": 8, "against": 2}
    assert i18n.text("en", "%(in_favour)s a favor, %(against)s en contra", **facts) == "8 in favour, 2 against"
    assert i18n.text("pt", "%(in_favour)s a favor, %(against)s en contra", **facts) == "8 a favor, 2 contra"


@pytest.mark.parametrize(
    ("language", "none", "one", "many"),
    [
        ("es", "0 propuestas", "1 propuesta", "7 propuestas"),
        ("en", "0 proposals", "1 proposal", "7 proposals"),
        ("pt", "0 propostas", "1 proposta", "7 propostas"),
    ],
)
def test_a_number_takes_the_plural_of_its_language(language: str, none: str, one: str, many: str):
    said = [i18n.plural(language, "%(num)s propuesta", "%(num)s propuestas", number) for number in (0, 1, 7)]
    assert said == [none, one, many]


def test_a_text_without_translation_is_said_in_spanish():
    assert i18n.text("en", "Esto no lo dice ninguna página") == "Esto no lo dice ninguna página"


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("es", ["viernes", "5 de junio de 2026", "a las 17:00 (hora de Guatemala)"]),
        ("en", ["Friday", "June", "2026", " at ", "(Guatemala time)"]),
        ("pt", ["sexta-feira", "5 de junho de 2026", "às 17:00 (hora de Guatemala)"]),
    ],
)
def test_an_instant_is_said_in_the_language_and_the_zone_of_the_reader(language: str, parts: list[str]):
    said = i18n.instant(CLOSES, language, "America/Guatemala")
    assert not [part for part in parts if part not in said], said


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_entrance_speaks_the_language_the_browser_asks_for(client: FlaskClient):
    for asked, said in (("es", "Entrar"), ("en-GB,en;q=0.9", "Sign in"), ("pt-BR,pt;q=0.9", "Senha")):
        page = client.get("/entrar", headers={"Accept-Language": asked}).text
        assert f'<html lang="{asked[:2]}"' in page
        assert said in page
