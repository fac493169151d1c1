from __future__ import annotations

import pytest

from reviewtool.prose import summary
from reviewtool.services import telling
from reviewtool.services.comparing import Compared, Fact, Pair, Side
from reviewtool.services.showing import Kind

TEXT = (
    "## 4.6 Fletes\n\n| ruta | USD |\n|---|---|\n| Lima a Callao | 200 |\n| Quito a Guayaquil | 300 |\n\n"
    "- declarar el valor\n- pagar el canon\n\nTexto con una nota[^a].\n\n[^a]: La primera.\n"
)
PAIR = Pair(Side("c", "a.md", "1"), Side("d", "a.md", "2"))


def told(old, new, language="es"):
    found = summary.summarise(old, new)
    facts = tuple(Fact(f.kind, f.old, f.new, f.heading, f.count, f.table, f.number, f.after) for f in found.facts)
    compared = Compared(Kind.markdown, "A", "es", "utf-8", (), facts, (), found.paragraphs_unchanged, 0, 0, 0)
    return telling.lines([(PAIR, compared)], language)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("| 300 |", "| 400 |", "Se modifica la fila 2 de la tabla 1"),
        ("|---|---|\n", "|---|---|\n| Bogotá a Cartagena | x |\n", "Se añade la fila 1 de la tabla 1"),
        ("pagar el canon", "pagar la licencia", "Se modifica el punto 2 en el apartado 4.6"),
        ("- declarar el valor\n", "", "Se suprime el punto 1 en el apartado 4.6"),
        ("La primera.", "La primera de todas.", "Se modifica la nota 1"),
        ("| ruta | USD |", "| ruta | euros |", "Se modifica 1 fila en la tabla 1"),
    ],
)
def test_a_row_an_item_or_a_note_is_told_by_its_number(before, after, said):
    assert before in TEXT
    assert said in told(TEXT, TEXT.replace(before, after))


def test_figures_come_first_and_the_lines_are_told_in_three_languages():
    new = TEXT.replace("| 300 |", "| 400 |")
    assert told(TEXT, new)[0] == "Se sustituye «300» por «400» en el apartado 4.6"
    assert told(TEXT, new, "en")[1] == "Row 2 of table 1 is changed"
    assert told(TEXT, new, "pt")[1] == "Modifica-se a linha 2 da tabela 1"


def test_there_are_never_more_than_five_lines():
    old = "\n\n".join(f"Párrafo {n} con {n * 7} euros." for n in range(1, 12))
    lines = told(old, old.replace(" euros", " dólares"))
    assert len(lines) == telling.LINES
    assert lines[2] == "Y 9 cambios más"
