"""A run that is killed at any of its calls, and the rerun that finishes its work.

A call of the first run to AWS or GitHub is held, the process gets SIGKILL, and the call is released. So it
takes effect before or after the kill. A rerun follows, an hour later by S3's clock. Two more runs of a deploy
and of a rollback report the same and change nothing.
"""

from __future__ import annotations

import signal
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from sandbox.faults import Fault, Kind
from tests.end_to_end.hunted import (
    DOMAINS,
    PACKAGES,
    QUICK,
    an_hour_later,
    check_ended,
    disturbed,
    ended,
    furnish,
    furnish_rollback,
    hunt,
    hunt_by_chance,
    operations,
)
from tests.end_to_end.scene import SideBySide

SECONDS = 140.0
LONG = 60.0
"""Seconds in which the local AWS serves one call, even on a busy machine."""
INPUTS = {"timeout-minutes": "1.8"}
HOLDS: tuple[Kind, ...] = ("hold-before", "hold-after")

Mode = Literal["deploy", "rollback"]


@dataclass(frozen=True)
class Kill:
    """The mode of the run, and the call at which it is killed."""

    mode: Mode
    hold: Fault

    def __str__(self) -> str:
        return f"{self.mode} killed: {self.hold}"


SAMPLE = [
    *(Kill("deploy", Fault(kind, 1, "es:CreatePackage")) for kind in HOLDS),
    *(Kill("deploy", Fault(kind, 2, "es:UpdatePackage")) for kind in HOLDS),
    Kill("deploy", Fault("hold-before", 2, "s3:PutObject")),
    Kill("deploy", Fault("hold-after", 4, "es:AssociatePackage")),
    Kill("deploy", Fault("hold-after", 1, "github:POST /repos/octo/shop/issues/7/comments")),
    Kill("rollback", Fault("hold-after", 1, "es:UpdatePackage")),
]


@dataclass(frozen=True)
class Begun:
    """The start of a run, and its expected results."""

    commit: str
    event: dict[str, Any]
    outcomes: list[str]
    messages: list[str]


def begin(scene: Any, number: int, mode: Mode) -> Begun:
    if mode == "deploy":
        head = furnish(scene, number)
        return Begun(head, {"event": "push", "inputs": INPUTS}, ["updated", "created"], ["", head])
    old, new = furnish_rollback(scene, number)
    event = {"event": "workflow_dispatch", "inputs": {**INPUTS, "mode": "rollback", "comment": "always"}}
    return Begun(old, event, ["updated", "updated"], ["", old, new, old])


def kill_and_rerun(side_by_side: SideBySide, number: int, kill: Kill) -> str:
    with side_by_side.scene(number) as scene:
        begun = begin(scene, number, kill.mode)
        with disturbed(scene, kill.hold) as (urls, plan):
            killed = scene.start(scene.environment(payload=scene.push_payload(), **begun.event, **urls))
            while not (is_met := plan.struck.wait(0.1)) and killed.poll() is None:
                pass
            if kill.hold.kind == "hold-after":
                assert plan.settled.wait(LONG) or not is_met
            killed.send_signal(signal.SIGKILL)
            killed.communicate()
            plan.released.set()
            assert plan.settled.wait(LONG) or not is_met
        with an_hour_later(scene) as urls:
            again, third = (scene.run(**begun.event, **urls) for _ in range(2))
        end = ended(scene, number, begun.commit, again)
        check_ended(kill, end, begun.outcomes, dict.fromkeys(PACKAGES, begun.messages))
        assert again.dictionaries == third.dictionaries, f"{kill}: {third.log}"
        return "finished" if is_met else "not met"


def every_kill(directory: Path) -> list[Kill]:
    """Return the points before and after every call of a deploy and of a rollback."""
    kills = []
    side_by_side = SideBySide.of(directory, 2, DOMAINS, QUICK)
    modes: tuple[Mode, ...] = ("deploy", "rollback")
    for number, mode in enumerate(modes):
        with side_by_side.scene(number) as scene:
            begun = begin(scene, number, mode)
            count = Counter(operations(scene, lambda urls, begun=begun: scene.run(**begun.event, **urls)))
        sys.stdout.write(f"\nA {mode} has {count.total()} calls: {dict(count)}\n")
        kills += [
            Kill(mode, Fault(kind, nth, operation))
            for operation, times in count.items()
            for nth in range(1, times + 1)
            for kind in HOLDS
        ]
    return kills


@pytest.mark.slow
def test_rerun_finishes_a_run_killed_at_a_write(tmp_path: Path) -> None:
    hunt("Kills", SAMPLE, kill_and_rerun, tmp_path)


@pytest.mark.hunt
def test_rerun_finishes_a_run_killed_at_any_call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        kills = every_kill(tmp_path / "undisturbed")
        hunt_by_chance(
            "Kills", kills, kill_and_rerun, tmp_path / "killed", SECONDS, lambda each: each.hold.operation
        )
