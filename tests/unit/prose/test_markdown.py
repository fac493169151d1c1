from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given

from reviewtool.prose import markdown
from tests.unit.prose import strategies

QUIZ = """:::: pregunta
¿Qué valor?

- A
- B

::: respuesta
La B.
:::
::::
"""


def test_raw_html_is_shown_as_text():
    assert "&lt;script&gt;" in markdown.render("<script>alert(1)</script>")
    assert "<script" not in markdown.render("a <script>alert(1)</script>")


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "java&#10;script:x",
        "file:///etc",
    ],
)
def test_a_target_that_runs_code_never_passes(target):
    html = markdown.render(f"[a]({target}) ![b]({target}) <{target}>")
    assert not re.search(r"(?:href|src)=\"(?!#)", html)


@given(strategies.document)
def test_nothing_but_the_listed_elements_and_safe_targets_comes_out(text):
    html = markdown.render(text)
    assert not re.search(r"<(?:script|style|iframe|b|svg)\b|\son\w+=|style=", html)


def test_links_to_other_sites_give_nothing_away():
    assert 'rel="noopener noreferrer nofollow"' in markdown.render("[a](https://example.org)")
    assert "rel=" not in markdown.render("[a](otro.md)")


def test_relative_targets_are_resolved_as_written():
    asked = []

    def resolve(kind, target):
        asked.append((kind, target))
        return None if target == "deja.md" else f"/r/{kind}"

    html = markdown.render("[a](mód%20ulo.md#x) ![b](img/ñ.png) [c](deja.md) [d](#e) [e](https://a.b)", resolve=resolve)
    assert asked == [("link", "mód ulo.md#x"), ("image", "img/ñ.png"), ("link", "deja.md")]
    assert 'href="/r/link"' in html
    assert 'src="/r/image"' in html
    assert 'href="deja.md"' in html


def test_a_resolver_cannot_bring_in_an_unsafe_target():
    assert "javascript" not in markdown.render("[a](b.md)", resolve=lambda *_: "javascript:alert(1)")


def test_headings_get_unique_anchors_without_accents():
    found = markdown.outline("# Año ñandú\n\n## Año ñandú\n\n### **Valor** de `x`\n\n## ¿?\n")
    assert [(h.level, h.anchor, h.title) for h in found] == [
        (1, "ano-nandu", "Año ñandú"),
        (2, "ano-nandu-2", "Año ñandú"),
        (3, "valor-de-x", "Valor de x"),
        (2, "seccion", "¿?"),
    ]


def test_a_quiz_hides_its_answer_in_details():
    html = markdown.render(QUIZ)
    assert '<div class="quiz">' in html
    assert '<details class="answer"><summary>Respuesta</summary>' in html


@pytest.mark.parametrize(
    ("word", "kind", "shown"),
    [("nota", "nota", "Nota"), ("warning", "aviso", "Warning"), ("definição", "definicion", "Definição")],
)
def test_an_admonition_has_its_spanish_class_and_a_title_in_its_own_language(word, kind, shown):
    html = markdown.render(f"::: {word}\nTexto\n:::\n")
    assert f'<div class="admonition {kind}">\n<p class="admonition-title">{shown}</p>' in html
    assert '<p class="admonition-title">Mi título</p>' in markdown.render(f"::: {word} Mi título\nTexto\n:::\n")


def test_cells_are_aligned_by_class_and_tables_can_be_scrolled_by_keyboard():
    html = markdown.render("| a | b |\n|---|--:|\n| 1 | 2 |\n")
    assert '<td class="align-right">2</td>' in html
    assert '<div class="table-scroll" tabindex="0" role="group"' in html
    assert "style" not in html


def test_footnotes_have_links_both_ways_with_names():
    html = markdown.render("Uno[^a] y dos[^a].\n\n[^a]: La nota.\n")
    assert 'href="#fn_a" id="fnref_a"' in html
    assert 'id="fnref_a_r2"' in html
    assert 'aria-label="Volver al texto, nota 1"' in html
    assert '<section class="footnotes">' in html


def test_a_list_item_of_one_paragraph_looks_the_same_in_tight_and_loose_lists():
    tight, loose = markdown.render("- a\n- b\n"), markdown.render("- a\n\n- b\n")
    assert tight == loose
    assert markdown.render("- a\n\n  c\n- b\n").count("<p>") == 2


def test_front_matter_gives_title_and_language_and_is_not_shown():
    text = "---\ntitle: 'El valor'\nlang: pt\n---\n# Otro\n"
    assert markdown.title(text) == "El valor"
    assert markdown.language(text) == "pt"
    assert "El valor" not in markdown.render(text)
    assert markdown.title("## x\n\n# **El** título\n") == "El título"
    assert markdown.title("nada") is None


def test_visible_words_are_counted():
    assert (
        markdown.count_words("---\ntitle: no cuenta\n---\nUno **dos** [tres](cuatro.md) ![cinco](x.png)\n\n- seis\n")
        == 4
    )


@given(strategies.document)
def test_each_piece_covers_its_source_in_order(text):
    _, pieces = markdown.pieces(text)
    spans = [(p.start, p.end) for p in pieces if p.start is not None]
    assert all(a < b for a, b in spans)
    assert all(x[1] <= y[0] for x, y in pairwise(spans))


def test_a_byte_order_mark_and_odd_line_ends_do_not_shift_the_places():
    text = "\ufeff# Uno\r\n\r\nDos\u2028tres\r\n"
    assert [text[p.start : p.end] for p in markdown.pieces(text)[1]] == ["# Uno\r\n", "Dos\u2028tres\r\n"]


def test_ids_are_unique_on_a_page():
    html = markdown.render("# a\n\n# a\n\nx[^a b] y[^1] z[^1]\n\n[^a b]: u\n\n[^1]: v\n")
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))
