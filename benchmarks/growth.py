"""The cost of validation by file size. It is linear: seconds per rule stay the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.dictionary import changed, rules, written
from benchmarks.process import measured

SIZES = (1_000, 10_000, 100_000, 1_000_000)


def measure() -> Iterator[str]:
    """Yield a line per size: microseconds per rule for validation, and with a diff of 1 %."""
    yield "growth, microseconds a rule"
    with TemporaryDirectory() as folder:
        lines = rules(SIZES[-1], seed=1)
        for size in SIZES:
            file = written(Path(folder), "after.txt", lines[:size])
            before = written(Path(folder), "before.txt", changed(lines[:size], size // 100, seed=2))
            alone, both = measured("validate", file), measured("compare", file, before)
            yield (
                f"{size:>10,} rules  validation {alone.seconds / size * 1e6:5.2f}"
                f"  with diff {both.seconds / size * 1e6:5.2f}"
            )
