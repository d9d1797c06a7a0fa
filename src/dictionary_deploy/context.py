"""What a run has from outside."""

from __future__ import annotations

from dataclasses import dataclass

from dictionary_deploy.clock import Clock, Deadline, Interruption
from dictionary_deploy.console import Console
from dictionary_deploy.settings import Settings


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a run has from outside: its settings, a voice, the time, and who may stop it."""

    settings: Settings
    console: Console
    clock: Clock
    deadline: Deadline
    interruption: Interruption
