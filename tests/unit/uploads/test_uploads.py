"""What people send: good files come through, hostile ones are refused with their reason, names are made harmless."""

from __future__ import annotations

import time
from io import BytesIO

import pytest
from PIL import Image

from reviewtool.errors import InvalidInput
from reviewtool.uploads import attachments, drawings, names, pictures
from tests.support import sent

EDGE = 300


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


@pytest.mark.parametrize("data", sent.HOSTILE.values(), ids=sent.HOSTILE)
def test_a_hostile_file_is_no_attachment(data):
    began = time.monotonic()
    with pytest.raises(InvalidInput) as refused:
        attachments.checked(data, EDGE)
    assert refused.value.field == "file"
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("nothing", "file-empty"),
        ("a program", "file-type"),
        ("a picture of a thousand million points", "picture-too-large"),
        ("a moving picture", "picture-moves"),
        ("a cut picture", "picture-broken"),
        ("a bomb", "file-swells"),
        ("a Word file with macros", "file-runs"),
        ("a Word file with a template from elsewhere", "file-runs"),
        ("a Word file closed by a password", "file-protected"),
        ("a Word file that Office closed", "file-protected"),
        ("an old Word file", "file-old-office"),
        ("a Word file with something behind it", "file-broken"),
        ("a PDF with a packed script", "file-runs"),
        ("a PDF closed by a password", "file-protected"),
        ("a cut PDF", "file-broken"),
    ],
)
def test_a_refusal_says_why(what, code):
    with pytest.raises(InvalidInput) as refused:
        attachments.checked(sent.HOSTILE[what], EDGE)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (sent.PDF, "pdf"),
        (sent.packed_pdf(b"1 0 << /Type /Page >>"), "pdf"),
        (sent.office(), "docx"),
        (sent.office(sent.XLSX_MAIN), "xlsx"),
        (sent.office(parts={"word/_rels/document.xml.rels": sent.link("hyperlink")}), "docx"),
    ],
)
def test_a_document_comes_through_byte_for_byte(data, kind):
    assert attachments.checked(data, EDGE) == attachments.Checked(data, kind)


def test_packed_tables_without_an_end_take_no_time():
    began = time.monotonic()
    attachments.checked(b"%PDF-1.4\n" + b"/ObjStm stream\n" * 600_000 + b"%%EOF", EDGE)
    attachments.checked(b"%PDF-1.4\n" + b"/ObjStm stream\n" * 600_000 + b"endstream %%EOF", EDGE)
    assert time.monotonic() - began < 5


def test_a_picture_is_an_attachment_without_what_the_camera_wrote():
    kept = attachments.checked(sent.photograph(), EDGE)
    assert kept.kind == "jpg"
    assert sent.PLACE.encode() not in kept.data
    assert not opened(kept.data).getexif()


def test_a_drawing_is_no_attachment():
    with pytest.raises(InvalidInput) as refused:
        attachments.checked(sent.drawing(), EDGE)
    assert refused.value.code == "file-type"


@pytest.mark.parametrize(
    ("data", "extension", "size"),
    [
        (sent.picture(size=(1200, 600)), "png", (300, 150)),
        (sent.picture(size=(20, 10)), "png", (20, 10)),
        (sent.picture("GIF", (600, 600), "P"), "png", (300, 300)),
        (sent.picture("PNG", (600, 300), "RGBA"), "png", (300, 150)),
        (sent.picture("PNG", (60, 30), "1"), "png", (60, 30)),
        (sent.picture("WEBP", (60, 30)), "jpg", (60, 30)),
        (sent.picture("WEBP", (60, 30), "RGBA"), "png", (60, 30)),
        (sent.picture("JPEG", (900, 300), "CMYK"), "jpg", (300, 100)),
        (sent.photograph((400, 200), orientation=6), "jpg", (150, 300)),
    ],
)
def test_a_picture_is_drawn_anew_and_scaled(data, extension, size):
    made = pictures.redrawn(data, EDGE)
    assert (made.extension, (made.width, made.height)) == (extension, size)
    assert opened(made.data).size == size
    assert pictures.redrawn(data, EDGE) == made


def test_a_picture_that_can_be_seen_through_stays_so():
    assert opened(pictures.redrawn(sent.picture(mode="RGBA"), EDGE).data).getpixel((5, 5)) == (200, 30, 30, 120)


def test_what_hides_behind_the_points_of_a_picture_is_left_behind():
    polyglot = sent.picture() + sent.office() + b"<script>alert(1)</script>"
    made = pictures.redrawn(polyglot, EDGE)
    assert b"script" not in made.data
    assert b"PK" not in made.data


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<g onload="alert(1)"/>',
        '<a xlink:href="javascript:alert(1)"><text>x</text></a>',
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml" onload="alert(1)"/></foreignObject>',
        '<image xlink:href="https://example.org/alert.png"/>',
        '<use href="https://example.org/alert.svg#a"/>',
        '<style>@import "https://example.org/alert.css";</style>',
        "<style>rect { fill: url(https://example.org/alert) }</style>",
        '<rect style="fill:url( https://example.org/alert )"/>',
        '<rect fill="url(//example.org/alert)"/>',
        "<animate onbegin='alert(1)' attributeName='x'/>",
        '<set attributeName="href" to="javascript:alert(1)"/>',
        '<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>',
        "<!-- alert -->",
        "<?alert alert?>",
        '<filter id="f"><feImage href="alert.svg"/></filter>',
    ],
)
def test_of_a_drawing_only_what_draws_is_taken_over(inside):
    made = drawings.taken_over(sent.drawing(inside)).decode()
    assert "alert" not in made
    assert '<rect width="20" height="10" fill="#0b4f6c"/>' in made


@pytest.mark.parametrize(
    "data",
    [
        sent.drawing(head='<!DOCTYPE svg [<!ENTITY a "b">]>', inside="&a;"),
        sent.drawing("<g>" * 300 + "</g>" * 300),
        sent.drawing("<g/>" * 20_001),
        sent.drawing()[:-3],
        sent.drawing(head='<?xml version="1.0" encoding="utf-7"?>').replace(b"#0b4f6c", b"+AGE-\xff"),
        sent.drawing().decode().encode("utf-16"),
        b'<svg><script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script></svg>',
    ],
)
def test_a_broken_drawing_is_refused(data):
    with pytest.raises(InvalidInput):
        pictures.redrawn(data, EDGE)


def test_a_drawing_as_programs_write_it_keeps_how_it_looks():
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">\n'
    inside = (
        '<defs><linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient></defs>'
        '<g transform="scale(2)"><path style="fill:url(#g)" d="M0,0 L5,5"/><text x="1">Añadido <tspan>neto</tspan>.'
        "</text></g>"
    )
    made = drawings.taken_over(sent.drawing(inside, head)).decode()
    assert inside in made
    assert drawings.taken_over(made.encode()).decode() == made


def test_the_drawings_of_the_materials_stay_as_they_look(request):
    for path in request.config.rootpath.glob("materials/*/imagenes/*.svg"):
        before = path.read_bytes()
        assert drawings.taken_over(before).split() == before.split()


@pytest.mark.parametrize(
    ("sent_as", "kept"),
    [
        ("Nota 12.pdf", "Nota 12.pdf"),
        ("C:\\Users\\ana\\Nota.pdf", "Nota.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("informe.pdf.exe", "informe.pdf"),
        ("informe.docm", "informe.pdf"),
        ("Acta del 25.03.2026", "Acta del 25.03.2026.pdf"),
        ("nota\r\nSet-Cookie: a=b.pdf", "nota Set-Cookie_ a=b.pdf"),
        ("nota\u202efdp.exe", "notafdp.pdf"),
        ("a\u200bb\x00\x1b[31m.pdf", "ab[31m.pdf"),
        ('"><script>.pdf', "___script_.pdf"),
        (".git", "archivo.pdf"),
        ("acta.final.pdf", "acta.final.pdf"),
        ("--upload-pack=x.pdf", "upload-pack=x.pdf"),
        ("...", "archivo.pdf"),
        ("", "archivo.pdf"),
        ("\ud800.pdf", "archivo.pdf"),
        ("n" * 500 + ".pdf", "n" * 116 + ".pdf"),
    ],
)
def test_a_name_is_made_harmless(sent_as, kept):
    assert names.cleaned(sent_as, "pdf", unnamed="archivo") == kept


@pytest.mark.parametrize(
    ("sent_as", "kept"),
    [
        ("Árbol de decisión (6.1).PNG", "arbol-de-decision-6-1"),
        ("../../.git/config", "config"),
        (".git", "imagen"),
        ("foto.php.png", "foto-php"),
        ("图.png", "imagen"),
        ("\u202egnp.exe", "gnp"),
    ],
)
def test_a_name_in_the_materials_is_plain(sent_as, kept):
    assert names.plain(sent_as, unnamed="imagen") == kept


def test_a_name_that_is_taken_is_counted_on():
    assert names.free("figura", "png", {"figura.png", "figura-2.png"}) == "figura-3.png"
