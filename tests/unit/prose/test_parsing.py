from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewtool.prose import dialect, dispatch, markdown, parsing
from tests.unit.prose import strategies

LINES = ["# a\n", "\n", "texto uno\n", "| a | b |\n", "|---|---|\n", "> cita\n", "- item\n", "  - sub\n", "    code\n"]
LINES += [
    "```\n",
    "::: nota\n",
    ":::\n",
    ":::: pregunta\n",
    "[^1]: nota\n",
    "    sigue\n",
    "[a]: /url\n",
    "[a] x[^1]\n",
]
LINES += [
    "---\n",
    "===\n",
    "1. uno\n",
    "\ttab\n",
    "[t[^1]](u)\n",
    "**b _c_**\n",
    "&lt;\\*\n",
    "  \n",
    "* * *\n",
    "> # cita\n",
    "- # punto\n",
    "  # dentro\n",
    "~~~ x\n",
    "  :::\n",
    "## b [a] #\n",
    "...\n",
    "# c\r\n",
    "<http://a.b>\n",
]
lines = st.lists(st.sampled_from(LINES), max_size=14).map("".join)
steady = settings(max_examples=200, deadline=None, derandomize=True)
texts = st.one_of(lines, lines.map(str.rstrip), strategies.document, strategies.raw)


@pytest.fixture(scope="module")
def plain():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispatch, "by_character", lambda md: None)
        return dialect.build()


@steady
@given(texts)
def test_asking_the_rules_by_their_character_changes_nothing(plain, text):
    assert [t.as_dict() for t in parsing.MD.parse(text, {})] == [t.as_dict() for t in plain.parse(text, {})]


@steady
@given(texts)
def test_a_document_read_block_by_block_renders_as_one_read_at_once(text):
    env = {"words": dialect.words_for("es")}
    tokens = parsing.tokens(text.removeprefix("\ufeff"), env)
    markdown._resolve(tokens, None, False)
    whole = parsing.MD.renderer.render(tokens, parsing.MD.options, env)
    assert markdown.render(text) == "".join(markdown._clean([whole])).removeprefix("\n")  # front matter leaves one


@steady
@given(texts, texts, st.booleans())
def test_what_another_document_had_changes_nothing(first, second, follows):
    second = first + second if follows else second
    known = parsing.Known()
    markdown.pieces(first, known=known)
    assert markdown.pieces(second, known=known) == markdown.pieces(second)
    assert markdown.pieces(first[1:], known=known) == markdown.pieces(first[1:])


def test_a_block_that_both_documents_have_is_read_once():
    known = parsing.Known()
    text = "# Uno\n\nPárrafo que está en los dos.\n\n- a\n- b\n"
    before = markdown.pieces(text, known=known)[1]
    after = markdown.pieces("Otro.\n\n" + text, known=known)[1]
    assert [p.html for p in after[2:]] == [p.html for p in before[1:]]
    assert all(a.html is b.html for a, b in zip(after[2:], before[1:], strict=True))


def test_a_block_is_read_again_where_its_language_is_another():
    known = parsing.Known()
    table = "\n\n| a |\n|---|\n| b |\n"
    assert "Tabla" in markdown.pieces("a" + table, known=known)[0]
    assert 'aria-label="Table"' in markdown.pieces("---\nlang: en\n---\na" + table, known=known)[0]


def test_a_rule_that_begins_a_text_may_be_front_matter_there():
    known = parsing.Known()
    markdown.pieces("el\n\n---\n\n---\n", known=known)
    assert markdown.pieces("---\n\n---\n", known=known)[0] == ""


@steady
@given(texts)
def test_the_outline_has_the_headings_that_the_rendering_has(text):
    html = markdown.render(text)
    assert [(h.level, h.anchor) for h in markdown.outline(text)] == [
        (int(level), anchor) for level, anchor in re.findall(r'<h(\d) id="([^"]*)"', html)
    ]
