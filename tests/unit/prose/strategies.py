"""Documents for the properties: real structure, odd characters, and pairs that share most of their blocks."""

from __future__ import annotations

from hypothesis import strategies as st

WORDS = [
    "el",
    "valor",
    "de",
    "transacción",
    "canon",
    "artículo",
    "8.1",
    "c)",
    "200",
    "1.000,50",
    "no",
    "importador",
    "día",
]
ODD = ["**negrita**", "*cursiva*", "`código`", "[enlace](otro.md#x)", "![pie](img/a.png)", "[^1]", "[^2]", "a\u00a0b"]
ODD += [
    "&lt;",
    "<b>",
    "~~tachado~~",
    "e\u0301",
    "👩‍👩‍👧",
    "\u202eabc",
    "\\*",
    "**",
    "[",
    "|",
    "\t",
    "&nbsp;",
    "http://a.b",
    "_x_",
]
word = st.sampled_from(WORDS * 3 + ODD)
sentence = st.lists(word, min_size=1, max_size=14).map(" ".join)
item = st.tuples(st.sampled_from(["- ", "* ", "1. ", "  - "]), sentence).map("".join)
table = st.lists(
    st.lists(sentence.map(lambda s: s.replace("|", "")), min_size=2, max_size=2), min_size=1, max_size=4
).map(lambda rows: "\n".join(["| a | b |", "|---|--:|", *("| " + " | ".join(r) + " |" for r in rows)]))
block = st.one_of(
    sentence,
    sentence,
    sentence.map(lambda s: f"línea\n{s}\n{s}"),
    st.tuples(st.sampled_from(["# ", "## ", "### "]), sentence).map("".join),
    st.lists(item, min_size=1, max_size=4).map("\n".join),
    st.lists(item, min_size=1, max_size=3).map("\n\n".join),
    table,
    sentence.map(lambda s: f"> {s}"),
    sentence.map(lambda s: f"```python\n{s}\n\n  x = 1\n```"),
    sentence.map(lambda s: f"::: nota Título\n{s}\n:::"),
    sentence.map(lambda s: f":::: pregunta\n{s}\n\n- A\n- B\n\n::: respuesta\n{s}\n:::\n::::"),
    sentence.map(lambda s: f"[^1]: {s}"),
    sentence.map(lambda s: f"[^2]: {s}\n\n    Otro párrafo."),
    st.just("---"),
)
document = st.lists(block, max_size=8).map(lambda found: "\n\n".join(found) + "\n")


@st.composite
def revisions(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a document and an edit of it: blocks reworded, removed, added, moved."""
    old = draw(st.lists(block, min_size=1, max_size=8))
    return "\n\n".join(old) + "\n", "\n\n".join(draw(_edited(old, 4))) + draw(st.sampled_from(["\n", ""]))


@st.composite
def triples(draw: st.DrawFn) -> tuple[str, str, str]:
    """Draw a document and two edits of it that know nothing of each other."""
    old = draw(st.lists(block, min_size=2, max_size=8))
    return tuple("\n\n".join(side) + "\n" for side in (old, draw(_edited(old, 3)), draw(_edited(old, 3))))


@st.composite
def _edited(draw: st.DrawFn, old: list[str], most: int) -> list[str]:
    new = list(old)
    for _ in range(draw(st.integers(0, most))):
        at = draw(st.integers(0, len(new)))
        act = draw(st.sampled_from(["add", "drop", "move", "reword", "reword"]))
        if act == "add" or at == len(new):
            new.insert(at, draw(block))
        elif act == "drop":
            del new[at]
        elif act == "move":
            new.insert(draw(st.integers(0, len(new) - 1)), new.pop(at))
        else:
            parts = new[at].split(" ")
            parts[draw(st.integers(0, len(parts) - 1))] = draw(word)
            new[at] = " ".join(parts)
    return new


raw = st.text(alphabet=st.sampled_from("ab é.\n\r\t#-|*`>:[]^()1\u00a0\u2028\ufeff\x0c"), max_size=120)
