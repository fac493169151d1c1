"""Answers as mail programs write them, read and reduced to their writer's own words; and mails made to do harm."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from reviewtool.mail import quoting, reading

MAILS = Path(__file__).parents[1] / "data" / "replies"
OWN = "Estoy de acuerdo con el plazo de 45 días.\n\nConvendría citar el Comentario 25.1, párrafo 3 (§ 2)."
PORTUGUESE = "Concordo com o prazo de 45 dias.\n\nSeria bom citar o Comentário 25.1 (não o 25.2)."
BETWEEN = (
    "Estoy de acuerdo con el plazo de 45 días, porque así lo dice la práctica de las once administraciones.\n\nLa abrí."
)
SIGNED = f"{OWN}\n\nRosa Quispe\nIntendencia Nacional de Técnica Aduanera"
WORDS = {
    "gmail-es": OWN,
    "gmail-pt": PORTUGUESE,
    "outlook-es": SIGNED,
    "outlook-html-only": SIGNED,
    "outlook-pt": PORTUGUESE,
    "iphone": OWN,
    "thunderbird": BETWEEN,
    "mutt": OWN,
    "with-file": OWN,
    "only-quoted": "",
}


def squeezed(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


@pytest.mark.parametrize("name", WORDS)
def test_of_an_answer_only_its_writers_own_words_remain(name):
    letter = reading.read((MAILS / f"{name}.eml").read_bytes())
    assert letter.senders == ("rosa@aduana.example",)
    assert letter.envelope_sender == "rosa@aduana.example"
    assert letter.message_id == f"<{name}@aduana.example>"
    assert letter.recipients[0] == "respuestas+token@revision.example"
    assert not letter.is_automatic
    assert squeezed(quoting.own_words(letter.words)) == squeezed(WORDS[name])


def test_an_attached_file_is_seen_and_a_picture_in_a_signature_is_none():
    assert reading.read((MAILS / "with-file.eml").read_bytes()).has_files
    shown = (
        b"From: a@b.example\r\nContent-Type: multipart/related; boundary=R\r\n\r\n--R\r\n"
        b"Content-Type: text/plain\r\n\r\n"
        b"Hola\r\n--R\r\nContent-Type: image/png\r\nContent-ID: <x>\r\n"
        b"Content-Disposition: inline; filename=logo.png\r\n"
        b"\r\nx\r\n--R--\r\n"
    )
    letter = reading.read(shown, "a@b.example")
    assert (letter.words.strip(), letter.has_files) == ("Hola", False)


@pytest.mark.parametrize(
    "said",
    [
        "De: 30 días\nPara: 45 días\n\nAsí quedaría el plazo.",
        "Propongo:\n\n- citar la nota\n- dar un ejemplo\n\nGracias, y saludos a todos.",
        "El párrafo dice lo que escribió:\nel Comité en 1998.",
        "Fecha: 3 de mayo\nAsunto: el canon",
        "    | a | b |\n    | 1 | 2 |",
    ],
)
def test_what_only_looks_like_a_quotation_stays(said):
    assert squeezed(quoting.own_words(said)) == squeezed(said.strip())


def test_what_follows_our_own_line_goes_in_whatever_language_and_however_it_is_announced():
    for line in ("Escriba su respuesta encima de esta línea", "Write your answer above this line"):
        assert quoting.own_words(f"De acuerdo.\n\n{line}\nP-12 · Aclarar el canon\n") == "De acuerdo."
        above = "Le 28 nov. 2026 à 10:12, Revisión <avisos@revision.example> a écrit :"
        assert quoting.own_words(f"De acuerdo.\n\n{above}\n\n{line}\nP-12\n") == "De acuerdo."


def test_html_is_read_as_words_and_nothing_in_it_runs_or_is_loaded():
    source = (
        "<html><head><title>t</title><style>p{}</style></head><body><script>alert(1)</script>"
        "<p>Uno &amp; <b>dos</b><br>tres</p><!-- x --><ul><li>cuatro</li></ul><img src=http://a/b.png>"
        "<div class=gmail_signature>Rosa</div><blockquote type=cite>citado</blockquote>fin</body></html>"
    )
    assert squeezed(reading.words_of(source)) == ["Uno & dos", "tres", "cuatro", "fin"]


def mail(body: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([b"From: rosa@aduana.example", b"Message-ID: <x@aduana.example>", *headers, b"", body])


def nested(depth: int) -> bytes:
    inside = b"Content-Type: text/plain\r\n\r\nHola\r\n"
    for each in range(depth):
        mark = b"b%d" % each
        inside = b"Content-Type: multipart/mixed; boundary=%s\r\n\r\n--%s\r\n%s\r\n--%s--\r\n" % (
            mark,
            mark,
            inside,
            mark,
        )
    return b"From: rosa@aduana.example\r\n" + inside


HOSTILE = {
    "nothing": b"",
    "no headers": b"\r\n\r\nHola",
    "noughts": mail(b"Ho\0la\x1b[31m", b"Content-Type: text/plain"),
    "a charset that is none": mail("España".encode(), b"Content-Type: text/plain; charset=no-such"),
    "a charset that is a program": mail(b"eJwDAAAAAAE=", b"Content-Type: text/plain; charset=zlib"),
    "a wrong charset": mail("España".encode("latin-1"), b"Content-Type: text/plain; charset=utf-8"),
    "a broken base64": mail(b"%%%%", b"Content-Type: text/plain", b"Content-Transfer-Encoding: base64"),
    "a boundary that never comes": mail(b"--y\r\nHola", b"Content-Type: multipart/mixed; boundary=x"),
    "a hundred folders": nested(100),
    "five thousand folders": nested(5000),
    "ten thousand parts": mail(b"--x\r\n\r\nHola\r\n" * 10_000, b"Content-Type: multipart/mixed; boundary=x"),
    "a header of a megabyte": mail(b"Hola", b"Subject: " + b"=?utf-8?q?" + b"a" * 1_000_000 + b"?="),
    "thousands of addresses": mail(b"Hola", b"To: " + b"a@b.example," * 50_000),
    "brackets without end": mail(b"Hola", b"To: " + b"(" * 100_000 + b"<" * 100_000),
    "deep HTML": mail(b"<div>" * 100_000 + b"Hola", b"Content-Type: text/html"),
    "HTML that is none": mail(b"<<<<>>>&&&&#x0;<p", b"Content-Type: text/html"),
    "long lines": mail(b"a" * 4_000_000, b"Content-Type: text/plain"),
    "many lines": mail(b"El \r\n" * 500_000, b"Content-Type: text/plain"),
    "quotations only": mail(b"> El a\r\nEl b\r\n" * 50_000, b"Content-Type: text/plain"),
    "headers in the body": mail(b"De: a\r\n" * 100_000, b"Content-Type: text/plain"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_read_or_refused_in_little_time(name):
    begun = time.process_time()
    try:
        words = quoting.own_words(reading.read(HOSTILE[name], "rosa@aduana.example").words)
    except reading.Unreadable:
        words = ""
    assert time.process_time() - begun < 5
    assert "\0" not in words
    assert "\x1b" not in words


def test_a_line_break_in_a_header_makes_no_other_header():
    raw = mail(b"Hola", b"Subject: =?utf-8?q?a=0D=0ABcc=3A_all=40b.example?=")
    assert reading.read(raw, "rosa@aduana.example").recipients == ()
    odd = raw.replace(b"<x@aduana.example>", b"<x\x0b@aduana.example>\tBcc: y")
    assert reading.read(odd, "rosa@aduana.example").message_id == ""


def test_a_mail_without_a_name_is_known_by_what_it_says():
    one = b"From: a@b.example\r\nDate: Fri, 28 Nov 2026 10:20:05 -0500\r\n\r\nHola"
    again = b"Received: from elsewhere\r\n" + one
    assert reading.read(one).key == reading.read(again).key
    assert reading.read(one).key != reading.read(one + b" a todos").key
    assert reading.read(one).key != reading.read(one.replace(b"a@b", b"c@b")).key


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <x.example>", "Content-Type: multipart/report"],
)
def test_what_a_program_sent_is_known_as_such(header):
    assert reading.read(mail(b"Hola", header.encode()), "rosa@aduana.example").is_automatic
    assert reading.read(mail(b"Hola"), "").is_automatic, "nobody to answer to"
    assert not reading.read(mail(b"Hola", b"Auto-Submitted: no"), "rosa@aduana.example").is_automatic
