"""Letters that nobody sees, told in the texts of a page and nowhere else."""

from __future__ import annotations

import pytest

from reviewtool.prose import unseen


def told(html):
    return unseen.shown(html, lambda letter: f"[{unseen.name(letter)}]")


@pytest.mark.parametrize("letter", ["\u202e", "\u2066", "\u200b", "\u200f", "\ufeff", "\u061c", "\U000e0041"])
def test_a_letter_that_nobody_sees_is_named(letter):
    assert told(f"<p>uno{letter}dos</p>") == f"<p>uno[U+{ord(letter):04X}]dos</p>"


@pytest.mark.parametrize(
    "html",
    [
        "<p>«Cañón» — 100\u00a0% de Perú… e\u0301</p>",
        "<p>\U0001f469\u200d\U0001f33e \u0915\u094d\u200d\u0937 im\u00adpor\u00adte</p>",
        "<input value=\"a\u202eb\"><p title='\u202e>'>x</p>",
        "<textarea>a\u202eb</textarea><title>\u202e</title><option>\u200b</option>",
        "<!-- \u202e -->",
    ],
)
def test_other_letters_values_of_fields_and_attributes_stay(html):
    assert told(html) == html


def test_a_joiner_between_letters_of_ours_is_named():
    assert told("ca\u200dnon y ca\u200cnon") == "ca[U+200D]non y ca[U+200C]non"


def test_marks_that_turn_the_direction_are_told_from_those_that_only_hide():
    assert unseen.turns("\u202e")
    assert not unseen.turns("\u200b")
