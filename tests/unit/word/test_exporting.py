from __future__ import annotations

import zipfile
from io import BytesIO

import docx
from hypothesis import given

from reviewtool.word import exporting, opening, reading, source
from reviewtool.word.exporting import Surroundings
from reviewtool.word.leaves import Leaf
from reviewtool.word.package import Origin
from tests.unit.prose import strategies
from tests.unit.word.samples import EVERYTHING, edited

PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x01\x08\x06\0\0\0\xf4\x22\x7f\x8a\0\0\0\rIDATx\x9cc`\0\x02\0\0"
    b"\x05\0\x01z^\xab?\0\0\0\0IEND\xaeB`\x82"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 200"></svg>'


def read(data: bytes) -> list[Leaf]:
    return reading.read(opening.Parts(data)).view(accepted=True)


def facts(found: list[Leaf] | tuple[Leaf, ...]) -> list[object]:
    return [(leaf.same, leaf.shape, leaf.cell and (leaf.cell.row, leaf.cell.column)) for leaf in found]


def test_every_element_of_the_dialect_comes_back_as_it_was() -> None:
    assert facts(read(exporting.document(EVERYTHING).data)) == facts(source.read(EVERYTHING).leaves)


def test_every_element_comes_back_after_another_program_saved_the_file() -> None:
    assert facts(read(edited(exporting.document(EVERYTHING).data))) == facts(source.read(EVERYTHING).leaves)


@given(strategies.document)
def test_any_document_comes_back_as_it_was(text: str) -> None:
    assert facts(read(exporting.document(text).data)) == facts(source.read(text).leaves)


@given(strategies.document)
def test_every_token_of_the_source_knows_its_place(text: str) -> None:
    for leaf in source.read(text).leaves:
        for token in leaf.tokens:
            if token.start >= 0 and token.text.isalnum() and "&" not in text and "\\" not in text:
                assert text[token.start : token.end] == token.text


def test_the_same_document_gives_the_same_bytes() -> None:
    origin = Origin("modulo/leccion.md", "a" * 40, "0.1.0")
    assert exporting.document(EVERYTHING, origin).data == exporting.document(EVERYTHING, origin).data


def test_the_file_says_where_it_comes_from_even_after_python_docx_saved_it() -> None:
    origin = Origin("modulo/lección «1».md", "a" * 40, "0.1.0", proposal=47, revision=3)
    assert opening.Parts(edited(exporting.document(EVERYTHING, origin).data)).origin() == origin
    assert opening.Parts(exporting.document(EVERYTHING).data).origin() is None


def test_links_go_out_as_addresses_of_the_reading_page() -> None:
    around = Surroundings(address=lambda kind, target: f"https://materiales.example/{kind}/{target}")
    parts = opening.Parts(exporting.document(EVERYTHING, None, around).data)
    assert "https://materiales.example/link/otra.md#parte" in parts.targets("word/document.xml").values()


def test_notes_are_notes_of_word() -> None:
    document = docx.Document(BytesIO(exporting.document(EVERYTHING).data))
    part = next(rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/footnotes"))
    assert "El texto de la nota, con " in part.blob.decode()


def test_a_picture_is_put_in_and_one_that_is_missing_is_said() -> None:
    there = exporting.document(EVERYTHING, None, Surroundings(image=lambda target: PNG))
    assert there.absent == ()
    assert zipfile.ZipFile(BytesIO(there.data)).read("word/media/figura1.png") == PNG
    missing = exporting.document(EVERYTHING)
    assert missing.absent == ("imagenes/figura.png",)
    assert "[Una figura]" in "\n".join(p.text for p in docx.Document(BytesIO(missing.data)).paragraphs)


def test_an_svg_goes_in_with_its_png_or_as_its_description() -> None:
    text = "![Un esquema](a.svg)\n"
    around = Surroundings(image=lambda target: SVG, to_png=lambda svg: PNG)
    names = zipfile.ZipFile(BytesIO(exporting.document(text, None, around).data)).namelist()
    assert {name for name in names if "media" in name} == {"word/media/figura1.svg", "word/media/figura2.png"}
    assert exporting.document(text, None, Surroundings(image=lambda target: SVG)).absent == ("a.svg",)


def test_lists_with_numbers_begin_where_the_source_begins_them() -> None:
    xml = zipfile.ZipFile(BytesIO(exporting.document("4. cuatro\n5. cinco\n").data)).read("word/numbering.xml").decode()
    assert '<w:startOverride w:val="4"/>' in xml


@given(strategies.raw)
def test_any_text_at_all_comes_back_as_it_was(text: str) -> None:
    assert facts(read(exporting.document(text).data)) == facts(source.read(text).leaves)


def test_characters_that_xml_cannot_hold_do_no_harm() -> None:
    assert docx.Document(BytesIO(exporting.document("a\x01b\ufffe «c»\n").data)).paragraphs[0].text == "a b «c»"
