"""The rules of the parser asked by the character that stands there, instead of one after the other.

markdown-it tries up to sixteen rules on every line and twelve on every mark, and nearly all of them first look for
their own character: asking only those that can say yes takes a third off a rendering. Only `dialect.py` uses this.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from markdown_it import MarkdownIt
from markdown_it.ruler import Ruler
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

BlockRule = Callable[[StateBlock, int, int, bool], bool]
InlineRule = Callable[[StateInline, bool], bool]
Rule = TypeVar("Rule")

#: rule -> the characters that a line it is for begins with; a rule not named here is asked on every line
_LINES: Final = {
    "front_matter": "-",
    "container_admonition": ":",
    "container_quiz": ":",
    "container_answer": ":",
    "fence": "`~",
    "blockquote": ">",
    "hr": "*-_",
    "list": "*+-0123456789",
    "footnote_def": "[",
    "reference": "[",
    "html_block": "<",
    "heading": "#",
}
#: the same for the marks inside a line
_MARKS: Final = {
    "newline": "\n",
    "escape": "\\",
    "backticks": "`",
    "strikethrough": "~",
    "emphasis": "*_",
    "link": "[",
    "image": "!",
    "footnote_ref": "[",
    "autolink": "<",
    "html_inline": "<",
    "entity": "&",
}
#: what ends a run of text; the bracket that closes a label is looked for by the rule that opened it
_MARK: Final = re.compile(f"[{re.escape(']' + ''.join(_MARKS.values()))}]")
_CHAINS: Final = ("paragraph", "reference", "blockquote", "list")


def by_character(md: MarkdownIt) -> None:
    """Let a parser that has all its rules ask them by their first character; nothing it gives may change."""
    names = md.block.ruler.get_active_rules()
    named = dict(zip(map(id, md.block.ruler.getRules("")), names, strict=True))
    ruler = Ruler[BlockRule]()
    for chain in ("", *_CHAINS):
        rules = [(named[id(rule)], rule) for rule in md.block.ruler.getRules(chain)]
        ruler.push(f"any {chain}", _line_rule(*_table(rules, _LINES)), {"alt": [chain] if chain else []})
    ruler.push("code", md.block.ruler.getRules("")[names.index("code")], {})  # never reached; its name allows code
    md.block.ruler = ruler
    inline = Ruler[InlineRule]()
    marks = list(zip(md.inline.ruler.get_active_rules(), md.inline.ruler.getRules(""), strict=True))
    inline.push("any", _mark_rule(*_table(marks, _MARKS)))
    md.inline.ruler = inline
    md.inline.terminator_re = _MARK
    md.core.ruler.at("inline", _inline)


def _inline(state: StateCore) -> None:
    """Read the marks inside each text; one without any, as most cells of tables, is a single token."""
    for token in state.tokens:
        if token.type == "inline":
            token.children = []
            if _MARK.search(token.content):
                state.md.inline.parse(token.content, state.md, state.env, token.children)
            elif token.content:
                token.children.append(Token("text", "", 0, content=token.content))


def _table(
    rules: Sequence[tuple[str, Rule]], characters: Mapping[str, str]
) -> tuple[dict[str, tuple[Rule, ...]], tuple[Rule, ...]]:
    """List in order the rules for each character, and those for every other one."""
    known = {char for name, _ in rules for char in characters.get(name, "")}
    found = {char: tuple(rule for name, rule in rules if char in characters.get(name, char)) for char in known}
    return found, tuple(rule for name, rule in rules if name not in characters)


def _line_rule(table: Mapping[str, tuple[BlockRule, ...]], others: tuple[BlockRule, ...]) -> BlockRule:
    def rule(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        start = state.bMarks[line] + state.tShift[line]
        for one in table.get(state.src[start : start + 1], others):  # noqa: SIM110  (asked everywhere: a generator costs as much as a rule)
            if one(state, line, end, silent):
                return True
        return False

    return rule


def _mark_rule(table: Mapping[str, tuple[InlineRule, ...]], others: tuple[InlineRule, ...]) -> InlineRule:
    def rule(state: StateInline, silent: bool) -> bool:
        for one in table.get(state.src[state.pos], others):  # noqa: SIM110  (asked everywhere: a generator costs as much as a rule)
            if one(state, silent):
                return True
        return False

    return rule
