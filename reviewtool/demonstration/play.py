"""The past of the demonstration: the scripts' acts in the order of time over all proposals, the clock set to each."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reviewtool import clock
from reviewtool.demonstration.stage import ACTS, Fields, Stage, Story
from reviewtool.demonstration.timeline import Timeline
from reviewtool.services import recording

SCRIPTS = Path(__file__).parent / "scripts"
VOTES_A_DAY = 3
RECORDED = frozenset(
    {"ballot", "announce", "interrupt", "withdraw"}
)  # a merge records by itself, the rest follows at the end


@dataclass(frozen=True)
class Act:
    """One act of a story at its instant."""

    at: datetime
    story: Story
    fields: Fields


def acts(timeline: Timeline) -> list[Act]:
    """Return the acts of all scripts in the order of time; those of one script keep their order."""
    found = [act for file in sorted(SCRIPTS.glob("*.toml")) for act in _of_script(file, timeline)]
    return sorted(found, key=lambda act: act.at)


def _of_script(file: Path, timeline: Timeline) -> Iterator[Act]:
    story = Story(file.stem)
    last = None
    for fields in tomllib.loads(file.read_text(encoding="utf-8"))["acts"]:
        for at, one in _single(fields, timeline):
            if last is not None and at < last:
                raise ValueError(f"{file.name}: {one['do']} at {one['at']} comes before the act above it")
            last = at
            yield Act(at, story, one)


def _single(fields: Fields, timeline: Timeline) -> Iterator[tuple[datetime, Fields]]:
    """Yield an act by itself; the votes of one entry come one after the other, three a day."""
    days, hour = fields["at"]
    if fields["do"] != "votes":
        yield timeline.at(days, hour), fields
        return
    for place, cast in enumerate(fields["cast"]):
        late = place * 29 + abs(days) * 7
        minute = f"{(9, 11, 14)[place % VOTES_A_DAY] + late % 2}:{late % 60:02}"
        yield timeline.at(days + place // VOTES_A_DAY, minute), {"do": "vote", "at": fields["at"], **cast}


def perform(stage: Stage, timeline: Timeline) -> None:
    """Do every act of the scripts at its instant, after what time has closed by then; at last, what it has by now."""
    for act in acts(timeline):
        with clock.at(act.at):
            stage.close_due(clock.now())
            ACTS[act.fields["do"]](stage, act.story, act.fields)
            if act.fields["do"] in RECORDED:
                recording.record(stage.workshop, act.story.number)
    stage.close_due(clock.now())
