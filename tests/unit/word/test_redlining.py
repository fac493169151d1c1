from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO

from hypothesis import given
from lxml import etree

from reviewtool.word import exporting, importing, opening, reading, source
from reviewtool.word.commenting import Answer, Remark
from reviewtool.word.looks import W
from reviewtool.word.redlining import Version
from tests.unit.prose import strategies
from tests.unit.word.samples import EVERYTHING

ANA = datetime(2026, 5, 6, 7, 8, tzinfo=UTC)
LUIS = datetime(2026, 5, 9, 10, 0, tzinfo=UTC)

LATER = ("El plazo que fija la norma es de veinte días.\n", "El término que fija la norma es de veinte días.\n")


def proposal(base: str, *texts: str) -> bytes:
    versions = [
        Version(text, name, when) for text, name, when in zip(texts, ("Ana", "Luis"), (ANA, LUIS), strict=False)
    ]
    return exporting.proposal(base, versions).data


def body(data: bytes) -> etree._Element:
    return etree.fromstring(zipfile.ZipFile(BytesIO(data)).read("word/document.xml"))


def marks(data: bytes) -> set[tuple[str, str]]:
    return {
        (each.tag.removeprefix(W), each.get(W + "author"))
        for each in body(data).iter(W + "ins", W + "del")
        if each.find(f".//{W}r") is not None
    }


def views(data: bytes) -> tuple[list[object], list[object]]:
    upload = reading.read(opening.Parts(data))
    return facts(upload.view(accepted=True)), facts(upload.view(accepted=False))


def facts(found: object) -> list[object]:
    return [(leaf.same, leaf.shape, leaf.cell and (leaf.cell.row, leaf.cell.column)) for leaf in found]  # type: ignore[attr-defined]


def assert_both_sides(base: str, new: str) -> None:
    accepted, rejected = views(proposal(base, new))
    assert accepted == facts(source.read(new).leaves)
    assert rejected == facts(source.read(base).leaves)


@given(strategies.revisions())
def test_accepting_gives_the_proposal_and_rejecting_the_base(texts: tuple[str, str]) -> None:
    assert_both_sides(*texts)


@given(strategies.raw, strategies.raw)
def test_any_two_texts_at_all_stand_in_one_file(base: str, new: str) -> None:
    assert_both_sides(base, new)


def test_rows_items_notes_and_whole_tables_come_and_go() -> None:
    new = EVERYTHING.replace("| Canon | 8 640 |\n", "| Canon | 9 000 |\n| Flete | 500 |\n").replace(
        "- tres", "- tres\n- más"
    )
    assert_both_sides(EVERYTHING, new)
    assert_both_sides(new, EVERYTHING)
    assert_both_sides(EVERYTHING, EVERYTHING.replace("una nota.[^1]", "una nota.").replace("[^1]: El", "[^2]: El"))
    wide = "\n".join(line + " x |" if line.startswith("|") else line for line in EVERYTHING.split("\n"))
    assert_both_sides(EVERYTHING, wide.replace("---:| x |", "---:|---|"))


def test_a_row_that_comes_bears_the_mark_of_the_row() -> None:
    data = proposal(EVERYTHING, EVERYTHING.replace("| Canon |", "| Flete | 500 |\n| Canon |"))
    assert len(list(body(data).iter(W + "trPr"))) == 5
    assert [each.tag for each in body(data).iter(W + "ins") if each.getparent().tag == W + "trPr"] == [W + "ins"]


def test_a_paragraph_that_comes_bears_the_mark_of_its_end() -> None:
    data = proposal("Uno.\n", "Uno.\n\nDos.\n")
    ends = [each for each in body(data).iter(W + "ins") if each.getparent().tag == W + "rPr"]
    assert [(each.get(W + "author"), each.get(W + "date")) for each in ends] == [("Ana", "2026-05-06T07:08:00Z")]


def test_changes_of_one_sort_do_not_touch_over_the_end_of_a_paragraph() -> None:
    base, new = "El plazo era de diez\n\neso vale mucho\n", "El plazo era de veinte\n\nhoy eso vale mucho\n"
    order = [each.tag.removeprefix(W) for each in body(proposal(base, new)).iter(W + "ins", W + "del")]
    assert order == ["ins", "del", "ins"]
    assert_both_sides(base, new)


def test_numbers_of_changes_are_unique() -> None:
    data = proposal(EVERYTHING, EVERYTHING.replace("Un", "El").replace("tres", "cuatro"))
    found = [each.get(W + "id") for each in body(data).iter(W + "ins", W + "del")]
    assert len(found) == len(set(found)) > 3


def test_each_version_keeps_its_author() -> None:
    data = proposal("El plazo que fija la norma es de diez días.\n", *LATER)
    told = {
        (each.tag.removeprefix(W), each.get(W + "author"), "".join(each.itertext()))
        for each in body(data).iter(W + "ins", W + "del")
    }
    assert told == {
        ("del", "Ana", "diez"),
        ("ins", "Ana", "veinte"),
        ("del", "Luis", "plazo"),
        ("ins", "Luis", "término"),
    }


def test_a_proposal_that_comes_back_says_who_changed_what() -> None:
    base = "El plazo es de diez días.\n\nOtro párrafo.\n"
    new = "El plazo es de veinte días.\n\nOtro párrafo.\n\nUno más.\n"
    found = importing.document(base, proposal(base, new))
    assert (found.text, found.tracked, found.lost, found.questions) == (new, True, (), ())
    assert {mark and (mark.author, mark.date) for edit in found.edits for mark in edit.authors} == {("Ana", ANA)}


def test_comments_go_out_with_answers_and_come_back() -> None:
    new = EVERYTHING.replace("Último párrafo", "Penúltimo párrafo")
    at = new.index("Penúltimo")
    remark = Remark("Rosa Q.", LUIS, "¿Penúltimo?\nSegunda línea.", at, at + len("Penúltimo párrafo"), resolved=True)
    remark = Remark(
        **{**{f: getattr(remark, f) for f in remark.__slots__}, "answers": (Answer("Ana", ANA, "Sí & no."),)}
    )
    whole = Remark("Derlis", None, "Sobre todo el documento.")
    data = exporting.proposal(EVERYTHING, [Version(new, "Ana", ANA)], [remark, whole]).data
    found = {each.author: each for each in importing.document(EVERYTHING, data).remarks}
    back = found["Rosa Q."]
    assert (back.text, back.date, back.answers, back.resolved) == (remark.text, LUIS, remark.answers, True)
    assert back.quote == "Penúltimo párrafo"
    assert new[back.start : back.end] == "Penúltimo párrafo"
    assert (found["Derlis"].text, found["Derlis"].date, found["Derlis"].resolved) == (whole.text, None, False)


def test_comments_have_identities_that_word_accepts() -> None:
    remarks = [Remark("Ana", ANA, f"{n}", 0, 5) for n in range(20)]
    data = exporting.proposal("Texto base.\n", [Version("Texto nuevo.\n", "Ana", ANA)], remarks).data
    names = re.findall(r'w14:paraId="([^"]*)"', zipfile.ZipFile(BytesIO(data)).read("word/comments.xml").decode())
    assert len(set(names)) == 20
    assert all(re.fullmatch("[0-9A-F]{8}", name) and 0 < int(name, 16) < 0x80000000 for name in names)
