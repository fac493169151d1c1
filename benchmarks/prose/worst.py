"""Rows on texts that were made to be hard: whatever they are, a second of CPU per 500 KB and 50 MB at most."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from benchmarks import texts
from benchmarks.prose import corpus, cpu, peers
from benchmarks.table import Table
from reviewtool.prose import changes, merge3, redline, signals, summary

SECONDS, MEGABYTES = 1.0, 50
UNIT = 500 * 1024
LINES = 20_000
TIMES = 3  # the least of them is told
WORDS = ["el", "valor", "de", "la", "mercancía", "que", "se", "importa", "no", "es", "precio", "pagado", "por", "canon"]
Pair = tuple[str, str]


def rewritten() -> Pair:
    """Return 500 KB of which every fourth word was replaced by another of the text."""
    chance = random.Random(5)
    old = texts.document(500)
    words = old.split(" ")
    return old, " ".join(chance.choice(words) if chance.random() < 0.25 and w.isalpha() else w for w in words)


def _rewritten_documents(pairs: Sequence[corpus.Pair]) -> Pair:
    """Return the rewritten documents of the corpus one after the other, again and again up to 500 KB."""
    chosen = [p for p in pairs if p.kind == "rewrite"] or list(pairs)
    size = sum(max(len(p.old), len(p.new)) for p in chosen)
    chosen *= max(1, round(UNIT / size))
    return "\n\n".join(p.old for p in chosen), "\n\n".join(p.new for p in chosen)


def another() -> Pair:
    """Return two documents of 500 KB on the same matter, of which no sentence is the same."""
    return texts.document(500), texts.document(500, seed=9)


def shuffled(end: str = "\n") -> Pair:
    """Return 20,000 lines in another order."""
    chance = random.Random(3)
    lines = [f"Línea {n} de la lista, con el valor {chance.randint(1, 9999)}.{end}" for n in range(LINES)]
    return "".join(lines), "".join(chance.sample(lines, len(lines)))


def _rows(every: int) -> Pair:
    chance = random.Random(4)
    rows = [f"| {n} | artículo {chance.randint(1, 99)} | {chance.randint(100, 99999)},00 |\n" for n in range(LINES)]
    return "".join(rows), "".join(r.replace(",00", ",50") if n % every == 0 else r for n, r in enumerate(rows))


def _table_shuffled() -> Pair:
    chance = random.Random(8)
    rows = [
        f"| {n} | artículo {chance.randint(1, 99)} del Acuerdo | {chance.randint(100, 99999)},00 |\n"
        for n in range(10_000)
    ]
    head = "| Núm. | Referencia | Valor |\n|---|---|---|\n"
    return head + "".join(rows), head + "".join(chance.sample(rows, len(rows)))


def _rows_shuffled() -> Pair:
    old = _rows(1)[0]
    lines = old.splitlines(keepends=True)
    return old, "".join(random.Random(9).sample(lines, len(lines)))


def _lines_of_figures() -> Pair:
    return _both(lambda side: "".join(f"{n};{n * 37 % 99991 + side}\n" for n in range(45_000)))


def _items_in_turn() -> Pair:
    return _both(lambda side: "".join(f"- {'a' if n % 2 else ('uno', 'dos')[side]}\n" for n in range(LINES)))


def _figures() -> Pair:
    return _both(lambda side: "\n\n".join(f"El importe número {n} es de {n * 7 + side},50 USD." for n in range(9000)))


def _line_of_numbers() -> Pair:
    return " ".join(map(str, range(30_000))), " ".join(str(n + n % 2) for n in range(30_000))


def _one_line() -> Pair:
    old, new = rewritten()
    return old[:200_000].replace("\n", " "), new[:200_000].replace("\n", " ")


def _both(make: Callable[[int], str]) -> Pair:
    """Make the old text and the new one by the number of the side, 0 and 1."""
    return make(0), make(1)


def _nested() -> Pair:
    return _both(
        lambda side: "".join(
            f"{'  ' * depth}- nivel {depth} texto {n + side}\n" for n in range(300) for depth in range(30)
        )
    )


def _of_few_words(long: int, paragraphs: int) -> Pair:
    chance = random.Random(6)
    sides = [["\n\n".join(" ".join(chance.choices(WORDS, k=long)) for _ in range(paragraphs))][0] for _ in range(2)]
    return sides[0], sides[1]


def _cases() -> Iterator[tuple[str, Callable[[], Pair]]]:
    yield "500 KB, another text", another
    yield "500 KB in a fence, rewritten", lambda: ("```\n" + rewritten()[0], "~~~\n" + rewritten()[1])
    yield "20,000 paragraphs shuffled", lambda: shuffled("\n\n")
    yield "20,000 rows, one in three changed", lambda: _rows(3)
    yield "20,000 rows, all changed", lambda: _rows(1)
    yield "45,000 lines of two figures, all changed", _lines_of_figures
    yield "one line of 200 KB, rewritten", _one_line
    yield "one word of 200 KB, a letter changed", lambda: ("a" * 200_000, "a" * 100_000 + "b" + "a" * 99_999)
    yield "lists 30 deep, all changed", _nested
    yield (
        "one line 20,000 times, some gone",
        lambda: (
            "la misma línea\n\n" * LINES,
            "la misma línea\n\n" * 15_000 + "otra\n\n" * 3000,
        ),
    )
    yield "two lines in turn, 20,000 times", lambda: ("a b\n\nc d\n\n" * LINES, "c d\n\na b\n\ne f\n\n" * 16_000)
    yield "500 KB of marks", lambda: ("*_`|[" * 100_000, "|[*_`" * 100_000)
    yield "one paragraph of few words, another order", lambda: _of_few_words(100_000, 1)
    yield "1,500 paragraphs of few words", lambda: _of_few_words(60, 1500)
    yield "12,000 short paragraphs of few words", lambda: _of_few_words(8, 12_000)
    yield "500 KB against nothing", lambda: (texts.document(500), "")


def _others() -> Iterator[tuple[str, Callable[[str, str], object], Callable[[], Pair]]]:
    """Give what else reads two texts, on those that are hard for it."""
    yield "redline of 10,000 rows shuffled", redline.redline, _table_shuffled
    yield "redline of 20,000 short items in turn", redline.redline, _items_in_turn
    yield "redline of 20,000 rules", redline.redline, lambda: ("---\n\n" * LINES, "***\n\n" * LINES)
    yield "redline of lists 30 deep, all changed", redline.redline, _nested
    yield "redline of 500 KB of marks", redline.redline, lambda: ("*_`|[" * 100_000, "|[*_`" * 100_000)
    yield "redline of one line of 200 KB", redline.redline, _one_line
    yield "redline of 500 KB, every fourth word replaced", redline.redline, rewritten
    yield "signals of 9,000 figures replaced", signals.signals, _figures
    yield "signals of one line of 30,000 numbers", signals.signals, _line_of_numbers
    yield "summary of 9,000 figures replaced", summary.summarise, _figures
    yield "merge of 500 KB rewritten on both sides", partial(_merge, another()[1]), rewritten
    yield "merge of 20,000 rows, shuffled against changed", partial(_merge, _rows(3)[1]), _rows_shuffled


def _merge(theirs: str, base: str, ours: str) -> object:
    return merge3.merge(base, ours, theirs)


def measure(table: Table, pairs: Sequence[corpus.Pair]) -> None:
    """Add the rows on made texts; the first ones beside the peers."""
    table.section("Made texts, each in a process of its own")
    _beside(table, "500 KB of real rewritten documents", _rewritten_documents(pairs))
    _beside(table, "500 KB, every fourth word replaced", rewritten())
    _beside(table, "20,000 lines shuffled", shuffled())
    for name, make in _cases():
        _alone(table, name, make())
    table.section("Redline, signals, summary and merge on made texts, each in a process of its own")
    for name, call, make in _others():
        _alone(table, name, make(), call)


def _changes(old: str, new: str) -> object:
    return changes.compare(old, new).changes


def _alone(table: Table, name: str, pair: Pair, call: Callable[[str, str], object] = _changes) -> float:
    def alone() -> object:
        changes.compare_cached.cache_clear()
        return call(*pair)

    spent, grown = cpu.apart(alone, TIMES)
    share = max(1.0, max(len(text.encode()) for text in pair) / UNIT)
    table.most(f"{name}: CPU per 500 KB", spent / share, SECONDS, " s")
    table.most("  extra memory", grown / 1024**2, MEGABYTES, " MB")
    return spent


def _beside(table: Table, name: str, pair: Pair) -> None:
    ours = _alone(table, name, pair)
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for n, text in enumerate(pair):
            files.append(str(Path(folder) / f"{n}.md"))
            Path(files[-1]).write_bytes(text.encode())
        table.most("  by a git process", ours / peers.git_cpu((files[0], files[1]), TIMES), 10, "x")
    wiki = peers.wikidiff2([pair], times=TIMES)
    if wiki is not None:
        table.most("  by a call of wikidiff2", ours / wiki[0]["cpu"], 3, "x", f" of {wiki[0]['cpu']:.2f} s")
