from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings

from reviewtool.prose import markdown, redline
from tests.unit.prose import dom, strategies

DOCUMENT = """---
title: Cánones
---
# Cánones

Texto[^1] con **negrita**, `código` y un [enlace](otro.md).

::: nota
La carga de la prueba recae en el importador.
:::

:::: pregunta
¿Se añade el canon?

- Sí
- No

::: respuesta
Sí, conforme al artículo 8.1 c).
:::
::::

| Elemento | Valor |
|---|--:|
| Precio | 200 |
| Canon | 10 |

![Esquema](img/a.png)

```python
valor = 200
```

[^1]: Véase el Comentario 25.1.
"""
EDITS = [
    ("Cánones\n\nTexto", "Cánones y derechos\n\nTexto"),
    ("**negrita**", "negrita"),
    ("`código`", "`otro`"),
    ("(otro.md)", "(nuevo.md)"),
    ("recae en", "no recae en"),
    ("- No\n", "- No\n- Depende\n"),
    ("8.1 c)", "8.1 d)"),
    ("| Canon | 10 |\n", ""),
    ("| Precio | 200 |\n", "| Precio | 200 |\n| Flete | 5 |\n"),
    ("| Elemento | Valor |", "| Concepto | Importe |"),
    ("img/a.png", "img/b.png"),
    ("valor = 200", "valor = 100"),
    ("Comentario 25.1", "Comentario 25.2"),
    ("::: nota", "::: aviso"),
    ("::: respuesta", "::: answer"),
    ("[^1] con", "[^0][^1] con"),
    ("---|--:", "---|---"),
]


def holds(old, new):
    html = redline.redline(old, new)
    assert dom.flat(html, "del") == dom.flat(markdown.render(new))
    assert dom.flat(html, "ins") == dom.flat(markdown.render(old))
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#(move_[^"]*)"', html)) <= set(ids)
    assert dom.errors(html) == []
    return html


@settings(max_examples=300, deadline=None, derandomize=True)
@given(strategies.revisions())
def test_accepting_gives_the_new_rendering_and_rejecting_the_old_one(pair):
    holds(*pair)


@settings(deadline=None, derandomize=True)
@given(strategies.document, strategies.document)
def test_the_property_holds_for_unrelated_documents(old, new):
    holds(old, new)


@pytest.mark.parametrize(("before", "after"), EDITS)
def test_every_kind_of_content_is_shown_changed(before, after):
    assert before in DOCUMENT
    html = holds(DOCUMENT, DOCUMENT.replace(before, after))
    assert "<ins" in html or "<del" in html
    holds(DOCUMENT.replace(before, after), DOCUMENT)


def test_equal_documents_show_no_change():
    found = redline.compare(DOCUMENT, DOCUMENT)
    assert not found.changed
    assert "data-diff" not in redline.redline(DOCUMENT, DOCUMENT)


def test_rewrapped_source_shows_no_change():
    assert not redline.compare("Uno dos\ntres cuatro.\n", "Uno dos tres\ncuatro.\n").changed


def test_changes_have_words_for_screen_readers_in_the_language_asked_for():
    labels = redline.Labels(inserted_open="[inserted: ", deleted_open="[deleted: ")
    html = "".join(c.html for c in redline.compare("El canon.", "La regalía.", labels=labels).chunks)
    assert '<span class="visually-hidden redline-note">[inserted: </span>' in html
    assert '<span class="visually-hidden redline-note">[suprimido: </span>' in redline.redline("Uno a.", "Uno b.")


def test_labels_are_escaped():
    html = redline.compare("a", "b", labels=redline.Labels(inserted_open="<b>")).chunks[-1].html
    assert "&lt;b&gt;" in html


def test_an_added_row_is_marked_on_the_row_and_inside_its_cells():
    html = redline.redline("| a |\n|---|\n| uno |\n", "| a |\n|---|\n| uno |\n| dos |\n")
    assert re.search(r'<tr data-diff="ins"><td data-diff="ins"><ins>.*dos.*</ins></td></tr>', html)


def test_a_changed_header_leaves_one_head():
    html = redline.redline("| a | b |\n|---|---|\n| x | y |\n", "| c | d |\n|---|---|\n| x | y |\n")
    assert html.count("<thead") == 1


def test_a_moved_paragraph_is_joined_by_links_both_ways():
    parts = [f"Párrafo {w} con bastantes palabras propias de {w} para reconocerlo." for w in ("uno", "dos", "tres")]
    html = holds("\n\n".join(parts), "\n\n".join([*parts[1:], parts[0].replace("bastantes", "muchas")]))
    assert 'id="move_1_from"><a class="move-link redline-note" href="#move_1_to">' in html
    assert 'id="move_1_to"><a class="move-link redline-note" href="#move_1_from">' in html
    assert re.search(r'id="move_1_to".*<del>.*bastantes.*</del><ins>.*muchas', html)


def test_both_pictures_are_shown_when_one_replaces_the_other():
    html = redline.redline("Ver ![a](x.png) aquí", "Ver ![a](y.png) aquí")
    assert 'src="x.png"' in html
    assert 'src="y.png"' in html


def test_a_picture_whose_content_changed_is_shown_old_beside_new():
    found = redline.compare("![a](x.png)", "![a](x.png)", resolve_old=lambda *_: "/b/1", resolve_new=lambda *_: "/b/2")
    html = found.chunks[0].html
    assert html.index("/b/1") < html.index("/b/2")


def test_a_link_whose_page_has_another_address_now_is_not_a_change():
    found = redline.compare("[a](x.md) b", "[a](x.md) b", resolve_old=lambda *_: "/1", resolve_new=lambda *_: "/2")
    assert not found.changed
    assert 'href="/2"' in found.chunks[0].html
    assert "data-target" not in found.chunks[0].html


def test_only_the_formatting_changed_is_said_so():
    html = redline.redline("El valor de transacción.", "El **valor** de transacción.")
    assert html.count('class="format"') == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# Uno dos\n", "## Uno dos\n"),
        ("- a\n- b\n", "1. a\n2. b\n"),
        ("> Una cita entera.\n", "Una cita entera.\n"),
        ("Un [enlace](a.md).\n", "Un [enlace](b.md).\n"),
    ],
)
def test_the_same_words_in_another_form_are_marked_as_such(old, new):
    html = holds(old, new)
    assert html.count('class="format"') == 2
    assert "[formato anterior: " in html
    assert "[suprimido: " not in html


def test_a_link_that_leads_elsewhere_says_where_it_led_and_leads():
    html = redline.redline("Un [enlace](a.md).\n", "Un [enlace](b.md).\n")
    assert "(destino del enlace: a.md)</span>" in html
    assert "(destino del enlace: b.md)</span>" in html


ODD = [
    "Acentos combinados e\u0301 y u\u0308 aqu\u00ed, 5\u00a0% y 1\u202f000.\n",
    "Uno\r\ndos\r\n\r\n- tres\r\n- cuatro\r\n",
    "\tTabulado\n\n\u202eal rev\u00e9s\u202c y \u2067aislado\u2069.\n",
    "Familia \U0001f469\u200d\U0001f469\u200d\U0001f467 y bandera \U0001f1f5\U0001f1ea.\n",
    "".join(f"{'  ' * n}- nivel {n}\n" for n in range(30)),
    "**sin cerrar [enlace](roto ![img](\n\n| a |\n|---\n\n::: nota\nabierta\n\n```\nsin fin\n",
    '<script>alert(1)</script> <b onclick="x">b</b>\n\n<div>\n\n</p></td>&amp;&bogus;\n',
    "> " * 40 + "hondo\n",
    "[^a]: nota [^a]\n\n[t[^a]](u) y [^b]\n\n[^b]: otra\n\n    # T\u00edtulo\n",
    "a\x00b\x0c\u2028c\ufeff\n",
]


@pytest.mark.parametrize("text", ODD)
def test_odd_text_keeps_the_property(text):
    words = text.split(" ")
    changed = " ".join([*words[: len(words) // 2], "otra", *words[len(words) // 2 :]])
    for other in (changed, text[::-1], text + "\nM\u00e1s.\n", text[: len(text) // 2], ""):
        holds(text, other)
        holds(other, text)


def test_one_line_of_200_000_characters_keeps_the_property():
    line = " ".join(f"palabra{n}" for n in range(18_000))
    html = holds(line, line.replace("palabra9000 ", "otra "))
    assert html.count("<del") == 1


MATERIALS = sorted((Path(__file__).parents[3] / "materials").rglob("*.md"))


@pytest.mark.parametrize("path", MATERIALS, ids=lambda path: path.stem)
def test_the_materials_and_their_changed_versions_keep_the_property(path):
    chance = random.Random(path.stem)
    old = path.read_text(encoding="utf-8")
    blocks = old.split("\n\n")
    for _ in range(4):
        at = chance.randrange(1, len(blocks))
        words = blocks[at].split(" ")
        words[chance.randrange(len(words))] = chance.choice(["no", "**300 USD**", "[x](y.md)", "", "|"])
        blocks[at] = " ".join(words)
    blocks.insert(chance.randrange(1, len(blocks)), blocks.pop(chance.randrange(1, len(blocks))))
    del blocks[chance.randrange(1, len(blocks))]
    new = "\n\n".join(blocks)
    holds(old, new)
    holds(new, old)


def test_chunks_know_their_places_in_both_sources():
    old, new = "# Uno\n\nDos tres.\n", "# Uno\n\nNuevo aquí.\n\nDos cuatro tres.\n"
    chunks = redline.compare(old, new).chunks
    assert [c.changed for c in chunks] == [False, True, True]
    assert chunks[0].heading == "uno"
    assert new[chunks[1].new_start : chunks[1].new_end].strip() == "Nuevo aquí."
    assert chunks[1].old_start is None
    assert old[chunks[2].old_start : chunks[2].old_end] == "Dos tres.\n"


def test_a_changed_answer_is_shown_open():
    html = redline.redline(DOCUMENT, DOCUMENT.replace("8.1 c)", "8.1 d)"))
    assert '<details class="answer" open="">' in html
    assert "open=" not in redline.redline(DOCUMENT, DOCUMENT)


def test_changed_front_matter_is_shown_first():
    first = redline.compare("---\ntitle: A\n---\nx\n", "---\ntitle: B\n---\nx\n").chunks[0]
    assert "front-matter" in first.html
    assert "<li>Título: " in first.html
    assert first.changed


def test_what_the_front_matter_declares_is_named_as_the_labels_say():
    labels = redline.Labels(facts=(("lang", "Language"),))
    html = redline.compare("x\n", "---\nlang: en\nnivel: 2\n---\nx\n", labels=labels).chunks[0].html
    assert "<li>Language: " in html
    assert "<li>nivel: " in html


def test_removed_ids_get_a_prefix_and_links_to_them_follow():
    old = "Texto[^a] aquí.\n\n[^a]: Una nota que se va.\n"
    html = redline.redline(old, "Otro distinto.\n")
    assert 'id="old_fn_a"' in html
    assert 'href="#old_fn_a"' in html


@settings(deadline=None, derandomize=True)
@given(strategies.revisions())
def test_each_column_is_its_own_rendering(pair):
    html = redline.redline(*pair)
    for name, dropped, text in (("old", "ins", pair[0]), ("new", "del", pair[1])):
        column = redline.side(html, name)
        assert f"<{dropped}" not in column
        assert dom.flat(column) == dom.flat(markdown.render(text))
