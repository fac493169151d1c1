from __future__ import annotations

import tracemalloc
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from reviewtool.errors import InvalidInput
from reviewtool.web.sentences import SENTENCES
from reviewtool.word import exporting, importing
from reviewtool.word.opening import Limits, Parts
from tests.unit.word.samples import EVERYTHING

GOOD = exporting.document(EVERYTHING).data


def changed(change: Callable[[str, bytes], bytes | None], more: dict[str, bytes] | None = None) -> bytes:
    """Write a file again with its parts changed, left out where None, and others added."""
    kept = BytesIO()
    with zipfile.ZipFile(BytesIO(GOOD)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
        for name, data in (more or {}).items():
            new.writestr(name, data)
    return kept.getvalue()


def part(name: str, make: Callable[[bytes], bytes]) -> bytes:
    return changed(lambda each, data: make(data) if each == name else data)


def as_it_is(_name: str, data: bytes) -> bytes:
    return data


def encrypted_entry() -> bytes:
    data = bytearray(GOOD)
    for at in range(len(data)):  # the flag of every entry, at its place in both sorts of headers
        if data[at : at + 4] == b"PK\x03\x04":
            data[at + 6] |= 1
        elif data[at : at + 4] == b"PK\x01\x02":
            data[at + 8] |= 1
    return bytes(data)


DOCUMENT = "word/document.xml"
ENTITY = b'<!DOCTYPE w:document [<!ENTITY a "b"><!ENTITY c SYSTEM "file:///etc/hostname">]>'
HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a .doc": ("word-old", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000),
    "an encrypted .docx": (
        "word-encrypted",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le"),
    ),
    "an encrypted zip": ("word-encrypted", encrypted_entry),
    "a .docm": (
        "word-macros",
        lambda: part("[Content_Types].xml", lambda d: d.replace(b"document.main", b"x.macroEnabled")),
    ),
    "macros in a .docx": ("word-macros", lambda: changed(as_it_is, {"word/vbaProject.bin": b"x"})),
    "a PDF": ("word-unknown", lambda: b"%PDF-1.7\n"),
    "nothing": ("word-unknown", lambda: b""),
    "a zip of something else": ("word-unknown", lambda: changed(lambda n, d: None if n.startswith("[") else d)),
    "a spreadsheet": (
        "word-unknown",
        lambda: part("[Content_Types].xml", lambda d: d.replace(b"wordprocessingml", b"sheet")),
    ),
    "a truncated file": ("word-broken", lambda: GOOD[: len(GOOD) // 2]),
    "a file with garbled bytes": ("word-broken", lambda: GOOD[:3000] + b"\xff" * 400 + GOOD[3400:]),
    "XML that is none": ("word-broken", lambda: part(DOCUMENT, lambda d: d[:-20])),
    "no body": ("word-broken", lambda: part(DOCUMENT, lambda d: b'<a xmlns="b"/>')),
    "no document": ("word-broken", lambda: changed(lambda n, d: None if n == DOCUMENT else d)),
    "entities": ("word-entities", lambda: part(DOCUMENT, lambda d: d.replace(b"?>\n", b"?>\n" + ENTITY, 1))),
    "a zip bomb": ("word-inflates", lambda: part(DOCUMENT, lambda d: d + b" " * 60_000_000)),
    "a dense part": ("word-inflates", lambda: part("word/styles.xml", lambda d: d + b" " * 9_000_000)),
    "a tree of too many marks": (
        "word-inflates",
        lambda: part(DOCUMENT, lambda d: d.replace(b"</w:body>", b"<a/>" * 900_000 + b"<b/>" * 900_000 + b"</w:body>")),
    ),
    "too many parts": ("word-inflates", lambda: changed(as_it_is, {f"word/{n}.bin": b"" for n in range(4_100)})),
    "too large": ("word-too-large", lambda: GOOD + b"\0" * 20_000_000),
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_file_that_may_not_be_is_refused_by_its_name(name: str) -> None:
    code, make = HOSTILE[name]
    with pytest.raises(InvalidInput) as error:
        importing.document(EVERYTHING, make())
    assert (error.value.code, error.value.field) == (code, "file")
    assert code in SENTENCES


def test_a_zip_bomb_takes_no_more_memory_than_the_limit() -> None:
    bomb = part(DOCUMENT, lambda d: d + b" " * 300_000_000)
    tracemalloc.start()
    with pytest.raises(InvalidInput):
        importing.document(EVERYTHING, bomb, limits=Limits(inflated=5_000_000))
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_deeply_nested_tables_are_refused() -> None:
    deep = b"<w:tbl><w:tr><w:tc>" * 90 + b"<w:p/>" + b"</w:tc></w:tr></w:tbl>" * 90
    with pytest.raises(InvalidInput) as error:
        importing.document(EVERYTHING, part(DOCUMENT, lambda d: d.replace(b"<w:body>", b"<w:body>" + deep)))
    assert error.value.code in ("word-broken", "word-inflates")


def test_a_billion_laughs_in_a_side_part_is_refused() -> None:
    laughs = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    with pytest.raises(InvalidInput):
        importing.document(EVERYTHING, part("word/styles.xml", lambda d: d.replace(b"?>\n", b"?>\n" + laughs, 1)))


def test_what_lies_outside_the_file_is_named_and_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise AssertionError("something was asked outside")

    monkeypatch.setattr("socket.socket.connect", refuse)
    outside = (
        b'<Relationship Id="rX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"'
        b' Target="https://malo.example/x.dotm" TargetMode="External"/></Relationships>'
    )
    name = "word/_rels/document.xml.rels"
    data = part(name, lambda d: d.replace(b"</Relationships>", outside))
    assert "https://malo.example/x.dotm" in Parts(data).targets(DOCUMENT).values()
    assert importing.document(EVERYTHING, data).text == EVERYTHING


def test_a_part_outside_of_the_folder_is_no_file_of_the_machine() -> None:
    name = "word/_rels/document.xml.rels"
    data = part(name, lambda d: d.replace(b'Target="styles.xml"', b'Target="../../../../etc/passwd"'))
    assert importing.document("Uno.\n", exporting.document("Uno.\n").data).text == "Uno.\n"
    assert importing.document(EVERYTHING, data).edits is not None


@pytest.mark.parametrize("at", range(0, 2_000, 97))
def test_any_damage_is_an_error_of_ours_or_none(at: int) -> None:
    place = at * len(GOOD) // 2_000
    try:
        importing.document(EVERYTHING, GOOD[:place] + b"\x00\xff\x10" + GOOD[place + 3 :])
    except InvalidInput as error:
        known = error.code in SENTENCES
    else:
        known = True
    assert known
