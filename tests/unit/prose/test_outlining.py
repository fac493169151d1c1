"""The headings read line by line are those of the parser, or are left to the parser."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewtool.prose import markdown, outlining
from tests.unit.prose import strategies

ROOT = Path(__file__).parents[3]
DOCUMENTS = [
    path for folder in ("materials", "docs", "reviewtool/demonstration") for path in ROOT.glob(f"{folder}/**/*.md")
]
LINES = [
    "# Uno",
    "## Dos **tres** ##",
    "###",
    "#no",
    "####### siete",
    "# a | b",
    "|---|---|",
    "# Véase [1]",
    "  # dentro",
]
LINES += [
    "# 4.6 Título #",
    "#\tcon tabulador",
    "# a\\* &lt; <http://a.b> `#` _x_",
    "texto",
    "",
    "",
    "  ",
    "---",
    "===",
    "-",
]
LINES += ["- punto", "  sigue", "- # en punto", "> cita", "> # en cita", ">", "1. uno", "   # en uno", "    # cuatro"]
LINES += ["```", "~~~~ python", "```a`b", "````", "  ```", "- ```", "> ```", "::: nota", ":::", ":::: pregunta", "::::"]
LINES += [
    " :::",
    "::: otra",
    "[^1]: nota",
    "[^a]: [^b]: # nota",
    "    # en nota",
    "[a]: /url 'título",
    "[a\\",
    "***",
    "* * *",
]
LINES += [
    "\t# tab",
    "-\t# tab",
    "...",
    "- - - - - - - - -",
    "> > > > > > > > > x",
    "--- fin",
    "a # b",
    "**a** # b",
    "\ufeff# c",
]
LINES += ["# a\x0c", "\x0c# a", "# a\u00a0b\u2028c", "#\u00a0a", "# a\0b"]
ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])
odd = st.lists(st.tuples(st.sampled_from(LINES), ENDS).map("".join), max_size=10).map("".join)
plain = st.lists(st.sampled_from(LINES), max_size=10).map("\n".join)
front = st.sampled_from(["", "", "---\ntitle: A\n---\n", "---\n- a\n...\n", "--- x\n---\n", "- a---\n", "\ufeff"])


def assert_as_the_parser(text: str) -> None:
    assert markdown.outline(text) == markdown._parsed_outline(text)


@settings(max_examples=2000)
@given(st.tuples(front, st.one_of(odd, plain)).map("".join))
def test_odd_lines_have_the_headings_of_the_parser(text):
    assert_as_the_parser(text)


@given(st.one_of(strategies.raw, strategies.document, strategies.document.map(lambda t: t.replace("\n", "\r\n"))))
def test_odd_texts_have_the_headings_of_the_parser(text):
    assert_as_the_parser(text)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_document_at_hand_has_the_headings_of_the_parser(path):
    text = path.read_text(encoding="utf-8")
    assert_as_the_parser(text)
    assert_as_the_parser(text.replace("\n", "\r\n"))


def test_nearly_all_documents_are_read_without_the_parser():
    assert len([path for path in DOCUMENTS if outlining.lines(path.read_text(encoding="utf-8")) is None]) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "texto\n---\n",
        "> # en cita\n",
        "- # en punto\n",
        "::: nota\n\n# en nota\n:::\n",
        "[^1]: nota\n\n    # en nota\n",
        "# Véase [1]\n\n[1]: /url\n",
        "# a | b\n|---|---|\n",
        "- " * 60 + "a\n\n# no\n",
        "[^a]: " * 120 + "x\n# no\n",
        "\t" * 30 + "- a\n",
    ],
)
def test_what_only_the_parser_can_tell_is_left_to_it(text):
    assert outlining.lines(text) is None
    assert_as_the_parser(text)


@pytest.mark.parametrize(
    "text",
    [
        "```\n# código\n```\n# A\n",
        "~~~ x`y\n# código\n~~~~\n",
        "```\n# sin cerrar\n",
        "::: nota Título\ntexto\n:::\n## B ##\n",
        "---\ntitle: A\n# comentario\n---\n# C\n\n---\n",
        "a\n- punto\n# D **negrita** &amp; `x`\n> cita\n# E\n| a |\n|---|\n| b |\n# E\n",
        "# F\r\ntexto\r\n\r\n---\r\n",
    ],
)
def test_what_is_sure_is_read_without_the_parser(text):
    assert outlining.lines(text) is not None
    assert_as_the_parser(text)


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("-" * 200_000 + "x", False),
        ("- " * 100_000, False),
        ("\n" * 200_000, True),
        ("# " * 100_000, True),
        (":" * 200_000, False),
    ],
)
def test_of_a_long_line_of_marks_it_is_known_whether_it_is_sure(text, sure):
    assert (outlining.lines("a\n" + text) is not None) == sure
