from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewtool.prose import blocks, merge3
from tests.unit.prose import strategies

A, B, C, D = (f"Párrafo {w} con bastantes palabras propias de {w} para reconocerlo.\n\n" for w in ("A", "B", "C", "D"))
BASE = A + B + C


def kind(ours, theirs, base=BASE):
    return merge3.merge(base, ours, theirs)


@given(strategies.raw, strategies.raw)
def test_an_unchanged_side_takes_the_other_byte_for_byte(base, text):
    for ours, theirs in ((base, text), (text, base), (text, text)):
        merged = merge3.merge(base, ours, theirs)
        assert (merged.kind, merged.text) == ("exact", text)


@settings(deadline=None)
@given(strategies.revisions(), st.data())
def test_merging_is_the_same_from_both_sides(pair, data):
    base, ours = pair
    theirs = base.replace("valor", "precio") + data.draw(st.sampled_from(["", "\nFin.\n"]))
    left, right = merge3.merge(base, ours, theirs), merge3.merge(base, theirs, ours)
    assert (left.kind, left.text) == (right.kind, right.text)


def test_changes_of_different_blocks_are_apart():
    merged = kind(BASE.replace("propias de A", "tomadas de A"), BASE.replace("propias de C", "tomadas de C"))
    assert merged.kind == "apart"
    assert merged.text == BASE.replace("propias de A", "tomadas de A").replace("propias de C", "tomadas de C")


def test_neighbouring_blocks_are_apart_though_git_would_stop():
    base = "- uno dos tres\n- cuatro cinco seis\n"
    merged = kind("- uno dos TRES\n- cuatro cinco seis\n", "- uno dos tres\n- cuatro CINCO seis\n", base)
    assert (merged.kind, merged.text) == ("apart", "- uno dos TRES\n- cuatro CINCO seis\n")


def test_words_of_both_in_one_block_are_woven():
    merged = kind(BASE.replace("Párrafo A", "Apartado A"), BASE.replace("para reconocerlo", "para verlo", 1))
    assert merged.kind == "woven"
    assert merged.text.startswith("Apartado A con bastantes palabras propias de A para verlo.")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (BASE.replace("Párrafo A", "Apartado A"), BASE.replace("Párrafo A", "Epígrafe A")),
        (BASE.replace("Párrafo A", "Apartado A"), BASE.replace("A con", "Z con")),
        (BASE.replace(B, ""), BASE.replace("propias de B", "tomadas de B")),
        (A + "Uno nuevo.\n\n" + B + C, A + "Otro distinto.\n\n" + B + C),
        (BASE + "Uno nuevo.\n", BASE + "Otro distinto.\n"),
    ],
)
def test_the_same_words_or_the_same_place_are_a_conflict(ours, theirs):
    merged = kind(ours, theirs)
    assert (merged.kind, merged.text) == ("conflict", None)
    assert merged.conflicts


def test_the_same_insertion_by_both_is_taken_once():
    merged = kind(A + "Igual.\n\n" + B + C.replace("propias", "tomadas"), A + "Igual.\n\n" + B + C)
    assert merged.text == A + "Igual.\n\n" + B + C.replace("propias", "tomadas")


def test_a_block_moved_by_one_and_reworded_by_the_other_keeps_both():
    merged = kind(B + C + A, A.replace("propias", "tomadas") + B + C)
    assert merged.kind == "woven"
    assert merged.text == B + C + A.replace("propias", "tomadas")


def test_a_block_moved_by_one_and_removed_by_the_other_is_a_conflict():
    assert kind(B + C + A, B + C.replace("propias", "tomadas")).kind == "conflict"


def test_line_ends_and_a_missing_last_one_survive():
    base = BASE.replace("\n", "\r\n").rstrip()
    ours, theirs = base.replace("propias de A", "x de A"), base.replace("propias de C", "x de C")
    assert merge3.merge(base, ours, theirs).text == base.replace("propias de A", "x de A").replace(
        "propias de C", "x de C"
    )


def test_paragraphs_never_run_together():
    merged = merge3.merge(
        "Uno dos tres.\n\nCuatro cinco seis.\n", "Uno dos tres.\n", "Uno dos tres.\n\nCuatro cinco seis.\n\nSiete.\n"
    )
    assert merged.text is None or "tres.\n\nSiete." in merged.text


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from("kdre"), min_size=6, max_size=6), st.lists(st.sampled_from("kdre"), min_size=6, max_size=6)
)
def test_no_word_of_either_side_is_lost_without_a_word(ours_acts, theirs_acts):
    base = [f"Párrafo {n} con palabras propias {n}a {n}b {n}c {n}d del mismo.\n\n" for n in range(6)]

    def edit(acts, name):
        made = {
            "k": lambda p, _: p,
            "d": lambda *_: "",
            "r": lambda p, n: p.replace(f"{n}b", name),
            "e": lambda p, _: p + f"Más {name}.\n\n",
        }
        return "".join(made[act](p, n) for n, (p, act) in enumerate(zip(base, acts, strict=True)))

    merged = merge3.merge("".join(base), edit(ours_acts, "nuestro"), edit(theirs_acts, "suyo"))
    if merged.text is None:
        assert any(a != "k" and b != "k" for a, b in zip(ours_acts, theirs_acts, strict=True)) or _neighbours(
            ours_acts, theirs_acts
        )
        return
    assert merged.text.count("nuestro") == sum(a in "re" for a in ours_acts) or edit(ours_acts, "x") == edit(
        theirs_acts, "x"
    )
    kept = {merged.text[b.start : b.end] for b in blocks.split(merged.text)}
    for n, (a, b) in enumerate(zip(ours_acts, theirs_acts, strict=True)):
        assert (base[n] in kept) == (a in "ke" and b in "ke")


def _neighbours(ours, theirs):
    return any(ours[n] != "k" and theirs[m] != "k" for n in range(6) for m in (n - 1, n, n + 1) if 0 <= m < 6)


def test_preferring_theirs_takes_their_words_where_both_changed_the_same():
    ours = BASE.replace("Párrafo A", "Apartado A").replace("propias de C", "tomadas de C")
    theirs = BASE.replace("Párrafo A", "Epígrafe A")
    assert merge3.preferring_theirs(BASE, ours, theirs) == theirs.replace("propias de C", "tomadas de C")
