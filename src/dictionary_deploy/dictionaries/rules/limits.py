"""The limit of Lucene's hash of terms."""

from __future__ import annotations

from dictionary_deploy.dictionaries.kind import excerpt

MAX_TERM_BYTES = 32_766
"""Bytes in UTF-8 of an output of synonyms, or of a key of a stemmer override (Lucene's `BytesRefHash`)."""
MAX_CHARACTER_BYTES = 4
MIN_LONG_CHARACTERS = MAX_TERM_BYTES // MAX_CHARACTER_BYTES
"""Characters of a line that can exceed the limit."""


def is_over_limit(term: str) -> bool:
    """Return True if the engine rejects the term as too long."""
    return len(term) >= MIN_LONG_CHARACTERS and len(term.encode()) > MAX_TERM_BYTES


def over_limit_message(term: str) -> str:
    """Return the message of `over-limit`."""
    return (
        f"{excerpt(term)} has {len(term.encode()):,} bytes, and the engine rejects a term of more than"
        f" {MAX_TERM_BYTES:,}. Add missing commas, or remove the term."
    )
