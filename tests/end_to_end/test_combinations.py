"""Every situation of a dictionary in every kind of run; `situations.py` has the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from dictionary_deploy.model import PLANNED_NAMES
from tests.end_to_end.scene import Scene, set_scene
from tests.end_to_end.situations import (
    CONTENTS,
    SITUATIONS,
    Situation,
    file,
    furnish,
    in_force,
    package,
    versions,
)

pytestmark = pytest.mark.slow

AT_ONCE = 20
"""AWS allows 25 packages."""

Run = Literal["plan", "check", "deploy", "rerun", "late", "back", "after", "again"]
RUNS: dict[Run, tuple[str, str]] = {
    "plan": ("C", "plan"),
    "check": ("C", "check"),
    "deploy": ("C", "auto"),
    "rerun": ("C", "auto"),
    "late": ("B", "auto"),
    "back": ("A", "rollback"),
    "after": ("C", "auto"),
    "again": ("C", "rollback"),
}
"""The commit and the mode."""
WORLDS: tuple[tuple[Run, ...], ...] = (
    ("plan", "check", "deploy", "rerun"),
    ("late",),
    ("back", "after"),
    ("again",),
)
"""Runs one after the other, each group from the same start."""
MADE = frozenset({"updated", "created", "adopted"})


@dataclass(frozen=True)
class Seen:
    """The report on a dictionary, and its state at AWS before and after the run."""

    entry: dict[str, Any]
    before: str
    after: str
    in_force: str
    """The version on the domain."""
    log: str


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, Run], Seen]:
    """Return the results of every run in every situation."""
    found: dict[tuple[str, Run], Seen] = {}
    for world in WORLDS:
        for first in range(0, len(SITUATIONS), AT_ONCE):
            with set_scene(tmp_path_factory.mktemp("world")) as scene:
                found |= _run_all(scene, world, SITUATIONS[first : first + AT_ONCE])
    return found


def _run_all(
    scene: Scene, world: Sequence[Run], situations: Sequence[Situation]
) -> dict[tuple[str, Run], Seen]:
    found: dict[tuple[str, Run], Seen] = {}
    commits = furnish(scene, situations)
    for run in world:
        letter, mode = RUNS[run]
        before = [versions(scene, package(number), commits) for number in range(len(situations))]
        scene.git("checkout", "--quiet", "main" if letter == "C" else commits[letter])
        ran = scene.run("push" if mode == "auto" else "workflow_dispatch", inputs={"mode": mode})
        for number, each in enumerate(situations):
            found[each.told, run] = Seen(
                ran.dictionaries[number],
                before[number],
                versions(scene, package(number), commits),
                in_force(scene, package(number)) if each.is_behind else "",
                ran.log,
            )
    return found


def word(situation: Situation, run: Run) -> str:
    """Return the expected results; those of plan, check and rerun follow from the deploy's."""
    said = situation.deploy if run in {"plan", "check", "rerun"} else str(getattr(situation, run))
    outcome: Any = "updated" if said == "adopted" else said
    if run == "plan" or (run == "check" and outcome in {"updated", "created", "applied"}):
        return PLANNED_NAMES.get(outcome, said)
    return "unchanged" if (run, said) == ("rerun", "applied") else said


CASES = [(situation, run) for situation in SITUATIONS for run in RUNS]


@pytest.mark.parametrize(("situation", "run"), CASES, ids=str)
def test_situation_has_its_expected_results(
    seen: dict[tuple[str, Run], Seen], situation: Situation, run: Run
) -> None:
    found = seen[situation.told, run]
    said = word(situation, run)
    outcome, reason = {
        "adopted": ("updated", ""),
        "invalid": ("invalid", "invalid-dictionary"),
        "owned-elsewhere": ("failed", "owned-elsewhere"),
        "content-mismatch": ("failed", "content-mismatch"),
        "package-not-found": ("failed", "package-not-found"),
    }.get(said, (said, ""))
    letter, _ = RUNS[run]
    has_evidence = found.before.endswith(letter) and f"-{letter}" not in situation.versions
    is_made = said in MADE and not has_evidence

    told = f"{found.entry['message']}\n{found.log}"
    assert (outcome, reason) == (found.entry["outcome"], found.entry["reason"]), told
    assert (said == "adopted") <= found.entry["adopted"], told
    made = ("." if said == "created" else "") + letter if is_made else ""
    assert found.before + made == found.after, told
    if situation.is_behind:
        is_live = run not in {"plan", "check"} and said in {*MADE, "unchanged", "applied", "held"}
        assert (f"v{len(found.after)}" if is_live else "v1") == found.in_force, told


CAUGHT_UP = {
    "a file that changed": (". A", "y", "updated", True),
    "drift": (". A h", "y", "updated", True),
    "a lost object": (". -A", "y", "updated", True),
    "a lost object under a version by hand": (". -A h", "y", "updated", True),
    "a rollback": (". A B <A", "y", "updated", True),
    "an empty file": (". A", "e", "invalid", False),
    "another repository's package": (". F", "y", "failed", False),
    # The commit that introduced its changes is unknown.
    "a package never deployed": (".", "y", "updated", False),
    "a lost object of another repository": (". -F", "y", "updated", False),
}
"""Versions, the file in a pull request, the outcome, and whether that pull request is notified."""


def test_author_is_notified_when_a_change_goes_live(
    scene: Scene,
) -> None:
    """The runs of these pull requests were dropped; the last one deploys their changes."""
    situations = [Situation(told, "xxx", has, *[""] * 5) for told, (has, *_) in CAUGHT_UP.items()]
    furnish(scene, situations)
    changes = [CONTENTS[letter] for _, letter, *_ in CAUGHT_UP.values()]
    for number, content in enumerate(changes):
        scene.merge({file(number): content}, 10 + number)
    scene.merge({"README": "nothing to do with dictionaries"}, 30)

    ran = scene.run()

    found = {
        each.told: (ran.outcomes[number], bool(scene.comments(10 + number)))
        for number, each in enumerate(situations)
    }
    assert {told: (outcome, is_told) for told, (*_, outcome, is_told) in CAUGHT_UP.items()} == found, ran.log
    assert 1 == len(scene.comments(30))
