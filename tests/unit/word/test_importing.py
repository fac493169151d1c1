from __future__ import annotations

import random
from typing import Any

import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.run import Run
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.word import edits
from reviewtool.errors import Conflict
from reviewtool.word import exporting, importing
from reviewtool.word.exporting import Surroundings
from reviewtool.word.importing import Imported
from reviewtool.word.package import Origin
from tests.unit.prose import strategies
from tests.unit.word.samples import EVERYTHING, edited, paragraph, replace, sent_back


def imported(text: str, change: Any = None) -> Imported:
    return importing.document(text, sent_back(text, change))


def clean(found: Imported) -> bool:
    return not found.lost and not found.questions


@given(strategies.document)
def test_what_nobody_edited_stays_byte_by_byte(text: str) -> None:
    found = imported(text)
    assert (found.text, found.edits, found.lost, found.questions, found.tracked) == (text, (), (), (), True)


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_line_ends_and_mark_of_the_file_stay(end: str, start: str) -> None:
    text = start + EVERYTHING.replace("\n", end)
    found = imported(text, replace("dos", "doce"))
    assert found.text == text.replace("- dos con", "- doce con")
    assert clean(found)


@pytest.mark.parametrize("kind", list(edits.KINDS))
def test_an_edit_of_each_kind_changes_exactly_that(kind: str) -> None:
    text = EVERYTHING.replace(
        "Último párrafo, artículo 8.1 c).", "Primera frase de este párrafo largo. Y la segunda frase del mismo párrafo."
    )
    chance = random.Random(1)
    data = edits.edited(exporting.document(text).data, lambda document: edits.KINDS[kind](document, chance))
    assert data is not None
    found = importing.document(text, data)
    assert clean(found)
    assert found.text != text
    assert len(found.edits) <= 2
    assert found.tracked == (kind == "word tracked")


@given(st.data(), strategies.document)
def test_nothing_is_lost_without_being_said(data: st.DataObject, text: str) -> None:
    """Whatever the edit: if nothing is asked, the result exported again is the upload, to the letter."""
    kind = data.draw(st.sampled_from(list(edits.KINDS)))
    chance = random.Random(data.draw(st.integers(0, 9)))
    upload = edits.edited(exporting.document(text).data, lambda document: edits.KINDS[kind](document, chance))
    if upload is None:
        return
    found = importing.document(text, upload)
    again = importing.document(found.text, upload)
    if not found.lost and not found.questions:
        assert again.edits == ()


def test_a_word_inside_a_format_is_changed_inside_it() -> None:
    assert imported(EVERYTHING, replace("negrita", "letra negra")).text == EVERYTHING.replace("negrita", "letra negra")
    assert imported(EVERYTHING, replace("enlace", "vínculo")).text == EVERYTHING.replace("[enlace]", "[vínculo]")
    assert imported(EVERYTHING, replace("más", "aún")).text == EVERYTHING.replace("*más*", "*aún*")


def test_a_format_taken_off_goes_with_its_marks() -> None:
    def change(document: Any) -> None:
        run = next(run for run in paragraph(document, "negrita").runs if run.text == "negrita")
        run.bold = None

    assert imported(EVERYTHING, change).text == EVERYTHING.replace("**negrita**", "negrita")


def test_what_looks_like_markdown_is_escaped_only_where_it_must() -> None:
    found = imported(EVERYTHING, replace("Último", "2 * 3 y *asterisco* [1] Último"))
    assert clean(found)
    assert "asterisco" in found.text
    found = imported("Uno.\n\nDos.\n", replace("Dos.", "- no es lista"))
    assert (found.text, clean(found)) == ("Uno.\n\n\\- no es lista\n", True)


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    found = imported(EVERYTHING, replace("Canon", "Canon | regalía"))
    assert found.text == EVERYTHING.replace("| Canon |", "| Canon \\| regalía |")
    assert clean(found)


def test_an_entity_next_to_a_change_keeps_its_spelling() -> None:
    text = "Pe&ntilde;a y &lt;valor&gt; de la caja.\n"
    assert imported(text, replace("caja", "bolsa")).text == text.replace("caja", "bolsa")


def test_a_new_note_gets_a_label_of_its_own() -> None:
    text = "Con nota.[^1]\n\nSin nota.\n\n[^1]: Primera.\n"
    new = text.replace("Sin nota.", "Sin nota.[^7]").replace("Primera.\n", "Primera.\n[^7]: Segunda.\n")
    found = importing.document(text, exporting.document(new).data)
    assert found.text == text.replace("Sin nota.", "Sin nota.[^2]") + "\n[^2]: Segunda.\n"
    assert clean(found)


def test_a_picture_that_is_missing_stays_and_is_counted() -> None:
    def change(document: Any) -> None:
        found = next(r for r in document.element.body.iter(qn("w:r")) if "[Una figura]" in "".join(r.itertext()))
        found.getparent().remove(found)

    found = imported(EVERYTHING, change)
    assert (found.text, found.pictures) == (EVERYTHING, 1)


def test_links_come_back_as_they_were_written() -> None:
    around = Surroundings(address=lambda kind, target: f"https://materiales.example/leer/{target}")
    data = exporting.document(EVERYTHING, Origin("a.md", "b", "c"), around).data
    found = importing.document(EVERYTHING, data, around)
    assert (found.text, found.origin) == (EVERYTHING, Origin("a.md", "b", "c"))


def test_a_link_that_libreoffice_rebased_is_the_same_link() -> None:
    text = "Ver [una](/es/uno), [otra](./dos.md), [tres](../dos.md) y [{{x}}]({{page.root}}/a).\n"
    written = ("../../es/uno", "dos.md", "../../../dos.md", "./%7B%7Bpage.root%7D%7D/a/")
    data = exporting.document(text).data

    def rebase(document: Any) -> None:
        outside = [each for each in document.part.rels.values() if each.is_external]
        for each, target in zip(outside, written, strict=True):
            each._target = target

    assert importing.document(text, edited(data, rebase)).text == text

    def more(document: Any) -> None:
        rebase(document)
        replace("Ver", "Vea")(document)

    assert importing.document(text, edited(data, more)).text == text.replace("Ver", "Vea")


def test_of_two_links_that_differ_by_their_folder_each_keeps_its_own() -> None:
    text = "Ver [una **cosa**](a.md) y [otra](../a.md).\n"
    data = edited(exporting.document(text).data, replace("otra", "la otra"))
    assert importing.document(text, data).text == text.replace("otra", "la otra")


def test_an_item_one_step_deeper_than_its_neighbours_is_written_there() -> None:
    def change(document: Any) -> None:
        element = edits._after(paragraph(document, "tres"), "más hondo")
        element._p.pPr.numPr.ilvl.val = 1

    found = imported(EVERYTHING, change)
    assert found.text == EVERYTHING.replace("- tres\n", "- tres\n  - más hondo\n")
    assert clean(found)


def test_a_new_table_is_written() -> None:
    def change(document: Any) -> None:
        table = document.add_table(2, 2)
        for n, cell in enumerate(cell for row in table.rows for cell in row.cells):
            cell.text = f"celda {n}"
        paragraph(document, "Último")._p.addnext(table._tbl)

    found = imported("Uno.\n\nÚltimo.\n", change)
    assert found.text == "Uno.\n\nÚltimo.\n\n| celda 0 | celda 1 |\n| --- | --- |\n| celda 2 | celda 3 |\n"
    assert clean(found)


def test_a_column_that_is_new_is_asked_about() -> None:
    def change(document: Any) -> None:
        document.tables[0].add_column(100).cells[1].text = "nueva"

    found = imported(EVERYTHING, change)
    assert found.text == EVERYTHING
    assert {question.code for question in found.questions} == {"word-columns"}
    assert found.lost


def test_a_paragraph_made_a_heading_becomes_one() -> None:
    def change(document: Any) -> None:
        paragraph(document, "Último").style = document.styles["Heading 3"]

    found = imported(EVERYTHING, change)
    assert found.text == EVERYTHING.replace("Último", "### Último")
    assert clean(found)


def test_a_box_whose_all_is_gone_goes_with_its_lines() -> None:
    def change(document: Any) -> None:
        for words in ("El nombre no decide", "Dentro del recuadro", "un punto del recuadro"):
            element = paragraph(document, words)._p
            element.getparent().remove(element)

    found = imported(EVERYTHING, change)
    assert "::: nota" not in found.text
    assert clean(found)


def test_tracked_and_untracked_changes_are_told_apart() -> None:
    chance = random.Random(3)

    def change(document: Any) -> bool:
        edits.tracked_word(document, chance)
        replace("Último", "Postrero")(document)
        return True

    found = imported(EVERYTHING, change)
    assert not found.tracked
    assert {mark and mark.author for edit in found.edits for mark in edit.authors} == {"Ana Pérez", None}


def test_a_paragraph_deleted_with_tracked_changes_has_its_author() -> None:
    def change(document: Any) -> None:
        found = paragraph(document, "Segundo")
        for run in list(found.runs):
            mark = edits.marked("w:del", 901)
            run._r.addprevious(mark)
            mark.append(run._r)
            for text in run._r.iter(qn("w:t")):
                text.tag = qn("w:delText")
        rpr = OxmlElement("w:rPr")
        rpr.append(edits.marked("w:del", 902))
        found._p.get_or_add_pPr().append(rpr)

    found = imported("Primero.\n\nSegundo.\n\nTercero.\n", change)
    assert (found.text, found.tracked) == ("Primero.\n\nTercero.\n", True)
    assert [mark.author for mark in found.edits[0].authors if mark] == ["Ana Pérez"]


def test_a_moved_sentence_is_neither_lost_nor_doubled() -> None:
    def change(document: Any) -> None:
        first, last = paragraph(document, "Primero."), paragraph(document, "Tercero.")
        for tag, found in (("w:moveFrom", first), ("w:moveTo", last)):
            mark = edits.marked(tag, 903)
            run = Run(OxmlElement("w:r"), found)
            run.text = " Frase que se mueve."
            found._p.append(mark)
            mark.append(run._r)
        for text in first._p.iter(qn("w:moveFrom")):
            next(text.iter(qn("w:t"))).tag = qn("w:delText")

    text = "Primero. Frase que se mueve.\n\nTercero.\n"
    data = sent_back("Primero.\n\nTercero.\n", change)
    found = importing.document(text, data)
    assert (found.text, found.tracked) == ("Primero.\n\nTercero. Frase que se mueve.\n", True)


def test_the_last_paragraphs_go_with_the_empty_lines_above_them() -> None:
    def change(document: Any) -> None:
        for words in ("Dos.", "Tres."):
            element = paragraph(document, words)._p
            element.getparent().remove(element)

    assert imported("Uno.\n\nDos.\n\n\nTres.\n", change).text == "Uno.\n"


def test_edits_that_overlap_are_an_error() -> None:
    found = [importing.Edit(0, 5, "a"), importing.Edit(3, 8, "b")]
    with pytest.raises(Conflict):
        importing._ensure_apart(found)
