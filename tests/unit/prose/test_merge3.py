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


@settings(deadline=None, derandomize=True)
@given(strategies.raw, strategies.raw)
def test_an_unchanged_side_takes_the_other_byte_for_byte(base, text):
    for ours, theirs in ((base, text), (text, base), (text, text)):
        merged = merge3.merge(base, ours, theirs)
        assert (merged.kind, merged.text) == ("exact", text)


@settings(deadline=None, derandomize=True)
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


@settings(max_examples=200, deadline=None, derandomize=True)
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


def test_a_conflict_carries_the_three_passages():
    ours, theirs = BASE.replace("Párrafo A", "Apartado A"), BASE.replace("Párrafo A", "Epígrafe A")
    assert kind(ours, theirs).conflicts == (
        merge3.Collision(A, A.replace("Párrafo", "Apartado"), A.replace("Párrafo", "Epígrafe")),
    )


@pytest.mark.parametrize(("more", "found"), [("", "woven"), ("- uno dos tres\n- cuatro cinco seis\n", "conflict")])
def test_a_block_that_both_put_in_at_different_places_is_never_apart(more, found):
    head = "### Modo interactivo\n\n"
    new = "Después de instalar puede confirmarse la versión que quedó.\n\n### Probando el modo interactivo\n\n"
    base = A + head + B + C + more
    ours = A + head + new + B.replace("propias", "tomadas") + C + more.replace("tres", "TRES")
    theirs = A + "Antes se instala.\n\n" + new + B.replace("propias", "tomadas") + C + more.replace("cuatro", "CUATRO")
    merged = merge3.merge(base, ours, theirs)  # git, which writes it twice, stops at the list only
    assert merged.kind == found
    if merged.text is None:
        assert "Después de instalar" in merged.conflicts[0].ours


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\t", "\u200d", "\u0301", "\u202e"])
def test_odd_characters_of_both_sides_stand_where_they_were_written(space):
    base = f"El valor{space}uno de la transacción y el valor{space}dos del canon pagado.\n"
    ours, theirs = base.replace("uno", f"uno{space}bis"), base.replace("dos", f"dos{space}ter")
    merged = merge3.merge(base, ours, theirs)
    assert (merged.kind, merged.text) == (
        "woven",
        base.replace("uno", f"uno{space}bis").replace("dos", f"dos{space}ter"),
    )


def test_line_ends_changed_by_one_side_and_words_by_the_other_combine():
    base = "Uno dos tres\ncuatro cinco seis\nsiete ocho nueve.\n\nOtro párrafo distinto.\n"
    merged = merge3.merge(base, base.replace("\n", "\r\n"), base.replace("cinco", "CINCO"))
    assert merged.text == base.replace("cinco", "CINCO").replace("\n", "\r\n")


def test_one_very_long_line_is_merged_by_its_sentences():
    base = " ".join(f"La frase {n} trata del valor {n} en aduana y de nada más." for n in range(4000)) + "\n"
    ours, theirs = base.replace("frase 7 ", "oración 7 "), base.replace("frase 3901 ", "oración 3901 ")
    merged = merge3.merge(base, ours, theirs)
    assert (merged.kind, merged.text) == ("apart", ours.replace("frase 3901 ", "oración 3901 "))


def test_lists_thirty_levels_deep_keep_every_level():
    base = "".join(f"{'  ' * n}- Nivel {n} del valor en aduana\n" for n in range(30))
    ours, theirs = base.replace("Nivel 3 ", "Grado 3 "), base.replace("Nivel 27 ", "Grado 27 ")
    assert merge3.merge(base, ours, theirs).text == ours.replace("Nivel 27 ", "Grado 27 ")


def test_thousands_of_blocks_that_one_side_moved_take_the_words_of_the_other():
    rows = [f"El artículo número {n} trata del importe {n * 7} y de nada más.\n\n" for n in range(2000)]
    halves = [*rows[1000:], *rows[:1000]]
    reworded = [row.replace("importe", "valor") if n % 3 == 0 else row for n, row in enumerate(rows)]
    found = merge3.merge("".join(rows), "".join(halves), "".join(reworded))
    assert found.text == "".join([*reworded[1000:], *reworded[:1000]])
