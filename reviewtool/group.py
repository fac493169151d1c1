"""The working group as `config/group.toml` says it: names, administrations, first rule set, calendar; no persons.

Read once at start. `rules.presets` and `rules.calendar` make rule sets and calendars of it; after that the page
*Reglas* takes over. A bad file is refused with one sentence for the administrator, in English and in Spanish: file,
key, reason, example.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from reviewtool.complaints import Wrong, not_toml, reason
from reviewtool.errors import Complaint

Language = Literal["es", "en", "pt"]


class GroupFileError(Complaint):
    """The group's file cannot be used; its sentence has the file, the key, the reason and an example."""


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Wrong(
            f"{value!r} is not a time zone of the IANA list", f"{value!r} no es una zona horaria de la lista de la IANA"
        ) from error
    return value


def _quorum(value: Any) -> str:
    """Accept "none", a whole number, or a share such as "1/2"; keep it as text."""
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    parts = text.split("/")
    if text == "none" or (len(parts) <= 2 and all(part.isascii() and part.isdigit() and int(part) for part in parts)):
        return text
    raise Wrong(
        f"{value!r} is neither a number of seats, nor a share, nor none",
        f"{value!r} no es un número de puestos, ni una fracción, ni none",
    )


def _closing_time(value: time) -> time:
    if value.tzinfo is not None:
        raise Wrong(
            "the hour stands without a zone; the zone has its own key", "la hora va sin zona; la zona tiene su clave"
        )
    return value


def _domain(value: str) -> str:
    if not value or any(not (part and part.replace("-", "").isalnum()) for part in value.split(".")):
        raise Wrong(f"{value!r} is not the name of a domain", f"{value!r} no es el nombre de un dominio")
    return value


Zone = Annotated[str, AfterValidator(_zone)]
Quorum = Annotated[str, BeforeValidator(_quorum)]
Days = Annotated[int, Field(ge=0, le=250)]


Content = TypeVar("Content", bound=BaseModel)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Names(_Section):
    """One name in the three languages; a language left out uses the Spanish one."""

    es: str = Field(min_length=1, max_length=200)
    en: str = Field(default="", max_length=200)
    pt: str = Field(default="", max_length=200)

    def in_language(self, language: str) -> str:
        """Return the name in a language, or the Spanish one."""
        return {"en": self.en, "pt": self.pt}.get(language) or self.es


class Administration(_Section):
    """A customs administration, or an office, whose people belong to the group."""

    code: str = Field(pattern=r"^[A-Z]{2,16}$")
    names: Names = Field(alias="name")
    zone: Zone
    kind: Literal["member", "observer", "office"] = "member"
    members: int = Field(default=1, ge=0, le=100)  # seats it designates where the unit is the member

    def name(self, language: str = "es") -> str:
        """Return its name in a language."""
        return self.names.in_language(language)

    @property
    def observer(self) -> bool:
        """Say whether it takes part without a vote."""
        return self.kind == "observer"


class Numbers(_Section):
    """A preset with the four numbers that change it; a number left out is the preset's."""

    preset: Literal["votacion", "silencio"] = "votacion"
    consultation_days: Days | None = None  # working days
    decision_days: Annotated[int, Field(ge=1, le=250)] | None = None  # working days
    quorum: Quorum | None = None  # "none", 7, "1/2"
    majority: Literal["simple", "two_thirds", "absolute", "consensus", "silence"] | None = None


class Advanced(_Section):
    """What stands under *Avanzado*; every default is off."""

    author_votes: bool = False
    results_hidden_until_closed: bool = False
    certified_in_favour: int = Field(default=0, ge=0, le=100)
    early_close: bool = False
    override: Literal["never", "two_thirds"] = "never"
    revisions_during_vote: bool = False
    second_call_days: Annotated[int, Field(ge=1, le=250)] | None = None
    second_call_share: Annotated[str, Field(pattern=r"^[1-9][0-9]*/[1-9][0-9]*$")] | None = None


class DocumentPreset(Numbers):
    """A preset for some documents; the first whose paths match any touched document holds as a whole."""

    paths: tuple[str, ...] = Field(min_length=1)


class FirstRules(Numbers):
    """The rule set an installation begins with."""

    advanced: Advanced = Advanced()
    documents: tuple[DocumentPreset, ...] = ()


class Holiday(_Section):
    """A day without work: of the administrations it names, or of the whole group when it names none."""

    on: date = Field(alias="date")
    name: str = Field(min_length=1, max_length=120)
    administrations: tuple[str, ...] = ()


class GroupCalendar(_Section):
    """When ballots and consultations close."""

    closing_time: Annotated[time, AfterValidator(_closing_time)] = time(17, 0)
    zone: Zone = "America/Guatemala"
    holidays: tuple[Holiday, ...] = ()


class Group(_Section):
    """The whole file."""

    names: Names = Field(alias="name")
    product_names: Names = Field(
        default=Names(es="Revisión de materiales", en="Materials review", pt="Revisão de materiais"),
        alias="product_name",
    )
    unit: Literal["member", "administration"] = "member"
    readers_see_discussion: bool = False
    record_domain: Annotated[str, AfterValidator(_domain)] = "grupo.invalid"
    record_addresses: Literal["permanent", "real"] = "permanent"
    rules: FirstRules = FirstRules()
    calendar: GroupCalendar = GroupCalendar()
    administrations: tuple[Administration, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Group:
        codes = [place.code for place in self.administrations]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise Wrong(f"administrations: {twice[0]} stands twice", f"{twice[0]} figura dos veces")
        for holiday in self.calendar.holidays:
            unknown = sorted(set(holiday.administrations) - set(codes))
            if unknown:
                raise Wrong(
                    f"calendar.holidays: {holiday.on} names {unknown[0]}, which is no administration",
                    f"{holiday.on} nombra {unknown[0]}, que no es una administración",
                )
        return self

    @classmethod
    def load(cls, path: Path | str) -> Group:
        """Return the group that a file describes. Raises GroupFileError: a sentence with file, key and example."""
        try:
            text = Path(path).read_bytes().decode("utf-8")
        except FileNotFoundError as error:
            raise GroupFileError(
                f"{path}: there is no such file; set group_file in config/app.toml, for example:"
                ' group_file = "config/group.toml"',
                f"{path}: no existe ese archivo; fije group_file en config/app.toml, por ejemplo:"
                ' group_file = "config/group.toml"',
            ) from error
        except OSError as error:
            raise GroupFileError(
                f"{path}: the file cannot be read ({error.strerror})",
                f"{path}: el archivo no se puede leer ({error.strerror})",
            ) from error
        except UnicodeDecodeError as error:
            raise GroupFileError(
                f"{path}: the file is not UTF-8 text (byte {error.start}); save it as UTF-8",
                f"{path}: el archivo no es texto UTF-8 (byte {error.start}); guárdelo como UTF-8",
            ) from error
        return read(cls, text, str(path))

    def name(self, language: str = "es") -> str:
        """Return the group's name in a language."""
        return self.names.in_language(language)

    def product_name(self, language: str = "es") -> str:
        """Return what the product is called on screen in a language."""
        return self.product_names.in_language(language)

    def find_administration(self, code: str) -> Administration | None:
        """Return the administration with this code, or None."""
        return next((place for place in self.administrations if place.code == code), None)

    @property
    def seats(self) -> int:
        """Return how many seats vote: one an administration, or as many as the administrations designate members."""
        voting = [place for place in self.administrations if place.kind == "member"]
        return len(voting) if self.unit == "administration" else sum(place.members for place in voting)


class RulesFile(_Section):
    """What the page *Reglas* reads and writes: the rules and the calendar of a group's file. The rest is not read."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)

    rules: FirstRules | None = None
    calendar: GroupCalendar | None = None


def read(model: type[Content], text: str, name: str) -> Content:
    """Return what a text says as one of the files above. Raises GroupFileError, whose sentence begins with `name`."""
    try:
        said = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also figures without end, and brackets in brackets
        english, spanish = not_toml(error)
        raise GroupFileError(
            f'{name}: this is not TOML: {english}; a line looks like: unit = "member"',
            f'{name}: esto no es TOML: {spanish}; una línea es como: unit = "member"',
        ) from error
    try:
        return model.model_validate(said)
    except ValidationError as error:
        english, spanish = _sentences(error.errors()[0])
        raise GroupFileError(f"{name}: {english}", f"{name}: {spanish}") from error


EXAMPLES: Mapping[str, str] = {
    "name": 'name = { es = "Grupo de trabajo", en = "Working group", pt = "Grupo de trabalho" }',
    "product_name": 'product_name = { es = "Revisión de materiales" }',
    "unit": 'unit = "member"',
    "readers_see_discussion": "readers_see_discussion = false",
    "record_domain": 'record_domain = "grupo.example"',
    "record_addresses": 'record_addresses = "permanent"',
    "rules": '[rules]: preset = "votacion"',
    "rules.preset": 'preset = "votacion"',
    "rules.consultation_days": "consultation_days = 10",
    "rules.decision_days": "decision_days = 10",
    "rules.quorum": 'quorum = "1/2"',
    "rules.majority": 'majority = "two_thirds"',
    "rules.advanced": "[rules.advanced]: author_votes = false",
    "rules.advanced.certified_in_favour": "certified_in_favour = 1",
    "rules.advanced.override": 'override = "never"',
    "rules.advanced.second_call_days": "second_call_days = 5",
    "rules.advanced.second_call_share": 'second_call_share = "1/3"',
    "rules.documents": '[[rules.documents]]: paths = ["glosario/**"], preset = "silencio"',
    "rules.documents.paths": 'paths = ["glosario/**"]',
    "calendar": '[calendar]: closing_time = 17:00:00, zone = "America/Guatemala"',
    "calendar.closing_time": "closing_time = 17:00:00",
    "calendar.zone": 'zone = "America/Guatemala"',
    "calendar.holidays": '[[calendar.holidays]]: date = 2026-09-18, name = "Independencia"',
    "administrations": '[[administrations]]: code = "PE", name = { es = "Perú" }, zone = "America/Lima"',
    "administrations.code": 'code = "PE"',
    "administrations.zone": 'zone = "America/Lima"',
    "administrations.kind": 'kind = "member"',
    "administrations.members": "members = 1",
}


def _sentences(problem: Mapping[str, Any]) -> tuple[str, str]:
    """Say in English and in Spanish what is wrong with which key, with the example nearest to it."""
    where = [part for part in problem["loc"] if isinstance(part, str)]
    english, spanish = reason(problem)
    if not where:  # found by the whole file's own check, which names its key
        key, _, english = english.partition(": ")
        return (
            f'the key "{key}": {english}; write for example: {EXAMPLES[key]}',
            f'la clave "{key}": {spanish}; escriba por ejemplo: {EXAMPLES[key]}',
        )
    places = [part + 1 for part in problem["loc"] if isinstance(part, int)]
    key = ".".join(where)
    one = f'the key "{key}"' + "".join(f" (entry {place} of the list)" for place in places)
    una = f'la clave "{key}"' + "".join(f" (elemento {place} de la lista)" for place in places)
    if problem["type"] == "extra_forbidden":
        known = ", ".join(field.alias or name for name, field in _section(where[:-1]).model_fields.items())
        return (
            f"{one} is not known; the known ones there are: {known}",
            f"{una} no se conoce; ahí se conocen: {known}",
        )
    missing = problem["type"] == "missing"
    wrong = ("is missing", "falta") if missing else (f"is wrong: {english}", f"no sirve: {spanish}")
    example = _example(where)
    return f"{one} {wrong[0]}; write for example: {example}", f"{una} {wrong[1]}; escriba por ejemplo: {example}"


def _section(where: list[str]) -> type[_Section]:
    """Return what describes the table of these keys: three names are tables of languages, the others are listed."""
    sections: dict[str, type[_Section]] = {
        "": Group,
        "rules": FirstRules,
        "rules.advanced": Advanced,
        "rules.documents": DocumentPreset,
        "calendar": GroupCalendar,
        "calendar.holidays": Holiday,
        "administrations": Administration,
    }
    return sections.get(".".join(where), Names)


def _example(where: list[str]) -> str:
    """Return the example of the key, of `rules` for the same key of a document's preset, or of the table around it."""
    for length in range(len(where), 0, -1):
        key = ".".join(where[:length])
        for candidate in (key, key.replace("rules.documents", "rules", 1)):
            if candidate in EXAMPLES:
                return EXAMPLES[candidate]
    return EXAMPLES["administrations"]
