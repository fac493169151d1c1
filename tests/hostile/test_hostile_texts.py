"""No text of the corpus is active in what is rendered, shown as changes, written or put into a table; none is slow."""

from __future__ import annotations

import csv
import time
from contextlib import contextmanager
from io import StringIO

import pytest

from reviewtool.errors import Complaint, ReviewError
from reviewtool.gitstore import paths, trailers
from reviewtool.prose import markdown, redline, summary
from reviewtool.services import rules_files
from reviewtool.uploads import names
from reviewtool.web import spreadsheets
from tests.hostile import corpus
from tests.support import passive

SECONDS = 10  # of the processor: a text that blows up takes minutes, the largest here half a second
ANYTHING = corpus.TEXTS | {f"large: {name}": text for name, text in corpus.LARGE.items()}
PLAIN = "# Lección\n\nEl precio realmente pagado.\n"
# What Markdown may become; the marks of a change beside it.
ELEMENTS = frozenset(
    ["h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "pre", "code", "hr", "br", "em", "strong"]
) | frozenset(
    ["s", "a", "img", "sup", "table", "thead", "tbody", "tr", "th", "td", "div", "section", "details", "summary"]
)
MARKS = frozenset({"ins", "del", "span"})


@contextmanager
def bounded(what: str):
    began = time.process_time()
    yield
    spent = time.process_time() - began
    assert spent < SECONDS, f"{what}: {spent:.1f} s"


def strangers(html: str, allowed: frozenset[str]) -> set[str]:
    """Name the elements that stand in some HTML and should not."""
    import html5lib

    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return {str(element.tag) for element in list(tree.iter())[1:]} - allowed


def test_the_corpus_is_as_large_as_is_said():
    assert corpus.COUNT >= 250
    assert len({*corpus.TEXTS.values()}) == len(corpus.TEXTS)


@pytest.mark.parametrize("name", ANYTHING)
def test_a_hostile_text_is_rendered_with_nothing_active_in_it(name):
    text = ANYTHING[name]
    with bounded("rendering"):
        html = markdown.render(text, resolve=lambda _kind, target: f"/x/{target}"[:2000])
    assert passive.complaints(html, page=False) == []
    assert strangers(html, ELEMENTS) == set()


@pytest.mark.parametrize("name", ANYTHING)
def test_a_hostile_text_is_passive_in_the_changes_to_and_from_it(name):
    text = ANYTHING[name]
    for old, new in ((PLAIN, PLAIN + "\n" + text), (text + "\n\n" + PLAIN, PLAIN)):
        with bounded("the changes"):
            chunks = redline.compare(old, new).chunks
            summary.summarise(old, new)
        shown = "".join(chunk.html for chunk in chunks)
        assert passive.complaints(shown, page=False) == []
        assert strangers(shown, ELEMENTS | MARKS) == set()


@pytest.mark.parametrize("name", corpus.TEXTS)
def test_a_hostile_text_is_no_formula_in_a_table(name):
    text = corpus.TEXTS[name]
    said = b"".join(spreadsheets.table(["x"], [[[text, "y"]]])).decode().removeprefix(spreadsheets.BYTE_ORDER_MARK)
    rows = list(csv.reader(StringIO(said, newline=""), delimiter=";"))
    assert [len(row) for row in rows] == [1, 2], "no cell and no line more than were written"
    assert not rows[1][0].lstrip().startswith(("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"))


@pytest.mark.parametrize("name", corpus.TEXTS)
def test_a_hostile_text_adds_no_trailer_to_a_commit(name):
    text = corpus.TEXTS[name]
    message = trailers.compose(f"P-1 {text}", text, [("Record", text or "x")])
    assert [key for key, _value in trailers.parse(message)] == ["Record"]
    assert [key for key, _value in trailers.parse(trailers.compose(f"P-1 {text}", text, []))] == []


@pytest.mark.parametrize("name", corpus.NAMES)
def test_a_hostile_name_is_refused_as_a_path_or_stays_inside(name):
    try:
        path = paths.check(corpus.NAMES[name])
    except ReviewError:
        return
    parts = path.split("/")
    assert not path.startswith(("/", "-"))
    assert not {"", ".", ".."} & set(parts)
    assert not any(paths.is_git_name(part) for part in parts)
    assert path.isprintable()


@pytest.mark.parametrize("name", corpus.NAMES | corpus.LINES)
def test_a_hostile_name_of_a_file_is_made_one_that_can_be_offered(name):
    made = names.cleaned((corpus.NAMES | corpus.LINES)[name], "pdf", unnamed="archivo")
    assert made.endswith("pdf")
    assert made.isprintable()
    assert not set(made) & set('/\\:*?"<>|')
    assert not made.startswith((".", "-", "~"))
    assert len(made.encode()) <= 255


@pytest.mark.parametrize("name", corpus.RULES)
def test_hostile_rules_are_refused_in_a_sentence(name):
    text = corpus.RULES[name].decode("utf-8", "replace")
    with pytest.raises((ReviewError, Complaint)), bounded("reading"):
        rules_files.rules_of(text, "reglas.toml")
