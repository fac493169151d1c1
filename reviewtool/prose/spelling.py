"""Whether a change is one of form only: the words stay the same, or only their spelling changes.

Asked before a correction is announced in a list, where the group looks less closely. Never of form: figures,
references, negations and defined terms (`signals`), links, and words that come, go or change places. In doubt it is
not of form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from reviewtool.prose.changes import compare
from reviewtool.prose.signals import signals

SHORTEST: Final = 5  # letters of a word from which on one letter of it may change
MOST: Final = 2_000  # words of a paragraph up to which it is looked at
_WORD: Final = re.compile(r"\w+")
_TARGETS: Final = re.compile(r"\]\([^)]*\)|\]\[[^\]]*\]|<[^>]*>|\[\^[^\]]*\]")  # of links and pictures, HTML, footnotes


def is_form_only(old_md: str, new_md: str, terms: Sequence[str] = (), language: str = "") -> bool:
    """Say whether two texts differ in form only."""
    if signals(old_md, new_md, terms, language):
        return False
    comparison = compare(old_md, new_md)
    pairs = {pair.old: pair for pair in comparison.pairs}
    met = {pair.new for pair in comparison.pairs}
    alone = [old_md[each.start : each.end] for at, each in enumerate(comparison.old_blocks) if at not in pairs]
    alone += [new_md[each.start : each.end] for at, each in enumerate(comparison.new_blocks) if at not in met]
    if any(_WORD.search(text) for text in alone) or any(pair.move is not None for pair in comparison.pairs):
        return False
    kept = frozenset(word.casefold() for word in _WORD.findall(new_md))
    for pair in comparison.pairs:
        before, after = comparison.old_blocks[pair.old], comparison.new_blocks[pair.new]
        if not pair.same and not _same_words(old_md[before.start : before.end], new_md[after.start : after.end], kept):
            return False
    return True


def _same_words(old: str, new: str, kept: Collection[str]) -> bool:
    """Say whether a paragraph has the words of another, each perhaps spelled otherwise."""
    if _TARGETS.findall(old) != _TARGETS.findall(new):
        return False
    before, after = (_WORD.findall(text.casefold()) for text in (old, new))
    if max(len(before), len(after)) > MOST:
        return False
    for op, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op != "equal" and not _respelled(before[i:j], after[k:m], kept):
            return False
    return True


def _respelled(before: Sequence[str], after: Sequence[str], kept: Collection[str]) -> bool:
    if "".join(before) == "".join(after):  # written together or apart
        return True
    pairs = zip(before, after, strict=False)
    return len(before) == len(after) and all(_is_spelling(old, new, kept) for old, new in pairs)


def _is_spelling(old: str, new: str, kept: Collection[str]) -> bool:
    """Say whether a word is another in another spelling: but for its accents the same, or one letter apart.

    A word that still stands elsewhere in the text is no misspelling, but another word.
    """
    if old == new or _bare(old) == _bare(new):
        return True
    if min(len(old), len(new)) < SHORTEST or old[0] != new[0] or old in kept or not (old + new).isalpha():
        return False
    return _one_apart(_bare(old), _bare(new))


@lru_cache(maxsize=4096)
def _bare(word: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))


def _one_apart(old: str, new: str) -> bool:
    """Say whether one letter was added, left out, replaced, or changed places with the next."""
    start = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    a, b = old[start:], new[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])
