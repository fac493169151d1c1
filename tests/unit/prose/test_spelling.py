"""What counts as a correction of form: spelling, accents, punctuation, and nothing that could change what is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewtool.prose.spelling import is_form_only

TEXT = """# Ajustes

El comprador paga un canon del 5 % por la mercansía, según el artículo 8.

- No se añade si no es condición de la venta.
- Véase [la lección](leccion-2.md) y el glosario.

| Concepto | USD |
|---|---|
| Flete | 1.200 |
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mercansía", "mercancía"),
        ("según", "segun"),
        ("según", "Según"),
        ("El comprador paga", "El comprador, paga"),
        ("artículo 8.", "artículo 8"),
        ("el glosario", "el *glosario*"),
        ("condición", "condicíon"),
        ("comprador", "compardor"),
        ("comprador", "compprador"),
        ("del 5 %", "del  5 %"),
        ("# Ajustes", "## Ajustes"),
        ("- No se añade", "* No se añade"),
    ],
)
def test_spelling_accents_capitals_and_signs_are_of_form(old, new):
    assert TEXT.replace(old, new) != TEXT
    assert is_form_only(TEXT, TEXT.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("5 %", "6 %"),
        ("5 %", "5"),
        ("1.200", "1,200"),
        ("artículo 8", "artículo 1"),
        ("- No se añade", "- Se añade"),
        ("si no es condición", "si es condición"),
        ("comprador", "vendedor"),
        ("paga", "pagó"),
        ("un canon", "el canon"),
        ("de la venta", "de venta"),
        ("leccion-2.md", "leccion-3.md"),
        ("leccion-2.md", "leccion/2.md"),
        ("El comprador paga un canon", "Un canon paga el comprador"),
        ("| Flete |", "| Seguro |"),
        ("- Véase [la lección](leccion-2.md) y el glosario.\n", ""),
    ],
)
def test_what_could_change_the_meaning_is_not(old, new):
    assert TEXT.replace(old, new) != TEXT
    assert not is_form_only(TEXT, TEXT.replace(old, new))


def test_a_word_that_still_stands_elsewhere_is_another_word():
    assert is_form_only("El costo del flete.", "El costa del flete.")
    assert not is_form_only("El costo del flete y el costo del seguro.", "El costa del flete y el costo del seguro.")


def test_a_paragraph_that_moves_is_not_of_form():
    paragraphs = [f"El párrafo número {name} dice algo distinto de los demás.\n" for name in ("uno", "dos", "tres")]
    moved = [paragraphs[2], paragraphs[0], paragraphs[1]]
    assert not is_form_only("\n".join(paragraphs), "\n".join(moved))


def test_words_written_together_or_apart_are_of_form():
    assert is_form_only("Sobretodo importa el precio.", "Sobre todo importa el precio.")


ANY = st.sampled_from(["el", "precio", "pagado", "por", "la", "mercancía", "importada", "venta"])
WORDS = st.lists(ANY, min_size=1, max_size=12)


@given(WORDS, WORDS)
def test_other_words_are_never_of_form(old, new):
    if old != new:
        assert not is_form_only(" ".join(old), " ".join(new))


@given(st.text(alphabet="abcdeñó .,\n#*-0123", max_size=80))
def test_the_same_text_is_of_form(text):
    assert is_form_only(text, text)
