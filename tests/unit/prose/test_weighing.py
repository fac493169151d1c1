"""Texts that are too much to be drawn as a redline: the changes are marked in their source, and that is bounded."""

from __future__ import annotations

import random
import re
from html import unescape

import pytest

from benchmarks import texts
from reviewtool.prose import markdown, redline, weighing

NOTE = redline.Labels().too_heavy
HEAD = "| Núm. | Valor |\n|---|---|\n"


def rows(count: int, seed: int = 1) -> str:
    made = [f"| {n} | {n * 7},00 & más |\n" for n in range(count)]
    return HEAD + "".join(random.Random(seed).sample(made, count))


def said(chunks, dropped: str) -> str:
    """Return the source that a redline shows of one side."""
    html = "".join(chunk.html for chunk in chunks)
    html = re.sub(r'<(p|span) class="[^"]*redline-note">.*?</\1>', "", html)
    return unescape(re.sub(r"<[^>]+>", "", re.sub(rf"<{dropped}>.*?</{dropped}>", "", html, flags=re.DOTALL)))


@pytest.fixture(scope="module")
def heavy():
    return rows(6000), rows(6000, seed=2)


def test_both_sources_stand_in_what_is_shown_and_their_places_follow_each_other(heavy):
    old, new = heavy
    shown = redline.compare(old, new)
    assert shown.changed
    assert said(shown.chunks, "ins") == old
    assert said(shown.chunks, "del") == new
    assert [chunk.old_start for chunk in shown.chunks] == [0, *(chunk.old_end for chunk in shown.chunks[:-1])]
    assert [chunk.new_start for chunk in shown.chunks] == [0, *(chunk.new_end for chunk in shown.chunks[:-1])]
    assert (shown.chunks[-1].old_end, shown.chunks[-1].new_end) == (len(old), len(new))


def test_a_note_on_the_first_change_says_so_once(heavy):
    old, new = heavy
    chunks = redline.compare("Igual\n" * 200 + old, "Igual\n" * 200 + new).chunks
    assert [NOTE in chunk.html for chunk in chunks if chunk.changed] == [True] + [False] * (
        sum(chunk.changed for chunk in chunks) - 1
    )
    assert not chunks[0].changed
    assert NOTE not in chunks[0].html


def test_two_columns_divide_it_too(heavy):
    old, new = heavy
    chunks = redline.compare(old, new).chunks
    halves = ["".join(redline.side(chunk.html, half) for chunk in chunks) for half in ("old", "new")]
    assert "<ins" not in halves[0]
    assert "<del" not in halves[1]


@pytest.mark.parametrize("size", [100, 200])
def test_a_document_of_a_usual_size_is_drawn_however_much_of_it_changed(size):
    old, new = texts.document(size), texts.document(size, seed=9)
    assert not weighing.is_too_heavy(old, new)
    assert not weighing.is_too_heavy(rows(400), rows(400, seed=2))
    assert NOTE not in redline.redline(old, new)


def test_a_small_change_of_a_large_document_is_drawn():
    old = texts.document(500)
    assert not weighing.is_too_heavy(old, old[:250_000] + " palabra " + old[250_000:])
    assert weighing.is_too_heavy(old, texts.document(500, seed=9))


@pytest.mark.parametrize("unit", ["[", "*_`|[", "![ ", "*a "])
def test_a_block_of_too_many_marks_is_left_as_it_is_written(unit):
    html = markdown.render(unit * 12_000)
    assert unescape(re.sub(r"</?p>", "", html)).strip() == (unit * 12_000).strip()
    assert "<em>" in markdown.render("*a* " * 200)
    assert "<a " in markdown.render("[a](b.md) " * 200)


def test_what_a_block_of_too_many_marks_changes_is_marked_like_any_other():
    html = redline.redline("[ " * 2000 + "uno", "[ " * 2000 + "dos")
    assert "<del>" in html
    assert "dos" in re.search(r"<ins>.*?</ins>", html)[0]
