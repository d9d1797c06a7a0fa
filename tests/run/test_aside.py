"""Queries that GitHub does not respond to: a signal or the deadline ends the wait."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest

from dictionary_deploy.clock import Deadline, Interruption, SystemClock
from dictionary_deploy.console.terminal import Terminal
from dictionary_deploy.context import RunContext
from dictionary_deploy.errors import DeployError
from dictionary_deploy.host.machine import Machine
from dictionary_deploy.run import aside
from dictionary_deploy.settings import parse_settings


def context(interruption: Interruption, seconds: float = 60.0) -> RunContext:
    settings, clock = parse_settings([], {}), SystemClock(interruption)
    console = Terminal(io.StringIO(), io.StringIO(), as_json=False, show_debug=False)
    deadline = Deadline.after(clock, seconds)
    return RunContext(settings, Machine(settings), console, clock, deadline, interruption)


def test_result_and_error_are_those_of_the_call() -> None:
    def fail() -> None:
        raise DeployError("wrong-branch", "Not there.")

    assert Path() == aside.call(Path, context(Interruption()))
    with pytest.raises(DeployError, match="Not there"):
        aside.call(fail, context(Interruption()))


def test_stopped_run_waits_for_no_response() -> None:
    interruption = Interruption()
    interruption.set("SIGTERM")

    with pytest.raises(DeployError, match="Stopped by SIGTERM before the branch was known") as raised:
        aside.call(threading.Event().wait, context(interruption))

    assert "interrupted" == raised.value.reason


def test_timed_out_run_waits_for_no_response() -> None:
    with pytest.raises(DeployError, match="Timed out before the branch was known"):
        aside.call(threading.Event().wait, context(Interruption(), 0.0))
