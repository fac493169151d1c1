from __future__ import annotations

import pytest
from hypothesis import given

from reviewtool.prose import figures, summary, words
from tests.unit.prose import strategies

TEXT = """# Cánones

## 4.6 Ajuste del precio pagado

El canon de 200 USD se añade según el artículo 8.1 c) del Acuerdo desde el 1 de enero de 2024.

El importador presentará 1.000,50 euros, el 3,5 % del total.

| a | b |
|---|---|
| Flete marítimo | puerto |
"""


def facts(before, after, kind):
    assert before in TEXT
    found = summary.summarise(TEXT, TEXT.replace(before, after)).facts
    return [(f.old, f.new, f.heading) for f in found if f.kind == kind]


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        ("200 USD", "100 USD", "200 USD", "100 USD"),
        ("1.000,50", "1,000.50", "1.000,50 euros", "1,000.50 euros"),
        ("3,5 %", "3,5", "3,5 %", "3,5"),
        ("enero", "marzo", "1 de enero de 2024", "1 de marzo de 2024"),
    ],
)
def test_a_figure_is_told_whole_with_its_heading(before, after, old, new):
    assert facts(before, after, "figure_replaced") == [(old, new, "4.6 Ajuste del precio pagado")]


def test_a_reference_is_told_whole():
    assert facts("8.1 c)", "8.1 d)", "reference_replaced") == [
        ("artículo 8.1 c)", "artículo 8.1 d)", "4.6 Ajuste del precio pagado")
    ]


def test_a_negation_is_told():
    assert facts("se añade", "no se añade", "negation_added") == [("", "no", "4.6 Ajuste del precio pagado")]
    found = summary.summarise("Esto no se añade nunca aquí.", "Esto se añade nunca aquí.").facts
    assert [f.old for f in found if f.kind == "negation_removed"] == ["no"]


def test_figures_come_first_and_counts_last():
    kinds = [
        f.kind for f in summary.summarise(TEXT, TEXT.replace("200", "100").replace("| puerto |", "| destino |")).facts
    ]
    assert kinds == ["figure_replaced", "paragraph_changed", "row_changed", "words_added", "words_removed"]


def test_rows_paragraphs_and_headings_are_counted():
    new = (
        TEXT.replace("| puerto |\n", "| puerto |\n| z | w |\n").replace("4.6 Ajuste", "4.6 Ajustes")
        + "\nPárrafo añadido al final.\n"
    )
    found = summary.summarise(TEXT, new)
    assert found.count("row_added") == 1
    assert found.count("paragraph_added") == 1
    assert [(f.old, f.new) for f in found.facts if f.kind == "heading_changed"] == [
        ("4.6 Ajuste del precio pagado", "4.6 Ajustes del precio pagado")
    ]


def test_what_no_reader_sees_is_not_told():
    old, new = "| a |\n|---|\n| b |\n\nx\n", "| a |\n|---|\n| b |\n\n###\n\nx\n\n| c |\n|---|\n| d |\n"
    facts = [(f.kind, f.count) for f in summary.summarise(old, new).facts if not f.kind.startswith("words")]
    assert facts == [("row_added", 2)]


def test_a_moved_paragraph_counts_as_moved_only():
    parts = [f"Párrafo {w} con bastantes palabras propias de {w} para reconocerlo." for w in ("uno", "dos", "tres")]
    found = summary.summarise("\n\n".join(parts) + "\n", "\n\n".join([*parts[1:], parts[0]]) + "\n")
    assert [(f.kind, f.count) for f in found.facts] == [("paragraph_moved", 1)]


def test_a_renumbered_list_is_no_changed_figure():
    found = summary.summarise("1. uno cosa\n2. dos cosas\n", "2. uno cosa\n3. dos cosas\n")
    assert not [f for f in found.facts if f.kind.startswith("figure")]


def test_front_matter_is_told_by_key():
    found = summary.summarise("---\ntitle: A\n---\nx\n", "---\ntitle: B\n---\nx\n").facts
    first = found[0]
    assert (first.kind, first.old, first.new, first.heading) == ("front_matter_changed", "A", "B", "title")


@given(strategies.document)
def test_nothing_is_told_of_equal_texts(text):
    assert summary.summarise(text, text).facts == ()


@given(strategies.revisions())
def test_a_summary_can_be_made_of_any_change(pair):
    found = summary.summarise(*pair)
    assert all(f.count > 0 for f in found.facts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("la Opinión consultiva 4.15 y el Estudio de caso 8.1", ["Opinión consultiva 4.15", "Estudio de caso 8.1"]),
        ("US$ 1,000.50 o 20 %", ["US$ 1,000.50", "20 %"]),
        ("el 2024-01-31 y 31/01/2024", ["2024-01-31", "31/01/2024"]),
        ("[1](http://a/25) y [^3]", ["1"]),
        ("12. un punto", []),
        ("de 4.1-25.1 y 1.2.2024", ["4.1", "25.1", "1.2.2024"]),
    ],
)
def test_figures_are_recognised(text, expected):
    assert [f.text for f in figures.figures(text)] == expected


def test_a_moved_paragraph_is_told_by_the_numbers_it_had_under_its_heading():
    parts = [
        f"P\u00e1rrafo {w} con bastantes palabras propias de {w} para reconocerlo." for w in ("uno", "dos", "tres")
    ]
    old, new = "\n\n".join(["## 4.6 A", *parts]), "\n\n".join(["## 4.6 A", *parts[1:], parts[0]])
    assert [(f.kind, f.number, f.after, f.heading) for f in summary.summarise(old, new).facts] == [
        ("paragraph_moved", 1, 3, "4.6 A")
    ]


def test_rows_name_their_table_and_notes_and_items_are_told_apart():
    text = "| a |\n|---|\n| uno |\n\nx\n\n| b |\n|---|\n| dos |\n"
    new = text.replace("| dos |\n", "| dos |\n| tres |\n\n- punto nuevo\n\n[^1]: nota nueva\n")
    found = {f.kind: f.table for f in summary.summarise(text, new).facts}
    assert (found["row_added"], found["item_added"], found["note_added"]) == (2, 0, 0)


TABLES = (
    "## 2 Fletes\n\n| ruta | USD |\n|---|---|\n| Lima a Callao | 200 |\n| Quito a Guayaquil | 300 |\n\n"
    "1. declarar el valor\n2. pagar el canon\n\nTexto[^b] con notas[^a].\n\n[^a]: La primera.\n[^b]: La segunda.\n"
)


@pytest.mark.parametrize(
    ("before", "after", "kind", "table", "number"),
    [
        ("| 300 |", "| 400 |", "row_changed", 1, 2),
        ("| Quito a Guayaquil | 300 |\n", "", "row_removed", 1, 2),
        ("|---|---|\n", "|---|---|\n| Bogotá a Cartagena | 90 |\n", "row_added", 1, 1),
        ("| Quito a Guayaquil | 300 |", "| La Paz | 7 |", "row_changed", 1, 2),
        ("| ruta | USD |", "| ruta | euros |", "row_changed", 1, 0),
        ("pagar el canon", "pagar la licencia", "item_changed", 0, 2),
        ("2. pagar el canon\n", "2. pagar el canon\n3. conservar la prueba de todo ello\n", "item_added", 0, 3),
        ("La primera.", "La primera de todas.", "note_changed", 0, 2),
    ],
)
def test_a_row_an_item_or_a_note_that_is_alone_is_told_by_its_number(before, after, kind, table, number):
    assert before in TABLES
    found = [
        f for f in summary.summarise(TABLES, TABLES.replace(before, after)).facts if f.kind.partition("_")[0] in kind
    ]
    assert [(f.kind, f.table, f.number, f.count) for f in found] == [(kind, table, number, 1)]


def test_items_of_an_inner_list_and_several_rows_are_only_counted():
    text = "- uno\n  - dentro de uno\n- dos\n\n" + TABLES
    found = summary.summarise(text, text.replace("dentro de uno", "dentro del uno")).facts
    assert [(f.kind, f.number) for f in found if f.kind.startswith("item")] == [("item_changed", 0)]
    found = summary.summarise(TABLES, TABLES.replace("| 200 |", "| 1 |").replace("| 300 |", "| 2 |")).facts
    assert [(f.count, f.number) for f in found if f.kind == "row_changed"] == [(2, 0)]


def test_a_row_of_which_all_changed_at_its_place_tells_its_figures_as_replaced():
    found = summary.summarise(TABLES, TABLES.replace("| Quito a Guayaquil | 300 |", "| La Paz | 7 |")).facts
    assert [(f.kind, f.old, f.new) for f in found if f.kind.startswith("figure")] == [("figure_replaced", "300", "7")]
    found = summary.summarise(
        TABLES, TABLES.replace("| Quito a Guayaquil | 300 |", "| La Paz | 7 |\n| Oruro | 8 |")
    ).facts
    assert {f.kind for f in found if f.kind.startswith("row")} == {"row_added", "row_removed"}


@given(strategies.revisions())
def test_the_words_that_came_and_went_are_what_both_texts_differ_by(pair):
    found = summary.summarise(*pair)
    old, new = (sum(token[0].isalnum() for token in words.tokens(text)) for text in pair)
    assert found.words_added - found.words_removed == new - old


def test_another_formatting_and_another_picture_are_told_as_such():
    found = summary.summarise("Uno dos tres.\n", "Uno **dos** tres.\n").facts
    assert [f.kind for f in found] == ["format_changed"]
    found = summary.summarise("Ver ![a](x.png) aqu\u00ed.\n", "Ver ![a](y.png) aqu\u00ed.\n").facts
    assert ("image_replaced", "x.png", "y.png") in [(f.kind, f.old, f.new) for f in found]


def test_many_moves_are_counted_and_not_told_one_by_one():
    parts = [f"Párrafo {n} con bastantes palabras propias de {n}{n}{n} para reconocerlo." for n in range(60)]
    found = summary.summarise("\n\n".join(parts), "\n\n".join(parts[::-1]))
    assert found.count("paragraph_moved") == 59
    assert len([f for f in found.facts if f.kind == "paragraph_moved"]) == 21
