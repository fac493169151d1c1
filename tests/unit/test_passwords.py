"""Which passwords are refused: too short, too long, or among the first that somebody would try."""

from __future__ import annotations

import pytest

from reviewtool.errors import InvalidInput
from reviewtool.services import passwords

ABOUT = ("Rosa Quispe Mamani", "rquispe@aduana.example")


def refused(password: str) -> str:
    try:
        passwords.ensure_good(password, ABOUT)
    except InvalidInput as error:
        return error.code
    return ""


@pytest.mark.parametrize("password", ["corta", "nueve.999", "x" * 201, ""])
def test_only_length_is_asked_for(password):
    assert refused(password) == "password-length"


@pytest.mark.parametrize(
    "password",
    [
        "contraseña1",
        "Contrasena2026",
        "P4ssw0rd123!",
        "aduana.peru.2026",
        "juancarlos99",
        "¡Bienvenido!1",
        "passwordpassword",
        "qwertyuiop",
        "asdfghjklz",
        "9876543210",
        "abcdefghijkl",
        "1212121212",
        "aaaaaaaaaaaa",
        "futbolfutbolfutbol",
        "QuispeRosa1985",
        "rquispe2026!",
        "1qaz2wsx3edc",
    ],
)
def test_what_is_tried_first_is_refused(password):
    assert refused(password) == "password-common"


@pytest.mark.parametrize(
    "password",
    [
        "una frase bastante larga",
        "demostracion-2026",
        "nubes verdes bajo la mesa",
        "пароль из трёх слов",
        "xK7vq2mTzR",
        "4071 8852 9937",
        "solo minúsculas sin cifras",
        "x" * 3 + "no se adivina" + "y" * 180,
    ],
)
def test_what_is_not_guessed_first_is_taken_whatever_its_characters(password):
    assert refused(password) == ""


def test_the_list_is_plain_and_sorted():
    words = passwords._words()
    assert len(words) > 800
    assert all(word.isascii() and word.isalpha() and word.islower() and len(word) >= 3 for word in words)


def test_a_hash_is_argon2id_and_nothing_stored_matches_nothing():
    stored = passwords.hashed("nubes verdes bajo la mesa")
    assert stored.startswith("$argon2id$")
    assert passwords.matches(stored, "nubes verdes bajo la mesa")
    assert not passwords.matches(stored, "otra")
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.is_outdated(stored)
