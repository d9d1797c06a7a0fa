"""A deploy in which one exchange with AWS or GitHub fails, and the next run.

The run deploys or reports why not with a remedy. A run without faults, an hour later by S3's clock, finishes
its work: one version of each package, one comment.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from dictionary_deploy.errors import Reason
from sandbox.faults import BREAKING, Fault, Kind
from tests.end_to_end.hunted import (
    DOMAINS,
    PACKAGES,
    QUICK,
    an_hour_later,
    check_ended,
    disturbed,
    ended,
    furnish,
    hunt,
    hunt_by_chance,
    operations,
)
from tests.end_to_end.scene import Ran, SideBySide

SECONDS = 160.0
LASTING: tuple[Kind, ...] = ("expired", "503", "drop-before")
OUTCOMES = ["updated", "created"]
INPUTS = {"timeout-minutes": "0.15"}
"""Seconds within which AWS shows a write; the next run picks up where this one left off."""

SAMPLE = [
    Fault("drop-after", 1, "es:CreatePackage"),
    Fault("500-after", 1, "es:UpdatePackage"),
    Fault("truncated", 1, "s3:PutObject"),
    Fault("html", 2, "es:DescribePackages"),
    Fault("expired", 2, "es:AssociatePackage", lasting=True),
    Fault("429-retry-after", 1, "github:Standing"),
    Fault("other-json", 1, "es:GetPackageVersionHistory"),
]


def disturb(side_by_side: SideBySide, number: int, fault: Fault) -> str:
    """Run once with the fault, once without; return the result of the first."""
    with side_by_side.scene(number) as scene:
        head = furnish(scene, number)
        with disturbed(scene, fault) as (urls, plan):
            ran = scene.run(inputs=INPUTS, **urls)
            is_struck = plan.struck.is_set()
        check_told(fault, ran)
        messages = {name: ["", head] for name in PACKAGES}
        if ran.status == 0:
            assert messages == {name: scene.messages(name) for name in PACKAGES}, f"{fault}: {ran.log}"
        with an_hour_later(scene) as urls:
            again = scene.run(inputs={"timeout-minutes": "1.8"}, **urls)
        check_ended(fault, ended(scene, number, head, again), OUTCOMES, messages)
        if not is_struck:
            return "not met"
        return ran.outputs["failure-reason"] or "deployed"


def check_told(fault: Fault, ran: Ran) -> None:
    """Assert that the run deployed, or reports why not with a remedy; never with a traceback."""
    assert "Traceback" not in ran.log, f"{fault}: {ran.log}"
    if ran.status == 0:
        assert OUTCOMES == ran.outcomes, f"{fault}: {ran.log}"
        return
    reason = ran.outputs["failure-reason"]
    assert reason in {*get_args(Reason)} - {"internal"}, f"{fault}: {reason}: {ran.log}"
    failed = sum(found["outcome"] == "failed" for found in ran.dictionaries)
    to_do = re.findall(r"^\| ❌ \| .* \| \S[^|]* \|$", ran.summary, re.MULTILINE)
    assert (failed, not failed) == (len(to_do), "**What to do:**" in ran.summary), f"{fault}: {ran.summary}"
    assert "::error" in ran.log, f"{fault}: {ran.log}"


def every_fault(directory: Path) -> list[Fault]:
    """Return each kind of fault at each call of a deploy, once and, if possible, from that call on."""
    with SideBySide.of(directory, 1, DOMAINS, QUICK).scene(0) as scene:
        furnish(scene, 0)
        count = Counter(operations(scene, lambda urls: scene.run(**urls)))
    calls = [(operation, nth) for operation, times in count.items() for nth in range(1, times + 1)]
    sys.stdout.write(f"\nA deploy has {len(calls)} calls: {dict(count)}\n")
    return [
        Fault(kind, nth, operation, lasting)
        for operation, nth in calls
        for kind, lasting in (*((kind, False) for kind in BREAKING), *((kind, True) for kind in LASTING))
        if (kind, lasting) != ("expired", False)
    ]


@pytest.mark.slow
def test_deploy_with_a_fault_succeeds_or_reports_and_a_rerun_finishes(tmp_path: Path) -> None:
    hunt("Faults", SAMPLE, disturb, tmp_path)


@pytest.mark.hunt
def test_any_fault_at_any_call_is_survived_or_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        faults = every_fault(tmp_path / "undisturbed")
        hunt_by_chance(
            "Faults", faults, disturb, tmp_path / "disturbed", SECONDS, lambda each: each.operation
        )
