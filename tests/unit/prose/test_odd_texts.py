"""Hostile and odd texts: whatever stands in them, both sides come back exactly and no word is cut."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewtool.prose import changes
from tests.unit.prose import strategies

CHANCE = random.Random(11)
WORDS = ["el", "valor", "de", "la", "mercancía", "importada", "comprende", "cánones", "y", "1.000,50", "dólares"]
LINE = " ".join(CHANCE.choices(WORDS, k=33_000))
ROWS = [f"| {n} | artículo {n % 17} | {n * 7},00 |\n" for n in range(20_000)]
LISTS = "".join(f"{'  ' * depth}- nivel {depth}, punto {n}\n" for n in range(20) for depth in range(30))
ODD = {
    "combining accents": ("Me\u0301todo del ultimo\u0301 recurso", "M\u00e9todo del u\u0301ltimo recurso"),
    "no-break spaces": ("art.\u00a08 del\u202fAcuerdo", "art. 8 del Acuerdo"),
    "line ends": ("uno\r\ndos\r\n\r\ntres\rcuatro", "uno\ndos\n\ntres\ncuatro\n"),
    "tabs": ("a\tb\n\tcódigo\n", "a    b\n    código\n"),
    "both directions": ("abc \u202eedoc\u202c def שלום עולם", "abc \u2066code\u2069 def שלום"),
    "joined emoji": ("Familia 👩‍👩‍👧 y 🇵🇪 fin 👍🏽", "Familia 👩‍👧 y 🇺🇾 fin 👍"),
    "lone surrogates and noncharacters": ("a \udc80 b \uffff", "a \udc81 b \ufffe"),
    "every kind of blank": ("a\u2028b\u2029c\x0bd\x0ce\x85f", "a b c d e f"),
    "one line of 200 KB": (LINE, LINE.replace("comprende", "incluye", 500)),
    "20,000 rows": ("".join(ROWS), "".join(ROWS[:9_000] + ROWS[9_100:] + ROWS[100:150])),
    "lists 30 deep": (LISTS, LISTS.replace("punto 7", "punto siete")),
    "broken Markdown": ("**a [b](c\n```\n# d\n| e\n> - 1. `f", "*a [b](c)\n~~~\n# d\n| e |\n> - 1. `f`"),
    "HTML": ("<div><b>a</b>\n\n<script>x()</script></div>", "<div><i>a</i>\n\n<p>x()</p></div>"),
    "nothing": ("", "Algo.\n"),
    "blanks only": (" \n\n \t\n", "\n\n\n"),
    "zero bytes": ("a\0b c", "a\0 c"),
}
token = st.sampled_from(
    [*WORDS, "e\u0301", "a\u00a0b", "\r\n", "\n\n", "\t", "\u202e", "👩‍👧", "#", "- ", "|", "```", "<b>", "l'an"]
)


def rebuilt(old: str, new: str) -> list[changes.Change]:
    found = list(changes.compare(old, new).changes)
    assert "".join(c.text for c in found if c.op != "insert") == old
    assert "".join(c.text for c in found if c.op != "delete") == new
    return found


def assert_no_word_is_cut(found: list[changes.Change]) -> None:
    for left_out in ("insert", "delete"):
        side = [c for c in found if c.op != left_out]
        for a, b in pairwise(side):
            assert not (a.text[-1].isalnum() and b.text[0].isalnum()), (a, b)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_text_comes_back_exactly(name):
    old, new = ODD[name]
    assert_no_word_is_cut(rebuilt(old, new))
    assert_no_word_is_cut(rebuilt(new, old))


@given(st.lists(token, max_size=40), st.lists(token, max_size=40))
def test_no_word_is_cut_whatever_stands_around_it(old, new):
    assert_no_word_is_cut(rebuilt(" ".join(old), " ".join(new)))


@given(strategies.revisions())
def test_neighbouring_changes_are_never_of_one_sort(pair):
    found = changes.compare(*pair).changes
    assert all((a.op, a.move) != (b.op, b.move) for a, b in pairwise(found))
    assert all(c.text for c in found)


def test_few_rows_of_many_that_changed_are_the_only_ones_marked():
    new = [row.replace(",00", ",50") if n % 1000 == 5 else row for n, row in enumerate(ROWS)]
    found = [c for c in rebuilt("".join(ROWS), "".join(new)) if c.op != "equal"]
    assert [c.text for c in found] == ["00", "50"] * 20
