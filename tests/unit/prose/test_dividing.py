"""A change is divided into parts that stand alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reviewtool.prose.dividing import divide

PARAGRAPHS = [
    "El valor en aduana es el valor de transacción.",
    "Los ajustes se hacen sobre datos objetivos y cuantificables.",
    "El comprador paga un canon al titular de la marca.",
    "- Primero se mira el contrato.",
    "| Caso | Resultado |",
]
OLD = "\n\n".join(PARAGRAPHS[:4]) + "\n"

texts = st.lists(st.one_of(st.sampled_from(PARAGRAPHS), st.text(alphabet="ab \n|-#", max_size=12)), max_size=6).flatmap(
    lambda found: st.sampled_from(["\n\n", "\n", "\r\n\r\n"]).map(lambda gap: gap.join(found))
)


def bodies(old: str, new: str) -> list[tuple[str, str]]:
    return [(part.before.strip(), part.after.strip()) for part in divide(old, new).parts]


def test_each_reworded_paragraph_is_a_part() -> None:
    new = OLD.replace("datos objetivos", "hechos objetivos").replace("un canon", "una regalía")
    division = divide(OLD, new)
    assert len(division.parts) == 2
    assert division.with_only({0}) == OLD.replace("datos objetivos", "hechos objetivos")
    assert division.with_only({1}) == OLD.replace("un canon", "una regalía")


def test_paragraphs_that_take_the_place_of_others_are_one_part() -> None:
    new = OLD.replace(PARAGRAPHS[1], "Otra cosa muy distinta.\n\nY una más, que nada tiene que ver.")
    assert len(bodies(OLD, new)) == 1


def test_a_moved_paragraph_is_one_part_at_both_places() -> None:
    new = "\n\n".join([*PARAGRAPHS[1:4], PARAGRAPHS[0]]) + "\n"
    division = divide(OLD, new)
    assert division.with_only(set()) == OLD
    assert len(division.parts) == 1
    assert division.with_only({0}) == new


def test_a_paragraph_put_in_at_the_end_keeps_its_distance_when_it_comes_alone() -> None:
    old = PARAGRAPHS[0]
    new = PARAGRAPHS[0].replace("aduana", "frontera") + "\n\n" + PARAGRAPHS[1] + "\n"
    division = divide(old, new)
    assert len(division.parts) == 2
    assert division.with_only({1}) == PARAGRAPHS[0] + "\n\n" + PARAGRAPHS[1] + "\n"
    assert division.with_only({0}) == PARAGRAPHS[0].replace("aduana", "frontera")


def test_the_same_text_has_no_parts() -> None:
    assert divide(OLD, OLD).parts == ()


@given(texts, texts)
def test_all_parts_make_the_new_text_and_none_the_old_one(old: str, new: str) -> None:
    division = divide(old, new)
    everything = {part.number for part in division.parts}
    assert division.with_only(set()) == old
    assert division.with_only(everything) == new
    assert everything == set(range(len(everything)))


@given(st.lists(st.sampled_from(PARAGRAPHS), max_size=5, unique=True), st.data())
def test_no_part_taken_alone_glues_two_paragraphs_together(kept: list[str], data: st.DataObject) -> None:
    new_ones = data.draw(st.lists(st.sampled_from([*PARAGRAPHS, "Un párrafo que no estaba."]), max_size=6, unique=True))
    division = divide("\n\n".join(kept), "\n\n".join(new_ones))
    known = {*kept, *new_ones}
    for part in division.parts:
        found = [each for each in division.with_only({part.number}).split("\n\n") if each.strip()]
        assert set(found) <= known
