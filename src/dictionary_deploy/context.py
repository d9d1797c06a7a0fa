"""The objects that a run passes on."""

from __future__ import annotations

from dataclasses import dataclass

from dictionary_deploy.clock import Clock, Deadline, Interruption
from dictionary_deploy.console import Console
from dictionary_deploy.host import Host
from dictionary_deploy.settings import Settings


@dataclass(frozen=True, slots=True)
class RunContext:
    """The settings, host, console, clock, deadline and interruption of a run."""

    settings: Settings
    host: Host
    console: Console
    clock: Clock
    deadline: Deadline
    interruption: Interruption
