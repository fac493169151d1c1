"""The catalogues of translations as tests read them: the pairs of texts, and which words are Spanish beyond doubt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from reviewtool import i18n

PLACE = re.compile(r"%\(\w+\)\w|\{\w+\}|%%")

Texts = tuple[str, ...]  # one text, or its singular and its plural


@cache
def catalogue(language: str) -> Catalog:
    """Read the catalogue of a language."""
    with (i18n.FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


def messages(language: str) -> Iterator[Message]:
    """Yield the messages of a catalogue, without its header."""
    return (message for message in catalogue(language) if message.id)


def texts_of(message: Message) -> Texts:
    """Return the Spanish text of a message, or its singular and its plural."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def translations_of(message: Message) -> Texts:
    """Return what a message says in the language of its catalogue."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def pairs(language: str) -> Iterator[tuple[str, str]]:
    """Yield every text with its translation, singular with singular and plural with plural."""
    for message in messages(language):
        yield from zip(texts_of(message), translations_of(message), strict=True)


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters, without its places to fill."""
    return re.findall(r"[^\W\d_]{2,}", PLACE.sub("", text).lower())


@cache
def spanish_words(language: str) -> frozenset[str]:
    """Return the words that our Spanish texts use and no translation into a language does."""
    ours = {word for text, _said in pairs(language) for word in words_of(text)}
    return frozenset(ours.difference(word for _text, said in pairs(language) for word in words_of(said)))
