"""The table of kinds. Documentation, schema and issue form are generated from it (`docs/generate.py`)."""

from __future__ import annotations

from collections.abc import Mapping

from dictionary_deploy.dictionaries.char_mappings import CHAR_MAPPINGS
from dictionary_deploy.dictionaries.hyphenation_patterns import HYPHENATION
from dictionary_deploy.dictionaries.ik_words import IK_WORDS
from dictionary_deploy.dictionaries.kind import Kind
from dictionary_deploy.dictionaries.kuromoji_user_dictionary import KUROMOJI
from dictionary_deploy.dictionaries.lucene.lines import line_keys, read_lines
from dictionary_deploy.dictionaries.nori_user_dictionary import NORI
from dictionary_deploy.dictionaries.rules.encoding import TEXT_RULES
from dictionary_deploy.dictionaries.stemmer_override import STEMMER_OVERRIDE
from dictionary_deploy.dictionaries.sudachi import SUDACHI
from dictionary_deploy.dictionaries.synonyms import SYNONYMS
from dictionary_deploy.dictionaries.word_delimiter_types import WORD_DELIMITER_TYPES
from dictionary_deploy.dictionaries.word_lists import CAPITAL_LETTERS, NAMED_LIST, UNKNOWN_LIST, word_list
from dictionary_deploy.dictionaries.wordnet_synonyms import WORDNET

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        SYNONYMS,
        WORDNET,
        word_list(
            "stopwords",
            "stopwords_path",
            "stopwords of `stop` filters and language analyzers",
            UNKNOWN_LIST,
            CAPITAL_LETTERS,
        ),
        word_list(
            "keep-words",
            "keep_words_path",
            "words that `keep` filters keep",
            NAMED_LIST,
            CAPITAL_LETTERS,
        ),
        word_list(
            "protected-words",
            "protected_words_path",
            "words that `word_delimiter` and `word_delimiter_graph` filters do not split",
            NAMED_LIST,
        ),
        word_list(
            "keywords",
            "keywords_path",
            "words that `keyword_marker` filters protect from stemming",
            NAMED_LIST,
        ),
        word_list(
            "articles",
            "articles_path",
            "articles that `elision` filters remove",
            NAMED_LIST,
            CAPITAL_LETTERS,
        ),
        word_list(
            "common-words",
            "common_words_path",
            "words that `common_grams` filters join with their neighbors",
            UNKNOWN_LIST,
            CAPITAL_LETTERS,
        ),
        word_list(
            "decompounder-words",
            "word_list_path",
            "parts of compounds, for decompounder filters",
            NAMED_LIST,
            CAPITAL_LETTERS,
        ),
        HYPHENATION,
        STEMMER_OVERRIDE,
        WORD_DELIMITER_TYPES,
        CHAR_MAPPINGS,
        KUROMOJI,
        NORI,
        IK_WORDS,
        SUDACHI,
        Kind("text", TEXT_RULES, read_lines, line_keys, description="any other text"),
        Kind("binary", description="anything else", entries_are="none; compared as bytes"),
    )
}
"""Kinds by their names in the configuration."""
