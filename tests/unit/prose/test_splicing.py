"""Writing block by block: one stretch changes, every other byte stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewtool.prose import splicing
from tests.support import materials
from tests.unit.prose.strategies import document

SAMPLES = [
    materials.files()[path].decode("utf-8-sig") for path in materials.DOCUMENTS if path != materials.OLD_ENCODING
]
TEXT = st.one_of(document, st.sampled_from(SAMPLES))
WORDS = st.sampled_from(["Otro texto.", "- uno\n- dos", "# Título", "| a | b |\n|---|---|\n| 1 | 2 |", "> cita", "---"])


def sources(text):
    return [text[each.start : each.end] for each in splicing.stretches(text)]


def test_a_document_is_divided_into_what_its_page_shows_as_blocks_and_what_it_does_not_show():
    text = (
        "---\ntitle: Uno\n---\n\n# Título\nPárrafo con nota[^a].\n\n- uno\n\n- dos\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n```\n\ncódigo\n```\n\n[^a]: La nota.\n\nFin."
    )
    assert sources(text) == [
        "---\ntitle: Uno\n---", "# Título", "Párrafo con nota[^a].", "- uno\n\n- dos",
        "| a | b |\n|---|---|\n| 1 | 2 |",        "```\n\ncódigo\n```", "[^a]: La nota.", "Fin.", "",
    ]  # fmt: skip
    shown = [bool(each.html) for each in splicing.stretches(text)]
    assert shown == [False, True, True, True, True, True, False, True, True]


@given(TEXT)
def test_nothing_but_blank_lines_stands_outside_the_stretches(text):
    at = 0
    for start, end, _html in splicing.stretches(text):
        assert not text[at:start].strip(splicing.BLANK)
        assert start >= at
        at = end
    assert not text[at:].strip(splicing.BLANK)


@given(TEXT, WORDS, st.booleans(), st.data())
def test_splicing_a_block_leaves_all_other_bytes(text, words, windows, data):
    if windows:
        text = splicing.plain(text).replace("\n", "\r\n")
    known = [each for each in splicing.stretches(text) if each.start < each.end]
    if not known:
        return
    chosen = data.draw(st.sampled_from(known))
    span = (chosen.start, chosen.end)
    before, after = text[: chosen.start], text[chosen.end :]
    other, more = splicing.replaced(text, span, words), splicing.inserted(text, chosen.end, words)
    for made, kept in ((other, before), (more, text[: chosen.end])):
        assert made.startswith(kept)
        assert made.endswith(after)
        middle = made[len(kept) : len(made) - len(after)]
        assert middle.strip(splicing.BLANK) == words
    made = splicing.removed(text, span)
    assert (before + after).strip(splicing.BLANK).split() == made.strip(splicing.BLANK).split()
    assert made.startswith(before.rstrip(splicing.BLANK))
    assert made.endswith(after.lstrip(splicing.BLANK))


def test_a_source_is_found_by_whole_lines_whatever_their_ends():
    text = "Uno.\r\nDos.\r\n\r\nMás: Uno.\r\n\r\nUno.\r\nDos.  \r\n"
    assert [text[start:end] for start, end in splicing.occurrences(text, "Uno.\nDos.")] == ["Uno.\r\nDos."] * 2
    assert splicing.occurrences(text, "Más: Uno") == []


@pytest.mark.parametrize(
    ("text", "old", "new", "made"),
    [
        ("# T\nCuerpo\n", "# T", "# Otro", "# Otro\nCuerpo\n"),
        ("# T\nCuerpo\n", "# T", "Sin título", "Sin título\n\nCuerpo\n"),
        ("Uno\n# T\n", "# T", "Dos", "Uno\n\nDos\n"),
        ("Uno\r\n# T\r\n", "# T", "Dos", "Uno\r\n\r\nDos\r\n"),
        ("Uno\n\nDos", "Dos", "Tres", "Uno\n\nTres"),
        ("Uno\n\n\nDos\n", "Uno", "Tres", "Tres\n\n\nDos\n"),
    ],
)
def test_a_block_that_would_join_its_neighbour_is_kept_apart(text, old, new, made):
    assert splicing.replaced(text, splicing.occurrences(text, old)[0], new) == made


@pytest.mark.parametrize(
    ("text", "old", "made"),
    [
        ("Uno\n\nDos\n\nTres\n", "Dos", "Uno\n\nTres\n"),
        ("Uno\n\nDos\n", "Dos", "Uno\n"),
        ("Uno\n# T\nDos\n", "# T", "Uno\n\nDos\n"),
        ("Uno\r\n\r\nDos", "Dos", "Uno"),
        ("Uno\n", "Uno", ""),
    ],
)
def test_a_block_goes_with_its_blank_lines_and_its_neighbours_stay_apart(text, old, made):
    assert splicing.removed(text, splicing.occurrences(text, old)[0]) == made


@pytest.mark.parametrize(
    ("text", "after", "made"),
    [
        ("Uno\n\nDos\n", "Uno", "Uno\n\nNuevo\n\nDos\n"),
        ("# T\nDos\n", "# T", "# T\n\nNuevo\n\nDos\n"),
        ("Uno\r\n", "Uno", "Uno\r\n\r\nNuevo\r\n"),
        ("Uno", "Uno", "Uno\n\nNuevo"),
        ("---\na: b\n---\n", "---\na: b\n---", "---\na: b\n---\n\nNuevo\n"),
    ],
)
def test_a_new_block_stands_apart_from_both_neighbours(text, after, made):
    assert splicing.inserted(text, splicing.occurrences(text, after)[0][1], "Nuevo") == made
    assert splicing.inserted("", 0, "Nuevo") == "Nuevo\n"
