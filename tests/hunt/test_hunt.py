"""The hunt: random worlds until the timeout."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.end_to_end import hunted
from tests.hunt import machine

BATCH = 2
"""Worlds per seed. The first one is always the simplest and does nothing; with more, hypothesis would only
vary one of them."""
A_WHILE, LONGER = 2.0, 60.0

HUNT = settings(
    max_examples=BATCH,
    stateful_step_count=25,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    # Failures print the scenario as recorded: shrinking it takes longer than playing it line by line.
    phases=[Phase.generate],
)


def hunt(seconds: float) -> None:
    """Try worlds for these seconds, and print a summary."""
    began, first, batches = time.monotonic(), hunted.seed(), 0
    machine.tried.clear()
    try:
        while time.monotonic() - began < seconds:
            seed(first + batches)(machine.Machine)
            run_state_machine_as_test(machine.Machine, settings=HUNT)
            batches += 1
    finally:
        took = time.monotonic() - began
        sys.stdout.write(f"\nWorlds (HUNT_SEED={first + batches}): {machine.told()} In {took:.0f} s.\n")

    assert machine.tried["converged"] > 0


def test_guarantees_hold_in_random_schedules(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with capsys.disabled():
        hunt(A_WHILE)


@pytest.mark.hunt
def test_guarantees_hold_in_random_schedules_for_longer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with capsys.disabled():
        hunt(hunted.budget(LONGER))
