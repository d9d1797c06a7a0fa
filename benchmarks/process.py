"""Measure a job in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figures:
    """CPU seconds, and the peak memory in bytes, including the interpreter."""

    seconds: float
    peak: int


def measured(job: str, *files: Path, times: int = 1) -> Figures:
    """Return the figures of a job of `jobs.py`: the fastest of several rounds, the least disturbed one."""
    command = [sys.executable, "-m", "benchmarks.jobs", job, *map(str, files)]
    runs = [
        Figures(**json.loads(subprocess.run(command, check=True, capture_output=True).stdout))  # noqa: S603
        for _ in range(times)
    ]
    return min(runs, key=lambda figures: figures.seconds)
