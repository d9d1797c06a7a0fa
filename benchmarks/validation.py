"""Validation, and validation with a diff, of a million synonym rules: against Lucene, and in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import lucene
from benchmarks.dictionary import changed, rules, written
from benchmarks.process import Figures, measured

RULES = 1_000_000
CHANGED = 1_000

MOST_FOR_VALIDATION = 0.5
MOST_WITH_DIFF = 1.0
MOST_MEMORY = 12.0
"""Multiples of Lucene's seconds, and of the file's bytes."""


def measure() -> Iterator[str]:
    """A line for validation alone, and one for the diff against each of two other million rules."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        lines = rules(RULES, seed=1)
        file = written(folder, "synonyms.txt", lines)
        little = written(folder, "little.txt", changed(lines, CHANGED, seed=2))
        del lines
        other = written(folder, "other.txt", rules(RULES, seed=3))
        size = file.stat().st_size
        seconds = lucene.seconds(file)
        yield f"{RULES:,} synonym rules, {size / 1e6:.1f} MB"
        yield (
            f"Lucene, warm: {seconds:.2f} s"
            if seconds
            else f"Lucene is not installed: ratios go by {lucene.REFERENCE} s, the figure of another machine"
        )
        engine = seconds or lucene.REFERENCE
        alone = measured("validate", file, times=3)
        yield _line("validation", alone, engine, size, MOST_FOR_VALIDATION)
        for before, what in ((little, f"{CHANGED:,} rules changed"), (other, "every rule another")):
            figures = measured("compare", file, before, times=3)
            yield _line(f"with diff, {what}", figures, engine, size, MOST_WITH_DIFF)


def _line(what: str, figures: Figures, engine: float, size: int, most: float) -> str:
    return (
        f"{what:34}{figures.seconds:6.2f} s  {figures.seconds / engine:5.2f} x Lucene (at most {most})"
        f"  {figures.peak / size:5.1f} x the file in memory (at most {MOST_MEMORY:.0f})"
    )
