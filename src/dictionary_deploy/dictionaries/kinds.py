"""The table of kinds."""

from __future__ import annotations

from collections.abc import Mapping

from dictionary_deploy.dictionaries.encoding import NOT_UTF_8
from dictionary_deploy.dictionaries.kind import Kind
from dictionary_deploy.dictionaries.lines import line_keys, read_lines
from dictionary_deploy.dictionaries.synonyms import SYNONYMS
from dictionary_deploy.dictionaries.words import read_words, word_keys


def _words(name: str) -> Kind:
    return Kind(name, (NOT_UTF_8,), read_words, word_keys)


def _lines(name: str) -> Kind:
    return Kind(name, (NOT_UTF_8,), read_lines, line_keys)


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        SYNONYMS,
        _lines("wordnet-synonyms"),
        _words("stopwords"),
        _words("keep-words"),
        _words("protected-words"),
        _words("keywords"),
        _words("articles"),
        _words("common-words"),
        _words("decompounder-words"),
        _lines("hyphenation-patterns"),
        _words("stemmer-override"),
        _words("word-delimiter-types"),
        _lines("char-mappings"),
        _words("kuromoji-user-dictionary"),
        _words("nori-user-dictionary"),
        _lines("ik-words"),
        Kind("sudachi"),
        _lines("text"),
        Kind("binary"),
    )
}
"""By the name that `kind` has in the configuration."""
