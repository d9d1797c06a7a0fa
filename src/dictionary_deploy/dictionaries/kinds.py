"""The table of kinds."""

from __future__ import annotations

from collections.abc import Mapping

from dictionary_deploy.dictionaries.kind import Kind
from dictionary_deploy.dictionaries.lines import parse_commented_lines, parse_lines

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("synonyms", parse_commented_lines),
        Kind("wordnet-synonyms", parse_lines),
        Kind("stopwords", parse_commented_lines),
        Kind("keep-words", parse_commented_lines),
        Kind("protected-words", parse_commented_lines),
        Kind("keywords", parse_commented_lines),
        Kind("articles", parse_commented_lines),
        Kind("common-words", parse_commented_lines),
        Kind("decompounder-words", parse_commented_lines),
        Kind("hyphenation-patterns", parse_lines),
        Kind("stemmer-override", parse_commented_lines),
        Kind("word-delimiter-types", parse_commented_lines),
        Kind("char-mappings", parse_lines),
        Kind("kuromoji-user-dictionary", parse_commented_lines),
        Kind("nori-user-dictionary", parse_commented_lines),
        Kind("ik-words", parse_lines),
        Kind("sudachi", None),
        Kind("text", parse_lines),
        Kind("binary", None),
    )
}
"""By the name that `kind` has in the configuration."""
