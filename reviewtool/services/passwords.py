"""Passwords: what makes one too easy to guess, and their hashes. Length counts; no sort of character is asked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from reviewtool.errors import InvalidInput

LEAST: Final = 10
MOST: Final = 200
_hasher = PasswordHasher()  # argon2id, RFC 9106 low-memory parameters
_DECOY = _hasher.hash("nobody has this password")
_FEW = 4  # a password of so few different characters is a pattern
_DISGUISED = str.maketrans("@430157$!", "aaeoistsi")
_ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm")


def ensure_good(password: str, about: Collection[str] = ()) -> None:
    """Refuse a password of the wrong length or that is guessed first; `about`: the person's name and address.

    Raises InvalidInput("password-length") and InvalidInput("password-common").
    """
    if not LEAST <= len(password) <= MOST:
        raise InvalidInput("password-length", field="password", least=LEAST, most=MOST)
    own = {part for text in about for part in re.findall(r"[a-z]{3,}", _plain(text))}
    if _is_pattern(_plain(password)) or any(_is_made_of(_words() | own, core) for core in _cores(_plain(password))):
        raise InvalidInput("password-common", field="password")


def hashed(password: str) -> str:
    """Return what is stored of a password."""
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Say whether a password is the stored one; where none is stored, the answer takes as long."""
    try:
        return _hasher.verify(stored or _DECOY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Say whether a hash was made with weaker parameters than those of today."""
    return _hasher.check_needs_rehash(stored)


@cache
def _words() -> frozenset[str]:
    lines = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="ascii").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _plain(text: str) -> str:
    """Return a text in small letters without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in parts if not unicodedata.combining(each))


def _cores(plain: str) -> set[str]:
    """Return the letters of a password, as they stand and with figures read as the letters they stand for."""
    inner = re.sub(r"^[^a-z@$]+|[^a-z@$]+$", "", plain)
    return {re.sub(r"[^a-z]", "", text) for text in (plain, inner, inner.translate(_DISGUISED))}


def _is_pattern(plain: str) -> bool:
    """Say whether a password is a few characters again and again, or goes along the alphabet or the keyboard."""
    if len(set(plain)) <= _FEW:
        return True
    rows = [twice for row in _ROWS for twice in (row * 2, row[::-1] * 2)]
    return any(plain in row for row in rows)


def _is_made_of(words: Collection[str], letters: str) -> bool:
    """Say whether letters are one or two of the words, or one again and again."""
    halves = [(letters[:at], letters[at:]) for at in range(3, len(letters))]
    return (
        letters in words
        or any(first in words and second in words for first, second in halves)
        or any(first in words and first * (len(letters) // len(first)) == letters for first, _second in halves)
    )


__all__ = ["LEAST", "MOST", "ensure_good", "hashed", "is_outdated", "matches"]
