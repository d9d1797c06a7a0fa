"""Lucene's own time to parse a synonyms file and build its map."""

from __future__ import annotations

from pathlib import Path

from tests.lucene.ask import Lucene, class_path


def engine() -> Lucene | None:
    """Return a running Lucene; None if it is not installed. `tests/lucene/prepare` installs it."""
    return None if class_path() is None else Lucene()


def warm(lucene: Lucene, file: Path, rounds: int = 2) -> None:
    """Warm up the JVM."""
    lucene.seconds(file.read_bytes(), rounds)


def seconds(lucene: Lucene, file: Path) -> float:
    """Return the CPU seconds of one more round."""
    (took,) = lucene.seconds(file.read_bytes(), 1)
    return took
