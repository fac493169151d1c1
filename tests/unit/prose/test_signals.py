from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings

from reviewtool.prose import figures, signals
from tests.unit.prose import strategies

MATERIALS = Path(__file__).parents[3] / "materials"
TEXT = """# Cánones

## 4.6 Ajuste

El canon de 200 USD se añade según el artículo 8.1 c) del Acuerdo desde el 1 de enero de 2024, en términos CIF.

El importador presentará 1.000,50 euros, el 3,5 % del total.
"""


def told(before, after, terms=()):
    assert before in TEXT
    return [(s.sort, s.old, s.new) for s in signals.signals(TEXT, TEXT.replace(before, after), terms)]


@pytest.mark.parametrize(
    ("before", "after", "sort", "old", "new"),
    [
        ("200 USD", "100 USD", "amount", "200 USD", "100 USD"),
        ("1.000,50", "1,000.50", "amount", "1.000,50 euros", "1,000.50 euros"),
        ("euros", "dólares", "amount", "1.000,50 euros", "1.000,50 dólares"),
        ("3,5 %", "3,5", "number", "3,5 %", "3,5"),
        ("enero", "marzo", "date", "1 de enero de 2024", "1 de marzo de 2024"),
        ("8.1 c)", "8.1 d)", "reference", "artículo 8.1 c)", "artículo 8.1 d)"),
        ("CIF", "FOB", "incoterm", "CIF", "FOB"),
        ("se añade", "no se añade", "negation", "", "no"),
    ],
)
def test_a_change_is_told_whole_whatever_part_of_it_changed(before, after, sort, old, new):
    assert told(before, after) == [(sort, old, new)]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("Entre 5 y 10 años.", "Entre 10 y 5 años.", [("number", "5", "10"), ("number", "10", "5")]),
        ("Precio FOB o CIF.", "Precio CIF o FOB.", [("incoterm", "FOB", "CIF"), ("incoterm", "CIF", "FOB")]),
        ("−5 grados.", "5 grados.", [("number", "−5", "5")]),
        ("Un ajuste de **-5 %** al año.", "Un ajuste de **5 %** al año.", [("percentage", "-5 %", "5 %")]),
        ("De 2020-2024 en adelante.", "De 2020-2025 en adelante.", [("number", "2024", "2025")]),
    ],
)
def test_figures_that_change_places_or_lose_their_sign_are_told(before, after, found):
    assert [(s.sort, s.old, s.new) for s in signals.signals(before, after)] == found


@given(strategies.raw, strategies.raw)
def test_signals_of_any_two_texts_are_found_and_of_equal_ones_none(old, new):
    signals.signals(old, new, terms=("a", "b 1"))
    assert signals.signals(new, new, terms=("a", "b 1")) == ()


def test_negations_are_those_of_the_language_of_the_document():
    before, after = "The importer must declare it.", "The importer must not declare it."
    assert [(s.sort, s.new) for s in signals.signals(before, after, language="en")] == [("negation", "not")]
    assert signals.signals(before, after) == ()


def test_defined_terms_are_those_given_in_any_case():
    assert told("El canon", "El derecho", ("Canon", "Derecho de licencia")) == [("term", "canon", "")]
    assert told("El canon", "El derecho") == []


def test_what_went_with_its_paragraph_is_told_in_its_place():
    after = TEXT[: TEXT.index("El importador")]
    found = signals.signals(TEXT, after)
    assert [(s.old, s.inside) for s in found] == [("1.000,50 euros", False), ("3,5 %", False)]
    assert all(s.new_place is None and TEXT[s.old_place.start :].startswith(s.old) for s in found)


def test_thousands_of_figures_of_one_paragraph_are_told_in_pairs_and_in_order():
    found = signals.signals(" ".join(f"{n},5" for n in range(4000)), " ".join(f"{n},7" for n in range(4000)))
    assert [(s.old, s.new) for s in found] == [(f"{n},5", f"{n},7") for n in range(4000)]


def test_what_only_moves_is_no_signal():
    parts = [f"Párrafo {w} con 200 USD y bastantes palabras propias de {w}." for w in ("uno", "dos", "tres")]
    assert signals.signals("\n\n".join(parts), "\n\n".join([*parts[1:], parts[0]])) == ()


def test_program_text_and_front_matter_hold_no_signal():
    text = "---\nfecha: 2024\n---\nx\n\n```\na = 200\n```\n"
    assert signals.signals(text, text.replace("200", "300").replace("2024", "2025")) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nota interpretativa al artículo 8", [("reference", "nota interpretativa al artículo 8")]),
        ("Introducción general", [("reference", "Introducción general")]),
        ("la Opinión consultiva 4.15", [("reference", "Opinión consultiva 4.15")]),
        ("Article 8.1(c)(iv)", [("reference", "Article 8.1(c)(iv)")]),
        ("Decisión 6.1, Comentario 25.1", [("reference", "Decisión 6.1"), ("reference", "Comentario 25.1")]),
        ("Nota explicativa 3.1", [("reference", "Nota explicativa 3.1")]),
        ("Estudio de caso 14.2 y Estudio 1.1", [("reference", "Estudio de caso 14.2"), ("reference", "Estudio 1.1")]),
        ("parágrafo 1 do anexo III", [("reference", "parágrafo 1"), ("reference", "anexo III")]),
        ("US$ 5 y 3 por ciento", [("amount", "US$ 5"), ("percentage", "3 por ciento")]),
        ("1 000,50 EUR", [("amount", "1 000,50 EUR")]),
        ("January 2, 2024 y enero de 2024", [("date", "January 2, 2024"), ("date", "enero de 2024")]),
        ("pago en euros, no en cif", [("currency", "euros"), ("negation", "no")]),
        ("[x](a200.md) [^3] https://a.b/300", []),
    ],
)
def test_what_is_recognised(text, found):
    assert [(f.sort, f.text) for f in figures.figures(text)] == found


@settings(max_examples=100, deadline=None, derandomize=True)
@given(strategies.revisions())
def test_every_place_holds_what_it_says(pair):
    for found in signals.signals(*pair, ("canon",)):
        for text, said, place in ((pair[0], found.old, found.old_place), (pair[1], found.new, found.new_place)):
            assert (place is None) == (not said)
            if place is not None:
                assert " ".join(text[place.start : place.start + len(said) + 9].split()).startswith(said)


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_looking_only_where_a_word_may_begin_misses_nothing(language):
    negations = "|".join(sorted(figures.NEGATIONS[language]))
    everywhere = re.compile(rf"{figures._PATTERN}|(?P<negation>\b(?:{negations})\b)", re.IGNORECASE)
    lists = (figures._CODES, figures._MONEY, figures._INCOTERMS, negations)
    words = (*figures._WORDS, *figures._MONTHS, *"|".join(lists).split("|"))
    plain = [re.sub(r"\(\?:([^|)]*)[^)]*\)|[?\\]", r"\1", word) for word in words]
    samples = [f"{word} 5, {word.upper()} IV bis y 5 de {word} de 2020, xx{word}7" for word in plain]
    samples += [path.read_text(encoding="utf-8") for path in sorted(MATERIALS.rglob("*.md"))]
    for sample in (f"x {sample}" for sample in samples):
        found = [match for match in everywhere.finditer(sample) if match.lastgroup != "skip"]
        assert [(f.start, f.end, f.sort) for f in figures.figures(sample, language)] == [
            (match.start(), match.end(), "amount" if match.lastgroup == "price" else match.lastgroup) for match in found
        ]
