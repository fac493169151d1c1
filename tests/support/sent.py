"""Files as people send them, good and hostile, small and made on the spot."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO

from PIL import Image

DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
XLSX_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
PLACE = "Aduana de Quijarro"


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **saved: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size, 200 if mode in {"L", "P", "1"} else (200, 30, 30, 120)[: len(mode)]).save(out, kind, **saved)
    return out.getvalue()


def photograph(size: tuple[int, int] = (400, 200), orientation: int = 1) -> bytes:
    """A photograph that says where it was taken, and how it is to be turned."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = orientation, PLACE
    return picture("JPEG", size, exif=exif)


def png_of(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is so large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def drawing(inside: str = "", head: str = "", attributes: str = "") -> bytes:
    return (
        f'{head}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 20 10" {attributes}><rect width="20" height="10" fill="#0b4f6c"/>{inside}</svg>'
    ).encode()


def office(main: str = DOCX_MAIN, parts: dict[str, bytes] | None = None, types: str = "") -> bytes:
    """A Word or Excel file of the least parts, and others."""
    listed = f'<Override PartName="/word/document.xml" ContentType="{main}"/>{types}'
    said = f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{listed}</Types>'
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", said)
        archive.writestr("_rels/.rels", "<Relationships/>")
        archive.writestr("word/document.xml", "<document/>")
        for name, data in (parts or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


def flagged_as_closed(archive: bytes) -> bytes:
    """The same archive, its parts said to be closed by a password."""
    closed = bytearray(archive)
    at = closed.find(b"PK\x01\x02")
    while at >= 0:
        closed[at + 8] |= 1
        at = closed.find(b"PK\x01\x02", at + 4)
    return bytes(closed)


def link(kind: str, mode: str = "External") -> bytes:
    type_ = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"
    one = f'<Relationship Id="r1" Type="{type_}" Target="https://example.org/x" TargetMode="{mode}"/>'
    return f"<Relationships>{one}</Relationships>".encode()


def packed_pdf(inside: bytes) -> bytes:
    """A PDF with objects in a packed table."""
    packed = zlib.compress(inside)
    head = b"2 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode >>\nstream\n"
    return PDF.replace(b"trailer", head + packed + b"\nendstream\nendobj\ntrailer")


HOSTILE: dict[str, bytes] = {  # what no entry takes
    "nothing": b"",
    "a program": b"MZ\x90\x00" + b"\0" * 60,
    "a script": b"#!/bin/sh\nrm -rf /\n",
    "a page": b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    "a page that begins like a picture": b"GIF89a/*<script>alert(1)</script>*/=1;",
    "a cut picture": picture(size=(300, 300))[:60],
    "a picture of a thousand million points": png_of(40_000, 40_000),
    "an archive that begins like a PDF and ends like none": b"%PDF-1.4\n" + office(),
    "an archive behind a program": b"MZ" + office(),
    "a Word file with something behind it": office() + b"<script>alert(1)</script>",
    "a Word file with macros": office(MACRO_MAIN),
    "a Word file with hidden macros": office(parts={"word/vbaProject.bin": b"x"}),
    "a Word file with a program in it": office(parts={"word/embeddings/oleObject1.bin": b"x"}),
    "a Word file with ActiveX": office(parts={"word/activeX/activeX1.xml": b"x"}),
    "a Word file with a template from elsewhere": office(
        parts={"word/_rels/settings.xml.rels": link("attachedTemplate")}
    ),
    "a Word file with entities": office(
        parts={"word/_rels/document.xml.rels": b'<!DOCTYPE a [<!ENTITY b "c">]><Relationships>&b;</Relationships>'}
    ),
    "a Word file that leads out": office(parts={"../../etc/passwd": b"x"}),
    "a Word file closed by a password": flagged_as_closed(office()),
    "a Word file that Office closed": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
    "an old Word file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500,
    "another archive": office("application/zip"),
    "a bomb": office(parts={"word/media/image1.png": bytes(40 * 1024 * 1024)}),
    "a PDF with a script": PDF.replace(b"/Type", b"/OpenAction << /S /JavaScript /JS (x) >> /Type"),
    "a PDF with a script written otherwise": PDF.replace(b"/Type", b"/OpenAction << /S /Java#53cript >> /Type"),
    "a PDF with a packed script": packed_pdf(b"1 0 << /S /JavaScript /JS (app.alert(1)) >>"),
    "a PDF that starts a program": PDF.replace(b"/Type", b"/OpenAction << /S /Launch >> /Type"),
    "a PDF with a file in it": PDF.replace(b"/Type", b"/Names << /EmbeddedFiles 3 0 R >> /Type"),
    "a PDF closed by a password": PDF.replace(b"/Root", b"/Encrypt 5 0 R /Root"),
    "a cut PDF": PDF[:40],
    "a moving picture": picture("GIF", save_all=True, append_images=[Image.new("RGB", (60, 40), (0, 0, 9))]),
}
