"""The group's file: the founding one, and one sentence for each way in which a file can be wrong."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from reviewtool.group import Group, GroupFileError
from reviewtool.rules import calendar, presets

ROOT = Path(__file__).parents[2]
FOUNDING = ROOT / "config" / "group.toml"
SMALL = """
name = { es = "Grupo de prueba", pt = "Grupo de teste" }

[[administrations]]
code = "PE"
name = { es = "Perú", en = "Peru" }
zone = "America/Lima"
"""


def load(folder: Path, text: str) -> Group:
    path = folder / "group.toml"
    path.write_text(text, encoding="utf-8")
    return Group.load(path)


def refusal(folder: Path, text: str) -> tuple[str, str]:
    """Return the sentence in English and in Spanish."""
    with pytest.raises(GroupFileError) as caught:
        load(folder, text)
    english, spanish = str(caught.value).split("\n")
    assert english.startswith(str(folder / "group.toml"))
    assert spanish.startswith(str(folder / "group.toml"))
    return english, spanish


def test_the_founding_group_has_twelve_seats_of_eleven_administrations_and_observers_from_guatemala() -> None:
    group = Group.load(FOUNDING)
    members = [place.code for place in group.administrations if place.kind == "member"]
    assert sorted(members) == ["AR", "BO", "CL", "CR", "DO", "EC", "NI", "PE", "PY", "UY", "VE"]
    assert group.unit == "member"
    assert group.seats == 12
    assert [place.code for place in group.administrations if place.observer] == ["GT"]
    assert group.product_name("es") == "Revisión de materiales"
    assert group.name("en") == "Regional Expert Working Group on Customs Valuation"


def test_the_founding_rules_are_the_shipped_preset_and_can_pass() -> None:
    group = Group.load(FOUNDING)
    assert presets.from_group(group) == presets.RuleSet()
    assert presets.check_group(group) == ()


def test_the_founding_calendar_knows_both_years_and_no_weekend() -> None:
    made = calendar.of_group(Group.load(FOUNDING))
    assert (made.zone, made.closing_time.hour) == ("America/Guatemala", 17)
    assert {date(2026, 1, 1), date(2026, 4, 3), date(2027, 3, 26), date(2026, 12, 25)} <= made.holidays
    assert [each.administration for each in calendar.holidays_on(date(2026, 9, 18), made)] == ["CL"]
    everything = [*made.holidays, *(each.on for each in made.national)]
    assert not [day for day in everything if day.weekday() > 4]
    assert {day.year for day in everything} == {2026, 2027}
    assert {each.administration for each in made.national} >= set("AR BO CL CR DO EC GT NI PE PY UY VE".split())  # noqa: SIM905 - a list of codes


def test_what_a_file_leaves_out_has_the_shipped_value(tmp_path: Path) -> None:
    group = load(tmp_path, SMALL)
    assert (group.unit, group.readers_see_discussion, group.record_addresses) == ("member", False, "permanent")
    assert group.product_name("pt") == "Revisão de materiais"
    assert calendar.of_group(group) == calendar.Calendar()


def test_a_name_without_a_translation_is_the_spanish_one(tmp_path: Path) -> None:
    group = load(tmp_path, SMALL)
    assert [group.name(language) for language in ("es", "en", "pt", "fr")] == [
        "Grupo de prueba",
        "Grupo de prueba",
        "Grupo de teste",
        "Grupo de prueba",
    ]
    place = group.find_administration("PE")
    assert place is not None
    assert (place.name(), place.name("en"), place.zone) == ("Perú", "Peru", "America/Lima")
    assert group.find_administration("ZZ") is None


def test_an_administration_is_one_seat_where_the_unit_says_so(tmp_path: Path) -> None:
    text = SMALL + "members = 3\n"
    assert load(tmp_path, text).seats == 3
    assert load(tmp_path, 'unit = "administration"\n' + text).seats == 1


@pytest.mark.parametrize("quorum", ['"none"', "7", '"7"', '"2/3"'])
def test_a_quorum_is_none_a_number_or_a_share(tmp_path: Path, quorum: str) -> None:
    group = load(tmp_path, f"{SMALL}\n[rules]\nquorum = {quorum}\n")
    assert group.rules.quorum == str(tomllib.loads(f"q = {quorum}")["q"])


@pytest.mark.parametrize(
    ("text", "key", "reason", "example"),
    [
        (SMALL.replace("name = { es", "nombre = { es", 1), "name", "missing", "Grupo de trabajo"),
        ('unit = "country"\n' + SMALL, "unit", "'member' or 'administration'", 'unit = "member"'),
        ('readers_see_discussion = "maybe"\n' + SMALL, "readers_see_discussion", "boolean", "= false"),
        ('record_domain = "no domain"\n' + SMALL, "record_domain", "not the name of a domain", "grupo.example"),
        ('name = { es = "Grupo" }\n', "administrations", "missing", 'code = "PE"'),
        (SMALL.replace("America/Lima", "Lima"), "administrations.zone", "not a time zone", "America/Lima"),
        (SMALL.replace("America/Lima", "/etc/hosts"), "administrations.zone", "not a time zone", "America/Lima"),
        (SMALL.replace('"PE"', '"perú"'), "administrations.code", "match pattern", 'code = "PE"'),
        (SMALL.replace('es = "Perú", ', ""), "administrations.name.es", "missing", "code"),
        (SMALL + "members = -1\n", "administrations.members", "greater than or equal to 0", "members = 1"),
        (SMALL + SMALL[SMALL.index("[[") :], "administrations", "PE stands twice", 'code = "PE"'),
        (SMALL + '[rules]\npreset = "voto"\n', "rules.preset", "'votacion' or 'silencio'", '"votacion"'),
        (SMALL + "[rules]\ndecision_days = 0\n", "rules.decision_days", "greater than", "decision_days = 10"),
        (SMALL + '[rules]\nquorum = "half"\n', "rules.quorum", "neither a number", 'quorum = "1/2"'),
        (SMALL + '[rules]\nquorum = "1/0"\n', "rules.quorum", "neither a number", 'quorum = "1/2"'),
        (SMALL + "[rules]\nquorum = 0\n", "rules.quorum", "neither a number", 'quorum = "1/2"'),
        (SMALL + "[rules]\nquorum = true\n", "rules.quorum", "neither a number", 'quorum = "1/2"'),
        (SMALL + "[[rules.documents]]\npaths = []\n", "rules.documents.paths", "at least 1 item", "glosario/**"),
        (SMALL + '[[rules.documents]]\npaths = ["*"]\nquorum = "x"\n', "rules.documents.quorum", "neither", '"1/2"'),
        (SMALL + "[calendar]\nclosing_time = 25\n", "calendar.closing_time", "", "closing_time = 17:00:00"),
        (SMALL + '[calendar]\nclosing_time = "17:00Z"\n', "calendar.closing_time", "without a zone", "17:00:00"),
        (SMALL + '[calendar]\nzone = "Mars/Base"\n', "calendar.zone", "not a time zone", "America/Guatemala"),
        (
            SMALL + '[calendar]\nholidays = [{ date = "ayer", name = "x" }]\n',
            "calendar.holidays.date",
            "date",
            "date =",
        ),
        (
            SMALL + '[calendar]\nholidays = [{ date = 2026-05-01, name = "x", administrations = ["CL"] }]\n',
            "calendar.holidays",
            "2026-05-01 names CL",
            "2026-09-18",
        ),
    ],
)
def test_a_bad_key_is_named_with_its_reason_and_an_example(
    tmp_path: Path, text: str, key: str, reason: str, example: str
) -> None:
    english, spanish = refusal(tmp_path, text)
    assert f'the key "{key}"' in english
    assert reason in english
    assert f'la clave "{key}"' in spanish
    assert not re.search(r"\b(the|is|should|valid|with|and|or)\b", spanish.partition("la clave")[2])
    for sentence, before in ((english, "write for example: "), (spanish, "escriba por ejemplo: ")):
        assert example in sentence.partition(before)[2]


@pytest.mark.parametrize(
    ("text", "key", "known"),
    [
        ('unidad = "member"\n' + SMALL, "unidad", "name, product_name, unit, "),
        (SMALL.replace("pt = ", "fr = "), "name.fr", "es, en, pt"),
        (SMALL + "seats = 2\n", "administrations.seats", "code, name, zone, kind, members"),
        (SMALL + "[rules]\ndays = 3\n", "rules.days", "preset, consultation_days"),
        (SMALL + "[rules.advanced]\nearly = true\n", "rules.advanced.early", "early_close"),
        (SMALL + "[[rules.documents]]\npath = 'a'\npaths = ['a']\n", "rules.documents.path", "paths"),
        (SMALL + "[calendar]\nhour = 3\n", "calendar.hour", "closing_time, zone, holidays"),
        (
            SMALL + "[[calendar.holidays]]\nday = 3\ndate = 2026-01-01\nname = 'x'\n",
            "calendar.holidays.day",
            "date, name, administrations",
        ),
    ],
)
def test_an_unknown_key_is_named_with_the_known_ones(tmp_path: Path, text: str, key: str, known: str) -> None:
    english, spanish = refusal(tmp_path, text)
    for sentence, named, between in (
        (english, f'the key "{key}"', " is not known; the known ones there are: "),
        (spanish, f'la clave "{key}"', " no se conoce; ahí se conocen: "),
    ):
        told, _, keys = sentence.partition(between)
        assert named in told
        assert known in keys


def test_a_bad_entry_of_a_list_is_counted(tmp_path: Path) -> None:
    second = '\n[[administrations]]\ncode = "CL"\nname = { es = "Chile" }\nzone = "Chile"\nmembers = "many"\n'
    english, spanish = refusal(tmp_path, SMALL + second)
    assert "(entry 2 of the list)" in english
    assert "(elemento 2 de la lista)" in spanish


def test_what_is_not_toml_names_the_line(tmp_path: Path) -> None:
    english, spanish = refusal(tmp_path, "name = \n")
    assert "not TOML" in english
    assert "no es TOML" in spanish
    assert "line 1" in english
    assert "línea 1" in spanish


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "group.toml"
    path.write_bytes('name = { es = "Perú" }'.encode("latin-1"))
    with pytest.raises(GroupFileError, match="not UTF-8"):
        Group.load(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(GroupFileError, match="no such file"):
        Group.load(tmp_path / "nowhere.toml")
    with pytest.raises(GroupFileError, match="cannot be read"):
        Group.load(tmp_path)
