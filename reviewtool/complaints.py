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


#: how each setting is written, for the end of the sentence
EXAMPLES: Mapping[str, str] = {
    "var": 'var = "var"',
    "database_url": 'database_url = "postgresql://reviewtool:password@localhost/reviewtool"',
    "group_file": 'group_file = "config/group.toml"',
    "templates_folder": 'templates_folder = "config/templates"',
    "backup_folder": 'backup_folder = "/mnt/other-disk/reviewtool"',
    "signing_key_file": 'signing_key_file = "/srv/reviewtool/signing_key"',
    "host": 'host = "127.0.0.1"',
    "port": "port = 8000",
    "workers": "workers = 2",
    "threads": "threads = 4",
    "public_url": 'public_url = "https://revision.example.org"',
    "extra_hosts": 'extra_hosts = "revision.intranet.example, 10.0.0.7"',
    "proxy_count": "proxy_count = 1",
    "secret_key": "REVIEWTOOL_SECRET_KEY=$(python3 -c 'import secrets; print(secrets.token_hex(32))')",
    "session_idle_hours": "session_idle_hours = 12",
    "session_absolute_hours": "session_absolute_hours = 336",
    "default_language": 'default_language = "es"',
    "max_upload_mb": "max_upload_mb = 10",
    "max_image_edge_px": "max_image_edge_px = 1600",
    "max_attachments": "max_attachments = 20",
    "max_document_kb": "max_document_kb = 1024",
    "max_comment_chars": "max_comment_chars = 20000",
    "cache_mb": "cache_mb = 24",
    "resets_per_hour": "resets_per_hour = 5",
    "comments_per_minute": "comments_per_minute = 20",
    "uploads_per_minute": "uploads_per_minute = 30",
    "searches_per_minute": "searches_per_minute = 60",
    "saves_per_minute": "saves_per_minute = 240",
    "limits_url": 'limits_url = "redis://localhost:6379/0"',
    "mail_server": 'mail_server = "smtp.example.org"',
    "mail_port": "mail_port = 587",
    "mail_security": 'mail_security = "starttls"',
    "mail_user": 'mail_user = "reviewtool"',
    "mail_password": "REVIEWTOOL_MAIL_PASSWORD=…",
    "mail_from": 'mail_from = "avisos@example.org"',
    "mail_replies": 'mail_replies = "respuestas@example.org"',
    "mail_replies_source": 'mail_replies_source = "lmtp://127.0.0.1:8024"',
    "mail_replies_checked_by": 'mail_replies_checked_by = "mx.example.org"',
    "mail_vote_without_sign_in": "mail_vote_without_sign_in = true",
    "log_level": 'log_level = "INFO"',
}


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
