"""A mail as bytes, read with care into the few things that matter: from whom, to whom, its name, its words.

Nothing in it is believed or opened: headers are cut, the parts are walked without recursion and up to a number, a
charset that is none of text is not used, and of HTML only the words are taken.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from typing import Final

from lxml import etree, html

LARGEST: Final = 5 * 1024 * 1024  # bytes of a mail, files and all
LONGEST_TEXT: Final = 1024 * 1024  # bytes of the part with the words
HEADER: Final = 2_000  # characters of one
PARTS: Final = 200
_CHARSET: Final = re.compile(
    r"(utf-(7|8|16|32).*|ascii|iso8859.*|cp\d+|koi8.*|mac.*|gb.*|big5.*|euc.*|iso2022.*|shift.*)"
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2028\u2029\ufeff]")
_BLOCKS: Final = frozenset(
    (
        *("address", "article", "blockquote", "div", "dl", "dt", "dd", "footer", "form", "header", "hr", "li", "ol"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "section", "table", "tr", "ul"),
    )
)
_UNSEEN: Final = frozenset({"script", "style", "head", "title", "noscript", "template", "object", "svg"})
_QUOTED: Final = re.compile(
    r"\b(?:gmail_quote\w*|gmail_signature|moz-cite-prefix|moz-signature|yahoo_quoted|protonmail_quote|Signature)\b"
)


class Unreadable(Exception):
    """The bytes are no mail that can be read."""


@dataclass(frozen=True)
class Letter:
    """What a mail says; addresses in small letters. `has_files`: somebody attached files to it."""

    key: str  # of this mail and no other, the same whenever it comes
    message_id: str
    senders: tuple[str, ...]
    envelope_sender: str
    recipients: tuple[str, ...]
    words: str
    has_files: bool
    is_automatic: bool
    verdicts: tuple[str, ...]  # what receiving servers wrote of it, the last one first


def read(raw: bytes, envelope_sender: str | None = None) -> Letter:
    """Return what a mail says; the sender of its envelope stands in its headers where it is not given.

    Raises Unreadable.
    """
    try:
        message = message_from_bytes(raw[:LARGEST])
        returned = getaddresses([_header(message, "Return-Path")])
        if envelope_sender is None:
            envelope_sender = returned[0][1] if returned else ""
        words, has_files = _content(message)
        senders = tuple(_addresses(message, "From"))
        name = _header(message, "Message-ID").strip()
        named = name or f"{_header(message, 'Date')} {_header(message, 'Subject')} {words}"
        return Letter(
            key=hashlib.sha256(f"{senders} {named}".encode("utf-8", "replace")).hexdigest(),
            message_id=name if re.fullmatch(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,240}>", name) else "",
            senders=senders,
            envelope_sender=envelope_sender.strip().lower(),
            recipients=tuple(
                each
                for header in ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
                for each in _addresses(message, header)
            ),
            words=words,
            has_files=has_files,
            is_automatic=not envelope_sender.strip() or _is_automatic(message),
            verdicts=tuple(str(each)[:HEADER] for each in message.get_all("Authentication-Results", [])),
        )
    except Exception as error:  # whatever the parser of a hostile mail trips over
        raise Unreadable(type(error).__name__) from error


def _header(message: Message, name: str) -> str:
    raw = str(message.get(name, ""))[:HEADER]
    try:
        said = str(make_header(decode_header(raw)))
    except (UnicodeError, LookupError, ValueError):
        said = raw
    return " ".join(_CONTROL.sub(" ", said).split())


def _addresses(message: Message, name: str) -> Iterator[str]:
    """Yield the addresses of all headers of a name; the encoded words in names are left alone, they may hold commas."""
    raw = [str(each)[:HEADER] for each in message.get_all(name, [])[:20]]
    for _name, address in getaddresses(raw):
        if address:
            yield address.strip().lower()


def _is_automatic(message: Message) -> bool:
    """Say whether a program sent it: an answer to that could go on for ever."""
    submitted = _header(message, "Auto-Submitted").lower()
    return (
        submitted not in {"", "no"}
        or _header(message, "Precedence").lower() in {"bulk", "list", "junk", "auto_reply"}
        or any(name in message for name in ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond", "X-Loop"))
        or message.get_content_type() in {"multipart/report", "message/delivery-status"}
    )


def _content(message: Message) -> tuple[str, bool]:
    plain, marked, has_files = None, None, False
    for part in _parts(message):
        if part.get_content_disposition() == "attachment" or part.get_content_maintype() == "message":
            has_files = True
        elif part.get_content_type() == "text/plain" and plain is None:
            plain = _plain(part)
        elif part.get_content_type() == "text/html" and marked is None:
            marked = part
    if plain is None or not plain.strip():
        plain = words_of(_decoded(marked)) if marked is not None else ""
    return _CONTROL.sub("", plain.replace("\xa0", " ")), has_files


def _parts(message: Message) -> Iterator[Message]:
    """Yield the parts that are no others' folder, in their order; a mail within the mail stays closed."""
    waiting, seen = [message], 0
    while waiting and seen < PARTS:
        part, seen = waiting.pop(), seen + 1
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list):
            waiting += [each for each in reversed(inside) if isinstance(each, Message)]
        else:
            yield part


def _decoded(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    for charset in (part.get_content_charset() or "", "utf-8"):
        try:
            if charset and _CHARSET.fullmatch(codecs.lookup(charset).name):
                return data[:LONGEST_TEXT].decode(charset)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data[:LONGEST_TEXT].decode("cp1252", "replace")


def _plain(part: Message) -> str:
    """Return a plain part, the lines joined that the program broke while it was written (RFC 3676)."""
    said = _decoded(part).replace("\r\n", "\n")
    if str(part.get_param("format", "")).lower() != "flowed":
        return said
    joint = "" if str(part.get_param("delsp", "")).lower() == "yes" else " "
    lines: list[str] = []
    flows = False
    for line in said.split("\n"):
        text = line if line.startswith(">") else line.removeprefix(" ")
        if flows and not text.startswith(">"):
            lines[-1] += joint + text.rstrip(" ")
        else:
            lines.append(text if text == "-- " else text.rstrip(" "))
        flows = text.endswith(" ") and text != "-- " and not text.startswith(">")
    return "\n".join(lines)


def words_of(source: str) -> str:
    """Return the words of HTML that a reader sees, without what the program marked as quoted or as a signature."""
    if not source.strip():
        return ""
    tree = html.document_fromstring(source.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8"))
    said: list[str] = []
    closed: list[etree._Element] = []  # elements whose inside is left out; the last one is the innermost
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if _is_left_out(element, tag):
                closed.append(element)
            if not closed:
                said.append(_opening(tag))
                said.append(_flat(element.text))
        else:
            if closed and closed[-1] is element:
                closed.pop()
            elif not closed and tag in _BLOCKS:
                said.append("\n")
            if not closed:
                said.append(_flat(element.tail))
    lines = (" ".join(line.split()) for line in "".join(said).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _opening(tag: str) -> str:
    return "\n\n" if tag == "p" else "\n" if tag in _BLOCKS or tag == "br" else " " if tag in {"td", "th"} else ""


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _is_left_out(element: etree._Element, tag: str) -> bool:
    named = f"{element.get('class', '')} {element.get('id', '')}"
    return tag in _UNSEEN or (tag == "blockquote" and element.get("type") == "cite") or bool(_QUOTED.search(named))
