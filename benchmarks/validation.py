"""Validation with and without a diff of a million synonym rules: time compared with Lucene, and memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import lucene
from benchmarks.dictionary import changed, rules, written
from benchmarks.process import Figures, measured

RULES = 1_000_000
CHANGED = 1_000
ROUNDS = 3

MOST_FOR_VALIDATION = 0.5
MOST_WITH_DIFF = 1.0
MOST_MEMORY = 12.0
"""Multiples of Lucene's seconds, and of the file's bytes."""


def measure() -> Iterator[str]:
    """Yield a line for validation alone, and one for the diff with each of two other million rules.

    Both sides take turns, so that what else the machine does slows both; each ratio is the median of
    the rounds' own. Seconds are the processor's. Memory is the peak of the whole process.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        lines = rules(RULES, seed=1)
        file = written(folder, "synonyms.txt", lines)
        little = written(folder, "little.txt", changed(lines, CHANGED, seed=2))
        del lines
        other = written(folder, "other.txt", rules(RULES, seed=3))
        jobs = {
            "validation": (("validate", file), MOST_FOR_VALIDATION),
            f"with diff, {CHANGED:,} rules changed": (("compare", file, little), MOST_WITH_DIFF),
            "with diff, every rule another": (("compare", file, other), MOST_WITH_DIFF),
        }
        yield f"{RULES:,} synonym rules, {file.stat().st_size / 1e6:.1f} MB"
        engine, ours = _rounds(file, {what: job for what, (job, _) in jobs.items()})
        yield (
            f"Lucene's SolrSynonymParser, parse and build, warm: {median(engine):.2f} s"
            if engine
            else "Lucene or Java is not installed: there are no ratios: tests/lucene/prepare installs them."
        )
        for what, (_, most) in jobs.items():
            yield _line(what, ours[what], engine, file.stat().st_size, most)


def _rounds(
    file: Path, jobs: dict[str, tuple[str, *tuple[Path, ...]]]
) -> tuple[list[float], dict[str, list[Figures]]]:
    """Return Lucene's seconds and our figures, round by round."""
    engine: list[float] = []
    ours: dict[str, list[Figures]] = {what: [] for what in jobs}
    answering = lucene.engine()
    if answering:
        lucene.warm(answering, file)
    for _ in range(ROUNDS):
        if answering:
            engine.append(lucene.seconds(answering, file))
        for what, (job, *files) in jobs.items():
            ours[what].append(measured(job, *files))
    if answering:
        answering.close()
    return engine, ours


def _line(what: str, figures: list[Figures], engine: list[float], size: int, most: float) -> str:
    seconds = [each.seconds for each in figures]
    ratios = [ours / theirs for ours, theirs in zip(seconds, engine, strict=False)]
    ratio = f"{median(ratios):5.2f} x Lucene (at most {most})" if ratios else ""
    memory = max(each.peak for each in figures) / size
    return (
        f"{what:34}{median(seconds):6.2f} s  {ratio}"
        f"  {memory:5.1f} x the file in memory (at most {MOST_MEMORY:.0f})"
    )
