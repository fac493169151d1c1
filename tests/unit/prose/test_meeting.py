"""What one change of a text does where another change of it does something, too."""

from __future__ import annotations

import pytest

from reviewtool.prose.dividing import meeting

BASE = "# Título\n\nUno.\n\nDos.\n\nTres.\n"


@pytest.mark.parametrize(
    ("ours", "theirs", "met"),
    [
        (BASE.replace("Uno", "Uno y medio"), BASE.replace("Uno", "Primero"), ["Uno y medio."]),
        (BASE.replace("Uno", "Uno y medio"), BASE.replace("Tres", "Tercero"), []),
        (BASE.replace("Dos.\n\n", ""), BASE.replace("Dos", "Segundo"), [""]),
        (BASE.replace("Uno", "1").replace("Tres", "3"), BASE.replace("Tres", "Tercero"), ["3."]),
        (BASE, BASE.replace("Dos", "Segundo"), []),
    ],
)
def test_only_the_parts_on_the_same_blocks_meet(ours: str, theirs: str, met: list[str]) -> None:
    assert [part.after.strip() for part in meeting(BASE, ours, theirs)] == met
