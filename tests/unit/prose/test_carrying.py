"""Passages carried through edits whose outcome is known, and through odd and hostile text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewtool.prose import carrying, passages

NAMES = ["alfa", "beta", "gamma", "delta", "kappa", "lambda", "sigma", "omega"]
ODD = ["a\u00a0b", "e\u0301", "👩‍👩‍👧", "\u202eabc\u202c", "\t", "**negrita**", "[^1]", "`código`", "\u200b", "İ"]
SHAPES = ["{}", "- {}", "> {}", "1. {}", "| {} | uno |", "## {}"]


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[str], list[int], dict[int, str], str]:
    """Draw blocks that have no twin, the order of those that are left, words put before some, and a line end."""
    odd = st.sampled_from(["", *ODD])
    names = draw(st.permutations(NAMES))
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=len(names), max_size=len(names)))
    blocks = [
        shape.format(
            f"El {name}ario trata {draw(odd)} de {name}idad, {name}ista y {name}ura, y declara {name}ando la aduana."
        )
        for name, shape in zip(names, shapes, strict=True)
    ]
    order = draw(st.lists(st.sampled_from(range(len(blocks))), unique=True, max_size=len(blocks)))
    order = sorted(order) if draw(st.booleans()) else order
    edits = draw(
        st.dictionaries(st.sampled_from(range(len(blocks))), st.sampled_from(["siempre", "nunca"]), max_size=3)
    )
    return blocks, order, edits, draw(st.sampled_from(["\n", "\r\n"]))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(histories(), st.integers(0, len(NAMES) - 1))
def test_a_passage_is_where_its_block_went_and_lost_where_that_was_removed(history, chosen):
    blocks, order, edits, eol = history
    changed = [b.replace(" trata ", f" {edits[n]} trata ") if n in edits else b for n, b in enumerate(blocks)]
    old, new = (eol * 2).join(blocks) + eol, (eol * 2).join(changed[n] for n in order) + eol
    start = old.index(f"declara {blocks[chosen].split('declara ')[1].split('ando')[0]}")
    passage = passages.locate(old, start, old.index("aduana", start) + len("aduana"))
    carried = passages.carry(passage, old, new)
    assert 0 <= carried.near <= len(new)
    if chosen in order:
        assert carried.passage is not None
        assert carried.passage.quote == passage.quote
        assert carried.state in {"same", "moved"}
        assert new[carried.passage.start : carried.passage.end] == old[passage.start : passage.end]
    else:
        assert (carried.passage, carried.state) == (None, "lost")


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(max_size=200), st.text(max_size=200), st.data())
def test_any_text_carries_any_range_to_a_range_of_the_new_text(old, new, data):
    if not old:
        return
    start = data.draw(st.integers(0, len(old) - 1))
    end = data.draw(st.integers(start + 1, len(old)))
    carried = passages.carry(passages.locate(old, start, end), old, new)
    assert 0 <= carried.near <= len(new)
    assert (carried.passage is None) == (carried.state == "lost")
    if carried.passage is not None:
        assert 0 <= carried.passage.start < carried.passage.end <= len(new)


@given(st.text(max_size=60), st.integers(-5, 70), st.integers(-5, 70))
@settings(deadline=None, derandomize=True)
def test_only_a_range_within_the_text_is_a_passage(text, start, end):
    if 0 <= start < end <= len(text):
        assert (passages.locate(text, start, end).start, passages.locate(text, start, end).end) == (start, end)
    else:
        with pytest.raises(ValueError, match="no passage"):
            passages.locate(text, start, end)


def follow(old: str, new: str, quote: str) -> str | None:
    """Return what the source has where a quote of the old text went, None when it is lost."""
    start = old.index(quote)
    carried = passages.carry(passages.locate(old, start, start + len(quote)), old, new)
    return new[carried.passage.start : carried.passage.end] if carried.passage else None


def test_capitals_and_paths_that_change_do_not_lose_a_passage():
    old = "Antes.\n\n![El ajuste del precio](fig/ajuste.svg)\n\nDespués de todo.\n"
    new = "Antes.\n\n![El Ajuste del Precio](../figuras/ajuste.svg)\n\nDespués de todo.\n"
    assert (
        follow(old, new, "![El ajuste del precio](fig/ajuste.svg)") == "![El Ajuste del Precio](../figuras/ajuste.svg)"
    )


def test_words_put_in_before_a_passage_are_not_taken_into_it():
    old = "```\n* creating README.md\n* creating mix.exs\n* creating test\n```\n"
    new = "```\n* creating README.md\n* creating .formatter.exs\n* creating mix.exs\n* creating test\n```\n"
    assert follow(old, new, "* creating mix.exs") == "* creating mix.exs"


def test_words_of_a_rewritten_run_are_found_in_the_run_that_took_its_place():
    old = "La utilidad será más aparente cuando entremos en la coincidencia de patrones:\n"
    new = (
        "La utilidad será más evidente cuando aprendamos sobre [coincidencia de patrones](../coincidencia-patrones/):\n"
    )
    assert follow(old, new, "coincidencia de") == "coincidencia de"


def test_a_long_sentence_is_found_with_changes_in_new_text():
    keep = "Este párrafo queda y no tiene que ver con el que se traslada de lugar.\n\n"
    sentence = "El precio realmente pagado o por pagar es el pago total que hace el comprador al vendedor"
    changed = "El precio realmente pagado o por pagar es el pago total que el comprador hace al vendedor"
    other = "Otra cosa, larga y distinta, con muchas palabras propias que nadie más usa en este texto de prueba. " * 3
    assert follow(f"{sentence}.\n\n{keep}", f"{keep}{other}{changed}. {other}\n", sentence) == changed


def test_of_two_places_that_are_as_near_none_is_taken():
    keep = "Este párrafo queda y no tiene que ver con el que se traslada de lugar.\n\n"
    sentence = "El precio realmente pagado o por pagar es el pago total que hace el comprador al vendedor"
    twin = "El precio realmente pagado o por pagar es el pago total que hizo el comprador al vendedor"
    other = "Otra cosa, larga y distinta, con muchas palabras propias que nadie más usa en este texto de prueba. " * 3
    assert follow(f"{sentence}.\n\n{keep}", f"{keep}{other}{twin}. {other}{twin}. {other}\n", sentence) is None


def test_a_passage_in_one_very_long_line_stays_in_it():
    line = " ".join(f"La frase {n} trata del valor {n} en aduana y de nada más." for n in range(4000))
    new = line.replace("La frase 17 ", "Esta oración 17 ").replace("La frase 3000 trata del valor 3000 en aduana", "")
    assert follow(line, new, "valor 2500 en aduana") == "valor 2500 en aduana"
    assert follow(line, new, "frase 17 trata del valor 17") == "Esta oración 17 trata del valor 17"
    assert follow(line, new, "La frase 3000 trata del valor 3000 en aduana") is None


def test_a_passage_in_a_list_thirty_levels_deep_stays_at_its_level():
    old = "".join(f"{'  ' * n}- Nivel {n} del valor en aduana\n" for n in range(30))
    new = old.replace("- Nivel 3 del valor en aduana\n", "- Nivel tres del valor\n")
    assert follow(old, new, "Nivel 29 del valor") == "Nivel 29 del valor"
    assert follow(old, new, "Nivel 3 del valor") == "Nivel tres del valor"


@pytest.mark.parametrize("broken", ["```\n", "**", "[x](", "| a\n|---", "::: nota\n", "<div>\n", "---\n"])
def test_broken_markdown_before_a_passage_does_not_lose_it(broken):
    old = "Un comienzo que está bien.\n\nEl canon se paga como condición de la venta.\n"
    new = f"Un comienzo que está bien.\n\n{broken}\n\nEl canon se paga como condición de la venta.\n"
    assert follow(old, new, "canon se paga") == "canon se paga"


def test_the_place_next_to_a_removed_block_is_the_one_before_it():
    old = "Primero que queda.\n\nSegundo que se va del todo.\n\nTercero que queda también.\n"
    new = "Nuevo delante.\n\nPrimero que queda.\n\nTercero que queda también.\n"
    assert passages.near(old.index("Segundo"), old, new) == new.index("Primero")
    assert passages.near(old.index("Tercero"), old, new) == new.index("Tercero")
    assert passages.near(7, old, "") == 0


words = st.text(alphabet="ab c", max_size=12)


def edits(a: str, b: str) -> int:
    """Count the edits from one text to another by the plain table."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
    return row[-1]


@settings(deadline=None, derandomize=True)
@given(words.filter(bool), words)
def test_distances_are_those_of_the_plain_table(quote, text):
    ends = range(1, len(text) + 1)
    assert carrying.distances(quote, text, anchored=True) == [edits(quote, text[:n]) for n in ends]
    least = [min(edits(quote, text[start:n]) for start in range(n + 1)) for n in ends]
    assert carrying.distances(quote, text, anchored=False) == least


@settings(deadline=None, derandomize=True)
@given(words, words)
def test_likeness_is_that_of_the_longest_common_subsequence(a, b):
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            table[i + 1][j + 1] = table[i][j] + 1 if x == y else max(table[i][j + 1], table[i + 1][j])
    assert carrying.alike(a, b) == 2 * table[-1][-1] / max(1, len(a) + len(b))
