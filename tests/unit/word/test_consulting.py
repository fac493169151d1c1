from __future__ import annotations

from io import BytesIO

import docx

from reviewtool.word import consulting
from reviewtool.word.consulting import Headings, Pair, Sheet
from tests.unit.word.samples import EVERYTHING

HEADINGS = Headings("Qué cambia", "Texto vigente", "Texto propuesto", "Comparación")


def sheet(*documents: Pair) -> Sheet:
    facts = (("Propuesta", "P-47, versión 3"), ("Cierre", "30 de noviembre de 2026, 18:00"), ("Fuente", "Decisión 6.1"))
    return Sheet("Plazo del canon", facts, ("Cambia un número: 75 000.",), documents, HEADINGS)


def test_the_sheet_has_heading_changes_both_texts_and_the_comparison() -> None:
    new = EVERYTHING.replace("75 000", "80 000").replace("Último párrafo", "Penúltimo párrafo")
    data = consulting.sheet(sheet(Pair("Lección de prueba", EVERYTHING, new))).data
    document = docx.Document(BytesIO(data))
    texts = [p.text for p in document.paragraphs]
    assert texts[:5] == [
        "Plazo del canon",
        "Propuesta: P-47, versión 3",
        "Cierre: 30 de noviembre de 2026, 18:00",
        "Fuente: Decisión 6.1",
        "Qué cambia",
    ]
    assert [t for t in texts if t in ("Texto vigente", "Texto propuesto", "Comparación")] == [
        "Texto vigente",
        "Texto propuesto",
        "Comparación",
    ]
    rows = [[cell.text for cell in row.cells] for row in document.tables[-1].rows]
    assert rows == [
        ["Texto vigente", "Texto propuesto"],
        ["Precio | 75 000", "Precio | 80 000"],
        ["Último párrafo, artículo 8.1 c).", "Penúltimo párrafo, artículo 8.1 c)."],
    ]
    left, right = (document.tables[-1].rows[2].cells[n].paragraphs[0].runs for n in (0, 1))
    assert [run.text for run in left if run.font.strike] == ["Último"]
    assert [run.text for run in right if run.font.underline] == ["Penúltimo"]


def test_two_documents_keep_their_notes_and_lists_apart() -> None:
    pair = Pair("Una", EVERYTHING, EVERYTHING.replace("texto de la nota", "otro texto"))
    data = consulting.sheet(sheet(pair, Pair("Otra", "", "1. Nueva.\n"))).data
    document = docx.Document(BytesIO(data))
    part = next(rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/footnotes"))
    said = part.blob.decode()
    assert ("El texto de la nota" in said, "El otro texto" in said) == (True, True)
    assert data == consulting.sheet(sheet(pair, Pair("Otra", "", "1. Nueva.\n"))).data
