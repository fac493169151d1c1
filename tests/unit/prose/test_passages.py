from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from reviewtool.prose import highlight, markdown, passages, redline
from tests.unit.prose import dom, strategies

TEXT = """---
title: Título
---
## 4.6 Cánones

El **valor** de [transacción](otro.md#x "t") es[^n] el precio
pagado &amp; por pagar (2\u00a0%), `sin` snake_case.

1. Primer elemento
2. Segundo *elemento*

| Uno | Dos |
|---|--:|
| tres | cuatro |

::: nota Mi título
Dentro de la nota.
:::

[^n]: Texto de la nota.
"""
SENTENCES = [f"La frase {w} trata de {w} y de nada más que {w}." for w in ("alfa", "beta", "gamma", "delta", "kappa")]


@pytest.mark.parametrize(
    ("quote", "source"),
    [
        ("El valor de transacción es[1] el precio", 'El **valor** de [transacción](otro.md#x "t") es[^n] el precio'),
        ("precio pagado & por pagar (2 %)", "precio\npagado &amp; por pagar (2\u00a0%)"),
        ("sin snake_case.", "sin` snake_case."),
        ("Primer elemento Segundo", "Primer elemento\n2. Segundo"),
        ("tres cuatro", "tres | cuatro"),
        ("Mi título", "::: nota Mi título"),
        ("Texto de la nota.", "Texto de la nota."),
        ("4.6 Cánones", "4.6 Cánones"),
    ],
)
def test_text_chosen_on_the_page_is_found_in_the_source(quote, source):
    found = passages.find(TEXT, quote)
    assert found is not None
    assert TEXT[found.start : found.end] == source


def test_what_is_not_there_is_not_found():
    assert passages.find(TEXT, "otro.md") is None
    assert passages.find(TEXT, "Título que no está") is None
    assert passages.find(TEXT, "") is None


def test_of_several_places_the_one_with_its_context_is_taken_then_the_nearest():
    text = "Uno valor dos.\n\nTres valor cuatro.\n\nCinco valor seis.\n"
    assert passages.find(text, "valor", "Tres ", " cuatro").start == text.index("valor c")
    assert passages.find(text, "valor", "", " seis").start == text.index("valor s")
    assert passages.find(text, "valor", near=len(text)).start == text.index("valor s")


def test_whole_words_are_preferred():
    text = "Invalores y valor."
    assert passages.find(text, "valor").start == text.index("valor.")


# The projection follows the dialect without parsing it, so rare nestings differ: always the same examples here.
@settings(deadline=None, derandomize=True)
@given(strategies.document, st.data())
def test_every_word_run_of_the_page_is_found(text, data):
    assume("**" not in text and "_x_" not in text)
    page = " ".join(p[1] for p in dom.flat(markdown.render(text)) if p[0] == "text")
    shown = [w for w in re.findall(r"[A-Za-zá-ú]{3,}", page) if w not in ("Respuesta", "http")]
    assume(shown)
    assert passages.find(text, data.draw(st.sampled_from(shown))) is not None


def test_indented_code_is_read_as_it_stands_and_indented_text_of_a_list_is_not():
    assert passages.find("Uno.\n\n    [enlace](otro.md)\n", "enlace](otro.md") is not None
    assert passages.find("- Uno.\n\n    [enlace](otro.md) dos\n", "enlace dos") is not None


def carried(quote, old, new):
    found = passages.find(old, quote)
    assert found is not None
    return passages.carry(found, old, new)


def test_a_passage_stays_with_its_text():
    old = "\n\n".join(SENTENCES)
    result = carried("frase gamma", old, "Nuevo comienzo.\n\n" + old)
    assert (result.state, result.passage.quote) == ("same", "frase gamma")


def test_a_passage_follows_its_paragraph_when_that_moves():
    old, new = "\n\n".join(SENTENCES), "\n\n".join([*SENTENCES[1:], SENTENCES[0]])
    result = carried("frase alfa", old, new)
    assert result.state == "moved"
    assert new[result.passage.start : result.passage.end] == "frase alfa"


def test_an_edited_passage_is_flagged():
    old = "\n\n".join(SENTENCES)
    result = carried("trata de beta y de nada más", old, old.replace("trata de beta", "trata mucho de beta"))
    assert (result.state, result.passage.quote) == ("edited", "trata mucho de beta y de nada más")


def test_a_replaced_word_in_a_sentence_that_stands_is_flagged():
    old = "\n\n".join(SENTENCES)
    result = carried("nada", old, old.replace("de nada más que gamma", "de poco más que gamma").replace("nada", "nada"))
    assert result.state in ("same", "edited")


def test_a_removed_passage_is_lost_and_says_where_it_was():
    old, new = "\n\n".join(SENTENCES), "\n\n".join(SENTENCES[:2] + SENTENCES[3:])
    result = carried("trata de gamma", old, new)
    assert (result.passage, result.state) == (None, "lost")
    assert result.near == new.index(SENTENCES[1])


def test_a_removed_passage_is_never_pinned_on_a_look_alike():
    old = "El canon se paga aquí.\n\nOtra cosa muy distinta de aquello.\n\nEl canon se paga aquí.\n"
    new = "Otra cosa muy distinta de aquello.\n\nEl canon se paga aquí.\n"
    first = passages.find(old, "canon se paga", near=0)
    assert passages.carry(first, old, new).state == "lost"


def test_a_passage_over_several_paragraphs_is_carried_whole():
    old = "\n\n".join(SENTENCES)
    found = passages.find(old, SENTENCES[1] + " " + SENTENCES[2])
    result = passages.carry(found, old, "Antes.\n\n" + old)
    assert result.state == "same"
    assert result.passage.quote == found.quote


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.permutations(range(5)), st.integers(0, 4), st.booleans())
def test_an_untouched_sentence_is_always_found_again(order, chosen, add):
    old = "\n\n".join(SENTENCES)
    new = "\n\n".join([*(["Algo nuevo por delante."] if add else []), *(SENTENCES[n] for n in order)])
    result = carried(SENTENCES[chosen], old, new)
    assert new[result.passage.start : result.passage.end] == SENTENCES[chosen]


def mark(html, quote, **facts):
    return highlight.highlight(Markup(html), [highlight.Mark(quote, facts.get("prefix", ""), "passage-1", "1", "")])


def test_a_marked_passage_never_crosses_an_element():
    html = mark("<p>El <strong>valor</strong> de <a href='x'>todo</a> esto</p>", "valor de todo")
    assert html == (
        '<p>El <strong><mark class="passage" id="passage-1">valor</mark></strong><mark class="passage"> de </mark>'
        '<a href=\'x\'><mark class="passage">todo</mark></a><a class="num" href="#thread-1">1</a> esto</p>'
    )


def test_removed_and_hidden_words_are_passed_over():
    html = redline.redline("El valor viejo.", "El valor nuevo.")
    assert "<mark" not in highlight.highlight(html, [highlight.Mark("viejo", "", "m", "1")])
    assert "<mark" not in highlight.highlight(html, [highlight.Mark("insertado", "", "m", "1")])
    marked = highlight.highlight(html, [highlight.Mark("valor nuevo", "", "m", "1")])
    assert re.search(r'<ins>.*<mark class="passage">nuevo', marked)


def test_the_prefix_decides_which_of_two_places_is_marked():
    html = mark("<p>uno valor</p><p>dos valor</p>", "valor", prefix="dos ")
    assert html.startswith("<p>uno valor</p>")


def test_two_marks_on_the_same_words_do_not_cross():
    marks = [highlight.Mark("valor de", "", "a", "1"), highlight.Mark("de todo", "", "b", "2")]
    html = highlight.highlight(Markup("<p>El valor de todo</p>"), marks)
    assert html.count("<mark") == 2
    assert dom.flat(re.sub(r'</?mark[^>]*>|<a class="num".*?</a>', "", html)) == dom.flat("<p>El valor de todo</p>")


@settings(deadline=None, derandomize=True)
@given(strategies.document, st.data())
def test_marking_changes_nothing_else_on_the_page(text, data):
    html = markdown.render(text)
    words = re.findall(r"\w+", " ".join(p[1] for p in dom.flat(html) if p[0] == "text"))
    assume(words)
    at = data.draw(st.integers(0, len(words) - 1))
    marked = highlight.highlight(html, [highlight.Mark(" ".join(words[at : at + 4]), "", "m", "7", "open")])
    assert 'id="m"' in marked
    assert re.sub(r'<a class="num" href="#thread-7">7</a>|</?mark[^>]*>', "", marked) == html


@pytest.mark.parametrize(
    ("quote", "other", "same"),
    [
        ("el 3,5 %", "el 35 %", False),
        ("\u22125 grados", "5 grados", False),
        ("1.000,50", "1,000.50", False),
        ("El  Canon, se añade", "el canon se añade", True),
        ("alta-media", "alta media", True),
    ],
)
def test_a_passage_says_its_figures_too(quote, other, same):
    text = f"Antes {quote} después."
    assert passages.locate(text, 6, 6 + len(quote)).says(other) is same
