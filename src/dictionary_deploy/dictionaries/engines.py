"""Search engines, and what each does with a dictionary that others do not.

A rule asks for a feature and never compares versions. Which release brought what is in
`../docs/rules.md`, with its source.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine's way of reading dictionaries. `name` is how messages call it."""

    name: str
    comments_after_trimming: bool = True
    """Whether a comment of a word list may be indented: OpenSearch from 2.4 on (`Analysis.parseWordList`)."""
    comments_in_mappings: bool = False
    """Whether a line of a mapping char filter's file that begins with `#` is a comment: until OpenSearch
    2.9, and 1.3.11 among the older ones (pull request 7591)."""

    hash_cuts_user_dictionary: bool = False
    """Whether all from a `#` on is cut off a line of kuromoji's user dictionary: Lucene up to about 9.0."""
    compares_segments: bool = True
    """Whether kuromoji refuses segments that are not the surface, and not only longer ones: Lucene 9."""


NEWEST = Engine("opensearch-2.x")


def engine_of(name: str | None) -> Engine:
    """The engine of that name, the newest that is known without one."""
    if name is None:
        return NEWEST
    brand, _, version = name.partition("-")
    major, _, minor = version.partition(".")
    number = (int(major), int(minor) if minor.isdecimal() else 99)
    is_new = brand == "opensearch" and number >= (2, 4)
    has_lucene_9 = brand == "opensearch" and number >= (2, 0)
    is_mended = brand == "opensearch" and ((1, 3) <= number < (2, 0) or number >= (2, 9))
    return Engine(
        name,
        comments_after_trimming=is_new,
        comments_in_mappings=not is_mended,
        hash_cuts_user_dictionary=not has_lucene_9,
        compares_segments=has_lucene_9,
    )
