"""The table of kinds."""

from __future__ import annotations

from collections.abc import Mapping

from dictionary_deploy.dictionaries.encoding import NOT_UTF_8, TEXT_RULES
from dictionary_deploy.dictionaries.kind import Kind
from dictionary_deploy.dictionaries.lines import line_keys, read_lines
from dictionary_deploy.dictionaries.mappings import CHAR_MAPPINGS
from dictionary_deploy.dictionaries.stemmer_override import STEMMER_OVERRIDE
from dictionary_deploy.dictionaries.synonyms import SYNONYMS
from dictionary_deploy.dictionaries.type_table import WORD_DELIMITER_TYPES
from dictionary_deploy.dictionaries.words import read_words, word_keys, word_list


def _words(name: str) -> Kind:
    return Kind(name, TEXT_RULES, read_words, word_keys)


def _lines(name: str) -> Kind:
    return Kind(name, TEXT_RULES, read_lines, line_keys)


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        SYNONYMS,
        _lines("wordnet-synonyms"),
        word_list("stopwords"),
        word_list("keep-words"),
        word_list("protected-words"),
        word_list("keywords"),
        word_list("articles"),
        word_list("common-words"),
        word_list("decompounder-words"),
        Kind("hyphenation-patterns", (NOT_UTF_8,), read_lines, line_keys),  # XML may have a byte order mark
        STEMMER_OVERRIDE,
        WORD_DELIMITER_TYPES,
        CHAR_MAPPINGS,
        _words("kuromoji-user-dictionary"),
        _words("nori-user-dictionary"),
        _lines("ik-words"),
        Kind("sudachi"),
        _lines("text"),
        Kind("binary"),
    )
}
"""By the name that `kind` has in the configuration."""
