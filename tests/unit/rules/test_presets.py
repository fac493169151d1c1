"""The two presets, the group's first rule set, and which preset holds for which documents."""

from __future__ import annotations

from typing import Any

import pytest

from reviewtool.errors import InvalidInput
from reviewtool.group import Group
from reviewtool.rules.presets import (
    PRESETS,
    PathPreset,
    RuleSet,
    check_group,
    from_group,
    matches,
    rules_for,
    with_preset,
)
from reviewtool.rules.voting import BallotRules, Majority, problems


def group(unit: str = "member", **rules: Any) -> Group:
    return Group.model_validate(
        {
            "name": {"es": "Grupo"},
            "unit": unit,
            "administrations": [
                {"code": "AR", "name": {"es": "Argentina"}, "zone": "America/Argentina/Buenos_Aires", "members": 2},
                {"code": "PE", "name": {"es": "Perú"}, "zone": "America/Lima"},
                {"code": "GT", "name": {"es": "Guatemala"}, "zone": "America/Guatemala", "kind": "observer"},
            ],
            "rules": rules,
        }
    )


def test_the_two_presets_have_the_four_numbers_of_the_design() -> None:
    vote, silence = PRESETS["votacion"], PRESETS["silencio"]
    assert (vote.consultation_days, vote.decision_days) == (10, 10)
    assert (vote.quorum_kind, vote.quorum_share, vote.majority) == ("share", (1, 2), Majority.two_thirds)
    assert (silence.consultation_days, silence.decision_days) == (10, 10)
    assert (silence.quorum_kind, silence.majority) == ("none", Majority.silence)
    assert all(not problems(rules, 12) for rules in PRESETS.values())


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("glosario/terminos.md", "glosario/*", True),
        ("glosario/a/terminos.md", "glosario/*", False),
        ("glosario/a/terminos.md", "glosario/**", True),
        ("a/b/leccion.md", "**/leccion.md", True),
        ("leccion.md", "**/leccion.md", True),
        ("otra-leccion.md", "**/leccion.md", False),
        ("grupo/plan.md", "grupo/plan?md", True),
        ("grupo/plan(1)+[x].md", "grupo/plan(1)+[x].md", True),
        ("grupo/planx.md", "grupo/plan.md", False),
        ("Grupo/plan.md", "grupo/plan.md", False),
    ],
)
def test_a_star_stays_in_its_folder_and_two_cross(path: str, pattern: str, expected: bool) -> None:
    assert matches(path, pattern) is expected


STRICT = BallotRules(majority=Majority.consensus)
STRICTER = BallotRules(majority=Majority.absolute)
LISTED = RuleSet(documents=(PathPreset(("grupo/*",), STRICT), PathPreset(("*.md", "modulo-1/**"), STRICTER)))


def test_the_first_preset_that_matches_any_document_holds_as_a_whole() -> None:
    assert rules_for(["modulo-1/a.md", "grupo/plan.md"], LISTED) == STRICT
    assert rules_for(["modulo-1/a.md"], LISTED) == STRICTER
    assert rules_for(["modulo-2/a.md"], LISTED) == PRESETS["votacion"]
    assert rules_for([], LISTED) == PRESETS["votacion"]


def test_a_preset_chosen_for_a_proposal_yields_to_one_bound_to_a_document() -> None:
    assert rules_for(["modulo-2/a.md"], LISTED, preset="silencio") == PRESETS["silencio"]
    assert rules_for(["grupo/plan.md"], LISTED, preset="silencio") == STRICT


def test_choosing_the_groups_own_preset_keeps_its_numbers() -> None:
    mine = RuleSet(rules=BallotRules(decision_days=4))
    assert rules_for(["a.md"], mine, preset="votacion").decision_days == 4


def test_choosing_another_preset_keeps_what_stands_under_advanced() -> None:
    changed = with_preset(BallotRules(override="two_thirds", certified_in_favour=2, decision_days=3), "silencio")
    assert (changed.override, changed.certified_in_favour, changed.decision_days) == ("two_thirds", 0, 10)
    assert not problems(changed, 12)
    with pytest.raises(InvalidInput) as refusal:
        with_preset(BallotRules(), "aclamacion")
    assert refusal.value.code == "preset-unknown"


def test_a_rule_set_survives_its_form_in_json() -> None:
    assert RuleSet.from_json(LISTED.to_json()) == LISTED
    assert RuleSet.from_json({"rules": {}}) == RuleSet(rules=BallotRules())


def test_the_groups_file_makes_the_first_rule_set() -> None:
    made = from_group(
        group(
            preset="votacion",
            consultation_days=5,
            decision_days=7,
            quorum=3,
            majority="absolute",
            advanced={"author_votes": True, "override": "two_thirds", "second_call_share": "1/3"},
            documents=[{"paths": ["grupo/*"], "preset": "silencio"}, {"paths": ["**"], "quorum": "2/3"}],
        )
    )
    assert made.rules == BallotRules(
        consultation_days=5,
        decision_days=7,
        quorum_kind="number",
        quorum_number=3,
        majority=Majority.absolute,
        author_votes=True,
        override="two_thirds",
        second_call_share=(1, 3),
    )
    silence, share = (each.rules for each in made.documents)
    assert (silence.majority, silence.quorum_kind, silence.author_votes) == (Majority.silence, "none", True)
    assert (share.quorum_kind, share.quorum_share) == ("share", (2, 3))


def test_a_file_that_says_nothing_of_rules_gives_the_shipped_preset() -> None:
    assert from_group(group()) == RuleSet()


def test_a_file_whose_rules_can_never_pass_is_reported() -> None:
    assert check_group(group(quorum=3)) == ()
    assert [problem.code for problem in check_group(group(quorum=4))] == ["quorum-above-roll"]
    assert [problem.code for problem in check_group(group("administration", quorum=3))] == ["quorum-above-roll"]
    documents = [{"paths": ["*"], "preset": "silencio", "quorum": "1/2"}]
    assert [problem.code for problem in check_group(group(documents=documents))] == ["silence-with-quorum"]
