"""The dialect of the materials: how markdown-it is set up and how footnotes, containers and code are written as HTML.

Not here: sanitising and what others call (`markdown.py`). Only `markdown.py`, `parsing.py`,
`visible.py` and `word/` import it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from html import escape
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from reviewtool.prose import dispatch

#: word after the colons -> (canonical kind, title shown when the author gives none)
ADMONITIONS: Final = {
    "nota": ("nota", "Nota"),
    "note": ("nota", "Note"),
    "aviso": ("aviso", "Aviso"),
    "warning": ("aviso", "Warning"),
    "ejemplo": ("ejemplo", "Ejemplo"),
    "example": ("ejemplo", "Example"),
    "exemplo": ("ejemplo", "Exemplo"),
    "definicion": ("definicion", "Definición"),
    "definition": ("definicion", "Definition"),
    "definicao": ("definicion", "Definição"),
    "recuadro": ("recuadro", ""),
    "box": ("recuadro", ""),
    "quadro": ("recuadro", ""),
}
QUIZZES: Final = frozenset({"pregunta", "question", "pergunta"})
ANSWERS: Final = {"respuesta": "Respuesta", "answer": "Answer", "resposta": "Resposta"}
#: words the renderer itself must add, in the language of the document
WORDS: Final = {
    "es": {"table": "Tabla", "back": "Volver al texto, nota"},
    "en": {"table": "Table", "back": "Back to the text, note"},
    "pt": {"table": "Tabela", "back": "Voltar ao texto, nota"},
}
_SAFE_URL = re.compile(r"(?:https?:|mailto:|[^:]*$|[^:/?#]*[/?#])", re.IGNORECASE)
_ALIGN = re.compile(r"text-align:(left|right|center)")


def fold(text: str) -> str:
    """Lower the text and take its accents off."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def slug(text: str) -> str:
    """Make an anchor of ASCII letters, digits and hyphens; ids that have an underscore can never collide with it."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def words_for(language: str) -> dict[str, str]:
    """Choose the renderer's own words; Spanish for a language it does not know."""
    return WORDS.get(language[:2].lower(), WORDS["es"])


def is_safe_url(url: str) -> bool:
    """Admit http, https, mailto and relative targets, nothing else."""
    return bool(_SAFE_URL.match("".join(c for c in url if c > " ")))


def container_word(info: str) -> tuple[str, str]:
    """Divide what follows the colons into the folded kind and the title."""
    word, _, title = info.strip().partition(" ")
    return fold(word), title.strip()


def container_title(info: str) -> str:
    """Give the line a container shows above its text; empty for a box without one and for a quiz."""
    word, title = container_word(info)
    if word in ADMONITIONS:
        return title or ADMONITIONS[word][1]
    return title or ANSWERS.get(word, "")


MOST_BRACKETS: Final = 1_000  # in one block: each may begin a link, for which the rest of the block is read
MOST_MARKS: Final = 10_000  # of any sort in one block


def build() -> MarkdownIt:
    """Set up the one parser of the product: CommonMark, tables, strikethrough, footnotes, front matter, containers."""
    md = MarkdownIt("commonmark", {"html": False, "maxNesting": 120}).enable(["table", "strikethrough"])
    md.validateLink = is_safe_url  # type: ignore[method-assign]  # the documented way to set the link policy
    md.use(front_matter_plugin)
    md.use(footnote_plugin, inline=False)
    for name, words, rule in (
        ("admonition", frozenset(ADMONITIONS), _admonition),
        ("quiz", QUIZZES, _quiz),
        ("answer", frozenset(ANSWERS), _answer),
    ):
        md.use(container_plugin, name=name, validate=_validator(words), render=rule)
    for name, rule in _RULES.items():
        md.add_render_rule(name, rule)
    dispatch.by_character(md)
    md.core.ruler.at("inline", _inline)
    return md


def _inline(state: StateCore) -> None:
    """Read the marks inside each block; one with too many is left as it is written, for its work grows by their square.

    What `markdown_it.rules_core.inline` does besides.
    """
    for token in state.tokens:
        if token.type == "inline":
            token.children = token.children or []
            if is_overfull(token.content):
                token.children.append(Token("text", "", 0, content=token.content))
            else:
                state.md.inline.parse(token.content, state.md, state.env, token.children)


def is_overfull(text: str) -> bool:
    """Whether a text has more marks than are read."""
    if len(text) <= MOST_BRACKETS:
        return False
    return text.count("[") > MOST_BRACKETS or (
        len(text) > MOST_MARKS and sum(text.count(mark) for mark in "[*_`<&~\\!") > MOST_MARKS
    )


def _validator(words: frozenset[str]) -> Any:
    return lambda params, *_: container_word(params)[0] in words


def _admonition(_self: Any, tokens: Sequence[Token], idx: int, _options: Any, _env: Any) -> str:
    if tokens[idx].nesting != 1:
        return "</div>\n"
    kind = ADMONITIONS[container_word(tokens[idx].info)[0]][0]
    title = container_title(tokens[idx].info)
    head = f'<p class="admonition-title">{escape(title)}</p>\n' if title else ""
    return f'<div class="admonition {kind}">\n{head}'


def _quiz(_self: Any, tokens: Sequence[Token], idx: int, _options: Any, _env: Any) -> str:
    if tokens[idx].nesting != 1:
        return "</div>\n"
    title = container_word(tokens[idx].info)[1]
    head = f'<p class="quiz-title">{escape(title)}</p>\n' if title else ""
    return f'<div class="quiz">\n{head}'


def _answer(_self: Any, tokens: Sequence[Token], idx: int, _options: Any, _env: Any) -> str:
    if tokens[idx].nesting != 1:
        return "</details>\n"
    return f'<details class="answer"><summary>{escape(container_title(tokens[idx].info))}</summary>\n'


def _table_open(_self: Any, _tokens: Sequence[Token], _idx: int, _options: Any, env: Any) -> str:
    return f'<div class="table-scroll" tabindex="0" role="group" aria-label="{env["words"]["table"]}">\n<table>\n'


def _table_close(*_args: Any) -> str:
    return "</table>\n</div>\n"


def _fence(_self: Any, tokens: Sequence[Token], idx: int, _options: Any, _env: Any) -> str:
    language = re.sub(r"[^\w+#.-]", "", (tokens[idx].info.split() or [""])[0])
    attr = f' class="language-{escape(language)}"' if language else ""
    return f"<pre><code{attr}>{escape(tokens[idx].content, quote=False)}</code></pre>\n"


def _note_name(env: Any, token: Token) -> str:
    """Name a footnote after its label, so that its ids stay when notes before it come and go."""
    notes = env["footnotes"]["list"]
    if "names" not in env:
        names: list[str] = []
        for number, note in notes.items():
            name = slug(str(note.get("label", ""))) or "n"
            names.append(name if name not in names else f"{name}_{number + 1}")
        env["names"] = names
    return str(env["names"][token.meta["id"]])


def _ref_id(env: Any, token: Token) -> str:
    sub = token.meta.get("subId", 0)
    return _note_name(env, token) + (f"_r{sub + 1}" if sub else "")


def _footnote_ref(_self: Any, tokens: Sequence[Token], idx: int, _options: Any, env: Any) -> str:
    name, ref, number = _note_name(env, tokens[idx]), _ref_id(env, tokens[idx]), tokens[idx].meta["id"] + 1
    return f'<sup class="footnote-ref"><a href="#fn_{name}" id="fnref_{ref}">[{number}]</a></sup>'


def _footnote_open(_self: Any, tokens: Sequence[Token], idx: int, _options: Any, env: Any) -> str:
    return f'<li id="fn_{_note_name(env, tokens[idx])}" class="footnote-item">'


def _footnote_anchor(_self: Any, tokens: Sequence[Token], idx: int, _options: Any, env: Any) -> str:
    number, ref = tokens[idx].meta["id"] + 1, _ref_id(env, tokens[idx])
    sub = tokens[idx].meta.get("subId", 0)
    label = f"{env['words']['back']} {number}" + (f" ({sub + 1})" if sub else "")
    return f' <a href="#fnref_{ref}" class="footnote-backref" aria-label="{label}">↩</a>'


_RULES: Final = {
    "table_open": _table_open,
    "table_close": _table_close,
    "fence": _fence,
    "footnote_ref": _footnote_ref,
    "footnote_open": _footnote_open,
    "footnote_anchor": _footnote_anchor,
    "footnote_close": lambda *_: "</li>\n",
    "footnote_block_open": lambda *_: '<section class="footnotes">\n<ol class="footnotes-list">\n',
    "footnote_block_close": lambda *_: "</ol>\n</section>\n",
}


def finish(tokens: Sequence[Token]) -> None:
    """Give headings their anchors, cells their alignment as a class, and lists one shape whether tight or loose."""
    taken: dict[str, int] = {}
    for i, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", anchor(inline_text(tokens[i + 1]), taken))
        elif token.type in ("th_open", "td_open"):
            style = _ALIGN.fullmatch(str(token.attrs.pop("style", "")))
            if style:
                token.attrSet("class", f"align-{style[1]}")
    _settle_items(tokens)


def anchor(words: str, taken: dict[str, int]) -> str:
    """Name a heading after its words, unlike those before it."""
    return unique(slug(words) or "seccion", taken)


def unique(name: str, taken: dict[str, int]) -> str:
    """Add a number to a name that is taken, and take it; `taken` has the next number to try for each name."""
    candidate, n = name, taken.get(name, 2)
    while candidate in taken:
        candidate, n = f"{name}-{n}", n + 1
    taken[name] = n
    taken.setdefault(candidate, 2)
    return candidate


def _settle_items(tokens: Sequence[Token]) -> None:
    """Leave out the <p> of a list item with one paragraph only.

    CommonMark writes it or not by the blank lines around *any* item of the list; without this rule one new item would
    change the rendering of all others.
    """
    stack: list[list[Token] | None] = []
    for token in tokens:
        if token.nesting == 1:
            if token.type == "paragraph_open" and stack and stack[-1] is not None:
                stack[-1].append(token)
            stack.append([] if token.type == "list_item_open" else None)
        elif token.nesting == -1:
            if token.type == "paragraph_close" and len(stack) > 1 and stack[-2] is not None:
                stack[-2].append(token)
            paragraphs = stack.pop()
            for p in paragraphs or ():
                p.hidden = len(paragraphs or ()) == 2


def inline_text(token: Token) -> str:
    """Give the words of an inline token as they are read, without formatting, pictures and note marks."""
    out = []
    for child in token.children or ():
        if child.type in ("text", "code_inline", "text_special"):
            out.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            out.append(" ")
    return "".join(out)
