from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewtool.prose import align, blocks, changes, words
from tests.unit.prose import strategies

PARAGRAPHS = [
    "El valor en aduana de las mercancías importadas será el valor de transacción.",
    "Los cánones y derechos de licencia se añaden al precio realmente pagado o por pagar.",
    "La Administración puede pedir al importador una explicación complementaria.",
    "El precio comprende todos los pagos hechos como condición de la venta.",
]


def _joined(found, left_out):
    return "".join(c.text for c in found if c.op != left_out)


@given(strategies.raw)
def test_blocks_cover_the_text_exactly(text):
    found = blocks.split(text)
    assert "".join(text[b.start : b.end] for b in found) == text


def test_blocks_are_told_apart_by_kind():
    text = "---\na: 1\n---\n# T\n\np\nq\n- x\n- y\n\n| a |\n| b |\n```\n# no\n```\n"
    assert [b.kind for b in blocks.split(text)] == ["front", "h", "p", "li", "li", "tr", "tr", "code"]


@given(strategies.raw, strategies.raw, strategies.raw, strategies.raw)
def test_two_texts_are_divided_together_as_each_alone(head, old, new, tail):
    old, new = head + old + tail, head + new + tail
    both = blocks.split_both(old, new)
    assert (both.old, both.new) == (blocks.split(old), blocks.split(new))
    assert both.head + both.tail <= min(len(both.old), len(both.new))
    kept = [*zip(both.old[: both.head], both.new, strict=False)]
    kept += zip(both.old[len(both.old) - both.tail :], both.new[len(both.new) - both.tail :], strict=True)
    assert all(old[a.start : a.end] == new[b.start : b.end] for a, b in kept)


def test_front_matter_that_closes_on_one_side_only_is_no_shared_beginning():
    both = blocks.split_both("---\na: b\n\nc\n", "---\na: b\n\nc\n---\n")
    assert (both.head, [b.kind for b in both.new]) == (0, ["front"])


def test_a_fence_opened_on_one_side_takes_in_what_follows_there():
    both = blocks.split_both("a\n\nb\n\nc\n", "a\n\n```\nb\n\nc\n")
    assert [b.kind for b in both.new] == ["p", "code"]


def test_a_huge_block_is_cut_at_sentences():
    text = "Una frase de prueba. " * 1000
    assert all(b.end - b.start < blocks.HUGE for b in blocks.split(text))


@given(strategies.revisions())
def test_both_texts_are_rebuilt_from_the_changes(pair):
    found = changes.compare(*pair).changes
    assert (_joined(found, "insert"), _joined(found, "delete")) == pair


@given(strategies.raw, strategies.raw)
def test_both_texts_are_rebuilt_whatever_they_hold(old, new):
    found = changes.compare(old, new).changes
    assert (_joined(found, "insert"), _joined(found, "delete")) == (old, new)


@given(strategies.revisions())
def test_both_ends_of_a_move_hold_the_same_words(pair):
    found = changes.compare(*pair).changes
    for number in {c.move for c in found if c.move}:
        ends = ["".join(c.text for c in found if c.move == number and c.op == op) for op in ("delete", "insert")]
        assert ends[0] == ends[1]


def test_equal_texts_are_one_equal_change():
    assert changes.compare("a\n\nb\n", "a\n\nb\n").changes == (changes.Change("equal", "a\n\nb\n"),)
    assert changes.compare("", "").changes == ()


def test_a_replaced_word_is_replaced_whole():
    found = changes.compare("El canon de 200 dólares.", "El canon de 100 dólares.").changes
    assert [(c.op, c.text) for c in found if c.op != "equal"] == [("delete", "200"), ("insert", "100")]


def test_words_put_in_together_are_one_insertion_though_one_of_them_stands_beside_it_too():
    old, new = "la comisión de compra de la venta", "la comisión de compra o de adquisición de la venta"
    for before, after, op in ((old, new, "insert"), (new, old, "delete")):
        found = [(c.op, c.text) for c in changes.compare(before, after).changes]
        assert found == [("equal", "la comisión de compra "), (op, "o de adquisición "), ("equal", "de la venta")]


def test_line_ends_and_no_break_spaces_are_kept():
    found = changes.compare("a\u00a0b\r\n\r\nc\r\n", "a b\r\n\r\nc").changes
    assert _joined(found, "insert") == "a\u00a0b\r\n\r\nc\r\n"


def test_a_moved_paragraph_carries_one_number_at_both_places():
    moved = [PARAGRAPHS[1], PARAGRAPHS[2], PARAGRAPHS[3], PARAGRAPHS[0]]
    found = changes.compare("\n\n".join(PARAGRAPHS) + "\n\n", "\n\n".join(moved) + "\n\n").changes
    ends = [(c.op, c.text.strip()) for c in found if c.move]
    assert sorted(ends) == [("delete", PARAGRAPHS[0]), ("insert", PARAGRAPHS[0])]


def test_inner_edits_of_a_moved_paragraph_are_shown():
    changed = PARAGRAPHS[0].replace("importadas", "nacionales")
    new = [PARAGRAPHS[1], PARAGRAPHS[2], PARAGRAPHS[3], changed]
    found = changes.compare("\n\n".join(PARAGRAPHS) + "\n\n", "\n\n".join(new) + "\n\n").changes
    plain = [(c.op, c.text) for c in found if c.op != "equal" and c.move is None]
    assert plain == [("delete", "importadas"), ("insert", "nacionales")]
    assert {c.move for c in found if c.move} == {1}


def test_an_inserted_paragraph_does_not_disturb_its_neighbours():
    new = [PARAGRAPHS[0], "Un párrafo nuevo.", *PARAGRAPHS[1:]]
    found = changes.compare("\n\n".join(PARAGRAPHS), "\n\n".join(new)).changes
    assert [(c.op, c.text) for c in found if c.op != "equal"] == [("insert", "Un párrafo nuevo.\n\n")]


@pytest.mark.parametrize("limit", [4, 40, 1200])
@given(strategies.sentence, strategies.sentence)
def test_word_runs_cover_both_sides_under_any_bound(limit, old, new):
    a, b = words.tokens(old), words.tokens(new)
    i = j = 0
    for equal, i0, i1, j0, j1 in words.compare(a, b, limit=limit):
        assert (i0, j0) == (i, j)
        assert equal == (a[i0:i1] == b[j0:j1])
        i, j = i1, j1
    assert (i, j) == (len(a), len(b))


def test_the_heaviest_chain_is_chosen_over_the_longest():
    assert align.chain([(0, 3, 10.0), (1, 0, 1.0), (2, 1, 1.0), (3, 2, 1.0)]) == [(0, 3)]


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(1, 9)), max_size=9))
def test_no_chain_is_heavier_than_the_chosen_one(candidates):
    weights: dict[tuple[int, int], int] = {}
    for i, j, weight in candidates:
        weights[i, j] = max(weight, weights.get((i, j), 0))
    chosen = align.chain((i, j, float(weight)) for (i, j), weight in weights.items())
    assert all(a < c and b < d for (a, b), (c, d) in itertools.pairwise(chosen))
    best: dict[tuple[int, int], int] = {}
    for i, j in sorted(weights):
        best[i, j] = weights[i, j] + max((w for (x, y), w in best.items() if x < i and y < j), default=0)
    assert sum(weights[place] for place in chosen) == max(best.values(), default=0)


@given(st.lists(strategies.sentence, max_size=4), st.lists(strategies.sentence, max_size=4))
def test_what_blocks_share_is_the_same_summed_up_for_many_and_compared_one_by_one(old, new):
    a, b = (align.Side(texts, ["p"] * len(texts)) for texts in (old, new))
    others = [b.bag(j)[0] for j in range(len(new))]
    shared = align._Shared(set().union(*[a.bag(i)[0] for i in range(len(old))]), others)
    for i in range(len(old)):
        words_ = a.bag(i)[0]
        assert list(shared.of(words_)) == [sum(map(len, words_ & other)) for other in others]


def test_words_of_any_alphabet_tell_blocks_apart_and_marks_do_not():
    text = "«Ávido» — “línea” 12 de Дом, 7 漢字 y ﬁn…"
    side = align.Side([text, "ávido línea 12 дом 7 漢字 ﬁn"], ["p", "p"])
    assert side.bag(0)[0] >= {"ávido".encode("latin-1"), "línea".encode("latin-1"), b"12", b"7"}
    assert align.likeness(side.bag(0), side.bag(1)) > 0.8
    assert align.likeness(align.Side(["Дом"], ["p"]).bag(0), align.Side(["Сад"], ["p"]).bag(0)) == 0


@given(strategies.sentence, strategies.sentence, st.sampled_from([" ", "\n", "  ", "\t", "\u00a0"]))
def test_two_texts_are_compared_by_whole_tokens_whatever_divides_their_words(old, new, blank):
    new = new.replace(" ", blank)
    found = list(words.compare_texts(old, new))
    for text, left_out in ((old, "insert"), (new, "delete")):
        assert "".join(part for op, part in found if op != left_out) == text
        ends = {0, *itertools.accumulate(map(len, words.tokens(text)))}
        at = 0
        for op, part in found:
            at += len(part) * (op != left_out)
            before, after = text[at - 1 : at], text[at : at + 1]
            assert at in ends or (before.isspace() and after.isspace())
    assert all(a[0] != b[0] for a, b in itertools.pairwise(found))


@given(strategies.raw | strategies.sentence | st.text(alphabet="ab9_.’ \t\u00a0\u0301\u200d\r\x1f👩🇪🇸"))
def test_a_text_on_one_line_has_the_tokens_of_the_expression(text):
    assert words.tokens(text) == words.TOKEN.findall(text)


def test_a_paragraph_whose_lines_were_broken_in_another_way_is_the_same_block_whatever_its_blanks():
    old = f"{PARAGRAPHS[0]}\n\nEl artículo\u00a08 se aplica\na toda venta.\n\n{PARAGRAPHS[1]}\n"
    new = old.replace("El artículo", "El\tartículo").replace("aplica\na", "aplica a").replace("toda ", "toda\r\n")
    found = changes.compare(old, new)
    assert [(pair.old, pair.new, pair.move) for pair in found.pairs] == [(0, 0, None), (1, 1, None), (2, 2, None)]
    assert "".join(c.text for c in found.changes if c.op == "delete").isspace()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("first", [*"{$(<[\"'!?é¿«_=@", "> ", ">> ", "\\"])
def test_a_line_that_begins_nothing_carries_its_paragraph_on(first, end):
    text = f"{first}uno{end}{first}dos{end}{end}- tres{end}{first}cuatro{end}> ```{end}{first}cinco{end}> ```{end}{end}"
    assert [text[b.start : b.end].count(end) for b in blocks.split(text)] == [3, 2, 4]
    assert [b.kind for b in blocks.split(text)] == ["p", "li", "code"]


def test_another_end_of_line_inside_a_paragraph_is_a_blank_that_changed():
    found = list(words.compare_texts("el valor de\nla mercancía", "el valor\nde la mercancía"))
    assert [part for op, part in found if op == "delete"] == [" ", "\n"]
    assert [part for op, part in found if op == "insert"] == ["\n", " "]


def test_a_mark_behind_a_replaced_word_stays():
    found = list(words.compare_texts("sobre el precio, de la venta.", "sobre el canon, de la venta."))
    assert [f for f in found if f[0] != "equal"] == [("delete", "precio"), ("insert", "canon")]


def test_similar_blocks_of_a_gap_are_paired():
    side = (
        align.Side(["a", "uno dos tres cuatro", "z"], ["p"] * 3),
        align.Side(["a", "uno dos tres cinco", "z"], ["p"] * 3),
    )
    assert align.align(*side)[1] == align.Pair(1, False)


def test_a_rule_at_the_top_without_its_pair_is_no_front_matter():
    assert [b.kind for b in blocks.split("---\n\nvalor\n")] == ["p", "p"]
    assert [b.kind for b in blocks.split("---\r\na: b\r\n---\r\nvalor\r\n")] == ["front", "p"]
    assert [b.kind for b in blocks.split("---\n" + "a\r" * 30)] == ["p"]


def test_a_repeated_block_is_looked_for_where_it_stands():
    old = "Igual.\n\nOtro.\n\n" * 300
    found = changes.compare(old, f"{old[:4500]}Nuevo.\n\n{old[4500:]}").changes
    assert [(c.op, c.text) for c in found if c.op != "equal"] == [("insert", "Nuevo.\n\n")]


def test_a_long_paragraph_with_edits_far_apart_keeps_what_stands_between():
    sentence = "La Administración examina el valor que declara el importador número {} antes de resolver. "
    old = "".join(sentence.format(n) for n in range(60))
    new = "Desde hoy: " + old.replace("número 30 ", "número treinta ") + "Y así se hará."
    found = [(c.op, c.text) for c in changes.compare(old, new).changes if c.op != "equal"]
    assert found == [
        ("insert", "Desde hoy: "),
        ("delete", "30"),
        ("insert", "treinta"),
        ("insert", "Y así se hará."),
    ]


def test_what_a_paragraph_shows_does_not_depend_on_the_others():
    alone = changes.compare(PARAGRAPHS[0], PARAGRAPHS[0].replace("importadas", "nacionales")).pairs[0].runs
    others = [" ".join(f"{word}{n}" for word in PARAGRAPHS[1].split()) for n in range(400)]
    old = "\n\n".join([*others, PARAGRAPHS[0]])
    new = "\n\n".join([*(o.replace("e", "a").replace("s", "r") for o in others), PARAGRAPHS[0]])
    found = changes.compare(old, new.replace("importadas", "nacionales")).pairs[-1].runs
    assert found == alone
