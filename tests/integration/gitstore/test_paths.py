"""Which paths people may give to a document."""

from __future__ import annotations

import pytest

from reviewtool.errors import InvalidInput
from reviewtool.gitstore import paths


@pytest.mark.parametrize(
    "path",
    [
        "modulo-1/lección 2.md",
        "a",
        'kit/«¿Qué es el "valor"?».md',
        "x" * 255,
        "é" * 127,
        "/".join(["carpeta"] * 500),
        "git/digit.md",
        "a.b/..c/...d",
        "日本語/emoji 😀.md",
    ],
)
def test_a_path_people_may_use_comes_back_as_it_is(path: str) -> None:
    assert paths.check(path) == path


def test_a_path_is_normalised_to_composed_letters() -> None:
    assert paths.check("leccio\u0301n.md") == "lecci\u00f3n.md"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "empty"),
        ("/etc/passwd", "outside"),
        ("a/../b", "outside"),
        ("..", "outside"),
        ("./a", "outside"),
        ("a//b", "outside"),
        ("a/", "outside"),
        ("-rf", "dash"),
        ("a/--output", "dash"),
        ("a\nb", "control"),
        ("a\0b", "control"),
        ("a\x7f", "control"),
        ("a\u2028b", "control"),
        ("\udcff", "control"),
        ("a\\b", "backslash"),
        ("x" * 256, "long"),
        ("é" * 128, "long"),
        ("/".join(["carpeta"] * 513), "long"),
        (" a", "edge"),
        ("a ", "edge"),
        ("a.", "edge"),
        ("carpeta /a", "edge"),
        (".git/config", "git"),
        ("a/.GIT/x", "git"),
        (".Git", "git"),
        (".gitmodules", "git"),
        ("git~1/x", "git"),
        ("GIT~2", "git"),
        (".git::$INDEX_ALLOCATION", "git"),
        ("\uff0egit", "git"),
        (".g\u200cit", "invisible"),
        ("\u202egpj.exe", "invisible"),
    ],
)
def test_a_path_that_could_leave_the_materials_or_deceive_is_refused(path: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match="bad-path") as caught:
        paths.check(path)
    assert caught.value.facts["reason"] == reason
    assert caught.value.field == "path"
    caught.value.facts["path"].encode("utf-8")


def test_an_odd_path_can_be_shown() -> None:
    assert paths.shown("a\nb\udcff.md") == "a\ufffdb\ufffd.md"
