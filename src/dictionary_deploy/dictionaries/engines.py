"""Search engines, and their differences in reading dictionaries.

A rule checks a feature and never compares versions. docs/rules.md names the releases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unicode = Literal["9.0.0", "12.1.0"]


@dataclass(frozen=True, slots=True)
class Engine:
    """Features of one engine; `name` is for messages."""

    name: str
    comments_after_trimming: bool = True
    """True if comments of word lists may be indented: OpenSearch since 2.4 (`Analysis.parseWordList`)."""
    comments_in_mappings: bool = True
    """True if `#` starts a comment in mappings.

    Not in OpenSearch 1.3 since 1.3.11, 2.9 and 2.10 (pull request 7591).
    """
    has_hash_rules: bool = True
    """True if `# => x` is a rule for `#`, not a comment, in mappings, stemmer overrides and type tables.

    OpenSearch since 2.11 (pull request 10220).
    """
    hash_cuts_user_dictionary: bool = False
    """True if kuromoji drops the text after any `#` of a line: Lucene up to about 9.0."""
    rejects_empty_tokens: bool = True
    """True if text with an empty token is rejected: OpenSearch 2."""
    compares_segments: bool = True
    """True if kuromoji rejects all segments that differ from the surface, not only longer ones: Lucene 9."""
    compares_lengths: bool = True
    """True if kuromoji rejects segments that are longer than the surface: Lucene 8.3."""
    splits_override_keys: bool = True
    """True if commas separate the keys of a stemmer override. Not in Elasticsearch up to 7.8."""
    unicode: Unicode = "12.1.0"
    """The version of Unicode whose words the standard tokenizer finds. Lucene 8 has Unicode 9."""


NEWEST = Engine("opensearch-2.x")
NEWEST_NUMBER = 99
"""A number above all minor and patch versions, for those that a name leaves open."""


def engine_of(name: str | None) -> Engine:
    """Return the engine of a name such as `opensearch-2.11`; without a name, the newest known one.

    Without a patch version, it is the newest of the minor version.
    """
    if name is None:
        return NEWEST
    brand, _, version = name.partition("-")
    major, *rest = version.split(".")
    minor, patch = (int(part) if part.isdecimal() else NEWEST_NUMBER for part in (*rest, "x")[:2])
    number, release = (int(major), minor), (int(major), minor, patch)
    is_opensearch = brand == "opensearch"
    trims_first = is_opensearch and number >= (2, 4)
    has_lucene_9 = is_opensearch and number >= (2, 0)
    has_no_comments = is_opensearch and ((1, 3, 11) <= release < (2,) or (2, 9) <= number < (2, 11))
    return Engine(
        name,
        comments_after_trimming=trims_first,
        comments_in_mappings=not has_no_comments,
        has_hash_rules=is_opensearch and number >= (2, 11),
        hash_cuts_user_dictionary=not has_lucene_9,
        rejects_empty_tokens=is_opensearch and (2, 0) <= number < (3, 0),
        compares_segments=has_lucene_9,
        compares_lengths=is_opensearch or number >= (7, 5),
        splits_override_keys=is_opensearch or number >= (7, 9),
        unicode="12.1.0" if has_lucene_9 else "9.0.0",
    )
