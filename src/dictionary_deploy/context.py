"""What a run has from outside."""

from __future__ import annotations

from dataclasses import dataclass

from dictionary_deploy.console import Console
from dictionary_deploy.settings import Settings
from dictionary_deploy.waiting import Clock, Deadline, Interruption


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run has from outside: its settings, a voice, the time, and who may stop it."""

    settings: Settings
    console: Console
    clock: Clock
    deadline: Deadline
    interruption: Interruption
