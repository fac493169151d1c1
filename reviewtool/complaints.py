"""What is wrong with a file of settings, in English and in Spanish: what pydantic, tomllib and our checks find.

Called by `settings` and `group`, which make the whole sentence of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


class Wrong(ValueError):
    """Why one of our own checks refuses a value, as the part of a sentence after the key."""

    def __init__(self, english: str, spanish: str) -> None:
        super().__init__(english)
        self.spanish = spanish


_SPANISH: Mapping[str, str] = {  # type of a problem of pydantic's -> the reason; the places are facts of the problem
    "bool_parsing": "debe ser true o false",
    "bool_type": "debe ser true o false",
    "date_from_datetime_parsing": "debe ser una fecha",
    "date_parsing": "debe ser una fecha",
    "date_type": "debe ser una fecha",
    "dict_type": "debe ser una tabla",
    "greater_than_equal": "debe ser {ge} o más",
    "int_from_float": "debe ser un número entero",
    "int_parsing": "debe ser un número entero",
    "int_type": "debe ser un número entero",
    "less_than_equal": "debe ser {le} o menos",
    "literal_error": "debe ser {expected}",
    "model_type": "debe ser una tabla",
    "string_pattern_mismatch": "no tiene la forma debida",
    "string_too_long": "pasa de {max_length} caracteres",
    "string_too_short": "está vacío",
    "string_type": "debe ser un texto entre comillas",
    "time_parsing": "debe ser una hora",
    "time_type": "debe ser una hora",
    "too_short": "está vacío",
    "tuple_type": "debe ser una lista",
}


def reason(problem: Mapping[str, Any]) -> tuple[str, str]:
    """Return why pydantic or one of our checks refuses a value, in English and in Spanish."""
    facts = problem.get("ctx", {})
    said = str(problem["msg"]).removeprefix("Value error, ")
    english = said[:1].lower() + said[1:]
    own = facts.get("error")
    if isinstance(own, Wrong):
        return english, own.spanish
    spanish = _SPANISH.get(problem["type"], "el valor no se puede usar")
    return english, spanish.format(**{name: str(value).replace(" or ", " o ") for name, value in facts.items()})


def not_toml(error: ValueError | RecursionError) -> tuple[str, str]:
    """Return why a file is not TOML, in English and in Spanish: the second names the place alone."""
    place = re.search(r"line (\d+), column (\d+)", str(error))
    return str(error), f"línea {place[1]}, columna {place[2]}" if place else "el texto se corta o no es UTF-8"
