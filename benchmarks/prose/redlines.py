"""Rows on the rendered redline: its property, its validity, and its CPU time beside lxml's htmldiff."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache

import html5lib

from benchmarks.prose import cpu
from benchmarks.prose.corpus import Pair
from benchmarks.table import Table
from reviewtool.prose import markdown, redline
from tests.unit.prose import dom

try:
    from lxml.html import diff as lxml_diff
except ImportError:  # installed for this measurement only
    lxml_diff = None
Redline = Callable[[str, str], str]


def measure(table: Table, pairs: Sequence[Pair]) -> None:
    """Add the redline rows: ours judged, htmldiff's for comparison."""
    table.section(f"Rendered redline, {len(pairs)} pairs")
    held, valid = _counted(pairs, redline.redline)
    table.least("property: accepted and rejected are the renderings", held, 100, " %")
    table.least("valid HTML", valid, 100, " %")
    ours = [cpu.of_call(lambda p=pair: redline.redline(p.old, p.new), 3) for pair in pairs]  # type: ignore[misc]
    if lxml_diff is None:
        table.say("htmldiff", "not installed (lxml)")
        return
    held, valid = _counted(pairs, _htmldiff)
    table.say("  the same of htmldiff", f"{held:.0f} %, {valid:.0f} %")
    theirs = [cpu.of_call(lambda p=pair: _htmldiff(p.old, p.new), 3) for pair in pairs]  # type: ignore[misc]
    table.most("median of the ratios to htmldiff, from Markdown", cpu.median(cpu.ratios(ours, theirs)), 2.5, "x")
    table.most("95th percentile, by that of htmldiff", cpu.p95(ours) / cpu.p95(theirs), 2.5, "x")
    for name, spent in (("ours", ours), ("htmldiff", theirs)):
        table.say(
            f"  {name}: median, 95th percentile", f"{1000 * cpu.median(spent):.1f} ms, {1000 * cpu.p95(spent):.1f} ms"
        )


def _htmldiff(old: str, new: str) -> str:
    return str(lxml_diff.htmldiff(str(markdown.render(old)), str(markdown.render(new))))


def _counted(pairs: Sequence[Pair], make: Redline) -> tuple[float, float]:
    """Return the share of pairs that hold the property, and of those whose page is valid, in per cent."""
    held = valid = 0
    for pair in pairs:
        html = make(pair.old, pair.new)
        held += all(
            dom.flat(html, dropped) == _rendered(text) for dropped, text in (("del", pair.new), ("ins", pair.old))
        )
        valid += is_valid(html)
    return 100 * held / len(pairs), 100 * valid / len(pairs)


@cache
def _rendered(text: str) -> list[tuple[object, ...]]:
    return dom.flat(markdown.render(text))


def is_valid(html: str) -> bool:
    """Whether a browser reads a piece of HTML as it was written: no error of the parser, no id twice."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parseFragment(html)
    ids = Counter(re.findall(r'<[^>]* id="([^"]*)"', html))
    return not parser.errors and max(ids.values(), default=1) == 1
